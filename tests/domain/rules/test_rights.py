"""Who may appeal, how often, and why not."""

from __future__ import annotations

from typing import Any

import pytest

from domain.base import Outcome, Phase, Side
from tests.support.appeals import BOUNTY, decided, pay, rights
from tests.support.cases import (
    CLAIMANT,
    LEAD_3,
    MEDIATOR,
    OPS,
    Life,
    a_case,
)


def second_appeal(life: Life, who: str, owner: str) -> Life:
    return life.says(who, "appeal").says(OPS, "assign", owner=owner)


class TestTheLabel:
    """Directive (EU) 2019/771, article 14(1): what does not conform goes back free of charge."""

    def sent_back(self, **said: Any) -> Life:
        life = a_case("payment_dispute", amount={"amount": 12_000, "currency": "USD"}).with_terms(hear=(), late=False).in_review()
        refund = {"type": "refund", "amount": {"amount": 12_000, "currency": "USD"}, "after_return": True}
        return life.says(MEDIATOR, "rule", outcome="refunded", ground="not_as_described", remedies=[refund], **said).fire("grace")

    @pytest.mark.parametrize(("paid_by", "may"), [("claimant", True), ("respondent", False), ("platform", False), (None, False)])
    def test_whoever_pays_it_where_the_pack_asks_another_may_appeal(self, paid_by: str | None, may: bool) -> None:
        said = {"label_paid_by": paid_by} if paid_by is not None else {}
        rights = {right.side.value: right.allowed for right in self.sent_back(**said).case.rights}
        assert rights["claimant"] is may


class TestRights:
    def test_only_who_lost_something(self) -> None:
        case = a_case().appealable().case
        assert rights(case) == {"claimant": (False, "nothing_lost"), "respondent": (True, "lost_something")}

    def test_both_when_both_lost(self) -> None:
        assert all(allowed for allowed, _ in rights(a_case().appealable("both").case).values())

    def test_once(self) -> None:
        life = decided(a_case().in_appeal(), "uphold")
        assert (life.case.phase, life.case.outcome) == (Phase.CLOSED, Outcome.RULED)
        assert rights(life.case)["respondent"] == (False, "already_used")

    def test_a_side_that_won_and_then_lost_gets_one_fresh_right(self) -> None:
        life = decided(a_case().in_appeal(), "overturn", **BOUNTY["none"])
        assert life.case.phase is Phase.APPEALABLE
        assert rights(life.case) == {"claimant": (True, "lost_something"), "respondent": (False, "nothing_lost")}
        again = decided(second_appeal(life, CLAIMANT, LEAD_3), "overturn", **BOUNTY["light"])
        assert not again.case.open, "both rights are used"

    def test_used_up_is_shown_at_once(self) -> None:
        case = a_case().in_appeal().case
        assert rights(case)["respondent"] == (False, "already_used")

    def test_who_is_given_less_on_appeal_has_lost_although_the_outcome_keeps_its_name(self) -> None:
        life = decided(a_case().in_appeal(), "vary", remedies=[pay(1)])
        assert life.case.rulings[-1].outcome == life.case.rulings[0].outcome
        assert rights(life.case) == {"claimant": (True, "lost_something"), "respondent": (False, "already_used")}

    def test_who_is_given_as_much_or_more_has_not(self) -> None:
        life = decided(a_case().in_appeal(), "vary", remedies=[pay(40_000), pay(10_000)])
        assert rights(life.case)["claimant"] == (False, "nothing_lost")

    def test_over_when_the_window_is_over(self) -> None:
        assert rights(a_case().closed().case)["respondent"] == (False, "window_over")

    def test_open_again_after_an_upheld_appeal_while_the_other_side_still_has_one(self) -> None:
        life = decided(a_case().in_appeal(weight="both"), "uphold")
        assert life.case.phase is Phase.APPEALABLE
        assert rights(life.case) == {"claimant": (True, "lost_something"), "respondent": (False, "already_used")}

    def test_nobody_on_the_other_side_has_none(self) -> None:
        life = a_case("fraud_report").without_respondent().in_intake()
        life.ruled("none").fire("grace")
        assert list(rights(life.case)) == ["claimant"]


class TestLessThanAsked:
    """A win of a cent is a loss of the rest."""

    def allowed(self, cents: int, **terms: bool) -> tuple[bool, str]:
        life = a_case("payment_dispute", amount={"amount": 40_000, "currency": "USD"}).with_terms(**{"less": True, **terms})
        paid = {"type": "refund", "amount": {"amount": cents, "currency": "USD"}}
        life.in_review().says(MEDIATOR, "rule", outcome="refunded", ground="not_received", remedies=[paid]).fire("grace")
        right = next(one for one in life.case.rights if one.side is Side.CLAIMANT)
        return right.allowed, right.because

    @pytest.mark.parametrize("cents", [1, 20_000, 39_999])
    def test_can_be_appealed(self, cents: int) -> None:
        assert self.allowed(cents) == (True, "lost_something")

    def test_all_of_it_cannot(self) -> None:
        assert self.allowed(40_000) == (False, "nothing_lost")

    def test_nor_where_the_pack_says_otherwise_as_running_cases_do(self) -> None:
        assert self.allowed(1, less=False) == (False, "nothing_lost")

    def test_a_credit_that_stays_counts_as_got(self) -> None:
        life = a_case("fraud_report", amount={"amount": 20_000, "currency": "USD"}).with_terms(less=True).in_review()
        life.says(MEDIATOR, "credit_provisionally", amount={"amount": 20_000, "currency": "USD"})
        life.says(MEDIATOR, "rule", outcome="confirmed", ground="stolen_payment").fire("grace")
        assert not next(one for one in life.case.rights if one.side is Side.CLAIMANT).allowed
