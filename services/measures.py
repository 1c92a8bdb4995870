"""Interim measures as whoever they hit may see them, whether or not they were told of a case.

Somebody notices that their account is suspended before they are told of a report. They find the measure here, with what they were
to be told of it, and ask that it be looked at again. Nothing says that there is a case: no number, no kind, no other side.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.model.people import Actor
from domain.model.safeguards import Interim
from domain.rules.fairness import who_is_hit
from domain.rules.interim import ends_at
from services.callers import Caller
from services.cases import Seen
from services.commands import CommandState, send, whole
from services.errors import Refused, not_found
from services.parts import Parts
from services.rows import CaseRow
from storage.views.cases import CaseFilter


@dataclass(frozen=True)
class Measure:
    """A measure that is in force against somebody."""

    id: str
    measure: str
    imposed_at: datetime
    ends_at: datetime | None
    """When it ends by itself, unless somebody looks at it again."""
    told: str | None
    asked_at: datetime | None
    """When they last asked that it be looked at again."""


async def mine(parts: Parts, caller: Caller) -> list[Measure]:
    """The measures in force against the party in whose place the caller asks. Raises ``party_needed``."""
    row, measures = await _against(parts, caller)
    if row is None or row.case is None:
        return []
    texts = await parts.views.texts(caller.tenant_id, [one.told.content_id for one in measures if one.told])
    return [
        Measure(
            one.id,
            one.remedy.type,
            one.imposed_at,
            ends_at(row.case, one),
            texts.get(one.told.content_id) if one.told else None,
            one.asked_at,
        )
        for one in measures
    ]


async def ask(parts: Parts, caller: Caller, measure_id: str, said: dict[str, Any], key: str | None) -> CommandState:
    """Ask that one be looked at again. Raises ``party_needed``, and ``not_found`` for what is not in force against them."""
    row, measures = await _against(parts, caller)
    if row is None or measure_id not in {one.id for one in measures}:
        raise not_found()
    command = whole(caller, {**said, "measure_id": measure_id}, "ask_interim_review")
    return await send(parts, caller, Seen(row, Actor(id=caller.credential, role="platform")), command, key=key)


async def _against(parts: Parts, caller: Caller) -> tuple[CaseRow | None, tuple[Interim, ...]]:
    if caller.party is None:
        raise Refused("party_needed")
    # A party is one in one case: somebody who is in two has two ids.
    rows = await parts.views.cases(caller.tenant_id, CaseFilter(party=caller.party), None, 1)
    case = rows[0].case if rows else None
    party = case.party(caller.party) if case is not None else None
    if case is None or party is None:
        return None, ()
    return rows[0], tuple(one for one in case.interim if party.id in who_is_hit(case, (one.id,)))
