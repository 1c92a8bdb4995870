"""What the life of one fraud report costs the machine: statements, transactions, rows, disk and log, and processor time.

What is counted follows from the code and says the same on any machine: a life is lived many times, and divided. Processor time
is taken in all processes, in turns with a bare workflow of the same steps, with the load of the machine and the stalls of this
process beside it: a ratio taken while others worked says so. ``python -m benchmarks.one_life``
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import asyncpg

from benchmarks.figures import Figure
from benchmarks.house import House, Say, a_house, at_work, measured_alone
from benchmarks.measured_lives import Lives
from benchmarks.rates import Rates, rates
from benchmarks.stalls import LATE, Beside

KIND = "fraud_report"
NOTICES_OUT_FOR = 0.4
"""Seconds between two commands of a counted life: long enough for the notices to be out, as between people's."""
AT_ONCE = 8
SETTLED_FOR = 11.0
"""Seconds after which an idle session of Postgres has told its counters."""
SECTION = "What one life costs the machine (a fraud report)"

_SIZES = """
SELECT c.relname AS name, pg_total_relation_size(c.oid) AS bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = 'public'
"""
_WORK = "SELECT relname AS name, n_tup_ins AS put_in, n_tup_upd AS updated, n_tup_hot_upd AS hot FROM pg_stat_user_tables"
_LOG = "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS bytes, (SELECT wal_fpi FROM pg_stat_wal) AS pages"
_SWEEPS_AGAIN = """
SELECT format('ALTER TABLE %I RESET (autovacuum_enabled, toast.autovacuum_enabled)', c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = 'public' AND c.reltoastrelid <> 0
"""
# Sweeping and sampling come when they come, and belong to no life: what is counted is what the lives themselves write.
_NO_SWEEPS = """
SELECT format('ALTER TABLE %I SET (autovacuum_enabled = false, toast.autovacuum_enabled = false)', c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = 'public' AND c.reltoastrelid <> 0
"""
_COMMITS = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"


@dataclass
class Counters:
    """How far everything that is counted has come."""

    log: int
    pages: int
    transactions: int
    sizes: dict[str, int]
    work: dict[str, asyncpg.Record]


@dataclass
class Counted:
    """What a life came to on average."""

    statements: float
    transactions: float
    log: float
    pages: float
    disk: float
    sizes: dict[str, float]
    hot: float
    """The share of updates that touched no index."""
    details: dict[str, Any]


async def counted(house: House, number: int, say: Say) -> Counted:
    """Live so many lives, a few at once, and divide what they came to. Who is told at once is told in one go, as between people's
    commands."""
    lives, room = Lives(house, NOTICES_OUT_FOR), asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with room:
            await lives.happy(KIND)

    # The first ones make pages that the others share, and prepare the statements.
    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    conn = await asyncpg.connect(house.owner_url)
    try:
        for (statement,) in await conn.fetch(_NO_SWEEPS):
            await conn.execute(statement)
        before = await _counters(conn)
        [swept] = await conn.fetch(_LOG)
        before.log, before.pages = int(swept["bytes"]), swept["pages"]
        house.statements.clear()
        say(f"{number} lives, counted")
        await asyncio.gather(*(one() for _ in range(number)))
        statements = Counter(house.statements)
        after = await _counters(conn)
        for (statement,) in await conn.fetch(_SWEEPS_AGAIN):
            await conn.execute(statement)
        await conn.execute("ANALYZE")
    finally:
        await conn.close()
    return _divided(before, after, statements, number)


async def _counters(conn: Any) -> Counters:
    # A session that has nothing to do says within ten seconds what it did.
    await asyncio.sleep(SETTLED_FOR)
    log, transactions = await conn.fetchrow(_LOG), await conn.fetchval(_COMMITS)
    # Several that want room at once get some in advance, which lies empty at the end of the file.
    await conn.execute("VACUUM")
    return Counters(
        log=int(log["bytes"]),
        pages=log["pages"],
        transactions=transactions,
        sizes={row["name"]: row["bytes"] for row in await conn.fetch(_SIZES)},
        work={row["name"]: row for row in await conn.fetch(_WORK)},
    )


