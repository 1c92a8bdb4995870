"""Instants for people: weekday, date and time in their own zone with its abbreviation, and the same in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.letters.words import Words

_SOON = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class When:
    """``local`` is "Thursday, 19 March 2026, 17:00 CET"; ``utc`` the same in UTC, or None where that is the zone anyway."""

    local: str
    utc: str | None


def instant_of(value: object) -> datetime | None:
    """An ISO 8601 string or a datetime with a zone; anything else is None."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, datetime) and value.tzinfo else None


def day_of(at: datetime, zone: str, words: Words) -> str:
    """The day on which it was, for somebody in ``zone`` (an unknown one: UTC)."""
    return _date(at.astimezone(_zone(zone)), words)


def in_zone(at: datetime, zone: str, words: Words, *, now: datetime) -> When:
    """When it is, for somebody in ``zone`` (an unknown one: UTC). Cut to the minute, never up; to the second when it is soon."""
    there = at.astimezone(_zone(zone))
    utc = at.astimezone(UTC)
    clock = "%H:%M:%S" if timedelta(0) <= at - now < _SOON else "%H:%M"
    name = _abbreviation(there)
    local = f"{_date(there, words)}, {there:{clock}} {words.zones.get(name, name)}"
    if name == "UTC":
        return When(local, None)
    day = "" if there.date() == utc.date() else f"{_date(utc, words)}, "
    return When(local, f"{day}{utc:{clock}} UTC")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _date(at: datetime, words: Words) -> str:
    return words.date.format(weekday=words.weekdays[at.weekday()], day=at.day, month=words.months[at.month - 1], year=at.year)


def _abbreviation(at: datetime) -> str:
    """The zone's own ("CET"), or its distance from UTC ("UTC-3") where it has none."""
    name = at.tzname() or ""
    if name.isalpha():
        return name
    minutes = int((at.utcoffset() or timedelta(0)).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"
