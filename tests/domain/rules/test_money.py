"""What a case may still pay: asked by offers, rulings, appeals, returned goods, credits and parts that are split off."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from domain.base import Money, Phase, Side
from domain.model import facts as f
from domain.model.money import PaidElsewhere
from domain.model.people import Actor
from domain.model.remedy import Remedy
from domain.model.ruling import Effect
from domain.model.terms import RemedyTerms
from domain.rules.money import payable
from domain.views.case import visible
from tests.support.cases import (
    CLAIMANT,
    JUNIOR,
    LEAD,
    LEAD_2,
    LEAD_3,
    MEDIATOR,
    MEDIATOR_3,
    OPS,
    PLATFORM,
    RESPONDENT,
    ROBOT,
    Life,
    a_case,
)
from tests.support.other_cases import OTHER_CASE, elsewhere

PAID = {"amount": 10_000, "currency": "USD"}


def usd(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "USD"}


def a_payment(kind: str = "payment_dispute", **report: Any) -> Life:
    return a_case(kind, amount=Money(**PAID), **report)


def refund(amount: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "refund", "amount": amount, **more}


def ruling(*remedies: dict[str, Any], outcome: str = "refunded") -> dict[str, Any]:
    return {"outcome": outcome, "ground": "not_received", "remedies": list(remedies)}


def why(life: Life) -> str | None:
    return next(x for x in reversed(life.facts) if isinstance(x, f.RulingDrafted)).approval_because


class TestRulings:
    def test_more_than_was_paid_is_refused_with_the_numbers(self) -> None:
        refusal = a_payment().in_review().refused(MEDIATOR, "rule", **ruling(refund(usd(49_900))))
        assert refusal.code == "remedy_not_allowed"
        said = {name: refusal.fields[name] for name in ("because", "amount", "payable", "currency")}
        assert said == {"because": "amount_above_payment", "amount": 49_900, "payable": 10_000, "currency": "USD"}

    def test_neither_in_several_sums(self) -> None:
        asked = ruling(refund(usd(6_000)), refund(usd(4_001)))
        assert a_payment().in_review().refused(MEDIATOR, "rule", **asked).code == "remedy_not_allowed"

    def test_all_of_it_can_be_given(self) -> None:
        assert a_payment().in_review().says(MEDIATOR, "rule", **ruling(refund(usd(10_000)))).case.phase is Phase.RULED

    def test_a_part_is_less_than_the_whole(self) -> None:
        asked = ruling(refund(usd(10_000)), outcome="partly_refunded")
        assert a_payment().in_review().refused(MEDIATOR, "rule", **asked).fields["because"] == "not_a_part"

    def test_a_refund_goes_to_whoever_paid(self) -> None:
        refusal = a_payment().in_review().refused(MEDIATOR, "rule", **ruling(refund(usd(100), to="respondent")))
        assert (refusal.code, refusal.fields["to"]) == ("remedy_not_allowed", "claimant")

    def test_other_money_than_was_paid_is_looked_at_twice(self) -> None:
        life = a_payment().in_review().says(MEDIATOR, "rule", **ruling(refund({"amount": 100, "currency": "EUR"})))
        assert (life.case.phase, why(life)) == (Phase.APPROVAL, "currency_differs")

    def test_or_refused_where_there_is_nobody_to_look(self) -> None:
        labels = {phase: name for phase, name in a_payment().in_review().case.terms.labels.items() if phase is not Phase.APPROVAL}
        life = a_payment().with_terms(labels=labels).in_review()
        assert life.refused(MEDIATOR, "rule", **ruling(refund({"amount": 1, "currency": "EUR"}))).code == "currency_differs"

    def test_more_than_was_asked_for_is_looked_at_twice_where_the_pack_says_so(self) -> None:
        life = a_payment("bounty_dispute").in_review()
        life.says(MEDIATOR, "rule", outcome="upheld", ground="severity", remedies=[{"type": "payout", "amount": usd(10_001)}])
        assert (life.case.phase, why(life)) == (Phase.APPROVAL, "amount_above_payment")

    def test_without_an_amount_only_the_limit_bounds_it(self) -> None:
        life = a_case("payment_dispute").in_review().says(MEDIATOR, "rule", **ruling(refund(usd(50_000))))
        assert life.case.phase is Phase.RULED

    def test_each_currency_has_its_own_limit(self) -> None:
        def needs(amount: int, currency: str) -> str | None:
            paid = Money(amount=10**6, currency=currency)
            money = {"amount": amount, "currency": currency}
            return why(a_case("payment_dispute", amount=paid).in_review().says(MEDIATOR, "rule", **ruling(refund(money))))

        found = [needs(40_000, "GBP"), needs(40_001, "GBP"), needs(50_000, "EUR"), needs(1, "JPY")]
        assert found == [None, "amount_above_limit", None, "currency_differs"]

    def test_terms_of_a_running_case_bound_nothing(self) -> None:
        life = a_payment().with_terms(remedies=()).in_review().says(MEDIATOR, "rule", **ruling(refund(usd(40_000))))
        assert life.case.phase is Phase.RULED
        assert payable(life.case) is None


class TestAppeals:
    def refunded(self, cents: int) -> Life:
        life = a_payment().in_review().says(MEDIATOR, "rule", **ruling(refund(usd(cents)), outcome="partly_refunded"))
        return life.fire("grace").says(CLAIMANT, "appeal").says(LEAD_2, "take")

    def test_what_the_first_ruling_gave_is_part_of_what_the_next_one_gives(self) -> None:
        life = self.refunded(6_000)
        life.says(LEAD_2, "decide_appeal", decision="overturn", **ruling(refund(usd(10_000)))).fire("grace")
        assert payable(life.case).model_dump(include={"amount", "standing"}) == {"amount": 0, "standing": 10_000}  # type: ignore[union-attr]  # None fails it

    def test_and_no_more_than_was_paid_in_all(self) -> None:
        life = self.refunded(6_000)
        assert (
            life.refused(LEAD_2, "decide_appeal", decision="overturn", **ruling(refund(usd(10_001)))).code == "remedy_not_allowed"
        )

    def test_money_that_did_not_come_back_is_looked_at_twice(self) -> None:
        life = self.refunded(6_000).says(
            LEAD_2, "decide_appeal", decision="vary", **ruling(refund(usd(5_000)), outcome="partly_refunded")
        )
        undone = next(e for e in life.fire("grace").case.effects if e.reverses)
        life.says(ROBOT, "report_effect", effect_id=undone.id, result="needs_hands")
        left = payable(life.case)
        assert left is not None
        assert left.standing == 11_000
        life.says(CLAIMANT, "withdraw") if life.case.appellants else None
        life.later(life.due("appeal_window").due_at - life.now).says(OPS, "reopen").in_review(owner=LEAD_3)
        life.says(LEAD_3, "rule", **ruling(refund(usd(9_000)), outcome="partly_refunded"))
        assert why(life) == "amount_above_payment"


class TestOffers:
    def test_more_than_may_be_paid_is_refused(self) -> None:
        refusal = a_payment().opened().refused(RESPONDENT, "offer", remedy="refund", amount=usd(1_200_000))
        assert (refusal.code, refusal.fields["payable"]) == ("amount_too_high", 10_000)

    def test_other_money_is_refused(self) -> None:
        euros = {"amount": 100, "currency": "EUR"}
        assert a_payment().opened().refused(RESPONDENT, "offer", remedy="refund", amount=euros).code == "currency_differs"

    def test_what_was_paid_since_counts_when_it_is_accepted(self) -> None:
        life = a_payment().opened().says(RESPONDENT, "offer", remedy="refund", amount=usd(9_000))
        life.says(PLATFORM, "state_amount", amount=usd(5_000)).says(OPS, "state_amount", amount=usd(5_000))
        assert life.refused(CLAIMANT, "accept_offer").code == "amount_too_high"

    def test_a_side_may_offer_more_of_its_own_where_the_pack_leaves_it(self) -> None:
        life = a_payment("bounty_dispute").opened().says(RESPONDENT, "offer", remedy="payout", amount=usd(90_000))
        assert life.case.offer is not None

    def test_a_refund_without_a_return_leaves_the_goods_with_the_buyer(self) -> None:
        life = a_payment().opened().says(RESPONDENT, "offer", remedy="refund", amount=usd(3_000)).says(CLAIMANT, "accept_offer")
        assert (life.case.phase, life.case.returning) == (Phase.CLOSED, None)


class TestReturns:
    def contested(self, **offer: Any) -> Life:
        said = {"remedy": "refund_with_return", "amount": usd(10_000), **offer}
        life = a_payment().opened().says(RESPONDENT, "offer", **said).says(CLAIMANT, "accept_offer")
        return life.says(CLAIMANT, "ship_return", carrier="post").says(RESPONDENT, "contest_return", reasons="Scratched.")

    def test_what_waits_for_goods_stands(self) -> None:
        left = payable(self.contested().case)
        assert left is not None
        assert (left.amount, left.standing) == (0, 10_000)

    def test_less_is_paid_for_goods_that_come_back_damaged(self) -> None:
        life = self.contested().says(LEAD, "decide_return", received=True, amount=usd(6_000))
        assert [e.remedy.amount for e in life.case.effects] == [Money(amount=6_000, currency="USD")]
        assert next(x for x in life.facts if isinstance(x, f.ReturnEnded)).amount == Money(amount=6_000, currency="USD")
        letter = next(n for n in life.notices_for(CLAIMANT) if n.event == "return_ended")
        assert letter.data["lowered_to"] == usd(6_000)

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"received": True, "amount": usd(10_001)}, "amount_too_high"),
            ({"received": True, "amount": {"amount": 1, "currency": "EUR"}}, "currency_differs"),
            ({"received": True, "amount": usd(0)}, "amount_missing"),
            ({"received": False, "amount": usd(100)}, "remedy_not_allowed"),
        ],
    )
    def test_never_more_than_was_promised(self, fields: dict[str, Any], code: str) -> None:
        assert self.contested().refused(LEAD, "decide_return", **fields).code == code

    def test_the_pack_says_who_pays_for_the_label(self) -> None:
        life = self.contested()
        letter = next(n for n in life.notices_for(RESPONDENT) if n.event == "return_awaited")
        assert life.case.returning is not None
        assert letter.data["label_paid_by"] == life.case.returning.label_paid_by == "respondent"

    def test_and_an_offer_may_say_otherwise(self) -> None:
        life = self.contested(label_paid_by="claimant")
        assert life.case.returning is not None
        assert life.case.returning.label_paid_by == "claimant"

    def test_so_may_a_ruling(self) -> None:
        life = a_payment().in_review()
        asked = ruling(refund(usd(100), after_return=True))
        life.says(MEDIATOR, "rule", label_paid_by="platform", **asked).fire("grace")
        assert life.case.returning is not None
        assert life.case.returning.label_paid_by == "platform"
        letter = next(n for n in life.notices_for(CLAIMANT) if n.event == "ruling_issued")
        assert letter.data["label_paid_by"] == "platform"

    def test_nobody_pays_a_label_where_nothing_goes_back(self) -> None:
        life = a_payment().opened()
        asked = {"remedy": "refund", "amount": usd(100), "label_paid_by": "claimant"}
        assert life.refused(RESPONDENT, "offer", **asked).code == "remedy_not_allowed"
        assert a_payment().in_review().refused(MEDIATOR, "rule", label_paid_by="claimant", **ruling(refund(usd(1)))).code == (
            "remedy_not_allowed"
        )


class TestCredits:
    def test_counts_what_stands(self) -> None:
        life = a_payment("fraud_report").in_review()
        life.says(MEDIATOR, "rule", outcome="confirmed", ground="stolen_payment", remedies=[refund(usd(6_000))]).fire("grace")
        life.later(life.due("appeal_window").due_at - life.now).says(OPS, "reopen").in_review(owner=LEAD)
        assert life.refused(LEAD, "credit_provisionally", amount=usd(4_001)).code == "credit_not_allowed"
        life.says(LEAD, "credit_provisionally", amount=usd(4_000))
        left = payable(life.case)
        assert left is not None
        assert (left.amount, left.standing) == (0, 10_000)


class TestStateAmount:
    def test_says_what_the_report_did_not(self) -> None:
        life = a_case("payment_dispute").in_review().says(MEDIATOR, "state_amount", amount=usd(1_000))
        assert life.refused(MEDIATOR, "rule", **ruling(refund(usd(1_001)))).code == "remedy_not_allowed"

    def test_a_mediator_does_not_correct_what_is_known(self) -> None:
        assert a_payment().in_review().refused(MEDIATOR, "state_amount", amount=usd(50_000)).code == "amount_known"

    def test_whoever_raised_it_does_not_give_it_alone(self) -> None:
        life = a_payment().in_review(owner=LEAD).says(LEAD, "state_amount", amount=usd(50_000))
        assert why(life.says(LEAD, "rule", **ruling(refund(usd(20_000))))) == "amount_of_own_word"

    def test_nor_does_whoever_said_it_first(self) -> None:
        life = a_case("payment_dispute").in_review().says(MEDIATOR, "state_amount", amount=usd(50_000))
        assert why(life.says(MEDIATOR, "rule", **ruling(refund(usd(20_000))))) == "amount_of_own_word"

    def test_nor_does_whoever_reports_to_them(self) -> None:
        life = a_case("payment_dispute").in_review().says(MEDIATOR, "state_amount", amount=usd(50_000))
        life.says(MEDIATOR, "hand_over", to=JUNIOR, reasons="They know the shop.")
        assert why(life.says(JUNIOR, "rule", **ruling(refund(usd(20_000))))) == "amount_of_own_word"

    def test_nor_does_whom_they_report_to(self) -> None:
        life = a_case("payment_dispute").in_review(owner=JUNIOR).says(JUNIOR, "state_amount", amount=usd(50_000))
        life.says(JUNIOR, "hand_over", to=MEDIATOR, reasons="They know the shop.")
        assert why(life.says(MEDIATOR, "rule", **ruling(refund(usd(20_000))))) == "amount_of_own_word"

    def test_whoever_said_it_is_no_second_person_to_their_own_line(self) -> None:
        above = Actor(id="per_above", role="lead", manager="per_top")
        below = Actor(id="per_below", role="mediator", manager="per_above")
        life = a_case("payment_dispute").in_review(owner=None).says(above, "state_amount", amount=usd(50_000))
        life.says(below, "take").says(below, "rule", **ruling(refund(usd(20_000))))
        assert life.refused(above, "approve").fields["because"] == "stated_it"
        assert life.says(LEAD, "approve").case.phase is Phase.RULED

    @pytest.mark.parametrize(("cents", "because"), [(9_000, None), (20_000, "amount_above_reported")])
    def test_another_person_may_give_what_was_reported(self, cents: int, because: str | None) -> None:
        life = a_payment().in_review().says(OPS, "state_amount", amount=usd(50_000))
        assert why(life.says(MEDIATOR, "rule", **ruling(refund(usd(cents))))) == because

    def test_a_draft_that_was_measured_by_another_amount_goes_back(self) -> None:
        life = (
            a_payment()
            .in_review()
            .says(MEDIATOR, "rule", **ruling(refund(usd(9_000))))
            .says(PLATFORM, "state_amount", amount=usd(100))
            .says(OPS, "state_amount", amount=usd(100))
        )
        assert (life.case.phase, life.case.ruling, life.case.owner) == (Phase.REVIEW, None, MEDIATOR)

    def test_never_below_what_stands(self) -> None:
        life = a_payment().in_review().says(MEDIATOR, "rule", **ruling(refund(usd(9_000)))).fire("grace")
        assert life.refused(OPS, "state_amount", amount=usd(8_999)).code == "amount_below_paid"

    def test_the_same_again_changes_nothing(self) -> None:
        assert a_payment().in_review().refused(OPS, "state_amount", amount=PAID).code == "nothing_changes"


class TestParts:
    def test_what_went_along_with_a_part_is_not_paid_here(self) -> None:
        life = (
            a_payment().in_review().says(MEDIATOR, "split", statement="The second lamp.", amount=usd(4_000), reasons="Two lamps.")
        )
        refusal = life.refused(MEDIATOR, "rule", **ruling(refund(usd(6_001))))
        assert refusal.fields["payable"] == 6_000

    def test_nobody_stays_below_the_limit_by_splitting(self) -> None:
        """What went along counts as given, and in the part two give it."""
        whole = a_case("payment_dispute", amount=usd(80_000)).in_review()
        assert whole.case.terms.limits["USD"] == 50_000
        whole.says(MEDIATOR, "split", statement="The second lamp.", amount=usd(40_000), reasons="Two lamps.")
        part = a_case("payment_dispute", amount=usd(40_000), source="split").in_review()
        for life, given in ((whole, 40_000), (part, 1_000)):
            life.says(MEDIATOR, "rule", **ruling(refund(usd(given)), outcome="partly_refunded"))
            drafted = next(x for x in life.facts if isinstance(x, f.RulingDrafted))
            assert (life.case.phase, drafted.approval_because) == (Phase.APPROVAL, "amount_of_split")

    def test_what_stays_below_it_with_all_parts_is_given_by_one(self) -> None:
        life = a_payment().in_review().says(MEDIATOR, "split", statement="A lamp.", amount=usd(4_000), reasons="Two lamps.")
        assert life.says(MEDIATOR, "rule", **ruling(refund(usd(5_000)), outcome="partly_refunded")).case.phase is Phase.RULED

    def test_never_more_than_there_is(self) -> None:
        said = {"statement": "The second lamp.", "reasons": "Two lamps."}
        assert a_payment().in_review().refused(MEDIATOR, "split", amount=usd(10_001), **said).code == "amount_too_high"

    def test_a_part_without_an_amount_takes_no_money_along(self) -> None:
        life = a_payment().in_review().says(MEDIATOR, "split", statement="The insults.", reasons="Another matter.")
        task = next(x for x in life.facts if isinstance(x, f.CrossCaseTaskOrdered))
        assert task.amount == Money(amount=0, currency="USD")

    def test_a_case_that_gave_money_goes_on_nowhere_else(self) -> None:
        life = a_payment("fraud_report").in_review().says(MEDIATOR, "credit_provisionally", amount=usd(100))
        life.elsewhere = elsewhere("fraud_report")
        assert life.refused(MEDIATOR, "merge", into=life.elsewhere["other"].id, reasons="Same.").code == "money_stands"


class TestPayable:
    def test_is_for_the_team_and_the_platform(self) -> None:
        life = a_payment().in_review()
        assert [life.seen_by(who).payable is not None for who in (MEDIATOR, PLATFORM, CLAIMANT, RESPONDENT)] == [
            True, True, False, False,
        ]  # fmt: skip

    def test_what_stands_in_other_money_is_named(self) -> None:
        case = a_payment().in_review().case
        euros = Remedy(type="refund", amount=Money(amount=70, currency="EUR"))
        left = payable(case.model_copy(update={"effects": (Effect(id="eff_1", remedy=euros, because="rul_1"),)}))
        assert left is not None
        assert (left.amount, left.standing, left.other) == (10_000, 0, (Money(amount=70, currency="EUR"),))

    def test_what_a_network_took_back_by_itself_does_not_stand(self) -> None:
        case = a_payment().in_review().case
        gone = Effect(id="eff_1", remedy=Remedy(type="refund", amount=Money(**PAID)), because="rul_1", state="reversed")
        left = payable(case.model_copy(update={"effects": (gone,)}))
        assert left is not None
        assert left.amount == 10_000

    def test_every_shipped_refund_goes_to_the_claimant(self) -> None:
        for kind in ("payment_dispute", "fraud_report", "safety_incident"):
            known = a_case(kind).in_intake().case.terms.remedy("refund")
            assert known == RemedyTerms(name="refund", to=Side.CLAIMANT, bounded_by="payment", above=known.above)


def beside(life: Life, cents: int, *, disclosed: bool = True, currency: str = "USD") -> Life:
    """The same matter of the same claimant gave so much in a case of another kind."""
    given = (Money(amount=cents, currency=currency),)
    life.elsewhere = {"paid_elsewhere": (PaidElsewhere(case=OTHER_CASE, given=given, disclosed=disclosed),)} if cents else {}
    return life


def noticed(life: Life) -> f.PaidElsewhereNoticed | None:
    return next((x for x in reversed(life.facts) if isinstance(x, f.PaidElsewhereNoticed)), None)


class TestBesideAnotherCaseOfTheMatter:
    def test_nothing_is_given_that_was_given_there(self) -> None:
        life = beside(a_payment().in_review(), 10_000)
        refusal = life.refused(MEDIATOR, "rule", **ruling(refund(usd(10_000))))
        said = (refusal.fields["because"], refusal.fields["payable"], refusal.fields["cases"])
        assert said == ("amount_above_payment", 0, [OTHER_CASE])

    def test_a_second_person_looks_at_what_is_left(self) -> None:
        life = beside(a_payment().in_review(), 4_000).says(MEDIATOR, "rule", **ruling(refund(usd(6_000))))
        assert (life.case.phase, why(life)) == (Phase.APPROVAL, "paid_elsewhere")
        found = noticed(life)
        assert found is not None
        assert [(one.case, one.given[0].amount) for one in found.cases] == [(OTHER_CASE, 4_000)]
        assert life.case.paid_elsewhere == ()
        told = [n for _, n in life.last.notices if n.event == "paid_elsewhere_noticed"]
        assert {n.recipient for n in told} == {"role:leads"}
        life.says(LEAD, "approve").fire("grace")
        assert [e.state for e in life.case.effects] == ["running"]

    def test_the_second_person_is_refused_what_was_given_meanwhile(self) -> None:
        life = beside(a_payment().in_review(), 4_000).says(MEDIATOR, "rule", **ruling(refund(usd(6_000))))
        assert beside(life, 4_001).refused(LEAD, "approve").code == "remedy_not_allowed"

    def test_what_was_given_after_the_draft_waits_for_hands_when_it_is_told(self) -> None:
        life = a_payment().in_review().says(MEDIATOR, "rule", **ruling(refund(usd(10_000))))
        beside(life, 10_000).fire("grace")
        assert [e.state for e in life.case.effects] == ["needs_hands"]
        assert life.case.manual_work == (life.case.effects[0].id,)
        found = noticed(life)
        assert found is not None
        assert found.stopped == life.case.manual_work
        assert life.case.running == ()

    def test_so_does_what_an_appeal_gives_only_as_far_as_it_is_new(self) -> None:
        life = a_payment().in_review().says(MEDIATOR, "rule", **ruling(refund(usd(4_000)), outcome="partly_refunded"))
        life.fire("grace")
        life.says(CLAIMANT, "appeal").says(LEAD_2, "take")
        beside(life, 5_000).says(LEAD_2, "decide_appeal", decision="vary", remedies=[refund(usd(5_000))])
        life.says(LEAD_3, "approve").fire("grace")
        assert [e.state for e in life.case.effects] == ["running", "running", "running"]

    def test_of_an_earlier_case_that_is_heard_again_nothing_is_counted_twice(self) -> None:
        life = a_payment().in_review()
        life._case = life.case.model_copy(update={"given_before": (Money(**usd(4_000)),)})
        life = beside(life, 4_000).says(MEDIATOR, "rule", **ruling(refund(usd(6_000))))
        assert (life.case.phase, noticed(life)) == (Phase.RULED, None)

    def test_where_another_one_is_blamed_a_second_person_looks_at_it(self) -> None:
        life = a_payment().in_review()
        there = PaidElsewhere(case=OTHER_CASE, given=(Money(**usd(10_000)),), another=True)
        life.elsewhere = {"paid_elsewhere": (there,)}
        life.says(MEDIATOR, "rule", **ruling(refund(usd(10_000))))
        assert (life.case.phase, why(life)) == (Phase.APPROVAL, "paid_elsewhere")
        life.says(LEAD, "approve").fire("grace")
        assert [e.state for e in life.case.effects] == ["running"], "two have seen it"

    def test_no_part_takes_along_what_was_given_there(self) -> None:
        life, part = beside(a_payment().in_review(), 4_000), {"statement": "The lamp.", "reasons": "Apart."}
        assert life.refused(MEDIATOR, "split", amount=usd(6_001), **part).code == "amount_too_high"
        assert life.says(MEDIATOR, "split", amount=usd(6_000), **part).case.split_off == (Money(**usd(6_000)),)

    @pytest.mark.parametrize("noted_by", [LEAD, MEDIATOR])
    def test_whoever_takes_back_that_two_are_one_matter_pays_nothing_alone(self, noted_by: str) -> None:
        life = a_payment().in_review()
        life.elsewhere = elsewhere("payment_dispute")
        life.says(noted_by, "link", to=OTHER_CASE, relation="duplicate")
        (link,) = life.case.links
        life.says(ROBOT, "report_effect", effect_id=link.id, result="done").says(MEDIATOR, "unlink", link_id=link.id)
        life.says(MEDIATOR, "rule", **ruling(refund(usd(4_000))))
        if noted_by == MEDIATOR:
            assert why(life) is None, "it was their own word"
        else:
            assert (life.case.phase, why(life)) == (Phase.APPROVAL, "link_taken_back")

    def test_nor_is_whoever_took_it_back_the_second_person(self) -> None:
        life = a_payment().in_review()
        life.elsewhere = elsewhere("payment_dispute")
        life.says(MEDIATOR, "link", to=OTHER_CASE, relation="duplicate")
        (link,) = life.case.links
        life.says(ROBOT, "report_effect", effect_id=link.id, result="done").says(LEAD, "unlink", link_id=link.id)
        life.elsewhere = {"paid_elsewhere": (PaidElsewhere(case=OTHER_CASE, given=(Money(**usd(4_000)),), possible=True),)}
        life.says(MEDIATOR, "rule", **ruling(refund(usd(4_000))))
        assert life.refused(LEAD, "approve").fields["because"] == "took_link_back"

    def test_what_may_be_the_same_matter_is_looked_at_and_stops_nobody(self) -> None:
        there = PaidElsewhere(case=OTHER_CASE, given=(Money(**usd(10_000)),), possible=True)
        life = a_payment().in_review()
        life.elsewhere = {"paid_elsewhere": (there,)}
        life.says(MEDIATOR, "rule", **ruling(refund(usd(10_000))))
        assert (life.case.phase, why(life)) == (Phase.APPROVAL, "possible_duplicate")
        assert noticed(life) is not None
        life.says(LEAD, "approve").fire("grace")
        assert [e.state for e in life.case.effects] == ["running"]
        agreed = a_payment().opened()
        agreed.elsewhere = {"paid_elsewhere": (there,)}
        agreed.says(RESPONDENT, "concede")
        assert [e.state for e in agreed.case.effects] == ["running"], "both know what they agree on; the team is told"
        assert noticed(agreed) is not None

    def test_what_another_claimant_was_given_is_looked_at_and_agreed_on_by_hand(self) -> None:
        life = a_payment().opened()
        life.elsewhere = {"paid_elsewhere": (PaidElsewhere(case=OTHER_CASE, given=(Money(**usd(10_000)),), another=True),)}
        life.says(RESPONDENT, "concede")
        assert [e.state for e in life.case.effects] == ["needs_hands"]

    def test_money_that_cannot_be_compared_is_looked_at(self) -> None:
        life = beside(a_payment().in_review(), 4_000, currency="EUR").says(MEDIATOR, "rule", **ruling(refund(usd(6_000))))
        assert why(life) == "paid_elsewhere"

    def test_where_nobody_said_what_was_paid_too(self) -> None:
        life = beside(a_case("fraud_report").in_review().disclosed(), 4_000)
        life.says(RESPONDENT, "message")
        life.says(MEDIATOR, "rule", outcome="confirmed", ground="stolen_payment", remedies=[refund(usd(6_000))])
        assert why(life) == "paid_elsewhere"

    def test_a_ruling_that_gives_nothing_waits_for_nobody(self) -> None:
        life = beside(a_payment().in_review(), 4_000).says(MEDIATOR, "rule", outcome="denied", ground="not_received")
        assert noticed(life) is None

    def test_a_credit_is_proposed(self) -> None:
        life = beside(a_payment("fraud_report").in_review(), 4_000)
        assert life.refused(MEDIATOR, "credit_provisionally", amount=usd(6_001)).code == "credit_not_allowed"
        life.says(MEDIATOR, "credit_provisionally", amount=usd(6_000))
        assert not life.case.effects_in_force
        found = noticed(life)
        assert found is not None
        life.says(LEAD, "credit_provisionally", amount=usd(6_000))
        assert [e.state for e in life.case.effects] == ["running"]

    def test_an_offer_above_what_is_left_is_refused(self) -> None:
        life = beside(a_payment().opened(), 4_000)
        refusal = life.refused(RESPONDENT, "offer", remedy="refund", amount=usd(6_001))
        assert (refusal.code, refusal.fields["payable"]) == ("amount_too_high", 6_000)
        assert "cases" not in refusal.fields
        life.says(RESPONDENT, "offer", remedy="refund", amount=usd(6_000)).says(CLAIMANT, "accept_offer")
        assert [e.state for e in life.case.effects] == ["running"]

    def test_a_respondent_learns_of_no_case_that_they_were_not_told_of(self) -> None:
        life = beside(a_payment().opened(), 10_000, disclosed=False)
        life.says(RESPONDENT, "concede")
        assert (life.case.phase, [e.state for e in life.case.effects]) == (Phase.CLOSED, ["needs_hands"])
        told = next(r for r in life.recordings if r.fact.type == "paid_elsewhere_noticed")
        assert [who for who in (CLAIMANT, RESPONDENT, PLATFORM) if visible(life.case, told, life.actor(who))] == []

    def test_whoever_knows_grants_what_is_left(self) -> None:
        life = beside(a_payment().opened(), 4_000).says(RESPONDENT, "concede")
        assert [(e.remedy.amount, e.state) for e in life.case.effects] == [(Money(**usd(6_000)), "running")]

    def test_what_waited_for_goods_waits_for_hands_when_they_are_back(self) -> None:
        life = a_payment().opened().says(CLAIMANT, "offer", remedy="refund_with_return", amount=usd(10_000))
        life.says(RESPONDENT, "accept_offer").says(CLAIMANT, "ship_return", carrier="post")
        beside(life, 1).says(RESPONDENT, "confirm_return")
        assert [e.state for e in life.case.effects] == ["needs_hands"]


class TestWhoGetsIt:
    """Whoever says who gets the money does not give it alone."""

    FRIEND: ClassVar[dict[str, str]] = {"side": "claimant", "ref": "friend"}

    def replaced(self, by: str | Actor = MEDIATOR, owner: str | Actor = MEDIATOR) -> Life:
        life = a_payment().in_review(owner=None).says(owner, "take")
        life.says(by, "replace_party", party=CLAIMANT, by_party=self.FRIEND)
        return life

    def test_not_by_whoever_put_them_there(self) -> None:
        assert why(self.replaced().says(MEDIATOR, "rule", **ruling(refund(usd(100))))) == "payee_of_own_word"

    def test_nor_where_they_only_share(self) -> None:
        life = a_payment().in_review().says(MEDIATOR, "add_party", party=self.FRIEND)
        assert why(life.says(MEDIATOR, "rule", **ruling(refund(usd(100))))) == "payee_of_own_word"

    def test_by_another_of_no_one_line(self) -> None:
        assert why(self.replaced(OPS).says(MEDIATOR, "rule", **ruling(refund(usd(100))))) is None

    def test_nothing_is_taken_from_them_either_before_it_is_confirmed(self) -> None:
        life = self.replaced()
        denied = {"outcome": "denied", "ground": "not_received"}
        assert life.refused(MEDIATOR, "rule", **denied).code == "change_unconfirmed"
        life.says(PLATFORM, "replace_party", party=CLAIMANT, by_party=self.FRIEND)
        assert why(life.says(MEDIATOR, "rule", **denied)) is None

    def test_whoever_put_them_there_is_no_second_person_to_their_own_line(self) -> None:
        above = Actor(id="per_above", role="lead", manager="per_top")
        below = Actor(id="per_below", role="mediator", manager="per_above")
        life = self.replaced(above, below).says(below, "rule", **ruling(refund(usd(100))))
        assert life.refused(above, "approve").fields["because"] == "seated_them"

    def test_nor_until_the_matter_is_decided(self) -> None:
        life = a_payment("fraud_report").in_review().says(MEDIATOR, "replace_party", party=CLAIMANT, by_party=self.FRIEND)
        life.says(MEDIATOR, "credit_provisionally", amount=usd(100))
        assert life.case.credit_proposed is not None
        assert life.case.credit_proposed.because == "payee_of_own_word"

    PROPOSAL: ClassVar[dict[str, Any]] = {"remedy": "refund", "amount": usd(100)}

    def test_nor_by_proposing_it_to_the_sides(self) -> None:
        refusal = self.replaced().refused(MEDIATOR, "offer", **self.PROPOSAL)
        assert (refusal.code, refusal.fields["because"]) == ("own_case", "payee_of_own_word")
        life = self.replaced().says(OPS, "assign", owner=JUNIOR)
        assert life.refused(JUNIOR, "offer", **self.PROPOSAL).fields["because"] == "payee_of_own_word"
        life.says(OPS, "assign", owner=MEDIATOR_3).says(MEDIATOR_3, "offer", **self.PROPOSAL)
        assert life.case.proposal is not None

    def test_nor_by_saying_anew_who_gets_what_was_proposed(self) -> None:
        life = a_payment().in_review().says(MEDIATOR, "offer", **self.PROPOSAL).says(RESPONDENT, "accept_offer")
        life.says(MEDIATOR, "replace_party", party=CLAIMANT, by_party=self.FRIEND)
        assert life.case.proposal is None
        assert life.refused("pty_friend", "accept_offer").code == "no_such_offer"
        assert life.refused(MEDIATOR, "offer", **self.PROPOSAL).code == "own_case"
