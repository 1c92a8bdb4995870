"""What a case remembers where money or people are at risk."""

from __future__ import annotations

from typing import Literal

from domain.base import Instant, Kept
from domain.model.prose import Prose
from domain.model.ruling import Remedy


class Credit(Kept):
    """Money that the claimant has until the matter is decided, and what became of it."""

    id: str
    remedy: Remedy
    state: Literal["given", "final", "reversed"] = "given"
    ended_at: Instant | None = None


class ReportView(Kept):
    """A report to an authority, as the team sees it beside the case; the reasons stand in the timeline."""

    id: str
    authority: str
    proposed_by: str
    made: bool = False


class AuthorityReport(ReportView):
    """A report to an authority: proposed by one person, let out by another."""

    reasons: Prose


class Interim(Kept):
    """A reversible measure in force before the ruling."""

    id: str
    remedy: Remedy
    imposed_at: Instant
    reviewed_at: Instant | None = None
