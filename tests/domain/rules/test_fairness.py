"""Nobody judges their own case, nor one that their manager decided before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Phase
from domain.model import facts as f
from domain.model.facts import Actor
from domain.model.policy_exceptions import ExceptionTerms
from tests.support.appeals import BOUNTY, decided, pay
from tests.support.cases import (
    CLAIMANT,
    JUNIOR,
    LEAD,
    LEAD_2,
    LEAD_3,
    MEDIATOR,
    MEDIATOR_2,
    MEDIATOR_3,
    OPS,
    RESPONDENT,
    Life,
    a_case,
)

CLEARED: dict[str, Any] = {"outcome": "no_violation", "ground": "no_clause", "reasons": "Nobody saw it.", "relies_on": []}


class TestWhoMayJudge:
    """Nobody who had a part, or reports to somebody who had."""

    @pytest.mark.parametrize(
        ("who", "because"),
        [(MEDIATOR, "earlier_part"), (LEAD, "earlier_part"), (JUNIOR, "reports_to_earlier")],
    )
    def test_not_the_first_decider_their_approver_or_their_people(self, who: str, because: str) -> None:
        life = a_case().in_appeal(owner=None, weight="heavy")
        refusal = life.refused(who, "take")
        assert (refusal.code, refusal.fields["because"]) == ("own_case", because)
        assert life.refused(OPS, "assign", owner=who).fields["because"] == because

    def test_not_a_lead_who_sent_the_ruling_back(self) -> None:
        life = a_case().in_approval().says(LEAD, "return_ruling").in_appeal(owner=None)
        assert life.refused(LEAD, "take").fields["because"] == "earlier_part"

    def test_not_a_drafter_whose_draft_was_retracted_and_given_to_another(self) -> None:
        life = a_case().ruled().says(MEDIATOR, "retract").says(OPS, "assign", owner=MEDIATOR_2).in_review(owner=MEDIATOR_2)
        life.says(MEDIATOR_2, "rule", **BOUNTY["light"]).fire("grace").says(RESPONDENT, "appeal")
        assert life.refused(MEDIATOR, "take").fields["because"] == "earlier_part"

    def test_after_remit_neither_of_the_two(self) -> None:
        life = decided(a_case().in_appeal(), "remit")
        for who in (MEDIATOR, LEAD_2, JUNIOR):
            assert life.refused(who, "take").code == "own_case"
        assert life.says(MEDIATOR_3, "take").case.owner == MEDIATOR_3

    def test_nor_an_approver_of_the_first_round_in_the_second(self) -> None:
        life = a_case().in_appeal(weight="heavy").says(LEAD_2, "decide_appeal", decision="vary", remedies=[pay(800_000)])
        assert life.refused(LEAD, "approve").code == "own_case"
        assert life.says(LEAD_3, "approve").case.phase is Phase.RULED

    def test_an_owner_who_declares_a_conflict_later_is_out_at_once(self) -> None:
        life = a_case().in_review()
        claimant = life.case.parties[0].ref_digest
        torn = Actor(id=MEDIATOR, role="mediator", conflicts=(claimant,))
        assert life.refused(torn, "rule", **BOUNTY["light"]).code == "own_case"

    def test_the_facts_remember_who_reported_to_whom_then(self) -> None:
        life = a_case().appealable()
        drafted = next(r for r in life.recordings if isinstance(r.fact, f.RulingDrafted))
        assert (drafted.actor.manager, drafted.actor.team, drafted.actor.site) == ("per_h1", "amber", "berlin")


LATER = ExceptionTerms(of="step", name="record_checked", per_month=2, lasts=timedelta(days=14))
STEERING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("assign", {"owner": MEDIATOR_3}),
    ("retarget", {"priority": "high", "reason": "urgent"}),
    ("pause", {"reason": "waiting"}),
    ("impose_interim", {"measure": "suspend", "reasons": "Until it is decided."}),
    ("review_interim", {"decision": "lift", "reasons": "I have decided that."}),
    ("grant_exception", {}),
    ("refuse_exception", {"reasons": "There is time."}),
    ("state_amount", {"amount": {"amount": 100, "currency": "USD"}}),
    ("add_party", {"party": {"side": "claimant", "ref": "somebody"}}),
    ("remove_party", {"party": CLAIMANT, "reason": "not_involved"}),
    ("replace_party", {"party": CLAIMANT, "by_party": {"side": "claimant", "ref": "somebody"}}),
)


class TestWhoDecidedBefore:
    """They neither decide the next round nor say who does, when, or what holds until then."""

    def on_appeal(self) -> Life:
        life = a_case("conduct_report").with_terms(exceptions=(LATER,)).in_review(owner=LEAD)
        life.says(LEAD, "complete_step", steps=["evidence_secured", "record_checked"])
        life.says(LEAD, "rule", **CLEARED).fire("grace").says(CLAIMANT, "appeal").says(LEAD_2, "take")
        life.says(
            LEAD_2, "ask_exception", of="step", name="record_checked", until=life.now + timedelta(days=3), reasons="It is away."
        )
        return life.says(LEAD_2, "impose_interim", measure="suspend", reasons="Until I have seen it.")

    @pytest.mark.parametrize(("what", "fields"), STEERING)
    def test_does_not_steer_the_appeal(self, what: str, fields: dict[str, Any]) -> None:
        refusal = self.on_appeal().refused(LEAD, what, **fields)
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "earlier_part")

    @pytest.mark.parametrize(("what", "fields"), STEERING)
    def test_nor_does_whoever_set_it_aside(self, what: str, fields: dict[str, Any]) -> None:
        life = self.on_appeal().says(LEAD_2, "decide_appeal", decision="uphold", reasons="It is so.").fire("grace")
        life.says(LEAD_3, "annul", reason="mistake", reasons="The camera was not looked at.").says(MEDIATOR_2, "take")
        life.says(MEDIATOR_2, "impose_interim", measure="suspend", reasons="Until I have seen it.")
        refusal = life.refused(LEAD_3, what, **fields)
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "annulled_it")
        assert life.says(LEAD_3, "assign", owner=None).case.owner is None, "back into its queue it may go"

    def test_whoever_had_no_part_does(self) -> None:
        assert self.on_appeal().says(LEAD_3, "review_interim", decision="lift", reasons="It is enough.").case.interim == ()
