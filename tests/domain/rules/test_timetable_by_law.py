"""A year of due dates of the Digital Services Act, the GDPR and the CCPA against what their articles say, counted here once more.

Nothing of the calculator is used: days, months, weekends and holidays are counted from the law's text, the holidays too
(Ombud takes them from a library: here they are computed). No limit that somebody is told of may lie behind the law's, and no
right may end before it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.model.case import Case
from domain.model.clocks import Clock, Extended
from domain.rules.levels import calendars_of, inputs_of, level_at, over_at
from domain.rules.prior_decision import why_declined
from domain.worktime.calendars import Calendar
from tests.support.cases import Life, a_case

BERLIN = ZoneInfo("Europe/Berlin")
TICK = timedelta(microseconds=1)
EARLY_BY = timedelta(days=5)
"""Where UTC still has the last day of a shorter month, the team is told so much earlier at most."""
HOURS = (time(0, 30), time(9, 0), time(21, 30), time(22, 30), time(23, 30))
"""In UTC: among them the hours in which Berlin has the next day already."""


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, as O'Beirne puts Gauss's rule (Ten Divisions, 1966)."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (8 * century + 13) // 25 + 15) % 30
    full_moon = epact - (golden + 11 * epact) // 319
    weekday = (2 * (century % 4) + 2 * (rest // 4) - rest % 4 - full_moon + 32) % 7
    month = (full_moon + weekday + 90) // 25
    return date(year, month, (full_moon + weekday + month + 19) % 32)


def german_holidays(year: int) -> set[date]:
    """Those of every Land: by the laws of the Länder, and the Unification Treaty, article 2(2), for 3 October."""
    movable = (easter(year) + timedelta(days=days) for days in (-2, 1, 39, 50))
    return {date(year, 1, 1), date(year, 5, 1), date(year, 10, 3), date(year, 12, 25), date(year, 12, 26), *movable}


DAYS_CLOSED = {day for year in range(2026, 2029) for day in german_holidays(year)}
# California Government Code, section 6700, has more of them. Fewer end the period earlier, so that no limit is too late for it.
CLOSED_IN_CALIFORNIA = {date(year, month, day) for year in (2026, 2027) for month, day in ((1, 1), (7, 4), (12, 25))}

GDPR = (
    "gdpr_access",
    "gdpr_rectification",
    "gdpr_erasure",
    "gdpr_restriction",
    "gdpr_portability",
    "gdpr_objection",
    "gdpr_automated",
)
CCPA = ("ccpa_know", "ccpa_delete", "ccpa_correct")
AT_ONCE = ("ccpa_opt_out", "ccpa_limit")


def a_year() -> Iterator[datetime]:
    for number in range(365):
        for hour in HOURS:
            yield datetime.combine(date(2026, 1, 1) + timedelta(days=number), hour, UTC)


def months_after(day: date, months: int) -> date:
    """Regulation (EEC, Euratom) No 1182/71, article 3(2)(c): the same date; where there is none, the last day of the month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def its_last_hour(day: date, zone: ZoneInfo = BERLIN) -> datetime:
    """The same, article 3(2): a period ends with the expiry of the last hour of its last day."""
    return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)


def moved(day: date) -> date:
    """The same, article 3(4): a last day that is a public holiday, Sunday or Saturday moves to the following working day."""
    while day.weekday() >= 5 or day in DAYS_CLOSED:
        day += timedelta(days=1)
    return day


