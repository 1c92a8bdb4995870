"""What was paid, said lower than it was reported: by two, and the claimant is told. The rest is in rules/test_money.py."""

from __future__ import annotations

from typing import Any

import pytest

from domain.base import Money, Phase
from domain.model import facts as f
from domain.model.people import Actor
from tests.support.cases import CLAIMANT, LEAD, LEAD_2, LEAD_3, MEDIATOR, OPS, PLATFORM, RESPONDENT, Life, a_case

REPORTED = {"amount": 12_000, "currency": "USD"}


def usd(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "USD"}


def reported(kind: str = "payment_dispute") -> Life:
    return a_case(kind, amount=Money(**REPORTED))


def lowered(life: Life, cents: int = 8_000) -> Life:
    return life.says(OPS, "state_amount", amount=usd(cents)).says(LEAD, "state_amount", amount=usd(cents))


def events(life: Life, who: str) -> list[str]:
    return [n.event for _, n in life.last.notices if n.recipient == who]


class TestLessThanWasReported:
    @pytest.mark.parametrize("who", [OPS, LEAD, PLATFORM])
    def test_counts_once_two_have_said_it_and_the_claimant_is_told_each_time(self, who: str) -> None:
        """Charter of Fundamental Rights of the EU, article 41(2)(a): heard before what would take from them."""
        life = reported().in_review().says(who, "state_amount", amount=usd(100), reasons="So the ledger says.")
        assert (life.case.amount, events(life, CLAIMANT)) == (Money(**REPORTED), ["amount_lowering_proposed"])
        assert events(life, RESPONDENT) == []
        refusal = life.refused(who, "state_amount", amount=usd(100))
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "proposed_it")
        life.says(LEAD_2, "state_amount", amount=usd(100))
        assert (life.case.amount, events(life, CLAIMANT)) == (Money(**usd(100)), ["amount_stated:lowered"])

    def test_by_nobody_who_reports_to_who_said_it_first(self) -> None:
        life = reported().in_review().says(LEAD, "state_amount", amount=usd(100))
        under = Actor(id="per_under", role="lead", manager=LEAD)
        assert life.refused(under, "state_amount", amount=usd(100)).fields["because"] == "reports_to_proposer"

    def test_another_amount_is_another_word(self) -> None:
        life = reported().in_review().says(LEAD, "state_amount", amount=usd(100)).says(OPS, "state_amount", amount=usd(200))
        assert life.case.amount == Money(**REPORTED)

    def test_nor_in_other_money_by_one(self) -> None:
        life = reported().in_review().says(OPS, "state_amount", amount={"amount": 12_000, "currency": "JPY"})
        assert life.case.amount == Money(**REPORTED)

    def test_what_one_raised_one_brings_back_to_what_was_reported(self) -> None:
        life = reported().in_review().says(OPS, "state_amount", amount=usd(50_000)).says(OPS, "state_amount", amount=REPORTED)
        assert life.case.amount == Money(**REPORTED)

    def test_what_no_report_named_one_corrects(self) -> None:
        life = a_case("payment_dispute").in_review().says(MEDIATOR, "state_amount", amount=usd(50_000))
        assert life.says(OPS, "state_amount", amount=usd(500)).case.amount == Money(**usd(500))

    def test_a_draft_stays_until_it_counts(self) -> None:
        life = (
            reported()
            .in_review()
            .says(MEDIATOR, "rule", outcome="refunded", ground="not_received", remedies=[{"type": "refund", "amount": REPORTED}])
        )
        assert life.says(OPS, "state_amount", amount=usd(100)).case.phase is Phase.RULED
        assert life.says(LEAD, "state_amount", amount=usd(100)).case.phase is Phase.REVIEW

    @pytest.mark.parametrize(("kind", "outcome", "ground"), [
        ("payment_dispute", "refunded", "not_received"), ("fraud_report", "confirmed", "stolen_payment"),
    ])  # fmt: skip
    def test_who_gets_less_than_they_reported_may_appeal(self, kind: str, outcome: str, ground: str) -> None:
        life = lowered(reported(kind).in_review())
        life.says(MEDIATOR, "rule", outcome=outcome, ground=ground, remedies=[{"type": "refund", "amount": usd(8_000)}])
        assert life.fire("grace").says(CLAIMANT, "appeal").case.phase is Phase.APPEAL

    @pytest.mark.parametrize("by_two", [False, True])
    def test_whoever_grants_the_claim_grants_what_was_reported(self, by_two: bool) -> None:
        life = reported().in_settlement()
        life = lowered(life) if by_two else life.says(OPS, "state_amount", amount=usd(8_000))
        life.says(RESPONDENT, "concede")
        granted = [fact.remedy.amount for fact in life.facts if isinstance(fact, f.EffectOrdered)]
        assert (granted, life.case.amount) == ([Money(**REPORTED)], Money(**REPORTED))


