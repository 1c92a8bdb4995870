"""Departures from packs, over all cases of a tenant: what was asked in a month, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.postgres.pool import Database

# What was granted is counted in the month in which it was granted: what was asked before it is read from its own fact.
LISTED = """
SELECT f.case_id, c.kind, f.type, f.recorded_at AS at, f.actor_id AS person,
    asked.body #>> '{fact,exception_id}' AS id, asked.body #>> '{fact,of}' AS of, asked.body #>> '{fact,name}' AS name,
    (asked.body #>> '{fact,until}')::timestamptz AS until, asked.actor_id AS asked_by,
    (asked.body #>> '{fact,amount,amount}')::bigint AS amount, asked.body #>> '{fact,amount,currency}' AS currency
FROM facts f
JOIN cases c ON c.tenant = f.tenant AND c.id = f.case_id AND NOT c.synthetic
JOIN facts asked ON asked.tenant = f.tenant AND asked.case_id = f.case_id AND asked.type = 'exception_asked'
    AND asked.body #>> '{fact,exception_id}' = f.body #>> '{fact,exception_id}'
WHERE f.tenant = $1 AND f.type IN ('exception_asked', 'exception_granted', 'exception_refused')
    AND f.recorded_at >= $2 AND f.recorded_at < $3 AND ($4::text IS NULL OR c.kind = $4)
ORDER BY f.recorded_at, f.case_id, f.seq
LIMIT 2000
"""


@dataclass(frozen=True)
class ExceptionRow:
    """One thing that happened to an exception: it was asked for, granted or refused."""

    case_id: str
    kind: str
    type: str
    at: datetime
    person: str
    id: str
    of: str
    name: str
    until: datetime
    asked_by: str
    amount: int | None
    currency: str | None


class PostgresPolicyExceptions:
    """Reads what the facts say of departures from packs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listed(self, tenant_id: str, since: datetime, until: datetime, kind: str | None) -> Sequence[ExceptionRow]:
        """What was asked, granted and refused in a span of time, oldest first; cases for tests are left out."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(LISTED, tenant_id, since, until, kind)
        return [ExceptionRow(**dict(row)) for row in rows]
