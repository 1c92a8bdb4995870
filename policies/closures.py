"""Why a calendar is closed on a day, by the name of the public holiday: for ``ombud calendar``, not for any deadline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from domain.worktime.calendars import Calendar
from policies.calendars import CalendarFile

OWN_DAY = "closed day"
"""What a day is called that the file itself closes, and no public holiday."""


def closures(source: CalendarFile, calendar: Calendar, first: date, last: date) -> dict[date, tuple[str, ...]]:
    """The closed days between two dates, both included, with what they are called.

    ``calendar`` is what became of ``source``. A day on which only a joined calendar is closed says which one that is.
    """
    found: dict[date, tuple[str, ...]] = {}
    for day, name in _closed(source, calendar, first, last):
        found[day] = (*found.get(day, ()), name)
    for joined, other in zip(source.join, calendar.join, strict=True):
        for day, names in closures(joined, other, first, last).items():
            found[day] = (*found.get(day, ()), *(f"{name} ({joined.name})" for name in names))
    return dict(sorted(found.items()))


def _closed(source: CalendarFile, calendar: Calendar, first: date, last: date) -> Iterator[tuple[date, str]]:
    days = [day for day in calendar.holidays if first <= day <= last and day not in calendar.exceptions]
    names = _public(source, {day.year for day in days})
    for day in days:
        yield day, names.get(day, OWN_DAY)


def _public(source: CalendarFile, years: set[int]) -> Mapping[date, str]:
    if source.country is None or not years:
        return {}
    # Imported where it is needed: it takes half a second.
    from holidays import country_holidays

    return country_holidays(source.country, subdiv=source.region, years=years, language="en_US")
