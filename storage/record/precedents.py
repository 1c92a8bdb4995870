"""What the record knows of other cases that the rules ask about when one is opened."""

from __future__ import annotations

from storage.postgres.pool import Database

# Of two that come at once the one that was judged counts, else the one with the lower id: never both, and never neither.
APPEALED_BEFORE = """
SELECT other.id FROM cases mine
JOIN cases other ON other.tenant = mine.tenant AND other.appeal_digest = mine.appeal_digest AND other.kind = mine.kind
WHERE mine.tenant = $1 AND mine.id = $2 AND other.id <> mine.id
    AND other.outcome IS DISTINCT FROM 'declined' AND (other.seq > 0 OR other.id < mine.id)
ORDER BY other.id
LIMIT 1
"""


class PostgresPrecedents:
    """Implements :class:`activities.precedents.Precedents`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def appealed_before(self, tenant_id: str, case_id: str) -> str | None:
        """The case in which the same person appealed about the same content; None when there is none."""
        async with self._database.tenant(tenant_id) as conn:
            found: str | None = await conn.fetchval(APPEALED_BEFORE, tenant_id, case_id)
        return found
