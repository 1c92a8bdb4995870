"""By what right somebody reads a case; and that it is kept who read what.

Parties, the platform and the system's operator read what is theirs to see (:mod:`domain.views.case`). Of the team, a declared
conflict of interest closes a case, whatever else is true. Leads and operations read every other one. Mediators, of the house, of
a vendor or at a site, read the cases of their own queues, those that they have, worked on or had a part in, and for a while those
to which they took access with a reason (:mod:`services.readers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.base import Side
from domain.model.case import Case
from domain.model.people import Actor
from domain.rules.need_to_know import ACCESS, closed_to, right_by_part, right_by_standing
from services.callers import LEADERS, TEAM, Caller
from services.errors import Refused
from services.parts import Parts

_TURN_TO = "Another person has to look at it; turn to your lead, or to operations."


@dataclass(frozen=True)
class Right:
    """Why somebody may read a case."""

    why: str
    """``party``, ``platform``, ``system``, ``lead``, ``ops``, ``queue``, ``owner``, ``involved`` or ``break_glass``; ``team``
    in rows of earlier releases, where every mediator of the house read every case."""
    access_id: str | None = None
    """The access that they took, when it is nothing else."""


async def right_of(parts: Parts, caller: Caller, case_id: str, case: Case | None, reader: Actor) -> Right | None:
    """By what right; None: they would have to take access. Raises ``conflict_of_interest``, which no access opens."""
    if isinstance(reader.side, Side):
        return Right("party")
    if case is not None and closed_to(case.parties, reader):
        raise Refused("conflict_of_interest", f"You declared that you stand close to somebody in this case. {_TURN_TO}")
    if own := right_by_part(case, reader):
        return Right(own)
    standing = await parts.reading.standing(caller.tenant_id, case_id, reader.id)
    why = right_by_standing(standing)
    return Right(why, standing.access_id if why == ACCESS else None) if why else None


def limited(reader: Actor) -> bool:
    """Whether somebody of the team reads no more than what they work on: mediators do."""
    return reader.role in TEAM and reader.role not in LEADERS


async def within(parts: Parts, caller: Caller, reader: Actor) -> tuple[str, ...] | None:
    """The queues, and themselves (owner, involved, with access), that somebody's lists are limited to; None: they are not."""
    return (*await parts.reading.queues(caller.tenant_id, reader.id), reader.id) if limited(reader) else None


async def noted(parts: Parts, caller: Caller, case_ids: Sequence[str], reader: Actor, right: Right, *what: str) -> None:
    """Keep that this caller reads this of these cases. It is kept before anything is given."""
    await parts.reading.note(caller.tenant_id, case_ids, reader, caller.credential, what, right.why, right.access_id)
