"""A remedy: what a decision gives, takes or corrects, and for whom."""

from __future__ import annotations

from domain.base import Code, Frozen, Money, PartyId, Side


class Remedy(Frozen):
    """Something to be done to put the outcome into effect."""

    type: Code
    amount: Money | None = None
    to: Side = Side.CLAIMANT
    party: PartyId | None = None
    """Which of several on that side; None: all of them, in equal shares where it is money."""
    after_return: bool = False
    """Only once the claimant has sent the goods back, where the outcome allows it."""
