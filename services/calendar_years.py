"""A year of a calendar, day by day: open, closed, or open otherwise than on its other weekdays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from domain.worktime.calculator import spans
from domain.worktime.calendars import Calendar
from services.callers import TEAM, Caller, only
from services.errors import not_found
from services.parts import Parts

FIRST, LAST = 2000, 2100
"""Years that can be looked at."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """A day where the calendar is."""

    date: date
    state: Literal["open", "closed", "holiday", "other"]
    """``holiday``: closed on a weekday that usually is not; ``other``: open at other hours than usual."""
    hours: str
    """``09:00–17:00``, several with commas; empty: closed."""


@dataclass(frozen=True)
class Year:
    """A calendar's year."""

    name: str
    zone: str
    year: int
    months: Sequence[Sequence[Day]]
    open_days: int


async def names(parts: Parts, caller: Caller) -> Sequence[str]:
    """The calendars there are. Raises ``not_allowed``."""
    return sorted(await _calendars(parts, caller))


async def year_of(parts: Parts, caller: Caller, name: str, year: int) -> Year:
    """A year of one. Raises ``not_allowed``, and ``not_found`` for a name or a year that there is not."""
    calendar = (await _calendars(parts, caller)).get(name)
    if calendar is None or not FIRST <= year <= LAST:
        raise not_found()
    first = date(year, 1, 1)
    days = [first + _DAY * number for number in range((date(year + 1, 1, 1) - first).days)]
    hours = {day: _hours(calendar, day) for day in days}
    usual = {
        weekday: Counter(said for day, said in hours.items() if day.weekday() == weekday).most_common(1)[0][0]
        for weekday in range(7)
    }
    told = [Day(day, _state(hours[day], usual[day.weekday()]), hours[day]) for day in days]
    months = [[day for day in told if day.date.month == month] for month in range(1, 13)]
    return Year(name, str(calendar.zone), year, months, sum(1 for day in told if day.hours))


async def _calendars(parts: Parts, caller: Caller) -> Mapping[str, Calendar]:
    await only(parts, caller, TEAM, "Calendars are the team's business.")
    return {**parts.calendars, **await parts.library.newest()}


def _hours(calendar: Calendar, day: date) -> str:
    start, end = (datetime.combine(one, time(), calendar.zone).astimezone(UTC) for one in (day, day + _DAY))
    local = [(low.astimezone(calendar.zone), high.astimezone(calendar.zone)) for low, high in spans(calendar, start, end)]
    return ", ".join(f"{low:%H:%M}–{'24:00' if high.date() != day else f'{high:%H:%M}'}" for low, high in local)


def _state(said: str, usual: str) -> Literal["open", "closed", "holiday", "other"]:
    if said == usual:
        return "open" if said else "closed"
    return "other" if said else "holiday"
