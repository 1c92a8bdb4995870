"""A tenant's audit trail: what its administrators did, numbered without gaps and hash-chained as the facts of a case are."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from pydantic import Field, ValidationError

from domain.base import Instant, Kept
from domain.model.chain import link
from storage.postgres.pool import NOW, Connection, Database

# Held until the deed is on disk: two deeds at once get numbers one after the other, and a deed that fails leaves no gap.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('trail ' || $1, 0))"
LAST = "SELECT seq, hash FROM trail WHERE tenant = $1 ORDER BY seq DESC LIMIT 1"
ADD = """
INSERT INTO trail (tenant, seq, at, deed, about, actor_id, credential, body, hash, prev_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
# $2 the number before which to look; $3 whom or what it is about, or whose key it is; $5 by whom; $6 what was done; $7 and
# $8 from when until before when. Each may be null.
LISTED = """
SELECT seq, at, deed, about, actor_id, credential, body, hash, prev_hash FROM trail
WHERE tenant = $1 AND ($2::bigint IS NULL OR seq < $2) AND ($3::text IS NULL OR about = $3 OR body #>> '{more,person}' = $3)
    AND ($5::text IS NULL OR actor_id = $5) AND ($6::text IS NULL OR deed = $6)
    AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
ORDER BY seq DESC
LIMIT $4
"""


LARGEST = 2**63 - 1
"""The highest number that an entry can have."""


class TrailNotWhole(Exception):
    """Nothing can be noted behind what stands at the end of the trail, so no deed is done."""

    code = "trail_not_whole"


class Entry(Kept):
    """One deed of an administrator, as it is kept and hashed."""

    seq: int
    at: Instant
    deed: str
    """What was done, as a code (``key_created``)."""
    about: str
    """The id of whom or what it was done to."""
    by: str
    """Who did it: a person's id, or ``system`` for the operator's command line."""
    credential: str
    """By which credential they came."""
    more: dict[str, Any] = Field(default_factory=dict)
    """Codes, ids, numbers, names of fields. Nothing personal and no secret: it is kept for ever."""


class ChainedEntry(Entry):
    """An entry with its place in the chain."""

    hash: str
    prev_hash: str


class Sought(Kept):
    """Which entries are meant; what is None does not matter."""

    about: str | None = None
    """Whom or what it was done to, or whose key or code it is."""
    by: str | None = None
    deed: str | None = None
    since: Instant | None = None
    until: Instant | None = None


class PostgresTrail:
    """Opens the transaction in which a deed is done and noted, and reads what was noted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def deed(self, tenant_id: str) -> AsyncIterator[Connection]:
        """A connection of the administrator's role inside a transaction, for a deed and its note: both are on disk at the end of
        the block, or neither."""
        async with self._database.deed(tenant_id) as conn:
            yield conn

    async def listed(
        self, tenant_id: str, limit: int, sought: Sought | None = None, *, before: int | None = None
    ) -> Sequence[ChainedEntry]:
        """What was done, the newest first: before a number, and what is sought."""
        which = sought or Sought()
        asked = (which.by, which.deed, which.since, which.until)
        async with self._database.tenant(tenant_id) as conn:
            return [_entry(row) for row in await conn.fetch(LISTED, tenant_id, before, which.about, limit, *asked)]


async def note(conn: Connection, tenant_id: str, *, deed: str, about: str, by: str, credential: str, more: dict[str, Any]) -> int:
    """Keep what was done, behind everything that was done before; its number.

    Must run in the transaction of the deed itself, so that neither is on disk without the other. Raises :class:`TrailNotWhole`.
    """
    assert conn.is_in_transaction(), "a note belongs into the transaction of its deed"
    await conn.execute(LOCK, tenant_id)
    last = await conn.fetchrow(LAST, tenant_id)
    seq, prev_hash = (last["seq"] + 1, last["hash"]) if last else (1, "")
    if seq > LARGEST:
        raise TrailNotWhole(f"the trail ends with the number {LARGEST}")
    at = await conn.fetchval(NOW)
    entry = Entry(seq=seq, at=at, deed=deed, about=about, by=by, credential=credential, more=more)
    body = entry.model_dump(mode="json")
    digest = link(prev_hash, body)
    await conn.execute(ADD, tenant_id, seq, entry.at, deed, about, by, credential, body, digest, prev_hash)
    return seq


def _entry(row: asyncpg.Record) -> ChainedEntry:
    """What was noted; of what nobody can read (only an earlier database took such a row) what its columns say."""
    try:
        return ChainedEntry.model_validate({**row["body"], "hash": row["hash"], "prev_hash": row["prev_hash"]})
    except ValidationError:
        said = {name: row[name] for name in ("seq", "at", "deed", "about", "credential")}
        chain = {"hash": row["hash"], "prev_hash": row["prev_hash"]}
        return ChainedEntry(**said, **chain, by=row["actor_id"], more={"unreadable": True})


def address_mark(endpoint_id: str, url: str) -> str:
    """Enough of an address to see that it is the same, of this endpoint alone."""
    return hashlib.sha256(f"ombud endpoint\x1f{endpoint_id}\x1f{url}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def host_of(url: str) -> str:
    """The host of an address, to be told and kept: the rest may hold what its owner takes for a secret."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
