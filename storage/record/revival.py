"""Which cases should have a running workflow, as the record says: for when Temporal has lost what it knew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from storage.postgres.pool import Database

TO_REVIVE = """
SELECT c.id, c.kind, c.opened_at,
    (SELECT coalesce(array_agg(n.id ORDER BY n.id), '{}') FROM notices n
     WHERE n.tenant = $1 AND n.case_id = c.id AND n.state = 'handed_over') AS handed_over
FROM cases c
WHERE c.tenant = $1 AND c.id > $2 AND ($3::text IS NULL OR c.id = $3) AND (
    $3::text IS NOT NULL OR c.status = 'open'
    OR EXISTS (SELECT FROM commands m WHERE m.tenant = $1 AND m.case_id = c.id AND m.status = 'pending')
    OR EXISTS (SELECT FROM deadlines d WHERE d.tenant = $1 AND d.case_id = c.id)
    OR EXISTS (SELECT FROM effects e WHERE e.tenant = $1 AND e.case_id = c.id AND e.state = 'running')
    OR EXISTS (SELECT FROM notices n WHERE n.tenant = $1 AND n.case_id = c.id AND n.state IN ('pending', 'handed_over')))
ORDER BY c.id
LIMIT 500
"""
TAKE_BACK = "UPDATE notices SET state = 'pending' WHERE tenant = $1 AND id = $2 AND state = 'handed_over'"


@dataclass(frozen=True)
class CaseToRevive:
    """A case that should be running."""

    tenant_id: str
    case_id: str
    kind: str
    opened_at: datetime
    handed_over: tuple[str, ...]
    """Notices that a ``Delivery`` workflow has, or had."""


async def cases_to_revive(database: Database, tenant_id: str, case_id: str | None = None) -> AsyncIterator[CaseToRevive]:
    """Open cases, and closed ones with something left to judge, lift, carry out or send; or the one that is named."""
    after = ""
    while True:
        async with database.tenant(tenant_id) as conn:
            rows = await conn.fetch(TO_REVIVE, tenant_id, after, case_id)
        for row in rows:
            yield CaseToRevive(tenant_id, row["id"], row["kind"], row["opened_at"], tuple(row["handed_over"]))
        if len(rows) < 500:
            return
        after = rows[-1]["id"]


async def take_back(database: Database, tenant_id: str, notice_id: str) -> None:
    """Give a notice back to its case: its ``Delivery`` workflow is gone."""
    async with database.tenant(tenant_id) as conn:
        await conn.execute(TAKE_BACK, tenant_id, notice_id)
