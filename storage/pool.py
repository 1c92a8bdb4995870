"""Connections to Postgres, each lent for one tenant at a time: row-level security shows a borrower that tenant and no other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
from pydantic_core import from_json, to_json

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    type_of_row = asyncpg.Record
    Connection = asyncpg.Connection[type_of_row] | PoolConnectionProxy[type_of_row]
    Pool = asyncpg.Pool[type_of_row]
else:
    Connection = Pool = Any

_TAKE_TENANT = "SELECT set_config('ombud.tenant', $1, false)"
_TAKE_KEY = "SELECT set_config('ombud.key_hash', $1, false)"
# asyncpg's own reset closes cursors, unlistens and resets every setting: twice the commits of a transition (measured). Nothing
# here uses any of that; the two settings that give rights are what must never pass to the next borrower.
_GIVE_BACK = "SELECT set_config('ombud.tenant', '', false), set_config('ombud.key_hash', '', false)"

_SERVER_SETTINGS = {
    "application_name": "ombud",
    "timezone": "UTC",
    # Statements are short; compiling one costs more than running it.
    "jit": "off",
    # Nor is planning one again each time: with it a transition's write takes three times as long (measured).
    "plan_cache_mode": "force_generic_plan",
    # A session that died inside a transaction must not hold a case's row for ever.
    "idle_in_transaction_session_timeout": "60s",
}


class Database:
    """The application's pool. Made by :meth:`connect`, handed to everything that reads or writes."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @classmethod
    async def connect(cls, dsn: str, *, min_size: int = 1, max_size: int = 10, command_timeout: float = 30.0) -> Database:
        """Open the pool as the application role. Connections that break are replaced when next asked for."""
        pool = await asyncpg.create_pool(
            dsn,
            min_size=min_size,
            max_size=max_size,
            command_timeout=command_timeout,
            init=_prepare,
            reset=_clear,
            server_settings=_SERVER_SETTINGS,
        )
        return cls(pool)

    @asynccontextmanager
    async def tenant(self, tenant_id: str) -> AsyncIterator[Connection]:
        """A connection that sees this tenant only, until the end of the block."""
        async with self._pool.acquire() as conn:
            await conn.fetchval(_TAKE_TENANT, tenant_id)
            yield conn

    @asynccontextmanager
    async def key(self, key_hash: str) -> AsyncIterator[Connection]:
        """A connection that sees the API key with this hash (hex) and nothing else."""
        async with self._pool.acquire() as conn:
            await conn.fetchval(_TAKE_KEY, key_hash)
            yield conn

    @asynccontextmanager
    async def nobody(self) -> AsyncIterator[Connection]:
        """A connection without a tenant: it sees the tenants' ids and the shared library."""
        async with self._pool.acquire() as conn:
            yield conn

    async def tenant_ids(self) -> list[str]:
        """Every tenant, for what has to go through all of them one by one."""
        async with self.nobody() as conn:
            return [row["id"] for row in await conn.fetch("SELECT id FROM tenant_ids ORDER BY id")]

    async def close(self) -> None:
        """Give all connections back to the server, waiting for their borrowers."""
        await self._pool.close()

    async def __aenter__(self) -> Database:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def _prepare(conn: Connection) -> None:
    await conn.set_type_codec("jsonb", schema="pg_catalog", format="binary", encoder=_encode, decoder=_decode)


async def _clear(conn: Connection) -> None:
    await conn.execute(_GIVE_BACK)


def _encode(value: object) -> bytes:
    # Binary jsonb is a version byte and the text.
    return b"\x01" + to_json(value)


def _decode(data: bytes) -> Any:
    return from_json(data[1:])
