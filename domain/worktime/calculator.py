"""When a deadline falls due and how much open time has passed: the one calculator behind every clock.

Everything here is a pure function of its arguments and of the zone data in use (:func:`zone_data_version`).

Conventions
-----------
* Arithmetic is done on UTC instants, to the microsecond. A local time that a clock change skips moves forward by what was
  skipped (02:30 becomes 03:30); one that happens twice means the first; a date that a zone skipped altogether has no hours.
* Opening hours are half open: a team that works from 09:00 to 17:00 is closed at 17:00. A deadline that falls exactly on
  closing time nevertheless stays there. No work at all at a closed moment is due at the next opening.
* Pauses stop wall and working time, and only count while they overlap open time; days and months run through them. An open
  pause (no end) stops the clock for good: what is not due by its start is due never (``None``) until somebody resumes.
* ``calendar=None`` is always open and counts days in UTC.
* A business day is a date on which the calendar, or one that it joins, has hours left after holidays and breaks.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.metadata import version

from domain.worktime.calendars import Calendar
from domain.worktime.errors import NaiveInstant as NaiveInstant  # noqa: PLC0414 - one place to ask, one place for what it answers
from domain.worktime.errors import NeverOpens as NeverOpens  # noqa: PLC0414 - as above
from domain.worktime.errors import OutOfRange as OutOfRange  # noqa: PLC0414 - as above
from domain.worktime.errors import PauseBackwards as PauseBackwards  # noqa: PLC0414 - as above
from domain.worktime.errors import WorktimeError as WorktimeError  # noqa: PLC0414 - as above
from domain.worktime.openings import DAY, MICROSECOND, Stretch, has_hours_on, instant, merged, microseconds, open_blocks, without
from domain.worktime.spans import Span, SpanUnit

Pause = tuple[datetime, datetime | None]
"""From when until when a clock stood still; no end while it still does."""

_EARLIEST, _LATEST = (microseconds(datetime(year, 1, 1, tzinfo=UTC)) for year in (1900, 3000))
# No team closes for five years: a calendar without an opening for so long is a mistake, not a long holiday.
_LONGEST_CLOSURE = 5 * 366 * DAY
_LOOK_BACK = 28 * DAY


def due(
    calendar: Calendar | None, start: datetime, span: Span, pauses: Sequence[Pause] = (), roll: bool = False
) -> datetime | None:
    """The UTC instant at which ``span`` from ``start`` is over, or ``None`` while an open pause holds it up.

    ``roll`` moves days and months whose last day is closed to the next opening. A last day that is open keeps its local time,
    even after hours. Raises a :class:`WorktimeError` for naive or absurd instants and for calendars that never open.
    """
    begin = _us(start)
    if span.is_clock_time:
        used = None if span.unit is SpanUnit.WALL else calendar
        ended = _after_open_time(used, begin, span.amount, pauses)
        return None if ended is None else instant(ended)
    if span.unit is SpanUnit.BUSINESS_DAYS:
        return instant(_after_business_days(calendar, begin, span.amount))
    day = _local(calendar, begin).date()
    last = day + timedelta(days=span.amount) if span.unit is SpanUnit.DAYS else _months_later(day, span.amount)
    ended = begin if last == day else _same_time_on(calendar, begin, last)
    return instant(_settled(calendar, ended) if roll and not _is_business_day(calendar, last) else ended)


def day_over(calendar: Calendar | None, at: datetime) -> datetime:
    """The UTC instant at which the local day of ``at`` is over. Raises a :class:`WorktimeError` as :func:`due` does.

    A period of days or months ends with the last hour of its last day (Regulation (EEC, Euratom) No 1182/71, article 3(2)).
    """
    local = _local(calendar, _us(at))
    return instant(_us(datetime.combine(local.date() + timedelta(days=1), time.min, local.tzinfo)))


def due_share(
    calendar: Calendar | None,
    start: datetime,
    span: Span,
    fraction: float,
    pauses: Sequence[Pause] = (),
    roll: bool = False,
) -> datetime | None:
    """The UTC instant at which a share of a target is used up: 0.5 for a warning half-way, 1.5 for half as much again.

    For wall and working time it is the instant at which that share of the *work* is done, so pauses and closed hours never use
    any of it. Days and months hold no fixed amount of work; their share is taken of the open time between the start and the due
    instant (of the wall time when there is none), so a level never falls at night or before ``start``. Levels keep their order:
    a share below 1 is never after :func:`due`, 1 is :func:`due` exactly, a share above 1 never before it.
    Raises what :func:`due` raises, and ``ValueError`` for a negative share.
    """
    if fraction < 0:
        raise ValueError("a level cannot lie before its clock starts")
    if span.is_clock_time:
        return due(calendar, start, Span(unit=span.unit, amount=round(span.amount * fraction)), pauses)
    target = due(calendar, start, span, pauses, roll)
    return None if target is None else share_between(calendar, start, target, fraction)


def share_between(
    calendar: Calendar | None, start: datetime, target: datetime, fraction: float, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """The UTC instant at which a share of the open time from ``start`` to ``target`` is used up, less the pauses in it.

    Of the wall time, when there is no open time between. ``target`` itself for a share of 1, never after it for a smaller one
    and never before it for a larger one; ``None`` where an open pause holds it up.
    """
    if fraction == 1:
        return target
    begin, end = _us(start), _us(target)
    closed, _ = _standstill(pauses)
    work = sum(high - low for low, high in without(_open(calendar, begin, end), closed))
    used, total = (calendar, work) if work else (None, end - begin)
    level = _after_open_time(used, begin, round(total * fraction), pauses if work else ())
    if level is None:
        return None
    return instant(min(level, end) if fraction < 1 else max(level, end))


def back(calendar: Calendar | None, end: datetime, span: Span) -> datetime:
    """The UTC instant that lies ``span`` before ``end``: for a reminder two working hours or three days before a deadline.

    Working time counts back over open time, business days over business days, days and months keep the local time. Raises a
    :class:`WorktimeError` for naive or absurd instants and for calendars that were never open.
    """
    until = _us(end)
    if span.is_clock_time:
        used = None if span.unit is SpanUnit.WALL else calendar
        return instant(_before_open_time(used, until, span.amount))
    day = _local(calendar, until).date()
    if span.unit is SpanUnit.BUSINESS_DAYS:
        return instant(_same_time_on(calendar, until, _business_day_before(calendar, day, span.amount)))
    first = day - timedelta(days=span.amount) if span.unit is SpanUnit.DAYS else _months_later(day, -span.amount)
    return instant(until if first == day else _same_time_on(calendar, until, first))


def elapsed(calendar: Calendar | None, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
    """The open time between two instants, less the pauses inside it; zero when the end is not after the start.

    ``elapsed(start, due(start, work)) == work`` for every amount of wall or working time.
    """
    closed, stopped = _standstill(pauses)
    until = _us(end) if stopped is None else min(_us(end), stopped)
    return sum((high - low for low, high in without(_open(calendar, _us(start), until), closed)), 0) * MICROSECOND


def is_open(calendar: Calendar | None, at: datetime) -> bool:
    """Whether the team is there at an instant; at closing time it is gone."""
    return _is_open(calendar, _us(at))


def next_opening(calendar: Calendar | None, at: datetime) -> datetime:
    """``at`` itself when open then, or else the instant of the next opening. Raises :class:`NeverOpens`."""
    return instant(_next_opening(calendar, _us(at)))


def spans(calendar: Calendar | None, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The open spans between two instants, as UTC instants, in order; those that touch are told as one."""
    held: Stretch | None = None
    for low, high in _open(calendar, _us(start), _us(end)):
        if held and held[1] == low:
            held = held[0], high
            continue
        if held:
            yield instant(held[0]), instant(held[1])
        held = low, high
    if held:
        yield instant(held[0]), instant(held[1])


