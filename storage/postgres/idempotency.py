"""Idempotency keys: the same request sent twice is one request, and its answer is kept for the second time.

An answer can have what people wrote in it, and who they are: it lies sealed, and goes after :data:`KEPT_FOR`. The key, which a
platform may have made of somebody's address, is kept as a digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from pydantic_core import from_json, to_json

from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault, secret_place

ABANDONED_AFTER = timedelta(seconds=10)
"""A claim older than this belongs to a process that died, and the next request takes it over.

Longer than an answer takes, and no longer than a caller has patience. Too early does no harm: cases and commands are themselves
unique by the same key.
"""

KEPT_FOR = timedelta(hours=48)
"""So long a request can be repeated: whoever could not reach us tries again within a day or two, or not at all."""

CLAIM = """
INSERT INTO idempotency AS i (tenant, key, route, body_hash) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, key) DO UPDATE SET began_at = clock_timestamp()
WHERE i.state = 'in_flight' AND i.route = $3 AND i.body_hash = $4 AND i.began_at < now() - $5::interval
RETURNING key
"""
LOOK = "SELECT route, body_hash, state, status_code, response, sealed FROM idempotency WHERE tenant = $1 AND key = $2"
FINISH = """
UPDATE idempotency SET state = 'done', status_code = $3, sealed = $4, response = NULL,
    done_at = clock_timestamp()
WHERE tenant = $1 AND key = $2
"""
FORGET = "DELETE FROM idempotency WHERE tenant = $1 AND key = $2 AND state = 'in_flight'"
SWEEP = "DELETE FROM idempotency WHERE tenant = $1 AND began_at < now() - $2::interval"


@dataclass(frozen=True)
class KeyState:
    """How a key stands, when a request comes with it."""

    state: Literal["mine", "running", "done", "other"]
    """``mine``: go on, then finish. ``running``: another request is at it. ``done``: its answer is here. ``other``: the key was
    used for something else.
    """
    status_code: int = 0
    response: Any = None


class PostgresIdempotency:
    """Keeps the keys of one tenant's requests."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def begin(self, tenant_id: str, key: str, route: str, body: bytes) -> KeyState:
        """Claim a key, or say who has it. A claim that was left behind can be taken over after :data:`ABANDONED_AFTER`."""
        digest, key = self._vault.body_hash(tenant_id, body), self._vault.repeat_digest(tenant_id, key)
        async with self._database.tenant(tenant_id) as conn:
            if await conn.fetchval(CLAIM, tenant_id, key, route, digest, ABANDONED_AFTER):
                return KeyState("mine")
            row = await conn.fetchrow(LOOK, tenant_id, key)
        if row is None:
            # Given up in this very moment: the caller looks again.
            return KeyState("running")
        if (row["route"], row["body_hash"]) != (route, digest):
            return KeyState("other")
        if row["state"] == "in_flight":
            return KeyState("running")
        if row["sealed"] is None:
            # Of a release that did not seal it.
            return KeyState("done", row["status_code"], row["response"])
        return KeyState("done", row["status_code"], from_json(self._vault.open_secret(tenant_id, _place(key), row["sealed"])))

    async def finish(self, tenant_id: str, key: str, status_code: int, response: Any) -> None:
        """Keep the answer, sealed."""
        key = self._vault.repeat_digest(tenant_id, key)
        sealed = self._vault.seal_secret(tenant_id, _place(key), to_json(response))
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(FINISH, tenant_id, key, status_code, sealed)

    async def forget(self, tenant_id: str, key: str) -> None:
        """Give the key up: the request failed in a way that may not be repeated as its answer."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(FORGET, tenant_id, self._vault.repeat_digest(tenant_id, key))


async def swept(conn: Connection, tenant_id: str) -> int:
    """Drop what nobody will repeat any more; how many."""
    return int((await conn.execute(SWEEP, tenant_id, KEPT_FOR)).split()[-1])


def _place(key: str) -> str:
    return secret_place("answers", key)
