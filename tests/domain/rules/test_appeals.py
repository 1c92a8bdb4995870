"""An appeal that is taken back, before and after the matter was sent back by it."""

from __future__ import annotations

from domain.base import Outcome
from domain.model import facts as f
from tests.support.cases import CLAIMANT, LEAD_2, LEAD_3, OPS, RESPONDENT, Life, a_case


class TestWhoeverTakesTheirAppealBack:
    def remitted(self) -> Life:
        life = (
            a_case("payment_dispute", amount={"amount": 40_000, "currency": "USD"}).with_terms(worse_on_appeal=False).in_review()
        )
        said = {"type": "refund", "amount": {"amount": 20_000, "currency": "USD"}}
        life.says("per_m1", "rule", outcome="partly_refunded", ground="goodwill", remedies=[said]).fire("grace")
        life.says(CLAIMANT, "appeal").says(LEAD_2, "take")
        return life.says(LEAD_2, "decide_appeal", decision="remit").fire("grace")

    def test_leaves_what_they_had_also_when_it_was_sent_back(self) -> None:
        life = self.remitted()
        had = life.case.effects_in_force
        life.says(CLAIMANT, "withdraw")
        assert [r.fact.type for r in life.last.recordings] == ["appeal_withdrawn", "phase_entered"]
        assert life.case.effects_in_force == had
        assert [e.remedy.amount.amount for e in had if e.remedy.amount] == [20_000]
        assert not [fact for fact in life.facts if isinstance(fact, f.EffectOrdered) and fact.reverses], "money is taken back"
        assert life.seen_by(CLAIMANT).ruling is not None
        assert life.fire("appeal_window").case.outcome is Outcome.RULED

    def test_leaves_the_other_side_its_own_appeal_and_them_none(self) -> None:
        life = self.remitted().says(CLAIMANT, "withdraw")
        assert life.refused(CLAIMANT, "appeal").fields["because"] == "already_used"
        told = [n for _, n in life.last.notices if n.recipient == RESPONDENT]
        assert [(n.event, n.data["stands"]) for n in told] == [("appeal_withdrawn", True)]
        life.says(RESPONDENT, "appeal").says(CLAIMANT, "withdraw")
        assert (life.case.outcome, life.case.close_reason) == (Outcome.WITHDRAWN, "given_up_on_appeal")

    def test_and_what_stands_again_can_be_set_aside(self) -> None:
        life = self.remitted().says(CLAIMANT, "withdraw").says(OPS, "annul", reason="procedural_fault")
        assert life.case.rulings[0].annulled_at == life.now
        assert life.refused(OPS, "close").code == "own_case"

    def test_a_draft_of_what_was_to_be_decided_afresh_is_never_told(self) -> None:
        life = self.remitted().with_terms(hear=()).says(LEAD_3, "take")
        refund = {"type": "refund", "amount": {"amount": 30_000, "currency": "USD"}}
        life.says(LEAD_3, "rule", outcome="partly_refunded", ground="goodwill", remedies=[refund]).says(CLAIMANT, "withdraw")
        life.fire("appeal_window")
        assert [e.remedy.amount.amount for e in life.case.effects_in_force if e.remedy.amount] == [20_000]
