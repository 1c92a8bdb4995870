"""A request that comes twice has the answer of the first."""

from __future__ import annotations

import asyncio

import pytest

from storage.postgres.idempotency import KEPT_FOR, PostgresIdempotency, swept
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

    async def test_an_answer_lies_sealed_and_goes_after_its_time(self, world: World) -> None:
        keys = PostgresIdempotency(world.database, world.vault)
        await keys.begin(world.tenant_id, "kim@example.org/7", "r", b"")
        await keys.finish(world.tenant_id, "kim@example.org/7", 201, {"statement": "zq0canary0qz"})
        (row,) = await sql(world, "SELECT i::text AS said, sealed FROM idempotency i WHERE tenant = $1", world.tenant_id)
        assert "zq0canary0qz" not in row["said"]
        assert "kim" not in row["said"], "a platform can make its key of whatever it likes"
        assert b"zq0canary0qz" not in row["sealed"]
        async with world.database.tenant(world.tenant_id) as conn:
            assert await swept(conn, world.tenant_id) == 0
            await conn.execute("UPDATE idempotency SET began_at = began_at - $1::interval", KEPT_FOR)
            assert await swept(conn, world.tenant_id) == 1

    async def test_an_answer_of_the_release_before_is_told_as_it_lies(self, world: World) -> None:
        keys = PostgresIdempotency(world.database, world.vault)
        await keys.begin(world.tenant_id, "k", "r", b"")
        await sql(world, "UPDATE idempotency SET state = 'done', status_code = 201, response = $1", {"id": "case_1"})
        assert (await keys.begin(world.tenant_id, "k", "r", b"")).response == {"id": "case_1"}
