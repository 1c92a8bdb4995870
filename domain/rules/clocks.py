"""The rules of time on a case: who may let its clocks stand still, give them more time, or change what they aim at."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.base import Instant, Phase, derived_id, most_urgent
from domain.model import clocks as c
from domain.model import facts as f
from domain.model.case import Case
from domain.model.clocks import (
    AlreadyHeld,
    CalendarUnknown,
    Clock,
    ClockStatutory,
    ClockUnknown,
    Extended,
    ExtensionRefused,
    Hold,
    IncidentUnknown,
    NotPaused,
)
from domain.model.people import Actor
from domain.model.refusals import InstantRefused, NotAllowed, NothingChanges, Refusal
from domain.model.terms import CHARGEBACK, KEPT_MEASURE, SNOOZE, STANDSTILL, ClockTerms
from domain.rules import alarms, charge, confirmation, data_rights, interim, under_age
from domain.rules.audiences import BACK, UNTOLD, Audience
from domain.rules.clocks_told import means_of_level, means_of_pause, said_of_extension, said_of_level, said_of_pause
from domain.rules.evidence_due import EVIDENCE_DUE
from domain.rules.levels import over_at, stands_still
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.time_to_answer import queue_calendar
from domain.rules.topic import Known, Topic, inside, words_by, words_of
from domain.worktime.calculator import due
from domain.worktime.spans import Span

LONGEST_HOLD_FOR = timedelta(days=366)
"""Nobody puts a dispute away for longer than a year at once: that is a closed case under another name."""
_OWNED = (Phase.INTAKE, Phase.REVIEW, Phase.APPEAL)


def pause(case: Case, command: c.Pause, context: DecisionContext, at: datetime) -> Facts:
    """Clocks stand still, until an instant or until further notice."""
    if command.clock is not None:
        _pausable(case, command.clock)
    of = command.clock or "team"
    _ahead(command.until, at)
    _not_held(case, of, at)
    return (
        f.ClocksPaused(hold_id=derived_id("hld", command.id), why="pause", of=of, until=command.until, reason=command.reason),
    )


def snooze(case: Case, command: c.Snooze, context: DecisionContext, at: datetime) -> Facts:
    """The case is put away until an instant."""
    _ahead(command.until, at)
    _not_held(case, "team", at)
    hold_id = derived_id("hld", command.id)
    return (f.ClocksPaused(hold_id=hold_id, why="snooze", of="team", until=command.until, reason=command.reason),)


def resume(case: Case, command: c.Resume, context: DecisionContext, at: datetime) -> Facts:
    """Whatever people paused goes on."""
    ids = tuple(h.id for h in case.holds if held_by_people(h, at) and command.clock in (None, h.of))
    if not ids:
        raise NotPaused("No clock of this case was paused or snoozed by anybody (what waits for evidence goes on with it).")
    return (f.ClocksResumed(hold_ids=ids, reason=command.reason),)


def extend(case: Case, command: c.Extend, context: DecisionContext, at: datetime) -> Facts:
    """A clock gets more time before it runs out: what waits for the team through a lead or ops only."""
    clock, definition = _running(case, command.clock)
    if definition.is_the_teams and context.actor is not None and context.actor.role == "mediator":
        raise NotAllowed("Your own time is extended by a lead or by ops.", command=command.type, allowed=["lead", "ops"])
    ends = [x for x in definition.levels if x.before is None and (x.after is not None or x.at >= 1.0)]
    over = over_at(case, clock, context.calendars) if definition.whole_days else None
    # A limit of days lasts to the last hour of its last day (Regulation (EEC, Euratom) No 1182/71, article 3(2)).
    if at >= over if over else any(fired.level == level.name for fired in clock.fired for level in ends):
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
        if law.only_for and command.reason not in law.only_for:
            allowed = ", ".join(law.only_for)
            raise ExtensionRefused(f"The law allows it for these reasons alone: {allowed}.", because="law", allowed=allowed)
        if law.needs_reasons and command.reasons is None:
            raise ExtensionRefused("The law wants the parties to be told why; give `reasons`.", because="reasons")
        if sum(not more.kept for more in clock.extensions) >= law.times:
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


def retarget(case: Case, command: c.Retarget, context: DecisionContext, at: datetime) -> Facts:
    """What the targets follow from changes; pauses that were earned and levels that were reached stay."""
    new = {
        name: value
        for name in ("priority", "category", "queue")
        if (value := getattr(command, name)) not in (None, getattr(case, name))
    }
    minors = under_age.found_out(case, command.minors)
    under_age.found_out(case, command.adults)
    words = confirmation.of_age(case, command.minors, command.adults, command.reason, context)
    wanted = most_urgent(command.priority or case.priority, case.terms.priority_for_minors) if minors else case.priority
    if minors and wanted is not case.priority:
        new["priority"] = wanted
    wants_terms = command.calendar is not None or command.newest is not None
    if wants_terms and context.terms is None:
        raise CalendarUnknown(
            f"There is no calendar '{command.calendar}'." if command.calendar else "The pack of this kind is not known here.",
            calendar=command.calendar,
        )
    if not new and not wants_terms and not minors:
        if words:
            return words
        raise NothingChanges("The case is as this command would make it.")
    changed = context.terms if context.terms is not None and context.terms != case.terms else None
    if not new and changed is None and command.newest is None and not minors:
        raise NothingChanges("The case runs on this calendar already.")
    retargeted = f.CaseRetargeted(
        **new, terms=changed, refreshed=command.newest is not None, minors=minors, reason=command.reason
    )
    moved = (f.CaseQueued(queue=new["queue"], reason="moved"),) if "queue" in new and case.phase in _OWNED else ()
    named = data_rights.renamed(case, new.get("category"))
    return (retargeted, *named, *moved, *words, *under_age.offered_alone(case, minors))


def freeze(case: Case, command: c.Freeze, context: DecisionContext, at: datetime) -> Facts:
    """Every clock but those of the law stands still for an incident."""
    if any(h.why == "freeze" and h.incident == command.incident and h.lasts_at(at) for h in case.holds):
        raise AlreadyHeld("This case is frozen for this incident already.", incident=command.incident)
    since = command.at or at
    if since > at:
        raise InstantRefused("An incident begins now or began before; it cannot be ordered ahead.", because="future")
    hold_id = derived_id("hld", command.id)
    since = max(since, case.opened_at)
    return (f.ClocksFrozen(hold_id=hold_id, incident=command.incident, since=since, reason=command.reason),)


def thaw(case: Case, command: c.Thaw, context: DecisionContext, at: datetime) -> Facts:
    """The incident is over: clocks go on, after a margin."""
    hold = next((h for h in case.holds if h.why == "freeze" and h.incident == command.incident and h.until is None), None)
    if hold is None:
        raise IncidentUnknown("This case is not frozen for this incident.", incident=command.incident)
    until = command.at or at
    if not hold.since <= until <= at:
        raise InstantRefused("An incident ends after it began, and not later than now.", because="out_of_incident")
    margin = _scaled(case, command.margin) if command.margin else None
    goes_on_at = due(queue_calendar(case, context.calendars), until, margin) if margin is not None else None
    over = {"until": until, "margin": margin, "goes_on_at": goes_on_at, "reason": command.reason}
    return (f.ClocksThawed(hold_id=hold.id, incident=command.incident, **over),)


def _running(case: Case, name: str) -> tuple[Clock, ClockTerms]:
    clock = next((found for found in case.clocks if found.name == name and found.stopped_at is None), None)
    definition = case.terms.clock(name)
    if clock is None or definition is None:
        running = [running_clock.name for running_clock in case.clocks if running_clock.stopped_at is None]
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


def held_by_people(hold: Hold, at: datetime) -> bool:
    """Whether somebody of the team holds it, and still does."""
    return hold.why in ("pause", "snooze") and hold.lasts_at(at)


def _not_held(case: Case, of: str, at: datetime) -> None:
    if any(held_by_people(h, at) and h.of == of for h in case.holds):
        raise AlreadyHeld("This stands still already; resume it first.", of=of)


def _runs_out_at(case: Case, clock: Clock, definition: ClockTerms) -> datetime | None:
    """When the target is over, as the timetable has it; None while the clock stands still."""
    ends = {level.name for level in definition.levels if level.is_end}
    rows = [row for row in case.timetable if (row.clock, row.instance) == (clock.name, clock.instance)]
    return next((row.due_at for row in rows if row.level in ends), None)


def _scaled(case: Case, span: Span) -> Span:
    scale = case.terms.time_scale
    return span if scale == 1.0 else span.scaled(scale)


_PEOPLE_S = frozenset({"pause", "snooze"})
_WAKING = frozenset({"claimant", "respondent", "platform"})


def released(holds: tuple[Hold, ...], at: Instant, why: frozenset[str], ids: tuple[str, ...] | None = None) -> tuple[Hold, ...]:
    """The holds, those of some kinds (or with some ids) over since ``at``; what was over before stays as it was."""
    return tuple(
        h.model_copy(update={"until": max(h.since, at), "woken": True})
        if h.why in why and (ids is None or h.id in ids) and h.lasts_at(at)
        else h
        for h in holds
    )


def moved_on(case: Case, fact: f.PhaseEntered, at: Instant) -> Change:
    """A pause or snooze belongs to the phase in which it was asked for.

    One of a clock that the parties see ends when they see the phase change: else its end would tell them of a draft.
    """
    if fact.phase is case.phase or not case.holds:
        return {}
    hidden = fact.phase in UNTOLD or fact.reason in BACK
    over = tuple(h.id for h in case.holds if not (hidden and _theirs(case, h)))
    return {"holds": released(case.holds, at, _PEOPLE_S, over)}


def _theirs(case: Case, hold: Hold) -> bool:
    clock = case.terms.clock(hold.of)
    return clock is not None and not clock.is_the_teams


def ended(case: Case, at: Instant) -> Change:
    """A case that is closed stands under no hold any more, and no measure is in force but one that somebody let outlive it."""
    kept = tuple(measure for measure in case.interim if measure.kept_until is not None and not measure.alone)
    return {"holds": released(case.holds, at, _PEOPLE_S | {"freeze"}), "interim": kept}


def reopened(case: Case, rec: f.Recording, fact: f.CaseReopened) -> Change:
    """The time the case was closed counts as a pause of every clock that goes on."""
    gap = Hold(
        id=f"hld_{rec.command_id}", why="closed", of="all", since=case.closed_at or rec.at, until=rec.at, reason="closed",
        by=rec.actor.id, woken=True,
    )  # fmt: skip
    return {"holds": (*case.holds, gap)}


def woken(case: Case, rec: f.Recording, fact: f.MessageSent | f.EvidenceSubmitted) -> Change:
    """A word from outside wakes a case that was put away; one from its owner counts as their answer."""
    role = rec.actor.role if rec.actor.role in ("platform", "system") else "staff"
    sender = fact.sender if isinstance(fact, f.MessageSent) else role if fact.side is None else fact.side.value
    change: Change = {"holds": released(case.holds, rec.at, frozenset({"snooze"}))} if sender in _WAKING and case.holds else {}
    if sender == "staff" and isinstance(fact, f.MessageSent) and rec.actor.id == case.owner:
        change["answered_at"] = rec.at
    return change


def _level_reached(case: Case, rec: f.Recording, fact: f.LevelReached) -> Change:
    counts = fact.action == "escalate" and fact.withheld is None and fact.told != ()
    called: Change = {"escalations": case.escalations + 1, "pages": alarms.paged(case, fact, rec.at)} if counts else {}
    return {**called, **_of_built_in(case, fact)}


def _of_built_in(case: Case, fact: f.LevelReached) -> Change:
    """Levels of the clocks that every case has by itself."""
    if fact.clock in EVIDENCE_DUE and fact.action == "warn":
        told = {"reminded": True}
        definition = case.terms.clock(fact.clock)
        side = definition.waits_for if definition else None
        hit = (r.of.value == side and r.number == fact.instance for r in case.requests)
        return {"requests": tuple(r.model_copy(update=told) if h else r for r, h in zip(case.requests, hit, strict=True))}
    if fact.clock == KEPT_MEASURE.name:
        return interim.kept_no_longer(case, fact.instance)
    if fact.clock == STANDSTILL.name:
        return {"standstills": case.standstills + 1, "look_again_at": fact.again_at}
    if fact.clock == CHARGEBACK.name and fact.action == "warn" and case.chargeback is not None:
        return {"chargeback": case.chargeback.model_copy(update={"warned": True})}
    if fact.clock == SNOOZE.name:
        over = case.holds[fact.instance - 1].model_copy(update={"woken": True})
        return {"holds": (*case.holds[: fact.instance - 1], over, *case.holds[fact.instance :])}
    return {}


def _clocks_paused(case: Case, rec: f.Recording, fact: f.ClocksPaused) -> Change:
    hold = Hold(id=fact.hold_id, why=fact.why, of=fact.of, since=rec.at, until=fact.until, reason=fact.reason, by=rec.actor.id)
    return {"holds": (*case.holds, hold)}


def _clocks_resumed(case: Case, rec: f.Recording, fact: f.ClocksResumed) -> Change:
    return {"holds": released(case.holds, rec.at, _PEOPLE_S, fact.hold_ids)}


def _clocks_frozen(case: Case, rec: f.Recording, fact: f.ClocksFrozen) -> Change:
    hold = Hold(
        id=fact.hold_id, why="freeze", of="all", since=fact.since, reason=fact.reason, by=rec.actor.id, incident=fact.incident
    )
    return {"holds": (*case.holds, hold)}


def _clocks_thawed(case: Case, rec: f.Recording, fact: f.ClocksThawed) -> Change:
    over = {"until": fact.until, "margin": fact.margin, "goes_on_at": fact.goes_on_at, "woken": True}
    return {"holds": tuple(h.model_copy(update=over) if h.id == fact.hold_id else h for h in case.holds)}


def _clock_extended(case: Case, rec: f.Recording, fact: f.ClockExtended) -> Change:
    definition = case.terms.clock(fact.clock)
    clocks = []
    for clock in case.clocks:
        if (clock.name, clock.instance) == (fact.clock, fact.instance):
            still = definition is not None and stands_still(case, clock, definition)
            more = Extended(at=rec.at, by_span=fact.by_span, to=fact.to, stood_still=still)
            again = _comes_again(clock) if definition is not None and definition.whole_days else {}
            clock = clock.model_copy(update={"extensions": (*clock.extensions, more), **again})  # noqa: PLW2901 - the changed one
        clocks.append(clock)
    return {"clocks": tuple(clocks)}


def _comes_again(clock: Clock) -> dict[str, Any]:
    """What was told before is told again at the new end."""
    return {"fired": tuple(one.model_copy(update={"before_more_time": True}) for one in clock.fired), "ran_on": None}


def _case_retargeted(case: Case, rec: f.Recording, fact: f.CaseRetargeted) -> Change:
    named = {"priority": fact.priority, "category": fact.category, "queue": fact.queue, "terms": fact.terms}
    change: Change = {name: value for name, value in named.items() if value is not None}
    if fact.category is not None:
        change |= {"filed_as": (*case.filed_as, case.category), "category_listed": False}
        change |= {"called_at": rec.at, "answered_since": ()}
    if (fact.category or fact.priority) and rec.actor.role in confirmation.TEAM:
        change["called_by"] = tuple(dict.fromkeys((*case.called_by, rec.actor.id)))
    afresh: dict[str, Any] = {"zone_data": None} if fact.refreshed else {}
    if fact.refreshed or fact.queue is not None or fact.terms is not None:
        # What a hand-over had kept is promised anew.
        afresh |= {"keeps_calendar": False, "calendar": None}
        change["clocks"] = tuple(c.model_copy(update=afresh) if c.stopped_at is None else c for c in case.clocks)
    if fact.keeps:
        change["clocks"] = tuple(_with_its_time(case, c, fact, rec.at) for c in change.get("clocks", case.clocks))
    young = confirmation.flagged(case, rec, fact.minors) if fact.minors else {}
    return {**change, **young, **charge.moved(case, rec, fact), **_as_told(case, fact)}


def _with_its_time(case: Case, clock: Clock, fact: f.CaseRetargeted, at: Instant) -> Clock:
    """A clock with the end that was promised, where the new targets would have moved it."""
    to = dict(fact.keeps).get(clock.name)
    definition = case.terms.clock(clock.name)
    if to is None or clock.stopped_at is not None or definition is None:
        return clock
    more = Extended(at=at, to=to, stood_still=stands_still(case, clock, definition), kept=True)
    return clock.model_copy(update={"extensions": (*clock.extensions, more)})


def _as_told(case: Case, fact: f.CaseRetargeted) -> Change:
    """Other terms neither tell the respondent of the case nor take back that they know, nor open what is said to the desk."""
    if fact.terms is None:
        return {}
    kept: dict[str, str] = {}
    if case.terms.elsewhere is not None:
        kept = {"words": case.terms.words, "report": case.terms.report}
    if fact.terms.disclosure == case.terms.disclosure:
        return {"terms": fact.terms.model_copy(update=kept)} if kept else {}
    if case.is_disclosed:
        told = {"disclosed_at": case.disclosed_at or case.opened_at}
        return {**told, "terms": fact.terms.model_copy(update=kept)} if kept else told
    return {"terms": fact.terms.model_copy(update={**kept, "disclosure": case.terms.disclosure})}


def owns_clock(case: Case, name: str, audience: Audience) -> bool:
    """Whether a clock waits for this audience or for nobody in particular, in a phase that is no secret."""
    clock = case.terms.clock(name)
    return clock is not None and clock.during not in UNTOLD and clock.waits_for in (audience, "nobody")


def knows_pause_of(case: Case, of: str, audience: Audience) -> bool:
    """Whether this audience may know that somebody made a clock stand still (``of``: its name, or ``team``), and let it go on.

    A side knows it of its own clock, whose date is gone from what it sees; the platform of both sides', because it sees what both
    were asked and by when. Pauses of the team's clocks stay inside, and so does why anybody paused.
    """
    if audience == "platform":
        return any(owns_clock(case, of, side) for side in ("claimant", "respondent"))
    return owns_clock(case, of, audience)


def _knows_extension(case: Case, fact: f.ClockExtended, audience: Audience) -> bool:
    clock = case.terms.clock(fact.clock)
    by_law = clock is not None and clock.statutory and clock.during not in UNTOLD
    return by_law or owns_clock(case, fact.clock, audience)


def _refusal_of_resume(case: Case, actor: Actor) -> Refusal | None:
    if any(h.why in ("pause", "snooze") and h.lasts_at(case.updated_at) for h in case.holds):
        return None
    return NotPaused("No clock of this case was paused or snoozed.")


def _refusal_of_extend(case: Case, actor: Actor) -> Refusal | None:
    if actor.role != "mediator" or any(_runs_for_others(case, clock) for clock in case.clocks):
        return None
    return NotAllowed("Your own time is extended by a lead or by ops.", command="extend", allowed=["lead", "ops"])


def _runs_for_others(case: Case, clock: Clock) -> bool:
    """A running clock that does not wait for the team."""
    definition = case.terms.clock(clock.name)
    return clock.stopped_at is None and definition is not None and not definition.is_the_teams


def _refusal_of_thaw(case: Case, actor: Actor) -> Refusal | None:
    if any(h.why == "freeze" and h.until is None for h in case.holds):
        return None
    return IncidentUnknown("This case is not frozen.")


TOPIC = Topic(
    rules={command.__name__: command for command in (pause, snooze, resume, extend, retarget, freeze, thaw)},
    changes={
        "level_reached": _level_reached,
        "clocks_paused": _clocks_paused,
        "clocks_resumed": _clocks_resumed,
        "clocks_frozen": _clocks_frozen,
        "clocks_thawed": _clocks_thawed,
        "clock_extended": _clock_extended,
        "case_retargeted": _case_retargeted,
    },
    refuses={"resume": _refusal_of_resume, "extend": _refusal_of_extend, "thaw": _refusal_of_thaw},
    means={"level_reached": means_of_level, "clocks_paused": means_of_pause},
    words=words_by(f.LevelReached, "action") | words_of("clocks_paused", "put_away"),
    known_to={
        # Their own reminder; a clock that waits for the team is the team's business.
        "level_reached": Known(
            lambda case, fact, audience: owns_clock(case, fact.clock, audience),
            "nothing",
            "A reminder is for the side whose clock it is; whoever is on no side has no clock.",
        ),
        "clock_extended": Known(
            _knows_extension,
            "nothing",
            "More time for a side is that side's to know, more time by law everybody's on a side; the team's own stays inside.",
        ),
        "clocks_paused": Known(
            lambda case, fact, audience: knows_pause_of(case, fact.of, audience),
            "nothing",
            "A side sees that its own date is gone; why, and what the team waits for, stays inside.",
        ),
        "clocks_resumed": Known(
            lambda case, fact, audience: any(
                knows_pause_of(case, hold.of, audience) for hold in case.holds if hold.id in fact.hold_ids
            ),
            "nothing",
            "A side sees that its own date is there again.",
        ),
        "clocks_frozen": inside("An incident of the team is told by other means, to all whom it concerns at once."),
        "clocks_thawed": inside("As the freeze that it ends."),
        "case_retargeted": inside("Priority, queue and terms are how the team works; a changed date is told as that."),
    },
    said={"level_reached": said_of_level, "clock_extended": said_of_extension, "clocks_paused": said_of_pause},
)
