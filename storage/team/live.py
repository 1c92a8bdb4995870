"""What moves while people look: cases that were written to in the last moments, and who is at which case now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from storage.postgres.pool import Database

Doing = Literal["reading", "writing"]
LOOK_BACK = timedelta(seconds=10)
"""A write that took long to be committed says an instant that is past already."""
PRESENT_FOR = timedelta(seconds=40)
"""So long somebody counts as there after they were last heard of."""
_MOST = 2000

# By `cases_by_update`: what is read is what was written in the last moments, however many cases there are. The instant is that
# of the statement: one that moves on while it runs cannot be looked up in an index.
MOVED = "SELECT id, turn FROM cases WHERE tenant = $1 AND updated_at > statement_timestamp() - $2::interval LIMIT $3"
MOVED_SINCE = "SELECT id FROM cases WHERE tenant = $1 AND updated_at > $2 LIMIT $3"
THERE = "SELECT case_id, person_id, doing FROM presence WHERE tenant = $1 AND seen_at > statement_timestamp() - $2::interval"
AT = """
SELECT person_id, doing FROM presence WHERE tenant = $1 AND case_id = $2 AND seen_at > statement_timestamp() - $3::interval
"""
ENTER = """
INSERT INTO presence (tenant, case_id, person_id, doing) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant, case_id, person_id, doing) DO UPDATE SET seen_at = clock_timestamp()
"""
SWEEP = """
DELETE FROM presence WHERE ctid IN (
    SELECT ctid FROM presence WHERE tenant = $1 AND seen_at < statement_timestamp() - $2::interval
    LIMIT 100 FOR UPDATE SKIP LOCKED
)
"""
LEAVE = "DELETE FROM presence WHERE tenant = $1 AND case_id = $2 AND person_id = $3 AND doing = $4"


@dataclass(frozen=True)
class Moment:
    """How a tenant's cases stand now, as far as something moved of late."""

    turns: Mapping[str, int]
    """Of cases written to in the last moments, by id: another number is another write."""
    there: Mapping[str, frozenset[tuple[str, Doing]]]
    """Who is at which case, and what they do there."""


class PostgresLive:
    """Reads what moves, and notes who is where."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def moment(self, tenant_id: str) -> Moment:
        """What moved in the last moments, and who is there."""
        async with self._database.tenant(tenant_id) as conn:
            moved = await conn.fetch(MOVED, tenant_id, LOOK_BACK, _MOST)
            present = await conn.fetch(THERE, tenant_id, PRESENT_FOR)
        there = defaultdict[str, set[tuple[str, Doing]]](set)
        for row in present:
            there[row["case_id"]].add((row["person_id"], row["doing"]))
        return Moment({row["id"]: row["turn"] for row in moved}, {case: frozenset(who) for case, who in there.items()})

    async def moved_since(self, tenant_id: str, at: datetime) -> frozenset[str]:
        """Cases that were written to after this instant; of very many, some."""
        async with self._database.tenant(tenant_id) as conn:
            return frozenset(row["id"] for row in await conn.fetch(MOVED_SINCE, tenant_id, at, _MOST))

    async def at(self, tenant_id: str, case_id: str) -> frozenset[tuple[str, Doing]]:
        """Who is at one case, and what they do there."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(AT, tenant_id, case_id, PRESENT_FOR)
        return frozenset((row["person_id"], row["doing"]) for row in rows)

    async def enter(self, tenant_id: str, case_id: str, person_id: str, doing: Doing) -> None:
        """Note that somebody is there for the next moments; what is long over goes."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(ENTER, tenant_id, case_id, person_id, doing)
            await conn.execute(SWEEP, tenant_id, PRESENT_FOR)

    async def leave(self, tenant_id: str, case_id: str, person_id: str, doing: Doing) -> None:
        """Note that somebody has closed their page."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(LEAVE, tenant_id, case_id, person_id, doing)
