"""Files of evidence: sealed under the key of whoever uploads them, put into the evidence store, and then into the database.

The bytes are safe before the row is written, and the row before anybody is answered. A file's address is its keyed digest, so the
same bytes of one uploader lie there once, and nobody can tell from an address what it holds.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from pydantic_core import from_json, to_json
from uuid_utils import uuid7

from activities.ports.errors import Never
from activities.ports.evidence import EvidenceStore, UploadedFile
from domain.model.erasure import Erased
from storage.postgres.pool import Database
from storage.postgres.vault import STAFF, Damaged, DataKey, Unreadable, Vault, VaultFault, evidence_path

MOST_FILES = 200
"""Of one uploader on one case, unless the constructor says otherwise: more is no evidence but a flood."""

HOLDER = """
SELECT coalesce((SELECT p.id FROM parties p WHERE p.tenant = $1 AND p.case_id = $2 AND p.id = $3), $4::text) AS holder,
    (SELECT count(*) FROM files f WHERE f.tenant = $1 AND f.case_id = $2 AND f.uploader = $3) AS files
FROM cases c WHERE c.tenant = $1 AND c.id = $2
"""
ADD = """
INSERT INTO files (tenant, id, case_id, uploader, key_id, about, media_type, bytes, digest, once)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (tenant, case_id, uploader, once) DO NOTHING
"""
_ROW = """
SELECT f.id, f.case_id, f.uploader, f.about, f.media_type, f.bytes, f.digest, f.created_at, k.id AS key_id, k.holder, k.wrapped,
    k.destroyed_at, e.reason
FROM files f JOIN keys k ON k.tenant = f.tenant AND k.id = f.key_id
LEFT JOIN erasures e ON e.tenant = k.tenant AND e.id = k.erasure_id
"""
KNOWN = _ROW + "WHERE f.tenant = $1 AND f.case_id = $2 AND f.uploader = $3 AND f.once = $4"
ONE = _ROW + "WHERE f.tenant = $1 AND f.case_id = $2 AND f.id = $3"
OF_CASE = _ROW + "WHERE f.tenant = $1 AND f.case_id = $2 ORDER BY f.id"
UPLOADED = """
SELECT f.id, f.uploader, f.digest, f.media_type, f.bytes AS length, coalesce(told.shared, false) AS shared
FROM files f LEFT JOIN LATERAL (
    -- One confidential hand-in of it is enough.
    SELECT bool_and(coalesce(
        s.body -> 'fact' ->> 'confidentiality',
        CASE WHEN (s.body -> 'fact' ->> 'confidential')::bool THEN 'own_side' ELSE 'shared' END
    ) = 'shared') AS shared
    FROM facts s
    WHERE s.tenant = f.tenant AND s.case_id = f.case_id AND s.type = 'evidence_submitted'
        AND s.body -> 'fact' -> 'files' @> jsonb_build_array(jsonb_build_object('id', f.id))
) told ON true
WHERE f.tenant = $1 AND f.case_id = $2 AND f.id = ANY($3)
"""


@dataclass(frozen=True)
class StoredFile:
    """A file, without its bytes."""

    id: str
    case_id: str
    uploader: str
    name: str | None
    """None once it was erased, like the digest; ``Unreadable`` where it does not open any more."""
    sha256: str | None
    media_type: str
    bytes: int
    created_at: datetime
    erased: Erased | None = None


class PostgresEvidenceFiles:
    """Implements :class:`activities.ports.evidence.EvidenceFiles`: what the rules must know of a file, and no more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def uploaded(self, tenant_id: str, case_id: str, ids: Sequence[str]) -> Sequence[UploadedFile]:
        """Those of the ids that are files of this case."""
        async with self._database.tenant(tenant_id) as conn:
            return [UploadedFile.model_validate(dict(row)) for row in await conn.fetch(UPLOADED, tenant_id, case_id, list(ids))]


