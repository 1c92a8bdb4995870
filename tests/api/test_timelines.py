"""What a timeline says of a fact to somebody outside, and what of it stays with the team."""

from __future__ import annotations

from services.timelines import (
    entries,
)
from tests.support.cases import CLAIMANT, MEDIATOR, a_case


def test_a_side_learns_that_its_clock_stood_still_and_not_why() -> None:
    life = a_case().in_review().says(MEDIATOR, "request_evidence", of="claimant")
    life.says(MEDIATOR, "pause", clock="claimant_response", reason="expert_asked").says(MEDIATOR, "pause", reason="on_holiday")
    life.says(MEDIATOR, "resume", reason="expert_answered")
    told = [entry for entry in entries(life.case, life.recordings, life.actor(CLAIMANT)) if entry.type.startswith("clocks_")]
    assert [(entry.type, entry.data) for entry in told] == [
        ("clocks_paused", {"why": "pause", "of": "claimant_response", "until": None}),
        ("clocks_resumed", {}),
    ]
    assert all((entry.actor_id, entry.role) == (None, "staff") for entry in told)
    team = [
        entry.data["reason"] for entry in entries(life.case, life.recordings, life.actor(MEDIATOR)) if "clocks_" in entry.type
    ]
    assert team == ["expert_asked", "on_holiday", "expert_answered"]
