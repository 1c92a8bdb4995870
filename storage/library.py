"""Packs and calendars by what they contain: immutable, shared by all tenants, never deleted while a case may name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domain.calendars import Calendar
from storage.pool import Connection, Database

_KEEP_CALENDARS = """
INSERT INTO calendars (ref, body) SELECT c.ref, c.body FROM jsonb_to_recordset($1) AS c (ref text, body jsonb)
ON CONFLICT DO NOTHING
"""
_CALENDARS = "SELECT ref, body::text AS body FROM calendars WHERE ref = ANY($1)"
_KEEP_PACK = "INSERT INTO packs (version, name, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_PACK = "SELECT body FROM packs WHERE version = $1"


class PostgresLibrary:
    """Keeps what cases refer to by content."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep_calendars(self, calendars: Mapping[str, Calendar]) -> None:
        """Store calendars under their references; known ones are left as they are."""
        async with self._database.nobody() as conn:
            await keep_calendars(conn, calendars)

    async def calendars(self, refs: Iterable[str]) -> dict[str, Calendar]:
        """The calendars under these references; unknown ones are left out."""
        async with self._database.nobody() as conn:
            rows = await conn.fetch(_CALENDARS, list(refs))
        return {row["ref"]: Calendar.model_validate_json(row["body"]) for row in rows}

    async def keep_pack(self, version: str, name: str, body: Any) -> None:
        """Store the content of a pack under its hash."""
        async with self._database.nobody() as conn:
            await conn.execute(_KEEP_PACK, version, name, body)

    async def pack(self, version: str) -> Any | None:
        """The content of a pack, or None."""
        async with self._database.nobody() as conn:
            return await conn.fetchval(_PACK, version)


async def keep_calendars(conn: Connection, calendars: Mapping[str, Calendar]) -> None:
    """Store calendars on a connection that is in use."""
    if calendars:
        await conn.execute(_KEEP_CALENDARS, [{"ref": ref, "body": calendar} for ref, calendar in calendars.items()])
