"""What people ask about cases that have to do with each other, and what one case tells the other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.base import CampaignId, CaseId, Code, CommandBase, Money, PartyId, Reference
from domain.model.prose import Prose, SealedText
from domain.parties import OpenedParty

Relation = Literal["related", "duplicate", "retaliation", "appeal_of", "split"]
"""What one case is to another. ``retaliation`` and ``appeal_of`` are said of the case in which the link was made."""


class Merge(CommandBase):
    """This case goes on in an older one about the same matter; whoever reported it stays a party there."""

    type: Literal["merge"] = "merge"
    into: CaseId
    reasons: SealedText


class Link(CommandBase):
    """Note what this case has to do with another. For the team; no party learns of it."""

    type: Literal["link"] = "link"
    to: CaseId
    relation: Literal["related", "duplicate", "retaliation", "appeal_of"] = "related"
    note: SealedText | None = None
    """Read in this case only."""


class Unlink(CommandBase):
    """Take a link back, from either side."""

    type: Literal["unlink"] = "unlink"
    link_id: Reference
    reason: Code = "mistaken"


class Split(CommandBase):
    """Make a part of this case a case of its own, with the same terms and the parties it is about."""

    type: Literal["split"] = "split"
    statement: SealedText
    """What the new case is about, as its parties will read it."""
    parties: Annotated[tuple[PartyId, ...], Field(max_length=20)] = ()
    """Left out: everybody."""
    amount: Money | None = None
    reasons: SealedText


class JoinCampaign(CommandBase):
    """Count this case to a campaign: many cases with one cause. For the team; no party learns of it."""

    type: Literal["join_campaign"] = "join_campaign"
    campaign: CampaignId


class LeaveCampaign(CommandBase):
    """This case does not belong to its campaign after all."""

    type: Literal["leave_campaign"] = "leave_campaign"
    reason: Code = "mistaken"


class Join(CommandBase):
    """A case was merged into this one. Sent by that case's merge, never by anybody else."""

    type: Literal["join"] = "join"
    merge_id: Reference
    of: CaseId
    parties: tuple[OpenedParty, ...] = ()
    """Whoever reported it there, as the parties of this case that they become."""
    statement: Prose | None = None
    """What they reported, put away anew for this case; None: erased."""
    reason: Code


class MirrorLink(CommandBase):
    """Another case was linked with this one, or the link was taken back. Sent by that case's link."""

    type: Literal["mirror_link"] = "mirror_link"
    link_id: Reference
    other: CaseId
    relation: Relation
    gone: bool = False


LinkCommand = Merge | Join | Link | Unlink | MirrorLink | Split | JoinCampaign | LeaveCampaign
