"""API keys: made, rotated with two live secrets for a while, revoked at once, and when each was last used."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from uuid_utils import uuid7

from domain.base import Instant, Kept
from storage.postgres.pool import Connection, Database

USED_EVERY = timedelta(minutes=1)
"""How exactly it is known when a key was last used: a write for every request would cost more than most requests."""

CREATE = """
INSERT INTO api_keys (tenant, id, hash, name, scopes, person_id, expires_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
LONGEST_OVERLAP_FOR = timedelta(days=7)
"""How long the secret before a rotation is good at most, whatever its row says."""
# The secret of now, or the one before the last rotation while that is good too: never without a rotation, and never for longer
# after it than any rotation may say.
FIND = f"""
SELECT tenant, id, name, scopes, person_id, coalesce(last_used_at < clock_timestamp() - $2::interval, true) AS used_anew
FROM api_keys
WHERE (hash = $1 OR (earlier_hash = $1 AND earlier_until > clock_timestamp() AND rotated_at <= clock_timestamp()
        AND rotated_at + interval '{LONGEST_OVERLAP_FOR.days} days' > clock_timestamp()))
    AND active AND coalesce(expires_at > clock_timestamp(), true)
"""  # noqa: S608 - put together from constants
USED = """
UPDATE api_keys SET last_used_at = clock_timestamp()
WHERE tenant = $1 AND id = $2 AND coalesce(last_used_at < clock_timestamp() - $3::interval, true)
"""
ROTATE = """
UPDATE api_keys
SET earlier_hash = hash, earlier_until = clock_timestamp() + $4::interval, hash = $3, rotated_at = clock_timestamp()
WHERE tenant = $1 AND id = $2 AND active AND coalesce(expires_at > clock_timestamp(), true)
"""
REVOKE = "UPDATE api_keys SET active = false, revoked_at = clock_timestamp() WHERE tenant = $1 AND id = $2 AND active"

# Whoever changes their credential ends those before it: one that somebody else held ends with them.
REVOKE_OTHERS = """
UPDATE api_keys SET active = false, revoked_at = clock_timestamp()
WHERE tenant = $1 AND person_id = $2 AND id <> $3 AND active
RETURNING id
"""

# Of a person only the newest login code is good: those before it are good for the same.
REVOKE_ALIKE = """
UPDATE api_keys SET active = false, revoked_at = clock_timestamp()
WHERE tenant = $1 AND person_id = $2 AND scopes = $3 AND active
RETURNING id
"""
# Of both kinds: what a deactivation ends.
LIVE_OF = """
SELECT id FROM api_keys WHERE tenant = $1 AND person_id = $2 AND active
UNION ALL SELECT id FROM signing_keys WHERE tenant = $1 AND person_id = $2 AND revoked_at IS NULL
ORDER BY 1
"""
# What became of a secret that is good for nothing any more: whoever has it is told, and nobody guesses one.
ENDED = "SELECT scopes, active FROM api_keys WHERE hash = $1"

_KEYS = """
SELECT id, name, scopes, person_id, created_at, created_by, expires_at, last_used_at, rotated_at, revoked_at,
    CASE WHEN earlier_until > clock_timestamp() THEN earlier_until END AS earlier_until,
    CASE WHEN NOT active THEN 'revoked' WHEN expires_at <= clock_timestamp() THEN 'expired' ELSE 'live' END AS status
FROM api_keys
"""
ONE = f"{_KEYS} WHERE tenant = $1 AND id = $2"
# $2 the last one of the page before (or null), $3 of whom (or null).
LISTED = f"""{_KEYS}
WHERE tenant = $1 AND ($2::text IS NULL OR id < $2) AND ($3::text IS NULL OR person_id = $3)
ORDER BY id DESC LIMIT $4
"""


class ApiKey(Kept):
    """An API key, without its secret, which is kept nowhere."""

    id: str
    name: str
    scopes: tuple[str, ...]
    person_id: str | None
    """As whom it speaks; None: a platform's."""
    created_at: Instant
    created_by: str | None
    """None: made before this was asked for, or by the installation itself."""
    expires_at: Instant | None
    last_used_at: Instant | None
    """To the minute."""
    rotated_at: Instant | None
    earlier_until: Instant | None
    """Until when the secret before the last rotation is good too; None: it is not."""
    revoked_at: Instant | None
    status: Literal["live", "expired", "revoked"]


class PostgresKeys:
    """Reads the keys of tenants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def one(self, tenant_id: str, key_id: str) -> ApiKey | None:
        """One key; None: there is none with this id."""
        async with self._database.tenant(tenant_id) as conn:
            return await one(conn, tenant_id, key_id)

    async def listed(
        self, tenant_id: str, limit: int, *, after: str | None = None, person_id: str | None = None
    ) -> Sequence[ApiKey]:
        """The keys, the newest first, whatever has become of them: those after one, those of somebody."""
        async with self._database.tenant(tenant_id) as conn:
            return [ApiKey(**dict(row)) for row in await conn.fetch(LISTED, tenant_id, after, person_id, limit)]


async def one(conn: Connection, tenant_id: str, key_id: str) -> ApiKey | None:
    """One key; None: there is none with this id."""
    row = await conn.fetchrow(ONE, tenant_id, key_id)
    return ApiKey(**dict(row)) if row else None


async def create(
    conn: Connection,
    tenant_id: str,
    *,
    name: str,
    scopes: Sequence[str],
    person_id: str | None = None,
    expires_at: datetime | None = None,
    created_by: str | None = None,
) -> tuple[str, str]:
    """A new key: its id, and its secret, which is shown this once and kept nowhere."""
    key_id, secret = f"key_{uuid7()}", _new_secret()
    await conn.execute(CREATE, tenant_id, key_id, hash_of(secret), name, list(scopes), person_id, expires_at, created_by)
    return key_id, secret


async def rotate(conn: Connection, tenant_id: str, key_id: str, overlap_for: timedelta) -> str | None:
    """A new secret of a live key; the one of now lives on for the overlap, one before that dies at once. None: no live key."""
    secret = _new_secret()
    done = await conn.execute(ROTATE, tenant_id, key_id, hash_of(secret), overlap_for)
    return secret if done != "UPDATE 0" else None


async def revoke(conn: Connection, tenant_id: str, key_id: str) -> bool:
    """End a key, with all its secrets; False when there is none that has not ended."""
    return await conn.execute(REVOKE, tenant_id, key_id) != "UPDATE 0"


async def revoke_others(conn: Connection, tenant_id: str, person_id: str, key_id: str) -> list[str]:
    """End all keys of a person but this one; which those were."""
    return sorted(row["id"] for row in await conn.fetch(REVOKE_OTHERS, tenant_id, person_id, key_id))


async def revoke_alike(conn: Connection, tenant_id: str, person_id: str, scopes: Sequence[str]) -> list[str]:
    """End all keys of a person that are good for just this; which those were."""
    return sorted(row["id"] for row in await conn.fetch(REVOKE_ALIKE, tenant_id, person_id, list(scopes)))


async def live_of(conn: Connection, tenant_id: str, person_id: str) -> list[str]:
    """Keys of a person that have not ended, those for signing among them."""
    return [row["id"] for row in await conn.fetch(LIVE_OF, tenant_id, person_id)]


def hash_of(secret: str) -> bytes:
    """What is kept of a secret. It is 240 bits of chance, so nothing slower than SHA-256 is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def fingerprint(secret: str) -> str:
    """What the trail says of a secret: enough to see that it is the same, and nothing more."""
    return fingerprint_of(hash_of(secret))


def fingerprint_of(kept: bytes) -> str:
    """The same, by what is kept of the secret."""
    return hashlib.sha256(b"ombud key\x1f" + kept).hexdigest()[:32]


def _new_secret() -> str:
    return "omb_" + base64.urlsafe_b64encode(os.urandom(30)).decode()
