"""Random calendars, starts, work and pauses: what the fast and the slow calculator are asked, from a seed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "America/Anchorage",
    "America/Argentina/Buenos_Aires",
    "America/Asuncion",
    "America/Bogota",
    "America/Chicago",
    "America/Halifax",
    "America/Havana",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Nuuk",
    "America/Phoenix",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Dubai",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Atlantic/Azores",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
)
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_QUESTIONS_A_CALENDAR = 5
# Thirty working days of eight hours, in minutes.
_MOST_WORK = 30 * 8 * 60


class ClockCase(NamedTuple):
    """One question about a calendar; work in microseconds of open time."""

    calendar: dict[str, Any]
    start: datetime
    work: int
    pauses: list[tuple[datetime, datetime | None]]
    days: int


def clock_cases(seed: int, count: int) -> Iterator[ClockCase]:
    """So many cases; the same seed gives the same ones."""
    chance = Random(seed)
    for first in range(0, count, _QUESTIONS_A_CALENDAR):
        zone = chance.choice(ZONES)
        around = _moment(chance, zone, chance.randrange(1990, 2045))
        calendar = _calendar(chance, zone, around.date())
        for _ in range(min(_QUESTIONS_A_CALENDAR, count - first)):
            start = _start(chance, calendar, around + timedelta(minutes=chance.randrange(-5 * 1440, 5 * 1440)))
            days = int(math.exp(chance.uniform(0, math.log(60))))
            yield ClockCase(calendar, start, _work(chance), _pauses(chance, start), days)


@lru_cache(maxsize=5_000)
def _changes(zone: str, year: int) -> tuple[datetime, ...]:
    first = datetime(year, 1, 1, tzinfo=UTC)
    hours = [first + timedelta(hours=hour) for hour in range(0, 366 * 24, 6)]
    offsets = [hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    return tuple(hour for hour, before, after in zip(hours, offsets, offsets[1:], strict=False) if before != after)


def _moment(chance: Random, zone: str, year: int) -> datetime:
    """Mostly around one of the zone's clock changes, where the mistakes are."""
    changes = _changes(zone, year)
    if changes and chance.random() < 0.7:
        return chance.choice(changes)
    return datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(366 * 1440))


def _start(chance: Random, calendar: dict[str, Any], near: datetime) -> datetime:
    """Any moment; at times one between minutes, or exactly an opening or closing time."""
    style = chance.random()
    if style < 0.1:
        return near + timedelta(microseconds=chance.randrange(60_000_000))
    if style < 0.2:
        edges = [edge for day in calendar["hours"].values() for span in day for edge in span if edge != "24:00"]
        hour, minute = chance.choice(edges).split(":")
        local = near.astimezone(ZoneInfo(calendar["tz"])).replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
        return local.astimezone(UTC)
    return near


def _work(chance: Random) -> int:
    if chance.random() < 0.03:
        return 0
    minutes = math.exp(chance.uniform(math.log(0.5), math.log(_MOST_WORK)))
    return round(minutes * 60_000_000) if chance.random() < 0.1 else math.ceil(minutes) * 60_000_000


def _pauses(chance: Random, start: datetime) -> list[tuple[datetime, datetime | None]]:
    pauses: list[tuple[datetime, datetime | None]] = []
    for _ in range(chance.choice((0, 0, 1, 2, 3))):
        begin = start + timedelta(minutes=round(math.exp(chance.uniform(0, math.log(14 * 1440)))) - 120)
        length = timedelta(minutes=round(math.exp(chance.uniform(0, math.log(3 * 1440)))))
        if chance.random() < 0.1:
            length += timedelta(microseconds=chance.randrange(60_000_000))
        pauses.append((begin, begin + length))
    return pauses


def _calendar(chance: Random, zone: str, around: date) -> dict[str, Any]:
    calendar: dict[str, Any] = {"tz": zone, "hours": _hours(chance)}
    near = [(around + timedelta(days=chance.randrange(-6, 40))).isoformat() for _ in range(12)]
    calendar["holidays"] = near[: chance.randrange(6)]
    calendar["breaks"] = {day: [_span(chance, 300)] for day in near[6 : 6 + chance.randrange(4)]}
    calendar["exceptions"] = {day: chance.choice(([], [_span(chance, 700)])) for day in near[9 : 9 + chance.randrange(4)]}
    if chance.random() < 0.1:
        calendar["join"] = [_calendar(chance, chance.choice(ZONES), around)]
    return calendar


def _hours(chance: Random) -> dict[str, list[list[str]]]:
    days = _WEEK[: chance.choice((5, 5, 5, 6, 7))] if chance.random() < 0.8 else chance.sample(_WEEK, chance.randrange(2, 7))
    style = chance.choice(("office", "split", "night", "all day", "odd", "mixed"))
    return {
        day: _day(chance, style if style != "mixed" else chance.choice(("office", "split", "night", "all day", "odd")))
        for day in days
    }


def _day(chance: Random, style: str) -> list[list[str]]:
    match style:
        case "office":
            return [["09:00", "17:00"]]
        case "split":
            return [["08:30", "12:00"], ["13:00", "17:15"]]
        case "night":
            return (
                [["22:00", "06:00"]]
                if chance.random() < 0.5
                else [["00:00", "02:30"], ["21:30", chance.choice(("24:00", "23:59", "02:15"))]]
            )
        case "all day":
            return [["00:00", chance.choice(("24:00", "23:59"))]]
        case _:
            return [_span(chance, chance.choice((20, 200, 900))) for _ in range(chance.randrange(1, 4))]


def _span(chance: Random, longest: int) -> list[str]:
    """Often in the small hours, when clocks change; over midnight when it does not end before."""
    start = chance.randrange(0, 240) if chance.random() < 0.4 else chance.randrange(0, 1440)
    end = (start + chance.randrange(1, longest + 1)) % 1440
    return [f"{start // 60:02d}:{start % 60:02d}", f"{end // 60:02d}:{end % 60:02d}"]
