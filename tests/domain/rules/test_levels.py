"""When the levels of one clock fall due: a share of the target, so much before its end, so much after it; in every unit.

Instants are of January 2025 in Berlin, where the office is open from 08:00 to 16:00 UTC; the 6th is a Monday.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.model.clocks import Extended
from domain.model.terms import Level
from domain.rules.levels import ClockInputs, level_at, schedule_of
from domain.worktime.calculator import Pause, back, due, elapsed, is_open, share_between
from domain.worktime.spans import Span
from tests.support.calendars import a_calendar, at
from tests.support.slow_calendar import SlowCalendar, slow_elapsed

OFFICE = a_calendar()


def inputs(target: str, start: str = "01-06 10:00", **more: Any) -> ClockInputs:
    empty: dict[str, Any] = {"roll": False, "calendar": "cal_office", "pauses": (), "holds": (), "extensions": ()}
    return ClockInputs(instance=1, started_at=at(start), target=Span.parse(target), **{**empty, **more})


def level(one: ClockInputs, **where: Any) -> datetime | None:
    return level_at(one, OFFICE, Level.model_validate({"name": "look", "action": "warn", **where}))


def held(since: str, until: str | None, margin: str | None = None) -> tuple[datetime, datetime | None, Span | None]:
    return at(since), at(until) if until else None, Span.parse(margin) if margin else None


class TestShare:
    @pytest.mark.parametrize(
        ("target", "share", "due_at"),
        [
            ("10 hours", 0.5, "01-06 15:00"),
            ("10 hours", 1.0, "01-06 20:00"),
            ("10 hours", 1.5, "01-07 01:00"),
            ("8 working hours", 0.5, "01-06 14:00"),
            ("8 working hours", 0.8, "01-07 08:24"),
            ("8 working hours", 1.0, "01-07 10:00"),
            ("8 working hours", 2.0, "01-08 10:00"),
            # 16 open hours lie between the start and the end.
            ("2 business days", 0.5, "01-07 10:00"),
            ("2 business days", 1.0, "01-08 10:00"),
            # Ten working days lie between, so the half is a week.
            ("14 days", 0.5, "01-13 10:00"),
            ("14 days", 0.8, "01-16 10:00"),
            ("14 days", 1.0, "01-20 10:00"),
            # Twenty-three working days lie between, so the half is eleven and a half.
            ("1 month", 0.5, "01-21 14:00"),
            ("1 month", 1.0, "02-06 10:00"),
        ],
    )
    def test_of_each_unit(self, target: str, share: float, due_at: str) -> None:
        assert level(inputs(target), at=share) == at(due_at)

    def test_while_it_is_closed_nothing_of_it_is_used(self) -> None:
        assert level(inputs("8 working hours", "01-10 15:00"), at=0.5) == at("01-13 11:00")

    def test_a_pause_moves_what_comes_after_it_alone(self) -> None:
        paused = inputs("8 working hours", pauses=((at("01-06 13:00"), at("01-06 15:00")),))
        assert level(paused, at=0.25) == at("01-06 12:00")
        assert level(paused, at=0.5) == at("01-06 16:00")
        assert level(paused, at=1.0) == at("01-07 12:00")

    def test_what_was_reached_before_it_stood_still_is_known_and_the_rest_is_not(self) -> None:
        still = inputs("8 working hours", holds=(held("01-06 13:00", None),))
        assert level(still, at=0.25) == at("01-06 12:00")
        assert level(still, at=0.5) is None
        assert level(still, at=1.0) is None


class TestBefore:
    @pytest.mark.parametrize(
        ("target", "before", "due_at"),
        [
            ("10 hours", "4 hours", "01-06 16:00"),
            ("10 hours", "1 working hour", "01-06 15:00"),
            ("8 working hours", "2 working hours", "01-06 16:00"),
            ("8 working hours", "1 hour", "01-07 09:00"),
            ("40 working hours", "1 business day", "01-10 10:00"),
            ("3 business days", "1 business day", "01-08 10:00"),
            ("3 business days", "3 working hours", "01-08 15:00"),
            ("5 business days", "1 business day", "01-10 10:00"),
            ("14 days", "3 days", "01-17 10:00"),
            ("14 days", "1 business day", "01-17 10:00"),
            ("14 days", "12 hours", "01-19 22:00"),
            ("1 month", "7 days", "01-30 10:00"),
            ("2 months", "1 month", "02-06 10:00"),
        ],
    )
    def test_the_end_of_each_unit(self, target: str, before: str, due_at: str) -> None:
        assert level(inputs(target), before=before) == at(due_at)

    @pytest.mark.parametrize(("target", "before"), [("2 working hours", "4 working hours"), ("2 business days", "7 days")])
    def test_never_before_the_clock_began(self, target: str, before: str) -> None:
        assert level(inputs(target), before=before) == at("01-06 10:00")

    def test_what_is_left_to_do_is_left_to_do_whatever_is_paused_later(self) -> None:
        """Two hours of work before the end, not two hours of the clock on the wall."""
        paused = inputs("8 working hours", "01-06 08:00", pauses=((at("01-06 14:30"), at("01-06 15:30")),))
        assert level(paused, before="2 working hours") == at("01-06 14:00")
        assert level(paused) == at("01-07 09:00")

    def test_moves_with_the_end_that_a_freeze_has_pushed(self) -> None:
        frozen = inputs("14 days", holds=(held("01-08 10:00", "01-10 10:00"),))
        assert level(frozen, before="3 days") == at("01-19 10:00")

    def test_standing_still_it_has_none(self) -> None:
        assert level(inputs("14 days", holds=(held("01-08 10:00", None),)), before="3 days") is None


class TestAfter:
    @pytest.mark.parametrize(
        ("target", "after", "due_at"),
        [
            ("10 hours", "4 hours", "01-07 00:00"),
            ("10 hours", "2 working hours", "01-07 10:00"),
            ("8 working hours", "4 working hours", "01-07 14:00"),
            ("8 working hours", "1 business day", "01-08 10:00"),
            ("3 business days", "2 business days", "01-13 10:00"),
            ("3 business days", "3 days", "01-12 10:00"),
            ("14 days", "1 working hour", "01-20 11:00"),
            ("1 month", "1 month", "03-06 10:00"),
        ],
    )
    def test_the_end_of_each_unit(self, target: str, after: str, due_at: str) -> None:
        assert level(inputs(target), after=after) == at(due_at)

    def test_a_pause_after_the_end_moves_it_too(self) -> None:
        paused = inputs("2 working hours", holds=(held("01-06 13:00", "01-06 14:00"),))
        assert level(paused) == at("01-06 12:00")
        assert level(paused, after="2 working hours") == at("01-06 15:00")

    def test_standing_still_it_has_none(self) -> None:
        assert level(inputs("8 working hours", holds=(held("01-06 13:00", None),)), after="1 hour") is None


class TestPushed:
    """Days run through what a pack pauses by itself, and not through what somebody ordered."""

    @pytest.mark.parametrize(
        ("target", "end"), [("3 business days", "01-09 10:00"), ("14 days", "01-20 10:00"), ("1 month", "02-06 10:00")]
    )
    def test_not_while_evidence_is_asked_for(self, target: str, end: str) -> None:
        asked = inputs(target, pauses=((at("01-07 12:00"), at("01-08 12:00")),))
        assert schedule_of(asked, OFFICE).end_at == at(end)

    @pytest.mark.parametrize(
        ("target", "end"), [("3 business days", "01-10 10:00"), ("14 days", "01-21 10:00"), ("1 month", "02-07 10:00")]
    )
    def test_by_a_freeze(self, target: str, end: str) -> None:
        assert schedule_of(inputs(target, holds=(held("01-07 12:00", "01-08 12:00"),)), OFFICE).end_at == at(end)

    def test_business_days_lose_nothing_while_it_is_closed(self) -> None:
        frozen = inputs("5 business days", holds=(held("01-10 16:00", "01-13 08:00"),))
        assert schedule_of(frozen, OFFICE).end_at == at("01-13 10:00")

    def test_calendar_days_lose_the_weekend_too(self) -> None:
        frozen = inputs("14 days", holds=(held("01-10 16:00", "01-13 08:00"),))
        assert schedule_of(frozen, OFFICE).end_at == at("01-20 10:00") + timedelta(hours=64)

    def test_two_that_overlap_are_lost_once(self) -> None:
        holds = (held("01-08 10:00", "01-10 10:00"), held("01-07 10:00", "01-09 10:00"))
        assert schedule_of(inputs("14 days", holds=holds), OFFICE).end_at == at("01-23 10:00")

    def test_one_that_began_before_the_clock_counts_from_its_start(self) -> None:
        assert schedule_of(inputs("14 days", holds=(held("01-01 10:00", "01-07 10:00"),)), OFFICE).end_at == at("01-21 10:00")

    def test_one_after_the_end_changes_nothing(self) -> None:
        assert schedule_of(inputs("3 business days", holds=(held("01-09 10:00", "01-10 10:00"),)), OFFICE).end_at == at(
            "01-09 10:00"
        )

    def test_one_pushes_the_end_into_the_next(self) -> None:
        holds = (held("01-07 10:00", "01-08 10:00"), held("01-09 11:00", "01-10 11:00"))
        # The first makes Thursday 10:00 into Friday 10:00, and so the second comes before the end.
        assert schedule_of(inputs("3 business days", holds=holds), OFFICE).end_at == at("01-13 10:00")

    def test_the_margin_counts_in_its_own_unit(self) -> None:
        working = inputs("3 business days", holds=(held("01-07 12:00", "01-07 15:00", "2 working hours"),))
        wall = inputs("3 business days", holds=(held("01-07 12:00", "01-07 15:00", "2 hours"),))
        # Lost: 12:00 to 16:00 and 08:00 to 09:00, five hours; or 12:00 to 16:00, four.
        assert schedule_of(working, OFFICE).end_at == at("01-09 15:00")
        assert schedule_of(wall, OFFICE).end_at == at("01-09 14:00")

    def test_a_last_day_that_is_closed_moves_when_the_pack_says_so(self) -> None:
        assert schedule_of(inputs("5 days", roll=True), OFFICE).end_at == at("01-13 08:00")
        assert schedule_of(inputs("5 days"), OFFICE).end_at == at("01-11 10:00")


class TestExtended:
    def more(self, when: str, span: str | None = None, to: str | None = None) -> Extended:
        return Extended(at=at(when), by_span=Span.parse(span) if span else None, to=at(to) if to else None)

    @pytest.mark.parametrize(
        ("target", "span", "end"),
        [
            ("8 working hours", "4 working hours", "01-07 14:00"),
            ("10 hours", "4 hours", "01-07 00:00"),
            ("2 business days", "3 business days", "01-13 10:00"),
            ("14 days", "7 days", "01-27 10:00"),
            ("1 month", "1 month", "03-06 10:00"),
        ],
    )
    def test_in_its_own_unit(self, target: str, span: str, end: str) -> None:
        assert schedule_of(inputs(target, extensions=(self.more("01-06 11:00", span),)), OFFICE).end_at == at(end)

    @pytest.mark.parametrize("target", ["8 working hours", "10 hours", "2 business days", "14 days", "1 month"])
    def test_to_an_instant_it_ends_there(self, target: str) -> None:
        assert schedule_of(inputs(target, extensions=(self.more("01-06 11:00", to="02-11 12:30"),)), OFFICE).end_at == at(
            "02-11 12:30"
        )

    @pytest.mark.parametrize(
        ("target", "span", "end"),
        [
            ("8 working hours", "4 working hours", "01-23 08:30"),
            ("2 business days", "1 business day", "01-23 12:30"),
            ("7 days", "1 day", "01-23 12:30"),
        ],
    )
    def test_so_much_more_after_an_instant_counts_from_there(self, target: str, span: str, end: str) -> None:
        both = (self.more("01-06 11:00", to="01-22 12:30"), self.more("01-06 12:00", span))
        assert schedule_of(inputs(target, extensions=both), OFFICE).end_at == at(end)


# --- properties, over a calendar with lunch breaks, a night shift and a holiday

SHIFTS = a_calendar(
    hours={
        **{day: [["09:00", "12:30"], ["13:15", "17:00"]] for day in ("mon", "tue", "thu")},
        "wed": [["22:00", "06:00"]],
        "fri": [["09:00", "14:00"]],
    },
    holidays=["2025-04-18", "2025-04-21"],
)
SLOW_SHIFTS = SlowCalendar(SHIFTS.model_dump(mode="json"))
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=60)).map(lambda since: at("03-10 00:00") + since)
"""Around the change to summer time on 30 March, and Easter."""
MINUTES = st.integers(0, 60 * 24 * 50).map(lambda minutes: at("03-10 00:00") + timedelta(minutes=minutes))
WORK = st.timedeltas(timedelta(0), timedelta(hours=120))
SHARES = st.floats(0.01, 3.0)


@given(end=INSTANTS, work=WORK)
def test_going_back_over_working_time_leaves_just_that_much_of_it(end: datetime, work: timedelta) -> None:
    begin = back(SHIFTS, end, Span.working(work))
    assert begin <= end
    assert elapsed(SHIFTS, begin, end) == work


@given(end=MINUTES, minutes=st.integers(1, 60 * 40))
@settings(max_examples=25)
def test_the_slow_calculator_agrees(end: datetime, minutes: int) -> None:
    work = timedelta(minutes=minutes)
    assert slow_elapsed(SLOW_SHIFTS, back(SHIFTS, end, Span.working(work)), end) == work


@given(end=INSTANTS, work=WORK)
def test_going_back_over_working_time_ends_where_it_is_used_up(end: datetime, work: timedelta) -> None:
    """The latest such instant: not a moment of open time is skipped."""
    begin = back(SHIFTS, end, Span.working(work))
    assert begin == end or is_open(SHIFTS, begin)


@given(end=INSTANTS, time=WORK)
def test_going_back_over_wall_time_is_plain_subtraction(end: datetime, time: timedelta) -> None:
    assert back(SHIFTS, end, Span.wall(time)) == end - time


@given(end=INSTANTS, count=st.integers(1, 30))
def test_going_back_over_business_days_is_undone_by_going_on(end: datetime, count: int) -> None:
    begin = back(OFFICE, end, Span.business_days(count))
    if is_open(OFFICE, end):
        assert due(OFFICE, begin, Span.business_days(count)) == end
    local = [instant.astimezone(OFFICE.zone) for instant in (begin, end)]
    assert local[0].time() == local[1].time() or local[1].date().isoformat() == "2025-03-30"


@given(end=INSTANTS, days=st.integers(0, 60))
def test_going_back_over_days_keeps_the_local_time(end: datetime, days: int) -> None:
    begin, last = (one.astimezone(OFFICE.zone) for one in (back(OFFICE, end, Span.days(days)), end))
    assert (last.date() - begin.date()).days == days
    # Nothing that the clock change skips is gone back to: it moves on by what was skipped.
    assert begin.time() == last.time() or begin.date().isoformat() == "2025-03-30"


@given(start=INSTANTS, length=st.timedeltas(timedelta(minutes=1), timedelta(days=30)), shares=st.tuples(SHARES, SHARES))
def test_shares_lie_in_their_order_and_the_whole_is_the_target(
    start: datetime, length: timedelta, shares: tuple[float, float]
) -> None:
    target = start + length
    low, high = (share_between(SHIFTS, start, target, share) for share in sorted(shares))
    assert low is not None
    assert high is not None
    assert start <= low <= high
    for share in shares:
        instant = share_between(SHIFTS, start, target, share)
        assert instant is not None
        assert (instant <= target) if share < 1 else (instant >= target)
    assert share_between(SHIFTS, start, target, 1) == target


@given(start=INSTANTS, length=st.timedeltas(timedelta(minutes=1), timedelta(days=30)), share=st.floats(0.01, 0.99))
def test_a_share_is_a_share_of_the_open_time(start: datetime, length: timedelta, share: float) -> None:
    target = start + length
    instant = share_between(SHIFTS, start, target, share)
    assert instant is not None
    work = elapsed(SHIFTS, start, target)
    if work:
        assert abs(elapsed(SHIFTS, start, instant) - work * share) <= timedelta(microseconds=1)
    else:
        assert abs((instant - start) - length * share) <= timedelta(microseconds=1)


@given(
    start=INSTANTS,
    length=st.timedeltas(timedelta(hours=1), timedelta(days=30)),
    share=st.floats(0.01, 0.99),
    pauses=st.lists(st.tuples(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=5))), max_size=3),
)
def test_a_share_uses_nothing_of_a_pause(
    start: datetime, length: timedelta, share: float, pauses: list[tuple[datetime, timedelta]]
) -> None:
    target, paused = start + length, [(begin, begin + lasts) for begin, lasts in pauses]
    still: list[Pause] = [*paused]
    instant = share_between(SHIFTS, start, target, share, still)
    assert instant is not None
    work = elapsed(SHIFTS, start, target, still)
    if work:
        assert abs(elapsed(SHIFTS, start, instant, still) - work * share) <= timedelta(microseconds=1)
