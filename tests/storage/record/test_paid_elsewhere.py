"""Money of one matter over cases of several kinds, on a real database: what stands in the other is counted, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from activities.lookups import Lookups
from activities.record import RecordActivities
from domain.base import Money, Phase
from domain.model.case import Case
from domain.model.money import PaidElsewhere
from domain.model.terms import Terms
from storage.record.other_cases import PAID, PostgresOtherCases
from storage.team.roster import PostgresRoster
from tests.support.worlds import World, a_command, a_report, some_terms

pytestmark = pytest.mark.postgres

REFUND = {"type": "refund", "amount": {"amount": 40_000, "currency": "USD"}}


def terms() -> Terms:
    return some_terms(grace="0.05 seconds", remedies=[{"name": "refund", "to": "claimant", "bounded_by": "payment"}])


class Desk:
    """A tenant in which money is given back."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.others = PostgresOtherCases(world.database)
        lookups = Lookups(PostgresRoster(world.database), None, other_cases=self.others)  # type: ignore[arg-type]  # no policies
        world.recorder = RecordActivities(world.records, world.inbox, "2025b", lookups=lookups)

    async def report(self, kind: str, claimant: str = "buyer-1", against: str | None = "shop-9", **changes: Any) -> str:
        parties = [{"side": "claimant", "ref": claimant}]
        parties += [{"side": "respondent", "ref": against}] if against is not None else []
        said = {"matter": "order-9", "amount": REFUND["amount"], **changes}
        case_id = await self.world.case(report=a_report(kind=kind, parties=parties, **said), terms=terms())
        await self.world.record(case_id, a_command("assign", "per_ola", owner="per_mia"))
        return case_id

    async def rules(self, case_id: str) -> Case:
        """A refund of all, as far as one person gives it, told where it is."""
        await self.world.record(
            case_id, a_command("rule", "per_mia", outcome="upheld", reasons="It never came.", remedies=[REFUND])
        )
        await asyncio.sleep(0.08)
        await self.world.record(case_id)
        case = (await self.world.snapshot(case_id)).case
        assert case is not None
        return case

    async def paid(self, case_id: str) -> list[PaidElsewhere]:
        return list(await self.others.paid(self.world.tenant_id, case_id))


@pytest.fixture
async def desk(world: World) -> Desk:
    await world.staff()
    return Desk(world)


async def test_a_matter_that_was_paid_in_a_case_of_one_kind_is_not_paid_again_in_one_of_another(desk: Desk) -> None:
    payment, fraud = await desk.report("payment_dispute"), await desk.report("fraud_report", against=None)
    assert await desk.paid(fraud) == []
    assert [e.remedy.type for e in (await desk.rules(payment)).effects] == ["refund"]
    assert await desk.paid(fraud) == [PaidElsewhere(case=payment, given=(Money(amount=40_000, currency="USD"),))]
    assert await desk.paid(payment) == []
    case = await desk.rules(fraud)
    assert (case.phase, case.effects) == (Phase.REVIEW, ())


async def test_of_two_that_were_drafted_at_once_the_second_waits_for_hands(desk: Desk) -> None:
    payment, fraud = await desk.report("payment_dispute"), await desk.report("fraud_report")
    said = {"outcome": "upheld", "reasons": "It never came.", "remedies": [REFUND]}
    for case_id in (payment, fraud):
        await desk.world.record(case_id, a_command("rule", "per_mia", **said))
    await asyncio.sleep(0.08)
    cases = []
    for case_id in (payment, fraud):
        await desk.world.record(case_id)
        cases.append((await desk.world.snapshot(case_id)).case)
    assert [[e.state for e in case.effects] for case in cases if case] == [["running"], ["needs_hands"]]
    async with desk.world.database.tenant(desk.world.tenant_id) as conn:
        kept = await conn.fetch("SELECT case_id, state FROM effects ORDER BY ordered_at")
    assert [tuple(row) for row in kept] == [(payment, "running"), (fraud, "needs_hands")]


