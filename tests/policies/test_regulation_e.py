"""A year of due dates of Regulation E against the law's own text, computed here from the articles: none is late.

12 CFR 1005.2(d) with comment 2(d)-2 (business days, whole until midnight), 1005.11(c)(2) and (3) (ten and twenty business days,
45 and 90 calendar days), 1005.11(c)(1) (results within three business days). Holidays: 5 U.S.C. 6103(a), as the Federal Reserve
keeps them: one on a Sunday is kept on Monday, one on a Saturday is not moved.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.model.terms import Terms
from domain.worktime.calculator import due
from domain.worktime.calendars import Calendar
from domain.worktime.spans import Span
from policies.shelf import Shelf
from tests.support.packs import a_report

NEW_YORK = ZoneInfo("America/New_York")
DAY = timedelta(days=1)
MONDAY, THURSDAY = 0, 3


def nth(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def holidays(year: int) -> set[date]:
    """Legal public holidays of the United States, and the Mondays on which one of a Sunday is kept."""
    last_of_may = date(year, 5, 31)
    found = {
        date(year, 1, 1), nth(year, 1, MONDAY, 3), nth(year, 2, MONDAY, 3), last_of_may - timedelta(days=last_of_may.weekday()),
        date(year, 6, 19), date(year, 7, 4), nth(year, 9, MONDAY, 1), nth(year, 10, MONDAY, 2), date(year, 11, 11),
        nth(year, 11, THURSDAY, 4), date(year, 12, 25),
    }  # fmt: skip
    return found | {day + DAY for day in found if day.weekday() == 6}


CLOSED = holidays(2026) | holidays(2027)


def business_days_after(day: date, number: int) -> date:
    while number:
        day += DAY
        number -= day.weekday() < 5 and day not in CLOSED
    return day


def end_of(day: date) -> datetime:
    """Midnight at the end of a day, where the bank is."""
    return datetime.combine(day + DAY, time(), NEW_YORK).astimezone(UTC)


NOTICES = [
    datetime.combine(date(2026, 1, 1) + DAY * number, time(hour, 5), NEW_YORK).astimezone(UTC)
    for number in range(365)
    for hour in (9, 22)
]
"""730 moments at which somebody tells of an error: in the morning and late in the evening of every day of 2026."""


@pytest.fixture(scope="module")
def policies() -> Shelf:
    return Shelf.load(2026)


def terms(policies: Shelf, **attributes: bool) -> Terms:
    return policies.terms(a_report("fraud_report", attributes=attributes))[0]


def _due(calendar: Calendar | None, notice: datetime, span: Span) -> datetime:
    found = due(calendar, notice, span)
    assert found is not None
    return found


def due_dates(policies: Shelf, bound: Terms, clock: str) -> list[tuple[datetime, datetime]]:
    """Each notice with the moment at which the clock runs out."""
    found = bound.clock(clock)
    assert found is not None
    calendars = policies.calendars_of(bound)
    calendar = calendars.get(found.calendar or bound.calendar or "")
    return [(notice, _due(calendar, notice, found.target)) for notice in NOTICES]


@pytest.mark.parametrize(("attributes", "days"), [({}, 10), ({"new_account": True}, 20)])
def test_no_provisional_credit_is_due_later_than_the_law(policies: Shelf, attributes: dict[str, bool], days: int) -> None:
    late, early = [], []
    for notice, due_at in due_dates(policies, terms(policies, **attributes), "provisional_credit"):
        last = business_days_after(notice.astimezone(NEW_YORK).date(), days)
        late += [notice] if due_at > end_of(last) else []
        # Nor more than a day before its last one: nobody is driven by a limit that is none.
        early += [notice] if due_at < end_of(last) - 2 * DAY and last.weekday() != MONDAY else []
    assert (len(NOTICES), late) == (730, [])
    assert early == []


def test_no_result_is_due_later_than_three_business_days(policies: Shelf) -> None:
    late = [
        notice
        for notice, due_at in due_dates(policies, terms(policies), "results")
        if due_at > end_of(business_days_after(notice.astimezone(NEW_YORK).date(), 3))
    ]
    assert late == []


def test_no_error_is_put_right_later_than_one_business_day_after_it_was_found(policies: Shelf) -> None:
    late = [
        found
        for found, due_at in due_dates(policies, terms(policies), "correction")
        if due_at > end_of(business_days_after(found.astimezone(NEW_YORK).date(), 1))
    ]
    assert late == []


@pytest.mark.parametrize(
    ("attributes", "days"), [({}, 45), ({"new_account": True}, 90), ({"foreign": True}, 90), ({"point_of_sale": True}, 90)]
)
def test_no_answer_is_due_later_than_the_law(policies: Shelf, attributes: dict[str, bool], days: int) -> None:
    late = [
        notice
        for notice, due_at in due_dates(policies, terms(policies, **attributes), "final_answer")
        if due_at > end_of(notice.astimezone(NEW_YORK).date() + timedelta(days=days))
    ]
    assert late == []


def test_a_bank_is_open_on_the_friday_before_a_holiday_on_a_saturday() -> None:
    """4 July 2026 is a Saturday: the office in New York is closed on the 3rd, the banks are not."""
    assert date(2026, 7, 3) not in CLOSED
    assert business_days_after(date(2026, 7, 2), 1) == date(2026, 7, 3)
