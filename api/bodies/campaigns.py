"""What is said and answered about campaigns: many cases with one cause."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.base import ActorId, Code, Frozen, Instant


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


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


class CampaignCases(_Body):
    """How many cases are counted to a campaign."""

    open: int
    closed: int


class CampaignBody(_Body):
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


class StakeBody(_Body):
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


class CampaignList(_Body):
    """Campaigns, open ones first, the newest first of each."""

    object: Literal["list"] = "list"
    data: tuple[CampaignBody, ...]
