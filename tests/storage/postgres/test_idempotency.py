"""A request that comes twice has the answer of the first."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage.postgres.idempotency import PostgresIdempotency
from tests.support.worlds import World, sql

pytestmark = pytest.mark.postgres


class TestIdempotency:
    async def test_one_of_many_goes_on_and_the_others_get_its_answer(self, world: World) -> None:
        keys = PostgresIdempotency(world.database, world.vault)
        begun = await asyncio.gather(*(keys.begin(world.tenant_id, "k", "POST /v1/cases", b"{}") for _ in range(10)))
        assert sorted(b.state for b in begun) == ["mine"] + ["running"] * 9
        await keys.finish(world.tenant_id, "k", 201, {"id": "case_1"})
        done = await keys.begin(world.tenant_id, "k", "POST /v1/cases", b"{}")
        assert (done.state, done.status_code, done.response) == ("done", 201, {"id": "case_1"})

    async def test_other_body_or_route_is_other(self, world: World) -> None:
        keys = PostgresIdempotency(world.database, world.vault)
        await keys.begin(world.tenant_id, "k", "POST /v1/cases", b"{}")
        assert (await keys.begin(world.tenant_id, "k", "POST /v1/cases", b"[]")).state == "other"
        assert (await keys.begin(world.tenant_id, "k", "POST /v1/other", b"{}")).state == "other"

    async def test_key_that_was_given_up_or_left_behind_is_free_again(self, world: World) -> None:
        keys = PostgresIdempotency(world.database, world.vault)
        await keys.begin(world.tenant_id, "k", "r", b"")
        await keys.forget(world.tenant_id, "k")
        assert (await keys.begin(world.tenant_id, "k", "r", b"")).state == "mine"
        await sql(world, "UPDATE idempotency SET began_at = began_at - interval '2 min'")
        assert (await keys.begin(world.tenant_id, "k", "r", b"")).state == "mine"
        assert (await keys.begin(world.tenant_id, "k", "r", b"")).state == "running"
        assert await keys.sweep(world.tenant_id, timedelta(days=1)) == 0
