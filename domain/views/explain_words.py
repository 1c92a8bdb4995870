"""An explanation in plain sentences, for people who ask why something is due when it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from itertools import groupby
from zoneinfo import ZoneInfo

from domain.views.explained import DayMet, Explanation, LevelSaid, PauseMet, SpanUsed

_WHY = {
    "evidence": "evidence was asked for",
    "pause": "it was paused",
    "snooze": "the case was put away",
    "freeze": "clocks were frozen for an incident",
    "closed": "the case was closed",
}
_SHOWN = 12
_REPEATS = 5


def words_of(said: Explanation) -> Iterator[str]:
    """The explanation, a sentence or two a line; instants in the calendar's zone, the last one in UTC too."""
    zone = ZoneInfo(said.zone) if said.zone != "UTC" else UTC
    name = said.clock.replace("_", " ")
    yield f"The clock “{name}” waits for {_whom(said.waits_for)}. Its target is {said.target}{_of_priority(said)}{_law(said)}."
    yield from _calendar(said)
    yield f"It started on {_at(said.started_at, zone)}."
    for extension in said.extensions:
        yield f"It was extended {extension}" + (f", to {said.extended_to} in all." if said.extended_to else ".")
    yield from _spans(said.spans, zone)
    if said.days:
        yield f"Business days counted: {', '.join(_day(day) for day in said.days[:_SHOWN])}{_more(len(said.days))}."
    for pause in said.pauses:
        yield _pause(pause, zone)
    for met in said.closed:
        yield _met(met)
    for shift in said.shifts:
        way = "forward" if shift.minutes > 0 else "back"
        yield f"Clocks went {way} by {_time(abs(shift.minutes))} on {_day(shift.day)} ({shift.zone})."
    yield _end(said, zone)
    yield from _levels(said.levels, zone)
    if not said.agrees:
        yield (
            f"By the zone data in use now ({said.zone_data_now}) it would be another instant. A deadline on record moves only "
            "when somebody orders it (`ombud calendar diff` shows all that would)."
        )


def _calendar(said: Explanation) -> Iterator[str]:
    data = said.zone_data or said.zone_data_now
    if said.calendar is None:
        yield f"It runs around the clock, days counted in UTC, by zone data {data}."
    else:
        called = f"“{said.calendar_name}” " if said.calendar_name else ""
        yield f"It runs on the calendar {called}({said.calendar}, {said.zone}), by zone data {data}."


def _spans(spans: tuple[SpanUsed, ...], zone: tzinfo) -> Iterator[str]:
    lines = []
    for day, some in groupby(spans, lambda span: span.start.astimezone(zone).date()):
        pieces = list(some)
        hours = ", ".join(_piece(piece, zone) for piece in pieces)
        lines.append(f"  {_day(day)}: {hours} = {_time(sum(piece.minutes for piece in pieces))}")
    if not lines:
        return
    yield f"The time it counts: {_time(sum(span.minutes for span in spans))}."
    if len(lines) > _SHOWN:
        half = _SHOWN // 2
        lines = [*lines[:half], f"  … {len(lines) - 2 * half} more days …", *lines[-half:]]
    yield from lines


def _piece(piece: SpanUsed, zone: tzinfo) -> str:
    start, end = piece.start.astimezone(zone), piece.end.astimezone(zone)
    until = _clock(end) if end.date() == start.date() else f"{_clock(end)} on {_day(end.date())}"
    return f"{_clock(start)} to {until}"


def _pause(pause: PauseMet, zone: tzinfo) -> str:
    why = _WHY[pause.why] + (f" ({pause.incident})" if pause.incident else "")
    who = f" by {pause.by}, reason “{pause.reason}”" if pause.by and pause.reason else ""
    if pause.end is None:
        return f"It stands still since {_at(pause.start, zone)}, because {why}{who}."
    margin = f", with {pause.margin} on top" if pause.margin else ""
    lost = "" if pause.minutes is None else f"; {_time(pause.minutes)} did not count" if pause.minutes else ", outside its hours"
    return f"It stood still from {_at(pause.start, zone)} to {_at(pause.end, zone)}, because {why}{who}{margin}{lost}."


def _met(met: DayMet) -> str:
    hours = ", ".join(f"{start} to {end}" for start, end in met.hours)
    match met.why:
        case "holiday":
            return f"{_day(met.day)} is a holiday ({met.zone})."
        case "exception":
            return f"{_day(met.day)} has hours of its own ({met.zone}): {hours or 'closed'}."
        case "break":
            return f"{_day(met.day)} is closed from {hours} ({met.zone})."


def _end(said: Explanation, zone: tzinfo) -> str:
    if said.state == "stopped" and said.stopped_at is not None:
        return f"It stopped on {_at(said.stopped_at, zone)}."
    if said.due_at is None or said.state == "still":
        return "While it stands still it has no due date."
    # The end of its target is a matter of record once it was reached.
    over = any(level.reached_at == said.due_at and level.where == "at the end" for level in said.levels)
    utc = said.due_at.isoformat().replace("+00:00", "Z")
    return f"So it {'ran out' if over else 'is due'} on {_at(said.due_at, zone)}, which is {utc}."


def _levels(levels: tuple[LevelSaid, ...], zone: tzinfo) -> Iterator[str]:
    for _, some in groupby(levels, lambda level: level.name):
        each = list(some)
        shown = each if len(each) <= _REPEATS else [*each[:2], *each[-2:]]
        for number, level in enumerate(shown):
            if number == 2 and len(each) > len(shown):
                yield f"  … {len(each) - len(shown)} more times …"
            yield _level(level, zone)


def _level(level: LevelSaid, zone: tzinfo) -> str:
    does = {"warn": "reminds", "escalate": "escalates", "default": "does what the pack says"}[level.action]
    head = f"Level “{level.name}” ({level.where}, {does})"
    if level.reached_at is None:
        return f"{head}: {_at(level.due_at, zone) if level.due_at else 'not ahead'}."
    late = (level.recorded_at - level.reached_at).total_seconds() if level.recorded_at else 0
    lag = f", recorded {_time(late / 60)} later" if late >= 1 else ""
    told = (
        "; it was not done then: the owner had just answered, nobody was there, or a person has to look first"
        if level.withheld
        else ""
    )
    return f"{head}: reached {_at(level.reached_at, zone)}{lag}{told}."


def _whom(waits_for: str) -> str:
    named = {"staff": "the team", "approver": "a second person of the team", "nobody": "nobody"}
    return named.get(waits_for, f"the {waits_for}")


def _of_priority(said: Explanation) -> str:
    return f" (priority {said.priority.value})" if said.priority else ""


def _law(said: Explanation) -> str:
    return ", a limit that stands still for nobody" if said.statutory else ""


def _at(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{_day(local.date())} {_clock(local)} {local.tzname() or ''}".strip()


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _clock(local: datetime) -> str:
    if local.microsecond:
        return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _time(minutes: float) -> str:
    hours, rest = divmod(round(minutes * 60), 3600)
    minutes_left, seconds = divmod(rest, 60)
    parts = ((hours, "h"), (minutes_left, "min"), (seconds, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "no time"


def _more(count: int) -> str:
    return f" and {count - _SHOWN} more" if count > _SHOWN else ""