class PostgresFiles:
    """Uploads and downloads. Who may see which file is decided by :mod:`domain.views.case`."""

    def __init__(self, database: Database, vault: Vault, store: EvidenceStore, most_files: int = MOST_FILES) -> None:
        self._database, self._vault, self._store = database, vault, store
        self._most_files = most_files

    async def add(
        self, tenant_id: str, case_id: str, uploader: str, *, name: str, media_type: str, data: bytes
    ) -> tuple[StoredFile, bool]:
        """The file, and whether it is new: the same bytes and name from the same uploader are the same file.

        Raises :class:`Never` (``case_unknown``, ``too_many_files``); a temporary failure of the store rises as it is.
        """
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(HOLDER, tenant_id, case_id, uploader, STAFF)
            if row is None:
                raise Never("case_unknown", "There is no such case.")
            # The key is on disk before anything is sealed with it.
            key = await self._vault.key(conn, tenant_id, case_id, row["holder"])
            digest = await asyncio.to_thread(key.digest, data)
            once = key.digest(to_json([digest, name, media_type]))
            known = await conn.fetchrow(KNOWN, tenant_id, case_id, uploader, once)
        if known is not None:
            return self._read(tenant_id, known), False
        if row["files"] >= self._most_files:
            raise Never("too_many_files", f"At most {self._most_files} files are taken from one uploader to a case.")
        path = evidence_path(tenant_id, case_id, digest)
        await self._store.put(path, await asyncio.to_thread(key.seal, path, data))
        file_id = f"fil_{uuid7()}"
        about = {"name": name, "sha256": hashlib.sha256(data).hexdigest()}
        sealed = key.seal(f"file/{file_id}", to_json(about))
        async with self._database.tenant(tenant_id) as conn:
            added = await conn.execute(
                ADD, tenant_id, file_id, case_id, uploader, key.id, sealed, media_type, len(data), digest, once
            )
            found = await conn.fetchrow(KNOWN, tenant_id, case_id, uploader, once)
        assert found is not None, "it was written just now, and files are never removed"
        return self._read(tenant_id, found), added == "INSERT 0 1"

    async def one(self, tenant_id: str, case_id: str, file_id: str) -> StoredFile | None:
        """A file of the case, or None."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(ONE, tenant_id, case_id, file_id)
        return self._read(tenant_id, row) if row is not None else None

    async def of_case(self, tenant_id: str, case_id: str) -> Sequence[StoredFile]:
        """All files of the case, oldest first."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(OF_CASE, tenant_id, case_id)
        return [self._read(tenant_id, row) for row in rows]

    async def read(self, tenant_id: str, case_id: str, file_id: str) -> bytes | None:
        """The bytes; None once they were erased with their uploader's key.

        Raises :class:`Never` (``file_missing``) when the store has lost them, VaultFault when they were changed there.
        """
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(ONE, tenant_id, case_id, file_id)
        key = self._key(tenant_id, row) if row is not None else None
        if row is None or key is None:
            return None
        path = evidence_path(tenant_id, case_id, row["digest"])
        sealed = await self._store.get(path)
        if sealed is None:
            raise Never("file_missing", "The evidence store does not have this file.")
        data = await asyncio.to_thread(key.open, path, sealed)
        if await asyncio.to_thread(key.digest, data) != row["digest"]:
            raise VaultFault("A file of the evidence store is not the one that was handed in.")
        return data

    def _key(self, tenant_id: str, row: asyncpg.Record) -> DataKey | None:
        if row["wrapped"] is None:
            return None
        return self._vault.unwrap(tenant_id, row["case_id"], row["holder"], row["key_id"], row["wrapped"])

    def _about(self, tenant_id: str, row: asyncpg.Record) -> dict[str, Any]:
        try:
            key = self._key(tenant_id, row)
            return from_json(key.open(f"file/{row['id']}", row["about"])) if key is not None else {"name": None, "sha256": None}
        except Damaged:
            return {"name": Unreadable(row["id"]), "sha256": None}

    def _read(self, tenant_id: str, row: asyncpg.Record) -> StoredFile:
        about = self._about(tenant_id, row)
        names = ("id", "case_id", "uploader", "media_type", "bytes", "created_at")
        gone = row["destroyed_at"]
        erased = Erased(row["holder"], gone, row["reason"]) if gone is not None else None
        return StoredFile(**about, **{name: row[name] for name in names}, erased=erased)
