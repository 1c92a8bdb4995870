"""Whatever is decided, agreed, credited, split off, undone and reported in two cases of one matter, in any order: never more goes
out of both than was paid, and where somebody else is blamed or asks, never more than that by one person alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.base import Money, Phase
from domain.model.money import PaidElsewhere
from domain.model.refusals import Refusal
from domain.rules.agreement_terms import AT_ONCE, LOOKED_AT
from domain.rules.money import goods_stand, in_its_place, stands_for_others
from tests.support.cases import CLAIMANT, LEAD, LEAD_2, LEAD_3, MEDIATOR, OPS, RESPONDENT, ROBOT, Life, a_case

# Each example is two lives of ten commands.
FEWER = settings(max_examples=max(5, settings().max_examples // 4))
PAID = 10_000
CASES = ("case_0196a7c2-0000-7000-8000-000000000001", "case_0196a7c2-0000-7000-8000-000000000002")
OUTCOMES = {"payment_dispute": ("refunded", "not_received"), "fraud_report": ("confirmed", "stolen_payment")}
AMOUNTS = st.sampled_from([1, 3_000, 5_000, 5_001, 9_999, PAID, PAID + 1])


def _usd(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "USD"}


def _ruled(life: Life, cents: int) -> None:
    outcome, ground = OUTCOMES[life.case.kind]
    remedies, less = [{"type": "refund", "amount": _usd(cents)}], {"less_because": "not_proven"} if cents < PAID else {}
    life.says(MEDIATOR, "rule", outcome=outcome, ground=ground, remedies=remedies, relies_on=[], **less)


def _on_appeal(life: Life, cents: int) -> None:
    life.says(CLAIMANT, "appeal").says(LEAD_2, "take")
    life.says(LEAD_2, "decide_appeal", decision="vary", remedies=[{"type": "refund", "amount": _usd(cents)}])


def _back(life: Life, cents: int) -> None:
    """Goods are to go back for the money, go back, and are taken in."""
    life.says(RESPONDENT, "offer", remedy="refund_with_return", amount=_usd(cents)).says(CLAIMANT, "accept_offer")
    life.says(CLAIMANT, "ship_return", carrier="post", tracking="RR1").says(RESPONDENT, "confirm_return")


def _sent_anew(life: Life, _: int) -> None:
    """A replacement is offered, and accepted."""
    life.says(RESPONDENT, "offer", remedy="replacement").says(CLAIMANT, "accept_offer")


def _ruled_goods(life: Life) -> None:
    life.says(MEDIATOR, "rule", outcome="replaced", ground="not_received", remedies=[{"type": "replacement"}], relies_on=[])


def _reported(result: str) -> Callable[[Life, int], object]:
    def report(life: Life, _: int) -> None:
        running = [one for one in life.case.effects if one.state == "running"]
        if running:
            life.says(ROBOT, "report_effect", effect_id=running[-1].id, result=result)

    return report


DOES: dict[str, Callable[[Life, int], object]] = {
    "offered": lambda life, cents: life.says(RESPONDENT, "offer", remedy="refund", amount=_usd(cents)),
    "accepted": lambda life, _: life.says(CLAIMANT, "accept_offer"),
    "granted": lambda life, _: life.says(RESPONDENT, "concede"),
    "goods": _back,
    "sent_anew": _sent_anew,
    "ruled_goods": lambda life, _: _ruled_goods(life),
    "ruled": _ruled,
    "approved": lambda life, _: life.says(LEAD, "approve"),
    "approved_on_appeal": lambda life, _: life.says(LEAD_3, "approve"),
    "appealed": _on_appeal,
    "credited": lambda life, cents: life.says(MEDIATOR, "credit_provisionally", amount=_usd(cents)),
    "credit_let_out": lambda life, cents: life.says(LEAD, "credit_provisionally", amount=_usd(cents)),
    "split": lambda life, cents: life.says(MEDIATOR, "split", statement="A part of it.", amount=_usd(cents), reasons="Apart."),
    "annulled": lambda life, _: life.says(LEAD_3, "annul", reason="procedural_fault"),
    "reopened": lambda life, _: life.says(OPS, "reopen", reason="new_evidence"),
    "taken": lambda life, _: life.says(LEAD_2, "take"),
    "done": _reported("done"),
    "by_hand": _reported("needs_hands"),
}
DEEDS = st.lists(st.tuples(st.integers(0, 1), st.sampled_from([*sorted(DOES), "hours", "days", "weeks"]), AMOUNTS), max_size=10)
PASSES = {"hours": timedelta(hours=2), "days": timedelta(days=3), "weeks": timedelta(days=16)}


def _goods_told(life: Life) -> None:
    _ruled_goods(life)
    life.fire("grace")


GOODS: dict[str, Callable[[Life], None]] = {"sent_anew": lambda life: _sent_anew(life, 0), "ruled_goods": _goods_told}


class Matter:
    """One payment, and two cases about it that know of each other what a command is told."""

    def __init__(self, kinds: tuple[str, str], *, another: bool) -> None:
        self.another = another
        self.lives = tuple(_begun(kind, name) for kind, name in zip(kinds, CASES, strict=True))

    def look(self) -> None:
        """What each is told of the other when it is judged next."""
        for life, other in (self.lives, self.lives[::-1]):
            given_there, goods = stands_for_others(other.case), goods_stand(other.case)
            known: dict[str, Any] = {"disclosed": other.case.is_disclosed, "another": self.another}
            found = PaidElsewhere(case=other.case.id, given=given_there, goods=goods, **known)
            life.elsewhere = {"paid_elsewhere": (found,) if given_there or goods else ()}

    def does(self, which: int, what: str, cents: int) -> None:
        """One thing in one of the cases; what is refused has not happened. Time passes in both."""
        self.look()
        if what in PASSES:
            for life in (self.lives[which], self.lives[1 - which]):
                life.later(PASSES[what])
                self.look()
            return
        try:
            DOES[what](self.lives[which], cents)
        except Refusal:
            return

    def gone(self) -> int:
        """What is on its way or has arrived, and what went along with parts, which may pay it."""
        return sum(_gone(life) + self.parts(life) for life in self.lives)

    def parts(self, life: Life) -> int:
        """What went along with parts of a case. Beside another's money it is given there by two (``amount_of_split``)."""
        return 0 if self.another else sum(part.amount for part in life.case.split_off)

    def goods_beside_money(self) -> bool:
        """Whether goods went out of one case, and money or a part with money out of the other."""
        return any(_sent(life) and _gone(other) for life, other in (self.lives, self.lives[::-1]))

    def by_two(self) -> bool:
        """Whether a second person has seen something of it."""
        return any(
            ruling.approved_by is not None for life in self.lives for ruling in (*life.case.rulings, life.case.ruling) if ruling
        ) or any(r.fact.type == "provisional_credit_given" and r.actor.id == LEAD for life in self.lives for r in life.recordings)


