"""What is said and answered about campaigns: many cases with one cause."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from api.bodies.base import Body
from domain.base import ActorId, Code, Frozen, Instant
from services.rows import Campaign, Summary


class CampaignRequest(Frozen):
    """Open a campaign."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
    """What the team calls it. Kept as it is written, so name nobody in it."""
    reason: Code
    by: ActorId | None = None
    """Who opens it; left out: the holder of the key."""


class CampaignCloseRequest(Frozen):
    """Close a campaign."""

    by: ActorId | None = None
    """Who closes it; left out: the holder of the key."""


class CampaignCases(Body):
    """How many cases are counted to a campaign."""

    open: int
    closed: int


class CampaignBody(Body):
    """A campaign. Cases made for a test are not counted."""

    object: Literal["campaign"] = "campaign"
    id: str
    name: str
    reason: str
    status: Literal["open", "closed"]
    """``closed``: no case can be counted to it any more, and those that are stay."""
    opened_by: str
    opened_at: Instant
    closed_by: str | None = None
    closed_at: Instant | None = None
    cases: CampaignCases
    links: dict[str, str]


class StakeBody(Body):
    """What open cases are about, in one currency."""

    amount: int
    """In minor units, over all of them."""
    currency: str
    cases: int
    """How many of them are about money of this currency."""


class CampaignSummary(CampaignBody):
    """A campaign, and how its cases stand."""

    by_phase: dict[str, int] = Field(default_factory=dict)
    """Of those that are open."""
    by_outcome: dict[str, int] = Field(default_factory=dict)
    """Of those that are closed."""
    at_stake: tuple[StakeBody, ...] = ()
    """Of those that are open, by currency."""


class CampaignList(Body):
    """Campaigns, open ones first, the newest first of each."""

    object: Literal["list"] = "list"
    data: tuple[CampaignBody, ...]


def campaign_list(campaigns: Iterable[Campaign]) -> dict[str, Any]:
    """Campaigns as JSON."""
    return CampaignList(data=tuple(CampaignBody(**_fields(campaign)) for campaign in campaigns)).model_dump(mode="json")


def summary_body(found: Summary) -> dict[str, Any]:
    """A campaign, and how its cases stand, as JSON."""
    stakes = tuple(StakeBody(**stake.model_dump()) for stake in found.at_stake)
    made = CampaignSummary(**_fields(found), by_phase=found.by_phase, by_outcome=found.by_outcome, at_stake=stakes)
    return made.model_dump(mode="json")


def _fields(campaign: Campaign) -> dict[str, Any]:
    names = ("id", "name", "reason", "opened_by", "opened_at", "closed_by", "closed_at")
    return {
        **{name: getattr(campaign, name) for name in names},
        "status": "open" if campaign.closed_at is None else "closed",
        "cases": CampaignCases(open=campaign.open_cases, closed=campaign.closed_cases),
        "links": {"self": f"/v1/campaigns/{campaign.id}", "cases": f"/v1/cases?campaign={campaign.id}"},
    }
