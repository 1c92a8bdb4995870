"""By what right somebody reads a case; and that it is kept who read what.

Parties, the platform and the system's operator read what is theirs to see (:mod:`domain.views.case`). Of the team, a declared
conflict of interest closes a case, whatever else is true. Leads and operations read every other one. Mediators, of the house, of
a vendor or at a site, read the cases of their own queues, those that they have, worked on or had a part in, and for a while those
to which they took access with a reason (:mod:`services.readers`).

An id of a case that somebody may not read stands in nothing that they read of another one: :func:`closed_among` says which those
are, wherever a case, a fact, a sanction or an answer names one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.base import Side
from domain.model.case import Case
from domain.model.people import Actor, Standing
from domain.rules.need_to_know import ACCESS, closed_to, right_by_part, right_by_standing
from services.callers import LEADERS, TEAM, Caller
from services.errors import Refused
from services.parts import Parts
from storage.views.cases import CaseFilter

_CASE_ID = re.compile(r"case_[A-Za-z0-9-]{8,64}")
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
    return (await rights_of(parts, caller, {case_id: case}, reader)).get(case_id)


async def rights_of(parts: Parts, caller: Caller, cases: Mapping[str, Case | None], reader: Actor) -> Mapping[str, Right]:
    """:func:`right_of` for each of some cases, in one look however many they are; those without a right are left out."""
    if isinstance(reader.side, Side):
        return dict.fromkeys(cases, Right("party"))
    if any(case is not None and closed_to(case.parties, reader) for case in cases.values()):
        raise Refused("conflict_of_interest", f"You declared that you stand close to somebody in this case. {_TURN_TO}")
    found = {case_id: Right(own) for case_id, case in cases.items() if (own := right_by_part(case, reader))}
    asked = [case_id for case_id in cases if case_id not in found]
    there = await parts.reading.standings(caller.tenant_id, asked, reader.id) if asked else {}
    for case_id in asked:
        standing = there.get(case_id, Standing())
        if why := right_by_standing(standing):
            found[case_id] = Right(why, standing.access_id if why == ACCESS else None)
    return found


def limited(reader: Actor) -> bool:
    """Whether somebody of the team reads no more than what they work on: mediators do."""
    return reader.role in TEAM and reader.role not in LEADERS


async def within(parts: Parts, caller: Caller, reader: Actor) -> tuple[str, ...] | None:
    """The queues, and themselves (owner, involved, with access), that somebody's lists are limited to; None: they are not."""
    return (*await parts.reading.queues(caller.tenant_id, reader.id), reader.id) if limited(reader) else None


def cases_named(said: Any) -> frozenset[str]:
    """The ids of cases that stand anywhere in what is said, given as JSON."""
    return frozenset(_CASE_ID.findall(json.dumps(said, default=str)))


async def closed_among(parts: Parts, caller: Caller, reader: Actor, named: Iterable[str]) -> frozenset[str]:
    """Those of the cases named that this reader may not know: one that nobody has is among them, too."""
    if reader.role not in TEAM or not (limited(reader) or reader.conflicts):
        return frozenset()
    ids = frozenset(named)
    if not ids:
        return ids
    which = CaseFilter(ids=tuple(sorted(ids)), closed_to=reader.conflicts or None, within=await within(parts, caller, reader))
    return ids - await parts.views.ids(caller.tenant_id, which)


def without(said: Any, closed: frozenset[str]) -> Any:
    """The same without these cases: a field that names one is empty, and a list lacks whatever does."""
    if isinstance(said, dict):
        return {name: None if _names(value, closed) else without(value, closed) for name, value in said.items()}
    if isinstance(said, list):
        return [without(one, closed) for one in said if not _names(one, closed) and not names_one(one, closed)]
    return said


def names_one(said: Any, closed: frozenset[str]) -> bool:
    """Whether something with fields is about one of these cases."""
    return isinstance(said, dict) and any(_names(value, closed) for value in said.values())


def _names(value: Any, closed: frozenset[str]) -> bool:
    return isinstance(value, str) and not closed.isdisjoint(_CASE_ID.findall(value))


async def noted(parts: Parts, caller: Caller, case_ids: Sequence[str], reader: Actor, right: Right, *what: str) -> None:
    """Keep that this caller reads this of these cases. It is kept before anything is given."""
    await parts.reading.note(caller.tenant_id, case_ids, reader, caller.credential, what, right.why, right.access_id)
