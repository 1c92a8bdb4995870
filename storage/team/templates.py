"""Words for reasons that the team uses again and again, and how often each was used."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
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
# Of the last rulings that were written with each: told, of these decided on appeal, of these changed there. A case says of each
# ruling that was told what it is; the next decision after it is the one on the appeal against it.
BECAME = """
SELECT t.id, count(*) FILTER (WHERE own.place IS NOT NULL) AS told,
    count(*) FILTER (WHERE appeal.decision <> 'rule') AS appealed,
    count(*) FILTER (WHERE appeal.decision IN ('overturn', 'vary')) AS changed
FROM reason_templates t
CROSS JOIN LATERAL (
    SELECT u.case_id, u.ruling_id FROM reason_template_uses u WHERE u.tenant = $1 AND u.template_id = t.id
    ORDER BY u.used_at DESC LIMIT $2
) AS used
JOIN cases c ON c.tenant = $1 AND c.id = used.case_id
LEFT JOIN LATERAL (
    SELECT said.place FROM jsonb_array_elements(c.state -> 'rulings') WITH ORDINALITY AS said (ruling, place)
    WHERE said.ruling ->> 'id' = used.ruling_id
) AS own ON true
LEFT JOIN LATERAL (
    SELECT coalesce(said.ruling ->> 'decision', 'rule') AS decision
    FROM jsonb_array_elements(c.state -> 'rulings') WITH ORDINALITY AS said (ruling, place)
    WHERE said.place > own.place ORDER BY said.place LIMIT 1
) AS appeal ON true
WHERE t.tenant = $1 AND t.retired_at IS NULL
GROUP BY t.id
"""
NOTE_USES = """
INSERT INTO reason_template_uses (tenant, template_id, case_id, ruling_id)
SELECT t.tenant, t.id, $3, $4 FROM reason_templates t WHERE t.tenant = $1 AND t.id = ANY($2)
ON CONFLICT DO NOTHING RETURNING template_id
"""
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


class Became(Kept):
    """What became of the last rulings that were written with a template."""

    told: int
    """Those of which the parties were told."""
    appealed: int
    """Of these, those that were decided on appeal."""
    changed: int
    """Of these, those that were overturned or varied there."""

    @property
    def between(self) -> tuple[int, int]:
        """The share of those that were changed lies between these whole per cent, with a likelihood of 95 % (Wilson's score
        interval, E. B. Wilson, 1927, which also holds for few). Needs an appeal at least."""
        n, share, z = self.appealed, self.changed / self.appealed, 1.96
        middle, wide = share + z * z / (2 * n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return tuple(round(100 * (middle + sign * wide) / (1 + z * z / n)) for sign in (-1, 1))  # type: ignore[return-value]  # two


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

    async def became(self, tenant_id: str, most: int) -> Mapping[str, Became]:
        """What became of the rulings that were written with each of those in use, of the last ones up to so many."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(BECAME, tenant_id, most)
        return {row["id"]: Became(told=row["told"], appealed=row["appealed"], changed=row["changed"]) for row in rows}

    async def use(self, tenant_id: str, ids: Sequence[str], case_id: str, ruling_id: str) -> None:
        """Keep that a ruling was sent with these, once."""
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            new = [row["template_id"] for row in await conn.fetch(NOTE_USES, tenant_id, list(ids), case_id, ruling_id)]
            if new:
                await conn.execute(USE, tenant_id, new)
