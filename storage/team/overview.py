"""What whoever looks after the work of others reads at a glance: numbers of open cases, each counted no further than is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.worktime.calendars import Calendar
from storage.policies.library import CalendarCache
from storage.postgres.pool import Database
from storage.views.cases import CaseFilter, conditions
from storage.views.sql import WAITS, clauses

# {most} is how far is counted, written out: a plan made for any number would read whole tables. Whatever is looked at, and in
# which order, is in an index: the rows themselves are read for whoever has conflicts of interest alone ({tests}).
_ENDS = """
SELECT c.id, c.owner, c.ends_at FROM cases c
WHERE c.tenant = $1 AND c.status = 'open' AND c.ends_at < $2 {tests}
ORDER BY c.ends_at, c.id LIMIT {most}
"""
# Every kind that is there, one step through the index for each.
_CELLS = """
WITH RECURSIVE kinds AS (
    (SELECT c.kind FROM cases c WHERE c.tenant = $1 AND c.status = 'open' ORDER BY c.kind LIMIT 1)
    UNION ALL
    SELECT (SELECT c.kind FROM cases c WHERE c.tenant = $1 AND c.status = 'open' AND c.kind > k.kind ORDER BY c.kind LIMIT 1)
    FROM kinds k WHERE k.kind IS NOT NULL
)
SELECT k.kind, p.phase, n.cases FROM kinds k CROSS JOIN unnest($2::text[]) AS p (phase)
CROSS JOIN LATERAL (SELECT count(*) AS cases FROM (
    SELECT FROM cases c
    WHERE c.tenant = $1 AND c.status = 'open' AND c.kind = k.kind AND c.phase = p.phase AND c.pressing < 4 {tests}
    LIMIT {most}
) AS f) AS n
WHERE k.kind IS NOT NULL AND n.cases > 0
ORDER BY k.kind, p.phase
"""
_QUEUES = """
WITH RECURSIVE queues AS (
    (SELECT c.queue FROM cases c WHERE c.tenant = $1 AND c.status = 'open' ORDER BY c.queue LIMIT 1)
    UNION ALL
    SELECT (SELECT c.queue FROM cases c WHERE c.tenant = $1 AND c.status = 'open' AND c.queue > q.queue ORDER BY c.queue LIMIT 1)
    FROM queues q WHERE q.queue IS NOT NULL
)
SELECT q.queue, n.cases, l.late, w.unowned FROM queues q
CROSS JOIN LATERAL (SELECT count(*) AS cases FROM (
    SELECT FROM cases c WHERE c.tenant = $1 AND c.status = 'open' AND c.queue = q.queue AND c.pressing < 4 {tests} LIMIT {most}
) AS f) AS n
CROSS JOIN LATERAL (SELECT count(*) AS late FROM (
    SELECT FROM cases c WHERE c.tenant = $1 AND c.status = 'open' AND c.queue = q.queue AND c.pressing = 0 {tests} LIMIT {most}
) AS f) AS l
CROSS JOIN LATERAL (SELECT count(*) AS unowned FROM (
    SELECT FROM cases c WHERE c.tenant = $1 AND c.status = 'open' AND c.queue = q.queue AND {waits} AND c.pressing < 4 {tests}
    LIMIT {most}
) AS f) AS w
WHERE q.queue IS NOT NULL AND n.cases > 0
ORDER BY n.cases DESC, q.queue
"""
# Whoever works here, and whoever does not any more and still has cases.
_PEOPLE = """
SELECT p.id, p.name, p.zone, p.active, p.capacity, p.absent_from, p.absent_until, n.cases, n.late, n.risk,
    (SELECT v.ref FROM calendar_versions v WHERE v.name = p.hours ORDER BY v.id DESC LIMIT 1) AS shifts
FROM people p
CROSS JOIN LATERAL (SELECT count(*) AS cases, count(*) FILTER (WHERE f.pressing = 0) AS late,
        count(*) FILTER (WHERE f.pressing = 1) AS risk FROM (
    SELECT c.pressing FROM cases c WHERE c.tenant = $1 AND c.status = 'open' AND c.owner = p.id AND c.pressing < 4 {tests}
    LIMIT {most}
) AS f) AS n
WHERE p.tenant = $1 AND (p.active OR n.cases > 0)
ORDER BY p.name, p.id
"""
# $2 cases: of each its letters that did not arrive, and what was decided and is not carried out.
LETTERS = """
SELECT n.id, n.case_id, n.event AS what, n.recipient AS whom, n.attempts, n.last_error AS why, n.created_at AS since
FROM notices n WHERE n.tenant = $1 AND n.case_id = ANY($2::text[]) AND n.state = 'failed' ORDER BY n.case_id, n.id
"""
# The relay finds it, and the case sends it with the key that it had.
AGAIN = """
UPDATE notices SET state = 'pending', taken_at = NULL WHERE tenant = $1 AND case_id = $2 AND id = $3 AND state = 'failed'
"""
EFFECTS = """
SELECT e.id, e.case_id, e.type AS what, e.side AS whom, 0::bigint AS attempts, coalesce(e.note, e.result) AS why,
    e.ordered_at AS since
