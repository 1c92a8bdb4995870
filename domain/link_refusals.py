"""Why cases were not merged, linked, split or counted to a campaign."""

from __future__ import annotations

from domain.model.refusals import Refusal


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
    """One of the two was merged before; the fields say where it goes on."""

    code = "merged_already"


class RulingBegun(Refusal):
    """Somebody has drafted a ruling here: the matter is decided here."""

    code = "ruling_begun"


class MergeBackwards(Refusal):
    """The other case is the younger one."""

    code = "merge_backwards"


class SidesMixed(Refusal):
    """Somebody would stand on both sides."""

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
    """No case can be made of these parties; ``because`` says why (``party``, ``claimant``)."""

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
