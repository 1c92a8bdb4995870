"""What the clocks of a case mean to notices, and what a notice of them says."""

from __future__ import annotations

from typing import Any

from domain.model import facts as f
from domain.model.case import Case
from domain.rules.audiences import Audience
from domain.rules.topic import NoticeData


def means_of_level(before: Case | None, fact: f.LevelReached, after: Case) -> set[str]:
    """What is not done by itself, because a person has to look first, is an escalation."""
    looked_at = {"level_reached:escalate"} if fact.withheld in ("withdrawal_pending", "reported") else set()
    return {f"level_reached:{fact.action}", *looked_at}


def means_of_pause(before: Case | None, fact: f.ClocksPaused, after: Case) -> set[str]:
    """Whoever owns a case is told that somebody else put it away: they were about to work on it. Of one that nobody owns nobody
    is told, as nobody was about to."""
    return {"clocks_paused:put_away"} if fact.why == "snooze" and after.owner is not None else set()


def said_of_level(case: Case, fact: f.LevelReached, audience: Audience) -> NoticeData:
    """Which level of which clock, and when it was reached; which rung, for the team alone."""
    said = {"clock": fact.clock, "level": fact.level, "action": fact.action, "reached_at": fact.due_at.isoformat()}
    return NoticeData(said | ({"step": fact.step} if fact.step is not None and audience == "staff" else {}))


def said_of_extension(case: Case, fact: f.ClockExtended, audience: Audience) -> NoticeData:
    """Which clock has more time, whom it waits for, and until when."""
    definition = case.terms.clock(fact.clock)
    said: dict[str, Any] = {"clock": fact.clock, "to_at": fact.to_at.isoformat() if fact.to_at else None}
    if definition is not None:
        said |= {"waits_for": definition.waits_for, "statutory": definition.statutory}
    return NoticeData(said, {"reasons": fact.reasons})


def said_of_pause(case: Case, fact: f.ClocksPaused, audience: Audience) -> NoticeData:
    """Why and until when, for the team alone: what it waits for stays inside."""
    if audience != "staff":
        return NoticeData()
    return NoticeData({"reason": fact.reason, "to_at": fact.until.isoformat() if fact.until else None})
