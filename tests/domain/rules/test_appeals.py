"""Taking an appeal back, also after it has led to something: nobody loses by it what they had."""

from __future__ import annotations

from domain.base import Outcome
from domain.model import facts as f
from tests.support.cases import CLAIMANT, LEAD_2, LEAD_3, OPS, RESPONDENT, Life, a_case


class TestWhoAppealedAlone:
    """What they had stays when they want no more of it."""

    def refunded(self) -> Life:
        amount = {"amount": 40_000, "currency": "USD"}
        life = a_case("payment_dispute", amount=amount).with_terms(worse_on_appeal=False).in_review()
        refund = {"type": "refund", "amount": {"amount": 20_000, "currency": "USD"}}
        return life.says("per_m1", "rule", outcome="partly_refunded", ground="goodwill", remedies=[refund]).fire("grace")

    def remitted(self) -> Life:
        life = self.refunded().says(CLAIMANT, "appeal").says(LEAD_2, "take")
        return life.says(LEAD_2, "decide_appeal", decision="remit").fire("grace")

    def test_takes_back_the_appeal_when_it_was_sent_back_and_keeps_what_they_had(self) -> None:
        life = self.remitted()
        had = life.case.effects_in_force
        life.says(CLAIMANT, "withdraw")
        assert [r.fact.type for r in life.last.recordings] == ["appeal_withdrawn", "phase_entered"]
        assert life.case.effects_in_force == had
        assert [e.remedy.amount.amount for e in had if e.remedy.amount] == [20_000]
        assert not [fact for fact in life.facts if isinstance(fact, f.EffectOrdered) and fact.reverses], "money is taken back"
        assert life.seen_by(CLAIMANT).ruling is not None
        assert life.fire("appeal_window").case.outcome is Outcome.RULED

    def test_and_the_other_side_has_its_own_appeal_and_they_have_used_theirs(self) -> None:
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

    def test_where_the_team_is_asked_it_comes_to_the_same(self) -> None:
        life = a_case("fraud_report").with_terms(worse_on_appeal=False).in_review().disclosed()
        warned = [{"type": "warn", "to": "respondent"}]
        life.says("per_m1", "rule", outcome="suspicious_unproven", ground="friendly_fraud", remedies=warned).fire("grace")
        life.says(CLAIMANT, "appeal").says(LEAD_2, "take").says(LEAD_2, "decide_appeal", decision="remit").fire("grace")
        assert life.says(CLAIMANT, "withdraw").case.withdrawal is not None
        life.says(LEAD_3, "take").says(LEAD_3, "accept_withdrawal")
        assert [r.fact.type for r in life.last.recordings][:2] == ["withdrawal_accepted", "appeal_withdrawn"]
        assert [e.remedy.type for e in life.case.effects_in_force] == ["warn"]

    def test_is_not_left_with_nothing_by_one_word_when_it_was_set_aside(self) -> None:
        life = self.refunded().says(CLAIMANT, "appeal").says(OPS, "annul", reason="procedural_fault").says(CLAIMANT, "withdraw")
        assert [r.fact.type for r in life.last.recordings] == ["withdrawal_requested"]
        assert [n.data["set_aside"] for _, n in life.last.notices if n.recipient == CLAIMANT] == [True]
        life.says(LEAD_3, "take").says(LEAD_3, "accept_withdrawal")
        assert life.case.outcome is Outcome.WITHDRAWN

    def test_nobody_takes_back_what_was_told_by_themselves(self) -> None:
        refusal = self.refunded().refused(CLAIMANT, "withdraw")
        assert refusal.code == "not_in_this_phase"
        assert "makes an offer" in refusal.detail
