"""How a due date came about: the open time that was used, what stood still, which days were closed, by which calendar and data.

Everything is computed from the case and its calendars again, the same way as the deadline was; where today's zone data would give
another instant than the one on record, the explanation says so instead of hiding it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from domain.model.case import Case
from domain.model.clocks import Clock, Extended
from domain.model.facts import Actor, DueLevel
from domain.model.terms import ClockTerms
from domain.notices.plan import theirs
from domain.rules.audiences import audience_of
from domain.rules.levels import ClockInputs, ClockSchedule, calendars_of, holds_on, inputs_of, level_at, schedule_of, stands_still
from domain.views.explain_words import words_of
from domain.views.explained import DayMet, Explanation, LevelSaid, PauseMet, Shift, SpanUsed
from domain.worktime.calculator import Pause, elapsed, spans
from domain.worktime.calendars import WEEKDAYS, Calendar
from domain.worktime.openings import has_hours_on
from domain.worktime.spans import SpanUnit

_MINUTE = timedelta(minutes=1)
MOST_SPANS = 400
"""Two years of working days; beyond them a list explains nothing any more."""


def clocks_of(case: Case, viewer: Actor) -> tuple[str, ...]:
    """Names of the clocks that this viewer may ask about, in the order of the pack; what never ran for a moment is left out."""
    return tuple(c.name for c in case.clocks if _may_know(case, c, viewer) and c.stopped_at != c.started_at)


def explain(case: Case, name: str, calendars: Mapping[str, Calendar], zone_data: str, viewer: Actor) -> Explanation | None:
    """How the newest instance of a clock came to its deadlines; None when there is no such clock that the viewer may know of.

    ``zone_data`` is the release in use now. Raises KeyError when a calendar that the case refers to is not handed in, and a
    WorktimeError for a calendar that never opens.
    """
    clock = next((c for c in case.clocks if c.name == name), None)
    definition = case.terms.clock(name)
    if clock is None or definition is None or not _may_know(case, clock, viewer):
        return None
    inputs = inputs_of(case, clock)
    calendar, days = calendars_of(inputs, calendars)
    schedule = schedule_of(inputs, calendar, days)
    rows = [row for row in case.timetable if (row.clock, row.instance) == (clock.name, clock.instance)]
    found = Explanation(
        clock=clock.name,
        instance=clock.instance,
        state=_state(case, clock, definition),
        waits_for=definition.waits_for,
        statutory=definition.statutory,
        priority=case.priority if audience_of(viewer) == "staff" and clock.ran_on is None else None,
        started_at=clock.started_at,
        stopped_at=clock.stopped_at,
        due_at=_due_at(clock, definition, rows, schedule),
        calendar_name=case.terms.names.get(inputs.calendar or ""),
        zone_data=clock.zone_data,
        zone_data_now=zone_data,
        levels=tuple(_levels(clock, definition, inputs, calendars, rows)),
        pauses=tuple(_pauses(case, clock, definition, inputs, calendar, audience_of(viewer) == "staff")),
        **_way(inputs, calendar, schedule, _until(case, clock, schedule)),
    )
    found = found.model_copy(update={"agrees": _agrees(found, rows)})
    return found.model_copy(update={"words": tuple(words_of(found))})


def _way(inputs: ClockInputs, calendar: Calendar | None, schedule: ClockSchedule, until: datetime) -> dict[str, Any]:
    """From the start to the end: what was counted, and which days and clock changes lay on the way."""
    extended = inputs.extensions and schedule.target is not None
    return {
        "target": str(inputs.target),
        "extended_to": str(schedule.target) if extended else None,
        "extensions": tuple(_extension(extension) for extension in inputs.extensions),
        "calendar": inputs.calendar,
        "zone": str(calendar.zone) if calendar else "UTC",
        "spans": tuple(_used(inputs, calendar, until, schedule.pauses)),
        "days": tuple(_counted(inputs, calendar, until)),
        "closed": tuple(_closed(calendar, inputs.started_at, until)) if _counts_open_time(inputs) else (),
        "shifts": tuple(_shifts(calendar, inputs.started_at, until)),
    }


def _agrees(said: Explanation, rows: list[DueLevel]) -> bool:
    ahead = {level.name: level.computed_at for level in said.levels if not level.reached_at}
    return all(ahead.get(row.level) == row.due_at for row in rows)


def _may_know(case: Case, clock: Clock, viewer: Actor) -> bool:
    definition = case.terms.clock(clock.name)
    audience = audience_of(viewer)
    if definition is None:
        return False
    if audience == "staff":
        return True
    party = case.party(viewer.id)
    if party is not None and not party.speaks:
        # Deadlines are the sides' business, as in every other view of a witness or insurer.
        return False
    if "interim_imposed" in definition.all_starts:
        # A measure is known to whom it hits; its clock must not tell the other side of it.
        return any(measure.remedy.to.value == audience for measure in case.interim)
    return (
        audience != "platform"
        and (definition.statutory or definition.waits_for in (audience, "nobody"))
        and theirs(case, definition, audience)
    )


def _state(case: Case, clock: Clock, definition: ClockTerms) -> Literal["running", "still", "stopped"]:
    if clock.stopped_at is not None:
        return "stopped"
    return "still" if stands_still(case, clock, definition) else "running"


def _until(case: Case, clock: Clock, schedule: ClockSchedule) -> datetime:
    """To where the explanation goes: the end, or to where the clock came before it was stopped or began to stand still."""
    ends = [clock.stopped_at, schedule.end_at]
    ends += [since for since, end in schedule.pauses if end is None]
    return min((at for at in ends if at is not None), default=max(clock.started_at, case.updated_at))


def _extension(one: Extended) -> str:
    if one.to is not None:
        return f"to {one.to.isoformat().replace('+00:00', 'Z')}"
    return f"by {one.by_span}"


def _due_at(clock: Clock, definition: ClockTerms, rows: list[DueLevel], schedule: ClockSchedule) -> datetime | None:
    """When the target is or was over: as recorded, where it is; a level that comes again is not the target."""
    ends = {level.name for level in definition.levels if level.is_end}
    recorded = [
        *(level.due_at for level in clock.fired if level.level in ends),
        *(row.due_at for row in rows if row.level in ends),
    ]
    return recorded[0] if recorded else schedule.end_at


def _counts_open_time(inputs: ClockInputs) -> bool:
    return inputs.target.unit in (SpanUnit.WORKING, SpanUnit.BUSINESS_DAYS)


def _used(inputs: ClockInputs, calendar: Calendar | None, until: datetime, pauses: tuple[Pause, ...]) -> Iterator[SpanUsed]:
    if not inputs.target.is_clock_time:
        return
    used = calendar if inputs.target.unit is SpanUnit.WORKING else None
    count = 0
    for low, high in spans(used, inputs.started_at, until):
        for start, end in _outside(low, high, pauses):
            count += 1
            if count > MOST_SPANS:
                return
            yield SpanUsed(start=start, end=end, minutes=(end - start) / _MINUTE)


def _outside(low: datetime, high: datetime, pauses: tuple[Pause, ...]) -> Iterator[tuple[datetime, datetime]]:
    for since, end in pauses:
        if since >= high:
            break
        if since > low:
            yield low, since
        low = high if end is None else max(low, min(end, high))
    if low < high:
        yield low, high


def _counted(inputs: ClockInputs, calendar: Calendar | None, until: datetime) -> Iterator[date]:
    """The business days that were counted, the day of the start not being one."""
    if inputs.target.unit is not SpanUnit.BUSINESS_DAYS:
        return
    zone = calendar.zone if calendar else UTC
    day, last = inputs.started_at.astimezone(zone).date(), until.astimezone(zone).date()
    for _ in range(MOST_SPANS):
        day += timedelta(days=1)
        if day > last:
            return
        if calendar is None or has_hours_on(calendar, day):
            yield day


def _pauses(
    case: Case, clock: Clock, definition: ClockTerms, inputs: ClockInputs, calendar: Calendar | None, staff: bool
) -> Iterator[PauseMet]:
    if definition.statutory:
        return
    used = calendar if inputs.target.unit in (SpanUnit.WORKING, SpanUnit.BUSINESS_DAYS) else None
    for since, until in clock.pauses:
        counts = inputs.target.is_clock_time
        yield PauseMet(start=since, end=until, why="evidence", minutes=_lost(used, since, until) if counts else 0.0)
    for hold in holds_on(case, clock, definition):
        since = max(hold.since, clock.started_at)
        until = hold.until
        told = {"by": hold.by, "reason": hold.reason, "incident": hold.incident} if staff else {}
        margin = str(hold.margin) if hold.margin else None
        # What a party learns is that its time stood still, not who had which plans with the case.
        why = hold.why if staff or hold.why in ("freeze", "closed") else "pause"
        yield PauseMet(start=since, end=until, why=why, margin=margin, minutes=_lost(used, since, until), **told)


def _lost(calendar: Calendar | None, since: datetime, until: datetime | None) -> float | None:
    return None if until is None else elapsed(calendar, since, until) / _MINUTE


def _closed(calendar: Calendar | None, start: datetime, end: datetime) -> Iterator[DayMet]:
    """Holidays and exceptional days on the way, as far as they changed the hours of their weekday."""
    for member in _members(calendar):
        first, last = start.astimezone(member.zone).date(), end.astimezone(member.zone).date()
        for day in member.holidays:
            if first <= day <= last and member.hours.get(WEEKDAYS[day.weekday()]) and day not in member.exceptions:
                yield DayMet(day=day, zone=str(member.zone), why="holiday")
        for day, hours in member.exceptions.items():
            if first <= day <= last:
                yield DayMet(day=day, zone=str(member.zone), why="exception", hours=hours)
        for day, hours in member.breaks.items():
            if first <= day <= last:
                yield DayMet(day=day, zone=str(member.zone), why="break", hours=hours)


def _members(calendar: Calendar | None) -> Iterator[Calendar]:
    if calendar is not None:
        if calendar.has_hours:
            yield calendar
        for joined in calendar.join:
            yield from _members(joined)


def _shifts(calendar: Calendar | None, start: datetime, end: datetime) -> Iterator[Shift]:
    """Clock changes on the way, in the zones of the calendar."""
    zones = {str(member.zone): member.zone for member in _members(calendar)}
    for name, zone in zones.items():
        at = start
        while at < end:
            later = min(at + timedelta(days=1), end)
            before, after = at.astimezone(zone).utcoffset(), later.astimezone(zone).utcoffset()
            if before != after and before is not None and after is not None:
                yield Shift(day=later.astimezone(zone).date(), zone=name, minutes=(after - before) / _MINUTE)
            at = later


def _levels(
    clock: Clock, definition: ClockTerms, inputs: ClockInputs, calendars: Mapping[str, Calendar], rows: list[DueLevel]
) -> Iterator[LevelSaid]:
    ahead = {row.level: row.due_at for row in rows}
    calendar, days = calendars_of(inputs, calendars)
    for level in definition.levels:
        at = level_at(inputs, calendar, level, days)
        said = LevelSaid(name=level.name, action=level.action, where=_where(level), computed_at=at, due_at=ahead.get(level.name))
        fired = [f for f in clock.fired if f.level == level.name]
        for reached in fired:
            again = {
                "due_at": reached.due_at,
                "reached_at": reached.due_at,
                "recorded_at": reached.recorded_at,
                "withheld": reached.withheld,
            }
            yield said.model_copy(update=again)
        if not fired:
            yield said
        elif level.name in ahead:
            yield said.model_copy(update={"computed_at": ahead[level.name]})


def _where(level: object) -> str:
    at, before, after = (getattr(level, name) for name in ("at", "before", "after"))
    if before is not None:
        return f"{before} before the end"
    if after is not None:
        return f"{after} after the end"
    return "at the end" if at == 1.0 else f"at {at:.0%}"
