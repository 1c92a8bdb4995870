"""What a life costs the database, and whether it costs more among many: `python -m benchmarks.growth [--cases 100000]`.

Lives are recorded without Temporal, one transition after the other, by the code that a worker runs: what is counted is the
database's. The many are closed cases, copies of one that was lived here, made by the database in its own throwaway folder; of
what facts, commands and notices say they have nothing, for it is looked up by its columns. Pages and bytes are the same on every
machine, whatever else runs on it; the slope is the power of the number of cases by which something grows (0: not at all, 1:
with them).
"""

from __future__ import annotations

import argparse
import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import perf_counter
from typing import Any

import asyncpg
from asyncpg.connection import LoggedQuery
from temporalio.testing import ActivityEnvironment
from uuid_utils import uuid7

from activities.assign import AssignActivities
from activities.deliver import DeliverActivities
from activities.messages import Arrival, CaseRef, RecordInput
from activities.record import RecordActivities
from adapters.evidence.stores import MemoryEvidenceStore
from benchmarks.figures import Figure
from benchmarks.house import MEDIATOR, TENANT, House, a_stack, measured_alone
from benchmarks.measured_lives import RULINGS, SHORT, WORDS, on_disk
from domain.worktime.calculator import zone_data_version
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.archive import Archive
from storage.views.cases import CaseFilter, PostgresViews

KIND = "fraud_report"
LIVES, READS = 40, 40
"""Lived and read at each size."""
FIRST = 100
"""Lived before anything is counted: extensions of tables are small against what so many write."""
WAITS = {**SHORT, "complaint_window": timedelta(milliseconds=4000)}
"""Half a year more, in which nothing happens any more and the case waits for a complaint."""
SLOPE = 0.1
"""Nothing grows by more: an index of a hundred times as many rows has a level more."""
_TABLES = """
SELECT t.relname AS name, array_agg(a.attname::text) FILTER (WHERE a.attidentity = '' AND a.attgenerated = '') AS columns
FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace GROUP BY t.oid
HAVING bool_or(a.attname = 'tenant') AND (t.relname = 'cases' OR bool_or(a.attname = 'case_id'))
ORDER BY t.relname <> 'cases', t.relname <> 'keys', t.oid
"""
_COPY = """
WITH o AS MATERIALIZED (SELECT ({row})::text AS copied FROM {table} o WHERE o.tenant = $1 AND o.{by} = $2)
INSERT INTO {table} ({columns})
SELECT {columns} FROM (
    SELECT c.* FROM o CROSS JOIN generate_series($3::int, $4::int) AS n
    CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, regexp_replace(regexp_replace(o.copied,
        '([a-z]{{3,4}}_)[0-9a-f]{{8}}(?=-)', '\\1' || lpad(to_hex(n), 8, '0'), 'g'),
        '"[0-9a-f]{{8}}([0-9a-f]{{56}})"', '"' || lpad(to_hex(n), 8, '0') || '\\1"', 'g')::jsonb) AS c
) AS made
"""
_BARE: Mapping[str, str] = {
    "cases": """to_jsonb(o) - 'terms' || '{"external_id": null, "open_key": null}'""",
    "commands": 'to_jsonb(o) || \'{"body": {}, "answer": {}}\'',
    "facts": "to_jsonb(o) || '{\"body\": {}}'",
    "notices": 'to_jsonb(o) || \'{"data": {}, "texts": {}}\'',
}
_SAID = """
SELECT xact_commit AS commits, blks_hit + blks_read AS blocks, pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS log
FROM pg_stat_database WHERE datname = current_database()
"""
_SIZE = """
SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_SIZES = """
SELECT relname, pg_total_relation_size(oid) AS bytes FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


