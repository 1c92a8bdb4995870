"""The relay: what was written and not yet told to the workflow is found and told."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage.outside.relay import PostgresRelay
from tests.support.worlds import World, sql

pytestmark = pytest.mark.postgres

NOW = timedelta(0)


class TestRelay:
    async def waiting(self, world: World) -> dict[str, str | None]:
        found = await PostgresRelay(world.database).waiting(NOW)
        return {p.case_id: p.command_id for p in found if p.tenant_id == world.tenant_id}

    async def test_unanswered_command_wakes_its_case(self, world: World) -> None:
        opened = await world.opened()
        assert await self.waiting(world) == {opened.case_id: opened.command_id}

    async def test_quiet_case_is_left_alone(self, world: World) -> None:
        case_id = await world.case()
        await sql(world, "UPDATE notices SET state = 'sent' WHERE case_id = $1", case_id)
        assert await self.waiting(world) == {}

    async def test_overdue_level_unsent_notice_and_effect_that_nobody_began(self, world: World) -> None:
        late, unsent, unbegun = [await world.case() for _ in range(3)]
        await sql(world, "UPDATE notices SET state = 'sent' WHERE case_id <> $1", unsent)
        await sql(world, "UPDATE deadlines SET due_at = clock_timestamp() - interval '1 min' WHERE case_id = $1", late)
        await sql(
            world,
            "INSERT INTO effects (tenant, id, case_id, seq, type, side, because) "
            "VALUES ($1, 'eff_3', $2, 1, 'refund', 'claimant', 'r')",
            world.tenant_id, unbegun,
        )  # fmt: skip
        assert set(await self.waiting(world)) == {late, unsent, unbegun}

    async def test_poked_case_rests_until_it_moves(self, world: World) -> None:
        opened = await world.opened()
        relay = PostgresRelay(world.database)
        long = timedelta(milliseconds=200)
        await asyncio.sleep(0.25)
        assert [p.case_id for p in await relay.waiting(long) if p.tenant_id == world.tenant_id] == [opened.case_id]
        assert [p for p in await relay.waiting(long) if p.tenant_id == world.tenant_id] == []
        await asyncio.sleep(0.45)
        assert [p.case_id for p in await relay.waiting(long) if p.tenant_id == world.tenant_id] == [opened.case_id]
