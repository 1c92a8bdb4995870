"""Finding somebody for a case that waits: somebody who is there, fair by load, never somebody who may not judge it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from temporalio import activity

from activities.messages import CaseRef
from activities.ports import Candidate, Inbox, Records, Roster
from domain.base import Phase
from domain.case import Case
from domain.fairness import bar_to_judging


class AssignActivities:
    """Holds ``cases.assign``."""

    def __init__(self, records: Records, roster: Roster, inbox: Inbox) -> None:
        self._records, self._roster, self._inbox = records, roster, inbox

    @activity.defn(name="cases.assign")
    async def assign(self, ref: CaseRef) -> str | None:
        """Put an ``assign`` command into the inbox, naming the best person or nobody; its id, or None when none is needed any
        more.
        """
        standing = await self._records.read(ref.tenant_id, ref.case_id)
        case = standing.case if standing else None
        if standing is None or case is None or not case.open or case.owner is not None or not case.owner_sought:
            return None
        # Named after the fact that made the case ownerless: however often this runs, the same need is met once.
        command_id = f"cmd_assign.{ref.case_id}.{case.seq}"
        chosen = choose(case, await self._roster.candidates(ref.tenant_id, case.queue, standing.now))
        owner, reason = (chosen.actor.id, "fewest_cases") if chosen else (None, "nobody_free")
        command = {"id": command_id, "type": "assign", "by": "system", "channel": "system", "owner": owner, "reason": reason}
        return await self._inbox.put(ref.tenant_id, ref.case_id, command, channel="system")


def choose(case: Case, candidates: Sequence[Candidate]) -> Candidate | None:
    """Somebody with room who may judge the case: who is there before who comes later, and of those who are there the least
    loaded; among equals the one who waited longest. A case that was escalated waits for nobody: only who is there gets it.
    """
    free = [c for c in candidates if c.open_cases < c.capacity and bar_to_judging(case, c.actor) is None]
    if case.escalations:
        free = [c for c in free if c.on_shift]
    if case.phase is Phase.APPEAL:
        # Leads decide appeals where there is one; a mediator without a part in it is the second choice.
        free = [c for c in free if c.actor.role == "lead"] or free
    return min(free, key=_rank, default=None)


def _rank(candidate: Candidate) -> tuple[float, float, float, str]:
    comes_at = candidate.next_shift_at.timestamp() if candidate.next_shift_at else math.inf
    waited_since = candidate.last_assigned_at.timestamp() if candidate.last_assigned_at else 0.0
    load = candidate.open_cases / max(candidate.capacity, 1)
    return (-math.inf if candidate.on_shift else comes_at, load, waited_since, candidate.actor.id)