@dataclass
class Bench:
    """A database of its own, and what counts what it is asked."""

    house: House
    owner: asyncpg.Connection[asyncpg.Record]
    asked: Counter[str]
    open_cases: list[str] = field(default_factory=list)

    async def said(self) -> dict[str, float]:
        """Commits, blocks and bytes of log since the beginning, once every connection has told its own."""
        async with AsyncExitStack() as all_of_them:
            for _ in range(POOL):
                conn = await all_of_them.enter_async_context(self.house.database.tenant(TENANT))
                await conn.execute("SELECT pg_stat_force_next_flush()")
        await self.owner.execute("SELECT pg_stat_clear_snapshot()")
        row = await self.owner.fetchrow(_SAID)
        assert row is not None
        return {**{name: float(row[name]) for name in ("commits", "blocks", "log")}, "statements": float(self.asked.total())}

    async def counted(self, work: Callable[[], Awaitable[object]], times: int) -> dict[str, float]:
        """What one of so many took, and how long in milliseconds."""
        before, at = await self.said(), perf_counter()
        await work()
        took = (perf_counter() - at) * 1000 / times
        after = await self.said()
        # What asks for the numbers counts itself, once for every connection.
        own = {"commits": POOL + 2, "statements": POOL}
        return {name: (after[name] - before[name] - own.get(name, 0)) / times for name in after} | {"ms": took}


POOL = 8


@asynccontextmanager
async def a_bench(say: Callable[[str], None]) -> AsyncIterator[Bench]:
    """Services in a folder of their own."""
    asked: Counter[str] = Counter()

    def noted(query: LoggedQuery) -> None:
        asked[query.query] += "pg_stat_force" not in query.query

    async with a_stack(say) as (settings, places, pids):
        connected = Database.connect(
            places.database_url, admin_dsn=places.database_admin_url, min_size=POOL, max_size=POOL, statements=noted
        )
        async with await connected as database:
            house = await House.of(settings, places, database, pids, asked)
            owner = await asyncpg.connect(places.database_owner_url)
            try:
                await owner.execute("SELECT set_config('ombud.tenant', $1, false)", TENANT)
                yield Bench(house, owner, asked)
            finally:
                await owner.close()


async def life(bench: Bench) -> str:
    """Reported, assigned, evidence, ruled, told after the grace, closed after the windows; every letter sent."""
    house = bench.house
    record = RecordActivities(house.records, house.inbox, zone_data_version())
    deliver, outside = DeliverActivities(house.outbox, house.notifier), ActivityEnvironment()
    case = await on_disk(house, KIND, WAITS)
    ref = CaseRef(tenant_id=TENANT, case_id=case.id)

    async def step(**command: Any) -> None:
        said = {"id": f"cmd_{uuid7()}", **command}
        arrivals = (Arrival(command=said),) if command else ()
        told = await record.record(RecordInput(tenant_id=TENANT, case_id=case.id, arrivals=arrivals))
        assert all(answer is None or answer.status == "accepted" for answer in told.answers), told.answers
        await outside.run(deliver.deliver, ref)

    async def when_due() -> bool:
        snapshot = await house.records.read(TENANT, case.id)
        assert snapshot is not None
        assert snapshot.case is not None
        if not snapshot.case.timetable:
            return False
        wait_for = min(due.due_at for due in snapshot.case.timetable) - snapshot.now
        await asyncio.sleep(max(wait_for.total_seconds(), 0) + 0.01)
        await step()
        return True

    await step()
    await AssignActivities(house.records, house.roster, house.inbox).assign(ref)
    await step()
    await step(type="submit_evidence", by=case.claimant, text=WORDS)
    await step(type="rule", by=MEDIATOR, reasons=WORDS, **RULINGS[KIND])
    while await when_due():
        pass
    return case.id


async def lives(bench: Bench, number: int) -> list[str]:
    """So many of them, some at a time."""
    some = asyncio.Semaphore(POOL)

    async def one() -> str:
        async with some:
            return await life(bench)

    return list(await asyncio.gather(*(one() for _ in range(number))))


