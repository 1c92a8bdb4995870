"""Offers and counter-offers: nobody is bound by what they did not see, and an acceptance is final."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Outcome, Phase, Side
from domain.model import facts as f
from tests.support.cases import AGENT, CLAIMANT, MEDIATOR, OPS, RESPONDENT, Life, a_case

PAY: dict[str, Any] = {"remedy": "payout", "amount": {"amount": 30_000, "currency": "USD"}}


def with_offer(by: str = RESPONDENT) -> Life:
    return a_case().with_party(AGENT, "claimant", "representative").in_settlement().says(by, "offer", **PAY)


class TestOffer:
    def test_waits_for_the_other_side(self) -> None:
        case = with_offer().case
        assert case.offer is not None
        assert (case.offer.side, case.waiting_on) == (Side.RESPONDENT, "claimant")

    def test_a_counter_offer_replaces_it(self) -> None:
        life = with_offer()
        assert life.case.offer is not None
        first = life.case.offer.id
        life.says(CLAIMANT, "offer", remedy="payout", amount={"amount": 60_000, "currency": "USD"})
        assert life.refused(RESPONDENT, "accept_offer", offer_id=first).code == "no_such_offer"
        assert life.case.waiting_on == "respondent"

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"remedy": "a_pony"}, "remedy_not_allowed"),
            ({"remedy": "payout"}, "amount_missing"),
            ({"remedy": "payout", "amount": {"amount": 0, "currency": "USD"}}, "amount_missing"),
        ],
    )
    def test_only_what_the_kind_can_give(self, fields: dict[str, Any], code: str) -> None:
        assert a_case().in_settlement().refused(RESPONDENT, "offer", **fields).code == code

    def test_dies_when_the_settlement_ends(self) -> None:
        assert with_offer().fire("settlement").case.offer is None


class TestAcceptOffer:
    def test_closes_as_settled_and_orders_the_remedy_once(self) -> None:
        life = with_offer().says(CLAIMANT, "accept_offer")
        assert (life.case.phase, life.case.outcome) == (Phase.CLOSED, Outcome.SETTLED)
        orders = [fact for fact in life.facts if isinstance(fact, f.EffectOrdered)]
        assert [(o.remedy.type, o.remedy.amount.amount if o.remedy.amount else 0) for o in orders] == [("payout", 30_000)]
        assert not life.case.quiet, "the payout still runs"

    def test_a_representative_may_accept_for_the_side(self) -> None:
        assert with_offer().says(AGENT, "accept_offer").case.outcome is Outcome.SETTLED

    def test_not_ones_own_sides(self) -> None:
        assert with_offer(by=CLAIMANT).refused(AGENT, "accept_offer").code == "own_offer"

    def test_not_what_was_declined(self) -> None:
        life = with_offer().says(CLAIMANT, "decline_offer")
        assert life.refused(CLAIMANT, "accept_offer").code == "no_such_offer"
        assert life.case.waiting_on == "both"

    def test_not_another_than_the_one_that_is_named(self) -> None:
        assert with_offer().refused(CLAIMANT, "accept_offer", offer_id="off_other").code == "no_such_offer"

    def test_in_time_when_it_came_at_the_very_end(self) -> None:
        """A level comes after every command received by its instant."""
        life = with_offer()
        life.now = life.due("settlement").due_at
        assert life.judge(life.command(CLAIMANT, "accept_offer"), CLAIMANT).case.outcome is Outcome.SETTLED

    def test_what_was_settled_and_reopened_is_weighed_against_the_new_ruling(self) -> None:
        life = with_offer().says(CLAIMANT, "accept_offer").later(timedelta(days=1)).says(OPS, "reopen").in_review()
        life.says(MEDIATOR, "rule", outcome="invalid", ground="scope").fire("grace")
        paid, undone = life.case.effects
        assert undone.reverses == paid.id


class TestEscalate:
    @pytest.mark.parametrize("who", [CLAIMANT, RESPONDENT])
    def test_either_side_can(self, who: str) -> None:
        case = with_offer().says(who, "escalate").case
        assert (case.phase, case.offer, case.owner_sought) == (Phase.REVIEW, None, True)