class TestMoreThanWasReported:
    """Nobody pays more than they were told of: European Convention on Human Rights, article 6(1)."""

    def raised(self) -> Life:
        life = reported().that_protects().in_review().says(RESPONDENT, "message", text="It came.")
        return life.says(LEAD, "state_amount", amount=usd(50_000))

    @pytest.mark.parametrize("kind", ["payment_dispute", "bounty_dispute"])
    def test_is_told_to_both_and_whoever_grants_the_claim_grants_what_was_reported(self, kind: str) -> None:
        life = reported(kind).in_settlement().says(LEAD, "state_amount", amount=usd(90_000))
        assert (events(life, CLAIMANT), events(life, RESPONDENT)) == (["amount_stated:raised"],) * 2
        life.says(RESPONDENT, "concede")
        granted = [fact.remedy.amount for fact in life.facts if isinstance(fact, f.EffectOrdered)]
        assert (granted, life.case.amount) == ([Money(**REPORTED)], Money(**REPORTED))

    def test_is_given_by_two_and_not_before_the_respondent_could_answer(self) -> None:
        life = self.raised()
        remedies = [{"type": "refund", "amount": usd(45_000)}]
        more = {"outcome": "refunded", "ground": "not_received", "relies_on": [], "remedies": remedies}
        assert life.refused(MEDIATOR, "rule", **more).code == "not_heard"
        life.says(RESPONDENT, "message", text="It was 120.00.").says(MEDIATOR, "rule", **more)
        assert life.case.ruling is not None
        assert (life.case.phase, life.case.ruling.approval_because) == (Phase.APPROVAL, "amount_above_reported")

    @pytest.mark.parametrize("again", [False, True], ids=["last", "before"])
    def test_is_not_agreed_to_by_who_said_so(self, again: bool) -> None:
        """Nobody is the second person to their own word: whoever has said that it is more, ever, or reports to them."""
        life = self.raised()
        if again:
            life.says(OPS, "state_amount", amount=usd(50_001))
        life.says(RESPONDENT, "message", text="It was 120.00.").says(
            MEDIATOR, "rule", outcome="refunded", ground="not_received", relies_on=[],
            remedies=[{"type": "refund", "amount": usd(45_000)}], less_because="not_proven",
        )  # fmt: skip
        under = Actor(id="per_under", role="lead", manager=LEAD)
        for who in (LEAD, under):
            refusal = life.refused(who, "approve")
            assert (refusal.code, refusal.fields["because"]) == ("own_case", "stated_it")
        assert life.says(LEAD_2, "approve").case.phase is Phase.RULED

    def test_who_said_so_may_agree_to_what_gives_no_more_than_was_reported(self) -> None:
        life = a_case("payment_dispute", amount=Money(**usd(200_000))).that_protects().in_review()
        life.says(RESPONDENT, "message", text="It came.").says(LEAD, "state_amount", amount=usd(300_000))
        life.says(RESPONDENT, "message", text="It was 2000.00.").says(
            MEDIATOR, "rule", outcome="refunded", ground="not_received", relies_on=[],
            remedies=[{"type": "refund", "amount": usd(200_000)}], less_because="not_proven",
        )  # fmt: skip
        assert life.case.phase is Phase.APPROVAL
        assert life.says(LEAD, "approve").case.phase is Phase.RULED

    def test_is_nothing_to_answer_any_more_once_it_is_what_was_reported(self) -> None:
        life = self.raised()
        assert [one.of_amount for one in life.case.unanswered] == [False, True]
        life.says(LEAD, "state_amount", amount=REPORTED)
        assert [one.of_amount for one in life.case.unanswered] == [False]

    @pytest.mark.parametrize("kind", ["payment_dispute", "bounty_dispute"])
    def test_by_the_platform_leaves_a_rest_that_is_the_claimants_to_let_go(self, kind: str) -> None:
        life = reported(kind).in_settlement().says(PLATFORM, "state_amount", amount=usd(90_000))
        assert life.refused(RESPONDENT, "concede").code == "nothing_to_concede"
        remedy = "refund" if kind == "payment_dispute" else "payout"
        life.says(RESPONDENT, "offer", remedy=remedy, amount=REPORTED)
        assert life.case.phase is Phase.SETTLEMENT
        assert life.says(CLAIMANT, "accept_offer").case.phase is Phase.CLOSED

    def test_that_the_platform_takes_back_is_granted(self) -> None:
        life = reported().in_settlement().says(PLATFORM, "state_amount", amount=usd(90_000))
        life.says(PLATFORM, "state_amount", amount=REPORTED).says(RESPONDENT, "concede")
        assert life.case.phase is Phase.CLOSED

    @pytest.mark.parametrize("kind", ["payment_dispute", "bounty_dispute"])
    def test_what_no_report_named_is_granted_once_two_have_said_it(self, kind: str) -> None:
        """Nobody grants a sum that one of the team alone has named: a second one says it too, or an offer names it."""
        life = a_case(kind).in_settlement().says(LEAD, "state_amount", amount=usd(50_000))
        assert life.refused(RESPONDENT, "concede").code == "nothing_to_concede"
        for who in (LEAD, Actor(id="per_under", role="lead", manager=LEAD)):
            assert life.refused(who, "state_amount", amount=usd(50_000)).code == "own_case"
        life.says(OPS, "state_amount", amount=usd(50_000)).says(RESPONDENT, "concede")
        assert [fact.remedy.amount for fact in life.facts if isinstance(fact, f.EffectOrdered)] == [Money(**usd(50_000))]

    def test_what_two_have_said_of_one_sum_they_have_not_said_of_another(self) -> None:
        life = a_case("payment_dispute").in_settlement().says(LEAD, "state_amount", amount=usd(100))
        life.says(OPS, "state_amount", amount=usd(100)).says(LEAD_2, "state_amount", amount=usd(90_000))
        assert life.refused(RESPONDENT, "concede").code == "nothing_to_concede"

    def test_what_the_platform_has_said_is_granted_and_what_an_offer_names(self) -> None:
        life = a_case("payment_dispute").in_settlement().says(PLATFORM, "state_amount", amount=usd(50_000))
        assert life.says(RESPONDENT, "concede").case.phase is Phase.CLOSED
        offered = a_case("payment_dispute").in_settlement().says(LEAD, "state_amount", amount=usd(50_000))
        offered.says(RESPONDENT, "offer", remedy="refund", amount=usd(40_000)).says(CLAIMANT, "accept_offer")
        assert offered.case.phase is Phase.CLOSED

    def test_what_no_report_named_is_told_as_well(self) -> None:
        life = a_case("payment_dispute").in_review().says(MEDIATOR, "state_amount", amount=usd(50_000))
        assert events(life, RESPONDENT) == ["amount_stated:raised"]


