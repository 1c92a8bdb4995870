"""By what a platform finds its own objects again: the ids, the matter and the notes that it gave us with a case.

They lie apart from the case, sealed like every other text, and no party sees them.
"""

from __future__ import annotations

from typing import Any

from domain.base import Kept, Side
from domain.model.facts import Actor
from domain.model.provider_news import PAYMENT_PROVIDERS, STANDS_FOR_ID
from domain.rules.audiences import audience_of


class PartyReference(Kept):
    """A party by the platform's own id."""

    id: str
    side: Side
    role: str
    ref: str | None = None
    """None once it was erased."""
    name: str | None = None
    email: str | None = None
    unreadable: bool = False
    """Who they are does not open any more: it was changed or damaged. The name says so."""


class References(Kept):
    """What the platform told us of a case for itself; what was erased is missing."""

    source: str
    external_id: str | None = None
    matter: str | None = None
    subject: str | None = None
    metadata: dict[str, str] = {}
    parties: tuple[PartyReference, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Which of ``matter``, ``subject`` and ``metadata`` do not open any more; they are empty."""

    def told(self) -> dict[str, Any]:
        """As a machine of the platform is told them: without names and addresses, which are only read case by case."""
        return self.model_dump(mode="json", exclude={"parties": {"__all__": {"name", "email", "unreadable"}}, "unreadable": True})


def own_id(source: str, external_id: str | None) -> str | None:
    """The platform's own id of a report; None once it was erased, or where it lies sealed. A case that was split off another has
    one that we made up ourselves."""
    unknown = number_erased(external_id) or number_sealed(source, external_id)
    return external_id if source != "split" and not unknown else None


def number_sealed(source: str, external_id: str | None) -> bool:
    """Whether the number is the digest of a payment provider's: the number itself lies sealed with the report."""
    return external_id is not None and source in PAYMENT_PROVIDERS and external_id.startswith(STANDS_FOR_ID)


def number_erased(external_id: str | None) -> bool:
    """Whether the platform's, or the payment provider's, own id of a report was erased, with the ids that lead to the same."""
    return external_id is not None and external_id.startswith("erased:")


def may_know(viewer: Actor) -> bool:
    """Whether somebody may see a case's references: the platform and its team, and nobody who is a party."""
    return audience_of(viewer) in ("platform", "staff")
