"""Sanctions of all cases by person: what counts against somebody whose next case is being judged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from activities.ports.records import Transition
from domain.model.case import Case
from domain.model.facts import SanctionImposed, SanctionLifted, SanctionVoided
from domain.model.sanctions import EarlierSanction
from storage.postgres.pool import NOW, Database

# The parties are there since the report was received, also when the case has not been judged yet. What a gold or test case
# comes to is held against nobody.
AGAINST = """
SELECT s.id, s.case_id, s.ref_digest, s.category, s.sanction, s.weight, s.imposed_at, s.counts_until, s.ends_at, s.lifted_at,
    c.kind, c.closed_at IS NOT NULL AS final
FROM sanctions s JOIN cases c ON c.tenant = s.tenant AND c.id = s.case_id
WHERE s.tenant = $1 AND s.case_id <> $2 AND s.voided_at IS NULL
    AND s.ref_digest IN (SELECT p.ref_digest FROM parties p WHERE p.tenant = $1 AND p.case_id = $2)
ORDER BY s.imposed_at, s.id
"""


class PostgresSanctions:
    """Implements :class:`activities.ports.cross_case.SanctionBook`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def against(self, tenant_id: str, case_id: str) -> Sequence[EarlierSanction]:
        """Those of other cases against the parties of this one that were not taken back, oldest first."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(AGAINST, tenant_id, case_id)
        return [EarlierSanction.model_validate(dict(row)) for row in rows]

    async def book(self, tenant_id: str, case_id: str) -> tuple[datetime, Sequence[EarlierSanction]]:
        """The same, with the instant of Postgres's clock at which it is so."""
        async with self._database.tenant(tenant_id) as conn:
            now: datetime = await conn.fetchval(NOW)
        return now, await self.against(tenant_id, case_id)


def sanction_rows(transition: Transition, case: Case) -> list[dict[str, Any]]:
    """The sanctions that a transition touches, as they stand after it: one that begins and ends in the same write is one row."""
    touched = {
        chained.recording.fact.sanction_id
        for chained in transition.facts
        if isinstance(chained.recording.fact, SanctionImposed | SanctionLifted | SanctionVoided)
    }
    return sanctions_of(case, touched)


def sanctions_of(case: Case, ids: Collection[str]) -> list[dict[str, Any]]:
    """The rows of these sanctions, as they stand in the case."""
    rows = []
    for sanction in case.sanctions:
        party = case.party(sanction.party)
        if sanction.id in ids and party is not None:
            said = sanction.model_dump(include={"id", "party", "category", "sanction", "weight", "imposed_at", "ends_at",
                                           "counts_until", "lifted_at", "voided_at"})  # fmt: skip
            rows.append({**said, "ref_digest": party.ref_digest})
    return rows
