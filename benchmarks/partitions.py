"""What partitions by month would cost the hottest statements: `python -m benchmarks.partitions`. Of Ombud's own nothing is asked.

Tables with the keys that facts and texts have, plain and in as many partitions as a year and seven years have months, are asked
in turns on one connection, with the plans that Ombud's connections have (generic ones). Counted beside the time are locks, which
are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import quantiles
from time import perf_counter
from typing import Any

import asyncpg

from benchmarks.figures import Figure
from benchmarks.house import a_stack, measured_alone

SHAPES = {"one table": 0, "12 partitions": 12, "84 partitions": 84}
ROUNDS, WARM = 400, 20
FACTS, TEXTS = 13, 5
"""A life's."""
_COLUMNS = {
    "facts": "tenant text, case_id text, seq bigint, body jsonb, PRIMARY KEY (tenant, case_id, seq)",
    "texts": "tenant text, case_id text, id text, ciphertext bytea, PRIMARY KEY (tenant, case_id, id)",
}
_ASKED = {
    "a life's facts are written": "INSERT INTO facts_{0} SELECT 't', $1, n, '{{}}' FROM generate_series(1, 13) AS n",
    "a case's facts are read": "SELECT body::text FROM facts_{0} WHERE tenant = 't' AND case_id = $1 ORDER BY seq",
    "a text is read by its id": "SELECT ciphertext FROM texts_{0} WHERE tenant = 't' AND id = $1 || '-1'",
}
"""By case a partition is found; texts, letters and commands are read and held unique by their own id, which says no month."""
_LOCKS = (
    "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relation <> 'pg_locks'::regclass"
)


async def _made(conn: asyncpg.Connection[Any], shape: int, months: int) -> None:
    for name, columns in _COLUMNS.items():
        by = " PARTITION BY RANGE (case_id)" if months else ""
        await conn.execute(f"CREATE TABLE {name}_{shape} ({columns}){by}")
        for month in range(months):
            ends = f"FROM ('{month:04d}') TO ('{month + 1:04d}')"
            await conn.execute(f"CREATE TABLE {name}_{shape}_{month} PARTITION OF {name}_{shape} FOR VALUES {ends}")
    await conn.execute(f"CREATE INDEX ON texts_{shape} (tenant, id)")


async def figures(say: Callable[[str], None]) -> list[Figure]:
    """Each statement in each shape."""
    async with a_stack(say) as (_, places, _):
        settings = {"plan_cache_mode": "force_generic_plan", "jit": "off", "synchronous_commit": "off"}
        conn = await asyncpg.connect(places.database_owner_url, server_settings=settings)
        try:
            for number, months in enumerate(SHAPES.values()):
                await _made(conn, number, months)
            asked = {
                (what, shape): await conn.prepare(statement.format(number))
                for what, statement in _ASKED.items()
                for number, shape in enumerate(SHAPES)
            }
            took: dict[tuple[str, str], list[float]] = {key: [] for key in asked}
            for turn in range(ROUNDS + WARM):
                case = f"{turn % 12:04d}-{turn}"
                for number, _ in enumerate(SHAPES):
                    texts = f"INSERT INTO texts_{number} SELECT 't', $1, $1 || '-' || n, '' FROM generate_series(1, {TEXTS}) n"
                    await conn.execute(texts, case)
                for (what, shape), statement in asked.items():
                    at = perf_counter()
                    await statement.fetch(case)
                    took[what, shape].append((perf_counter() - at) * 1000)
            found = []
            for (what, shape), statement in asked.items():
                async with conn.transaction():
                    await statement.fetch("0000-none")
                    locks = await conn.fetchval(_LOCKS)
                # The fastest tenth: what else runs on the machine is not in it.
                fastest = quantiles(took[what, shape][WARM:], n=10)[0]
                found += [Figure(what, f"{shape}: time", fastest, "ms"), Figure(what, f"{shape}: locks held", locks, "")]
            return found
        finally:
            await conn.close()


if __name__ == "__main__":
    measured_alone(figures)
