"""Past cases under a changed pack: what differs comes from the pack alone, and nothing is passed over in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.model.commands import Open
from policies.loading import load_pack
from policies.pack import PACKS_DIR
from policies.shelf import Shelf
from policies.simulate import Changed, Simulated, past_of, simulate
from tests.support.cases import CLAIMANT, MEDIATOR, MONDAY, OPS, RESPONDENT, Life, a_case, shelf

TEXT = (PACKS_DIR / "bounty_dispute.yaml").read_text("utf-8")
HOUR = timedelta(hours=1)


def changed(*edits: tuple[str, str]) -> Shelf:
    """The shelf with the bounty pack changed."""
    text = TEXT
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return replace(shelf(), packs={**shelf().packs, "bounty_dispute": load_pack(text, "changed")})


class Story:
    """Commands of one case, at their instants."""

    def __init__(self, **report: Any) -> None:
        self.life: Life = a_case(**report).that_protects()
        opening = self.life.opening()
        assert isinstance(opening, Open)
        self.kept = [self._kept(opening, "system", timedelta(0))]

    def says(self, after: timedelta, who: str, what: str, **fields: Any) -> Story:
        command = self.life.command(who, what, **fields)
        self.kept.append(self._kept(command, who, after))
        return self

    def _kept(self, command: Any, who: str, after: timedelta) -> dict[str, Any]:
        actor, owner = self.life.actor(who), getattr(command, "owner", None)
        target = self.life.actor(owner).model_dump() if owner else None
        body = command.model_dump(mode="json")
        return {"received_at": MONDAY + after, "body": body, "actor": actor.model_dump(), "target": target}

    def under(self, other: Shelf, until: timedelta, sanctions: Sequence[dict[str, Any]] = ()) -> Simulated:
        about = {"kind": "bounty_dispute", "attributes": {}}
        past = past_of("case_00000001", "bounty_dispute", self.kept, about, MONDAY + until, sanctions)
        return simulate(other, past, self.life.calendars)


def a_ruling(cents: int) -> Story:
    """Escalated, assigned, and ruled for so much a day later."""
    payout = {"type": "payout", "amount": {"amount": cents, "currency": "USD"}, "to": "claimant"}
    return (
        Story()
        .says(HOUR, CLAIMANT, "escalate")
        .says(2 * HOUR, OPS, "assign", owner=MEDIATOR)
        .says(2 * HOUR, RESPONDENT, "submit_evidence")
        .says(3 * HOUR, MEDIATOR, "rule", outcome="upheld", ground="severity", remedies=[payout])
    )


def about(found: Simulated, what: str) -> list[Changed]:
    return [one for one in found.changed if one.about == what]


def test_the_same_pack_changes_nothing() -> None:
    assert a_ruling(100_000).under(shelf(), 30 * HOUR).status == "same"


def test_a_comment_changes_nothing() -> None:
    assert a_ruling(100_000).under(changed(("# Bounty dispute", "# The bounty dispute")), 30 * HOUR).status == "same"


def test_a_lower_limit_makes_a_ruling_wait_for_approval() -> None:
    found = a_ruling(400_000).under(changed(("amount: 500000", "amount: 300000")), 10 * HOUR)
    (approval,) = about(found, "approval")
    assert (approval.old, approval.new) == ("none", "amount_above_limit")
    assert [(one.old, one.new) for one in about(found, "phase")] == [("appealable", "approval")]


def test_a_ground_that_is_gone_refuses_the_ruling() -> None:
    found = a_ruling(100_000).under(changed(("grounds: [eligibility, severity,", "grounds: [eligibility,")), 10 * HOUR)
    (refusal,) = about(found, "refusal")
    assert refusal.what.startswith("rule ")
    assert (refusal.old, refusal.new) == ("accepted", "ground_unknown")


def test_a_shorter_settlement_moves_its_end_and_everything_after() -> None:
    story = Story().says(60 * HOUR, RESPONDENT, "message", text="We are thinking.")
    # Monday 10:00 in Berlin: three business days end on Thursday, one on Tuesday.
    found = story.under(changed(("  - like: settlement\n", "  - like: settlement\n    target: 1 business day\n")), 50 * HOUR)
    moved = {one.what: (one.old, one.new) for one in about(found, "due")}
    assert moved["settlement end #1"] == ("2026-03-05T09:00:00+00:00", "2026-03-03T09:00:00+00:00")
    assert [(one.old, one.new) for one in about(found, "level") if one.what == "settlement end"] == [("0", "1")]


def test_a_gate_that_declines_is_told() -> None:
    found = Story().under(
        changed(("has(attributes.programme_excluded) && attributes.programme_excluded", "report.respondents == 1")), HOUR
    )
    assert [(one.old, one.new) for one in about(found, "routing")] == [("admit", "decline programme_excluded")]
    assert [(one.old, one.new) for one in about(found, "outcome")] == [(None, "declined")]


def an_unfounded_request() -> Story:
    """Ruled to be without any ground, a day after it came."""
    return (
        Story()
        .says(HOUR, CLAIMANT, "escalate")
        .says(2 * HOUR, OPS, "assign", owner=MEDIATOR)
        .says(3 * HOUR, MEDIATOR, "request_evidence", of="claimant", ground="without_ground")
        .says(20 * HOUR, CLAIMANT, "submit_evidence")
        .says(24 * HOUR, MEDIATOR, "rule", outcome="unfounded", ground="without_ground")
    )


def noted(story: Story, at: timedelta, **later: Any) -> dict[str, Any]:
    """A sanction against the claimant by another case, as it is kept."""
    opening = story.life.opening()
    assert isinstance(opening, Open)
    (digest,) = [party.ref_digest for party in opening.parties if party.id == CLAIMANT]
    return {
        "id": f"san_{abs(at.days)}", "case_id": "case_other", "ref_digest": digest, "category": "bad_faith", "sanction": "noted",
        "weight": 1, "imposed_at": MONDAY + at, "counts_until": MONDAY + at + timedelta(days=360), "ends_at": None,
        "lifted_at": None, "voided_at": None, **later,
    }  # fmt: skip


SOONER = changed(("steps: [noted, noted, right_to_ask_withdrawn]", "steps: [noted, right_to_ask_withdrawn]"))
"""The same pack, by which the right to ask goes with the second request without ground."""


def test_what_counted_against_somebody_then_counts_in_both_runs() -> None:
    story = an_unfounded_request()
    found = story.under(SOONER, 30 * HOUR, [noted(story, -timedelta(days=30))])
    assert [(one.old, one.new) for one in about(found, "sanction")] == [("noted", "right_to_ask_withdrawn")]
    assert story.under(SOONER, 30 * HOUR).status == "same"


@pytest.mark.parametrize(
    ("at", "later", "differs"),
    [
        (timedelta(days=3), {}, False),  # imposed after this ruling
        (-timedelta(days=400), {}, False),  # it counted for 360 days
        (-timedelta(days=30), {"voided_at": MONDAY - timedelta(days=1)}, False),  # taken back before
        (-timedelta(days=30), {"voided_at": MONDAY + timedelta(days=9)}, True),  # taken back since: it counted then
    ],
)
def test_and_nothing_that_did_not(at: timedelta, later: dict[str, Any], *, differs: bool) -> None:
    story = an_unfounded_request()
    found = story.under(SOONER, 30 * HOUR, [noted(story, at, **later)])
    assert bool(about(found, "sanction")) is differs


def test_a_right_to_ask_that_was_withdrawn_declines_the_report() -> None:
    story = Story()
    ban = {"sanction": "right_to_ask_withdrawn", "ends_at": MONDAY + timedelta(days=90)}
    no_bar = changed(("bars: [right_to_ask_withdrawn]", "bars: []"))
    found = story.under(no_bar, HOUR, [noted(story, -timedelta(days=30), **ban)])
    assert found.status == "differs"
    assert story.under(no_bar, HOUR).status == "same"


def test_a_calendar_that_is_not_kept_is_said_and_not_passed_over() -> None:
    story = a_ruling(100_000)
    past = past_of("case_00000001", "bounty_dispute", story.kept, {"kind": "bounty_dispute"}, MONDAY + HOUR)
    found = simulate(shelf(), past, {})
    assert (found.status, found.code) == ("not_simulated", "calendar_missing")