def business_days_after(day: date, count: int) -> date:
    """California Civil Code, section 9 with 6700: neither weekends nor holidays are business days."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in CLOSED_IN_CALIFORNIA
    return day


@pytest.fixture(scope="module")
def requests() -> Life:
    return a_case("compliance_request", category="gdpr_access").opened()


def limit(life: Life, category: str, received_at: datetime, *, longer: bool = False) -> tuple[datetime, datetime]:
    """When the team is told that the limit is there, and when it is over."""
    definition = life.case.terms.clock("answer")
    assert definition is not None
    by = definition.extension_for(category)
    assert not longer or by is not None
    more = (Extended(at=received_at + timedelta(days=1), by_span=by),) if longer else ()
    clock = Clock(name="answer", instance=1, started_at=received_at, extensions=more)
    case: Case = life.case.model_copy(update={"category": category})
    inputs = inputs_of(case, clock)
    calendar, days = calendars_of(inputs, life.calendars)
    breach = definition.level("breach")
    assert breach is not None
    told, over = level_at(inputs, calendar, breach, days), over_at(case, clock, life.calendars)
    assert told is not None
    assert over is not None
    return told, over


@pytest.mark.parametrize("category", GDPR)
@pytest.mark.parametrize(("longer", "months"), [(False, 1), (True, 3)])
def test_one_month_and_two_more(requests: Life, category: str, longer: bool, months: int) -> None:
    """General Data Protection Regulation, article 12(3)."""
    for received_at in a_year():
        law = its_last_hour(months_after(received_at.astimezone(BERLIN).date(), months))
        told, over = limit(requests, category, received_at, longer=longer)
        assert over == law, received_at
        assert law - EARLY_BY <= told <= law, received_at


@pytest.mark.parametrize("category", CCPA)
@pytest.mark.parametrize(("longer", "days"), [(False, 45), (True, 90)])
def test_forty_five_days_and_as_many_more(requests: Life, category: str, longer: bool, days: int) -> None:
    """California Civil Code, section 1798.130(a)(2)(A)."""
    for received_at in a_year():
        law = its_last_hour(received_at.astimezone(BERLIN).date() + timedelta(days=days))
        told, over = limit(requests, category, received_at, longer=longer)
        assert over == law, received_at
        assert law - EARLY_BY <= told <= law, received_at


@pytest.mark.parametrize("category", AT_ONCE)
def test_fifteen_business_days_at_most(requests: Life, category: str) -> None:
    """11 CCR sections 7026(f)(1) and 7027(g)(1), by the days of California."""
    zone = ZoneInfo("America/Los_Angeles")
    for received_at in a_year():
        law = its_last_hour(business_days_after(received_at.astimezone(zone).date(), 15), zone)
        told, over = limit(requests, category, received_at)
        assert told <= over <= law, received_at


def test_six_months_to_complain_about_a_decision() -> None:
    """Digital Services Act, article 20(1) and (2), with Regulation (EEC, Euratom) No 1182/71, article 3."""
    decision = {"outcome": "suspend_account", "appellant": "author", "decider": "machine", "content": "account-5"}
    life = a_case("moderation_appeal", decision={**decision, "effective_at": "2026-01-01T00:00:00Z"})
    command = life.opening()
    assert command.decision is not None
    for informed_at in a_year():
        law = its_last_hour(moved(months_after(informed_at.astimezone(BERLIN).date(), 6)))
        one = command.model_copy(update={"decision": command.decision.model_copy(update={"informed_at": informed_at})})
        assert why_declined(one, None, law - TICK, life.calendars) is None, informed_at
        assert why_declined(one, None, law, life.calendars) == "window_over", informed_at


@pytest.mark.parametrize(
    ("kind", "window"),
    [("moderation_appeal", "appeal_window"), ("fraud_report", "complaint_window"), ("conduct_report", "complaint_window")],
)
def test_six_months_to_appeal_here(kind: str, window: str) -> None:
    """The same for whoever is told of a decision that was made here: an account that was banned, an author who lost."""
    life = a_case(kind).with_terms(elsewhere=None)
    case: Case = life.opened().case
    definition = case.terms.clock(window)
    assert definition is not None
    calendars: dict[str, Calendar] = life.calendars
    for informed_at in a_year():
        law = its_last_hour(moved(months_after(informed_at.astimezone(BERLIN).date(), 6)))
        inputs = inputs_of(case, Clock(name=window, instance=1, started_at=informed_at))
        calendar, days = calendars_of(inputs, calendars)
        assert level_at(inputs, calendar, definition.levels[-1], days) == law, informed_at
