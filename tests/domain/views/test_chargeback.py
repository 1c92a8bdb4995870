"""What the team sees of a dispute at its payment provider: the newest of everything it said, and whether money moved there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.base import Money
from domain.model.provider_news import ProviderNews
from domain.views.chargeback import ProviderDisputeView
from tests.support.cases import CLAIMANT, MEDIATOR, MONDAY, PLATFORM, RESPONDENT, Life, a_case

DUE = MONDAY + timedelta(days=6)
WHY = {"reason": "fraudulent", "network_reason": "10.4"}


def told(what: str, **more: Any) -> Life:
    said = {"provider": "stripe", "dispute": "dp_1", "event": "evt_1", "at": MONDAY, "what": what, **more}
    life = a_case("payment_dispute", amount=Money(amount=10_000, currency="USD")).in_review()
    return life.says(PLATFORM, "signal", signal=f"dispute_{what}", news=ProviderNews(**said).model_dump(mode="json"))


def seen(life: Life) -> ProviderDisputeView:
    (one,) = life.seen_by(MEDIATOR).provider_disputes or ()
    return one


def test_the_ids_the_reason_and_the_day() -> None:
    one = seen(told("updated", payment="ch_1", status="needs_response", due_at=DUE, **WHY))
    assert (one.dispute, one.payment, one.reason, one.network_reason) == ("dp_1", "ch_1", "fraudulent", "10.4")
    assert (one.status, one.due_at, one.paid, one.end) == ("needs_response", DUE, False, None)


def test_how_it_ended_and_what_moved() -> None:
    one = seen(told("lost", amount={"amount": 4_000, "currency": "USD"}))
    assert (one.end, one.ended_at, one.paid, one.amount) == ("lost", MONDAY, True, Money(amount=4_000, currency="USD"))


@pytest.mark.parametrize("party", [CLAIMANT, RESPONDENT])
def test_no_side_sees_it(party: str) -> None:
    assert told("lost").seen_by(party).provider_disputes is None
