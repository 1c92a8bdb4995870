"""A fraud report's life beside lives of the same shape: a bare Temporal workflow's, and one in DBOS, on the same Postgres.

``python -m benchmarks.beside_dbos [--lives 40] [--rounds 3]``, after ``uv sync --group bench``. Counted is the processor time of
all processes: worker and client, Temporal, Postgres. Ours keeps a record that proves itself, tells the parties and judges; the
other two do nothing, durably. They take turns, for what else runs on the machine takes from each.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from benchmarks.figures import Figure
from benchmarks.histories import plan_of
from benchmarks.house import House, a_house, at_work, measured_alone
from benchmarks.measured_lives import Lives
from benchmarks.rates import Bare, processor_seconds
from benchmarks.stalls import Beside

KIND = "fraud_report"
AT_ONCE = 8
NOTICES_OUT_FOR = 0.4
SECTION = "Processor time of one life, all processes (a fraud report; bare workflows of the same steps)"
GOAL = 0.70
_HERE = "worker and client"
Plan = list[dict[str, Any]]
Say = Callable[[str], None]


class Dbos:
    """The other process, and what it spends."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def live(self, plan: Plan, lives: int) -> dict[str, float]:
        """So many lives; seconds, and processor seconds of the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        said = json.dumps({"plan": plan, "lives": lives, "at_once": AT_ONCE}) + "\n"
        self._process.stdin.write(said.encode())
        await self._process.stdin.drain()
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process with DBOS ended")
        answer: dict[str, float] = json.loads(line)
        return answer


@asynccontextmanager
async def dbos(owner_url: str) -> AsyncIterator[Dbos]:
    """DBOS on the same Postgres, in a database of its own."""
    conn = await asyncpg.connect(owner_url)
    await conn.execute("CREATE DATABASE bench_dbos")
    await conn.close()
    address = urlunsplit(urlsplit(owner_url)._replace(path="/bench_dbos"))
    environment = {**os.environ, "OMBUD_BENCH_DSN": address, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.dbos_lives", env=environment, stdin=-1, stdout=-1, stderr=-3, limit=2**20
    )
    try:
        yield Dbos(process)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 20)
        except TimeoutError:
            process.kill()


async def figures(lives: int, rounds: int, say: Say) -> list[Figure]:
    """Turns of the three."""
    beside = Beside()
    async with a_house(say) as house, at_work(house):
        ours = Lives(house, NOTICES_OUT_FOR)
        events = await ours.events(await ours.happy(KIND))
        plan, bare = plan_of(events), Bare(house, plan_of(events))
        await bare.same_as(events)
        async with dbos(house.owner_url) as other:
            say("all three warm up")
            await other.live(plan, AT_ONCE)
            await _side_by_side(lambda: ours.happy(KIND), AT_ONCE)
            spent: dict[str, list[dict[str, float]]] = {"ours": [], "bare": [], "DBOS": []}

            async def theirs() -> dict[str, float]:
                return {_HERE: (await other.live(plan, lives))["cpu"]}

            async def of(live: Callable[[], Awaitable[Any]]) -> dict[str, float]:
                await _side_by_side(live, lives)
                return {}

            turns: list[tuple[str, Callable[[], Awaitable[dict[str, float]]]]] = [
                ("ours", lambda: of(lambda: ours.happy(KIND))),
                ("bare", lambda: of(bare.live)),
                ("DBOS", theirs),
            ]
            async with beside.watching():
                for number in range(rounds):
                    say(f"round {number + 1} of {rounds}: {lives} lives of each, {AT_ONCE} at once")
                    for name, turn in turns[number % 3 :] + turns[: number % 3]:
                        spent[name].append(await _measured(house, lives, turn))
    return told(spent, beside)


async def _measured(house: House, lives: int, turn: Callable[[], Awaitable[dict[str, float]]]) -> dict[str, float]:
    """Processor milliseconds of one life, by process; where a turn says what its process spent, that is it."""
    before = processor_seconds(house)
    own = await turn()
    await asyncio.sleep(1)
    took = {name: after - before[name] for name, after in processor_seconds(house).items()}
    return {name: seconds / lives * 1000 for name, seconds in {**took, **own}.items()}


async def _side_by_side(live: Callable[[], Awaitable[Any]], lives: int) -> None:
    room = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with room:
            await live()

    await asyncio.gather(*(one() for _ in range(lives)))


def told(spent: dict[str, list[dict[str, float]]], beside: Beside) -> list[Figure]:
    """What the turns came to. DBOS has no server: what Temporal's spends at rest meanwhile is left out of its sum."""
    totals = {
        name: [sum(one for of, one in turn.items() if name != "DBOS" or of in (_HERE, "postgres")) for turn in turns]
        for name, turns in spent.items()
    }
    ratio = median(b / o for b, o in zip(totals["bare"], totals["ours"], strict=True))
    against = median(d / o for d, o in zip(totals["DBOS"], totals["ours"], strict=True))
    return [
        *(Figure(SECTION, name, median(each), "ms", details={"turns": spent[name]}) for name, each in totals.items()),
        *(
            Figure(SECTION, f"{name}: {of}", median(turn[of] for turn in turns), "ms")
            for name, turns in spent.items()
            for of in turns[0]
            if name != "DBOS" or of in (_HERE, "postgres")
        ),
        Figure(SECTION, "bare Temporal against ours", ratio, "×", GOAL, at_most=False),
        Figure(SECTION, "DBOS against ours", against, "×"),
        Figure(SECTION, "while it was measured: load of the machine, at most", beside.load, ""),
        Figure(SECTION, "while it was measured: stalls of more than 0.1 s of worker and client", beside.stalls, ""),
    ]


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.beside_dbos", description=__doc__)
    reader.add_argument("--lives", type=int, default=40)
    reader.add_argument("--rounds", type=int, default=3)
    asked = reader.parse_args()
    if importlib.util.find_spec("dbos") is None:
        reader.exit(1, "DBOS is not installed here: `uv sync --group bench` does it.\n")
    measured_alone(lambda say: figures(asked.lives, asked.rounds, say))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # A process that used temporalio sometimes aborts while the interpreter shuts down (PyGILState_Release).
    os._exit(0)