@lru_cache(maxsize=1)
def zone_data_version() -> str:
    """The release of the zone data in use (the ``tzdata`` wheel; processes run with ``PYTHONTZPATH`` empty)."""
    return version("tzdata")


# Counting open time


def _after_open_time(calendar: Calendar | None, start: int, amount: int, pauses: Sequence[Pause]) -> int | None:
    closed, stopped = _standstill(pauses)
    for low, high in without(_open(calendar, start, stopped), closed):
        if amount <= high - low:
            return low + amount
        amount -= high - low
    return None


def _before_open_time(calendar: Calendar | None, end: int, amount: int) -> int:
    while amount:
        start = max(end - _LOOK_BACK, _EARLIEST)
        for low, high in reversed(list(_open(calendar, start, end))):
            if amount <= high - low:
                return high - amount
            amount -= high - low
        if start == _EARLIEST:
            raise OutOfRange
        end = start
    return end


def _standstill(pauses: Sequence[Pause]) -> tuple[list[Stretch], int | None]:
    """The pauses that ended, merged, and since when the clock stands still for good."""
    ended: list[Stretch] = []
    stopped: int | None = None
    for start, end in pauses:
        begin = _us(start)
        if end is None:
            stopped = begin if stopped is None else min(begin, stopped)
        elif (until := _us(end)) < begin:
            raise PauseBackwards(start, end)
        else:
            ended.append((begin, until))
    return merged(ended), stopped


