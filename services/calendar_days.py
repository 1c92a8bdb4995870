"""What calendars say: the versions that are published, and the days of one calendar file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol

from domain.worktime.calculator import OutOfRange, WorktimeError, next_opening, spans
from domain.worktime.calendars import Calendar
from policies.calendars import holiday_data_version
from policies.closures import closures
from policies.folders import calendar_files, read_calendar, resolved, years_around
from services.errors import OperatorRefused
from services.packs import readable
from storage.policies.library import CalendarVersion

Row = dict[str, Any]
_DAY = timedelta(days=1)


class CalendarLibrary(Protocol):
    """The calendars that are published."""

    async def versions(self) -> Sequence[CalendarVersion]:
        """Every version, by name, the newest first."""

    async def calendars(self, refs: Iterable[str]) -> Mapping[str, Calendar]:
        """Calendars by their references."""


async def versions(library: CalendarLibrary) -> list[Row]:
    """Every published version, the newest of a name first and marked."""
    found = await library.versions()
    calendars = await library.calendars({version.ref for version in found})
    seen: set[str] = set()
    rows = []
    for version in found:
        zone = str(calendars[version.ref].zone)
        rows.append({**version.model_dump(mode="json"), "zone": zone, "newest": version.name not in seen})
        seen.add(version.name)
    return rows


def days_of(name: str, folder: Path | None, first: date | None, days: int) -> Row:
    """A calendar of this machine, by its name, and its days. Raises :class:`OperatorRefused`: ``calendar_unknown``, those of the
    policies folder, and as :func:`days_in` does.
    """
    with readable("policy_file_unreadable", str(folder)):
        files = calendar_files(folder)
    if name not in files:
        raise OperatorRefused("calendar_unknown", f"There is no calendar '{name}'. There are: {', '.join(files)}.")
    return days_in(files[name], first, days, name=name)


def days_in(file: Path, first: date | None, days: int, *, name: str | None = None) -> Row:
    """One calendar file and its days from ``first`` (today where the calendar is) on.

    Raises :class:`OperatorRefused` for a file that cannot be used, for days that cannot be counted, and for a calendar that never
    opens from then on.
    """
    with readable("policy_file_unreadable", str(file)):
        try:
            return _sheet(name or file.stem, file, first, days)
        except WorktimeError as error:
            raise OperatorRefused(error.code, f"{file}: {error}") from error


def _sheet(name: str, file: Path, first: date | None, days: int) -> Row:
    source, now = read_calendar(file), datetime.now(UTC)
    years = years_around(now.year)
    calendar = resolved(source, str(file), years)
    begin = first or now.astimezone(calendar.zone).date()
    try:
        last = begin + _DAY * (days - 1)
        next_opening(calendar, _midnight(calendar, begin))
        closed = closures(source, calendar, begin, last)
        told = [_day(calendar, begin + _DAY * number, closed) for number in range(days)]
    except OverflowError:  # a day beyond the year 9999
        raise OutOfRange from None
    return {
        "name": name,
        "title": source.name,
        "ref": calendar.ref,
        "zone": str(calendar.zone),
        "from_year": years[0],
        "to_year": years[1],
        "holiday_data": holiday_data_version(),
        "days": told,
    }


def _day(calendar: Calendar, day: date, closed: Mapping[date, tuple[str, ...]]) -> Row:
    start, end = _midnight(calendar, day), _midnight(calendar, day + _DAY)
    local = (tuple(at.astimezone(calendar.zone).isoformat() for at in span) for span in spans(calendar, start, end))
    return {
        "date": day.isoformat(),
        "open": [{"from": low, "to": high} for low, high in local],
        "closed_for": closed.get(day, ()),
    }


def _midnight(calendar: Calendar, day: date) -> datetime:
    return datetime.combine(day, time(), calendar.zone).astimezone(UTC)
