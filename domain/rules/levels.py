"""When the levels of one clock fall due: its target, what was added to it, and everything that made it stand still.

Conventions
-----------
* Hours are stretched by every pause inside open time, whoever made it. Days and months run through the pauses that a pack makes
  while evidence is asked for; a pause, snooze or freeze that somebody ordered, and the time a case was closed, push their end
  back by what was lost: open time for business days, wall time for calendar days and months.
* A statutory clock ignores pauses, snoozes and freezes; only the pauses that its pack names extend it (a data-protection request
  waits while the identity of whoever asks is checked). Then its end is pushed back by what was lost, also of days and months.
* The margin at the end of a freeze is a pause too, counted in its own unit over the clock's own calendar.
* An extension in the clock's unit adds to its target; an extension to an instant is the promise as it stands at that moment, and
  later pauses still count on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.model.case import Case
from domain.model.clocks import Clock, Extended, Hold
from domain.model.terms import ClockTerms, Level
from domain.worktime.calculator import Pause, back, day_over, due, elapsed, share_between
from domain.worktime.calendars import Calendar
from domain.worktime.spans import Span, SpanUnit


class ClockInputs(NamedTuple):
    """Everything that the instants of one clock follow from, but the calendar itself. Equal inputs have equal instants."""

    instance: int
    started_at: datetime
    target: Span
    roll: bool
    calendar: str | None
    """Reference of the calendar; None: around the clock."""
    pauses: tuple[Pause, ...]
    """Made by the pack."""
    holds: tuple[tuple[datetime, datetime | None, Span | None], ...]
    """Ordered by people, and the time the case was closed: since, until, and a margin on top."""
    extensions: tuple[Extended, ...]
    whole_days: bool = False
    """Whether its last day counts to its last hour."""
    days: str | None = None
    """Reference of the calendar whose days those are."""


class ClockSchedule(NamedTuple):
    """The inputs of a clock with its pauses worked out."""

    target: Span | None
    """What is counted, extensions included; None: the end was fixed by an extension, and days are no sum."""
    end_at: datetime | None
    """When the target is over; None while it stands still."""
    pauses: tuple[Pause, ...]
    """All that stretch or push it, in order."""
    over_at: datetime | None = None
    """When its last day is over, where that counts to its last hour; else when the target is over."""


def inputs_of(case: Case, clock: Clock) -> ClockInputs:
    """What a clock's instants follow from as the case stands. Raises KeyError for a clock that the terms do not have."""
    definition = case.terms.clock(clock.name)
    if definition is None:
        raise KeyError(clock.name)
    target, calendar = clock.ran_on or (
        definition.target_for(case.priority, case.category),
        clock.calendar if clock.keeps_calendar else case.terms.calendar_of(definition, case.queue),
    )
    fixed = definition.statutory
    lawful = tuple((since, until, None) for since, until in clock.pauses) if fixed else ()
    return ClockInputs(
        instance=clock.instance,
        started_at=clock.started_at,
        target=target,
        roll=definition.roll,
        calendar=calendar,
        pauses=() if fixed else clock.pauses,
        holds=lawful if fixed else tuple((h.since, h.until, h.margin) for h in holds_on(case, clock, definition)),
        extensions=clock.extensions,
        whole_days=definition.whole_days,
        days=case.terms.calendar if definition.whole_days else None,
    )


def holds_on(case: Case, clock: Clock, definition: ClockTerms) -> tuple[Hold, ...]:
    """The holds that make this clock stand still, or have made it."""
    if definition.statutory:
        return ()
    until = clock.stopped_at
    return tuple(
        h for h in case.holds if holds(h, definition) and h.lasts_at(clock.started_at) and (until is None or h.since < until)
    )


def holds(hold: Hold, definition: ClockTerms) -> bool:
    """Whether a hold is about a clock."""
    if hold.why == "freeze" and definition.tells_by_law:
        return False
    by_all = hold.of == "team" and definition.is_the_teams and not definition.goes_on
    return by_all or hold.of in ("all", definition.name)


def stands_still(case: Case, clock: Clock, definition: ClockTerms) -> bool:
    """Whether a clock stands still with no end in sight."""
    return clock.waiting or any(h.until is None for h in holds_on(case, clock, definition))


def calendars_of(inputs: ClockInputs, calendars: Mapping[str, Calendar]) -> tuple[Calendar | None, Calendar | None]:
    """The calendar that a clock runs on, and the one whose days count. Raises KeyError for one that was not handed in."""
    own = calendars[inputs.calendar] if inputs.calendar else None
    return own, calendars[inputs.days] if inputs.days else own


def over_at(case: Case, clock: Clock, calendars: Mapping[str, Calendar]) -> datetime | None:
    """When a running clock is over by the law's count, to the last hour of its last day; None while it stands still."""
    inputs = inputs_of(case, clock)
    return schedule_of(inputs, *calendars_of(inputs, calendars)).over_at


