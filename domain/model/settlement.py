"""What the two sides have between them: offers, and goods that go back."""

from __future__ import annotations

from typing import Literal

from domain.base import Instant, Kept, Money, Side
from domain.model.ruling import Remedy


class OpenOffer(Kept):
    """An offer that waits for the other side."""

    id: str
    side: Side
    remedy: str
    amount: Money | None = None


class MadeOffer(OpenOffer):
    """An offer of this settlement, and what became of it."""

    made_at: Instant
    became: Literal["open", "countered", "replaced", "accepted", "declined", "lapsed"] = "open"
    became_at: Instant | None = None


class Returning(Kept):
    """Goods that a side sends back, and what waits for them."""

    id: str
    of: Side
    because: str
    remedies: tuple[Remedy, ...]
    asked_at: Instant
    shipped_at: Instant | None = None
    state: Literal["awaited", "shipped", "contested"] = "awaited"

    @property
    def waits_for(self) -> Literal["claimant", "respondent", "staff"]:
        """Whose turn it is."""
        if self.state == "contested":
            return "staff"
        return self.of.value if self.state == "awaited" else self.of.other.value
