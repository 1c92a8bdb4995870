"""What somebody outside has begun to write and not sent: there for a day, for the browser or the party that wrote it.

After a day nobody is given it. It leaves the disk when the next one is kept or looked for in its tenant: no clock runs for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import asyncpg
from pydantic_core import from_json, to_json

from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Damaged, Unreadable, Vault

KEPT_FOR = timedelta(days=1)
"""Somebody looks for a receipt, and sleeps over it."""

_SAVE = """
INSERT INTO outside_drafts (tenant, id, case_id, key_id, sealed) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, id)
    DO UPDATE SET case_id = excluded.case_id, key_id = excluded.key_id, sealed = excluded.sealed, saved_at = clock_timestamp()
"""
_FORGET_OLD = "DELETE FROM outside_drafts WHERE tenant = $1 AND saved_at < clock_timestamp() - $2::interval"
_OF_FORM = """
SELECT sealed FROM outside_drafts
WHERE tenant = $1 AND id = $2 AND case_id IS NULL AND saved_at >= clock_timestamp() - $3::interval
"""
# A draft under a key that was destroyed is gone with it.
_OF_PARTY = """
SELECT d.sealed, k.id AS key_id, k.wrapped
FROM outside_drafts d JOIN keys k ON k.tenant = d.tenant AND k.id = d.key_id AND k.wrapped IS NOT NULL
WHERE d.tenant = $1 AND d.id = $2 AND d.case_id = $3 AND d.saved_at >= clock_timestamp() - $4::interval
"""
# $2 what the ids of a party's drafts begin with.
_ALL_OF_PARTY = """
SELECT d.id, d.sealed, k.id AS key_id, k.wrapped
FROM outside_drafts d JOIN keys k ON k.tenant = d.tenant AND k.id = d.key_id AND k.wrapped IS NOT NULL
WHERE d.tenant = $1 AND starts_with(d.id, $2) AND d.case_id = $3 AND d.saved_at >= clock_timestamp() - $4::interval
ORDER BY d.id
"""
_DISCARD = "DELETE FROM outside_drafts WHERE tenant = $1 AND id = $2"


class PostgresOutsideDrafts:
    """Keeps drafts sealed: of a form for whoever has its secret, of a party under the key of its words, erased with them."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def save_form(self, tenant_id: str, draft_id: str, values: Mapping[str, str]) -> None:
        """Keep the answers of a form, in place of what was kept before."""
        sealed = self._vault.seal_cursor(tenant_id, _form(draft_id), to_json(values))
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            await conn.execute(_FORGET_OLD, tenant_id, KEPT_FOR)
            await conn.execute(_SAVE, tenant_id, _form(draft_id), None, None, sealed)

    async def form(self, tenant_id: str, draft_id: str) -> Mapping[str, str] | None:
        """The answers of a form; None: nothing is kept, or not any more."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(_FORGET_OLD, tenant_id, KEPT_FOR)
            sealed = await conn.fetchval(_OF_FORM, tenant_id, _form(draft_id), KEPT_FOR)
        opened = self._vault.open_cursor(tenant_id, _form(draft_id), sealed) if sealed is not None else None
        found: Mapping[str, str] | None = from_json(opened) if opened is not None else None
        return found

    async def discard_form(self, tenant_id: str, draft_id: str) -> None:
        """It is not wanted any more."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(_DISCARD, tenant_id, _form(draft_id))

    async def save(self, tenant_id: str, case_id: str, party_id: str, form: str, values: Mapping[str, str]) -> None:
        """Keep what a party has filled in by now, in place of what was kept before."""
        place = _party(party_id, form)
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            await conn.execute(_FORGET_OLD, tenant_id, KEPT_FOR)
            key = await self._vault.key(conn, tenant_id, case_id, party_id)
            await conn.execute(_SAVE, tenant_id, place, case_id, key.id, key.seal(place, to_json(values)))

    async def find(self, tenant_id: str, case_id: str, party_id: str, form: str) -> Mapping[str, str] | None:
        """What a party has kept of a form; None: nothing, or it was erased with its words."""
        place = _party(party_id, form)
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(_FORGET_OLD, tenant_id, KEPT_FOR)
            row = await conn.fetchrow(_OF_PARTY, tenant_id, place, case_id, KEPT_FOR)
        if row is None:
            return None
        return self._opened(tenant_id, case_id, party_id, place, row)

    async def of_party(self, tenant_id: str, case_id: str, party_id: str) -> Mapping[str, Mapping[str, str]]:
        """All that a party has begun and not sent, by the form; ``Unreadable`` for what does not open any more."""
        place = _party(party_id, "")
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(_ALL_OF_PARTY, tenant_id, place, case_id, KEPT_FOR)
        found: dict[str, Mapping[str, str]] = {}
        for row in rows:
            opened = self._opened(tenant_id, case_id, party_id, row["id"], row)
            found[row["id"].removeprefix(place)] = {"": Unreadable()} if opened is None else opened
        return found

    def _opened(self, tenant_id: str, case_id: str, party_id: str, place: str, row: asyncpg.Record) -> Mapping[str, str] | None:
        """None: it does not open any more; whoever wrote it begins anew."""
        try:
            key = self._vault.unwrap(tenant_id, case_id, party_id, row["key_id"], row["wrapped"])
            found: Mapping[str, str] = from_json(key.open(place, row["sealed"]))
        except Damaged:
            return None
        return found

    async def discard(self, tenant_id: str, party_id: str, form: str) -> None:
        """It was sent, or is not wanted any more."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(_DISCARD, tenant_id, _party(party_id, form))


def _form(draft_id: str) -> str:
    return f"report/{draft_id}"


def _party(party_id: str, form: str) -> str:
    return f"party/{party_id}/{form}"


async def old_ones_forgotten(conn: Connection, tenant_id: str) -> None:
    """Drop what nobody went on with for longer than it is kept, also where nobody comes any more."""
    await conn.execute(_FORGET_OLD, tenant_id, KEPT_FOR)