FROM effects e
WHERE e.tenant = $1 AND e.case_id = ANY($2::text[]) AND (
    (e.state = 'needs_hands' AND e.note IS DISTINCT FROM 'withheld')
    OR (e.state = 'running' AND e.ordered_at < now() - interval '1 hour'))
ORDER BY e.case_id, e.id
"""


@dataclass(frozen=True)
class Ending:
    """A case of which a clock runs out."""

    case_id: str
    owner: str | None
    ends_at: datetime


@dataclass(frozen=True)
class Cell:
    """How many open cases of a kind are in a phase."""

    kind: str
    phase: str
    cases: int


@dataclass(frozen=True)
class QueueLoad:
    """How much is in a queue, with and without an owner."""

    queue: str
    cases: int
    late: int
    unowned: int
    """Of these so many wait for somebody to take them."""


@dataclass(frozen=True)
class Load:
    """What somebody carries, and when they are there."""

    id: str
    name: str
    zone: str
    active: bool
    capacity: int
    absent_from: datetime | None
    absent_until: datetime | None
    cases: int
    late: int
    risk: int
    calendar: Calendar | None
    """Of their shifts; None: they said none."""


@dataclass(frozen=True)
class Hitch:
    """A letter that did not arrive, or what was decided and is not carried out."""

    id: str
    case_id: str
    what: str
    whom: str
    attempts: int
    why: str | None
    since: datetime


class PostgresOverview:
    """Reads it. ``closed_to`` are conflicts of interest whose cases are left out; ``most`` is how far anything is counted."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._calendars = CalendarCache()

    async def ending(self, tenant_id: str, before: datetime, closed_to: Sequence[str], most: int) -> Sequence[Ending]:
        """Open cases of which a clock that runs is over before this, the next one first."""
        tests, values = _tests(closed_to, 3)
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(_ENDS.format(tests=tests, most=int(most)), tenant_id, before, *values)
        return [Ending(row["id"], row["owner"], row["ends_at"]) for row in rows]

    async def cells(self, tenant_id: str, phases: Sequence[str], closed_to: Sequence[str], most: int) -> Sequence[Cell]:
        """Open cases by kind and phase; what is empty is left out."""
        tests, values = _tests(closed_to, 3)
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(_CELLS.format(tests=tests, most=int(most)), tenant_id, list(phases), *values)
        return [Cell(**row) for row in rows]

    async def queues(self, tenant_id: str, closed_to: Sequence[str], most: int) -> Sequence[QueueLoad]:
        """Open cases by queue, the fullest first."""
        tests, values = _tests(closed_to, 2)
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(_QUEUES.format(tests=tests, waits=WAITS, most=int(most)), tenant_id, *values)
        return [QueueLoad(**row) for row in rows]

    async def people(self, tenant_id: str, closed_to: Sequence[str], most: int) -> Sequence[Load]:
        """Everybody with what they carry, by name."""
        tests, values = _tests(closed_to, 2)
        async with self._database.tenant(tenant_id) as conn:
            rows = [dict(row) for row in await conn.fetch(_PEOPLE.format(tests=tests, most=int(most)), tenant_id, *values)]
            calendars = await self._calendars.of(conn, (row["shifts"] for row in rows if row["shifts"]))
        return [Load(**row, calendar=calendars.get(shifts)) for row in rows for shifts in (row.pop("shifts"),)]

    async def letters(self, tenant_id: str, case_ids: Sequence[str]) -> Sequence[Hitch]:
        """Letters of these cases that did not arrive."""
        async with self._database.tenant(tenant_id) as conn:
            return [Hitch(**row) for row in await conn.fetch(LETTERS, tenant_id, list(case_ids))]

    async def send_again(self, tenant_id: str, case_id: str, notice_id: str) -> bool:
        """Have a letter that did not arrive tried again; False: it is none, or somebody was faster."""
        async with self._database.tenant(tenant_id) as conn:
            return await conn.execute(AGAIN, tenant_id, case_id, notice_id) != "UPDATE 0"

    async def effects(self, tenant_id: str, case_ids: Sequence[str]) -> Sequence[Hitch]:
        """What was decided in these cases and is not carried out."""
        async with self._database.tenant(tenant_id) as conn:
            return [Hitch(**row) for row in await conn.fetch(EFFECTS, tenant_id, list(case_ids))]


def _tests(closed_to: Sequence[str], first: int) -> tuple[str, list[object]]:
    tests, values = clauses(conditions(CaseFilter(closed_to=tuple(closed_to) or None)), first)
    return "".join(f"AND {test}" for test in tests), values