def _divided(before: Counters, after: Counters, statements: Counter[str], number: int) -> Counted:
    sizes = {name: (size - before.sizes.get(name, 0)) / number for name, size in after.sizes.items()}
    work = {
        name: {of: (row[of] - before.work[name][of]) / number for of in ("put_in", "updated", "hot")}
        for name, row in after.work.items()
        if row["put_in"] + row["updated"] > before.work[name]["put_in"] + before.work[name]["updated"]
    }
    updated = sum(one["updated"] for one in work.values())
    return Counted(
        statements=statements.total() / number,
        transactions=(after.transactions - before.transactions) / number,
        log=(after.log - before.log) / number,
        pages=(after.pages - before.pages) / number,
        disk=sum(sizes.values()),
        sizes={name: size for name, size in sizes.items() if size > 0},
        hot=sum(one["hot"] for one in work.values()) / updated if updated else 1.0,
        details={"rows": work, "statements": {name: count / number for name, count in statements.most_common()}},
    )


def counted_figures(found: Counted) -> list[Figure]:
    """What was counted, with its goals."""
    return [
        Figure(SECTION, "statements", found.statements, "each", details={"by": found.details["statements"]}),
        Figure(SECTION, "transactions", found.transactions, "each"),
        Figure(SECTION, "on disk, with indexes", found.disk / 1000, "KB", 40, details={"by": found.sizes}),
        Figure(SECTION, f"write-ahead log ({found.pages:.1f} whole pages in it)", found.log / 1000, "KB", 55),
        Figure(SECTION, "updates that touched no index", found.hot, "of 1", details={"by": found.details["rows"]}),
    ]


async def processor_time(house: House, number: int, at_once: int, turns: int, say: Say) -> list[Figure]:
    """Processor time of cases and of bare workflows, in turns."""
    lives = Lives(house, NOTICES_OUT_FOR)
    events = await lives.events(await lives.happy(KIND))
    say(f"{turns} turns of {number} lives each, {at_once} at once, and as many bare workflows")
    async with Beside().watching() as beside:
        measured = await rates(house, KIND, events, number, at_once, turns)
    return processor_figures(measured, beside)


def processor_figures(measured: Rates, beside: Beside) -> list[Figure]:
    """Sums and their parts, and under which conditions."""
    sums = {
        "case": [sum(turn.values()) * 1000 for turn in measured.cpu_ours],
        "bare": [sum(turn.values()) * 1000 for turn in measured.cpu_bare],
    }
    pairs = list(zip(sums["case"], sums["bare"], strict=True))
    ratio = median(bare / case for case, bare in pairs)
    own = median(case - bare for case, bare in pairs)
    parts = [
        Figure(SECTION, f"processor time, {who}: {name}", median(turn[name] for turn in turns) * 1000, "ms")
        for who, turns in (("case", measured.cpu_ours), ("bare", measured.cpu_bare))
        for name in turns[0]
    ]
    return [
        Figure(SECTION, "processor time, bare against case", ratio, "×", 0.7, at_most=False, details={"turns": sums}),
        Figure(SECTION, "processor time beyond the bare workflow", own, "ms", 45),
        *parts,
        Figure(SECTION, "load of the machine meanwhile, at most", beside.load, ""),
        Figure(SECTION, f"stalls of more than {LATE * 1000:.0f} ms meanwhile", beside.stalls, ""),
    ]


async def _measure(say: Say, number: int = 64, turns: int = 3) -> list[Figure]:
    async with a_house(say) as house, at_work(house):
        figures = counted_figures(await counted(house, number, say))
        for figure in figures:
            for name, value in _largest(figure.details.get("by", {})):
                say(f"    {figure.what}: {name}: {value}")
        return figures + await processor_time(house, number // 2, number // 4, turns, say)


def _largest(parts: dict[str, Any]) -> Sequence[tuple[str, Any]]:
    if all(isinstance(value, float) for value in parts.values()):
        return [(name, round(value, 1)) for name, value in sorted(parts.items(), key=lambda one: -one[1])]
    return list(parts.items())


if __name__ == "__main__":
    measured_alone(_measure)
    sys.stdout.flush()
