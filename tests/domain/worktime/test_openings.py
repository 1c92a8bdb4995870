"""The open time of a calendar: half-open, merged, and never searched for without end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.worktime import calculator as worktime
from domain.worktime.calculator import due, is_open, next_opening, spans
from domain.worktime.spans import Span
from tests.support.calendars import OFFICE, WEEKDAYS, a_calendar, after, at


class TestOpenings:
    def test_are_half_open(self) -> None:
        assert [is_open(a_calendar(), at(f"01-06 {time}")) for time in ("07:59", "08:00", "15:59", "16:00")] == [
            False,
            True,
            True,
            False,
        ]

    def test_that_touch_are_told_as_one(self) -> None:
        whole_days = a_calendar(hours={day: [["00:00", "12:00"], ["12:00", "23:59"]] for day in (*WEEKDAYS, "sat", "sun")})
        assert list(spans(whole_days, at("01-01 05:00"), at("12-01 05:00"))) == [(at("01-01 05:00"), at("12-01 05:00"))]

    def test_that_never_come_are_an_error_and_no_endless_search(self) -> None:
        once = a_calendar(hours={}, exceptions={"2025-01-06": OFFICE})
        for words in ("9 working hours", "2 business days"):
            with pytest.raises(worktime.NeverOpens, match=once.ref):
                after(once, "01-01 00:00", words)
        with pytest.raises(worktime.NeverOpens):
            next_opening(once, at("01-07 00:00"))

    def test_are_asked_for_instants_with_a_zone_in_a_sensible_year(self) -> None:
        with pytest.raises(worktime.NaiveInstant):
            next_opening(a_calendar(), at("01-06 09:00").replace(tzinfo=None))
        with pytest.raises(worktime.OutOfRange):
            next_opening(a_calendar(), datetime(1, 1, 6, tzinfo=UTC))
        with pytest.raises(worktime.OutOfRange):
            due(None, datetime(2990, 1, 1, tzinfo=UTC), Span.months(1200))
