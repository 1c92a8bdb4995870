"""Which clocks run on a case, and when their levels fall due.

Two steps, so that deadlines stay data: :func:`advance` follows from the facts alone (started, paused, resumed, stopped), and
:func:`timetable` computes instants, once, when a transition is recorded. Instants of clocks that did not change are carried
over, so new
zone or holiday data moves no running deadline by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from domain.calendars import Calendar
from domain.case import Case, Clock, Fired
from domain.facts import DueLevel, Fact, LevelReached, Timetable
from domain.spans import Span
from domain.terms import ClockTerms, Level
from domain.visibility import BACK
from domain.worktime import due, due_share

EARLIEST_REPEAT_FOR = timedelta(seconds=1)
"""A repeating level never falls due sooner than this after it fired, whatever a pack says: a timer must not spin."""

HELD_FOR = timedelta(hours=1)
"""A level whose rule broke comes due again after this: time enough for somebody to look, short enough that no party waits for
a day.
"""


def triggers(before: Case | None, fact: Fact, after: Case) -> frozenset[str]:
    """What a fact means to clocks and notices: its type, the type with its qualifier, and what it completes."""
    found: set[str] = {fact.type}
    match fact.type:
        case "phase_entered":
            # A draft that comes back does not begin the phase anew: a clock of its beginning does not start again.
            found.add(f"phase_{'resumed' if fact.reason in BACK else 'entered'}:{fact.phase.value}")
            if before is not None and before.phase is not fact.phase:
                found.add(f"phase_left:{before.phase.value}")
        case "evidence_requested" | "evidence_lapsed":
            found.add(f"{fact.type}:{fact.of.value}")
        case "evidence_submitted" | "offer_made" | "appeal_lodged":
            found.add(f"{fact.type}:{fact.side.value if fact.side else 'platform'}")
        case "message_sent":
            found.add(f"message_sent:{fact.sender}")
        case "level_reached":
            found.add(f"level_reached:{fact.action}")
        case "case_closed":
            if before is not None:
                found.add(f"phase_left:{before.phase.value}")
        case _:
            pass
    if before is not None and before.requests:
        gone = {r.of for r in before.requests} - {r.of for r in after.requests}
        found |= {f"requests_settled:{side.value}" for side in gone}
        if not after.requests:
            found.add("requests_settled")
    return frozenset(found)


def advance(before: Case | None, fact: Fact, after: Case, at: datetime, recorded_at: datetime) -> tuple[Clock, ...]:
    """The clocks after a fact. Stops come before starts, so a fact that does both restarts a clock as a new instance."""
    happened = triggers(before, fact, after)
    clocks = {c.name: c for c in after.clocks if c.stopped_at is None}
    ended = [c for c in after.clocks if c.stopped_at is not None]
    for definition in after.terms.clocks:
        clock = clocks.get(definition.name)
        if clock is not None:
            clock = _moved(clock, definition, happened, at, closed=not after.open)
            if isinstance(fact, LevelReached) and (fact.clock, fact.instance) == (clock.name, clock.instance):
                level = definition.level(fact.level)
                held = level is not None and level.action != fact.action
                fired = Fired(level=fact.level, count=fact.count, due_at=fact.due_at, recorded_at=recorded_at, held=held)
                clock = clock.model_copy(update={"fired": (*clock.fired, fired)})
        if clock is not None and clock.stopped_at is not None:
            ended.append(clock)
            del clocks[definition.name]
            clock = None
        if clock is None and after.open and happened & definition.all_starts:
            instance = 1 + max((c.instance for c in ended if c.name == definition.name), default=0)
            # A draft that comes back while a side still owes evidence: the clock waits from its first moment.
            waits = after.requests and "evidence_requested" in definition.pauses
            clock = Clock(name=definition.name, instance=instance, started_at=at, pauses=((at, None),) if waits else ())
        if clock is not None:
            clocks[definition.name] = clock
    latest = {c.name: c for c in sorted(ended, key=lambda c: c.instance)}
    # Only the newest stopped instance of each clock is kept: its number is needed, and what people see is the last one.
    return tuple(
        clocks[n] if n in clocks else latest[n] for n in (d.name for d in after.terms.clocks) if n in clocks or n in latest
    )


def _moved(clock: Clock, definition: ClockTerms, happened: frozenset[str], at: datetime, *, closed: bool) -> Clock:
    if closed or happened & definition.all_stops:
        pauses = clock.pauses
        if clock.paused:
            pauses = (*pauses[:-1], (pauses[-1][0], at))
        return clock.model_copy(update={"stopped_at": at, "pauses": pauses})
    if clock.paused and happened & set(definition.resumes):
        return clock.model_copy(update={"pauses": (*clock.pauses[:-1], (clock.pauses[-1][0], at))})
    if clock.running and happened & set(definition.pauses):
        return clock.model_copy(update={"pauses": (*clock.pauses, (at, None))})
    return clock


def timetable(before: Case | None, after: Case, calendars: Mapping[str, Calendar]) -> Timetable:
    """All levels still ahead on the running clocks, earliest first; ties in the order of the pack.

    Raises KeyError when the terms name a calendar that was not handed in.
    """
    known = {d.id: d for d in after.timetable} if before is not None else {}
    earlier = {c.name: c for c in before.clocks} if before is not None else {}
    rows: list[DueLevel] = []
    for clock in after.clocks:
        definition = after.terms.clock(clock.name)
        if definition is None or not clock.running:
            continue
        reference = after.terms.calendar_of(definition)
        calendar = calendars[reference] if reference else None
        old = earlier.get(clock.name)
        same = old is not None and (old.instance, old.pauses) == (clock.instance, clock.pauses)
        for level in definition.levels:
            row = _next(clock, definition, level, calendar)
            if row is not None:
                rows.append(known.get(row.id, row) if same else row)
    return tuple(sorted(rows, key=lambda r: r.due_at))


def comes_again(row: DueLevel, recorded_at: datetime) -> DueLevel:
    """The next time of a level whose rule broke: the case must not be left without a deadline, and a mended rule gets its
    chance.
    """
    return row.model_copy(update={"count": row.count + 1, "due_at": max(row.due_at, recorded_at) + HELD_FOR})


def _next(clock: Clock, definition: ClockTerms, level: Level, calendar: Calendar | None) -> DueLevel | None:
    fired = [f for f in clock.fired if f.level == level.name]
    row = DueLevel(clock=clock.name, instance=clock.instance, level=level.name, count=len(fired), due_at=clock.started_at)
    if not fired:
        at = due_share(calendar, clock.started_at, definition.target, level.at, clock.pauses)
    elif fired[-1].held:
        at = max(fired[-1].due_at, fired[-1].recorded_at) + HELD_FOR
    elif level.repeat is not None:
        at = _repeated(clock, fired[-1], level.repeat, calendar)
    else:
        return None
    return row.model_copy(update={"due_at": at}) if at is not None else None


def _repeated(clock: Clock, fired: Fired, repeat: Span, calendar: Calendar | None) -> datetime | None:
    # From when it was told, not from when it fell due: after an outage a level repeats once, not once for every missed day.
    last = max(fired.due_at, fired.recorded_at)
    pauses = [p for p in clock.pauses if p[1] is None or p[1] > last]
    if not repeat.is_clock_time:
        # Days run through a pause; counted from before it, the level would fall due at once when the clock goes on.
        last = max([last, *(end for _, end in pauses if end is not None)])
    at = due(calendar, last, repeat, pauses)
    return max(at, last + EARLIEST_REPEAT_FOR) if at is not None else None
