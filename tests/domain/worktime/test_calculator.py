"""The conventions of open time, one by one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.worktime import calculator as worktime
from domain.worktime.calculator import day_over, due, due_share, elapsed, next_opening, spans
from domain.worktime.calendars import Calendar
from domain.worktime.spans import Span
from tests.support.calendars import WEEKDAYS, a_calendar, after, at


def instants(first: str, last: str) -> st.SearchStrategy[datetime]:
    """Any instant between two."""
    return st.timedeltas(timedelta(0), at(last) - at(first)).map(lambda since: at(first) + since)


class TestDueByWork:
    def test_runs_on_over_the_weekend(self) -> None:
        assert after(a_calendar(), "01-10 15:00", "2 working hours") == at("01-13 09:00")

    def test_exactly_on_closing_time_stays_on_closing_time(self) -> None:
        assert after(a_calendar(), "01-06 15:00", "1 working hour") == at("01-06 16:00")

    def test_a_moment_more_than_closing_time_is_the_next_morning(self) -> None:
        assert after(a_calendar(), "01-06 15:00", "3600.000001 working seconds") == at("01-07 08:00") + timedelta(microseconds=1)

    def test_a_moment_less_than_closing_time_is_before_it(self) -> None:
        assert after(a_calendar(), "01-06 15:00", "3599.999999 working seconds") == at("01-06 16:00") - timedelta(microseconds=1)

    def test_no_work_while_open_is_at_once(self) -> None:
        assert after(a_calendar(), "01-06 10:00", "0 working minutes") == at("01-06 10:00")

    @pytest.mark.parametrize("closed", ["01-06 16:00", "01-06 20:00", "01-07 07:59"])
    def test_no_work_while_closed_is_the_next_opening(self, closed: str) -> None:
        assert after(a_calendar(), closed, "0 working minutes") == at("01-07 08:00")

    def test_holidays_breaks_and_exceptions_count(self) -> None:
        calendar = a_calendar(
            holidays=["2025-01-07", "2025-01-11"],
            breaks={"2025-01-08": [["09:30", "11:30"]]},
            exceptions={"2025-01-11": [["10:00", "11:00"]]},
        )
        assert after(calendar, "01-06 15:30", "1 working hour") == at("01-08 08:30")
        assert after(calendar, "01-06 15:30", "75 working minutes") == at("01-08 10:45")
        assert after(calendar, "01-10 15:30", "1 working hour") == at("01-11 09:30")

    def test_a_holiday_cancels_the_shift_that_starts_on_it_and_not_the_one_before(self) -> None:
        nights = a_calendar(hours={day: [["22:00", "06:00"]] for day in WEEKDAYS}, holidays=["2025-01-07"])
        assert list(spans(nights, at("01-06 00:00"), at("01-09 00:00"))) == [
            (at("01-06 21:00"), at("01-07 05:00")),
            (at("01-08 21:00"), at("01-09 00:00")),
        ]

    def test_wall_time_does_not_care_for_the_calendar(self) -> None:
        assert after(a_calendar(), "01-10 15:00", "48 hours") == at("01-12 15:00")

    def test_without_a_calendar_it_is_always_open(self) -> None:
        assert after(None, "01-10 15:00", "48 working hours") == at("01-12 15:00")

    def test_joined_calendars_cover_each_other(self) -> None:
        sun = Calendar(
            join=(
                a_calendar(tz="America/New_York", holidays=["2025-01-07"]),
                a_calendar(tz="Asia/Singapore", hours={"tue": [["08:00", "12:00"]]}),
            )
        )
        # New York closes on Monday at 22:00 UTC; Singapore's Tuesday runs from midnight to 04:00.
        assert after(sun, "01-06 21:00", "3 working hours") == at("01-07 02:00")
        assert after(sun, "01-06 21:00", "6 working hours") == at("01-08 15:00")


class TestDueAtAClockChange:
    """Berlin goes forward on 30 March 2025 at 02:00 and back on 26 October at 03:00."""

    def test_an_opening_that_is_skipped_moves_forward(self) -> None:
        assert next_opening(a_calendar(hours={"sun": [["02:30", "05:00"]]}), at("03-29 12:00")) == at("03-30 01:30")

    def test_an_opening_that_happens_twice_means_the_first(self) -> None:
        sundays = a_calendar(hours={"sun": [["02:30", "05:00"]]})
        assert list(spans(sundays, at("10-25 12:00"), at("10-27 00:00"))) == [(at("10-26 00:30"), at("10-26 04:00"))]

    @pytest.mark.parametrize(("day", "hours"), [("2025-03-30", 23), ("2025-10-26", 25)])
    def test_a_whole_day_is_as_long_as_it_is(self, day: str, hours: int) -> None:
        sundays = a_calendar(hours={"sun": [["00:00", "24:00"]]})
        noon = at(f"{day} 12:00")
        assert elapsed(sundays, noon - timedelta(days=2), noon + timedelta(days=2)) == timedelta(hours=hours)

    def test_days_keep_the_local_time(self) -> None:
        assert after(a_calendar(), "03-28 12:00", "3 days") == at("03-31 11:00")
        assert after(a_calendar(), "03-29 01:30", "1 day") == at("03-30 01:30")
        assert after(a_calendar(), "10-25 00:30", "1 day") == at("10-26 00:30")

    def test_a_start_in_the_second_of_a_doubled_hour_still_means_the_first_later(self) -> None:
        berlin = a_calendar()
        assert after(berlin, "10-26 01:30", "0 days") == at("10-26 01:30")
        assert after(berlin, "10-26 01:30", "1 day") == at("10-27 01:30")
        assert after(berlin, "10-26 01:30", "72 months") == at("2031-10-26 00:30")

    def test_a_start_in_the_second_of_a_doubled_hour_still_moves_forward_over_a_skipped_one(self) -> None:
        assert after(a_calendar(), "2022-10-30 01:30", "29 months") == at("03-30 01:30")

    def test_a_date_that_a_zone_skipped_has_no_hours(self) -> None:
        # Samoa went from Thursday 29 December 2011 straight to Saturday the 31st.
        samoa = a_calendar(tz="Pacific/Apia")
        assert next_opening(samoa, at("2011-12-30 04:00")) == at("2012-01-01 19:00")


class TestDayOver:
    @pytest.mark.parametrize(
        ("instant", "end"),
        [
            ("01-09 10:00", "01-09 23:00"),
            ("01-09 22:59", "01-09 23:00"),
            ("01-09 23:00", "01-10 23:00"),
            ("03-30 00:30", "03-30 22:00"),
        ],
    )
    def test_is_the_first_instant_of_the_next_one_there(self, instant: str, end: str) -> None:
        assert day_over(a_calendar(), at(instant)) == at(end)


class TestDueByDays:
    def test_a_closed_last_day_is_kept_unless_rolled(self) -> None:
        assert after(a_calendar(), "01-09 10:00", "2 days") == at("01-11 10:00")
        assert after(a_calendar(), "01-09 10:00", "2 days", roll=True) == at("01-13 08:00")

    def test_rolling_leaves_an_open_last_day_even_after_hours(self) -> None:
        assert after(a_calendar(), "01-08 20:00", "1 day", roll=True) == at("01-09 20:00")

    def test_a_missing_day_becomes_the_last_of_the_month(self) -> None:
        assert after(a_calendar(), "01-31 10:00", "1 month") == at("02-28 10:00")
        assert after(a_calendar(), "2023-11-30 10:00", "3 months") == at("2024-02-29 10:00")

    def test_business_days_keep_the_local_time(self) -> None:
        calendar = a_calendar(holidays=["2025-01-13"])
        assert after(calendar, "01-09 10:00", "1 business day") == at("01-10 10:00")
        assert after(calendar, "01-09 10:00", "2 business days") == at("01-14 10:00")
        assert after(calendar, "01-11 10:00", "1 business day") == at("01-14 10:00")

    def test_business_days_that_end_closed_are_due_at_the_next_opening(self) -> None:
        assert after(a_calendar(), "01-06 06:00", "1 business day") == at("01-07 08:00")
        assert after(a_calendar(), "01-06 18:00", "1 business day") == at("01-08 08:00")

    def test_business_days_that_end_on_closing_time_stay(self) -> None:
        assert after(a_calendar(), "01-06 16:00", "1 business day") == at("01-07 16:00")

    def test_a_day_closed_by_breaks_is_no_business_day(self) -> None:
        calendar = a_calendar(breaks={"2025-01-07": [["08:00", "18:00"]]})
        assert after(calendar, "01-06 10:00", "1 business day") == at("01-08 10:00")

    def test_days_run_through_pauses(self) -> None:
        assert after(a_calendar(), "01-06 10:00", "2 days", ("01-06 10:00", "01-07 10:00")) == at("01-08 10:00")


class TestPauses:
    def test_count_only_inside_open_time(self) -> None:
        assert after(a_calendar(), "01-06 15:00", "2 working hours", ("01-06 15:30", "01-07 08:30")) == at("01-07 10:00")

    def test_that_overlap_count_once(self) -> None:
        twice = (("01-06 09:00", "01-06 11:00"), ("01-06 10:00", "01-06 12:00"))
        assert after(None, "01-06 08:00", "2 hours", *twice) == at("01-06 13:00")

    def test_from_before_the_start_count_from_the_start(self) -> None:
        assert after(None, "01-06 08:00", "1 hour", ("01-05 08:00", "01-06 09:00")) == at("01-06 10:00")

    def test_an_open_one_holds_the_deadline_up(self) -> None:
        assert after(a_calendar(), "01-06 08:00", "2 working hours", ("01-06 09:00", None)) is None

    @pytest.mark.parametrize("begins", ["01-06 10:00", "01-06 10:01"])
    def test_an_open_one_that_began_when_it_was_due_changes_nothing(self, begins: str) -> None:
        assert after(a_calendar(), "01-06 08:00", "2 working hours", (begins, None)) == at("01-06 10:00")

    def test_an_open_one_stops_what_has_elapsed(self) -> None:
        assert elapsed(a_calendar(), at("01-06 08:00"), at("01-09 08:00"), [(at("01-06 09:30"), None)]) == timedelta(hours=1.5)

    def test_backwards_are_refused(self) -> None:
        with pytest.raises(worktime.PauseBackwards):
            after(None, "01-06 08:00", "1 hour", ("01-06 10:00", "01-06 09:00"))


class TestDueShare:
    def test_of_work_is_where_that_much_work_is_done(self) -> None:
        target = Span.parse("10 working hours")
        paused = [(at("01-06 08:00"), at("01-06 09:00"))]
        assert due_share(a_calendar(), at("01-06 08:00"), target, 0.5, paused) == at("01-06 14:00")
        assert due_share(a_calendar(), at("01-06 08:00"), target, 1.5, paused) == at("01-07 16:00")

    def test_of_days_is_taken_of_the_open_time_between(self) -> None:
        # From Friday noon to Monday noon there are eight open hours: half are over on Friday at closing time.
        friday, target = at("01-10 12:00"), Span.parse("3 days")
        assert due_share(a_calendar(), friday, target, 0.5) == at("01-10 16:00")
        assert due_share(a_calendar(), friday, target, 0.75) == at("01-13 10:00")
        assert due_share(a_calendar(), friday, target, 1) == at("01-13 12:00")
        assert due_share(a_calendar(), friday, target, 1.25) == at("01-13 14:00")

    def test_of_days_without_open_time_is_taken_of_wall_time(self) -> None:
        assert due_share(a_calendar(), at("01-11 00:00"), Span.days(1), 0.5) == at("01-11 12:00")

    def test_cannot_be_negative(self) -> None:
        with pytest.raises(ValueError, match="before its clock starts"):
            due_share(None, at("01-06 08:00"), Span.days(1), -0.1)

    @given(
        shares=st.lists(st.floats(0, 3), min_size=2),
        words=st.sampled_from(["5 days", "2 business days", "1 month", "9 working hours"]),
    )
    def test_levels_keep_their_order(self, shares: list[float], words: str) -> None:
        levels = [due_share(a_calendar(), at("01-09 18:00"), Span.parse(words), share) for share in sorted(shares)]
        assert levels == sorted(level for level in levels if level)


class TestElapsed:
    @given(
        work=st.timedeltas(timedelta(0), timedelta(days=20)),
        start=instants("2024-10-01 00:00", "2025-11-01 00:00"),
        pauses=st.lists(
            st.tuples(st.timedeltas(timedelta(0), timedelta(days=9)), st.timedeltas(timedelta(0), timedelta(days=3)))
        ),
    )
    def test_gives_back_the_work(self, work: timedelta, start: datetime, pauses: list[tuple[timedelta, timedelta]]) -> None:
        calendar = a_calendar(holidays=["2025-01-06"], breaks={"2024-10-28": [["12:00", "13:00"]]})
        stood = [(start + after, start + after + length) for after, length in pauses]
        ended = due(calendar, start, Span.working(work), stood)
        assert ended is not None
        assert elapsed(calendar, start, ended, stood) == work

    def test_is_nothing_when_the_end_is_before_the_start(self) -> None:
        assert elapsed(a_calendar(), at("01-06 12:00"), at("01-06 10:00")) == timedelta(0)

    @given(cut=instants("2025-03-01 00:00", "2025-05-01 00:00"))
    def test_adds_up(self, cut: datetime) -> None:
        first, last = at("03-01 00:00"), at("05-01 00:00")
        assert elapsed(a_calendar(), first, cut) + elapsed(a_calendar(), cut, last) == elapsed(a_calendar(), first, last)
