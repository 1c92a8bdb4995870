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
    told = [one for one in entries(life.case, life.recordings, life.actor(CLAIMANT)) if one["type"].startswith("clocks_")]
    assert [(one["type"], one["data"]) for one in told] == [
        ("clocks_paused", {"why": "pause", "of": "claimant_response", "until": None}),
        ("clocks_resumed", {}),
    ]
    assert all(one["actor"] == {"id": None, "role": "staff"} for one in told)
    team = [
        one["data"]["reason"] for one in entries(life.case, life.recordings, life.actor(MEDIATOR)) if "clocks_" in one["type"]
    ]
    assert team == ["expert_asked", "on_holiday", "expert_answered"]
