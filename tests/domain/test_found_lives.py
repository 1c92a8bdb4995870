"""Lives in which the machine found a fault once, told step by step, so that they are looked at each time.

`make test-random` prints the steps of a life that breaks something; once it is mended, the life is told here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Phase
from domain.rules.audiences import OUTSIDE as OUTSIDERS
from domain.rules.clocks import (
    knows_pause_of,
)
from domain.views.case import (
    visible,
)
from tests.domain.invariants import OUTSIDE, Witness
from tests.domain.watched_life import WatchedLife
from tests.support.cases import AGENT, CLAIMANT, LEAD, MEDIATOR, OPS, PLATFORM, RESPONDENT, WITNESS

WHY = {"reason": "expert_asked"}


def watched(kind: str = "bounty_dispute", priority: str = "low") -> WatchedLife:
    """As the machine begins it."""
    life = WatchedLife(kind, {"priority": priority}).watched_by(Witness())
    return life.with_party(AGENT, "claimant", "representative").with_party(WITNESS, "respondent", "witness")


def who_saw(life: WatchedLife, what: str) -> set[str]:
    """Who of those outside may see the last fact of this type."""
    recording = [one for one in life.recordings if one.fact.type == what][-1]
    return {who for who in OUTSIDE if visible(life.case, recording, life.actor(who))}


class TestAPauseOfAClockOfASide:
    """A side may know that its own clock stands still: the date is gone, from its deadlines and from what was asked of it."""

    @pytest.mark.parametrize(
        ("side", "knowing"), [("claimant", {CLAIMANT, AGENT, PLATFORM}), ("respondent", {RESPONDENT, PLATFORM})]
    )
    @pytest.mark.parametrize("until", [None, "2026-03-20T09:00:00Z"])
    def test_is_known_to_that_side_and_the_platform(self, side: str, knowing: set[str], until: str | None) -> None:
        life = watched().in_review().says(MEDIATOR, "request_evidence", of=side)
        own = CLAIMANT if side == "claimant" else RESPONDENT
        before = life.seen_by(own)
        life.says(MEDIATOR, "pause", clock=f"{side}_response", until=until, **WHY)
        assert who_saw(life, "clocks_paused") == knowing
        after = life.seen_by(own)
        assert after.updated_at == life.now
        assert before.requests[0].due_at == before.deadlines[0].due_at
        if until is None:
            assert (after.requests[0].due_at, after.deadlines) == (None, ())
        else:
            assert after.requests[0].due_at == after.deadlines[0].due_at > before.deadlines[0].due_at
        life.says(MEDIATOR, "resume", clock=f"{side}_response")
        assert who_saw(life, "clocks_resumed") == knowing

    def test_is_known_to_both_where_it_waits_for_nobody_in_particular(self) -> None:
        life = watched().in_settlement().says(OPS, "pause", clock="settlement", **WHY)
        assert who_saw(life, "clocks_paused") == {CLAIMANT, RESPONDENT, AGENT, PLATFORM}

    def test_stays_inside_behind_a_phase_that_nobody_hears_of(self) -> None:
        life = watched().ruled()
        assert not any(knows_pause_of(life.case, "grace", audience) for audience in OUTSIDERS)

    @pytest.mark.parametrize("fields", [{}, {"clock": "ruling"}])
    def test_stays_inside_where_it_is_the_teams(self, fields: dict[str, Any]) -> None:
        life = watched().in_review().says(MEDIATOR, "pause", **fields, **WHY)
        assert who_saw(life, "clocks_paused") == set()
        assert who_saw(life.says(MEDIATOR, "resume"), "clocks_resumed") == set()

    def test_that_ends_with_others_is_known_to_whom_one_of_them_belongs(self) -> None:
        life = watched().in_review().says(MEDIATOR, "request_evidence", of="claimant")
        life.says(MEDIATOR, "pause", clock="claimant_response", **WHY).says(MEDIATOR, "pause", **WHY).says(MEDIATOR, "resume")
        assert who_saw(life, "clocks_resumed") == {CLAIMANT, AGENT, PLATFORM}


class TestACaseThatStandsStillAgain:
    """Nobody was there at the last look, so there was to be another within the hour; then its clocks went on by themselves."""

    def test_is_looked_at_after_the_usual_time_and_not_at_the_hour_that_is_past(self) -> None:
        life = watched().in_review().says(MEDIATOR, "rule", outcome="invalid", ground="duplicate")
        while life.case.phase is not Phase.APPEALABLE:
            life.fire_next()
        life.says(CLAIMANT, "appeal")
        life.there = ()
        life.says(OPS, "freeze", incident="inc_2", **WHY).outage(timedelta(hours=200))
        life.says(OPS, "thaw", incident="inc_2", reason="over").outage(timedelta(hours=20))
        life.says(LEAD, "pause", **WHY)
        assert life.case.timetable[0].clock == "standstill"
        assert life.case.timetable[0].due_at == life.now + life.case.terms.forgotten_after


class TestAPromiseThatIsShorterThanTheReminder:
    """Its clock stood still when a side was given until an instant, two days from then; it is reminded three days before."""

    def test_the_reminder_is_due_at_once_when_the_clock_goes_on_and_comes_once(self) -> None:
        life = watched("payment_dispute").in_review().says(OPS, "pause", clock="claim_reply", **WHY)
        until = life.now + timedelta(days=2)
        life.says(OPS, "extend", clock="claim_reply", to=until.isoformat(), reason="asked")
        life.says(OPS, "resume", clock="claim_reply")
        first = life.case.timetable[0]
        assert (first.clock, first.level) == ("claim_reply", "remind")
        assert first.due_at <= life.now
        life.outage(timedelta(minutes=1))
        told = [r.fact for r in life.recordings if r.fact.type == "level_reached"]
        assert [(level.clock, level.level) for level in told] == [("claim_reply", "remind")]
        assert life.case.clocks
        assert next(row.due_at for row in life.case.timetable if row.clock == "claim_reply") >= until
