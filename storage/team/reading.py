"""Who may read a case by their place in the team, who broke the glass, and who read what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter
from uuid_utils import uuid7

from domain.base import Instant
from domain.model.case import Case
from domain.model.people import Actor, Standing
from domain.model.prose import Prose
from domain.notices.plan import glass_broken
from storage.postgres.pool import Database
from storage.postgres.vault import STAFF, Vault
from storage.record.sql import STANDS
from storage.views.sql import OPEN_TO

SAME_READ = timedelta(minutes=5)
"""Within this time the same reader reading the same of a case is one read: a page that refreshes itself is no news."""

STANDING = f"SELECT c.id, s.* FROM cases c, {STANDS.format('$3')} s WHERE c.tenant = $1 AND c.id = ANY($2)"  # noqa: S608 - constants
QUEUES = "SELECT queues FROM people WHERE tenant = $1 AND id = $2"
NOTE = """
INSERT INTO reads (tenant, case_id, who, role, credential, what, why, access_id)
SELECT $1, c.id, $3, $4, $5, w.what, $7, $8 FROM unnest($2::text[]) AS c (id), unnest($6::text[]) AS w (what)
WHERE NOT EXISTS (SELECT FROM reads r WHERE r.tenant = $1 AND r.case_id = c.id AND r.who = $3 AND r.credential = $5
    AND r.what = w.what AND r.why = $7 AND r.access_id IS NOT DISTINCT FROM $8 AND r.at > clock_timestamp() - $9::interval)
"""
TAKE_ACCESS = """
INSERT INTO case_access (tenant, id, case_id, person_id, credential, reason, asked_at, until_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
NOW = "SELECT clock_timestamp()"
# To everybody of operations but whoever took it, and those to whom the case is closed.
TELL_OPS = f"""
INSERT INTO notices (tenant, id, case_id, seq, event, audience, recipient, channel, data, texts, state)
SELECT $1, $3 || '-' || row_number() OVER (ORDER BY p.id), $2, $4, $5, 'staff', p.id,
    CASE WHEN p.email IS NULL THEN 'none' ELSE 'email' END, $6, $7,
    CASE WHEN p.email IS NULL THEN 'unreachable' ELSE 'pending' END
FROM people p JOIN cases c ON c.tenant = $1 AND c.id = $2
WHERE p.tenant = $1 AND p.active AND 'ops' = ANY(p.roles) AND p.id <> $8 AND {OPEN_TO.format("p.conflicts")}
"""  # noqa: S608 - put together from constants
# $3 the last one of the page before (or null), $4 how many.
READERS = """
SELECT r.id, r.at, r.who, r.role, r.credential, r.what, r.why, r.access_id, a.reason::text AS reason
FROM reads r LEFT JOIN case_access a ON a.tenant = $1 AND a.id = r.access_id
WHERE r.tenant = $1 AND r.case_id = $2 AND ($3::bigint IS NULL OR r.id < $3)
ORDER BY r.id DESC LIMIT $4
"""
_PROSE: TypeAdapter[Prose] = TypeAdapter(Prose)


@dataclass(frozen=True)
class Access:
    """Somebody broke the glass: until then they may read a case that is none of their business otherwise."""

    id: str
    case_id: str
    person_id: str
    asked_at: Instant
    until_at: Instant


@dataclass(frozen=True)
class ReadRow:
    """Somebody read something of a case."""

    id: int
    at: datetime
    who: str
    role: str
    credential: str
    what: str
    why: str
    access_id: str | None
    reason: str | None
    """Why they took the access; None: they needed none, or it was erased."""


class PostgresReading:
    """Asks who may read, keeps who read."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def standings(self, tenant_id: str, case_ids: Sequence[str], person_id: str) -> Mapping[str, Standing]:
        """Whether each case lies in a queue of this person, and whether they worked on it or took access to it."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(STANDING, tenant_id, case_ids, person_id)
        return {row["id"]: Standing(**{name: row[name] for name in Standing.model_fields}) for row in rows}

    async def queues(self, tenant_id: str, person_id: str) -> tuple[str, ...]:
        """The queues of somebody of the team."""
        async with self._database.tenant(tenant_id) as conn:
            return tuple(await conn.fetchval(QUEUES, tenant_id, person_id) or ())

    async def note(
        self,
        tenant_id: str,
        case_ids: Sequence[str],
        reader: Actor,
        credential: str,
        what: Sequence[str],
        why: str,
        access_id: str | None,
    ) -> None:
        """Keep that somebody reads this of these cases; again within :data:`SAME_READ` it is the same read."""
        asked = (reader.id, reader.role, credential, list(what), why, access_id, SAME_READ)
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(NOTE, tenant_id, list(case_ids), *asked)

    async def break_glass(
        self, tenant_id: str, case: Case, person: Actor, credential: str, reason: str, valid_for: timedelta
    ) -> Access:
        """Keep that somebody takes access, with their reason, and tell all of operations."""
        access_id = f"acc_{uuid7()}"
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            now: datetime = await conn.fetchval(NOW)
            access = Access(access_id, case.id, person.id, now, now + valid_for)
            box = await self._vault.sealer(conn, tenant_id, case.id, STAFF)
            said = box(reason)
            await self._vault.keep(conn, box)
            kept = (person.id, credential, said.model_dump(mode="json"), access.asked_at, access.until_at)
            await conn.execute(TAKE_ACCESS, tenant_id, access_id, case.id, *kept)
            draft = glass_broken(case, access_id, person, access.until_at, said).model_dump(mode="json")
            notice = (f"ntc_{uuid7()}", case.seq, draft["event"], draft["data"], draft["texts"], person.id)
            await conn.execute(TELL_OPS, tenant_id, case.id, *notice)
        return access

    async def readers(self, tenant_id: str, case_id: str, after: int | None, limit: int) -> Sequence[ReadRow]:
        """Who read what, the newest first; ``after`` is the last one's number."""
        async with self._database.tenant(tenant_id) as conn:
            rows = [dict(row) for row in await conn.fetch(READERS, tenant_id, case_id, after, limit)]
            said = {row["access_id"]: _PROSE.validate_json(row["reason"]).content_id for row in rows if row["reason"]}
            texts = await self._vault.reveal(conn, tenant_id, said.values()) if said else {}
        return [ReadRow(**{**row, "reason": texts.get(said.get(row["access_id"], ""))}) for row in rows]
