"""What people ask about cases that have to do with each other, and what one case tells the other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.base import CampaignId, CaseId, Code, CommandBase, Instant, Kept, Money, Outcome, PartyId, Phase, Priority, Reference
from domain.model.legal_hold import LegalHoldPlaced
from domain.model.people import OpenedParty
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal
from domain.model.safeguards import InterimImposed

Relation = Literal["related", "duplicate", "retaliation", "appeal_of", "split", "heard_again"]
"""What one case is to another. ``retaliation``, ``appeal_of`` and ``heard_again`` are said of the case that links first."""


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
    category: Code | None = None
    """What that part is; left out: what this case is. Of a request over data it is said: the right that the part asks for."""
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
    asked_by: Reference | None = None
    """Whoever merged the two; None: intake did, or it was kept before this was noted."""
    priority: Priority | None = None
    """How urgent it was there: the worse of the two counts. None: it was kept before this was noted."""
    recused: tuple[str, ...] = ()
    """Who of the team said there that they cannot decide it: they do not by another door."""


class MirrorLink(CommandBase):
    """Another case was linked with this one, or the link was taken back. Sent by that case's link."""

    type: Literal["mirror_link"] = "mirror_link"
    link_id: Reference
    other: CaseId
    relation: Relation
    gone: bool = False
    asked_by: Reference | None = None
    """Whoever linked the two, or took the link back; None as above."""
    recused: tuple[str, ...] = ()
    """Of a duplicate: who of the team cannot decide the other one."""


LinkCommand = Merge | Join | Link | Unlink | MirrorLink | Split | JoinCampaign | LeaveCampaign


class CaseLink(Kept):
    """What this case has to do with another."""

    id: str
    other: str
    relation: Relation
    mirrored: bool = False
    note: Prose | None = None
    by: str | None = None
    """Whoever noted it; None: it was kept before this was noted, or intake did."""
    credential: str | None = None


class CrossCaseTask(Kept):
    """Something that is or was to happen in another case."""

    id: str
    what: Literal["join", "link", "unlink", "split"]
    to: str | None = None
    parties: tuple[str, ...] = ()
    state: Literal["running", "done", "needs_hands"] = "running"


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
    asked_by: str | None = None
    """Whoever merged the two in the other case; None: intake did, or it was kept before this was noted."""
    recused: tuple[str, ...] = ()
    """Who of the team said there that they cannot decide it."""


class CaseLinked(Kept):
    type: Literal["case_linked"] = "case_linked"
    link_id: str
    other: str
    relation: Relation
    mirrored: bool = False
    """It was made in the other case."""
    note: Prose | None = None
    asked_by: str | None = None
    """Where it was made in the other case: whoever did so there."""


class CaseUnlinked(Kept):
    type: Literal["case_unlinked"] = "case_unlinked"
    link_id: str
    other: str
    reason: str | None = None
    asked_by: str | None = None
    """Where it was taken back in the other case: whoever did so there."""


class CaseSplit(Kept):
    """A part of the matter becomes a case of its own."""

    type: Literal["case_split"] = "case_split"
    split_id: str
    parties: tuple[str, ...]
    amount: Money | None = None
    category: str | None = None
    """What the part is called; None: as the case."""
    reasons: Prose


class CrossCaseTaskOrdered(Kept):
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
    asked_by: str | None = None
    """Whoever ordered it, as the other case is told; None: the system, or it was kept before this was noted."""
    priority: Priority | None = None
    """How urgent the case is that goes on there; None: it was kept before this was noted."""
    recused: tuple[str, ...] = ()
    """Who of the team said that they cannot decide it."""
    category: str | None = None
    """What the part is called that is split off; None: as the case."""
    filed_as: tuple[str, ...] = ()
    """What it was called before."""
    limits_since: Instant | None = None
    """Since when the limits of the law run for it."""
    measures: tuple[InterimImposed, ...] = ()
    """The interim measures with which the part begins, by the ids of the parties here."""
    holds: tuple[LegalHoldPlaced, ...] = ()
    """The legal holds with which it begins."""


