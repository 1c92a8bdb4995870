"""Commands about what must not be deleted."""

from __future__ import annotations

from typing import Literal

from domain.base import Code, CommandBase, Instant, Kept, Reference
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal


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


class LegalHoldPlaced(Kept):
    """From now on nothing of the case, or of its people, may be deleted."""

    type: Literal["legal_hold_placed"] = "legal_hold_placed"
    hold_id: str
    reason: str
    reasons: Prose


class LegalHoldLifted(Kept):
    type: Literal["legal_hold_lifted"] = "legal_hold_lifted"
    hold_ids: tuple[str, ...]
    reasons: Prose


LegalHoldFact = LegalHoldPlaced | LegalHoldLifted


class LegalHold(Kept):
    """Why nothing of the case may be deleted."""

    id: str
    reason: str
    by: str
    since: Instant


class UnderLegalHold(Refusal):
    """Nothing may be deleted while the case is under legal hold."""

    code = "legal_hold"


class NotOnHold(Refusal):
    """No such legal hold is on the case."""

    code = "not_on_hold"
