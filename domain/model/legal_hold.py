"""Commands about what must not be deleted."""

from __future__ import annotations

from typing import Literal

from domain.base import Code, CommandBase, Reference
from domain.model.prose import SealedText


class PlaceHold(CommandBase):
    """Nothing of this case, or of its people, may be deleted until the hold is lifted. Parties are not told."""

    type: Literal["place_hold"] = "place_hold"
    reason: Code
    """Why, as a code (``litigation``, ``preservation_order``)."""
    reasons: SealedText


class LiftHold(CommandBase):
    """A legal hold, or (no id) every one, is over."""

    type: Literal["lift_hold"] = "lift_hold"
    hold_id: Reference | None = None
    reasons: SealedText


LegalHoldCommand = PlaceHold | LiftHold
