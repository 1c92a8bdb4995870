"""Packs and calendars by what they contain: immutable, shared by all tenants, never deleted while a case may name them.

Beside them stands which calendar each name meant, and since when: cases keep the calendar they were opened under by its content,
and only a command moves them to a newer one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import to_json

from domain.base import Instant, Kept
from domain.worktime.calendars import Calendar
from storage.postgres.pool import Connection, Database

_CACHED = 256
"""Calendars held in memory at most."""
_NOBODYS = ""
"""The tenant of what all tenants share."""

CALENDARS = "SELECT ref, body::text AS body FROM calendars WHERE ref = ANY($1)"
_KEEP_CALENDARS = """
INSERT INTO calendars (ref, body) SELECT c.ref, c.body FROM jsonb_to_recordset($1) AS c (ref text, body jsonb)
ON CONFLICT DO NOTHING
"""
# Two who publish at once must not each find the other's version missing.
_ONE_PUBLISHER = "SELECT pg_advisory_xact_lock(hashtext('ombud.calendar_versions'))"
_PUBLISH = """
INSERT INTO calendar_versions (name, ref, holiday_data, from_year, to_year)
SELECT c.name, c.ref, $2, $3, $4
FROM jsonb_to_recordset($1) AS c (name text, ref text)
WHERE c.ref IS DISTINCT FROM (SELECT v.ref FROM calendar_versions v WHERE v.name = c.name ORDER BY v.id DESC LIMIT 1)
ORDER BY c.name
RETURNING name
"""
_VERSIONS = """
SELECT name, ref, holiday_data, from_year, to_year, published_at FROM calendar_versions ORDER BY name, id DESC
"""
_NEWEST = """
SELECT DISTINCT ON (v.name) v.name, c.ref, c.body::text AS body
FROM calendar_versions v JOIN calendars c ON c.ref = v.ref
ORDER BY v.name, v.id DESC
"""
_KEEP_PACK = """
INSERT INTO packs (version, name, body, notices) VALUES ($1, $2, $3, $4)
ON CONFLICT (version) DO UPDATE SET
    body = CASE WHEN packs.body = '{}' THEN excluded.body ELSE packs.body END,
    notices = coalesce(packs.notices, excluded.notices)
WHERE packs.body = '{}' OR packs.notices IS NULL
"""
# Looked for first: the row of a pack that is complete is never locked, for every report of its kind would wait for it.
_KEEP_NOTICES = """
INSERT INTO packs (version, name, body, notices)
SELECT $1, $2, $3, $4
WHERE NOT EXISTS (SELECT FROM packs p WHERE p.version = $1 AND p.notices IS NOT NULL)
ON CONFLICT (version) DO UPDATE SET notices = excluded.notices WHERE packs.notices IS NULL
"""
_PACK = "SELECT body FROM packs WHERE version = $1"
_PACKS_LIKE = "SELECT body FROM packs WHERE starts_with(version, $1) AND body <> '{}' ORDER BY version LIMIT 3"


class CalendarVersion(Kept):
    """Which calendar a name stood for from an instant on, until the next version of that name."""

    name: str
    ref: str
    holiday_data: str
    """Release of the holiday data that its days were written out from."""
    from_year: int
    to_year: int
    """The last year whose holidays it knows."""
    published_at: Instant


class CalendarCache:
    """Calendars that this process has read, held in memory: they never change, being named by their content."""

    def __init__(self) -> None:
        self._kept: dict[str, Calendar] = {}

    async def of(self, conn: Connection, refs: Iterable[str]) -> dict[str, Calendar]:
        """The calendars under these references; unknown ones are left out."""
        wanted = set(refs)
        found = {ref: self._kept[ref] for ref in wanted & self._kept.keys()}
        missing = wanted - found.keys()
        if missing:
            read = {row["ref"]: row["body"] for row in await conn.fetch(CALENDARS, list(missing))}
            new = {ref: Calendar.model_validate_json(body) for ref, body in read.items()}
            if len(self._kept) + len(new) > _CACHED:
                self._kept.clear()
            self._kept |= new
            found |= new
        return found


class PostgresLibrary:
    """Keeps the packs and calendars that cases refer to by their content."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep_calendars(self, calendars: Mapping[str, Calendar]) -> None:
        """Store calendars under their references; known ones are left as they are."""
        async with self._database.nobody() as conn:
            await keep_calendars(conn, calendars)

    async def calendars(self, refs: Iterable[str]) -> dict[str, Calendar]:
        """The calendars under these references; unknown ones are left out."""
        async with self._database.nobody() as conn:
            rows = await conn.fetch(CALENDARS, list(refs))
        return {row["ref"]: Calendar.model_validate_json(row["body"]) for row in rows}

    async def publish_calendars(
        self, calendars: Mapping[str, Calendar], *, holiday_data: str, from_year: int, to_year: int
    ) -> list[str]:
        """Make these calendars what their names stand for from now on, and return the names that got a new version.

        What a name stands for already is not published again; an older content is, when another one came in between.
        """
        named = [{"name": name, "ref": calendar.ref} for name, calendar in calendars.items()]
        async with self._database.deed(_NOBODYS) as conn:
            await keep_calendars(conn, {calendar.ref: calendar for calendar in calendars.values()})
            await conn.execute(_ONE_PUBLISHER)
            return [row["name"] for row in await conn.fetch(_PUBLISH, named, holiday_data, from_year, to_year)]

    async def newest(self) -> dict[str, Calendar]:
        """What each published name stands for now. Every process asks here: files may differ from one machine to the next."""
        async with self._database.nobody() as conn:
            rows = await conn.fetch(_NEWEST)
        return {row["name"]: Calendar.model_validate_json(row["body"]) for row in rows}

    async def versions(self) -> list[CalendarVersion]:
        """Every version of every name, the newest of a name first."""
        async with self._database.nobody() as conn:
            return [CalendarVersion(**dict(row)) for row in await conn.fetch(_VERSIONS)]

    async def keep_pack(self, version: str, name: str, body: Any, notices: Mapping[str, Sequence[str]] | None = None) -> None:
        """Store the content of a pack under its hash, with whom it tells of what; fills in what its row lacks."""
        async with self._database.nobody() as conn:
            await conn.execute(_KEEP_PACK, version, name, body, None if notices is None else _as_json(notices))

    async def pack(self, version: str) -> Any | None:
        """The content of a pack, or None."""
        async with self._database.nobody() as conn:
            return await conn.fetchval(_PACK, version)

    async def packs_like(self, version: str) -> list[Any]:
        """The contents of the packs whose version begins so, three at most: more than one says too little."""
        async with self._database.nobody() as conn:
            return [row["body"] for row in await conn.fetch(_PACKS_LIKE, version)]


async def keep_calendars(conn: Connection, calendars: Mapping[str, Calendar]) -> None:
    """Store calendars on a connection that is in use."""
    if calendars:
        await conn.execute(_KEEP_CALENDARS, [{"ref": ref, "body": calendar} for ref, calendar in calendars.items()])


async def keep_notices(conn: Connection, version: str, name: str, body: Any, notices: Mapping[str, Sequence[str]]) -> None:
    """Keep a pack's notices on a connection that is in use; those that are there stay as they are."""
    await conn.execute(_KEEP_NOTICES, version, name, body, _as_json(notices))


def _as_json(notices: Mapping[str, Sequence[str]]) -> str:
    return to_json(notices).decode()
