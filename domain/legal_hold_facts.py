"""What has happened to the legal holds of a case."""

from __future__ import annotations

from typing import Literal

from domain.base import Kept
from domain.model.prose import Prose


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
