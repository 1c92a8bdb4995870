"""Facts about evidence: what was asked of whom by when, what was handed in by whom, what never came."""

from __future__ import annotations

from typing import Literal

from domain.base import Instant, Kept, Side
from domain.model.evidence import Confidentiality
from domain.model.prose import Prose


class EvidenceFile(Kept):
    """A file as the record knows it: its keyed digest (HMAC-SHA-256, hex) proves that it is the one that was handed in."""

    id: str
    digest: str
    media_type: str
    length: int
    """In bytes."""


class EvidenceRequested(Kept):
    type: Literal["evidence_requested"] = "evidence_requested"
    request_id: str
    of: Side
    what: Prose
    party: str | None = None
    """The one party that was asked; None: whoever speaks for the side."""
    evidence_type: str | None = None
    due_at: Instant | None = None
    """A date of its own; None: the clock of the side says by when."""


class EvidenceSubmitted(Kept):
    type: Literal["evidence_submitted"] = "evidence_submitted"
    evidence_id: str
    side: Side | None = None
    """The side of whoever handed it in; None: the platform."""
    text: Prose
    confidential: bool = False
    """Not for everybody: also set where only the deciders see it."""
    answers: tuple[str, ...] = ()
    confidentiality: Confidentiality | None = None
    """None in older records: ``confidential`` says all."""
    evidence_type: str | None = None
    files: tuple[EvidenceFile, ...] = ()

    @property
    def seen_by(self) -> Confidentiality:
        """Who sees it, however old the record is."""
        return self.confidentiality or ("own_side" if self.confidential else "shared")


class EvidenceLapsed(Kept):
    """Nothing came in time: the case goes on with what is on file."""

    type: Literal["evidence_lapsed"] = "evidence_lapsed"
    of: Side
    requests: tuple[str, ...]
