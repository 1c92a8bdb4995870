"""Where a tenant's webhooks go: the life of each endpoint, and what its answers make of it.

An endpoint that says it is gone (410), has let :data:`GIVEN_UP` notices in a row be given up, or has taken nothing for
:data:`SILENT_FOR` is disabled. Whoever is ops is told then, once: what it would have been sent is not tried any more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field
from uuid_utils import uuid7

from domain.base import Kept
from storage.access.trail import address_mark, host_of, note
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault, signing_secret

Purpose = Literal["events", "remedies"]
GIVEN_UP = 20
"""Notices in a row that were given up: by then it is the endpoint, not the notices."""
SILENT_FOR = timedelta(days=3)
"""As long as one notice is tried patiently: whoever is away for longer comes back to a list, not to a flood."""
GONE = "endpoint_gone"

NEW = """
INSERT INTO webhook_endpoints (tenant, id, purpose, url, secret, created_by) VALUES ($1, $2, $3, $4, $5, $6)
"""
LIST = """
SELECT id, purpose, url, active, created_at, created_by, failing_since, given_up, disabled_at, disabled_because,
    CASE WHEN old_until > clock_timestamp() THEN old_until END AS old_secret_until
FROM webhook_endpoints WHERE tenant = $1 AND deleted_at IS NULL AND ($2::text IS NULL OR id = $2) ORDER BY id
"""
# Two live at most: a second rotation within the overlap ends the oldest one.
ROTATE = """
UPDATE webhook_endpoints SET old_secret = secret, old_until = clock_timestamp() + $4, secret = $3
WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL
"""
ENABLE = """
UPDATE webhook_endpoints SET active = true, failing_since = NULL, given_up = 0, disabled_at = NULL, disabled_because = NULL
WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL
"""
DISABLE = """
UPDATE webhook_endpoints SET active = false, disabled_at = clock_timestamp(), disabled_because = $3
WHERE tenant = $1 AND id = $2 AND active AND deleted_at IS NULL
RETURNING purpose, url
"""
# Another address begins with a clean slate; whether it is switched on is another question.
CHANGE = """
UPDATE webhook_endpoints SET url = coalesce($3, url), purpose = coalesce($4, purpose), failing_since = NULL, given_up = 0
WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL
RETURNING url
"""
DELETE = """
UPDATE webhook_endpoints SET active = false, deleted_at = clock_timestamp(), url = '', secret = '', old_secret = NULL,
    old_until = NULL
WHERE tenant = $1 AND id = $2 AND deleted_at IS NULL
"""
# What was on its way to it: nobody tries any more, and no case is told of each.
LEAVE = """
UPDATE notices SET state = 'unreachable', last_error = $3
WHERE tenant = $1 AND endpoint_id = $2 AND channel = 'webhook' AND state IN ('pending', 'handed_over')
"""
WORKS = """
UPDATE webhook_endpoints SET failing_since = NULL, given_up = 0
WHERE tenant = $1 AND id = $2 AND (failing_since IS NOT NULL OR given_up > 0)
"""
FAILS = """
UPDATE webhook_endpoints SET failing_since = coalesce(failing_since, clock_timestamp()), given_up = given_up + $3
WHERE tenant = $1 AND id = $2 AND active
RETURNING given_up >= $4 AS given_up, failing_since <= clock_timestamp() - $5::interval AS silent
"""
# A notice of its own to each of ops, in the case in which it came out and for each endpoint (its id makes them different: several
# can be gone at the same point of one case); with nobody of them reached by mail it shows in the list.
TELL_OPS = """
INSERT INTO notices (tenant, id, case_id, seq, event, audience, recipient, channel, data, texts, state, endpoint_id)
SELECT $1, 'ntc_' || $3 || '-' || row_number() OVER (ORDER BY a.id), $2, (SELECT max(f.seq) FROM facts f
        WHERE f.tenant = $1 AND f.case_id = $2), 'endpoint_disabled', 'staff', a.id,
    CASE WHEN a.email IS NULL THEN 'none' ELSE 'email' END, $4, '{}',
    CASE WHEN a.email IS NULL THEN 'unreachable' ELSE 'pending' END, $5
