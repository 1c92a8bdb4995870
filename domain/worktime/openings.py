"""The open time of a calendar on the line of UTC: local hours, holidays, breaks and clock changes worked out, merged and kept.

Instants are whole microseconds of UTC since 1970, because that is what is compared and added most often; a stretch does not
include its end. :mod:`domain.worktime.calculator` counts on these stretches and states the conventions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.worktime.calendars import WEEKDAYS, Calendar, minutes_of

Stretch = tuple[int, int]

DAY = 86_400_000_000
MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_MINUTES_A_DAY = 24 * 60

# Open time is worked out and kept in blocks of four weeks: a month's target touches two, and a block is cheap to throw away.
_BLOCK_DAYS = 28
_BLOCK = _BLOCK_DAYS * DAY
_BLOCKS_KEPT = 1024
_CALENDARS_KEPT = 256


def open_blocks(calendar: Calendar, start: int, end: int) -> Iterator[tuple[int, tuple[Stretch, ...]]]:
    """Block by block from the one that holds ``start`` to the one before ``end``: where the block ends, and its open stretches.

    The stretches of a block are in order and never touch; they are cut at the ends of the block only.
    """
    for number in range(start // _BLOCK, -(-end // _BLOCK)):
        yield (number + 1) * _BLOCK, _block(calendar, number)


def has_hours_on(calendar: Calendar, day: date) -> bool:
    """Whether the calendar, or one that it joins, has hours of this local date left after holidays and breaks."""
    ordinal = day.toordinal()
    around = range(ordinal - 2, ordinal + 3)
    return any(any(without(_hours(member, ordinal), _breaks(member, around))) for member in _members(calendar))


class _Member(NamedTuple):
    """One calendar by itself, in numbers: spans are minutes after local midnight, days are ordinals."""

    zone: ZoneInfo
    week: tuple[tuple[Stretch, ...], ...]
    days: dict[int, tuple[Stretch, ...]]
    breaks: dict[int, tuple[Stretch, ...]]


@lru_cache(maxsize=_CALENDARS_KEPT)
def _members(calendar: Calendar) -> tuple[_Member, ...]:
    joined = tuple(member for other in calendar.join for member in _members(other))
    if not calendar.has_hours:
        return joined
    week = tuple(tuple(map(minutes_of, calendar.hours.get(day, ()))) for day in WEEKDAYS)
    days: dict[int, tuple[Stretch, ...]] = {day.toordinal(): () for day in calendar.holidays}
    days |= {day.toordinal(): tuple(map(minutes_of, spans)) for day, spans in calendar.exceptions.items()}
    breaks = {day.toordinal(): tuple(map(minutes_of, spans)) for day, spans in calendar.breaks.items()}
    return _Member(calendar.zone, week, days, breaks), *joined


@lru_cache(maxsize=_BLOCKS_KEPT)
def _block(calendar: Calendar, number: int) -> tuple[Stretch, ...]:
    """The merged open stretches of four weeks of UTC, cut at both ends."""
    start = number * _BLOCK
    first = _EPOCH_DAY + number * _BLOCK_DAYS
    # A shift lasts into the second night, and local dates differ from UTC's by less than one more day on either side.
    around = range(first - 3, first + _BLOCK_DAYS + 2)
    opened: list[Stretch] = []
    for member in _members(calendar):
        hours = merged(stretch for day in around for stretch in _hours(member, day))
        opened += without(hours, _breaks(member, around))
    cut = ((max(low, start), min(high, start + _BLOCK)) for low, high in merged(opened))
    return tuple((low, high) for low, high in cut if low < high)


def _hours(member: _Member, day: int) -> list[Stretch]:
    """The hours of one local date in UTC, before breaks."""
    hours = member.days.get(day)
    if hours is None:
        hours = member.week[(day - 1) % 7]
    if not hours or _at(member.zone, day, 0) >= _at(member.zone, day + 1, 0):
        return []
    return merged((_at(member.zone, day, low), _at(member.zone, day, high)) for low, high in hours)


def _breaks(member: _Member, days: range) -> list[Stretch]:
    if not member.breaks:
        return []
    return merged(
        (_at(member.zone, day, low), _at(member.zone, day, high)) for day in days for low, high in member.breaks.get(day, ())
    )


def _at(zone: ZoneInfo, day: int, minute: int) -> int:
    days, minute = divmod(minute, _MINUTES_A_DAY)
    return microseconds(datetime.combine(date.fromordinal(day + days), time(minute // 60, minute % 60), zone))


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """In order, without overlaps and without stretches of no length."""
    whole: list[Stretch] = []
    for low, high in sorted(stretches):
        if low >= high:
            continue
        if whole and low <= whole[-1][1]:
            whole[-1] = whole[-1][0], max(high, whole[-1][1])
        else:
            whole.append((low, high))
    return whole


def without(stretches: Iterable[Stretch], closed: Sequence[Stretch]) -> Iterator[Stretch]:
    """What is left of ordered stretches when ordered closed ones are taken out."""
    for low, high in stretches:
        left = low
        for start, end in closed:
            if end <= left:
                continue
            if start >= high:
                break
            if start > left:
                yield left, start
            left = end
        if left < high:
            yield left, high


def microseconds(at: datetime) -> int:
    """The whole microseconds since 1970 of an aware datetime."""
    return (at - _EPOCH) // MICROSECOND


def instant(at: int) -> datetime:
    """The aware UTC datetime of a whole number of microseconds."""
    return _EPOCH + timedelta(microseconds=at)
