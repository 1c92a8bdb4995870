"""The time that a pack promises a side to be heard: whoever handles a case may give more of it, and never less.

Several hands could: a date of its own for what is asked of a side, a question at all, other terms or another calendar while its
time runs. A sooner date becomes the one that is promised, and a clock that runs keeps its end. What cannot wait goes by interim
measures. The limits of the law are the other way round: no other name of the matter makes them later. And what the
team owes is never late only because the case became more urgent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from domain.base import Phase, Side, most_urgent
from domain.model.case import Case
from domain.model.clocks import CaseRetargeted, Clock
from domain.model.evidence import EvidenceRequested
from domain.model.facts import Fact
from domain.model.terms import ClockTerms, Terms
from domain.rules.levels import calendars_of, inputs_of, level_at, schedule_of, united
from domain.worktime.calendars import Calendar
from domain.worktime.spans import Span, SpanUnit

Calendars = Mapping[str, Calendar]
_USUAL_FOR = timedelta(days=5)
"""Where a kind has no clock for a side: what the others give."""


def kept(case: Case | None, facts: tuple[Fact, ...], at: datetime, calendars: Calendars) -> tuple[Fact, ...]:
    """The facts, none of which gives a side less time than it was promised."""
    return tuple(_kept(case, fact, at, calendars) for fact in facts) if case is not None else facts


def _kept(case: Case, fact: Fact, at: datetime, calendars: Calendars) -> Fact:
    match fact:
        case EvidenceRequested() if _is_heard_by(case, fact):
            promised, has = _time_of(case, fact.of, at, calendars), _has_until(case, fact.of)
            if fact.due_at is not None:
                return fact if promised is None else fact.model_copy(update={"due_at": max(fact.due_at, promised)})
            # A question takes the place of the clock that waits for what they have to say: not where that one ends later.
            shortens = promised is not None and has is not None and promised < has
            return fact.model_copy(update={"due_at": has}) if shortens else fact
        case CaseRetargeted():
            keeps = (*_shortened(case, fact, calendars), *_lengthened(case, fact, calendars))
            hurried = _hurried(case, fact, at, calendars, {name for name, _ in keeps})
            return fact.model_copy(update={"keeps": (*keeps, *hurried)})
        case _:
            return fact


def _is_heard_by(case: Case, asked: EvidenceRequested) -> bool:
    """Whether the side is heard by what is asked: a witness or insurer, who speaks for themselves, is promised nothing."""
    party = case.party(asked.party) if asked.party is not None else None
    return asked.of in case.terms.hear and (party is None or party.speaks)


def time_asked_for(case: Case, side: Side, at: datetime, calendars: Calendars) -> datetime:
    """Until when a side that is asked something at this instant has time to answer, wherever the case stands."""
    return _time_of(case, side, at, calendars) or at + _USUAL_FOR * case.terms.time_scale


def _time_of(case: Case, side: Side, at: datetime, calendars: Calendars) -> datetime | None:
    """Until when whoever is asked now has time by the pack, without what stands still; None where it has no clock for that."""
    ends = [
        _end(case.model_copy(update={"holds": ()}), Clock(name=clock.name, instance=1, started_at=at), calendars)
        for clock in case.terms.clocks
        if clock.waits_for == side.value and f"evidence_requested:{side.value}" in clock.all_starts
    ]
    return max((end for end in ends if end is not None), default=None)


def _has_until(case: Case, side: Side) -> datetime | None:
    """When the time is over that a side has to say something to the matter; None where none runs."""
    clocks = {
        clock.name: _end_level(clock)
        for clock in case.terms.clocks
        if clock.waits_for == side.value and f"evidence_requested:{side.value}" in clock.all_stops - clock.all_starts
    }
    return max((row.due_at for row in case.timetable if row.clock in clocks and row.level == clocks[row.clock]), default=None)


def _shortened(case: Case, fact: CaseRetargeted, calendars: Calendars) -> Iterable[tuple[str, datetime]]:
    """The running clocks of sides that are heard which would run out sooner than they do, with their ends.

    What stands still counts on top as before, so both are compared without it.
    """
    named = {name: value for name in ("priority", "category", "queue", "terms") if (value := getattr(fact, name)) is not None}
    moving = case.model_copy(update={"holds": ()})
    after = moving.model_copy(update=named)
    for clock in case.clocks:
        end_level = _hearing_level(case.terms, clock.name)
        if clock.stopped_at is not None or end_level is None or after.terms.clock(clock.name) is None:
            continue
        moved = {"keeps_calendar": False, "calendar": None} if fact.refreshed or "queue" in named or "terms" in named else {}
        before, then = _end(moving, clock, calendars), _end(after, clock.model_copy(update=moved), calendars)
        if before is not None and then is not None and then < before:
            rows = (row.due_at for row in case.timetable if (row.clock, row.level) == (clock.name, end_level))
            yield clock.name, next(rows, before)


def _lengthened(case: Case, fact: CaseRetargeted, calendars: Calendars) -> Iterable[tuple[str, datetime]]:
    """The running limits of the law that would end later because the matter is called something else, or by a newer pack, with
    their ends.

    Once it is settled which law a request falls under, more time is taken by an extension alone, which the person is told with
    its reasons inside the first limit (Regulation (EU) 2016/679, article 12(3)). While triage looks for the law none is settled.
    """
    named = {name: value for name in ("priority", "category", "terms") if (value := getattr(fact, name)) is not None}
    by_pack = fact.terms is not None and fact.terms.version != case.terms.version
    if case.phase is Phase.INTAKE or not ({"priority", "category"} & {*named} or by_pack):
        return
    after = case.model_copy(update=named)
    for clock in case.clocks:
        definition, then = case.terms.clock(clock.name), after.terms.clock(clock.name)
        if clock.stopped_at is not None or definition is None or not definition.statutory or then is None:
            continue
        # A pause that goes on counts on top of both.
        counted = clock.model_copy(update={"pauses": tuple(pause for pause in clock.pauses if pause[1] is not None)})
        now, later = _limit(case, counted, calendars), _limit(after, counted, calendars)
        if now is not None and later is not None and later > now:
            yield clock.name, now


def _hurried(
    case: Case, fact: CaseRetargeted, at: datetime, calendars: Calendars, besides: Collection[str]
) -> Iterable[tuple[str, datetime]]:
    """The running clocks of the team whose target a more urgent case would put before now, with the ends that they get instead.

    Nobody has missed what they did not owe: the new target counts from now, and ends no later than the one before.
    """
    if fact.priority is None or most_urgent(case.priority, fact.priority) is case.priority:
        return
    named = {name: value for name in ("priority", "category", "queue", "terms") if (value := getattr(fact, name)) is not None}
    after = case.model_copy(update=named)
    for clock in case.clocks:
        definition = after.terms.clock(clock.name)
        if clock.stopped_at is not None or clock.name in besides or definition is None or case.terms.clock(clock.name) is None:
            continue
        if definition.statutory or not definition.is_the_teams:
            continue
        before, then = _limit(case, clock, calendars), _limit(after, clock, calendars)
        if before is None or then is None or then >= at or before <= at:
            continue
        anew = Clock(name=clock.name, instance=clock.instance, started_at=at)
        from_now = _limit(after, anew, calendars)
        yield clock.name, min(before, from_now) if from_now is not None else before


def _limit(case: Case, clock: Clock, calendars: Calendars) -> datetime | None:
    inputs = inputs_of(case, clock)
    return schedule_of(inputs, *calendars_of(inputs, calendars)).end_at


def _hearing_level(terms: Terms, name: str) -> str | None:
    """The level at which a clock by which a side is heard runs out; None for every other clock."""
    clock = terms.clock(name)
    return _end_level(clock) if clock is not None and clock.waits_for in {side.value for side in terms.hear} else None


def _end_level(clock: ClockTerms) -> str | None:
    return next((level.name for level in clock.levels if level.default == "proceed_on_file"), None)


def _end(case: Case, clock: Clock, calendars: Calendars) -> datetime | None:
    definition = case.terms.clock(clock.name)
    name = _end_level(definition) if definition is not None else None
    level = definition.level(name) if definition is not None and name is not None else None
    if level is None:
        return None
    inputs = inputs_of(case, clock)
    calendar, days = calendars_of(inputs, calendars)
    return level_at(inputs, calendar, level, days)


def queue_calendar(case: Case, calendars: Calendars) -> Calendar | None:
    """The calendar that the queue of the case keeps; None: it is always open. Raises KeyError for one that was not handed in."""
    name = case.terms.calendars.get(case.queue) or case.terms.calendar
    return calendars[name] if name else None


def over_at(case: Case, began: datetime, end: datetime) -> datetime | None:
    """When a time is over that no clock counts: what the whole case stood still meanwhile (an outage, or that it was closed)
    comes on top. None: it stands still."""
    for since, until in united(hold.stood_still for hold in case.holds if hold.of == "all"):
        if since >= end:
            break
        if until is None:
            return None
        end += max(until - max(since, began), timedelta())
    return end


def shortest_for(terms: Terms, side: Side) -> timedelta:
    """The shortest time that the pack gives a side to answer anything, on the wall."""
    spans = [
        _on_the_wall(clock.target)
        for clock in terms.clocks
        if clock.waits_for == side.value and any(level.default == "proceed_on_file" for level in clock.levels)
    ]
    return min(spans, default=_USUAL_FOR)


def _on_the_wall(span: Span) -> timedelta:
    match span.unit:
        case SpanUnit.DAYS:
            return timedelta(days=span.amount)
        case SpanUnit.BUSINESS_DAYS:
            # A weekend for every five of them.
            return timedelta(days=span.amount + 2 * -(-span.amount // 5))
        case SpanUnit.WALL:
            return timedelta(microseconds=span.amount)
        case _:
            return _USUAL_FOR
