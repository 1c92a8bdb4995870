"""What happened between cases. Each of two records says it of its own case and names the other."""

from __future__ import annotations

from typing import Literal

from domain.base import Kept, Money
from domain.model.links import Relation
from domain.model.prose import Prose
from domain.parties import OpenedParty


class CaseMerged(Kept):
    """The matter goes on in another case."""

    type: Literal["case_merged"] = "case_merged"
    merge_id: str
    into: str
    reason: Literal["by_hand", "same_matter"]
    reasons: Prose | None = None


class CaseJoined(Kept):
    """Another case about the same matter goes on in this one."""

    type: Literal["case_joined"] = "case_joined"
    merge_id: str
    of: str
    parties: tuple[OpenedParty, ...] = ()
    """Who became a party by it; nobody, where they all were parties before."""
    statement: Prose | None = None
    reason: str


class CaseLinked(Kept):
    type: Literal["case_linked"] = "case_linked"
    link_id: str
    other: str
    relation: Relation
    mirrored: bool = False
    """It was made in the other case."""
    note: Prose | None = None


class CaseUnlinked(Kept):
    type: Literal["case_unlinked"] = "case_unlinked"
    link_id: str
    other: str
    reason: str | None = None


class CaseSplit(Kept):
    """A part of the matter becomes a case of its own."""

    type: Literal["case_split"] = "case_split"
    split_id: str
    parties: tuple[str, ...]
    amount: Money | None = None
    reasons: Prose


class ErrandOrdered(Kept):
    """Something is to happen in another case: carried out once, like a remedy, and reported back."""

    type: Literal["errand_ordered"] = "errand_ordered"
    errand_id: str
    what: Literal["join", "link", "unlink", "split"]
    to: str | None = None
    """The other case; None where there is none yet."""
    parties: tuple[OpenedParty, ...] = ()
    """Who goes along, by their ids here and with the role that they get there."""
    statement: Prose | None = None
    relation: Relation | None = None
    link_id: str | None = None
    amount: Money | None = None
    reason: str | None = None


class ErrandReported(Kept):
    """What became of it."""

    type: Literal["errand_reported"] = "errand_reported"
    errand_id: str
    result: Literal["done", "needs_hands"]
    case: str | None = None
    """The case that came of a split."""


class CampaignJoined(Kept):
    type: Literal["campaign_joined"] = "campaign_joined"
    campaign: str


class CampaignLeft(Kept):
    type: Literal["campaign_left"] = "campaign_left"
    campaign: str
    reason: str


LinkFact = (
    CaseMerged
    | CaseJoined
    | CaseLinked
    | CaseUnlinked
    | CaseSplit
    | ErrandOrdered
    | ErrandReported
    | CampaignJoined
    | CampaignLeft
)