class TestUpheldOnAppeal:
    """Nobody says alone on appeal that they were right about what was paid."""

    def appealed(self, *, stated: tuple[str, ...] = (LEAD,), cents: int = 45_000) -> Life:
        life = reported().that_protects().in_review().says(RESPONDENT, "message", text="It came.")
        for more, who in enumerate(stated):
            life.says(who, "state_amount", amount=usd(50_000 + more))
        life.says(RESPONDENT, "message", text="It was 120.00.").says(
            MEDIATOR, "rule", outcome="refunded", ground="not_received", relies_on=[], less_because="not_proven",
            remedies=[{"type": "refund", "amount": usd(cents)}],
        )  # fmt: skip
        if life.case.phase is Phase.APPROVAL:
            life.says(LEAD_2, "approve")
        return life.fire("grace").says(RESPONDENT, "appeal", reasons="It was 120.00.")

    @pytest.mark.parametrize("who", [LEAD, Actor(id="per_under", role="lead", manager=LEAD)], ids=["who", "reports_to"])
    @pytest.mark.parametrize("stated", [(LEAD,), (LEAD, OPS)], ids=["last", "before"])
    @pytest.mark.parametrize("cents", [45_000, 12_000])
    def test_whoever_said_so_and_upholds_is_looked_at(self, who: str | Actor, stated: tuple[str, ...], cents: int) -> None:
        life = self.appealed(stated=stated, cents=cents).says(who, "take")
        life.says(who, "decide_appeal", decision="uphold", relies_on=[])
        assert life.case.ruling is not None
        rests = cents > 12_000 or stated[-1] == LEAD
        assert life.case.ruling.approval_because == ("amount_of_own_word" if rests else None)
        assert life.case.phase is (Phase.APPROVAL if rests else Phase.RULED)
        if rests:
            assert life.says(LEAD_3, "approve").case.phase is Phase.RULED

    def test_whoever_said_nothing_of_it_upholds_alone(self) -> None:
        life = self.appealed().says(LEAD_3, "take").says(LEAD_3, "decide_appeal", decision="uphold", relies_on=[])
        assert life.case.phase is Phase.RULED
