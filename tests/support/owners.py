"""Somebody with the password of the database's owner, who takes away the guards that keep what was written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from tests.support.database import Server

_FORCED = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"


@asynccontextmanager
async def owner_of(server: Server, tenant_id: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection as the owner, speaking for a tenant, on which no trigger fires and no reference is checked."""
    conn = await asyncpg.connect(server.owner_dsn)
    tables = [row["relname"] for row in await conn.fetch(_FORCED)]
    try:
        for table in tables:
            await conn.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        await conn.fetchval("SELECT set_config('ombud.tenant', $1, false)", tenant_id)
        yield conn
    finally:
        for table in tables:
            await conn.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        await conn.close()
