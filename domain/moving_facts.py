"""What a case that ran elsewhere brings along. These facts say when something was, beside when it was recorded."""

from __future__ import annotations

from typing import Literal

from domain.base import Instant, Kept, Outcome, Phase, Side
from domain.model.prose import Prose
from domain.ruling_facts import AppealRight


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