async def test_of_two_that_pay_at_the_same_instant_the_second_sees_the_first(desk: Desk) -> None:
    """Both have read that nothing was paid, and judge; only the writing finds out."""
    payment, fraud = await desk.report("payment_dispute"), await desk.report("fraud_report")
    said = {"outcome": "upheld", "reasons": "It never came.", "remedies": [REFUND]}
    for case_id in (payment, fraud):
        await desk.world.record(case_id, a_command("rule", "per_mia", **said))
    await asyncio.sleep(0.08)
    both_have_read, reads = asyncio.Event(), 0
    lookups = desk.world.recorder._lookups
    assert lookups is not None

    class Together(PostgresOtherCases):
        async def paid(self, tenant_id: str, case_id: str) -> Sequence[PaidElsewhere]:
            nonlocal reads
            found = await super().paid(tenant_id, case_id)
            reads += 1
            if reads == 2:
                both_have_read.set()
            await asyncio.wait_for(both_have_read.wait(), 5)
            return found

    together = Lookups(lookups.roster, lookups.policies, other_cases=Together(desk.world.database))
    desk.world.recorder = RecordActivities(desk.world.records, desk.world.inbox, "2025b", lookups=together)
    await asyncio.gather(*(desk.world.record(case_id) for case_id in (payment, fraud)))
    assert reads > 2, "the second has looked again"
    cases = [(await desk.world.snapshot(case_id)).case for case_id in (payment, fraud)]
    assert sorted(e.state for case in cases if case for e in case.effects) == ["needs_hands", "running"]


_USD_400 = {"amount": 40_100, "currency": "USD"}


@pytest.mark.parametrize(
    "other",
    [
        {"matter": "order-8"},
        {"synthetic": True},
        {"matter": None, "amount": _USD_400},
        {"matter": None, "against": "shop-8"},
        {"matter": None, "claimant": "buyer-2"},
        {"matter": None, "synthetic": True},
    ],
)
async def test_of_another_order_and_of_a_test_nothing_is_told(desk: Desk, other: dict[str, Any]) -> None:
    payment = await desk.report("payment_dispute")
    await desk.rules(payment)
    assert await desk.paid(await desk.report("fraud_report", **other)) == []


async def test_of_the_same_order_it_is_told_whoever_is_blamed(desk: Desk) -> None:
    payment = await desk.report("payment_dispute")
    await desk.rules(payment)
    (found,) = await desk.paid(await desk.report("fraud_report", against="shop-8"))
    assert (found.case, found.another) == (payment, True)


@pytest.mark.parametrize("against", ["shop-9", "shop-8", None])
async def test_of_the_same_order_it_is_told_whoever_asks(desk: Desk, against: str | None) -> None:
    payment = await desk.report("payment_dispute")
    await desk.rules(payment)
    (found,) = await desk.paid(await desk.report("payment_dispute", claimant="buyer-2", against=against))
    assert (found.case, found.another, found.possible) == (payment, True, False)


async def test_of_the_same_money_between_the_same_two_it_may_be_one(desk: Desk) -> None:
    unnamed = await desk.report("payment_dispute", matter=None)
    await desk.rules(unnamed)
    (found,) = await desk.paid(await desk.report("payment_dispute"))
    assert (found.case, found.another, found.possible) == (unnamed, False, True)
    (found,) = await desk.paid(await desk.report("payment_dispute", matter=None))
    assert (found.case, found.another, found.possible) == (unnamed, False, True)


async def test_what_a_link_says_is_one_matter_is_one(desk: Desk) -> None:
    payment = await desk.report("payment_dispute")
    await desk.rules(payment)
    other = await desk.report("fraud_report", matter="order-8")
    await desk.world.record(other, a_command("link", "per_mia", to=payment, relation="related"))
    assert await desk.paid(other) == []
    await desk.world.record(other, a_command("link", "per_mia", to=payment, relation="duplicate"))
    (found,) = await desk.paid(other)
    assert (found.case, found.another, found.possible) == (payment, False, False)


async def test_of_another_tenant_neither(desk: Desk) -> None:
    payment = await desk.report("payment_dispute")
    await desk.rules(payment)
    fraud = await desk.report("fraud_report")
    assert await desk.others.paid("ten_somebody_else", fraud) == []


async def test_it_is_found_by_the_index_of_matters(desk: Desk) -> None:
    case_id = await desk.report("payment_dispute")
    async with desk.world.database.tenant(desk.world.tenant_id) as conn:
        await conn.execute("SET LOCAL enable_seqscan = off")
        plan = await conn.fetch(f"EXPLAIN {PAID}", desk.world.tenant_id, case_id)
    said = "\n".join(row[0] for row in plan)
    assert all(index in said for index in ("cases_by_matter", "parties_by_ref")), said
