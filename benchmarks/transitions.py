"""One transition (`records.record`: read, decide, write) against a bare insert of the same bytes.

Every transition of a happy path is made on real cases. The rows that it wrote are read back, and right after it the same bytes
are inserted into tables with the same columns and indexes, by plain statements in one transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter
from typing import Any

import asyncpg
from uuid_utils import uuid7

from activities.assign import AssignActivities
from activities.messages import CaseRef, RecordInput
from activities.ports.records import Transition
from activities.record import RecordActivities
from benchmarks.house import MEDIATOR, TENANT, House
from benchmarks.measured_lives import RULINGS, WORDS, on_disk
from domain.worktime.calculator import zone_data_version
from storage.postgres.pool import Database
from storage.record.records import PostgresRecords

TABLES = ("cases", "facts", "commands", "deadlines", "notices")
KIND = "fraud_report"


class Catching(PostgresRecords):
    """The record, remembering what it was given to write."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.written: list[Transition] = []

    async def write(self, tenant_id: str, case_id: str, transition: Transition) -> bool:
        self.written.append(transition)
        return await super().write(tenant_id, case_id, transition)


@dataclass
class Timed:
    """Seconds of each transition, by what it was, and of the bare insert of the same rows."""

    ours: dict[str, list[float]] = field(default_factory=dict)
    bare: dict[str, list[float]] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)

    def ratio(self) -> float:
        """Transitions in a second against bare inserts in a second, over a whole path."""
        return sum(median(times) for times in self.bare.values()) / sum(median(times) for times in self.ours.values())


async def transitions(house: House, cases: int) -> Timed:
    """Measure `cases` happy paths, one transition after the other."""
    conn = await asyncpg.connect(house.owner_url)
    await conn.set_type_codec("jsonb", schema="pg_catalog", encoder=lambda text: text, decoder=lambda text: text)
    await conn.execute("SELECT set_config('ombud.tenant', $1, false)", TENANT)
    try:
        for table in TABLES:
            await conn.execute(f"DROP TABLE IF EXISTS bare_{table}; CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
        timed = Timed()
        for _ in range(cases):
            await _Path(house, conn, timed).go()
        return timed
    finally:
        for table in TABLES:
            await conn.execute(f"DROP TABLE IF EXISTS bare_{table}")
        await conn.close()


class _Path:
    """One case going its way, transition by transition."""

    def __init__(self, house: House, conn: Any, timed: Timed) -> None:
        self._house, self._conn, self._timed = house, conn, timed
        self._records = Catching(house.database)
        self._record = RecordActivities(self._records, house.inbox, zone_data_version())
        self._case_id = ""

    async def go(self) -> None:
        case = await on_disk(self._house, KIND)
        self._case_id = case.id
        await self._measure("open")
        await AssignActivities(self._records, self._house.roster, self._house.inbox).assign(
            CaseRef(tenant_id=TENANT, case_id=case.id)
        )
        await self._measure("assign")
        await self._put("submit_evidence", case.claimant, text=WORDS)
        await self._measure("evidence")
        await self._put("rule", MEDIATOR, reasons=WORDS, **RULINGS[KIND])
        await self._measure("rule")
        await self._when_due()
        await self._measure("issue after grace")
        await self._when_due()
        await self._measure("close after the window")

    async def _put(self, command: str, by: str, **fields: Any) -> None:
        body = {"id": f"cmd_{uuid7()}", "type": command, "by": by, **fields}
        await self._house.inbox.put(TENANT, self._case_id, body, channel="api")

    async def _when_due(self) -> None:
        snapshot = await self._house.records.read(TENANT, self._case_id)
        assert snapshot is not None
        assert snapshot.case is not None
        wait_for = snapshot.case.timetable[0].due_at - snapshot.now
        await asyncio.sleep(max(wait_for.total_seconds(), 0) + 0.01)

    async def _measure(self, name: str) -> None:
        self._records.written.clear()
        before = await self._deadlines()
        begin = perf_counter()
        await self._record.record(RecordInput(tenant_id=TENANT, case_id=self._case_id))
        self._timed.ours.setdefault(name, []).append(perf_counter() - begin)
        [written] = self._records.written
        statements = [insert async for insert in self._inserts(written)]
        statements += [self._insert("deadlines", dict(row)) for row in await self._deadlines() if row not in before]
        self._timed.bytes[name] = sum(len(str(value)) for _, values in statements for value in values if value is not None)
        begin = perf_counter()
        async with self._conn.transaction():
            for statement, values in statements:
                await self._conn.execute(statement, *values)
        self._timed.bare.setdefault(name, []).append(perf_counter() - begin)

    async def _inserts(self, written: Transition) -> AsyncIterator[tuple[str, list[Any]]]:
        """The rows as they lie in the tables now, one statement for each."""
        seqs = [chained.recording.seq for chained in written.facts]
        ids = [answer.command_id for answer in written.answers]
        parts: Mapping[str, tuple[str, Any]] = {
            "cases": ("id = $2", self._case_id),
            "facts": ("case_id = $2 AND seq = ANY($3)", seqs),
            "commands": ("case_id = $2 AND id = ANY($3)", ids),
            "notices": ("case_id = $2 AND seq = ANY($3)", seqs),
        }
        for table, (where, what) in parts.items():
            arguments = [TENANT, self._case_id] if table == "cases" else [TENANT, self._case_id, what]
            for row in await self._conn.fetch(f"SELECT * FROM {table} WHERE tenant = $1 AND {where}", *arguments):
                yield self._insert(table, dict(row))

    async def _deadlines(self) -> list[Any]:
        return list(await self._conn.fetch("SELECT * FROM deadlines WHERE tenant = $1 AND case_id = $2", TENANT, self._case_id))

    def _insert(self, table: str, row: dict[str, Any]) -> tuple[str, list[Any]]:
        """A plain INSERT. A case's row is updated by ours and has one id; inserted again it needs another."""
        if table == "cases":
            # The terms are written once, with the first fact.
            row |= {"terms": row["terms"] if row["turn"] == 1 else None}
            row |= {"id": f"case_{uuid7()}", "open_key": None, "external_id": None}
        if table == "commands":
            row |= {"id": f"cmd_{uuid7()}"}
        marks = ", ".join(f"${n + 1}" for n in range(len(row)))
        return f"INSERT INTO bare_{table} ({', '.join(row)}) VALUES ({marks})", list(row.values())
