"""Turns on call: who is called for a queue, from when until when, and who took a turn over from whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from uuid_utils import uuid7

from storage.postgres.pool import Connection, Database

_COLUMNS = "t.id, t.queue, t.person_id, t.place, t.from_at, t.until_at, t.handed_from, t.made_by, t.ended_by"
TURNS = f"""
SELECT {_COLUMNS} FROM on_call_turns t
WHERE t.tenant = $1 AND t.until_at > $2 AND t.until_at > t.from_at AND ($3::text IS NULL OR t.queue = $3)
ORDER BY t.from_at, t.queue, t.place, t.id LIMIT $4
"""  # noqa: S608 - put together from constants
# Neither an id that nobody has nor somebody who does not work here any more, nor one who may not read cases of the queue.
ADD = f"""
INSERT INTO on_call_turns AS t (tenant, id, queue, person_id, place, from_at, until_at, handed_from, made_by)
SELECT $1, $2, $3, p.id, $5, $6, $7, $8, $9 FROM people p
WHERE p.tenant = $1 AND p.id = $4 AND p.active AND ($3 = ANY(p.queues) OR p.roles && '{{lead,ops}}')
RETURNING {_COLUMNS}
"""  # noqa: S608 - put together from constants
ONE = f"SELECT {_COLUMNS} FROM on_call_turns t WHERE t.tenant = $1 AND t.id = $2 FOR UPDATE"  # noqa: S608 - constants
END = f"""
UPDATE on_call_turns t SET until_at = greatest(t.from_at, $3), ended_by = $4
WHERE t.tenant = $1 AND t.id = $2 AND t.until_at > $3 AND t.until_at > t.from_at
RETURNING {_COLUMNS}
"""  # noqa: S608 - put together from constants
MOST = 500
"""Turns in one answer: a year of weeks in ten queues."""


@dataclass(frozen=True)
class Turn:
    """One turn on call."""

    id: str
    queue: str
    person_id: str
    place: int
    from_at: datetime
    until_at: datetime
    handed_from: str | None
    made_by: str
    ended_by: str | None


class PostgresOnCall:
    """Keeps the turns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def turns(self, tenant_id: str, since: datetime, queue: str | None = None) -> Sequence[Turn]:
        """Turns that are not over at ``since``, of all queues or of one, by when they begin."""
        async with self._database.tenant(tenant_id) as conn:
            return [Turn(**row) for row in await conn.fetch(TURNS, tenant_id, since, queue, MOST)]

    async def one(self, tenant_id: str, turn_id: str) -> Turn | None:
        """A turn, or None."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(ONE, tenant_id, turn_id)
        return Turn(**row) if row else None

    async def add(
        self, tenant_id: str, queue: str, person_id: str, place: int, from_at: datetime, until_at: datetime, by: str
    ) -> Turn | None:
        """Note a turn; None: there is no such person, or they work neither this queue nor as lead or ops."""
        async with self._database.tenant(tenant_id) as conn:
            return await _added(conn, tenant_id, queue, person_id, place, from_at, until_at, None, by)

    async def end(self, tenant_id: str, turn_id: str, at: datetime, by: str) -> Turn | None:
        """End a turn at an instant, or take one back that has not begun by then; None: there is none, or it is over."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(END, tenant_id, turn_id, at, by)
        return Turn(**row) if row else None

    async def hand_over(self, tenant_id: str, turn_id: str, to: str, at: datetime, by: str) -> Turn | None:
        """Give what is left of a turn from ``at`` on to somebody else, both or neither of it; None: the turn is over by then, or
        they cannot have it."""
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            before = await conn.fetchrow(ONE, tenant_id, turn_id)
            if before is None or before["until_at"] <= at or before["until_at"] <= before["from_at"]:
                return None
            begins_at = max(at, before["from_at"])
            left = (begins_at, before["until_at"])
            made = await _added(conn, tenant_id, before["queue"], to, before["place"], *left, turn_id, by)
            if made is not None:
                await conn.execute(END, tenant_id, turn_id, begins_at, by)
            return made


async def _added(
    conn: Connection,
    tenant_id: str,
    queue: str,
    person_id: str,
    place: int,
    from_at: datetime,
    until_at: datetime,
    handed_from: str | None,
    by: str,
) -> Turn | None:
    values = (queue, person_id, place, from_at, until_at, handed_from, by)
    row = await conn.fetchrow(ADD, tenant_id, f"oct_{uuid7()}", *values)
    return Turn(**row) if row else None