def _begun(kind: str, name: str) -> Life:
    life = a_case(kind, amount=Money(amount=PAID, currency="USD")).named(name).in_review()
    if not life.case.is_disclosed:
        life = life.disclosed()
    return life.says(RESPONDENT, "message")


def _gone(life: Life) -> int:
    undone = {one.reverses for one in life.case.effects if one.reverses and one.state in ("running", "done")}
    out = (one for one in life.case.effects if one.reverses is None and one.state in ("running", "done") and one.id not in undone)
    return sum(one.remedy.amount.amount for one in out if one.remedy.amount is not None)


def _sent(life: Life) -> bool:
    undone = {one.reverses for one in life.case.effects if one.reverses and one.state in ("running", "done")}
    out = (one for one in life.case.effects if one.reverses is None and one.state in ("running", "done") and one.id not in undone)
    return any(in_its_place(one.remedy) for one in out)


@pytest.mark.parametrize("kinds", [("payment_dispute", "fraud_report"), ("payment_dispute", "payment_dispute")], ids="-".join)
class TestOneMatterInTwoCases:
    @FEWER
    @given(deeds=DEEDS)
    def test_pays_once(self, kinds: tuple[str, str], deeds: list[tuple[int, str, int]]) -> None:
        matter = Matter(kinds, another=False)
        for deed in deeds:
            matter.does(*deed)
            assert matter.gone() <= PAID, deed
            assert not matter.goods_beside_money() or matter.by_two(), deed

    @FEWER
    @given(deeds=DEEDS)
    def test_pays_more_only_by_two_where_somebody_else_is_blamed_or_asks(
        self, kinds: tuple[str, str], deeds: list[tuple[int, str, int]]
    ) -> None:
        matter = Matter(kinds, another=True)
        for deed in deeds:
            matter.does(*deed)
            assert (matter.gone() <= PAID and not matter.goods_beside_money()) or matter.by_two(), deed
            assert all(_gone(life) + sum(x.amount for x in life.case.split_off) <= PAID for life in matter.lives), deed

    @FEWER
    @given(by=st.sampled_from(["sent_anew", "ruled_goods"]), cents=AMOUNTS)
    def test_gives_goods_in_one_and_money_in_the_other_by_two_alone(self, kinds: tuple[str, str], by: str, cents: int) -> None:
        matter = Matter(kinds, another=False)
        GOODS[by](matter.lives[0])
        assert goods_stand(matter.lives[0].case)
        for what in ("ruled", "credited"):
            matter.does(1, what, cents)
            ruling = matter.lives[1].case.ruling
            assert ruling is None or ruling.approval_because == "paid_elsewhere"
            assert any(r.fact.type == "paid_elsewhere_noticed" for r in matter.lives[1].recordings) or ruling is None
            assert not _gone(matter.lives[1])

    def test_is_really_paid(self, kinds: tuple[str, str]) -> None:
        """The deeds are possible: the first pays a part by a ruling, the other one the rest, looked at by two."""
        matter = Matter(kinds, another=False)
        for deed in ((0, "ruled", 4_000 if kinds[1] == "fraud_report" else PAID), (0, "weeks", 0), (1, "ruled", 6_000)):
            matter.does(*deed)
        assert matter.gone() > 0


