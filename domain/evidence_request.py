"""A request for evidence, as a case keeps it."""

from __future__ import annotations

from typing import Literal

from domain.base import Instant, Kept, Side
from domain.model.prose import Prose


class EvidenceRequest(Kept):
    """A slot that a hand-in closes."""

    id: str
    of: Side
    asked_at: Instant
    party: str | None = None
    """The one party that was asked; None: whoever speaks for the side."""
    evidence_type: str | None = None
    due_at: Instant | None = None
    """A date of its own; None: the clock of the side says by when."""
    what: Prose | None = None
    number: int = 0
    """Of the requests to this side, the first is 1."""
    reminded: bool = False
    state: Literal["open", "answered", "lapsed"] = "open"
    settled_at: Instant | None = None
