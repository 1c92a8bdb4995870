"""Goods that go back before the money does: nobody keeps both, and nobody's silence keeps the case for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Outcome, Phase
from domain.model import facts as f
from domain.model.settlement import Returning
from tests.support.cases import (
    AGENT,
    CLAIMANT,
    FRIEND,
    LEAD,
    LEAD_2,
    MEDIATOR,
    MEDIATOR_2,
    OPS,
    PLATFORM,
    RESPONDENT,
    WITNESS,
    Life,
    a_case,
)  # fmt: skip

SHOP_2 = "pty_shop2"
MONEY: dict[str, Any] = {"amount": {"amount": 12_000, "currency": "USD"}}
BACK: dict[str, Any] = {"type": "refund", **MONEY, "after_return": True}


def agreed(remedy: str = "refund_with_return") -> Life:
    """They have agreed that the goods go back first."""
    life = a_case("payment_dispute").with_party(AGENT, "claimant", "representative").with_party(WITNESS, "respondent", "witness")
    return life.in_settlement().says(RESPONDENT, "offer", remedy=remedy, **MONEY).says(CLAIMANT, "accept_offer")


def ruled(*remedies: dict[str, Any]) -> Life:
    """A ruling with a return, told to the parties."""
    life = a_case("payment_dispute").in_review()
    return life.says(MEDIATOR, "rule", outcome="refunded", ground="not_as_described", remedies=list(remedies) or [BACK]).fire(
        "grace"
    )


def under_way(life: Life) -> Returning:
    assert life.case.returning is not None
    return life.case.returning


def orders(life: Life) -> list[tuple[str, int | None, bool]]:
    """Type, amount, and whether it undoes something, of all that was ordered."""
    found = [x for x in life.facts if isinstance(x, f.EffectOrdered)]
    return [(x.remedy.type, x.remedy.amount.amount if x.remedy.amount else None, x.reverses is not None) for x in found]


class TestAgreedReturn:
    def test_nothing_is_carried_out_before_the_goods_are_back(self) -> None:
        life = agreed()
        assert (life.case.phase, life.case.outcome, orders(life)) == (Phase.SETTLEMENT, None, [])
        assert life.case.waiting_on == "claimant"
        life.says(CLAIMANT, "ship_return")
        assert (orders(life), life.case.waiting_on) == ([], "respondent")
        life.says(RESPONDENT, "confirm_return")
        assert (life.case.outcome, orders(life)) == (Outcome.SETTLED, [("refund", 12_000, False)])

    def test_binds_both(self) -> None:
        life = agreed()
        for who in (CLAIMANT, RESPONDENT):
            assert life.refused(who, "escalate").code == "return_under_way"
            assert life.refused(who, "offer", remedy="refund", **MONEY).code == "return_under_way"
            assert life.refused(who, "accept_offer").code == "no_such_offer"

    def test_a_replacement_comes_without_money(self) -> None:
        life = agreed("replacement_with_return").says(AGENT, "ship_return").says(RESPONDENT, "confirm_return")
        assert orders(life) == [("replacement", None, False)]

    @pytest.mark.parametrize(
        ("sent", "outcome", "ordered"),
        [(False, Outcome.EXPIRED, []), (True, Outcome.SETTLED, [("refund", 12_000, False)])],
    )
    def test_silence_is_answered_by_the_stated_default(self, sent: bool, outcome: Outcome, ordered: list[Any]) -> None:
        life = agreed()
        if sent:
            life.says(CLAIMANT, "ship_return")
        life.later(timedelta(days=14, minutes=1))
        assert (life.case.outcome, orders(life)) == (outcome, ordered)

    def test_no_clock_decides_what_was_objected_to(self) -> None:
        life = agreed().says(CLAIMANT, "ship_return").says(RESPONDENT, "contest_return").later(timedelta(days=60))
        assert (life.case.phase, life.case.waiting_on, orders(life)) == (Phase.SETTLEMENT, "staff", [])
        assert life.case.timetable, "somebody is told again and again"

    def test_only_somebody_who_may_judge_the_case_decides(self) -> None:
        life = agreed().says(CLAIMANT, "ship_return").says(RESPONDENT, "contest_return")
        codes = {
            who: life.refused(who, "decide_return", received=True).code for who in (FRIEND, OPS, RESPONDENT, CLAIMANT, PLATFORM)
        }
        assert codes == {FRIEND: "own_case"} | dict.fromkeys((OPS, RESPONDENT, CLAIMANT, PLATFORM), "not_allowed")
        assert life.says(LEAD, "decide_return", received=False).case.outcome is Outcome.EXPIRED

    @pytest.mark.parametrize("received", [True, False])
    def test_nobody_decides_while_a_side_has_time(self, received: bool) -> None:
        life = agreed()
        assert life.refused(MEDIATOR, "decide_return", received=received).fields == {"state": "awaited"}
        life.says(CLAIMANT, "ship_return")
        assert life.refused(MEDIATOR, "decide_return", received=received).fields == {"state": "shipped"}

    def test_whoever_put_the_payee_there_does_not_give_it_to_them(self) -> None:
        life = a_case("payment_dispute").in_review().says(MEDIATOR, "add_party", party={"side": "claimant", "ref": "heir"})
        life.says(LEAD, "assign", owner=MEDIATOR_2).says(
            MEDIATOR_2, "rule", outcome="refunded", ground="cancelled", remedies=[BACK]
        )
        life.fire("grace").says(CLAIMANT, "ship_return").says(RESPONDENT, "contest_return")
        assert life.refused(MEDIATOR, "decide_return", received=True).fields == {"because": "payee_of_own_word"}
        assert life.says(MEDIATOR_2, "decide_return", received=True).case.returning is None

    def test_takes_nothing_from_whom_one_has_put_there(self) -> None:
        life = agreed().says(MEDIATOR, "take")
        for side in ("claimant", "respondent"):
            who = {"side": side, "ref": f"friend_{side}", "role": "representative"}
            life.says(MEDIATOR, "add_party", party=who, agreed=True)
        buyers, shops = (party.id for party in life.case.parties[-2:])
        assert life.refused(buyers, "ship_return").code == "agreement_missing"
        life.says(CLAIMANT, "ship_return")
        assert {life.refused(shops, f"{what}_return").code for what in ("confirm", "contest")} == {"agreement_missing"}

    def test_is_sent_once_and_objected_to_once(self) -> None:
        life = agreed()
        assert life.refused(RESPONDENT, "contest_return").fields == {"state": "awaited"}
        life.says(CLAIMANT, "ship_return")
        assert life.refused(CLAIMANT, "ship_return").code == "no_return_awaited"
        life.says(RESPONDENT, "contest_return")
        assert life.refused(RESPONDENT, "contest_return").fields == {"state": "contested"}

    def test_the_receiving_side_may_give_in_after_objecting(self) -> None:
        life = agreed().says(CLAIMANT, "ship_return").says(RESPONDENT, "contest_return").says(RESPONDENT, "confirm_return")
        assert life.case.outcome is Outcome.SETTLED

    @pytest.mark.parametrize("sent", [True, False])
    def test_of_several_who_take_it_in_each_says_so_or_lets_the_time_go_by(self, sent: bool) -> None:
        def shipped() -> Life:
            life = a_case("payment_dispute").with_party(SHOP_2, "respondent", "principal").in_settlement()
            life.says(RESPONDENT, "offer", remedy="refund_with_return", **MONEY)
            life.says(SHOP_2, "accept_offer").says(CLAIMANT, "accept_offer")
            return life.says(CLAIMANT, "ship_return") if sent else life

        life = shipped().says(RESPONDENT, "confirm_return")
        assert (orders(life), life.case.open, under_way(life).state) == ([], True, "shipped")
        assert life.refused(RESPONDENT, "confirm_return").code == "nothing_changes"
        life.says(SHOP_2, "confirm_return")
        assert (orders(life), life.case.open) == ([("refund", 12_000, False)], False)
        life = shipped().says(RESPONDENT, "confirm_return").says(SHOP_2, "contest_return", reasons="Nothing came here.")
        assert (orders(life), under_way(life).state) == ([], "contested")
        life = shipped().says(RESPONDENT, "confirm_return").later(timedelta(days=14, minutes=1))
        assert orders(life) == [("refund", 12_000, False)], "whoever is silent counts as was said"

    def test_a_witness_does_not_hear_of_it(self) -> None:
        life = agreed().says(CLAIMANT, "ship_return", tracking="RR 123 456 785 DE")
        assert life.seen_by(WITNESS).returning is None
        assert life.seen_by(RESPONDENT).returning == under_way(life)

    def test_buttons_appear_with_it(self) -> None:
        names = {"ship_return", "confirm_return", "contest_return", "decide_return"}
        assert not names & {x.command for x in a_case("payment_dispute").in_settlement().seen_by(CLAIMANT).actions}
        assert {x.command for x in agreed().seen_by(CLAIMANT).actions if x.allowed} & names == {"ship_return"}


class TestRuledReturn:
    def test_waits_while_the_window_runs(self) -> None:
        life = ruled()
        assert (life.case.phase, orders(life)) == (Phase.APPEALABLE, [])
        life.says(CLAIMANT, "ship_return").says(RESPONDENT, "confirm_return")
        assert (life.case.phase, orders(life)) == (Phase.APPEALABLE, [("refund", 12_000, False)])
        assert life.later(timedelta(days=14)).case.outcome is Outcome.RULED

    def test_keeps_the_case_open_when_the_window_is_over(self) -> None:
        life = ruled().later(timedelta(days=13)).says(CLAIMANT, "ship_return").later(timedelta(days=2))
        assert (life.case.phase, [r.allowed for r in life.case.rights]) == (Phase.APPEALABLE, [False, False])
        assert life.refused(RESPONDENT, "appeal").fields == {"because": "window_over"}
        life.says(RESPONDENT, "confirm_return")
        assert (life.case.outcome, orders(life)) == (Outcome.RULED, [("refund", 12_000, False)])

    def test_what_does_not_wait_is_carried_out_at_once(self) -> None:
        now = {"type": "refund", "amount": {"amount": 500, "currency": "USD"}}
        assert orders(ruled(BACK, now)) == [("refund", 500, False)]

    def test_goods_that_are_back_are_not_asked_for_again(self) -> None:
        life = ruled().says(CLAIMANT, "ship_return").says(RESPONDENT, "confirm_return").says(RESPONDENT, "appeal")
        less = {**BACK, "amount": {"amount": 9_000, "currency": "USD"}}
        life.says(LEAD_2, "take").says(LEAD_2, "decide_appeal", decision="vary", outcome="partly_refunded", remedies=[less])
        life.fire("grace")
        assert life.case.returning is None
        assert orders(life) == [("refund", 12_000, False), ("refund", 12_000, True), ("refund", 9_000, False)]

    def test_another_amount_does_not_begin_anew(self) -> None:
        life = ruled().says(CLAIMANT, "ship_return").says(RESPONDENT, "appeal")
        before = under_way(life)
        less = {**BACK, "amount": {"amount": 9_000, "currency": "USD"}}
        life.says(LEAD_2, "take").says(LEAD_2, "decide_appeal", decision="vary", outcome="partly_refunded", remedies=[less])
        life.fire("grace")
        assert (under_way(life).id, under_way(life).state, under_way(life).shipped_at) == (
            before.id,
            "shipped",
            before.shipped_at,
        )
        life.says(RESPONDENT, "confirm_return")
        assert orders(life) == [("refund", 9_000, False)]

    def test_ends_with_the_ruling_that_asked_for_it(self) -> None:
        life = ruled().says(CLAIMANT, "ship_return").says(RESPONDENT, "appeal").says(LEAD_2, "take")
        life.says(LEAD_2, "decide_appeal", decision="overturn", outcome="denied", ground="not_as_described").fire("grace")
        assert (life.case.returning, orders(life)) == (None, [])
        assert life.refused(RESPONDENT, "confirm_return").code == "no_return_awaited"

    def test_taking_from_what_waits_is_a_loss(self) -> None:
        life = ruled().says(RESPONDENT, "appeal").says(LEAD_2, "take")
        less = {**BACK, "amount": {"amount": 9_000, "currency": "USD"}}
        life.says(LEAD_2, "decide_appeal", decision="vary", remedies=[less]).fire("grace")
        assert {r.side.value: r.allowed for r in life.case.rights} == {"claimant": True, "respondent": False}

    def test_whoever_decided_an_earlier_round_does_not_decide_about_the_goods(self) -> None:
        life = ruled().says(CLAIMANT, "ship_return").says(RESPONDENT, "contest_return").says(RESPONDENT, "appeal")
        assert life.refused(MEDIATOR, "decide_return", received=True).code == "own_case"
        assert life.says(MEDIATOR_2, "decide_return", received=True).case.phase is Phase.APPEAL

    @pytest.mark.parametrize(
        "fields",
        [
            {"outcome": "denied", "ground": "cancelled", "remedies": [BACK]},
            {"outcome": "refunded", "ground": "cancelled", "remedies": [{**BACK, "to": "respondent"}]},
        ],
    )
    def test_only_where_the_outcome_allows_it_and_to_the_claimant(self, fields: dict[str, Any]) -> None:
        assert a_case("payment_dispute").in_review().refused(MEDIATOR, "rule", **fields).code == "remedy_not_allowed"


class TestHistory:
    def test_keeps_every_offer_and_what_became_of_it(self) -> None:
        life = a_case("payment_dispute").in_settlement()
        life.says(RESPONDENT, "offer", remedy="refund", **MONEY).says(RESPONDENT, "offer", remedy="replacement")
        life.says(CLAIMANT, "offer", remedy="refund_with_replacement", **MONEY).says(RESPONDENT, "decline_offer")
        life.says(CLAIMANT, "offer", remedy="refund", **MONEY).says(CLAIMANT, "escalate")
        made = [(o.side.value, o.remedy, o.became) for o in life.case.offers]
        assert made == [
            ("respondent", "refund", "replaced"), ("respondent", "replacement", "countered"),
            ("claimant", "refund_with_replacement", "declined"), ("claimant", "refund", "open"),
        ]  # fmt: skip
        assert all(o.became_at is not None and o.became_at > o.made_at for o in life.case.offers[:-1])
        assert life.seen_by(CLAIMANT).offers == life.seen_by(RESPONDENT).offers == life.case.offers

    def test_says_which_one_was_accepted(self) -> None:
        assert [o.became for o in agreed().case.offers] == ["accepted"]

    def test_is_no_business_of_a_witness(self) -> None:
        assert agreed().seen_by(WITNESS).offers == ()