FROM people a WHERE a.tenant = $1 AND a.active AND 'ops' = ANY(a.roles)
"""
SECRETS = """
SELECT w.id, w.url, w.secret, CASE WHEN w.old_until > clock_timestamp() THEN w.old_secret END AS old_secret, t.development
FROM webhook_endpoints w JOIN tenants t ON t.id = w.tenant
WHERE w.tenant = $1 AND w.purpose = $2 AND w.active AND w.deleted_at IS NULL ORDER BY w.id
"""


class NewEndpoint(Kept):
    """An endpoint that was made just now, with its secret."""

    id: str
    purpose: Purpose
    url: str
    secret: str = Field(repr=False)


class Endpoint(Kept):
    """An endpoint as it is shown: without its secret."""

    id: str
    purpose: Purpose
    url: str
    active: bool = True
    created_at: datetime
    created_by: str | None = None
    """Who made it; None: made before this was kept."""
    old_secret_until: datetime | None = None
    """While a rotation overlaps: until when the secret before signs too."""
    failing_since: datetime | None = None
    """Since when it has taken nothing; None while it works."""
    given_up: int = 0
    """Notices in a row that were given up."""
    disabled_at: datetime | None = None
    disabled_because: str | None = None
    """``by_hand``, ``endpoint_gone``, ``given_up`` or ``silent``."""


class LiveEndpoint(Kept):
    """Where something is sent now, and with what it is signed: the newest secret first."""

    id: str
    url: str
    secrets: tuple[str, ...] = Field(repr=False)
    development: bool = False
    """Whether the tenant is one for development."""


class PostgresEndpoints:
    """Makes, lists, changes and ends the endpoints of tenants."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def create(
        self,
        tenant_id: str,
        url: str,
        *,
        purpose: Purpose = "events",
        created_by: str | None = None,
        by: tuple[str, str] | None = None,
        conn: Connection | None = None,
    ) -> NewEndpoint:
        """A place for webhooks to go, with its signing secret. Whether the address may be one is asked before. ``by``: who, and
        with which credential, is noted in the trail; None: whoever calls notes it."""
        made = NewEndpoint(id=f"whk_{uuid7()}", purpose=purpose, url=url, secret=signing_secret())
        sealed = self._vault.seal_secret(tenant_id, made.id, made.secret.encode())
        async with self._database.deed(tenant_id, conn) as deed:
            await deed.execute(NEW, tenant_id, made.id, purpose, url, sealed, created_by)
            if by is not None:
                said: dict[str, Any] = {"about": made.id, "more": noted(made.id, url, purpose)}
                await note(deed, tenant_id, deed="endpoint_added", by=by[0], credential=by[1], **said)
        return made

    async def all(self, tenant_id: str) -> list[Endpoint]:
        """Every endpoint that was not deleted, the oldest first."""
        async with self._database.tenant(tenant_id) as conn:
            return [Endpoint(**dict(row)) for row in await conn.fetch(LIST, tenant_id, None)]

    async def one(self, tenant_id: str, endpoint_id: str) -> Endpoint | None:
        """One endpoint; None when it is not there (any more)."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(LIST, tenant_id, endpoint_id)
        return Endpoint(**dict(row)) if row else None

    async def rotate(
        self, tenant_id: str, endpoint_id: str, overlap_for: timedelta, conn: Connection | None = None
    ) -> str | None:
        """A new secret, which signs beside the old one for so long; None when there is no such endpoint."""
        secret = signing_secret()
        sealed = self._vault.seal_secret(tenant_id, endpoint_id, secret.encode())
        async with self._database.deed(tenant_id, conn) as deed:
            done = await deed.execute(ROTATE, tenant_id, endpoint_id, sealed, overlap_for)
        return secret if done != "UPDATE 0" else None

    async def change(
        self,
        tenant_id: str,
        endpoint_id: str,
        *,
        url: str | None = None,
        purpose: Purpose | None = None,
        conn: Connection | None = None,
    ) -> bool:
        """Another address or purpose, with the same secret; False when there is no such endpoint. What was on its way for
        another purpose is not sent there."""
        async with self._database.deed(tenant_id, conn) as deed:
            if await deed.fetchval(CHANGE, tenant_id, endpoint_id, url, purpose) is None:
                return False
            if purpose is not None:
                await deed.execute(LEAVE, tenant_id, endpoint_id, "endpoint_changed")
        return True

    async def enable(self, tenant_id: str, endpoint_id: str, conn: Connection | None = None) -> bool:
        """Send there again from now on; False when there is no such endpoint. What it missed is not sent again."""
        async with self._database.deed(tenant_id, conn) as deed:
            return await deed.execute(ENABLE, tenant_id, endpoint_id) != "UPDATE 0"

    async def disable(self, tenant_id: str, endpoint_id: str, conn: Connection | None = None) -> bool:
        """Send nothing there any more; False when there is no such endpoint, or it is disabled already."""
        async with self._database.deed(tenant_id, conn) as deed:
            return await _disabled(deed, tenant_id, endpoint_id, "by_hand") is not None

    async def delete(self, tenant_id: str, endpoint_id: str, conn: Connection | None = None) -> bool:
        """End it for good, with its secrets; False when there is no such endpoint."""
        async with self._database.deed(tenant_id, conn) as deed:
            done = await deed.execute(DELETE, tenant_id, endpoint_id) != "UPDATE 0"
            await deed.execute(LEAVE, tenant_id, endpoint_id, "endpoint_deleted")
        return done

    async def live(self, tenant_id: str, purpose: Purpose) -> list[LiveEndpoint]:
        """Where something of this purpose is sent now."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(SECRETS, tenant_id, purpose)
        return [
            LiveEndpoint(
                id=r["id"],
                url=r["url"],
                secrets=self._vault.open_secrets(tenant_id, r["id"], r["secret"], r["old_secret"]),
                development=r["development"],
            )
            for r in rows
        ]

    async def answered(self, tenant_id: str, endpoint_id: str, case_id: str, failure: str | None) -> None:
        """What an endpoint made of a remedy: None, it took it; ``endpoint_gone``; or a temporary failure by its name."""
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            if failure is None:
                await works(conn, tenant_id, endpoint_id)
            else:
                await fails(conn, tenant_id, endpoint_id, case_id, failure, gave_up=False)


