"""The rules of time on a case: who may let its clocks stand still, give them more time, or change what they aim at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from domain.base import Phase, derived_id
from domain.model import clocks as c
from domain.model import facts as f
from domain.model.case import Case, Clock, Hold
from domain.model.refusals import (
    AlreadyHeld,
    CalendarUnknown,
    ClockStatutory,
    ClockUnknown,
    ExtensionRefused,
    IncidentUnknown,
    InstantRefused,
    NotAllowed,
    NothingChanges,
    NotPaused,
)
from domain.model.terms import ClockTerms
from domain.worktime.spans import Span

if TYPE_CHECKING:
    from domain.rules.decide import Voice

Facts = tuple[f.Fact, ...]

LONGEST_HOLD_FOR = timedelta(days=366)
"""Nobody puts a dispute away for longer than a year at once: that is a closed case under another name."""

_OWNED = (Phase.INTAKE, Phase.REVIEW, Phase.APPEAL)


def pause(case: Case, command: c.Pause, voice: Voice, at: datetime) -> Facts:
    """Clocks stand still, until an instant or until further notice."""
    if command.clock is not None:
        _pausable(case, command.clock)
    of = command.clock or "team"
    _ahead(command.until, at)
    _not_held(case, of, at)
    return (
        f.ClocksPaused(hold_id=derived_id("hld", command.id), why="pause", of=of, until=command.until, reason=command.reason),
    )


def snooze(case: Case, command: c.Snooze, voice: Voice, at: datetime) -> Facts:
    """The case is put away until an instant."""
    _ahead(command.until, at)
    _not_held(case, "team", at)
    hold_id = derived_id("hld", command.id)
    return (f.ClocksPaused(hold_id=hold_id, why="snooze", of="team", until=command.until, reason=command.reason),)


def resume(case: Case, command: c.Resume, voice: Voice, at: datetime) -> Facts:
    """Whatever people paused goes on."""
    ids = tuple(h.id for h in case.holds if _by_people(h, at) and command.clock in (None, h.of))
    if not ids:
        raise NotPaused("No clock of this case was paused or snoozed by anybody (what waits for evidence goes on with it).")
    return (f.ClocksResumed(hold_ids=ids, reason=command.reason),)


def extend(case: Case, command: c.Extend, voice: Voice, at: datetime) -> Facts:
    """A clock gets more time before it runs out: what waits for the team through a lead or ops only."""
    clock, definition = _running(case, command.clock)
    if definition.is_the_teams and voice.actor is not None and voice.actor.role == "mediator":
        raise NotAllowed("Your own time is extended by a lead or by ops.", command=command.type, allowed=["lead", "ops"])
    ends = [x for x in definition.levels if x.before is None and (x.after is not None or x.at >= 1.0)]
    if any(fired.level == level.name for fired in clock.fired for level in ends):
        raise ExtensionRefused("The clock has run out; more time has to be given before it does.", because="ran_out")
    from_at = _runs_out_at(case, clock, definition)
    if command.to is not None:
        _ahead(command.to, at)
        if from_at is not None and command.to <= from_at:
            until = from_at.isoformat()
            raise ExtensionRefused(f"It runs until {until} already.", because="backwards", until=until)
    by_span = _more(case, clock, definition, command)
    extended = f.ClockExtended(
        clock=clock.name,
        instance=clock.instance,
        by_span=by_span,
        to=command.to,
        from_at=from_at,
        reason=command.reason,
        reasons=command.reasons,
    )
    return (extended,)


def _more(case: Case, clock: Clock, definition: ClockTerms, command: c.Extend) -> Span | None:
    if definition.statutory:
        law = definition.extension
        by = definition.extension_for(case.category)
        if law is None or by is None or command.to is not None:
            raise ExtensionRefused("The law does not allow this.", because="law", allowed=str(by) if by else None)
        if law.needs_reasons and command.reasons is None:
            raise ExtensionRefused("The law wants the parties to be told why; give `reasons`.", because="reasons")
        if len(clock.extensions) >= law.times:
            raise ExtensionRefused(f"It may be extended {law.times} time(s), and was.", because="law", allowed=str(by))
        if command.by_span is not None and _scaled(case, command.by_span) != by:
            raise ExtensionRefused(f"It may be extended by {by}, not otherwise.", because="law", allowed=str(by))
        return by
    if command.to is not None:
        return None
    if command.by_span is None:
        raise ExtensionRefused("Say for how long (`for`) or to when (`to`).", because="how_long")
    more, target = _scaled(case, command.by_span), definition.target_for(case.priority, case.category)
    if more.unit is not target.unit:
        raise ExtensionRefused(
            f"This clock counts as in '{target}'; extend it in the same unit, or say to when (`to`).",
            because="unit",
            unit=target.unit.value,
        )
    if not more.amount:
        raise ExtensionRefused("No time at all is no extension.", because="how_long")
    return more


def retarget(case: Case, command: c.Retarget, voice: Voice, at: datetime) -> Facts:
    """What the targets follow from changes; pauses that were earned and levels that were reached stay."""
    new = {
        name: value
        for name in ("priority", "category", "queue")
        if (value := getattr(command, name)) not in (None, getattr(case, name))
    }
    wants_terms = command.calendar is not None or command.newest is not None
    if wants_terms and voice.terms is None:
        raise CalendarUnknown(
            f"There is no calendar '{command.calendar}'." if command.calendar else "The pack of this kind is not known here.",
            calendar=command.calendar,
        )
    if not new and not wants_terms:
        raise NothingChanges("The case is as this command would make it.")
    changed = voice.terms if voice.terms is not None and voice.terms != case.terms else None
    if not new and changed is None and command.newest is None:
        raise NothingChanges("The case runs on this calendar already.")
    retargeted = f.CaseRetargeted(**new, terms=changed, refreshed=command.newest is not None, reason=command.reason)
    if "queue" in new and case.phase in _OWNED:
        return (retargeted, f.CaseQueued(queue=new["queue"], reason="moved"))
    return (retargeted,)


def freeze(case: Case, command: c.Freeze, voice: Voice, at: datetime) -> Facts:
    """Every clock but those of the law stands still for an incident."""
    if any(h.why == "freeze" and h.incident == command.incident and h.lasts_at(at) for h in case.holds):
        raise AlreadyHeld("This case is frozen for this incident already.", incident=command.incident)
    since = command.at or at
    if since > at:
        raise InstantRefused("An incident begins now or began before; it cannot be ordered ahead.", because="future")
    hold_id = derived_id("hld", command.id)
    since = max(since, case.opened_at)
    return (f.ClocksFrozen(hold_id=hold_id, incident=command.incident, since=since, reason=command.reason),)


def thaw(case: Case, command: c.Thaw, voice: Voice, at: datetime) -> Facts:
    """The incident is over: clocks go on, after a margin."""
    hold = next((h for h in case.holds if h.why == "freeze" and h.incident == command.incident and h.until is None), None)
    if hold is None:
        raise IncidentUnknown("This case is not frozen for this incident.", incident=command.incident)
    until = command.at or at
    if not hold.since <= until <= at:
        raise InstantRefused("An incident ends after it began, and not later than now.", because="out_of_incident")
    margin = _scaled(case, command.margin) if command.margin else None
    thawed = f.ClocksThawed(hold_id=hold.id, incident=command.incident, until=until, margin=margin, reason=command.reason)
    return (thawed,)


def _running(case: Case, name: str) -> tuple[Clock, ClockTerms]:
    clock = next((one for one in case.clocks if one.name == name and one.stopped_at is None), None)
    definition = case.terms.clock(name)
    if clock is None or definition is None:
        running = [one.name for one in case.clocks if one.stopped_at is None]
        known = ", ".join(running) or "none"
        raise ClockUnknown(f"No clock '{name}' is running; running are: {known}.", clock=name, running=running)
    return clock, definition


def _pausable(case: Case, name: str) -> None:
    _, definition = _running(case, name)
    if definition.statutory:
        raise ClockStatutory("This limit comes from the law; nobody can make it stand still.", clock=name)


def _ahead(until: datetime | None, at: datetime) -> None:
    if until is not None and until <= at:
        raise InstantRefused("This instant is past.", because="past")
    if until is not None and until > at + LONGEST_HOLD_FOR:
        raise InstantRefused("That is more than a year away.", because="too_far")


def _by_people(hold: Hold, at: datetime) -> bool:
    return hold.why in ("pause", "snooze") and hold.lasts_at(at)


def _not_held(case: Case, of: str, at: datetime) -> None:
    if any(_by_people(h, at) and h.of == of for h in case.holds):
        raise AlreadyHeld("This stands still already; resume it first.", of=of)


def _runs_out_at(case: Case, clock: Clock, definition: ClockTerms) -> datetime | None:
    """When the target is over, as the timetable has it; None while the clock stands still."""
    ends = {level.name for level in definition.levels if level.is_end}
    rows = [row for row in case.timetable if (row.clock, row.instance) == (clock.name, clock.instance)]
    return next((row.due_at for row in rows if row.level in ends), None)


def _scaled(case: Case, span: Span) -> Span:
    scale = case.terms.time_scale
    return span if scale == 1.0 else span.scaled(scale)


RULES: dict[str, Callable[[Case, Any, Voice, datetime], Facts]] = {
    "pause": pause,
    "snooze": snooze,
    "resume": resume,
    "extend": extend,
    "retarget": retarget,
    "freeze": freeze,
    "thaw": thaw,
}