def _open(calendar: Calendar | None, start: int, end: int | None = None) -> Iterator[Stretch]:
    """The open stretches from ``start``, cut at ``end``; without an end it goes on until it raises."""
    limit = _LATEST if end is None else end
    if calendar is None and start < limit:
        yield start, limit
    elif calendar and start < limit:
        yield from _open_in_blocks(calendar, start, limit, endless=end is None)
    if end is None:
        raise OutOfRange


def _open_in_blocks(calendar: Calendar, start: int, limit: int, endless: bool) -> Iterator[Stretch]:
    opened = start
    for until, stretches in open_blocks(calendar, start, limit):
        for low, high in stretches:
            if high > start and low < limit:
                yield max(low, start), min(high, limit)
                opened = high
        if endless and until - opened > _LONGEST_CLOSURE:
            raise NeverOpens(calendar.ref, instant(opened))


def _is_open(calendar: Calendar | None, at: int) -> bool:
    return any(_open(calendar, at, at + 1))


def _next_opening(calendar: Calendar | None, at: int) -> int:
    return next(_open(calendar, at))[0]


def _settled(calendar: Calendar | None, at: int) -> int:
    """``at`` when open or exactly at closing time, or else the next opening."""
    return at if _is_open(calendar, at - 1) else _next_opening(calendar, at)


# Counting days


def _after_business_days(calendar: Calendar | None, start: int, count: int) -> int:
    if count == 0:
        return _next_opening(calendar, start)
    day = counted = _local(calendar, start).date()
    while count:
        day += timedelta(days=1)
        if _is_business_day(calendar, day):
            count, counted = count - 1, day
        elif calendar and (day - counted).days * DAY > _LONGEST_CLOSURE:
            raise NeverOpens(calendar.ref, instant(start))
    return _settled(calendar, _same_time_on(calendar, start, day))


def _business_day_before(calendar: Calendar | None, day: date, count: int) -> date:
    counted = day
    while count:
        day -= timedelta(days=1)
        if _is_business_day(calendar, day):
            count, counted = count - 1, day
        elif calendar and (counted - day).days * DAY > _LONGEST_CLOSURE:
            raise OutOfRange
    return day


def _is_business_day(calendar: Calendar | None, day: date) -> bool:
    return calendar is None or has_hours_on(calendar, day)


def _local(calendar: Calendar | None, at: int) -> datetime:
    return instant(at).astimezone(calendar.zone if calendar else UTC)


def _same_time_on(calendar: Calendar | None, at: int, day: date) -> int:
    local = _local(calendar, at)
    return _us(datetime.combine(day, local.time().replace(fold=0), local.tzinfo))


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if years >= 3000:
        raise OutOfRange
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def _us(at: datetime) -> int:
    if at.utcoffset() is None:
        raise NaiveInstant(at)
    since = microseconds(at)
    if not _EARLIEST <= since <= _LATEST:
        raise OutOfRange
    return since
