"""The body of the answer about sanctions: what counts against each party, and what the ladder would say now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from domain.base import Instant, Side
from domain.model.case import Case
from domain.model.commands import OpenedParty
from domain.model.sanctions import EarlierSanction, Sanction
from domain.rules.sanctions import counts, in_force, preview, sanctioned


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DraftedSanction(_Body):
    """Which sanction a ruling carries, and how it came about."""

    party: str
    side: Side
    category: str
    sanction: str
    ladder_says: str | None = None
    """Null: the outcome comes with a sanction of its own."""
    count: int
    counted: tuple[str, ...] = ()
    """The earlier sanctions that it is made of."""
    departs: Literal["harsher", "milder"] | None = None
    reason: str | None = None
    reasons: str | None = None
    """Given when a case is read; null once they were erased."""


class SanctionBody(_Body):
    """A sanction against somebody that was not taken back, of this case or of another."""

    id: str
    case: str
    category: str
    sanction: str
    imposed_at: Instant
    ends_at: Instant | None = None
    """When a ban is over by itself; null for what is no ban, and for one without an end."""
    lifted_at: Instant | None = None
    counts_until: Instant | None = None
    """Null: it never counts."""
    counts: bool
    """Whether a ruling of this case would count it now. What this case imposed itself never counts in it."""


class LadderBody(_Body):
    """What would follow a violation of one category now."""

    category: str
    count: int
    says: str


class SanctionedParty(_Body):
    """Somebody on a side, with what stands against them."""

    party: str
    side: Side
    sanctions: tuple[SanctionBody, ...] = ()
    ladder: tuple[LadderBody, ...] = ()
    """Empty for whom no ruling of this case can sanction."""


class SanctionsBody(_Body):
    """What counts against each party and what the ladder would say, as of an instant; a ruling counts afresh."""

    object: Literal["sanctions"] = "sanctions"
    case: str
    as_of: Instant
    parties: tuple[SanctionedParty, ...]


def drafted_sanction(said: dict[str, Any]) -> dict[str, Any]:
    """The sanction that a ruling carries, as its body has it."""
    return {name: said[name] for name in DraftedSanction.model_fields}


def sanctions_body(case: Case, earlier: Sequence[EarlierSanction], at: datetime) -> dict[str, Any]:
    """The answer as JSON."""
    parties = tuple(_party(case, one, earlier, at) for one in case.parties)
    return SanctionsBody(case=case.id, as_of=at, parties=parties).model_dump(mode="json")


def _party(case: Case, party: OpenedParty, earlier: Sequence[EarlierSanction], at: datetime) -> SanctionedParty:
    before = [
        _said(one, one.case_id, counts=counts(one, party.ref_digest, one.category, at))
        for one in earlier
        if one.ref_digest == party.ref_digest
    ]
    here = [_said(one, case.id, counts=False) for one in in_force(case) if one.party == party.id]
    ladder: tuple[LadderBody, ...] = ()
    if party.side in _hit(case) and sanctioned(case, party.side) == party:
        says = preview(case, party.side, earlier, at)
        ladder = tuple(LadderBody(category=category, count=count, says=name) for category, (count, name) in says.items())
    return SanctionedParty(party=party.id, side=party.side, sanctions=(*before, *here), ladder=ladder)


def _hit(case: Case) -> frozenset[Side]:
    """The sides that a ruling of this kind can sanction."""
    return frozenset(outcome.sanctions for outcome in case.terms.outcomes if outcome.sanctions is not None)


def _said(one: EarlierSanction | Sanction, case_id: str, *, counts: bool) -> SanctionBody:
    names = ("id", "category", "sanction", "imposed_at", "ends_at", "lifted_at", "counts_until")
    return SanctionBody(case=case_id, counts=counts, **{name: getattr(one, name) for name in names})