class TestGoodsAfterMoney:
    """Money was given in the one case first; then goods in its place are given in the other."""

    def paid(self, how: str, *, another: bool = False) -> Matter:
        kinds = ("fraud_report" if how == "credited" else "payment_dispute", "payment_dispute")
        matter = Matter(kinds, another=another)
        steps = {
            "ruled": [(0, "ruled", PAID), (0, "days", 0)],
            "credited": [(0, "credited", 5_000)],
            "agreed": [(0, "offered", 5_000), (0, "accepted", 0)],
        }
        for deed in steps[how]:
            matter.does(*deed)
        assert _gone(matter.lives[0])
        return matter

    @pytest.mark.parametrize("another", [False, True], ids=["same", "another"])
    @pytest.mark.parametrize("how", ["ruled", "credited", "agreed"])
    def test_a_ruling_of_goods_is_looked_at_by_a_second_person(self, how: str, another: bool) -> None:
        matter = self.paid(how, another=another)
        life = matter.lives[1]
        matter.does(1, "ruled_goods", 0)
        assert life.case.ruling is not None
        assert life.case.ruling.approval_because == "paid_elsewhere"
        assert any(r.fact.type == "paid_elsewhere_noticed" for r in life.recordings)
        assert not _sent(life)
        matter.does(1, "approved", 0)
        matter.does(1, "days", 0)
        assert _sent(life), "two have seen it"

    @pytest.mark.parametrize("how", ["ruled", "credited", "agreed"])
    def test_goods_that_the_sides_agree_on_wait_for_somebody_of_the_team(self, how: str) -> None:
        matter = self.paid(how)
        life = matter.lives[1]
        matter.does(1, "sent_anew", 0)
        assert [e.state for e in life.case.effects] == ["needs_hands"]
        assert life.case.settlement is not None
        assert (LOOKED_AT in life.case.settlement.terms, AT_ONCE in life.case.settlement.terms) == (True, False)

    def test_goods_that_were_ruled_before_the_money_went_out_wait_when_they_are_told(self) -> None:
        matter = Matter(("payment_dispute", "payment_dispute"), another=False)
        matter.does(1, "ruled_goods", 0)
        assert matter.lives[1].case.phase is Phase.RULED
        for deed in ((0, "offered", 1), (0, "accepted", 0), (1, "days", 0)):
            matter.does(*deed)
        assert [e.state for e in matter.lives[1].case.effects] == ["needs_hands"]

    def test_so_does_money_that_the_sides_agree_on_beside_goods(self) -> None:
        matter = Matter(("payment_dispute", "payment_dispute"), another=False)
        for deed in ((0, "sent_anew", 0), (1, "offered", 1), (1, "accepted", 0)):
            matter.does(*deed)
        assert [e.state for e in matter.lives[1].case.effects] == ["needs_hands"]

    def test_what_may_be_another_matter_is_looked_at_and_stops_nobody(self) -> None:
        life = _begun("payment_dispute", CASES[0])
        there = PaidElsewhere(case=CASES[1], given=(Money(**_usd(1)),), possible=True)
        life.elsewhere = {"paid_elsewhere": (there,)}
        _sent_anew(life, 0)
        assert [e.state for e in life.case.effects] == ["running"]
        assert any(r.fact.type == "paid_elsewhere_noticed" for r in life.recordings)

    def test_of_a_matter_that_is_heard_again_goods_beside_its_money_take_two(self) -> None:
        """What an earlier case gave is known since the opening: for money it is subtracted, goods stand beside it."""
        life = _begun("payment_dispute", CASES[0])
        life._case = life.case.model_copy(update={"given_before": (Money(**_usd(4_000)),)})
        _ruled_goods(life)
        assert life.case.ruling is not None
        assert life.case.ruling.approval_because == "paid_elsewhere"
