"""What somebody has begun to write in a case and not sent: kept until it is, and for nobody else to read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic_core import from_json, to_json

from storage.postgres.pool import Database
from storage.postgres.vault import STAFF, Vault

_SAVE = """
INSERT INTO drafts (tenant, case_id, person_id, form, key_id, sealed) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant, case_id, person_id, form)
    DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed, saved_at = clock_timestamp()
RETURNING saved_at
"""
# A draft under a key that was destroyed is gone with it.
_FIND = """
SELECT d.sealed, d.saved_at, k.id AS key_id, k.wrapped
FROM drafts d JOIN keys k ON k.tenant = d.tenant AND k.id = d.key_id AND k.wrapped IS NOT NULL
WHERE d.tenant = $1 AND d.case_id = $2 AND d.person_id = $3 AND d.form = $4
"""
_DISCARD = "DELETE FROM drafts WHERE tenant = $1 AND case_id = $2 AND person_id = $3 AND form = $4"


@dataclass(frozen=True)
class Draft:
    """What was filled in, by field, and when."""

    values: Mapping[str, Sequence[str]]
    saved_at: datetime


class PostgresDrafts:
    """Keeps drafts, sealed under the key of the team's words in their case: erased with them."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def save(
        self, tenant_id: str, case_id: str, person_id: str, form: str, values: Mapping[str, Sequence[str]]
    ) -> datetime:
        """Keep what is filled in by now, in place of what was kept before; when that was."""
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            key = await self._vault.key(conn, tenant_id, case_id, STAFF)
            sealed = key.seal(_place(person_id, form), to_json(values))
            saved: datetime = await conn.fetchval(_SAVE, tenant_id, case_id, person_id, form, key.id, sealed)
            return saved

    async def find(self, tenant_id: str, case_id: str, person_id: str, form: str) -> Draft | None:
        """What somebody has kept of a form; None: nothing."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(_FIND, tenant_id, case_id, person_id, form)
        if row is None:
            return None
        key = self._vault.unwrap(tenant_id, case_id, STAFF, row["key_id"], row["wrapped"])
        return Draft(from_json(key.open(_place(person_id, form), row["sealed"])), row["saved_at"])

    async def discard(self, tenant_id: str, case_id: str, person_id: str, form: str) -> None:
        """It was sent, or is not wanted any more."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(_DISCARD, tenant_id, case_id, person_id, form)


def _place(person_id: str, form: str) -> str:
    return f"draft/{person_id}/{form}"
