"""What a platform notes for itself on a case, kept sealed in the case's row: a note that is taken away leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from storage.postgres.pool import Connection
from storage.postgres.vault import PLATFORM, Vault
from storage.views.references import open_metadata, seal_metadata

NOTED = """
SELECT c.metadata, k.id AS key_id, k.holder, k.wrapped
FROM cases c LEFT JOIN keys k ON k.tenant = c.tenant AND k.id = c.metadata_key
WHERE c.tenant = $1 AND c.id = $2
FOR NO KEY UPDATE OF c
"""
NOTE = "UPDATE cases SET metadata = $3, metadata_key = $4 WHERE tenant = $1 AND id = $2"


async def keep_metadata(conn: Connection, vault: Vault, tenant_id: str, case_id: str, metadata: Mapping[str, str]) -> None:
    """Put metadata in the place of what was there; nothing noted is nothing kept."""
    if not metadata:
        await conn.execute(NOTE, tenant_id, case_id, None, None)
        return
    key = await vault.key(conn, tenant_id, case_id, PLATFORM)
    await conn.execute(NOTE, tenant_id, case_id, seal_metadata(key, metadata), key.id)


async def change_metadata(
    conn: Connection, vault: Vault, tenant_id: str, case_id: str, changed: Callable[[dict[str, str]], dict[str, str]]
) -> dict[str, str] | None:
    """What stands there after the change, which is one at a time; None when there is no such case. Wants a transaction: what
    ``changed`` raises leaves everything as it was."""
    row = await conn.fetchrow(NOTED, tenant_id, case_id)
    if row is None:
        return None
    noted = changed(open_metadata(vault, tenant_id, case_id, row))
    await keep_metadata(conn, vault, tenant_id, case_id, noted)
    return noted
