"""The body of the answer about sanctions: what counts against each party, and what the ladder would say now."""

from __future__ import annotations

from typing import Any, Literal

from api.bodies.base import Body
from domain.base import Instant, Side
from domain.model.sanctions import MisuseGravity, MisuseIntention
from services.sanctions import PartyRecord, SanctionRecord, Standing
from services.texts import Texts


class WeighedMisuse(Body):
    """What was weighed when misuse was found."""

    clause: str
    items: int
    """How many were manifestly so in the period, this one included."""
    total: int
    """Out of how many."""
    gravity: MisuseGravity
    intention: MisuseIntention
    reasons: str | None = None
    """Given when a case is read; null once they were erased."""


class DraftedSanction(Body):
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
    misuse: WeighedMisuse | None = None
    """What was weighed, where it is one for misuse."""


class SanctionBody(Body):
    """A sanction against somebody that was not taken back, of this case or of another."""

    id: str
    case: str | None
    """Null: another case, which is closed to whoever reads this."""
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


class LadderBody(Body):
    """What would follow a violation of one category now."""

    category: str
    count: int
    says: str


class SanctionedParty(Body):
    """Somebody on a side, with what stands against them."""

    party: str
    side: Side
    sanctions: tuple[SanctionBody, ...] = ()
    ladder: tuple[LadderBody, ...] = ()
    """Empty for whom no ruling of this case can sanction."""


class SanctionsBody(Body):
    """What counts against each party and what the ladder would say, as of an instant; a ruling counts afresh."""

    object: Literal["sanctions"] = "sanctions"
    case: str
    as_of: Instant
    parties: tuple[SanctionedParty, ...]


def drafted_sanction(said: dict[str, Any], texts: Texts) -> dict[str, Any]:
    """The sanction that a ruling carries, as its body has it; ``said`` is that of the view, which refers to its reasons."""

    def text(reasons: dict[str, Any] | None) -> str | None:
        return texts.get(reasons["content_id"]) if reasons else None

    misuse = said.get("misuse")
    return {
        **{name: said[name] for name in DraftedSanction.model_fields},
        "reasons": text(said["reasons"]),
        "misuse": {**misuse, "reasons": text(misuse["reasons"])} if misuse else None,
    }


def sanctions_body(record: SanctionRecord) -> dict[str, Any]:
    """What counts against each party, as JSON."""
    parties = tuple(_party(party) for party in record.parties)
    return SanctionsBody(case=record.case_id, as_of=record.as_of, parties=parties).model_dump(mode="json")


def _party(party: PartyRecord) -> SanctionedParty:
    ladder = tuple(LadderBody(category=rung.category, count=rung.count, says=rung.says) for rung in party.ladder)
    sanctions = tuple(_said(standing) for standing in party.sanctions)
    return SanctionedParty(party=party.party, side=party.side, sanctions=sanctions, ladder=ladder)


def _said(standing: Standing) -> SanctionBody:
    names = ("id", "category", "sanction", "imposed_at", "ends_at", "lifted_at", "counts_until")
    fields = {name: getattr(standing.sanction, name) for name in names}
    return SanctionBody(case=standing.case_id, counts=standing.counts, **fields)
