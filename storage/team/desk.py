"""What people work from: their own cases, their queues, the next case to take, and how the team is doing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.model.people import Actor
from storage.intake.inbox import PostgresInbox, Receipt
from storage.postgres.pool import Database
from storage.team.roster import ABSENT, LANGUAGES
from storage.views.rows import CaseRow, CaseRows
from storage.views.sql import LISTED_ROWS, OPEN_TO, WAITS, open_to

SKIPPED_FOR = timedelta(hours=8)
"""A shift. For so long a case is not offered again to whoever skipped it."""
COUNTED_FOR = timedelta(days=30)
"""How far back the figures of the team reach."""

WORKER = f"""
SELECT person_as_actor(p) AS actor, p.queues, p.skills, {LANGUAGES} AS languages,
    {ABSENT.replace("$3", "clock_timestamp()")} AS absent
FROM people p
WHERE p.tenant = $1 AND p.id = $2 AND p.active
"""  # noqa: S608 - put together from constants

_WAITS = f"c.status = 'open' AND {WAITS}"


# $2 queues, $3 how many, $4 to $6 the place of the last one of the page before (or null), $7 conflicts of interest.
WAITING = f"""
{LISTED_ROWS}WHERE c.tenant = $1 AND c.id IN (SELECT h.id FROM unnest($2::text[]) AS q (queue)
    CROSS JOIN LATERAL (SELECT c.id, c.pressing, c.pressing_at FROM cases c
        WHERE c.tenant = $1 AND c.queue = q.queue AND {_WAITS} AND c.state IS NOT NULL
            AND (c.pressing, c.pressing_at, c.id)
                > (coalesce($4::smallint, -1::smallint), coalesce($5::timestamptz, '-infinity'), coalesce($6::text, ''))
            AND {open_to("$7")}
        ORDER BY c.pressing, c.pressing_at, c.id LIMIT $3) AS h
    ORDER BY h.pressing, h.pressing_at, h.id LIMIT $3)
ORDER BY c.pressing, c.pressing_at, c.id
"""  # noqa: S608 - put together from constants

# $4 who asks, $5 for how long what they skipped is not offered to them. What somebody is taking, or given, this moment is gone.
TAKEABLE = f"""
{LISTED_ROWS}WHERE c.tenant = $1 AND c.id IN (SELECT h.id FROM unnest($2::text[]) AS q (queue)
    CROSS JOIN LATERAL (SELECT c.id, c.pressing, c.pressing_at FROM cases c
    WHERE c.tenant = $1 AND c.queue = q.queue AND {_WAITS} AND c.state IS NOT NULL AND c.next_due_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM leases l WHERE l.tenant = $1 AND l.case_id = c.id AND l.person_id = $4
            AND l.ended_because = 'skipped' AND l.until_at > clock_timestamp() - $5::interval)
        AND NOT EXISTS (SELECT FROM commands w WHERE w.tenant = $1 AND w.case_id = c.id AND w.status = 'pending'
            AND w.type IN ('take', 'assign'))
    ORDER BY c.pressing, c.pressing_at, c.id LIMIT $3) AS h
    ORDER BY h.pressing, h.pressing_at, h.id LIMIT $3)
ORDER BY c.pressing, c.pressing_at, c.id
"""  # noqa: S608 - put together from constants

LOCK_WAITING = """
SELECT 1 FROM cases WHERE tenant = $1 AND id = $2 AND status = 'open' AND owner IS NULL FOR NO KEY UPDATE SKIP LOCKED
"""
BEING_TAKEN = """
SELECT EXISTS (SELECT FROM commands WHERE tenant = $1 AND case_id = $2 AND status = 'pending' AND type IN ('take', 'assign'))
"""

# Without conflicts of interest nothing but an index is looked at: {{}} is for whoever has some.
OWN_COUNTS = """
SELECT count(*) AS cases, count(*) FILTER (WHERE c.pressing = 0) AS overdue,
    count(*) FILTER (WHERE c.pressing IN (1, 2) AND c.pressing_at < now() + interval '1 day') AS due_in_a_day
FROM cases c WHERE c.tenant = $1 AND c.owner = $2 AND c.status = 'open' {}
"""
QUEUE_COUNTS = f"""
SELECT q.queue, n.waiting, n.overdue, n.next_due_at
FROM (SELECT DISTINCT unnest($2::text[])) AS q (queue)
CROSS JOIN LATERAL (
    SELECT count(*) AS waiting, count(*) FILTER (WHERE c.pressing = 0) AS overdue, min(c.next_due_at) AS next_due_at
    FROM cases c WHERE c.tenant = $1 AND c.queue = q.queue AND {_WAITS} {{}}) AS n
ORDER BY q.queue
"""  # noqa: S608 - put together from constants

# $2 since when, $3 conflicts of interest. What still runs is counted up to now.
TEAM = f"""
SELECT p.id, p.name, p.queues, p.capacity,
    {ABSENT.replace("$3", "now()")} AS absent, p.absent_until,
    (SELECT count(*) FROM cases c WHERE c.tenant = $1 AND c.owner = p.id AND c.status = 'open' AND {open_to("$3")})
        AS open_cases,
    coalesce(w.skipped, 0) AS skipped, coalesce(w.worked_for, interval '0') AS worked_for, w.skip_reasons
