"""Whom a missed target calls: one page for each person, rung and promise, and quiet once somebody says they have the case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.base import Instant
from domain.model import facts as f
from domain.model.alarms import EVERYBODY, Acknowledge, Acknowledged, AlarmAcknowledged, NoAlarm, Page
from domain.model.case import Case
from domain.model.clocks import Clock
from domain.model.people import Actor
from domain.model.refusals import InstantRefused, Refusal
from domain.model.terms import Audience, LadderStep
from domain.rules.fairness import disqualification, in_conflict
from domain.rules.interim import lapses_at
from domain.rules.lifecycle import SEEKS_OWNER
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import Topic, inside

LOOK_AGAIN_FOR = timedelta(hours=1)
"""Wall time. Nobody is there and nobody is known to come: short enough that no morning is missed."""
CALLED_FOR = timedelta(hours=4)
"""Wall time. Everybody of the last rung was called: so long at most until it is looked whether others are on call."""
CALLED_ANEW_AFTER = timedelta(hours=72)
"""Wall time. Everybody of the last rung was called, and nobody has said that they have it: so long after its call somebody is
called once more. A weekend is shorter, and no case that calls for help is forgotten."""
EARLIEST_LOOK_FOR = timedelta(minutes=1)
_PEOPLE: dict[Audience, str] = {"leads": "lead", "ops": "ops"}

Team = tuple[f.Colleague, ...]


class Landing(NamedTuple):
    """Where an escalation lands."""

    told: tuple[str, ...] | None
    """People; empty: this rung has called them all. None: nobody was looked up, so it goes by role; or nobody is there."""
    again_at: datetime | None = None
    """When somebody is there, or when it is looked whether others are on call."""


def acknowledge(case: Case, command: Acknowledge, context: DecisionContext, at: datetime) -> Facts:
    """Somebody has it: nobody else is called until the time is over. A case that nobody owns is theirs from then on.

    Raises NoAlarm where nobody was called, and InstantRefused for an instant that is past or further ahead than the pack allows.
    """
    latest = at + case.terms.quiet_once_acknowledged
    if (refusal := _refusal(case, context.known())) is not None:
        raise refusal
    if command.until is not None and command.until <= at:
        raise InstantRefused("This instant is past.", because="past")
    if command.until is not None and command.until > latest:
        raise InstantRefused(f"Nobody keeps an alarm quiet beyond {latest.isoformat()} at once.", because="too_far")
    person = context.known()
    known = AlarmAcknowledged(person=person.id, until=command.until or latest)
    takes = case.owner is None and case.phase in SEEKS_OWNER and disqualification(case, person) is None
    return (known, f.CaseAssigned(owner=person.id, reason="acknowledged")) if takes else (known,)


def quiet_until(case: Case, reached: f.LevelReached, at: datetime) -> datetime | None:
    """Until when an alarm is quiet because somebody has the case; None where nobody has, or the time is over.

    A limit of the law, and what protects somebody and is about to lapse, call whoever has the case for another reason: they are
    quiet once somebody has said that they have it after its own call.
    """
    known = case.acknowledged
    if known is None or known.until <= at:
        return None
    definition = case.terms.clock(reached.clock)
    graver = saves(case, reached.clock) or (definition is not None and definition.statutory)
    if graver and not any(_same_promise(page, reached) and page.at <= known.at for page in case.pages):
        return None
    return known.until


def _same_promise(page: Page, reached: f.LevelReached) -> bool:
    return (page.clock, page.instance) == (reached.clock, reached.instance)


def saves(case: Case, clock: str) -> bool:
    """Whether a clock ends what protects somebody when it runs out."""
    definition = case.terms.clock(clock)
    return definition is not None and any(level.default == "lift_interim" for level in definition.levels)


def landing(
    case: Case, reached: f.LevelReached, step: LadderStep, above: tuple[LadderStep, ...], team: Team | None, at: datetime
) -> Landing:
    """The people whom a rung calls now, whom it has not called yet.

    On call: who is on call first for the queue, at its next time who is second, then everybody whom the rung names, whatever the
    shifts say. Else those who are on shift and have room, of the next rung up where there are none.
    """
    climbs = case.terms.rung(step.name) == step
    if team is None:
        again = climbs and not _fresh(case, reached, step, (EVERYBODY,), at)
        return Landing((), at + CALLED_FOR if step.on_call else None) if again else Landing(None)
    asked = list(_asked(case, step, team))
    if step.on_call or not asked:
        return _on_call(case, reached, step, asked, team, at) if climbs else Landing(_ids(asked) or None)
    able = _able(case, (step, *above), team)
    if not able:
        return _nobody_there(case, reached, (step, *above), team, at)
    fresh = _fresh(case, reached, step, able, at) if climbs else able
    return Landing(fresh)


def _on_call(
    case: Case, reached: f.LevelReached, step: LadderStep, asked: list[f.Colleague], team: Team, at: datetime
) -> Landing:
    rota = [c for c in team if c.on_call is not None and not in_conflict(case, c.actor)]
    if not rota and not asked:
        return Landing(None)
    owner = [c for c in asked if c.actor.id == case.owner and (c.on_shift or c.on_call is not None)]
    ranks = sorted({c.on_call for c in rota if c.on_call is not None})
    groups = [[*(owner if number == 0 else ()), *(c for c in rota if c.on_call == rank)] for number, rank in enumerate(ranks)]
    for anew in (False, True):
        for group in (*groups, asked):
            fresh = _fresh(case, reached, step, dict.fromkeys(_ids(group)), at, anew=anew)
            if fresh:
                return Landing(fresh)
    changes = [c.on_call_until for c in rota if c.on_call_until is not None and c.on_call_until >= at]
    again_at = max(at + EARLIEST_LOOK_FOR, min((*changes, at + CALLED_FOR)))
    return Landing((), again_at)


def _fresh(
    case: Case, reached: f.LevelReached, step: LadderStep, people: Iterable[str], at: datetime, *, anew: bool = True
) -> tuple[str, ...]:
    """Those of these whom the rung has not called yet for this promise: another one that is broken is another alarm."""
    called = _called(case, reached, step, at - CALLED_ANEW_AFTER if anew and _is_last(case, step) else None)
    return tuple(one for one in people if one not in called)


def _called(case: Case, reached: f.LevelReached, step: LadderStep, anew: datetime | None) -> frozenset[str]:
    """Whom this rung has called for what was missed; with ``anew``: since then, and since somebody had the case last, for after
    the last rung the call begins anew.
    """
    known = case.acknowledged if anew is not None else None
    pages = (p for p in open_pages(case) if p.step == step.name and _same_promise(p, reached))
    return frozenset(p.person for p in pages if (known is None or p.at > known.at) and (anew is None or p.at > anew))


def _is_last(case: Case, step: LadderStep) -> bool:
    ladder = case.terms.ladder_of(case.priority, case.category)
    return not ladder or ladder[-1] == step


def _able(case: Case, rungs: Iterable[LadderStep], team: Team) -> tuple[str, ...]:
    for wanted in rungs:
        there = (c for c in _asked(case, wanted, team) if c.on_shift and (c.free or c.actor.id == case.owner))
        if able := _ids(there):
            return able
    return ()


def _nobody_there(case: Case, reached: f.LevelReached, rungs: tuple[LadderStep, ...], team: Team, at: datetime) -> Landing:
    everybody = [colleague for wanted in rungs for colleague in _asked(case, wanted, team)]
    coming = [colleague.next_shift_at for colleague in everybody if colleague.next_shift_at is not None]
    again_at = min(coming, default=at + LOOK_AGAIN_FOR)
    over_at = lapses_at(case) if saves(case, reached.clock) else None
    if over_at is not None and again_at >= over_at:
        # It would be over before anybody comes: whoever could act hears of it now.
        return Landing(tuple(dict.fromkeys(_ids(everybody))) or None)
    return Landing(None, again_at)


def _ids(people: Iterable[f.Colleague]) -> tuple[str, ...]:
    return tuple(colleague.actor.id for colleague in people)


def _asked(case: Case, step: LadderStep, team: Team) -> Iterable[f.Colleague]:
    for colleague in team:
        if in_conflict(case, colleague.actor):
            # They may not even read it.
            continue
        by_role = any(_PEOPLE.get(audience) in colleague.roles for audience in step.audience)
        is_owner = case.owner == colleague.actor.id and "owner" in step.audience
        drafted = case.ruling is not None and case.ruling.decider == colleague.actor.id and "drafter" in step.audience
        if by_role or is_owner or drafted:
            yield colleague


def new_owner(case: Case, step: LadderStep, told: tuple[str, ...] | None, team: Team | None) -> str | None:
    """Who of those on call has the case from now on, because whoever had it is not there; None where it stays with them.

    Somebody who may decide it: who is first before who is second.
    """
    if not step.on_call or team is None or case.phase not in SEEKS_OWNER:
        return None
    there = {c.actor.id for c in team if c.on_shift or c.on_call is not None}
    if case.owner in there:
        return None
    called = [c for c in team if c.on_call is not None and c.actor.id in (told or ())]
    able = [c for c in called if disqualification(case, c.actor) is None]
    return min(able, key=lambda c: (c.on_call or 0, c.actor.id)).actor.id if able else None


def paged(case: Case, fact: f.LevelReached, at: Instant) -> tuple[Page, ...]:
    """The pages that count after an escalation, its own among them."""
    kept = open_pages(case)
    if fact.step is None:
        return kept
    people = fact.told if fact.told is not None else (EVERYBODY,)
    # Of the same call to the same person the last one is kept: a case that nobody takes is called for again and again.
    again = [p for p in kept if p.step == fact.step and p.person in people and _same_promise(p, fact)]
    made = (Page(step=fact.step, person=one, clock=fact.clock, instance=fact.instance, at=at) for one in people)
    return (*(p for p in kept if p not in again), *made)


def open_pages(case: Case) -> tuple[Page, ...]:
    """The pages whose clock is still running: what was missed is not done yet."""
    running = {(c.name, c.instance) for c in case.clocks if c.stopped_at is None}
    return tuple(p for p in case.pages if (p.clock, p.instance) in running)


def _refusal(case: Case, actor: Actor) -> Refusal | None:
    if open_pages(case):
        return None
    return NoAlarm("Nobody was called because of this case, or what they were called for is done.")


def _acknowledged(case: Case, rec: f.Recording, fact: AlarmAcknowledged) -> Change:
    known = Acknowledged(person=fact.person, at=rec.at, until=fact.until)
    return {"acknowledged": known, "clocks": tuple(_again_then(clock, fact.until) for clock in case.clocks)}


def _again_then(clock: Clock, until: Instant) -> Clock:
    """A clock whose levels, where they have called everybody, call again once the time is over."""
    if clock.stopped_at is not None or not any(x.again_at is not None and x.again_at > until for x in clock.fired):
        return clock
    fired = (x.model_copy(update={"again_at": min(x.again_at, until)}) if x.again_at is not None else x for x in clock.fired)
    return clock.model_copy(update={"fired": tuple(fired)})


TOPIC = Topic(
    rules={"acknowledge": acknowledge},
    changes={"alarm_acknowledged": _acknowledged},
    refuses={"acknowledge": _refusal},
    known_to={"alarm_acknowledged": inside("Who of the team has a case in hand is how the team works.")},
)
