"""An independent, slow calculator of open time, to check the fast one against. It shares no code with ``domain``.

It walks through time minute by minute and knows a zone only in the direction UTC to local time (the offset at an instant), so
that it cannot share a mistake about folds and gaps. It reads the same JSON calendars, and assumes that opening hours and clock
changes fall on whole minutes, which holds for every zone since 1972.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import count, pairwise
from typing import Any
from zoneinfo import ZoneInfo

DAY = 1440
_MINUTE = 60_000_000
_FIRST_DAY = date(1970, 1, 1)
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Pauses = Sequence[tuple[datetime, datetime | None]]


def _minutes_since_epoch(day: date) -> int:
    return (day - _FIRST_DAY).days * DAY


def _offset(zone: str, minute: int) -> int:
    """The zone's offset in minutes during a UTC minute."""
    local = datetime.fromtimestamp(minute * 60, ZoneInfo(zone)).utcoffset()
    assert local is not None
    return int(local.total_seconds()) // 60


@lru_cache(maxsize=50_000)
def _offsets(zone: str, day: int) -> int | list[int]:
    """The offset during a whole UTC day, or one for each of its minutes when it changes."""
    looks = [_offset(zone, day * DAY + minute) for minute in (0, 360, 720, 1080, DAY - 1)]
    if len(set(looks)) == 1:
        return looks[0]
    return [_offset(zone, day * DAY + minute) for minute in range(DAY)]


