"""Who could take a case: the people of a queue, with what they carry."""

from __future__ import annotations

from collections.abc import Sequence

from activities.ports import Candidate
from storage.pool import Database

CANDIDATES = """
SELECT person_as_actor(p) AS actor, p.capacity, p.last_assigned_at,
    (SELECT count(*) FROM cases c WHERE c.tenant = $1 AND c.owner = p.id AND c.status = 'open') AS open_cases
FROM people p
WHERE p.tenant = $1 AND p.active AND $2 = ANY(p.queues)
ORDER BY p.id
"""


class PostgresRoster:
    """Implements :class:`activities.ports.Roster`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def candidates(self, tenant_id: str, queue: str) -> Sequence[Candidate]:
        """Active people of the queue with a role that the rules know."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(CANDIDATES, tenant_id, queue)
        return [Candidate.model_validate(dict(row)) for row in rows if row["actor"] is not None]