async def works(conn: Connection, tenant_id: str, endpoint_id: str) -> None:
    """It took something: whatever failed before does not count any more. Writes nothing where nothing had failed."""
    await conn.execute(WORKS, tenant_id, endpoint_id)


async def fails(conn: Connection, tenant_id: str, endpoint_id: str, case_id: str, code: str, *, gave_up: bool) -> None:
    """It did not take something of this case, and ``gave_up``: it is not tried again. Disables it when that is enough."""
    row = await conn.fetchrow(FAILS, tenant_id, endpoint_id, int(gave_up), GIVEN_UP, SILENT_FOR)
    if row is None:
        return
    because = GONE if code == GONE else "given_up" if row["given_up"] else "silent" if row["silent"] else None
    if because is None:
        return
    # Of many that fail at once only one finds it active: ops are told by that one.
    was = await _disabled(conn, tenant_id, endpoint_id, because)
    if was is not None:
        purpose, url = was
        said: dict[str, Any] = {"reason": because, "endpoint": endpoint_id, "purpose": purpose, "host": host_of(url)}
        await conn.execute(TELL_OPS, tenant_id, case_id, str(uuid7()), said, endpoint_id)
        more = {"because": because}
        await note(conn, tenant_id, deed="endpoint_disabled", about=endpoint_id, by="system", credential="system", more=more)


async def _disabled(conn: Connection, tenant_id: str, endpoint_id: str, because: str) -> tuple[str, str] | None:
    """Its purpose and address, when it was this call that disabled it."""
    row = await conn.fetchrow(DISABLE, tenant_id, endpoint_id, because)
    if row is None:
        return None
    await conn.execute(LEAVE, tenant_id, endpoint_id, "endpoint_disabled")
    return row["purpose"], row["url"]


def noted(endpoint_id: str, url: str | None, purpose: str | None) -> dict[str, str]:
    """What the trail says of where an endpoint's webhooks go. Not the whole address: its path may hold what its owner takes for
    a secret; of that a mark, by which another one is seen."""
    said = {"host": host_of(url), "address": address_mark(endpoint_id, url)} if url is not None else {}
    return said | ({"purpose": purpose} if purpose is not None else {})
