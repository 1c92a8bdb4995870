"""Taking an appeal back, also after it has led to something: nobody loses by it what they had."""

from __future__ import annotations

from domain.base import Outcome, Phase, Side
from domain.model import facts as f
from tests.support.cases import CLAIMANT, LEAD_2, LEAD_3, MEDIATOR, OPS, OUTCOMES, RESPONDENT, Life, a_case
from tests.support.other_cases import NEIGHBOUR, joined


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
        assert life.refused(OPS, "close").code == "undecided_afresh"

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


class TestWhoReportedTheSame:
    """Whoever came with a report that went into another one has their own appeal (Regulation (EU) 2022/2065, article 20(1))."""

    def ruled(self) -> Life:
        life = joined(life=a_case("payment_dispute").in_review())
        return life.says(MEDIATOR, "rule", **OUTCOMES["payment_dispute"]["none"], relies_on=[]).fire("grace")

    def test_appeals_for_themselves_and_nobody_takes_that_back_but_they(self) -> None:
        life = self.ruled().says(NEIGHBOUR, "appeal")
        assert (life.case.phase, life.case.appellants) == (Phase.APPEAL, (Side.CLAIMANT,))
        assert life.refused(CLAIMANT, "withdraw").code == "others_reported"
        life.says(NEIGHBOUR, "withdraw")
        # Whoever reported first has not appealed, and may.
        assert life.case.phase is Phase.APPEALABLE
        assert life.refused(NEIGHBOUR, "appeal").fields["because"] == "already_used"
        assert life.says(CLAIMANT, "appeal").case.phase is Phase.APPEAL

    def test_has_the_time_for_it_when_another_one_gives_theirs_up(self) -> None:
        life = self.ruled().says(CLAIMANT, "appeal").says(CLAIMANT, "withdraw")
        assert life.case.phase is Phase.APPEALABLE
        told = next(n for _, n in life.last.notices if n.recipient == NEIGHBOUR)
        assert (told.event, told.data["due_clock"]) == ("appeal_withdrawn", "appeal_window")
        assert life.refused(CLAIMANT, "appeal").fields["because"] == "already_used"
        life.says(NEIGHBOUR, "appeal").says(NEIGHBOUR, "withdraw")
        assert life.case.outcome is Outcome.RULED

    def test_is_told_with_the_ruling_that_they_may(self) -> None:
        life = self.ruled()
        told = next(n for _, n in life.last.notices if n.recipient == NEIGHBOUR)
        assert (told.event, told.data["right"]["allowed"]) == ("ruling_issued", True)

    def test_makes_nobody_stand_by_a_report_that_they_took_back(self) -> None:
        safety = a_case("safety_incident").that_protects().with_terms(procedure=(), root_cause_needed=False).in_review()
        life = joined(life=safety).says(CLAIMANT, "withdraw").says(MEDIATOR, "continue_of_office")
        life.says(MEDIATOR, "rule", outcome="unsubstantiated", ground="no_breach", relies_on=[]).fire("grace")
        assert life.says(NEIGHBOUR, "appeal").case.of_office is not None
        assert life.refused(CLAIMANT, "appeal").code == "of_office"
