"""Four words for how pressing a clock is."""

from __future__ import annotations

from datetime import timedelta

from domain.views.urgency import STATES, standings
from tests.support.cases import a_case

HOUR = timedelta(hours=1)


def test_a_clock_is_on_track_until_it_warns_at_risk_until_its_end_and_late_from_then_on() -> None:
    case = a_case("bounty_dispute").opened().case
    (first, *_) = [one for one in standings(case, case.opened_at) if one.state == "on_track"]
    assert first.due_at is not None
    rows = sorted((row for row in case.timetable if row.clock == first.clock), key=lambda row: row.due_at)
    seen = []
    for at in (case.opened_at, *(row.due_at for row in rows), first.due_at + HOUR):
        (now,) = [one for one in standings(case, at) if one.clock == first.clock]
        seen.append(now.state)
    assert seen == sorted(seen, key=["on_track", "risk", "late"].index)
    assert seen[-1] == "late"


def test_the_most_pressing_comes_first() -> None:
    case = a_case("payment_dispute").in_review().case
    later = max(row.due_at for row in case.timetable)
    for at in (case.opened_at, later):
        states = [STATES.index(one.state) for one in standings(case, at)]
        assert states == sorted(states)


def test_what_stands_still_is_paused_and_not_late() -> None:
    life = a_case("bounty_dispute").in_review()
    before = {one.clock: one.state for one in standings(life.case, life.case.updated_at)}
    assert "paused" not in before.values()
    held = life.case.model_copy(
        update={"clocks": tuple(c.model_copy(update={"pauses": ((life.case.updated_at, None),)}) for c in life.case.clocks)}
    )
    assert {one.state for one in standings(held, life.case.updated_at)} == {"paused"}


def test_a_clock_that_has_stopped_says_nothing() -> None:
    life = a_case("bounty_dispute").in_review()
    stopped = {clock.name for clock in life.case.clocks if clock.stopped_at is not None}
    assert stopped.isdisjoint(one.clock for one in standings(life.case, life.case.opened_at))
