"""Connections: whose tenant they are for, and what a lost one leaves."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from tests.support.database import Server
from tests.support.worlds import World

pytestmark = pytest.mark.postgres


class TestPool:
    async def test_connection_is_given_back_without_its_tenant(self, world: World) -> None:
        async def seen() -> str:
            async with world.database.nobody() as conn:
                await asyncio.sleep(0.01)
                return str(await conn.fetchval("SELECT current_setting('ombud.tenant', true)") or "")

        async with world.database.tenant(world.tenant_id):
            pass
        assert set(await asyncio.gather(*(seen() for _ in range(10)))) == {""}

    async def test_broken_connections_are_replaced(self, world: World, server: Server) -> None:
        conn = await asyncpg.connect(server.app_dsn)
        await conn.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ombud_app' AND pid <> pg_backend_pid()"
        )
        await conn.close()
        await asyncio.sleep(0.1)
        assert world.tenant_id in await world.database.tenant_ids()
