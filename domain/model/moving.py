"""The past of a case that ran elsewhere: what it brings along when it moves in, its texts put away like all others."""

from __future__ import annotations

from typing import Literal

from domain.base import ActorId, Code, Frozen, Instant, Outcome, PersonId, Phase, Side
from domain.model.prose import Prose

Decision = Literal["rule", "uphold", "overturn", "vary", "remit"]
Sender = Literal["claimant", "respondent", "staff", "platform"]
Readers = Literal["all", "claimant", "respondent", "team"]


class PastMessage(Frozen):
    """Something that was said before the move."""

    sent_at: Instant
    sender: Sender
    by: ActorId | None = None
    """The party or person, when they are known here."""
    to: Readers = "all"
    text: Prose


class PastDecision(Frozen):
    """A decision that the parties were told before the move."""

    decided_at: Instant
    decision: Decision = "rule"
    outcome: Code
    ground: str | None = None
    by: PersonId | None = None
    """Who decided, when they are known here: they stay out of the rounds that follow."""
    reasons: Prose


class History(Frozen):
    """Where a case stood when it moved in, and since when."""

    received_at: Instant
    """When the report was received where it came from: the clocks that begin with a report begin there."""
    phase: Phase
    phase_at: Instant
    """Since when it stood there: the clocks of the phase begin there. For a closed case, when it was closed."""
    messages: tuple[PastMessage, ...] = ()
    decisions: tuple[PastDecision, ...] = ()
    appellants: tuple[Side, ...] = ()
    """Sides whose appeal is being decided."""
    appeals_used: tuple[Side, ...] = ()
    """Sides that have appealed before."""
    outcome: Outcome | None = None
    """How a closed case ended."""
    reason: Code | None = None
    notify: bool = False
    """Tell the parties, as of a new case, that it is here now. Nothing of the past is told to anybody either way."""
