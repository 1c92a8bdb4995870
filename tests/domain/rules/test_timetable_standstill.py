"""No case is forgotten: one whose clocks all stand still comes before the leads and ops after a week."""

from __future__ import annotations

from datetime import timedelta

from domain.model import facts as f
from domain.model.facts import Colleague
from tests.support.cases import CLAIMANT, LEAD, MEDIATOR, OPS, PEOPLE, Life, a_case
from tests.support.clock_readings import after, ahead, at, end

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def frozen() -> Life:
    """Every clock stands still since Tuesday 3 March, 10:00."""
    return after(a_case().in_review().says(MEDIATOR, "message"), "03-03 10:00", OPS, "freeze", incident="inc_1")


def looked(life: Life) -> list[f.LevelReached]:
    return [x for x in life.facts if isinstance(x, f.LevelReached) and x.clock == "standstill"]


def test_after_a_week_somebody_looks() -> None:
    life = frozen()
    assert [(row.clock, row.due_at) for row in life.case.timetable] == [("standstill", at("03-10 10:00"))]
    life.later(WEEK)
    assert [(x.action, x.due_at) for x in looked(life)] == [("escalate", at("03-10 10:00"))]
    assert {n.recipient for _, n in life.last.notices} == {"role:leads", "role:ops"}


def test_and_every_week_again() -> None:
    life = frozen().later(4 * WEEK)
    assert [(x.instance, x.due_at) for x in looked(life)] == [
        (1, at("03-10 10:00")), (2, at("03-17 10:00")), (3, at("03-24 10:00")), (4, at("03-31 10:00")),
    ]  # fmt: skip


def test_what_is_said_meanwhile_does_not_put_it_off() -> None:
    life = after(frozen(), "03-06 10:00", CLAIMANT, "message")
    assert end(life, "standstill") == at("03-10 10:00")


def test_a_case_that_goes_on_needs_nobody_to_look() -> None:
    life = after(frozen(), "03-06 10:00", OPS, "thaw", incident="inc_1")
    assert "standstill" not in ahead(life)
    assert looked(life.later(10 * DAY)) == []


def test_stands_still_anew_and_has_a_week_anew() -> None:
    life = after(frozen(), "03-06 10:00", OPS, "thaw", incident="inc_1")
    assert end(after(life, "03-09 10:00", OPS, "freeze", incident="inc_2"), "standstill") == at("03-16 10:00")


def test_a_pause_without_an_end_is_a_standstill_and_one_with_an_end_is_not() -> None:
    life = a_case().in_review()
    assert ahead(life.says(MEDIATOR, "pause", reason="expert_asked")) == {"standstill"}
    life = a_case().in_review()
    assert "standstill" not in ahead(life.says(MEDIATOR, "pause", until="2026-06-01T09:00:00Z", reason="expert_asked"))


def test_a_party_who_is_waited_for_is_no_standstill() -> None:
    life = a_case().in_review().says(MEDIATOR, "request_evidence", of="claimant").says(MEDIATOR, "pause", reason="expert_asked")
    assert ahead(life) == {"claimant_response"}


def test_a_limit_of_the_law_is_ahead_of_everything() -> None:
    life = a_case("fraud_report").in_review().says(OPS, "freeze", incident="inc_1")
    assert ahead(life) == {"provisional_credit", "final_answer"}


def test_nobody_there_then_with_the_first_shift() -> None:
    life = frozen()
    life.team = tuple(
        Colleague(actor=PEOPLE[who], roles=(PEOPLE[who].role,), on_shift=False, next_shift_at=at("03-11 08:00"))
        for who in (LEAD, OPS)
    )
    life.later(WEEK)
    assert [(x.withheld, x.again_at) for x in looked(life)] == [("nobody_there", at("03-11 08:00"))]
    assert end(life, "standstill") == at("03-11 08:00")


def test_that_the_owner_has_just_answered_is_no_reason_not_to_look() -> None:
    life = after(frozen(), "03-10 09:50", MEDIATOR, "message").fire("standstill")
    assert looked(life)[-1].withheld is None


def test_it_is_the_teams_business() -> None:
    life = frozen()
    before = life.seen_by(CLAIMANT)
    assert life.later(2 * WEEK).seen_by(CLAIMANT) == before


def test_a_development_tenant_waits_as_much_less() -> None:
    life = a_case().scaled(1 / 60).in_settlement().says(OPS, "freeze", incident="inc_1")
    assert end(life, "standstill") - life.now == WEEK / 60


def test_a_closed_case_may_rest() -> None:
    life = frozen().says(CLAIMANT, "withdraw")
    assert life.case.timetable == ()
