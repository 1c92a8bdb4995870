"""Four words for how pressing a clock is."""

from __future__ import annotations

from datetime import timedelta

from domain.model.clocks import Fired
from domain.views.urgency import NO_END, STATES, next_end, pressing, standings
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


def test_the_place_of_a_case_is_the_state_and_the_end_of_its_most_pressing_clock_as_recorded() -> None:
    case = a_case("payment_dispute").in_review().case
    first = standings(case, case.updated_at)[0]
    assert pressing(case) == (STATES.index(first.state), first.due_at)


def test_a_clock_is_late_for_lists_from_the_fact_on_that_says_so() -> None:
    life = a_case("bounty_dispute").opened()
    (first, *_) = [one for one in standings(life.case, life.case.opened_at) if one.state == "on_track"]
    clock = next(one for one in life.case.clocks if one.name == first.clock)
    reached = sorted((row for row in life.case.timetable if row.clock == first.clock), key=lambda row: row.due_at)
    fired = tuple(Fired(level=r.level, count=r.count, due_at=r.due_at, recorded_at=r.due_at) for r in reached)
    after = life.case.model_copy(update={"clocks": (clock.model_copy(update={"fired": fired}),), "timetable": ()})
    assert pressing(after) == (STATES.index("late"), first.due_at)


def test_what_was_late_and_stands_still_hides_nothing_that_runs() -> None:
    life = a_case("bounty_dispute").opened()
    (first, *_) = [one for one in standings(life.case, life.case.opened_at) if one.state == "on_track"]
    clock = next(one for one in life.case.clocks if one.name == first.clock)
    reached = sorted((row for row in life.case.timetable if row.clock == first.clock), key=lambda row: row.due_at)
    fired = tuple(Fired(level=r.level, count=r.count, due_at=r.due_at, recorded_at=r.due_at) for r in reached)
    still = clock.model_copy(update={"fired": fired, "pauses": ((reached[-1].due_at, None),)})
    after = life.case.model_copy(update={"clocks": (still,), "timetable": ()})
    assert [(one.state, one.due_at) for one in standings(after, reached[-1].due_at)] == [("paused", None)]
    assert pressing(after) == (STATES.index("paused"), NO_END)


def test_a_case_without_a_clock_comes_last() -> None:
    case = a_case("bounty_dispute").opened().case.model_copy(update={"clocks": (), "timetable": ()})
    assert pressing(case) == (STATES.index("paused"), NO_END)


def test_the_next_end_is_told_whatever_is_more_pressing() -> None:
    case = a_case("payment_dispute").in_review().case
    ends = [one.due_at for one in standings(case, case.updated_at) if one.state in ("risk", "on_track") and one.due_at]
    assert len(ends) > 1
    assert next_end(case) == min(ends)
    (soonest, *_) = [one.clock for one in standings(case, case.updated_at) if one.due_at == min(ends)]
    others = [row for row in case.timetable if row.clock != soonest]
    fired = {
        row.clock: Fired(level=row.level, count=row.count, due_at=case.opened_at, recorded_at=case.opened_at) for row in others
    }
    warned = tuple(
        clock.model_copy(update={"fired": (fired[clock.name],)}) if clock.name in fired else clock for clock in case.clocks
    )
    assert next_end(case.model_copy(update={"clocks": warned})) == min(ends), "a warning of another clock hides it not"


def test_what_stands_still_or_is_over_runs_out_no_more() -> None:
    life = a_case("bounty_dispute").in_review()
    held = life.case.model_copy(
        update={"clocks": tuple(c.model_copy(update={"pauses": ((life.case.updated_at, None),)}) for c in life.case.clocks)}
    )
    assert next_end(held) == NO_END
    assert next_end(life.case.model_copy(update={"clocks": (), "timetable": ()})) == NO_END