class CrossCaseTaskReported(Kept):
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
    | CrossCaseTaskOrdered
    | CrossCaseTaskReported
    | CampaignJoined
    | CampaignLeft
)


class OtherCaseUnknown(Refusal):
    """There is no other case with this id."""

    code = "other_case_unknown"


class SameCase(Refusal):
    """The other case is this case."""

    code = "same_case"


class KindDiffers(Refusal):
    """Cases of these two kinds cannot be merged."""

    code = "kind_differs"


class OtherCaseClosed(Refusal):
    """The case into which it should go is closed."""

    code = "other_case_closed"


class MergedAlready(Refusal):
    """One of the two was merged before; the fields say where the one that was named goes on, to whoever may know that case."""

    code = "merged_already"


class RulingBegun(Refusal):
    """Somebody has drafted a ruling in one of the two: that matter is decided there, and nobody joins it unheard."""

    code = "ruling_begun"


class MergeBackwards(Refusal):
    """The other case is the younger one."""

    code = "merge_backwards"


class MatterDiffers(Refusal):
    """The two are about different matters, and this one would end unanswered."""

    code = "matter_differs"


class MergeUnconfirmed(Refusal):
    """Two of the team merge them: one notes the two as duplicates, a lead or ops who did not merges them."""

    code = "merge_unconfirmed"


class SidesMixed(Refusal):
    """Somebody would stand on both sides, or whom the case is against is no party of the other one."""

    code = "sides_mixed"


class LinkExists(Refusal):
    """The two are linked like this already."""

    code = "link_exists"


class LinkUnknown(Refusal):
    """The case has no such link."""

    code = "link_unknown"


class LinkUnsettled(Refusal):
    """The other case has not been told of the link yet."""

    code = "link_unsettled"


class SplitUnfit(Refusal):
    """No case can be made of that; ``because`` says why (``party``, ``claimant``, ``category``)."""

    code = "split_unfit"


class CampaignUnknown(Refusal):
    """There is no such campaign."""

    code = "campaign_unknown"


class CampaignClosed(Refusal):
    """The campaign is closed."""

    code = "campaign_closed"


class CampaignTaken(Refusal):
    """The case belongs to a campaign already."""

    code = "campaign_taken"


class CampaignNone(Refusal):
    """The case belongs to no campaign."""

    code = "campaign_none"


class OtherCase(Kept):
    """Another case of the same tenant, as it stood when a command that names it was judged."""

    id: str
    kind: str
    opened_at: Instant
    open: bool
    merged_into: str | None = None
    parties: tuple[OpenedParty, ...] = ()
    synthetic: bool = False
    phase: Phase | None = None
    """None: it was not judged yet."""
    is_disclosed: bool = True
    """Whether its respondent knows of it."""
    outcome: Outcome | None = None
    reads_only: bool = False
    """Whoever names it took access to it with a reason: they read it, and write nothing into it."""
    goes_on_unseen: bool = False
    """Whoever names it may not know the case into which it was merged."""
    given: tuple[Money, ...] = ()
    """What it gave and left standing."""
    category: str | None = None
    """None: it was not judged yet."""
    amount: Money | None = None
    """What is in question there."""
    deciders: tuple[str, ...] = ()
    """Who decided it there, or approved that."""
    partial: tuple[str, ...] = ()
    """Who cannot decide it there: they said so, or it came back because of them."""
    another_matter: bool = False
    """Both name a booking or an order, and it is not the same."""
    matter_unnamed: bool = False
    """One of the two, or both, name none: nothing but somebody's word says that they are about the same."""

    @property
    def decided(self) -> bool:
        """Whether a ruling is drafted there, was told, or is looked at again: whoever comes now would be bound by it unheard."""
        return self.phase in (Phase.APPROVAL, Phase.RULED, Phase.APPEALABLE, Phase.APPEAL)


class KnownCampaign(Kept):
    """A campaign, as it stood when a command that names it was judged."""

    id: str
    open: bool
