"""What ``ombud calendar`` prints of calendars: the published versions, and the days of one calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Column, Table
from rich.text import Text

from domain.worktime.calculator import OutOfRange, next_opening, spans
from domain.worktime.calendars import Calendar
from policies.calendars import holiday_data_version
from policies.closures import closures
from policies.folders import read_calendar, resolved, years_around
from storage.policies.library import PostgresLibrary

Row = dict[str, Any]
_DAY = timedelta(days=1)


async def versions(library: PostgresLibrary) -> list[Row]:
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


def version_table(rows: Iterable[Row]) -> Table:
    """One line a version; the newest of a name stands out."""
    table = Table("name", Column("reference", no_wrap=True), "zone", "years", "holiday data", "published (UTC)", "")
    for row in rows:
        at = datetime.fromisoformat(row["published_at"]).astimezone(UTC)
        cells = (row["name"], row["ref"], row["zone"], f"{row['from_year']}–{row['to_year']}", row["holiday_data"])
        mark = "newest" if row["newest"] else ""
        table.add_row(*map(Text, (*cells, at.strftime("%Y-%m-%d %H:%M"), mark)), style="" if row["newest"] else "dim")
    return table


def sheet(name: str, file: Path, first: date | None, days: int) -> Row:
    """One calendar file and its days from ``first`` (today where the calendar is) on.

    Raises ``CalendarFault`` and ``PolicyFolderFault`` for a file that cannot be used, ``WorktimeError`` for days that cannot be
    counted and for a calendar that never opens from then on.
    """
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


def _day(calendar: Calendar, day: date, closed: dict[date, tuple[str, ...]]) -> Row:
    start, end = _midnight(calendar, day), _midnight(calendar, day + _DAY)
    local = (tuple(at.astimezone(calendar.zone).isoformat() for at in span) for span in spans(calendar, start, end))
    return {
        "date": day.isoformat(),
        "open": [{"from": low, "to": high} for low, high in local],
        "closed_for": closed.get(day, ()),
    }


def _midnight(calendar: Calendar, day: date) -> datetime:
    return datetime.combine(day, time(), calendar.zone).astimezone(UTC)


def beyond(told: Row) -> str | None:
    """What to warn of when days are shown whose holidays nobody wrote out; None when there are none."""
    first, last = told["days"][0]["date"], told["days"][-1]["date"]
    if int(first[:4]) >= told["from_year"] and int(last[:4]) <= told["to_year"]:
        return None
    return f"Holidays are written out from {told['from_year']} to {told['to_year']}; the days outside show none."


def people_sheet(told: Row) -> Group:
    """The same for people: what it is called by, and a line for each day in the calendar's own time."""
    head = Text.assemble(
        (f"{told['title']}\n", "bold"),
        f"{told['ref']}, {told['zone']}, holidays from {told['from_year']} to {told['to_year']} (data {told['holiday_data']})",
    )
    table = Table("day", f"open ({told['zone']})", "closed for")
    for day in told["days"]:
        shown = date.fromisoformat(day["date"]).strftime("%a %d %b %Y")
        hours = ", ".join(f"{_clock(one['from'])}–{_clock(one['to'], end=True)}" for one in day["open"])
        table.add_row(shown, Text(hours or "closed", style="" if hours else "dim"), Text(", ".join(day["closed_for"])))
    return Group(head, table)


def _clock(text: str, *, end: bool = False) -> str:
    shown = datetime.fromisoformat(text).strftime("%H:%M")
    return "24:00" if end and shown == "00:00" else shown
