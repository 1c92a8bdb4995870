"""Finds somebody for a case that waits: somebody who is there, fair by load, never somebody who may not judge it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from temporalio import activity

from activities.messages import CaseRef
from activities.ports.people import Candidate, Roster
from activities.ports.records import Inbox, Records
from domain.base import Phase
from domain.model.case import Case
from domain.rules.fairness import disqualification
from domain.rules.skills import language_of, skill_of

Remembered = Callable[[str, str], tuple[int, Case] | tuple[None, None]]


class AssignActivities:
    """Holds ``cases.assign``. ``remembered`` names the case that the record has in its hands, and its turn: it is not read
    again.
    """

    def __init__(self, records: Records, roster: Roster, inbox: Inbox, remembered: Remembered = lambda *_: (None, None)) -> None:
        self._records, self._roster, self._inbox, self._remembered = records, roster, inbox, remembered

    @activity.defn(name="cases.assign")
    async def assign(self, ref: CaseRef) -> str | None:
        """Put an ``assign`` command into the inbox that names the best person, or nobody; its id, or None when none is needed."""
        turn, case = self._remembered(ref.tenant_id, ref.case_id)
        snapshot = await self._records.read(ref.tenant_id, ref.case_id, known_turn=turn)
        if snapshot is None or not snapshot.unchanged:
            case = snapshot.case if snapshot else None
        if snapshot is None or case is None or not case.open or case.owner is not None or not case.owner_sought:
            return None
        # Named after the fact that made the case ownerless: however often this runs, the same need is met once.
        command_id = f"cmd_assign.{ref.case_id}.{case.seq}"
        person, reason = choose(case, await self._roster.candidates(ref.tenant_id, case.queue, snapshot.now))
        owner = person.actor.id if person else None
        command = {"id": command_id, "type": "assign", "by": "system", "channel": "system", "owner": owner, "reason": reason}
        return await self._inbox.put(ref.tenant_id, ref.case_id, command, channel="system")


def wakes(case: Case) -> bool:
    """Whether the ladder of a case calls people whatever their shifts say."""
    return any(step.on_call for step in case.terms.ladder_of(case.priority, case.category))


class Choice(NamedTuple):
    """Who gets a case, and why this one (or nobody)."""

    person: Candidate | None
    reason: str
    """With somebody: ``fewest_cases``, ``has_skill``, ``speaks_language``, ``has_skill_and_language``, ``on_call`` (nobody is on
    shift), or ``skill_missing`` (they lack the skill, as everybody in the queue does). With nobody: ``nobody_free``, or
    ``skill_not_free`` (who has it has no room).
    """


def choose(case: Case, candidates: Sequence[Candidate]) -> Choice:
    """Somebody with room who may judge the case and has the skill it needs.

    Whoever speaks its language comes before who does not, whoever is there before who comes later; of those who are there the
    least loaded, and among equals whoever waited longest. Where nobody of the queue has the skill, the case goes to somebody
    without it. A case that was escalated does not wait for a shift: it goes to somebody who is there now, or to nobody.
    """
    able = [c for c in candidates if disqualification(case, c.actor) is None]
    skill, language = skill_of(case), language_of(case)
    skilled = [c for c in able if skill in c.skills]
    free = [c for c in skilled or able if c.open_cases < c.capacity]
    if wakes(case) and not any(c.on_shift for c in free):
        # Whoever is on call has it at once, whatever they carry: the next shift would be too late.
        called = [c for c in skilled or able if c.on_call is not None] or [c for c in able if c.on_call is not None]
        if called:
            return Choice(min(called, key=lambda c: (c.on_call or 0, *_rank(c))), "on_call")
    if case.escalations:
        free = [c for c in free if c.on_shift]
    if case.phase is Phase.APPEAL:
        # Leads decide appeals where there is one; a mediator without a part in it is the second choice.
        free = [c for c in free if c.actor.role == "lead"] or free
    if not free:
        return Choice(None, "skill_not_free" if skilled else "nobody_free")
    person = min(free, key=lambda c: (_out_of_reach(c), language not in c.languages, *_rank(c)))
    if skill is not None and not skilled:
        return Choice(person, "skill_missing")
    preferred = language in person.languages and any(language not in c.languages for c in free)
    return Choice(person, _REASONS[bool(skilled), preferred])


_REASONS = {
    (False, False): "fewest_cases",
    (True, False): "has_skill",
    (False, True): "speaks_language",
    (True, True): "has_skill_and_language",
}
"""By whether the skill and whether the language decided."""


def _out_of_reach(candidate: Candidate) -> bool:
    """Not there, and not known to come again: the last choice, whatever they speak."""
    return not candidate.on_shift and candidate.next_shift_at is None


def _rank(candidate: Candidate) -> tuple[float, float, float, str]:
    comes_at = candidate.next_shift_at.timestamp() if candidate.next_shift_at else math.inf
    waited_since = candidate.last_assigned_at.timestamp() if candidate.last_assigned_at else 0.0
    load = candidate.open_cases / max(candidate.capacity, 1)
    return (-math.inf if candidate.on_shift else comes_at, load, waited_since, candidate.actor.id)
