"""Sessions of people signed in to the pages: made, found by their secret, listed and ended."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from uuid_utils import uuid7

from domain.base import Instant, Kept
from storage.access.keys import hash_of
from storage.postgres.pool import Connection, Database

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last used: a write for every page would cost more than most pages."""
Way = Literal["oidc", "development"]
Ended = Literal["signed_out", "ended", "deactivated", "provider"]

_COLUMNS = "id, person_id, way, device, proved_at, created_at, last_seen_at, expires_at, ended_at, ended_because"
CREATE = """
INSERT INTO sessions (tenant, id, hash, person_id, way, device, issuer, subject, provider_sid, proved_at, idle_for, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp() + $12::interval)
"""
_LIVE = "ended_at IS NULL AND expires_at > clock_timestamp() AND last_seen_at + idle_for > clock_timestamp()"
FIND = f"""
SELECT tenant, {_COLUMNS}, last_seen_at < clock_timestamp() - $2::interval AS seen_anew
FROM sessions WHERE hash = $1 AND {_LIVE}
"""  # noqa: S608 - put together from constants
SEEN = """
UPDATE sessions SET last_seen_at = clock_timestamp()
WHERE tenant = $1 AND id = $2 AND ended_at IS NULL AND last_seen_at < clock_timestamp() - $3::interval
"""
LISTED = f"SELECT {_COLUMNS} FROM sessions WHERE tenant = $1 AND person_id = $2 AND {_LIVE} ORDER BY id DESC LIMIT 100"  # noqa: S608 - constants
END = """
UPDATE sessions SET ended_at = clock_timestamp(), ended_because = $4
WHERE tenant = $1 AND person_id = $2 AND id = $3 AND ended_at IS NULL
"""
# The provider's own session where it named one, else every one of the person's. A later sign-in is another session.
END_OF_PROVIDER = """
UPDATE sessions SET ended_at = clock_timestamp(), ended_because = 'provider'
WHERE tenant = $1 AND issuer = $2 AND ended_at IS NULL AND created_at <= $5
    AND CASE WHEN $3::text IS NOT NULL THEN provider_sid = $3 ELSE subject = $4 END
RETURNING id
"""
MEANT = "SELECT person_id FROM sign_ins WHERE tenant = $1 AND issuer = $2 AND subject = $3"
BIND = "INSERT INTO sign_ins (tenant, issuer, subject, person_id) VALUES ($1, $2, $3, $4)"
BY_EMAIL = "SELECT id FROM people WHERE tenant = $1 AND lower(email) = lower($2) ORDER BY active DESC, id LIMIT 2"


class Session(Kept):
    """A person signed in, without the secret, which is kept nowhere."""

    tenant_id: str
    id: str
    person_id: str
    way: Way
    device: str
    proved_at: Instant | None = None
    """When its person showed who they are; None: nobody said."""
    created_at: Instant
    last_seen_at: Instant
    """To the minute."""
    expires_at: Instant
    """When it ends, whatever is done with it."""
    ended_at: Instant | None = None
    ended_because: Ended | None = None


class PostgresSessions:
    """Finds, lists and ends sessions. They are made in a deed, by :func:`create`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, secret: str) -> Session | None:
        """Whose secret it is; None: nobody's (any more). Looked up with every request: what has ended is over at once."""
        digest = hash_of(secret)
        async with self._database.key(digest.hex()) as conn:
            row = await conn.fetchrow(FIND, digest, SEEN_EVERY)
        if row is None:
            return None
        values = dict(row)
        tenant_id = values.pop("tenant")
        if values.pop("seen_anew"):
            async with self._database.tenant(tenant_id) as conn:
                await conn.execute(SEEN, tenant_id, values["id"], SEEN_EVERY)
        return Session(tenant_id=tenant_id, **values)

    async def listed(self, tenant_id: str, person_id: str) -> Sequence[Session]:
        """Where somebody is signed in now, the latest first."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(LISTED, tenant_id, person_id)
        return [Session(tenant_id=tenant_id, **dict(row)) for row in rows]

    async def end(self, tenant_id: str, person_id: str, session_id: str, because: Ended) -> bool:
        """End one of somebody's sessions, at once; False: they have none with this id that has not ended."""
        async with self._database.tenant(tenant_id) as conn:
            return await conn.execute(END, tenant_id, person_id, session_id, because) != "UPDATE 0"

    async def end_of_provider(
        self, tenant_id: str, issuer: str, sid: str | None, subject: str | None, before: datetime
    ) -> list[str]:
        """End what a provider of identities says is over: its session, or all of a person's, begun before."""
        async with self._database.tenant(tenant_id) as conn:
            return sorted(row["id"] for row in await conn.fetch(END_OF_PROVIDER, tenant_id, issuer, sid, subject, before))


async def create(
    conn: Connection,
    tenant_id: str,
    person_id: str,
    way: Way,
    *,
    device: str,
    idle_for: timedelta,
    lives_for: timedelta,
    issuer: str | None = None,
    subject: str | None = None,
    sid: str | None = None,
    proved_at: datetime | None = None,
) -> tuple[str, str]:
    """A new session: its id, and its secret, which is given to the browser and kept nowhere."""
    session_id, secret = f"ses_{uuid7()}", base64.urlsafe_b64encode(os.urandom(30)).decode()
    said = (way, device, issuer, subject, sid, proved_at, idle_for, lives_for)
    await conn.execute(CREATE, tenant_id, session_id, hash_of(secret), person_id, *said)
    return session_id, secret


async def person_meant(conn: Connection, tenant_id: str, issuer: str, subject: str) -> str | None:
    """Whom a provider means by its id; None: it has not been said yet."""
    found: str | None = await conn.fetchval(MEANT, tenant_id, issuer, subject)
    return found


async def bind(conn: Connection, tenant_id: str, issuer: str, subject: str, person_id: str) -> None:
    """Say once whom a provider means by its id."""
    await conn.execute(BIND, tenant_id, issuer, subject, person_id)


async def by_email(conn: Connection, tenant_id: str, email: str) -> Sequence[str]:
    """Who has this address: nobody, one, or (the first two of) several."""
    return [row["id"] for row in await conn.fetch(BY_EMAIL, tenant_id, email)]
