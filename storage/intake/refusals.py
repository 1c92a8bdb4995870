"""What Temporal's door did not let in: who was named, in which case, why; bounded, and told to operations once a day at most.

Whoever reaches the namespace can send as many of them as they like. So the rows of a day are bounded, and what comes beyond
them is counted in one more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pydantic import Field
from uuid_utils import uuid7

from domain.base import Instant, Kept
from storage.postgres.pool import Connection, Database
from storage.views.sql import OPEN_TO, open_to

MOST_A_DAY = 200
"""Of a tenant, by UTC: more than somebody reads, and few enough for a disk whatever is sent."""
TELL_EVERY = timedelta(days=1)

_SOMEBODY = re.compile(r"(per|pty|key)_[A-Za-z0-9_.-]{1,60}")

# Held to the end of the note: of two at once one tells operations, and the bound holds.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('door ' || $1, 0))"
# $8 the most rows. What comes beyond them leaves nothing of its own but a count by its code. Nothing of a case that is not there.
NOTE = """
WITH now AS (
    SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date AS day
), room AS (
    SELECT (SELECT count(*) FROM door_refusals r WHERE r.tenant = $1 AND r.day = now.day) < $8 OR EXISTS (
        SELECT FROM door_refusals r WHERE r.tenant = $1 AND r.day = now.day
            AND (r.case_id, r.claimed, r.type, r.command_id, r.code) = ($2, $3, $4, $5, $6)
    ) AS there, now.day
    FROM now
)
INSERT INTO door_refusals (tenant, day, case_id, claimed, type, command_id, code, channel)
SELECT $1, room.day, CASE WHEN there THEN $2 ELSE '' END, CASE WHEN there THEN $3 ELSE '' END,
    CASE WHEN there THEN $4 ELSE '' END, CASE WHEN there THEN $5 ELSE '' END, $6, $7
FROM room WHERE EXISTS (SELECT FROM cases c WHERE c.tenant = $1 AND c.id = $2)
ON CONFLICT (tenant, day, case_id, claimed, type, command_id, code)
    DO UPDATE SET times = door_refusals.times + 1, last_at = clock_timestamp()
RETURNING id, case_id <> '' AS kept, times = 1 AS new
"""
# How many came since operations was told; null: it was told lately.
UNTOLD = """
SELECT CASE WHEN coalesce(max(told_at) < clock_timestamp() - $2::interval, true) THEN sum(times) FILTER (
    WHERE last_at > coalesce((SELECT max(told_at) FROM door_refusals WHERE tenant = $1), '-infinity')
)::bigint END FROM door_refusals WHERE tenant = $1
"""
# To everybody of operations but those to whom the case is closed. A case of which nothing is recorded has nowhere to tell it in.
TELL_OPS = f"""
INSERT INTO notices (tenant, id, case_id, seq, event, audience, recipient, channel, data, texts, state)
SELECT $1, $3 || '-' || row_number() OVER (ORDER BY p.id), $2, c.seq, $4, 'staff', p.id,
    CASE WHEN p.email IS NULL THEN 'none' ELSE 'email' END, $5, '{{}}',
    CASE WHEN p.email IS NULL THEN 'unreachable' ELSE 'pending' END
FROM people p JOIN cases c ON c.tenant = $1 AND c.id = $2 AND c.seq > 0
WHERE p.tenant = $1 AND p.active AND 'ops' = ANY(p.roles) AND {OPEN_TO.format("p.conflicts")}
RETURNING id
"""  # noqa: S608 - put together from constants
TOLD = "UPDATE door_refusals SET told_at = clock_timestamp() WHERE tenant = $1 AND id = $2"
# $2 the last one of the page before (or null), $4 the conflicts of interest of whoever reads.
LISTED = f"""
SELECT d.id, d.first_at, d.last_at, d.case_id, d.claimed, d.type, d.command_id, d.code, d.channel, d.times
FROM door_refusals d LEFT JOIN cases c ON c.tenant = d.tenant AND c.id = d.case_id
WHERE d.tenant = $1 AND ($2::bigint IS NULL OR d.id < $2) AND {open_to("$4")}
ORDER BY d.id DESC LIMIT $3
"""  # noqa: S608 - put together from constants


class DoorRefusal(Kept):
    """Something that was told at Temporal's door and not let in, with what it said of itself."""

    id: int
    first_at: Instant
    last_at: Instant
    case_id: str
    """Empty, as what follows: the count of what came beyond the bound of a day."""
    claimed: str
    """In whose name."""
    type: str
    command_id: str
    """The id that it bore. Nothing is kept under it: it stays free for whoever it belongs to."""
    code: str
    channel: str
    times: int = Field(ge=1)


class Noted(Kept):
    """That one was noted: whether by itself or in a count, and whether it is the first of its kind."""

    kept: bool
    new: bool


class PostgresDoorRefusals:
    """Notes what the door refuses, and lists it."""

    def __init__(self, database: Database, most_a_day: int = MOST_A_DAY) -> None:
        self._database, self._most = database, most_a_day

    async def note(
        self, tenant_id: str, case_id: str, *, claimed: str, command_type: str, command_id: str, code: str, channel: str
    ) -> Noted | None:
        """Note one, and tell operations if they were not told lately; None when there is no such case."""
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            await conn.execute(LOCK, tenant_id)
            said = (tenant_id, case_id, claimed, command_type, command_id, code, channel, self._most)
            row = await conn.fetchrow(NOTE, *said)
            if row is None:
                return None
            # A mail names who could be somebody; what else a stranger wrote there is no part of a letter of ours.
            named = claimed if _SOMEBODY.fullmatch(claimed) else None
            await self._tell(conn, tenant_id, case_id, row["id"], {"reason": code, "claimed": named})
        return Noted(kept=row["kept"], new=row["new"])

    async def _tell(self, conn: Connection, tenant_id: str, case_id: str, refusal_id: int, said: dict[str, Any]) -> None:
        count = await conn.fetchval(UNTOLD, tenant_id, TELL_EVERY)
        if count is None:
            return
        event = f"command_not_let_in:{refusal_id}"
        if await conn.fetch(TELL_OPS, tenant_id, case_id, f"ntc_{uuid7()}", event, {**said, "count": count}):
            await conn.execute(TOLD, tenant_id, refusal_id)

    async def listed(
        self, tenant_id: str, limit: int, *, before: int | None = None, closed_to: Sequence[str] = ()
    ) -> Sequence[DoorRefusal]:
        """What was refused, the newest first, without cases that these conflicts of interest close."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(LISTED, tenant_id, before, limit, list(closed_to))
        return [DoorRefusal(**dict(row)) for row in rows]
