"""Labels by which a team sorts its cases: codes, about no person, and no part of any case's record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storage.postgres.pool import Database

OF_CASES = "SELECT case_id, tag FROM case_tags WHERE tenant = $1 AND case_id = ANY($2) ORDER BY case_id, tag"
# One case has few enough to be read at a glance; what it has already is no new one.
ADD = """
INSERT INTO case_tags (tenant, tag, case_id, tagged_by)
SELECT $1, $2, asked.id, $4 FROM unnest($3::text[]) AS asked (id)
WHERE (SELECT count(*) FROM case_tags t WHERE t.tenant = $1 AND t.case_id = asked.id AND t.tag <> $2) < $5
ON CONFLICT DO NOTHING
"""
HAVING = "SELECT case_id FROM case_tags WHERE tenant = $1 AND tag = $2 AND case_id = ANY($3)"
TAKE = "DELETE FROM case_tags WHERE tenant = $1 AND tag = $2 AND case_id = $3"
# From one tag to the next one: as many looks into the index as there are tags, however many cases have each.
IN_USE = """
WITH RECURSIVE used (tag, n) AS (
    (SELECT tag, 1 FROM case_tags WHERE tenant = $1 ORDER BY tag LIMIT 1)
    UNION ALL
    SELECT (SELECT t.tag FROM case_tags t WHERE t.tenant = $1 AND t.tag > used.tag ORDER BY t.tag LIMIT 1), used.n + 1
    FROM used WHERE used.tag IS NOT NULL AND used.n < $2
)
SELECT tag FROM used WHERE tag IS NOT NULL
"""


class PostgresTags:
    """Keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_cases(self, tenant_id: str, case_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The tags of each of these cases that has any."""
        if not case_ids:
            return {}
        found: dict[str, tuple[str, ...]] = {}
        async with self._database.tenant(tenant_id) as conn:
            for row in await conn.fetch(OF_CASES, tenant_id, case_ids):
                found[row["case_id"]] = (*found.get(row["case_id"], ()), row["tag"])
        return found

    async def add(self, tenant_id: str, tag: str, case_ids: Sequence[str], by: str, most: int) -> frozenset[str]:
        """Give a tag to these cases, each of which has at most so many; those that have it now."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(ADD, tenant_id, tag, case_ids, by, most)
            return frozenset(row["case_id"] for row in await conn.fetch(HAVING, tenant_id, tag, case_ids))

    async def take(self, tenant_id: str, tag: str, case_id: str) -> None:
        """Take a tag from a case."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(TAKE, tenant_id, tag, case_id)

    async def in_use(self, tenant_id: str, most: int) -> tuple[str, ...]:
        """The tags that some case has, by name, up to so many."""
        async with self._database.tenant(tenant_id) as conn:
            return tuple(row["tag"] for row in await conn.fetch(IN_USE, tenant_id, most))
