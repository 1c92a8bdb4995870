"""What the two sides have offered each other, what was proposed to both, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from console.kit.words import in_words
from domain.base import Side
from domain.currencies import in_words as money
from domain.model.settlement import MadeOffer, OpenOffer, Proposal
from domain.views.case import CaseView
from services.timelines import Entry

_BECAME: Mapping[str, str] = {
    "open": "waits for an answer",
    "countered": "answered with another offer",
    "replaced": "replaced by a newer one",
    "accepted": "accepted",
    "declined": "not accepted",
    "lapsed": "its time is over",
}
_MADE: Mapping[str, str] = {"offer_made": "offer_id", "proposal_made": "proposal_id"}
"""Facts with which words come along, and the field that says of which offer they are."""


@dataclass(frozen=True)
class Made:
    """An offer of a side, or a proposal to both."""

    id: str
    by: str
    """``claimant``, ``respondent`` or ``team``."""
    words: str
    text: str | None
    at: datetime
    open: bool
    became: str
    until: datetime | None
    answers: tuple[tuple[str, str], ...] = ()
    """Of a proposal: each side, and what it has said so far."""


def offered(offer: OpenOffer | Proposal) -> str:
    """What somebody offers: ``Refund, 40.00 EUR``."""
    words = in_words(offer.remedy)
    return f"{words}, {money(offer.amount.amount, offer.amount.currency)}" if offer.amount is not None else words


def made(said: CaseView, entries: Sequence[Entry]) -> list[Made]:
    """All of them, the newest first."""
    texts = {entry.data.get(_MADE[entry.type]): entry.data.get("text") for entry in entries if entry.type in _MADE}
    found = [_made(one, one.side.value, texts) for one in said.offers]
    found += [_made(one, "team", texts, _answers(one)) for one in said.proposals]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _made(one: MadeOffer | Proposal, by: str, texts: Mapping[object, object], answers: tuple[tuple[str, str], ...] = ()) -> Made:
    text = texts.get(one.id)
    until = one.expires_at if one.became == "open" else None
    told = text if isinstance(text, str) else None
    return Made(one.id, by, offered(one), told, one.made_at, one.became == "open", _BECAME[one.became], until, answers)


def _answers(proposal: Proposal) -> tuple[tuple[str, str], ...]:
    def answer(side: Side) -> str:
        if side in proposal.accepted_by:
            return "said yes"
        return "said no" if side in proposal.declined_by else "has not answered"

    return tuple((side.value, answer(side)) for side in Side)