async def fill(bench: Bench, case_id: str, numbers: range) -> None:
    """Closed cases like this one, with everything that belongs to them."""
    await bench.owner.execute("SET synchronous_commit = off")
    for row in await bench.owner.fetch(_TABLES):
        by = "id" if row["name"] == "cases" else "case_id"
        statement = _COPY.format(
            table=row["name"], columns=", ".join(row["columns"]), by=by, row=_BARE.get(row["name"], "to_jsonb(o)")
        )
        await bench.owner.execute(statement, TENANT, case_id, numbers[0], numbers[-1], timeout=3600)
    await bench.owner.execute("SET synchronous_commit = on")
    await bench.owner.execute("VACUUM ANALYZE", timeout=3600)


async def reads(bench: Bench, views: PostgresViews, known: list[str]) -> dict[str, dict[str, float]]:
    """What each read takes."""
    which = {
        "a case read to be moved": lambda one: bench.house.records.read(TENANT, one),
        "a case, its timeline and its letters": lambda one: _page(views, one),
        "50 closed cases, the newest first": lambda _: views.cases(TENANT, CaseFilter(status="closed"), limit=50),
        "50 open cases, the most pressing first": lambda _: views.due_first(TENANT, CaseFilter(), limit=50),
    }
    found = {}
    for name, read in which.items():

        async def all_of_them(read: Callable[[str], Awaitable[object]] = read) -> None:
            for number in range(READS):
                await read(known[number % len(known)])

        await all_of_them()
        found[name] = await bench.counted(all_of_them, READS)
    return found


async def _page(views: PostgresViews, case_id: str) -> None:
    await views.case(TENANT, case_id)
    await views.timeline(TENANT, case_id)
    await views.notices(TENANT, case_id)
    await views.commands(TENANT, case_id)


async def one_life(bench: Bench, say: Callable[[str], None]) -> tuple[list[str], list[Figure]]:
    """What is written in a life, and how much of it goes into the archive."""
    say(f"{FIRST} lives")
    await lives(bench, 5)
    await bench.owner.execute("VACUUM FREEZE")
    sizes = {row["relname"]: row["bytes"] for row in await bench.owner.fetch(_SIZES)}
    bytes_before = await bench.owner.fetchval(_SIZE)
    known = list[str]()

    async def lived() -> None:
        known.extend(await lives(bench, FIRST))

    took = await bench.counted(lived, FIRST)
    bytes_now = await bench.owner.fetchval(_SIZE)
    by_table = {row["relname"]: (row["bytes"] - sizes[row["relname"]]) / FIRST for row in await bench.owner.fetch(_SIZES)}
    section = "One life of a fraud report, in Postgres"
    rows = {}
    for table in await bench.owner.fetch(_TABLES):
        by = "id" if table["name"] == "cases" else "case_id"
        counted = f"SELECT count(*) FROM {table['name']} WHERE {by} = ANY($1)"
        rows[table["name"]] = await bench.owner.fetchval(counted, known) / FIRST
    tries = (
        "SELECT count(*) FROM deliveries d JOIN notices n ON n.tenant = d.tenant AND n.id = d.notice_id WHERE n.case_id = ANY($1)"
    )
    rows["deliveries"] = await bench.owner.fetchval(tries, known) / FIRST
    found = [
        Figure(section, "bytes on disk, with indexes", (bytes_now - bytes_before) / FIRST, "B", details={"by_table": by_table}),
        Figure(section, "bytes of write-ahead log", took["log"], "B"),
        Figure(section, "rows left", sum(rows.values()), "", details={"by_table": rows}),
        Figure(section, "commits", took["commits"], ""),
        Figure(section, "statements", took["statements"], ""),
    ]
    found += [
        Figure(section, f"bytes on disk: {name}", size, "B")
        for name, size in sorted(by_table.items(), key=lambda one: -one[1])[:8]
    ]
    found += [
        Figure(section, f"rows: {name}", number, "") for name, number in sorted(rows.items(), key=lambda one: -one[1]) if number
    ]
    return known, found


