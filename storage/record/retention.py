"""Closed cases whose time is over: found in batches, and erased as a deed in nobody's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.model.case import Case
from domain.model.erasure import RetentionBar
from domain.model.facts import SYSTEM
from domain.rules.legal_hold import retention_bar
from storage.postgres.pool import NOW, Database
from storage.postgres.vault import LegalHold
from storage.record.erasure_trail import BY_TIME
from storage.record.erasures import CaseOpen, PostgresErasures, ToErase
from storage.record.records import PostgresRecords

CREDENTIAL = BY_TIME
"""By which credential it is done: no person's."""
BATCH = 100
"""Cases that are looked at together: one batch's work is lost at most when the process dies."""

# Closed, and something of it can still be read. $2 the last case of the batch before.
CANDIDATES = """
SELECT c.id FROM cases c
WHERE c.tenant = $1 AND c.id > $2 AND c.status = 'closed'
    AND EXISTS (SELECT FROM keys k WHERE k.tenant = c.tenant AND k.case_id = c.id AND k.wrapped IS NOT NULL)
ORDER BY c.id LIMIT $3
"""
STILL_OPEN = "SELECT id FROM cases WHERE tenant = $1 AND id = ANY($2) AND status <> 'closed'"


@dataclass(frozen=True)
class Kept:
    """A closed case, and why it is kept; ``bar`` None: its time is over."""

    case_id: str
    keep_until: datetime | None
    bar: RetentionBar | None


@dataclass(frozen=True)
class Batch:
    """What was found in a batch; ``after`` is where the next one begins, None: there is none."""

    cases: Sequence[Kept]
    after: str | None
    erased: Sequence[str] = ()
    """The cases that were erased; none in a dry run."""


class PostgresRetention:
    """Looks what is past its time, and erases it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._records = PostgresRecords(database)
        self._erasures = PostgresErasures(database)

    async def look(self, tenant_id: str, after: str = "", limit: int = BATCH) -> Batch:
        """The next closed cases, and what keeps each. Nothing is changed."""
        async with self._database.tenant(tenant_id) as conn:
            ids = [row["id"] for row in await conn.fetch(CANDIDATES, tenant_id, after, limit)]
            now = await conn.fetchval(NOW)
        cases: dict[str, Case] = {}
        for case_id in ids:
            snapshot = await self._records.read(tenant_id, case_id)
            if snapshot is not None and snapshot.case is not None:
                cases[case_id] = snapshot.case
        beside = {case_id: _linked(case) for case_id, case in cases.items()}
        still = await self._open(tenant_id, frozenset[str]().union(*beside.values()))
        found = [
            Kept(case_id, case.keep_until, retention_bar(case, now, linked_open=bool(beside[case_id] & still)))
            for case_id, case in cases.items()
        ]
        return Batch(found, ids[-1] if len(ids) == limit else None)

    async def batch(self, tenant_id: str, after: str = "", limit: int = BATCH) -> Batch:
        """Erase those of the next closed cases whose time is over. One that is held or taken up again meanwhile stays.

        Each is a deed of its own, so what was erased stays erased whatever ends this. Raises
        :class:`~storage.postgres.pool.AdministrationUnavailable` in a process that may not administer.
        """
        found = await self.look(tenant_id, after, limit)
        erased = [kept.case_id for kept in found.cases if kept.bar is None and await self._erase(tenant_id, kept.case_id)]
        if erased:
            await self._erasures.from_files()
        return Batch(found.cases, found.after, erased)

    async def _erase(self, tenant_id: str, case_id: str) -> bool:
        wanted = ToErase(case_id, None, "retention", needs_second=False)
        try:
            async with self._database.deed(tenant_id) as conn:
                made = await self._erasures.ask(conn, tenant_id, wanted, SYSTEM.id, CREDENTIAL)
                if made is None:
                    # Somebody asked for the same, and it waits for a second person: theirs to say.
                    return False
                await self._erasures.carry_out(conn, tenant_id, made, SYSTEM.id, CREDENTIAL)
        except (LegalHold, CaseOpen):
            return False
        return True

    async def _open(self, tenant_id: str, case_ids: frozenset[str]) -> frozenset[str]:
        async with self._database.tenant(tenant_id) as conn:
            return frozenset(row["id"] for row in await conn.fetch(STILL_OPEN, tenant_id, sorted(case_ids)))


def _linked(case: Case) -> frozenset[str]:
    merged = (case.merged_into,) if case.merged_into is not None else ()
    return frozenset((*(link.other for link in case.links), *merged))


def counted(batches: Sequence[Batch]) -> Mapping[str, Any]:
    """How many cases were looked at, how many erased, and how many stay, by why."""
    seen = [kept for batch in batches for kept in batch.cases]
    bars = sorted({kept.bar for kept in seen if kept.bar is not None})
    return {
        "looked_at": len(seen),
        "erased": sum(len(batch.erased) for batch in batches),
        "kept": {bar: sum(1 for kept in seen if kept.bar == bar) for bar in bars},
    }
