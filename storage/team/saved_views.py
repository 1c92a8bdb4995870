"""Lists that somebody of the team comes back to, each an address of the inbox under a name."""

from __future__ import annotations

from collections.abc import Sequence

from uuid_utils import uuid7

from domain.base import Kept
from storage.postgres.pool import Database
from storage.views.cases import CaseFilter, conditions
from storage.views.sql import clauses

# One's own first; those of others only where they are shared.
LISTED = """
SELECT id, person_id, name, query, shared FROM saved_views
WHERE tenant = $1 AND (person_id = $2 OR shared)
ORDER BY person_id <> $2, lower(name), id LIMIT $3
"""
# The number of one's own is limited in the statement itself, so that two tabs do not pass it together by much.
_ADD = """
INSERT INTO saved_views (tenant, id, person_id, name, query, shared)
SELECT $1, $2, $3, $4, $5, $6
WHERE (SELECT count(*) FROM saved_views WHERE tenant = $1 AND person_id = $3) < $7
"""
_REMOVE = "DELETE FROM saved_views WHERE tenant = $1 AND id = $2 AND person_id = $3"


# $2 how far is counted: more than fits into a menu is "many", whatever it is.
_COUNTED = "SELECT count(*) FROM (SELECT FROM cases c WHERE c.tenant = $1 AND c.state IS NOT NULL AND {tests} LIMIT $2) AS found"


class SavedView(Kept):
    """A list under a name."""

    id: str
    person_id: str
    """Whose it is: nobody else changes it."""
    name: str
    query: str
    """What the address of the inbox says behind its question mark."""
    shared: bool = False


class PostgresSavedViews:
    """Keeps and lists saved views."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listed(self, tenant_id: str, person_id: str, most: int) -> Sequence[SavedView]:
        """Somebody's own and what others share, by name."""
        async with self._database.tenant(tenant_id) as conn:
            return [SavedView.model_validate(dict(row)) for row in await conn.fetch(LISTED, tenant_id, person_id, most)]

    async def counted(self, tenant_id: str, which: Sequence[CaseFilter], most: int) -> Sequence[int]:
        """How many cases match each filter, counted no further than this."""
        found = []
        async with self._database.tenant(tenant_id) as conn:
            for one in which:
                tests, values = clauses(conditions(one), 3)
                statement = _COUNTED.format(tests=" AND ".join(tests) or "true")
                found.append(await conn.fetchval(statement, tenant_id, most, *values))
        return found

    async def add(self, tenant_id: str, person_id: str, name: str, query: str, most: int, *, shared: bool) -> bool:
        """Keep one; False: they have as many as one may have."""
        async with self._database.tenant(tenant_id) as conn:
            done = await conn.execute(_ADD, tenant_id, f"vew_{uuid7()}", person_id, name, query, shared, most)
        return bool(done != "INSERT 0 0")

    async def remove(self, tenant_id: str, person_id: str, view_id: str) -> bool:
        """Forget one of somebody's own; False: they have none with this id."""
        async with self._database.tenant(tenant_id) as conn:
            return await conn.execute(_REMOVE, tenant_id, view_id, person_id) != "DELETE 0"
