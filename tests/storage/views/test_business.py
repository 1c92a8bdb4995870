"""The numbers of the dashboard are counted over what is there, in one look at an index each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.outside.relay import PostgresRelay
from storage.views.business import MOST, OPEN, WAITS, WHAT_WAITS, PostgresBusiness
from tests.support.worlds import World, sql

pytestmark = pytest.mark.postgres


async def waits(world: World) -> dict[str, tuple[int, float]]:
    async with world.database.tenant(world.tenant_id) as conn:
        return {row["what"]: (row["number"], row["oldest_s"] or 0.0) for row in await conn.fetch(WAITS, world.tenant_id, MOST)}


async def test_everything_that_waits_is_counted_and_all_that_the_relay_finds_is_among_it(world: World) -> None:
    late, unsent, unbegun = [await world.case() for _ in range(3)]
    await sql(world, "UPDATE notices SET state = 'sent' WHERE case_id <> $1", unsent)
    await sql(world, "UPDATE deadlines SET due_at = clock_timestamp() - interval '90 s' WHERE case_id = $1", late)
    await sql(
        world,
        "INSERT INTO effects (tenant, id, case_id, seq, type, side, because) "
        "VALUES ($1, 'eff_3', $2, 1, 'refund', 'claimant', 'r')",
        world.tenant_id, unbegun,
    )  # fmt: skip
    unanswered = await world.opened()
    found = await waits(world)
    assert tuple(found) == WHAT_WAITS
    waiting = {what for what, (number, _) in found.items() if number}
    assert waiting == {"command", "deadline", "notice", "effect", "effect_running"}
    assert found["deadline"][1] >= 90
    relayed = {p.case_id for p in await PostgresRelay(world.database).waiting(timedelta(0)) if p.tenant_id == world.tenant_id}
    assert relayed == {late, unsent, unbegun, unanswered.case_id}


async def test_what_nobody_can_help_by_waiting_is_counted(world: World) -> None:
    case_id = await world.case()
    await sql(world, "UPDATE notices SET state = 'failed' WHERE case_id = $1", case_id)
    await sql(
        world,
        "INSERT INTO effects (tenant, id, case_id, seq, type, side, because, state, began_at) "
        "VALUES ($1, 'eff_9', $2, 1, 'refund', 'claimant', 'r', 'needs_hands', now())",
        world.tenant_id, case_id,
    )  # fmt: skip
    found = await waits(world)
    assert found["effect_by_hand"][0] == 1
    assert found["notice_failed"][0] >= 1
    assert found["effect"][0] == found["effect_running"][0] == 0


async def test_all_tenants_together(world: World) -> None:
    before = (await PostgresBusiness(world.database).now()).open
    await world.case()
    after = (await PostgresBusiness(world.database).now()).open
    assert sum(after.values()) == sum(before.values()) + 1


@pytest.mark.parametrize("statement", [OPEN, WAITS])
async def test_no_statement_reads_a_whole_table(world: World, statement: str) -> None:
    async with world.database.tenant(world.tenant_id) as conn, conn.transaction():
        await conn.execute("SET LOCAL enable_seqscan = off")
        given = (world.tenant_id,) if statement is OPEN else (world.tenant_id, MOST)
        rows = await conn.fetch("EXPLAIN " + statement, *given)
    assert "Seq Scan" not in "\n".join(str(row[0]) for row in rows)
