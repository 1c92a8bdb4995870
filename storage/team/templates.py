"""Words for reasons that the team uses again and again, and how often each was used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from uuid_utils import uuid7

from domain.base import Instant, Kept
from storage.postgres.pool import Database

MOST = 300
"""Of one company: a list of more is looked through by nobody."""
_COLUMNS = "id, name, kind, outcome, body, written_by, written_at, used, used_at"
LISTED = f"SELECT {_COLUMNS} FROM reason_templates WHERE tenant = $1 AND retired_at IS NULL ORDER BY lower(name), id LIMIT $2"  # noqa: S608 - constants
ADD = "INSERT INTO reason_templates (tenant, id, name, kind, outcome, body, written_by) VALUES ($1, $2, $3, $4, $5, $6, $7)"
RETIRE = "UPDATE reason_templates SET retired_at = clock_timestamp() WHERE tenant = $1 AND id = $2 AND retired_at IS NULL"
USE = "UPDATE reason_templates SET used = used + 1, used_at = clock_timestamp() WHERE tenant = $1 AND id = ANY($2)"


class Template(Kept):
    """Words under a name."""

    id: str
    name: str
    kind: str | None = None
    """Of which kind of case; None: of any."""
    outcome: str | None = None
    """For which outcome; None: for any."""
    body: str
    written_by: str
    written_at: Instant
    used: int = 0
    """In how many rulings that were sent."""
    used_at: datetime | None = None


class PostgresTemplates:
    """Keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listed(self, tenant_id: str) -> Sequence[Template]:
        """Those in use, by name."""
        async with self._database.tenant(tenant_id) as conn:
            return [Template.model_validate(dict(row)) for row in await conn.fetch(LISTED, tenant_id, MOST)]

    async def add(self, tenant_id: str, name: str, body: str, by: str, kind: str | None, outcome: str | None) -> None:
        """Keep new ones."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(ADD, tenant_id, f"tpl_{uuid7()}", name, kind, outcome, body, by)

    async def retire(self, tenant_id: str, template_id: str) -> bool:
        """Take one out of use; False: there is none."""
        async with self._database.tenant(tenant_id) as conn:
            return await conn.execute(RETIRE, tenant_id, template_id) != "UPDATE 0"

    async def use(self, tenant_id: str, ids: Sequence[str]) -> None:
        """Count that a ruling was sent with these."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(USE, tenant_id, list(ids))