async def archived(bench: Bench, vault: Vault, cases: list[str], empty: float) -> list[Figure]:
    """The archive: how large an object is, and what going and coming back takes."""
    store = MemoryEvidenceStore()
    archive, sizes = Archive(bench.house.database, vault, store), list[int]()

    async def away() -> None:
        for case_id in cases:
            bar, size = await archive.put_away(TENANT, case_id)
            if bar is not None:
                raise RuntimeError(f"{case_id} stays where it is: {bar}")
            sizes.append(size)

    async def back() -> None:
        for case_id in cases:
            assert await archive.bring_back(TENANT, case_id)

    # Packed: what updates left behind is used again in a house that lives, and is no part of what a case takes.
    await bench.owner.execute("VACUUM FULL", timeout=600)
    packed = float(await bench.owner.fetchval(_SIZE))
    packed_of_one = (packed - empty) / await bench.owner.fetchval("SELECT count(*) FROM cases WHERE status = 'closed'")
    went = await bench.counted(away, len(cases))
    await bench.owner.execute("VACUUM FULL", timeout=600)
    freed = (packed - float(await bench.owner.fetchval(_SIZE))) / len(cases)
    came = await bench.counted(back, len(cases))
    section = "The archive, a case"
    return [
        Figure(section, "bytes of its object", sum(sizes) / len(sizes), "B"),
        Figure(section, "bytes that it frees in Postgres, packed", freed, "B"),
        Figure(section, "bytes that it takes in Postgres, packed", packed_of_one, "B"),
        Figure(section, "put away", went["ms"], "ms"),
        Figure(section, "put away: bytes of write-ahead log", went["log"], "B"),
        Figure(section, "brought back", came["ms"], "ms"),
        Figure(section, "brought back: bytes of write-ahead log", came["log"], "B"),
    ]


async def figures(most: int, say: Callable[[str], None]) -> list[Figure]:
    """A life, its archive, and the slopes from a thousand cases to ``most``."""
    async with a_bench(say) as bench:
        vault = bench.house.inbox._vault
        views = PostgresViews(bench.house.database, vault)
        await bench.owner.execute("VACUUM FULL", timeout=600)
        empty = float(await bench.owner.fetchval(_SIZE))
        known, found = await one_life(bench, say)
        found += await archived(bench, vault, known, empty)
        for _ in range(60):
            bench.open_cases.append((await on_disk(bench.house, KIND)).id)
        record = RecordActivities(bench.house.records, bench.house.inbox, zone_data_version())
        for case_id in bench.open_cases:
            await record.record(RecordInput(tenant_id=TENANT, case_id=case_id))
        sizes = [size for size in (1_000, 10_000, 100_000, 1_000_000) if size <= most]
        at: dict[int, dict[str, dict[str, float]]] = {}
        filled = 0
        for size in sizes:
            await fill(bench, known[-1], range(filled + 1, size + 1))
            filled = size
            say(f"{size:,} closed cases")
            await lives(bench, POOL)
            life_of = await bench.counted(lambda: lives(bench, LIVES), LIVES)
            at[size] = {"a life": life_of, **await reads(bench, views, known)}
    return found + list(_slopes(at))


def _slopes(at: Mapping[int, Mapping[str, Mapping[str, float]]]) -> list[Figure]:
    sizes, found = list(at), list[Figure]()
    section = "Growth: one life, and reads, among so many closed cases"
    for name in at[sizes[0]]:
        for what, unit in (("blocks", ""), ("log", "B")) if name == "a life" else (("blocks", ""),):
            said = {"blocks": "blocks of the database", "log": "bytes of write-ahead log"}[what]
            values = [at[size][name][what] for size in sizes]
            found += [
                Figure(section, f"{name}: {said}, {size:,}", value, unit) for size, value in zip(sizes, values, strict=True)
            ]
            slope = math.log(max(values[-1], 1) / max(values[0], 1)) / math.log(sizes[-1] / sizes[0]) if len(sizes) > 1 else 0.0
            found.append(Figure(section, f"{name}: slope of {said}", slope, "power", SLOPE))
    return found


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    reader.add_argument("--cases", type=int, default=100_000, help="closed cases, at most")
    asked = reader.parse_args()
    measured_alone(lambda say: figures(asked.cases, say))


if __name__ == "__main__":
    main()
