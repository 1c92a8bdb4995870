"""Sanctions: what counts against the parties of a case, for whoever decides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.base import Side
from domain.model.case import Case
from domain.model.commands import OpenedParty
from domain.model.sanctions import EarlierSanction, Sanction
from domain.rules.sanctions import counts, in_force, preview, sanctioned
from services.callers import TEAM, Caller
from services.cases import Seen
from services.errors import Refused, not_found
from services.need_to_know import closed_among
from services.parts import Parts


@dataclass(frozen=True)
class Standing:
    """A sanction against somebody that was not taken back, of this case or of another."""

    case_id: str | None
    """None: another case, which the reader may not know."""
    sanction: EarlierSanction | Sanction
    counts: bool
    """Whether a ruling of this case would count it now. What this case imposed itself never counts in it."""


@dataclass(frozen=True)
class Rung:
    """What would follow a violation of one category now."""

    category: str
    count: int
    says: str


@dataclass(frozen=True)
class PartyRecord:
    """Somebody on a side, with what stands against them."""

    party: str
    side: Side
    sanctions: tuple[Standing, ...]
    ladder: tuple[Rung, ...]
    """Empty for whom no ruling of this case can sanction."""


@dataclass(frozen=True)
class SanctionRecord:
    """What counts against each party and what the ladder would say, as of an instant; a ruling counts afresh."""

    case_id: str
    as_of: datetime
    parties: tuple[PartyRecord, ...]


async def record(parts: Parts, caller: Caller, seen: Seen) -> SanctionRecord:
    """What stands against the parties of a case. Raises ``not_allowed`` for whoever is not of the team, and ``not_found``."""
    if seen.viewer.role not in TEAM:
        raise Refused("not_allowed", "What stands against somebody in other cases is for the team alone.")
    case = seen.case
    if case is None:
        raise not_found()
    at, earlier = await parts.sanctions.book(caller.tenant_id, seen.id)
    closed = await closed_among(parts, caller, seen.viewer, [sanction.case_id for sanction in earlier])
    return SanctionRecord(case.id, at, tuple(_against(case, party, earlier, at, closed) for party in case.parties))


def _against(
    case: Case, party: OpenedParty, earlier: Sequence[EarlierSanction], at: datetime, closed: frozenset[str]
) -> PartyRecord:
    before = [
        Standing(
            None if sanction.case_id in closed else sanction.case_id,
            sanction,
            counts(sanction, party.ref_digest, sanction.category, at),
        )
        for sanction in earlier
        if sanction.ref_digest == party.ref_digest
    ]
    here = [Standing(case.id, sanction, counts=False) for sanction in in_force(case) if sanction.party == party.id]
    ladder: tuple[Rung, ...] = ()
    if party.side in _hit(case) and sanctioned(case, party.side) == party:
        says = preview(case, party.side, earlier, at)
        ladder = tuple(Rung(category, count, name) for category, (count, name) in says.items())
    return PartyRecord(party.id, party.side, (*before, *here), ladder)


def _hit(case: Case) -> frozenset[Side]:
    """The sides that a ruling of this kind can sanction."""
    return frozenset(outcome.sanctions for outcome in case.terms.outcomes if outcome.sanctions is not None)