FROM people p
LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE l.ended_because = 'skipped') AS skipped,
        sum(least(l.until_at, now()) - least(l.started_at, now())) AS worked_for,
        array_agg(DISTINCT l.reason) FILTER (WHERE l.ended_because = 'skipped') AS skip_reasons
    FROM leases l WHERE l.tenant = $1 AND l.person_id = p.id AND l.started_at > $2
) AS w ON true
WHERE p.tenant = $1 AND p.active
ORDER BY p.id
"""  # noqa: S608 - put together from constants

HANDLED = """
SELECT l.person_id, l.started_at, l.until_at, l.ended_because, l.reason, l.until_at <= clock_timestamp() AS over
FROM leases l WHERE l.tenant = $1 AND l.case_id = $2 ORDER BY l.started_at, l.id
"""


@dataclass(frozen=True)
class Worker:
    """Somebody at the desk."""

    actor: Actor
    queues: tuple[str, ...]
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    absent: bool


@dataclass(frozen=True)
class Counts:
    """How much somebody carries."""

    cases: int
    overdue: int
    due_in_a_day: int


@dataclass(frozen=True)
class QueueCounts:
    """How much waits in a queue."""

    queue: str
    waiting: int
    overdue: int
    next_due_at: datetime | None


@dataclass(frozen=True)
class TeamMember:
    """How somebody of the team is doing, over the last 30 days."""

    id: str
    name: str
    queues: tuple[str, ...]
    capacity: int
    absent: bool
    absent_until: datetime | None
    open_cases: int
    skipped: int
    skip_reasons: tuple[str, ...]
    worked_for: timedelta


@dataclass(frozen=True)
class Lease:
    """Somebody's work on a case, from one instant to another."""

    person_id: str
    started_at: datetime
    until_at: datetime
    ended_because: str | None
    reason: str | None
    over: bool


class PostgresDesk:
    """Reads what waits, and claims one case for one person."""

    def __init__(self, database: Database, inbox: PostgresInbox) -> None:
        self._database, self._inbox = database, inbox
        self._rows = CaseRows()

    async def worker(self, tenant_id: str, person_id: str) -> Worker | None:
        """Somebody of the team; None: nobody with this id works here."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(WORKER, tenant_id, person_id)
        if row is None or row["actor"] is None:
            return None
        actor = Actor.model_validate(row["actor"])
        return Worker(actor, tuple(row["queues"]), tuple(row["skills"]), tuple(row["languages"]), row["absent"])

    async def waiting(
        self,
        tenant_id: str,
        queues: Sequence[str],
        after: tuple[int, datetime, str] | None = None,
        limit: int = 50,
        closed_to: Sequence[str] = (),
    ) -> Sequence[CaseRow]:
        """Cases of these queues that nobody has, the most pressing first; ``after`` is the last one's place, and
        ``closed_to`` are conflicts of interest whose cases are left out."""
        asked = (tenant_id, list(queues), limit, *(after or (None, None, None)), list(closed_to))
        async with self._database.tenant(tenant_id) as conn:
            return await self._rows.read(conn, tenant_id, await conn.fetch(WAITING, *asked))

    async def takeable(self, tenant_id: str, person_id: str, queues: Sequence[str], limit: int) -> Sequence[CaseRow]:
        """The most urgent cases of these queues that nobody has, without those that this person skipped a while ago."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(TAKEABLE, tenant_id, list(queues), limit, person_id, SKIPPED_FOR)
            return await self._rows.read(conn, tenant_id, rows)

    async def claim(self, tenant_id: str, case_id: str, take: Mapping[str, Any], credential: str | None = None) -> Receipt | None:
        """Put a ``take`` into a case's inbox unless somebody else is at it; None: somebody is.

        The case's row is locked, so that of two people who ask at once one goes on to the next case without waiting.
        """
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            if await conn.fetchval(LOCK_WAITING, tenant_id, case_id) is None:
                return None
            # A statement of its own: it sees what was committed while this one came to the lock.
            if await conn.fetchval(BEING_TAKEN, tenant_id, case_id):
                return None
            return await self._inbox.receive_on(conn, tenant_id, case_id, dict(take), credential=credential)

    async def own_counts(self, tenant_id: str, person_id: str, closed_to: Sequence[str] = ()) -> Counts:
        """How much somebody carries."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(_counting(OWN_COUNTS, closed_to), tenant_id, person_id, *_some(closed_to))
        assert row is not None, "a count has a row"
        return Counts(**dict(row))

    async def queue_counts(self, tenant_id: str, queues: Sequence[str], closed_to: Sequence[str] = ()) -> Sequence[QueueCounts]:
        """How much waits in each of these queues."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(_counting(QUEUE_COUNTS, closed_to), tenant_id, list(queues), *_some(closed_to))
        return [QueueCounts(**dict(row)) for row in rows]

    async def team(self, tenant_id: str, now: datetime, closed_to: Sequence[str] = ()) -> Sequence[TeamMember]:
        """Everybody active, with what they carry, skipped and worked in the last 30 days; ``closed_to`` are conflicts of interest
        whose cases are not counted."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(TEAM, tenant_id, now - COUNTED_FOR, list(closed_to))
        many = ("queues", "skip_reasons")
        return [TeamMember(**{**dict(row), **{name: tuple(row[name] or ()) for name in many}}) for row in rows]

    async def leases(self, tenant_id: str, case_id: str) -> Sequence[Lease]:
        """Who worked on a case and when, oldest first."""
        async with self._database.tenant(tenant_id) as conn:
            return [Lease(**dict(row)) for row in await conn.fetch(HANDLED, tenant_id, case_id)]


def _counting(statement: str, closed_to: Sequence[str]) -> str:
    """A count, which leaves out what conflicts of interest close ($3) where there are any."""
    return statement.format(f"AND {OPEN_TO.format('$3::text[]')}" if closed_to else "")


def _some(closed_to: Sequence[str]) -> list[list[str]]:
    return [list(closed_to)] if closed_to else []