def schedule_of(inputs: ClockInputs, calendar: Calendar | None, days: Calendar | None = None) -> ClockSchedule:
    """Target, end and pauses of a clock over its calendar; ``days`` is the one whose days its last day is counted by.

    Raises a WorktimeError for a calendar that never opens.
    """
    held = tuple(_with_margin(calendar, *hold) for hold in inputs.holds)
    if inputs.target.is_clock_time:
        pauses = tuple(sorted((*inputs.pauses, *held), key=lambda p: p[0]))
        time = _extended_time(inputs, calendar, pauses)
        used = None if time.unit is SpanUnit.WALL else calendar
        ended = due(used, inputs.started_at, time, pauses)
        return ClockSchedule(time, ended, pauses, ended)
    span, end = _extended_days(inputs, calendar)
    end_at = _pushed(inputs, calendar, end, held)
    if not inputs.whole_days or span is None or end_at is None:
        return ClockSchedule(span, end_at, united(held), end_at)
    last_day = day_over(days, _extended_days(inputs, days)[1])
    over = _pushed(inputs, calendar, last_day, held)
    # Two zones can count two days; whoever is told is told before the law's day is over.
    return ClockSchedule(span, min(end_at, over) if over is not None else None, united(held), over)


def level_at(inputs: ClockInputs, calendar: Calendar | None, level: Level, days: Calendar | None = None) -> datetime | None:
    """The instant of a level; None while its clock stands still before it. Levels never lie before the start."""
    found = schedule_of(inputs, calendar, days)
    if level.default is not None and level.is_end and inputs.whole_days:
        return found.over_at
    if level.after is not None:
        return due(calendar, found.end_at, level.after, found.pauses) if found.end_at else None
    if level.before is not None:
        return _ahead(inputs, calendar, found, level.before)
    if found.target is not None and found.target.is_clock_time:
        share = Span(unit=found.target.unit, amount=round(found.target.amount * level.at))
        return due(None if share.unit is SpanUnit.WALL else calendar, inputs.started_at, share, found.pauses)
    return share_between(calendar, inputs.started_at, found.end_at, level.at, found.pauses) if found.end_at else None


def _ahead(inputs: ClockInputs, calendar: Calendar | None, found: ClockSchedule, before: Span) -> datetime | None:
    target = found.target
    if target is not None and target.is_clock_time and target.unit is before.unit:
        # The same unit: what is left to do, so that pauses between the level and the end do not bring it closer.
        rest = Span(unit=target.unit, amount=max(0, target.amount - before.amount))
        return due(None if rest.unit is SpanUnit.WALL else calendar, inputs.started_at, rest, found.pauses)
    return max(inputs.started_at, back(calendar, found.end_at, before)) if found.end_at else None


def _with_margin(calendar: Calendar | None, since: datetime, until: datetime | None, margin: Span | None) -> Pause:
    if until is None or margin is None:
        return since, until
    return since, due(calendar, until, margin)


def _extended_time(inputs: ClockInputs, calendar: Calendar | None, pauses: Sequence[Pause]) -> Span:
    unit, amount = inputs.target.unit, inputs.target.amount
    used = None if unit is SpanUnit.WALL else calendar
    for extension in inputs.extensions:
        if extension.by_span is not None:
            amount += extension.by_span.amount
        elif extension.to is not None:
            before = [p for p in pauses if p[0] < extension.at]
            gone = elapsed(used, inputs.started_at, extension.at, before)
            # What was known of a pause when the promise was made is in it already.
            left = elapsed(
                used, extension.at, extension.to, () if extension.stood_still else [p for p in before if p[1] is not None]
            )
            amount = Span.working(gone + left).amount
    return Span(unit=unit, amount=amount)


def _extended_days(inputs: ClockInputs, calendar: Calendar | None) -> tuple[Span | None, datetime]:
    span: Span | None = inputs.target
    end: datetime | None = None
    for extension in inputs.extensions:
        if extension.to is not None:
            span, end = None, extension.to
        elif extension.by_span is not None and span is not None:
            span = Span(unit=span.unit, amount=span.amount + extension.by_span.amount)
        elif extension.by_span is not None:
            end = due(calendar, end or inputs.started_at, extension.by_span, roll=inputs.roll)
    at = end if span is None else due(calendar, inputs.started_at, span, roll=inputs.roll)
    assert at is not None  # days run through pauses
    return span, at


def _pushed(inputs: ClockInputs, calendar: Calendar | None, end: datetime, held: Sequence[Pause]) -> datetime | None:
    used = calendar if inputs.target.unit is SpanUnit.BUSINESS_DAYS else None
    promised = next((extension for extension in reversed(inputs.extensions) if extension.to is not None), None)
    begin = promised.at if promised is not None else inputs.started_at
    for since, until in united(held):
        if since >= end:
            break
        if until is None:
            return None
        if promised is not None and since < begin and not promised.stood_still:
            continue
        lost = elapsed(used, max(since, begin), until)
        if lost:
            pushed = due(used, end, Span.working(lost))
            assert pushed is not None  # no pauses were given
            end = pushed
    return end


def united(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """In order, those that overlap as one: what was lost twice was lost once."""
    whole: list[Pause] = []
    for since, until in sorted(pauses, key=lambda p: p[0]):
        last = whole[-1] if whole else None
        if last is not None and (last[1] is None or since <= last[1]):
            whole[-1] = last[0], None if last[1] is None or until is None else max(last[1], until)
        else:
            whole.append((since, until))
    return tuple(whole)
