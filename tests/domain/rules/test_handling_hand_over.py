"""A case goes to another site, and no clock is lost or moved by it."""

from __future__ import annotations

from datetime import timedelta

from domain.base import Priority
from tests.support.cases import LEAD, MEDIATOR, MEDIATOR_2, MEDIATOR_3, OPS, Life, a_case, shelf
from tests.support.clock_readings import rows

WHY = {"reasons": "They are awake when the sitter is."}


def two_sites() -> Life:
    """A fraud report whose kind has a second site, with the hours of the United States."""
    life = a_case("fraud_report").in_review()
    us = shelf().calendars["us-office"]
    terms = life.case.terms.model_copy(update={"sites": ("fraud-us",), "calendars": {"fraud-us": us.ref}})
    life.calendars = {**life.calendars, us.ref: us}
    life._case = life.case.model_copy(update={"terms": terms})
    return life


def test_what_was_promised_stays() -> None:
    life = two_sites()
    before = life.case.timetable
    life.says(MEDIATOR, "hand_over", queue="fraud-us", **WHY)
    assert (life.case.queue, life.case.owner, life.case.owner_sought) == ("fraud-us", None, True)
    assert life.case.timetable == before


def test_a_clock_that_starts_there_keeps_the_hours_of_that_site() -> None:
    life = two_sites().says(MEDIATOR, "hand_over", queue="fraud-us", to=MEDIATOR_2, **WHY)
    life.says(MEDIATOR_2, "request_evidence", of="respondent")
    clock = next(c for c in life.case.clocks if c.name == "respondent_response")
    assert not clock.keeps_calendar
    # Asked in the morning of Europe, before the office of the United States opens on that Monday.
    assert rows(life, "respondent_response")["end"] > life.now + timedelta(days=7)


def test_a_raised_priority_changes_the_target_and_not_the_hours() -> None:
    life = two_sites().says(MEDIATOR, "hand_over", queue="fraud-us", to=MEDIATOR_2, **WHY)
    stayed = a_case("fraud_report").in_review().says(LEAD, "retarget", priority="high", reason="press_asks")
    life.says(LEAD, "retarget", priority="high", reason="press_asks")
    assert life.case.priority is Priority.HIGH
    assert rows(life, "ruling") == rows(stayed, "ruling")


def test_a_retarget_to_the_queue_gives_the_hours_of_that_site() -> None:
    life = two_sites().says(MEDIATOR, "hand_over", queue="fraud-us", to=MEDIATOR_2, **WHY)
    before = rows(life, "ruling")
    life.says(OPS, "retarget", queue="fraud", reason="back").says(OPS, "retarget", queue="fraud-us", reason="for_good")
    assert rows(life, "ruling") != before


def test_not_to_a_queue_that_nobody_reads() -> None:
    refusal = two_sites().refused(MEDIATOR, "hand_over", queue="fraud-uss", **WHY)
    assert (refusal.code, refusal.fields["allowed"]) == ("queue_unknown", ["fraud-us"])


def test_not_to_whom_it_belongs_already() -> None:
    assert two_sites().refused(LEAD, "hand_over", to=MEDIATOR, **WHY).code == "owner_mismatch"


def test_not_to_somebody_who_decided_before() -> None:
    life = a_case("fraud_report").in_appeal()
    assert life.refused(OPS, "hand_over", to=MEDIATOR, **WHY).code == "own_case"


def test_to_a_person_it_is_theirs_at_once() -> None:
    assert two_sites().says(MEDIATOR, "hand_over", to=MEDIATOR_3, **WHY).case.owner == MEDIATOR_3