def _instants(zone: str, wall: int) -> list[int]:
    """The UTC minutes at which a clock on the wall shows a local minute: one, two, or none."""
    found: list[int] = []
    for day in range(wall // DAY - 1, wall // DAY + 2):
        offsets = _offsets(zone, day)
        if isinstance(offsets, int):
            if (wall - offsets) // DAY == day:
                found.append(wall - offsets)
        else:
            found += [day * DAY + minute for minute in range(DAY) if day * DAY + minute + offsets[minute] == wall]
    return found


@lru_cache(maxsize=200_000)
def first_instant(zone: str, wall: int) -> int:
    """The first UTC minute that shows this local minute; one that a clock change skips moves on by what was skipped."""
    if found := _instants(zone, wall):
        return found[0]
    for minute in range(wall - 2 * DAY, wall + 2 * DAY):
        before, after = minute - 1 + _offset(zone, minute - 1), minute + _offset(zone, minute)
        if before < wall < after:
            return minute + wall - (before + 1)
    raise AssertionError(f"{zone} never shows {wall}")


@lru_cache(maxsize=50_000)
def _date_exists(zone: str, day: int) -> bool:
    return any(_instants(zone, day * DAY + hour * 60) for hour in range(24))


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


class SlowCalendar:
    """Opening minutes of a JSON calendar."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw
        self.joined = [SlowCalendar(other) for other in raw.get("join", ())]
        self.zone: str = raw.get("tz") or self.joined[0].zone
        self._days: dict[int, bytearray] = {}

    def _local_spans(self, day: int) -> list[tuple[int, int]]:
        """The hours of a local date as UTC minutes, from and until."""
        when = _FIRST_DAY + timedelta(days=day)
        name = when.isoformat()
        if name in self.raw.get("exceptions", {}):
            hours = self.raw["exceptions"][name]
        elif name in self.raw.get("holidays", ()):
            hours = []
        else:
            hours = self.raw.get("hours", {}).get(_WEEK[when.weekday()], [])
        return self._in_utc(day, hours) if hours and _date_exists(self.zone, day) else []

    def _breaks(self, day: int) -> list[tuple[int, int]]:
        name = (_FIRST_DAY + timedelta(days=day)).isoformat()
        return self._in_utc(day, self.raw.get("breaks", {}).get(name, []))

    def _in_utc(self, day: int, hours: list[list[str]]) -> list[tuple[int, int]]:
        found = []
        for start, end in hours:
            low, high = _minutes(start), DAY if end == "23:59" else _minutes(end)
            if high < low:
                high += DAY
            found.append((first_instant(self.zone, day * DAY + low), first_instant(self.zone, day * DAY + high)))
        return found

    def day(self, number: int) -> bytearray:
        """A byte for each minute of a UTC day: 1 when open."""
        if number not in self._days:
            minutes = bytearray(DAY)
            for value, spans_of in ((1, self._local_spans), (0, self._breaks)):
                for near in range(number - 3, number + 3):
                    for low, high in spans_of(near):
                        for minute in range(max(low - number * DAY, 0), min(high - number * DAY, DAY)):
                            minutes[minute] = value
            for other in self.joined:
                theirs = other.day(number)
                for minute in range(DAY):
                    minutes[minute] = minutes[minute] or theirs[minute]
            self._days[number] = minutes
        return self._days[number]

    def is_open(self, minute: int) -> bool:
        """Whether it is open during a UTC minute."""
        return bool(self.day(minute // DAY)[minute % DAY])

    def _date_has_hours(self, day: int) -> bool:
        closed = {minute for near in range(day - 2, day + 3) for low, high in self._breaks(near) for minute in range(low, high)}
        own = any(minute not in closed for low, high in self._local_spans(day) for minute in range(low, high))
        return own or any(other._date_has_hours(day) for other in self.joined)


def slow_due(calendar: SlowCalendar, start: datetime, work_us: int, pauses: Pauses = ()) -> datetime:
    """The instant at which so many microseconds of open time are over; pauses all have an end."""
    left = work_us
    for low, high in _counting(calendar, _us(start), pauses):
        if left <= high - low:
            return _EPOCH + timedelta(microseconds=low + left)
        left -= high - low
    raise AssertionError("time has no end")


def slow_elapsed(calendar: SlowCalendar, start: datetime, end: datetime, pauses: Pauses = ()) -> timedelta:
    """The open time between two instants."""
    last, total = _us(end), 0
    for low, high in _counting(calendar, _us(start), pauses, last):
        total += max(min(high, last) - low, 0)
    return timedelta(microseconds=total)


def slow_days_later(calendar: SlowCalendar, start: datetime, days: int) -> datetime:
    """The same local time so many days later."""
    return _on_local_day(calendar, start, _local(calendar, start).date() + timedelta(days=days)) if days else start


def slow_months_later(calendar: SlowCalendar, start: datetime, months: int) -> datetime:
    """The same local time so many months later, or on the last day of a month that is too short."""
    local = _local(calendar, start)
    year, month = local.year, local.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for day in range(local.day, 0, -1):
        try:
            return _on_local_day(calendar, start, date(year, month, day)) if months else start
        except ValueError:
            continue
    raise AssertionError("a month without days")


def slow_business_days_later(calendar: SlowCalendar, start: datetime, number: int) -> datetime:
    """The same local time on the number-th following day with hours (number > 0); closed then, the next opening."""
    day = (_local(calendar, start).date() - _FIRST_DAY).days
    while number:
        day += 1
        number -= calendar._date_has_hours(day)
    at = _on_local_day(calendar, start, _FIRST_DAY + timedelta(days=day))
    return at if calendar.is_open(_minute_before(at)) else slow_due(calendar, at, 0)


def slow_rolled(calendar: SlowCalendar, at: datetime, last: date) -> datetime:
    """``at``, or the next opening when its date is closed."""
    if calendar._date_has_hours((last - _FIRST_DAY).days) or calendar.is_open(_minute_before(at)):
        return at
    return slow_due(calendar, at, 0)


def _us(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _minute_before(at: datetime) -> int:
    return (_us(at) - 1) // _MINUTE


def _local(calendar: SlowCalendar, at: datetime) -> datetime:
    minute = (at - _EPOCH) // timedelta(minutes=1)
    return at.replace(tzinfo=None) + timedelta(minutes=_offset(calendar.zone, minute))


def _on_local_day(calendar: SlowCalendar, start: datetime, day: date) -> datetime:
    local = _local(calendar, start)
    seconds = timedelta(seconds=local.second, microseconds=local.microsecond)
    wall = _minutes_since_epoch(day) + local.hour * 60 + local.minute
    return _EPOCH + timedelta(minutes=first_instant(calendar.zone, wall)) + seconds


def _counting(calendar: SlowCalendar, start: int, pauses: Pauses, last: int | None = None) -> Iterator[tuple[int, int]]:
    """The minutes, and parts of minutes beside a pause's edge, that are open and not paused."""
    cuts = [(_us(begin), _us(end)) for begin, end in pauses if end is not None]
    edges = {edge // _MINUTE for cut in cuts for edge in cut}
    paused = {minute for low, high in cuts for minute in range(low // _MINUTE, high // _MINUTE)}
    for day in count(start // _MINUTE // DAY):
        if last is not None and day * DAY * _MINUTE >= last:
            return
        for minute, is_open in enumerate(calendar.day(day), day * DAY):
            if not is_open:
                continue
            low, high = minute * _MINUTE, (minute + 1) * _MINUTE
            if low < start:
                low = start
            if low >= high:
                continue
            if minute in edges:
                yield from _between_edges(low, high, cuts)
            elif minute not in paused:
                yield low, high


def _between_edges(low: int, high: int, cuts: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    marks = sorted({low, high, *(edge for cut in cuts for edge in cut if low < edge < high)})
    for here, there in pairwise(marks):
        if not any(begin <= here < end for begin, end in cuts):
            yield here, there
