"""The archive: what a closed case consists of, as one compressed and sealed object in the evidence store, brought back on demand.

A case in the archive keeps its row, its people, its keys and its files; its facts, commands, notices, tries, effects and texts
lie in the object. Whoever reads the case, or moves it, brings them back first. The texts in it are sealed under the keys of
their holders, as they were in their table: with a key goes what lies under it, wherever it lies.
"""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from activities.ports.evidence import EvidenceStore
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault, VaultFault, archive_path

HOLDER, PLACE = "archive", "archive"
BATCH = 100
"""Cases that are put away before anybody hears how far it got."""
LEAST_DAYS = 91
"""Nothing is put away earlier: a desk looks back at who named whom for 90 days, and counts departures by the month."""
LOOKED_AT_FOR = timedelta(days=7)
"""How long a case that somebody looked at stays out."""

BAR = "SELECT archive_bar(c) AS bar FROM cases c WHERE c.tenant = $1 AND c.id = $2"
ROWS = "SELECT line FROM archived_rows($1, $2)"
PUT_AWAY = "SELECT archive_case($1, $2, $3, $4, $5, $6, $7, $8)"
KEPT = (
    "SELECT object, sha256, bytes, key_id, wrapped FROM archives WHERE tenant = $1 AND case_id = $2 AND brought_back_at IS NULL"
)
BRING_BACK = "SELECT bring_back_case($1, $2, $3)"
WHERE = "SELECT case_id FROM archived_ids WHERE tenant = $1 AND id = $2"
AFTER_DAYS = "SELECT (settings ->> 'archive_after_days')::int FROM tenants WHERE id = $1"
# $2 and $3 the last case of the batch before, $4 for how long nothing has happened in them.
CANDIDATES = """
SELECT c.id, c.closed_at FROM cases c
WHERE c.tenant = $1 AND c.status = 'closed' AND NOT c.archived AND (c.closed_at, c.id) > ($2, $3)
    AND c.closed_at < now() - $4::interval AND c.updated_at < now() - $4::interval AND archive_bar(c) IS NULL
    AND NOT EXISTS (
        SELECT FROM archives a WHERE a.tenant = c.tenant AND a.case_id = c.id AND a.brought_back_at > now() - $5::interval)
ORDER BY c.closed_at, c.id
LIMIT $6
"""
ANOTHER = "OM455"
"""SQLSTATE: an object has other rows than went into it (migration 0080)."""
_BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class ArchiveFault(VaultFault):
    """What lies in the archive cannot be read. ``what``: ``archive_missing``, ``archive_lost`` or ``archive_changed``."""

    code = "archive_unreadable"

    def __init__(self, what: str, detail: str) -> None:
        super().__init__(detail)
        self.what = what


@dataclass(frozen=True)
class PutAway:
    """What a batch came to."""

    cases: int
    bytes: int
    """Of their objects."""
    after: tuple[datetime, str] | None
    """Where the next batch begins; None: there is none."""


