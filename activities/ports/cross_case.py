"""What lies outside one case but inside the house: what other cases say about it, and what it orders in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from domain.base import Kept
from domain.model.legal_hold import HeldPerson
from domain.model.links import CrossCaseTaskOrdered, KnownCampaign, OtherCase
from domain.model.money import PaidElsewhere
from domain.model.people import Actor
from domain.model.policy_exceptions import ExceptionsGranted
from domain.model.sanctions import EarlierSanction


class OtherCases(Protocol):
    """Looks up what a command has to know of another case or of a campaign."""

    async def case(
        self, tenant_id: str, case_id: str, *, follow: bool = False, reader: Actor | None = None, beside: str | None = None
    ) -> OtherCase | None:
        """Another case, compared with ``beside``, the one whose command names it; with ``follow`` the one in which it goes on,
        where it was merged. None when there is none, and the same when ``reader``, who names it, may not know of it.
        """
        ...

    async def campaign(self, tenant_id: str, campaign_id: str) -> KnownCampaign | None:
        """A campaign; None when there is none."""
        ...

    async def appealed_before(self, tenant_id: str, case_id: str) -> str | None:
        """The case in which the same person appealed against the same decision; None when there is none."""
        ...

    async def held(self, tenant_id: str, case_id: str) -> Sequence[HeldPerson]:
        """The parties of this case of whom another one is under legal hold, or was, or in which they are reported in secret."""
        ...

    async def paid(self, tenant_id: str, case_id: str) -> Sequence[PaidElsewhere]:
        """What stands in other cases, of any kind, about the same matter of the same claimant."""
        ...

    async def exceptions(self, tenant_id: str, case_id: str) -> Sequence[ExceptionsGranted]:
        """Departures from the pack that were granted this month in other cases of the kind."""
        ...


class SanctionBook(Protocol):
    """The sanctions of all cases, by person."""

    async def against(self, tenant_id: str, case_id: str) -> Sequence[EarlierSanction]:
        """Those of other cases against the parties of this one that were not taken back, oldest first."""
        ...


class TaskResult(Kept):
    """What came of a task that one case ordered in another."""

    result: Literal["done", "needs_hands"]
    case: str | None = None
    """The case that came of a split."""


class CrossCaseTasks(Protocol):
    """Carries out what one case has ordered in another."""

    async def run(self, tenant_id: str, case_id: str, task: CrossCaseTaskOrdered) -> TaskResult:
        """Do it, keyed by the task's id. Raises ``ToldToWait`` while the other case has not judged what it was sent."""
        ...
