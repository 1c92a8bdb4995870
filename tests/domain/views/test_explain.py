"""How a due date came about, and who may ask: the same instants as on record, what stood still, and sentences for people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.views.explain import clocks_of, explain
from domain.views.explained import Explanation
from tests.support.cases import CLAIMANT, MEDIATOR, PLATFORM, RESPONDENT, WITNESS, ZONE_DATA, Life, a_case


def explained(life: Life, clock: str, who: str = MEDIATOR) -> Explanation | None:
    return explain(life.case, clock, life.calendars, ZONE_DATA, life.actor(who))


def test_every_clock_that_runs_is_explained_to_the_instants_on_record() -> None:
    for life in (a_case().in_settlement(), a_case().in_review(), a_case().appealable(), a_case().in_appeal()):
        for row in life.case.timetable:
            said = explained(life, row.clock)
            assert said is not None
            assert said.agrees
            assert row.due_at in {level.due_at for level in said.levels}


def test_open_time_that_was_used_adds_up_to_the_target() -> None:
    said = explained(a_case().in_review(), "ruling")
    assert said is not None
    assert said.target.endswith("working hours")
    assert sum(piece.minutes for piece in said.spans) == 60 * int(said.target.split()[0])


def test_a_pause_says_who_why_and_what_it_kept_from_being_used() -> None:
    life = a_case().in_review().says(MEDIATOR, "pause", clock="ruling", reason="expert_asked")
    life.later(timedelta(hours=3)).says(MEDIATOR, "resume")
    said = explained(life, "ruling")
    assert said is not None
    (pause,) = said.pauses
    assert (pause.why, pause.by, pause.reason, pause.minutes) == ("pause", MEDIATOR, "expert_asked", 181)
    assert any("it was paused" in sentence for sentence in said.words)


def test_a_clock_that_stands_still_has_no_due_date() -> None:
    life = a_case().in_review().says(MEDIATOR, "pause", clock="ruling", reason="expert_asked")
    said = explained(life, "ruling")
    assert said is not None
    assert (said.state, said.due_at) == ("still", None)


def test_other_zone_data_than_on_record_is_said() -> None:
    life = a_case().in_review()
    moved = tuple(row.model_copy(update={"due_at": row.due_at + timedelta(hours=1)}) for row in life.case.timetable)
    life._case = life.case.model_copy(update={"timetable": moved})
    said = explained(life, "ruling")
    assert said is not None
    assert not said.agrees
    assert said.words[-1].startswith("By the zone data in use now (2026a) it would be another instant.")


@pytest.mark.parametrize(
    ("who", "knows"), [(RESPONDENT, True), (MEDIATOR, True), (CLAIMANT, False), (PLATFORM, False), (WITNESS, False)]
)
def test_the_clock_of_a_side_is_explained_to_that_side_and_the_team(who: str, knows: bool) -> None:
    life = a_case().with_party(WITNESS, "respondent", "witness").in_review().says(MEDIATOR, "request_evidence", of="respondent")
    assert (explained(life, "respondent_response", who) is not None) == knows
    assert ("respondent_response" in clocks_of(life.case, life.actor(who))) == knows


def test_a_clock_that_nobody_has_is_none() -> None:
    assert explained(a_case().in_review(), "no_such_clock") is None