class Archive:
    """Puts closed cases away, and brings them back."""

    def __init__(self, database: Database, vault: Vault, store: EvidenceStore) -> None:
        self._database, self._vault, self._store = database, vault, store

    async def put_away(self, tenant_id: str, case_id: str) -> tuple[str | None, int]:
        """Put a case away: why it stays where it is (None: it went), and how large its object is.

        The object is there, and was read and opened again, before anything is taken from a table; what has changed meanwhile is
        noticed in the transaction that takes it (``moved``). Raises
        :class:`~storage.postgres.pool.AdministrationUnavailable` in a process that may not administer.
        """
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(BAR, tenant_id, case_id)
            if row is None or row["bar"] is not None:
                return ("unknown" if row is None else row["bar"]), 0
            rows = "\n".join(row["line"] for row in await conn.fetch(ROWS, tenant_id, case_id)).encode()
        key = self._vault.new_key(tenant_id, case_id, HOLDER)
        sealed = await asyncio.to_thread(lambda: key.seal(PLACE, zlib.compress(rows, 9)))
        digest = hashlib.sha256(sealed)
        path = archive_path(tenant_id, case_id, digest.hexdigest())
        await self._store.put(path, sealed)
        if await self._store.get(path) != sealed or zlib.decompress(key.open(PLACE, sealed)) != rows:
            raise ArchiveFault("archive_changed", f"{path} is not in the evidence store as it was put there")
        about = (path, digest.digest(), len(sealed), hashlib.sha256(rows).digest(), key.id, key.wrapped)
        async with self._database.deed(tenant_id) as conn:
            bar: str | None = await conn.fetchval(PUT_AWAY, tenant_id, case_id, *about)
        return bar, len(sealed)

    async def bring_back(self, tenant_id: str, case_id: str) -> bool:
        """Put the rows of a case where they were; False: it is not in the archive any more. Raises :class:`ArchiveFault`, and
        what the evidence store raises while it is away."""
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            return await self.lay_out(conn, tenant_id, case_id)

    async def lay_out(self, conn: Connection, tenant_id: str, case_id: str) -> bool:
        """The same within a transaction: whoever only looks rolls it back."""
        kept = await conn.fetchrow(KEPT, tenant_id, case_id)
        if kept is None:
            return False
        sealed = await self._store.get(kept["object"])
        if sealed is None:
            raise ArchiveFault("archive_lost", f"the evidence store does not have {kept['object']}")
        if (len(sealed), hashlib.sha256(sealed).digest()) != (kept["bytes"], kept["sha256"]):
            raise ArchiveFault("archive_changed", f"{kept['object']} is not what was put there")
        try:
            key = self._vault.unwrap(tenant_id, case_id, HOLDER, kept["key_id"], kept["wrapped"])
            rows = await asyncio.to_thread(lambda: zlib.decompress(key.open(PLACE, sealed)))
        except (VaultFault, zlib.error) as fault:
            raise ArchiveFault("archive_changed", f"{kept['object']} does not open under its key") from fault
        try:
            async with conn.transaction():
                return bool(await conn.fetchval(BRING_BACK, tenant_id, case_id, rows.decode()))
        except asyncpg.PostgresError as error:
            if error.sqlstate != ANOTHER and (error.sqlstate or "")[:2] != "23":
                raise
            raise ArchiveFault("archive_changed", f"{kept['object']} is not what the tables have room for") from error

    async def holding(self, tenant_id: str, one: str) -> str | None:
        """The case in the archive to which the id of a command or of a letter belongs."""
        async with self._database.tenant(tenant_id) as conn:
            found: str | None = await conn.fetchval(WHERE, tenant_id, one)
        return found

    async def after_for(self, tenant_id: str) -> timedelta | None:
        """How long after the last that happened a tenant's cases are put away; None: never."""
        async with self._database.tenant(tenant_id) as conn:
            days: int | None = await conn.fetchval(AFTER_DAYS, tenant_id)
        return timedelta(days=max(days, LEAST_DAYS)) if days else None

    async def batch(
        self, tenant_id: str, quiet_for: timedelta, after: tuple[datetime, str] | None = None, limit: int = BATCH
    ) -> PutAway:
        """Put those of the next closed cases away in which nothing has happened for so long. What moves meanwhile stays."""
        place = after or (_BEGINNING, "")
        async with self._database.tenant(tenant_id) as conn:
            found = await conn.fetch(CANDIDATES, tenant_id, *place, quiet_for, LOOKED_AT_FOR, limit)
        sizes = [size for row in found for bar, size in [await self.put_away(tenant_id, row["id"])] if bar is None]
        last = (found[-1]["closed_at"], found[-1]["id"]) if len(found) == limit else None
        return PutAway(len(sizes), sum(sizes), last)


@asynccontextmanager
async def only_looking(conn: Connection) -> AsyncIterator[None]:
    """A transaction that sees one moment and leaves nothing behind."""
    looking = conn.transaction(isolation="repeatable_read")
    await looking.start()
    try:
        yield
    finally:
        await looking.rollback()


async def laid_out(archive: Archive | None, conn: Connection, tenant_id: str, case_ids: Sequence[str]) -> dict[str, ArchiveFault]:
    """Lay out what is in the archive, in a transaction that is rolled back; those that cannot be read, by case."""
    faults = {}
    for case_id in case_ids:
        try:
            if archive is None:
                raise ArchiveFault("archive_lost", "this process has no evidence store to read the archive from")
            if not await archive.lay_out(conn, tenant_id, case_id):
                raise ArchiveFault("archive_missing", "it says that it is in the archive, and nothing says where")
        except ArchiveFault as fault:
            faults[case_id] = fault
    return faults
