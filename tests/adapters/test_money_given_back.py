"""What a payment service has paid out in the end is what the case says, however the decision that ordered it was undone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from activities.ports.effects import OrderedEffect
from adapters.delivery.endpoints import SignedPost
from adapters.remedies import WebhookRemedies
from domain.model import facts as f
from domain.rules.money import totals
from tests.support.cases import CLAIMANT, LEAD_2, LEAD_3, MEDIATOR, OPS, RESPONDENT, ROBOT, Life, a_case
from tests.support.http_sink import Endpoints, Taken


def usd(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "USD"}


def part(cents: int) -> dict[str, Any]:
    return {"outcome": "partly_refunded", "ground": "goodwill", "remedies": [{"type": "refund", "amount": usd(cents)}]}


class PaymentService:
    """A case whose effects go over a real socket, one after the other as they are ordered, and what the service has booked."""

    def __init__(self, sink: Taken) -> None:
        self.sink = sink
        self.remedies = WebhookRemedies(Endpoints(sink.url), SignedPost(allow_private=True))
        self.done: set[str] = set()

    async def carries_out(self, life: Life) -> Life:
        """Everything that the case has ordered and that was not carried out yet; each twice, as after a lost answer."""
        for order in [fact for fact in life.facts if isinstance(fact, f.EffectOrdered) and fact.effect_id not in self.done]:
            effect = OrderedEffect(
                id=order.effect_id, tenant_id=life.tenant_id, case_id=life.case_id, type=order.remedy.type,
                amount=order.remedy.amount, to=order.remedy.to.value, to_party=order.remedy.party, reverses=order.reverses,
            )  # fmt: skip
            await self.remedies.perform(effect)
            result = await self.remedies.perform(effect)
            self.done.add(order.effect_id)
            life.says(ROBOT, "report_effect", effect_id=order.effect_id, result=result)
        return life

    @property
    def captured(self) -> int:
        """What is out, in cents: each request counts once by its key, a reversal takes back what it names."""
        booked: dict[str, int] = {}
        for _, headers, body in self.sink.requests:
            said = json.loads(body)
            sign = -1 if said["type"] == "remedy.reverse" else 1
            booked[headers["idempotency-key"]] = sign * said["data"]["amount"]["amount"]
            assert sign > 0 or booked[said["data"]["reverses"]] == said["data"]["amount"]["amount"]
        return sum(booked.values())


def says(life: Life) -> int:
    """What stands by the case itself."""
    return sum(money.amount for money in totals(life.case))


def ruled() -> Life:
    life = a_case("payment_dispute", amount=usd(40_000)).with_terms(worse_on_appeal=False).in_review()
    return life.says(MEDIATOR, "rule", **part(20_000)).fire("grace")


def annulled(life: Life) -> Life:
    return life.says(OPS, "annul", reason="procedural_fault")


def withdrawn_after_the_remit(life: Life) -> Life:
    life.says(CLAIMANT, "appeal").says(LEAD_2, "take").says(LEAD_2, "decide_appeal", decision="remit").fire("grace")
    return life.says(CLAIMANT, "withdraw").fire("appeal_window")


def given_up_on_the_others_appeal(life: Life) -> Life:
    return life.says(RESPONDENT, "appeal").says(CLAIMANT, "withdraw")


def settled_for_less(life: Life) -> Life:
    return life.says(RESPONDENT, "offer", remedy="refund", amount=usd(15_000)).says(CLAIMANT, "accept_offer")


def settled_for_the_same(life: Life) -> Life:
    return life.says(RESPONDENT, "offer", remedy="refund", amount=usd(20_000)).says(CLAIMANT, "accept_offer")


def annulled_and_ruled_afresh(life: Life) -> Life:
    annulled(life).says(LEAD_3, "take")
    return life.says(LEAD_3, "rule", **part(30_000)).fire("grace")


@pytest.mark.parametrize(
    ("then", "cents"),
    [
        (annulled, 0),
        (withdrawn_after_the_remit, 20_000),
        (given_up_on_the_others_appeal, 0),
        (settled_for_less, 15_000),
        (settled_for_the_same, 20_000),
        (annulled_and_ruled_afresh, 30_000),
    ],
)
async def test_what_is_out_is_what_the_case_says(sink: Taken, then: Any, cents: int) -> None:
    service = PaymentService(sink)
    life = await service.carries_out(ruled())
    assert (service.captured, says(life)) == (20_000, 20_000)
    await service.carries_out(then(life))
    assert (service.captured, says(life)) == (cents, cents)
