"""Workers that come and go, and a database that does not answer: judged late, judged right, judged once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import Client

from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.temporal import House, TemporalServer, a_house, billed, kinds_of, troubles, until

pytestmark = [pytest.mark.temporal, pytest.mark.postgres]


@pytest.fixture
async def empty_house(temporal_server: TemporalServer, client: Client, database: Database, vault: Vault, tenant_id: str) -> House:
    """A house in which nobody works yet."""
    return await a_house(temporal_server, client, database, vault, tenant_id)


async def test_what_was_asked_while_nobody_worked_is_judged_by_when_it_was_received(empty_house: House) -> None:
    house = empty_house
    case = await house.opens(settlement=timedelta(seconds=1))
    command = case.command("offer", "claimant", remedy="payout", amount={"amount": 5_000, "currency": "USD"})
    await house.inbox.receive(house.tenant_id, case.opened.case_id, command, channel="api")
    await house.doors.poke(case.named)
    # The settlement ends, and its default opens the review, while nobody works.
    await asyncio.sleep(1.2)
    async with house.at_work():
        await case.until(phase="review")
    async with house.database.tenant(house.tenant_id) as conn:
        told = [row["type"] for row in await conn.fetch("SELECT type FROM facts ORDER BY seq")]
    assert told.index("offer_made") < told.index("level_reached")


async def test_one_alarm_rings_once_for_each_level(house: House) -> None:
    case = await house.opens("fraud_report", first_response=timedelta(milliseconds=600), ruling=timedelta(days=9))
    await case.starts()

    async def breached() -> bool:
        async with house.database.tenant(house.tenant_id) as conn:
            found = await conn.fetch(
                "SELECT body -> 'fact' ->> 'level' AS level FROM facts WHERE type = 'level_reached' ORDER BY seq"
            )
        return [row["level"] for row in found] == ["warn", "breach"]

    await until(breached)
    await until(case.rests)
    kinds = list(kinds_of(await case.history()))
    assert kinds.count("TIMER_STARTED") - kinds.count("TIMER_FIRED") - kinds.count("TIMER_CANCELED") == 1
    assert troubles(await case.history()) == []


async def test_a_database_that_is_away_is_waited_for(house: House) -> None:
    case = await house.opens()
    house.outages.fails = 3
    answer = await case.starts()
    await until(case.rests)
    assert answer.status == "accepted"
    events = await case.history()
    assert troubles(events) == []
    assert billed(events)["activity"] == 2  # the record that took over, and one round of notices
