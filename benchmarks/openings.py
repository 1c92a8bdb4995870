"""Opening cases by the API, against a bare FastAPI insert: `python -m benchmarks.openings [--seconds 10] [--rounds 3]`.

API, worker, Temporal and Postgres run on this machine, each a process of its own, as ``ombud up`` has them. 32 callers of one
tenant send a report, wait for the answer, and send the next one. The bare one has as many callers, on the same Postgres, in
turns: whoever else uses the machine takes from both. Every 202 is counted, for it is an answer that came before anybody judged
the report; the processor time is that of opening and judging all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

import asyncpg

from benchmarks.bare_api import TABLE
from benchmarks.figures import Figure
from benchmarks.floods import answered, report
from benchmarks.house import a_stack, measured_alone
from benchmarks.serving import ready, running
from benchmarks.stalls import Beside, spent
from cli.kit.compose import tenants_of
from runtime.embedded import processes
from storage.tenants import PostgresTenants, Tenant

CALLERS = 32
TENANT = "bench"
GOAL = 25.0
"""Openings a second on two cores."""
NO_BUDGET = 100_000.0
"""One tenant may ask for 20 cases a second; here it is the machine that is measured, and not that bound."""
SECTION = f"Opening by the API, {CALLERS} callers of one tenant, everything on this machine"
_WAITS = "SELECT EXISTS (SELECT FROM commands WHERE tenant = $1 AND status = 'pending')"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Office:
    """Two addresses that take the same report, and the processes behind each."""

    ours: str
    bare: str
    key: str
    owner_url: str
    pids: Mapping[str, int]
    bare_pids: Mapping[str, int]


@dataclass
class Turn:
    """What so many callers were answered in one turn."""

    seconds: float = 0.0
    answers: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    """Of each answer, in seconds."""
    cpu: dict[str, float] = field(default_factory=dict)
    """Processor seconds by process, all of its children included."""

    @property
    def rate(self) -> float:
        """Reports that were taken, each second."""
        return sum(count for status, count in self.answers.items() if 200 <= status < 300) / self.seconds

    @property
    def opened(self) -> int:
        """Reports that were taken."""
        return max(1, sum(count for status, count in self.answers.items() if 200 <= status < 300))


@asynccontextmanager
async def an_office(say: Say) -> AsyncIterator[Office]:
    """Everything in a folder of its own; all of it is gone afterwards."""
    port, bare_port = processes.free_port(), processes.free_port()
    budget = {"tenant_budget_per_second": NO_BUDGET, "tenant_budget_burst": NO_BUDGET}
    async with AsyncExitStack() as until:
        # With a mail catcher: letters that reach nobody are tried again and again, which is no part of an opening.
        stack = a_stack(say, mail=True, api_port=port, log_level="WARNING", **budget)
        settings, places, services = await until.enter_async_context(stack)
        owner = await asyncpg.connect(places.database_owner_url)
        await owner.execute(TABLE)
        await owner.close()

        async def a_key(tenants: PostgresTenants) -> str:
            await tenants.create(Tenant(id=TENANT, name="Bench"))
            return (await tenants.create_key(TENANT))[1]

        key = await tenants_of(a_key, places)
        ombud = Path(sys.executable).with_name("ombud")
        own = {**os.environ, **settings.environment()}
        bare = {**os.environ, "OMBUD_BENCH_DSN": places.database_owner_url, "PYTHONPATH": str(Path(__file__).parents[1])}
        serve = ("-m", "uvicorn", "benchmarks.bare_api:bare_api", "--port", str(bare_port), "--log-level", "warning")
        api = await until.enter_async_context(running(own, ombud, "api", "run"))
        worker = await until.enter_async_context(running(own, ombud, "worker", "run"))
        beside = await until.enter_async_context(running(bare, sys.executable, *serve))
        ours, theirs = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{bare_port}"
        for address in (ours, theirs):
            await ready(f"{address}/v1/readyz")
        yield Office(
            ours, theirs, key, places.database_owner_url, {"api": api, "worker": worker, **services}, {"api": beside, **services}
        )


async def judged(owner_url: str) -> None:
    """Wait until no report waits any more, and what follows from the last ones is done: a minute at most."""
    conn = await asyncpg.connect(owner_url)
    try:
        await conn.execute("SELECT set_config('ombud.tenant', $1, false)", TENANT)
        for _ in range(300):
            if not await conn.fetchval(_WAITS, TENANT):
                break
            await asyncio.sleep(0.2)
    finally:
        await conn.close()
    await asyncio.sleep(2)


async def a_turn(
    address: str,
    key: str,
    seconds: float,
    pids: Mapping[str, int],
    settled: Callable[[], Awaitable[None]],
) -> Turn:
    """So many callers, each with one report at a time, until the time is over, the last is answered and all is settled."""
    place, turn, before = urlsplit(address), Turn(), spent(pids)
    began = perf_counter()

    async def one(number: int) -> None:
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        while perf_counter() < began + seconds:
            said = json.dumps(report(number)).encode()
            head = f"POST /v1/cases HTTP/1.1\r\nHost: {place.netloc}\r\nAuthorization: Bearer {key}\r\n"
            at = perf_counter()
            writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(said)}\r\n\r\n".encode() + said)
            status, goes_on = await answered(reader, writer)
            turn.took.append(perf_counter() - at)
            turn.answers[status] += 1
            if not goes_on:
                writer.close()
                reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.close()

    await asyncio.gather(*(one(number) for number in range(CALLERS)))
    turn.seconds = perf_counter() - began
    await settled()
    turn.cpu = {name: after - before[name] for name, after in spent(pids).items()}
    return turn


async def figures(seconds: float, rounds: int, say: Say) -> list[Figure]:
    """Turns of both, in turn."""
    ours, bare, beside = list[Turn](), list[Turn](), Beside()
    async with an_office(lambda _: None) as office:
        say("both warm up")

        async def settled() -> None:
            await judged(office.owner_url)

        await a_turn(office.ours, office.key, 3, office.pids, settled)
        await a_turn(office.bare, office.key, 1, office.bare_pids, settled)
        async with beside.watching():
            for number in range(rounds):
                say(f"round {number + 1} of {rounds}")
                turns = [(ours, office.ours, office.pids), (bare, office.bare, office.bare_pids)]
                for kept, address, pids in turns if number % 2 == 0 else reversed(turns):
                    kept.append(await a_turn(address, office.key, seconds, pids, settled))
    return told(ours, bare, beside)


def told(ours: list[Turn], bare: list[Turn], beside: Beside) -> list[Figure]:
    """What the turns came to."""
    took = sorted(one for turn in ours for one in turn.took)
    early = sum(turn.answers[202] for turn in ours)
    answers = {str(status): count for status, count in sum((turn.answers for turn in ours), Counter[int]()).items()}

    def each(turns: list[Turn], name: str) -> float:
        return median(turn.cpu[name] / turn.opened for turn in turns) * 1000

    return [
        Figure(SECTION, "cases opened", median(t.rate for t in ours), "/s", GOAL, at_most=False, details={"answers": answers}),
        Figure(SECTION, "of these answered before anybody judged them (202)", early, "", 0),
        Figure(SECTION, "time of an answer, median", median(took) * 1000, "ms"),
        Figure(SECTION, "time of an answer, p95", took[int(len(took) * 0.95)] * 1000, "ms"),
        Figure(SECTION, "bare FastAPI and asyncpg: reports inserted", median(t.rate for t in bare), "/s"),
        Figure(SECTION, "ours against bare", median(o.rate / b.rate for o, b in zip(ours, bare, strict=True)), "×"),
        *(Figure(SECTION, f"processor time of one opening: {name}", each(ours, name), "ms") for name in ours[0].cpu),
        Figure(SECTION, "processor time of one opening: all", sum(each(ours, name) for name in ours[0].cpu), "ms"),
        Figure(SECTION, "processor time of one bare insert: all", sum(each(bare, n) for n in bare[0].cpu), "ms"),
        Figure(SECTION, "while it was measured: load of the machine, at most", beside.load, ""),
        Figure(SECTION, "while it was measured: stalls of more than 0.1 s of whoever measures", beside.stalls, ""),
    ]


def main() -> None:
    """Measure and print."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.openings", description=__doc__)
    reader.add_argument("--seconds", type=float, default=10.0, help="of each turn")
    reader.add_argument("--rounds", type=int, default=3)
    asked = reader.parse_args()
    measured_alone(lambda say: figures(asked.seconds, asked.rounds, say))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    # A process that used temporalio sometimes aborts while the interpreter shuts down (PyGILState_Release).
    os._exit(0)
