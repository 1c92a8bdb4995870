"""Remedies on their way into the world: the book that orders them, and whoever carries one out.

Both fail in the ways of :mod:`activities.ports.errors`.
"""

from __future__ import annotations

from typing import Literal, Protocol

from domain.base import Instant, Kept, Money
from domain.model.links import CrossCaseTaskOrdered
from domain.views.references import References


class SubmittedFile(Kept):
    """A file that goes along: read where the files of the case lie."""

    id: str
    shows: str
    media_type: str


class Submission(Kept):
    """What a card network is told, once."""

    source: str
    external_id: str | None = None
    """The network's own id of the dispute, as the report had it."""
    account: str | None = None
    """The connected account whose dispute it is; None: the own one."""
    text: str | None
    """None: it was erased meanwhile."""
    due_at: Instant
    files: tuple[SubmittedFile, ...] = ()


class OrderedEffect(Kept):
    """A remedy or its reversal, keyed by its id: asked for twice, it happens once."""

    id: str
    tenant_id: str
    case_id: str
    type: str
    amount: Money | None = None
    to: str
    """Side."""
    to_party: str | None = None
    reverses: str | None = None
    synthetic: bool = False
    task: CrossCaseTaskOrdered | None = None
    """What is to happen in another case; None for a remedy."""
    submission: Submission | None = None
    """With ``submit_chargeback_evidence``."""
    references: References | None = None
    """By what the platform knows the case, its notes as they stood when it was first asked; None for a task in another case."""


class Effects(Protocol):
    """The book of effects: what was ordered, begun and finished."""

    async def begin(self, tenant_id: str, effect_id: str) -> OrderedEffect | None:
        """The effect, noted as begun (so that its reversal is known before it happens); None when it is finished already."""
        ...

    async def finish(self, tenant_id: str, effect_id: str, result: str, note: str | None = None) -> None:
        """Mark as finished and put a ``report_effect`` command into the case's inbox, in one transaction."""
        ...


class Remedies(Protocol):
    """Carries remedies out in the world."""

    async def perform(self, effect: OrderedEffect) -> Literal["done", "reversed", "needs_hands"]:
        """Do it, keyed by the effect's id, and say what came of it."""
        ...
