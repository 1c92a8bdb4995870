"""The past of a case that ran elsewhere: what it brings along when it moves in, its texts put away like all others."""

from __future__ import annotations

from typing import Literal

from domain.base import ActorId, Code, Frozen, Instant, Kept, Outcome, PersonId, Phase, Side
from domain.model.prose import Prose
from domain.model.refusals import Refusal
from domain.model.ruling import AppealRight

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


class PastMessageKept(Kept):
    """Something that was said before the case moved in."""

    type: Literal["past_message_kept"] = "past_message_kept"
    sent_at: Instant
    sender: Literal["claimant", "respondent", "staff", "platform"]
    by: str | None = None
    to: Literal["all", "claimant", "respondent", "team"] = "all"
    text: Prose


class PastDecisionKept(Kept):
    """A decision that the parties were told before the case moved in."""

    type: Literal["past_decision_kept"] = "past_decision_kept"
    ruling_id: str
    decided_at: Instant
    decider: str
    """A person's id, or ``elsewhere``."""
    decision: Literal["rule", "uphold", "overturn", "vary", "remit"]
    outcome: str
    ground: str | None = None
    reasons: Prose


class CaseMovedIn(Kept):
    """Where the case stood when it moved in, and since when."""

    type: Literal["case_moved_in"] = "case_moved_in"
    phase: Phase
    phase_at: Instant
    round: int = 0
    rights: tuple[AppealRight, ...] = ()
    appellants: tuple[Side, ...] = ()
    appeals_used: tuple[Side, ...] = ()
    outcome: Outcome | None = None
    reason: str | None = None
    told: bool = False
    """Whether the parties were told that it is here now."""


class LevelPassed(Kept):
    """A clock came to one of its levels before the case moved in: it counts as reached, and nobody is told."""

    type: Literal["level_passed"] = "level_passed"
    clock: str
    instance: int
    level: str
    count: int
    due_at: Instant


MovingFact = CaseMovedIn | PastMessageKept | PastDecisionKept | LevelPassed


class HistoryIncomplete(Refusal):
    """The past lacks something that its phase needs (an appeal without a ruling, a closed case without an outcome)."""

    code = "history_incomplete"


class HistoryImpossible(Refusal):
    """The past cannot have been so: its instants are out of order or ahead, or the kind has no such phase."""

    code = "history_impossible"


class PhaseOverdue(Refusal):
    """A clock that moves the case on by itself ran out before the move: the case stands elsewhere by now."""

    code = "phase_overdue"
