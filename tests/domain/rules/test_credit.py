"""Money until the matter is decided: given once, counted towards what is granted, taken back where nothing is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.base import Phase
from domain.model.ruling import SameCredential
from domain.rules.decide import decide
from domain.rules.rights import in_force
from domain.rules.rule import DecisionContext
from tests.support.cases import CLAIMANT, LEAD, LEAD_2, MEDIATOR, RESPONDENT, ROBOT, Life, a_case

CONFIRMED = {"outcome": "confirmed", "ground": "stolen_payment"}


def money(cents: int, currency: str = "USD") -> dict[str, object]:
    return {"amount": cents, "currency": currency}


def credited(cents: int = 20_000) -> Life:
    return a_case("fraud_report", amount=money(30_000)).in_review().says(MEDIATOR, "credit_provisionally", amount=money(cents))


def ruled(life: Life, *refunds: int, **other: object) -> Life:
    remedies = [{"type": "refund", "amount": money(cents)} for cents in refunds]
    return life.says(MEDIATOR, "rule", **{**CONFIRMED, "remedies": remedies, **other}).fire("grace")


def paid(life: Life) -> int:
    """What the claimant has in the end, of everything that was ordered and not undone."""
    return sum(e.remedy.amount.amount for e in life.case.effects_in_force if e.remedy.amount is not None)


class TestARuling:
    @pytest.mark.parametrize("refund", [1, 19_999, 20_000, 20_001, 30_000])
    def test_leaves_exactly_what_it_grants(self, refund: int) -> None:
        assert paid(ruled(credited(), refund)) == refund

    def test_of_several_refunds_leaves_their_sum(self) -> None:
        assert paid(ruled(credited(), 25_000, 3_000)) == 28_000

    def test_in_other_money_takes_the_credit_back(self) -> None:
        euros = [{"type": "refund", "amount": money(20_000, "EUR")}]
        life = credited().says(MEDIATOR, "rule", **CONFIRMED, remedies=euros).says(LEAD, "approve").fire("grace")
        assert [(e.remedy.type, e.remedy.amount) for e in in_force(life.case)] == [
            ("refund", life.case.rulings[-1].remedies[0].amount)
        ]

    def test_that_finds_no_fraud_takes_it_back(self) -> None:
        life = ruled(credited(), outcome="false_positive", ground="no_fraud")
        assert (paid(life), life.case.credits[0].state) == (0, "reversed")

    def test_that_confirms_without_a_refund_leaves_it(self) -> None:
        life = ruled(credited())
        assert (paid(life), life.case.credits[0].state) == (20_000, "final")


class TestMuchMoney:
    """Above the pack's limit, or of an amount that its giver stated: two persons, as with a ruling (12 CFR 1005.11 asks for it in
    time, and nobody's word alone is behind it).
    """

    def reported(self, cents: int = 5_000_000) -> Life:
        return a_case("fraud_report", amount=money(cents)).in_review()

    def proposed(self, cents: int = 150_000) -> Life:
        return self.reported().says(MEDIATOR, "credit_provisionally", amount=money(cents), reasons="While we look.")

    def test_is_only_proposed_by_the_first_one(self) -> None:
        life = self.proposed()
        assert (paid(life), life.last.recordings[-1].fact.type) == (0, "provisional_credit_proposed")
        assert not {n.recipient for _, n in life.last.notices} & {CLAIMANT, RESPONDENT}

    def test_is_let_out_by_a_lead_with_the_reasons_of_the_first(self) -> None:
        life = self.proposed().says(LEAD, "credit_provisionally", amount=money(150_000), reasons=None)
        assert (paid(life), life.case.credit_proposed) == (150_000, None)
        assert life.last.notices[0][1].texts["reasons"] is not None

    def test_is_not_let_out_by_whoever_proposed_it(self) -> None:
        life = self.proposed()
        assert life.refused(MEDIATOR, "credit_provisionally", amount=money(150_000)).code == "nothing_changes"
        life.says(MEDIATOR, "credit_provisionally", amount=money(150_001))
        assert paid(life) == 0

    def test_nor_in_another_amount(self) -> None:
        refusal = self.proposed().refused(LEAD, "credit_provisionally", amount=money(150_001))
        assert (refusal.code, refusal.fields["because"]) == ("credit_not_allowed", "amount_differs")

    def test_nor_by_a_lead_to_whom_nothing_was_proposed(self) -> None:
        assert self.reported().refused(LEAD, "credit_provisionally", amount=money(150_000)).code == "not_your_case"

    def test_nor_by_the_same_credential(self) -> None:
        life = self.proposed()
        command = life.command(LEAD, "credit_provisionally", amount=money(150_000))
        context = DecisionContext(actor=life.actor(LEAD), credential="key_one")
        assert life.case.credit_proposed is not None
        mine = life.case.credit_proposed.model_copy(update={"proposed_with": "key_one"})
        with pytest.raises(SameCredential):
            decide(life.case.model_copy(update={"credit_proposed": mine}), command, context, life.now)

    def test_of_the_givers_own_word_is_proposed_too(self) -> None:
        life = a_case("fraud_report").in_review().says(MEDIATOR, "state_amount", amount=money(90_000))
        life.says(MEDIATOR, "credit_provisionally", amount=money(500))
        assert (paid(life), life.case.credit_proposed and life.case.credit_proposed.because) == (0, "amount_of_own_word")

    def test_a_proposal_ends_when_another_amount_is_stated(self) -> None:
        life = self.proposed().says(LEAD_2, "state_amount", amount=money(400_000))
        life.says(LEAD, "state_amount", amount=money(400_000))
        assert life.refused(LEAD, "credit_provisionally", amount=money(150_000)).code == "not_your_case"

    def test_the_ruling_by_which_it_becomes_final_is_looked_at_too(self) -> None:
        life = self.proposed().says(LEAD, "credit_provisionally", amount=money(150_000)).says(MEDIATOR, "rule", **CONFIRMED)
        assert life.case.phase is Phase.APPROVAL

    def test_a_small_one_that_a_ruling_tops_up_is_counted_with_it(self) -> None:
        life = self.reported().says(MEDIATOR, "credit_provisionally", amount=money(60_000))
        life.says(MEDIATOR, "rule", **CONFIRMED, remedies=[{"type": "refund", "amount": money(110_000)}])
        assert life.case.phase is Phase.APPROVAL


class TestAfterAnAppeal:
    def appealed(self, **decision: object) -> Life:
        life = ruled(credited(), 30_000).says(RESPONDENT, "appeal").says(LEAD_2, "take")
        return life.says(LEAD_2, "decide_appeal", **decision).fire("grace")

    def test_upheld_nothing_moves(self) -> None:
        life = self.appealed(decision="uphold")
        assert (paid(life), [e for e in life.case.effects if e.reverses]) == (30_000, [])

    def test_varied_to_the_same_refund_nothing_moves_either(self) -> None:
        life = self.appealed(decision="vary", remedies=[{"type": "refund", "amount": money(30_000)}])
        assert (paid(life), [e for e in life.case.effects if e.reverses]) == (30_000, [])

    def test_overturned_everything_is_taken_back(self) -> None:
        assert paid(self.appealed(decision="overturn", outcome="false_positive", ground="no_fraud")) == 0


class TestWhoHearsOfIt:
    def test_the_claimant_when_it_is_given(self) -> None:
        life = credited()
        told = {n.recipient for _, n in life.last.notices if n.event == "provisional_credit_given"}
        assert told == {CLAIMANT, "platform"}

    def test_the_claimant_in_the_ruling_that_takes_it_back_and_not_the_respondent(self) -> None:
        life = ruled(credited().disclosed(), outcome="false_positive", ground="no_fraud")
        notices = {n.recipient: n.data for _, n in life.last.notices if n.event == "ruling_issued"}
        assert notices[CLAIMANT]["credit"]["state"] == "reversed"
        assert "credit" not in notices[RESPONDENT]

    def test_whoever_withdraws_that_it_is_gone(self) -> None:
        life = credited().says(CLAIMANT, "withdraw").says(MEDIATOR, "accept_withdrawal")
        assert (paid(life), life.case.credits[0].state) == (0, "reversed")


class TestTheClock:
    def test_stops_with_the_credit(self) -> None:
        assert "provisional_credit" not in {row.clock for row in credited().case.timetable}

    def test_stands_still_for_nobody(self) -> None:
        life = a_case("fraud_report").in_review()
        before = {r.level: r.due_at for r in life.case.timetable if r.clock == "provisional_credit"}
        until = (life.now + timedelta(days=5)).isoformat()
        life.says(MEDIATOR, "snooze", until=until, reason="waiting")
        assert {r.level: r.due_at for r in life.case.timetable if r.clock == "provisional_credit"} == before


class TestWhatIsTold:
    """Whoever has a credit is told when it is taken back, and how much, by whatever letter tells them what it follows from."""

    def told(self, life: Life) -> dict[str, object]:
        return life.notices_for(CLAIMANT)[-1].data

    @pytest.mark.parametrize("by", ["withdrawal", "denial", "annulment", "appeal"])
    def test_that_it_is_taken_back_when_and_how_much_in_whatever_letter(self, by: str) -> None:
        life = credited()
        match by:
            case "withdrawal":
                life.says(CLAIMANT, "withdraw").says(MEDIATOR, "accept_withdrawal")
            case "denial":
                ruled(life, outcome="false_positive", ground="no_fraud")
            case "annulment":
                ruled(life).later(timedelta(hours=1)).says(LEAD, "annul", reason="mistake")
            case _:
                ruled(life).later(timedelta(hours=1)).says(RESPONDENT, "appeal").says(LEAD_2, "take")
                life.says(LEAD_2, "decide_appeal", decision="overturn", outcome="false_positive", ground="no_fraud").fire("grace")
        said = self.told(life)["credit"]
        assert isinstance(said, dict)
        assert (said["amount"], said["state"], said["ended_at"]) == (20_000, "reversed", life.now.isoformat())

    def test_not_in_what_they_are_told_later(self) -> None:
        life = ruled(credited(), outcome="false_positive", ground="no_fraud").later(timedelta(hours=1))
        assert "credit" not in self.told(life.says(MEDIATOR, "message"))

    def test_the_other_side_hears_nothing_of_it(self) -> None:
        life = credited().says(MEDIATOR, "disclose").says(CLAIMANT, "withdraw").says(MEDIATOR, "accept_withdrawal")
        assert all("credit" not in one.data for one in life.notices_for(RESPONDENT))

    def test_whoever_loses_may_ask_for_the_documents(self) -> None:
        life = ruled(credited(), outcome="false_positive", ground="no_fraud")
        assert self.told(life)["documents"] is True
        assert life.says(CLAIMANT, "message").notices_for(MEDIATOR)[-1].event == "message_sent"
        assert "documents" not in self.told(ruled(credited(), 30_000))


class TestByItsLaw:
    """Regulation E in the words of the shipped pack: 12 CFR 1005.11(c)(2)(i) and (d)(2)."""

    def reported(self, category: str = "stolen_payment") -> Life:
        return a_case("fraud_report", amount=money(40_000), category=category).that_protects().in_review()

    @pytest.mark.parametrize(("category", "least"), [("stolen_payment", 35_000), ("duplicate", 40_000)])
    def test_a_cent_is_no_credit(self, category: str, least: int) -> None:
        life = self.reported(category)
        for cents in (1, least - 1):
            refusal = life.refused(MEDIATOR, "credit_provisionally", amount=money(cents))
            assert (refusal.code, refusal.fields["because"]) == ("credit_not_allowed", "less_than_reported")
            assert refusal.fields["allowed"]["amount"] == least
        assert paid(life.says(MEDIATOR, "credit_provisionally", amount=money(least))) == least

    def test_what_is_taken_back_is_told_with_its_day_and_taken_on_it(self) -> None:
        life = self.reported().says(MEDIATOR, "credit_provisionally", amount=money(40_000))
        life.says(CLAIMANT, "withdraw").says(MEDIATOR, "accept_withdrawal")
        row = life.due("credit_reversal")
        assert (life.case.phase, paid(life), life.case.credits[0].state) == (Phase.CLOSED, 40_000, "reversed")
        assert life.notices_for(CLAIMANT)[-1].data["credit"]["ended_at"] == row.due_at.isoformat()
        assert row.due_at >= life.now + timedelta(days=6)
        assert paid(life.fire("credit_reversal")) == 0

    def test_before_the_amount_is_known_nothing_is_credited(self) -> None:
        life = a_case("fraud_report", category="unauthorised").that_protects().in_review()
        refusal = life.refused(MEDIATOR, "credit_provisionally", amount=money(1))
        assert (refusal.code, refusal.fields["because"]) == ("credit_not_allowed", "amount_unknown")

    @pytest.mark.parametrize("outcome", ["false_positive", "confirmed"])
    def test_more_stated_than_was_credited_is_owed_too_and_both_end_together(self, outcome: str) -> None:
        life = self.reported("duplicate").says(MEDIATOR, "credit_provisionally", amount=money(40_000))
        life.says(LEAD, "state_amount", amount=money(60_000))
        assert life.due("provisional_credit").due_at > life.now
        assert life.refused(MEDIATOR, "credit_provisionally", amount=money(19_999)).fields["because"] == "less_than_reported"
        life.says(MEDIATOR, "credit_provisionally", amount=money(20_000))
        assert paid(life) == 60_000
        assert "provisional_credit" not in {row.clock for row in life.case.timetable}
        assert life.refused(MEDIATOR, "credit_provisionally", amount=money(1)).code == "credit_given"
        if outcome == "false_positive":
            life.says(CLAIMANT, "withdraw").says(MEDIATOR, "accept_withdrawal")
            assert life.notices_for(CLAIMANT)[-1].data["credit"]["amount"] == 60_000
            assert [c.state for c in life.case.credits] == ["reversed", "reversed"]
            assert paid(life.fire("credit_reversal")) == 0
        else:
            # More than was reported becomes final by two.
            life.says(MEDIATOR, "rule", **{**CONFIRMED, "remedies": []}).says(LEAD_2, "approve").fire("grace")
            assert paid(life) == 60_000


class TestAnError:
    """12 CFR 1005.11(c)(1): put right within one business day of its being found."""

    REFUND = {"type": "refund", "amount": money(200_000)}

    def found(self) -> Life:
        """Above the amount that one person may grant: a second one looks at it."""
        life = a_case("fraud_report", amount=money(200_000)).in_review()
        return life.says(MEDIATOR, "rule", **CONFIRMED, remedies=[self.REFUND])

    def test_is_due_while_a_second_person_looks_at_it(self) -> None:
        life = self.found()
        assert (life.case.phase, "correction" in {due.clock for due in life.case.timetable}) == (Phase.APPROVAL, True)

    def test_is_put_right_when_it_is_told(self) -> None:
        life = self.found().says(LEAD, "approve").fire("grace")
        assert "correction" not in {due.clock for due in life.case.timetable}

    def test_is_none_any_more_when_the_draft_is_returned(self) -> None:
        life = self.found().says(LEAD, "return_ruling", reasons="Which card was it?")
        assert "correction" not in {due.clock for due in life.case.timetable}

    def test_is_still_to_be_put_right_where_its_money_waits_for_hands(self) -> None:
        life = self.found().says(LEAD, "approve").fire("grace")
        effect = next(e for e in life.case.effects if e.remedy.type == "refund")
        life.says(ROBOT, "report_effect", effect_id=effect.id, result="needs_hands")
        assert "correction" in {due.clock for due in life.case.timetable}
        life.says(
            MEDIATOR, "report_manual_work", effect_id=effect.id, result="done", reference="SEPA-1", text="Paid at the bank."
        )
        assert "correction" not in {due.clock for due in life.case.timetable}

    def test_where_none_is_found_nothing_is_put_right(self) -> None:
        life = a_case("fraud_report", amount=money(200_000)).in_review()
        life.says(MEDIATOR, "rule", outcome="false_positive", ground="no_fraud")
        assert "correction" not in {due.clock for due in life.case.timetable}
