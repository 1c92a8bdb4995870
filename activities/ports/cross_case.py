"""The roles of what lies outside one case but inside the house: other cases, and campaigns."""

from __future__ import annotations

from typing import Literal, Protocol

from domain.base import Kept
from domain.model.links import CrossCaseTaskOrdered, KnownCampaign, OtherCase


class Ran(Kept):
    """What came of an errand."""

    result: Literal["done", "needs_hands"]
    case: str | None = None
    """The case that came of a split."""


class CrossCaseTasks(Protocol):
    """Carries out what one case has ordered in another."""

    async def run(self, tenant_id: str, case_id: str, task: CrossCaseTaskOrdered) -> Ran:
        """Do it, keyed by the errand's id. Raises ``ToldToWait`` while the other case has not judged what it was sent."""
        ...


class OtherCases(Protocol):
    """Looks up what a command has to know beside its own case."""

    async def case(self, tenant_id: str, case_id: str, *, follow: bool = False) -> OtherCase | None:
        """Another case; with ``follow`` the one in which it goes on, where it was merged. None when there is none."""
        ...

    async def campaign(self, tenant_id: str, campaign_id: str) -> KnownCampaign | None:
        """A campaign; None when there is none."""
        ...
