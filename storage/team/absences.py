"""People who are away: from when until when, and their cases back in the queues once they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from storage.postgres.pool import Database
from storage.team.bulk import Order, Placed, PostgresBulk
from storage.views.cases import CaseFilter

# The clock of the database decides whether it has begun.
AWAY = """
UPDATE people SET absent_from = coalesce($3, clock_timestamp()), absent_until = $4
WHERE tenant = $1 AND id = $2 AND active
RETURNING absent_from, absent_until, absent_from <= clock_timestamp() AS begun
"""
BACK = """
UPDATE people SET absent_until = clock_timestamp()
WHERE tenant = $1 AND id = $2 AND absent_from <= clock_timestamp() AND coalesce(absent_until > clock_timestamp(), true)
RETURNING absent_from, absent_until, true AS begun
"""
# Absences that have begun, and people who do not work here any more: what deactivated them may have died before the next step.
BEGUN = """
SELECT id, absent_from AS since, 'absent' AS reason FROM people
WHERE tenant = $1 AND active AND absent_from <= clock_timestamp() AND coalesce(absent_until > clock_timestamp(), true)
    AND absence_returned_for IS DISTINCT FROM absent_from
UNION ALL
SELECT id, deactivated_at, 'deactivated' FROM people
WHERE tenant = $1 AND NOT active AND deactivated_at IS NOT NULL AND absence_returned_for IS DISTINCT FROM deactivated_at
ORDER BY id
"""
RETURNED = "UPDATE people SET absence_returned_for = $3 WHERE tenant = $1 AND id = $2"

Reason = Literal["absent", "deactivated"]
_ORDERS: Mapping[Reason, str] = {"absent": "absence", "deactivated": "deactivated"}
"""What the number of the commands is made of; it must stay, or what was sent before an update would be sent again."""


@dataclass(frozen=True)
class Absence:
    """From when until when somebody is away; no end: nobody knows."""

    from_at: datetime
    until_at: datetime | None
    begun: bool


class PostgresAbsences:
    """Notes absences, and gives the cases of whoever is away back to their queues."""

    def __init__(self, database: Database, bulk: PostgresBulk) -> None:
        self._database, self._bulk = database, bulk

    async def away(self, tenant_id: str, person_id: str, from_at: datetime | None, until_at: datetime | None) -> Absence | None:
        """Note that somebody is away, from now on when no beginning is given; None: there is no such person."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(AWAY, tenant_id, person_id, from_at, until_at)
        return Absence(row["absent_from"], row["absent_until"], row["begun"]) if row else None

    async def back(self, tenant_id: str, person_id: str) -> Absence | None:
        """Note that somebody is there again; None: they were not away."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(BACK, tenant_id, person_id)
        return Absence(row["absent_from"], row["absent_until"], row["begun"]) if row else None

    async def give_back(
        self,
        tenant_id: str,
        person_id: str,
        from_at: datetime,
        by: str = "system",
        credential: str | None = "system",
        reason: Reason = "absent",
    ) -> Placed:
        """Tell each of their open cases to go back to its queue: they are away from then on, or do not work here any more.

        For the same instant again it sends nothing, and answers what was sent.
        """
        order = Order(
            "assign",
            None,
            f"{_ORDERS[reason]}\n{person_id}\n{from_at.isoformat()}",
            by,
            more={"owner": None, "reason": reason},
            which=CaseFilter(owner=person_id),
        )
        placed = await self._bulk.place(tenant_id, order, credential)
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(RETURNED, tenant_id, person_id, from_at)
        return placed

    async def begin(self) -> int:
        """Give back the cases of everybody who went away or stopped to work here since the last look; how many cases that was."""
        cases = 0
        for tenant_id in await self._database.tenant_ids():
            async with self._database.tenant(tenant_id) as conn:
                rows = await conn.fetch(BEGUN, tenant_id)
            for row in rows:
                cases += len((await self.give_back(tenant_id, row["id"], row["since"], reason=row["reason"])).members)
        return cases
