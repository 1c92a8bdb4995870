"""The calculator agrees with one that walks minute by minute and shares no code with it.

``OMBUD_CLOCK_CASES`` sets how many random cases are compared (2,000 by default), ``OMBUD_CLOCK_SEED`` which ones: always the same
ones unless it is set. `make clocks-full` sets it anew each time.
"""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.worktime import calculator as worktime
from domain.worktime.calendars import Calendar
from domain.worktime.spans import Span
from tests.support.clock_cases import ClockCase, clock_cases
from tests.support.profiles import FIXED_SEED
from tests.support.slow_calendar import (
    SlowCalendar,
    slow_business_days_later,
    slow_days_later,
    slow_due,
    slow_elapsed,
    slow_months_later,
    slow_rolled,
)

# Days and measured stretches cost the slow one far more than deadlines, so only one case in so many asks for them.
_DAYS_EVERY = 5


@pytest.mark.slow
def test_deadlines_agree_with_the_slow_calculator(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = int(os.environ.get("OMBUD_CLOCK_CASES", "2000"))
    seed = int(os.environ.get("OMBUD_CLOCK_SEED") or FIXED_SEED)
    with capsys.disabled():
        print(f"\n{wanted:,} random deadlines, OMBUD_CLOCK_SEED={seed}")
    fast, slow, held = None, None, None
    for number, case in enumerate(clock_cases(seed, wanted)):
        if case.calendar is not held or slow is None:
            held, fast, slow = case.calendar, Calendar.model_validate(case.calendar), SlowCalendar(case.calendar)
        _compare_work(fast, slow, case)
        if number % _DAYS_EVERY == 0:
            _compare_days(fast, slow, case)


def _compare_work(fast: Calendar | None, slow: SlowCalendar, case: ClockCase) -> None:
    work = timedelta(microseconds=case.work)
    at = worktime.due(fast, case.start, Span.working(work), case.pauses)
    assert at == slow_due(slow, case.start, case.work, case.pauses), case
    assert at is not None
    assert worktime.elapsed(fast, case.start, at, case.pauses) == work, case


def _compare_days(fast: Calendar | None, slow: SlowCalendar, case: ClockCase) -> None:
    start, days, months = case.start, case.days, case.days % 14
    end = start + timedelta(days=days, seconds=days)
    assert worktime.elapsed(fast, start, end, case.pauses) == slow_elapsed(slow, start, end, case.pauses), case
    assert worktime.due(fast, start, Span.business_days(days)) == slow_business_days_later(slow, start, days), case
    for span, plain in (
        (Span.days(days), slow_days_later(slow, start, days)),
        (Span.months(months), slow_months_later(slow, start, months)),
    ):
        assert worktime.due(fast, start, span) == plain, case
        last = _last_day(slow, start, span)
        assert worktime.due(fast, start, span, roll=True) == slow_rolled(slow, plain, last), case


def _last_day(slow: SlowCalendar, start: datetime, span: Span) -> date:
    """The local day that was counted to, from a calendar in UTC so that no clock change can move it."""
    shifted = start.astimezone(ZoneInfo(slow.zone)).replace(tzinfo=ZoneInfo("UTC"))
    at = worktime.due(None, shifted, span)
    assert at is not None
    return at.date()
