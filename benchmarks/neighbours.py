"""What a tenant notices while another floods the API: `python -m benchmarks.neighbours`. On loopback, bounded in time and number.

One API process and one worker over services of their own, as `ombud` runs them. For each costly route 50 connections of the busy
tenant send as fast as they are answered, for some seconds; beside them the quiet tenant reads a case and opens one, in turn.
Each of the two is a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import httpx2

from benchmarks.floods import FLOODS, OF_OPS, flood, report
from benchmarks.house import a_stack
from benchmarks.serving import ready, running
from cli.kit.compose import tenants_of
from runtime.embedded import processes
from runtime.zones import use_wheel_zones
from storage.team.people import Person
from storage.tenants import PostgresTenants, Tenant

CONNECTIONS = 50
SECONDS = 12.0
"""Of each flood, unless another number is given."""
CASES = 40
"""Of the busy tenant: what its lists list."""
Http = httpx2.AsyncClient


@asynccontextmanager
async def an_api(say: Callable[[str], None]) -> AsyncIterator[tuple[str, str, str, str]]:
    """The address of an API with its worker, the keys of two tenants' platforms, and that of the first one's ops."""
    port = processes.free_port()
    async with AsyncExitStack() as until:
        settings, places, _ = await until.enter_async_context(a_stack(say, api_port=port, log_level="WARNING"))

        async def two(tenants: PostgresTenants) -> list[str]:
            keys = []
            for name in ("busy", "quiet"):
                await tenants.create(Tenant(id=name, name=name.title()))
                keys.append((await tenants.create_key(name))[1])
            await tenants.put_person("busy", Person(id="per_ops", name="Ops", roles=("ops",)))
            keys.append((await tenants.create_key("busy", person_id="per_ops"))[1])
            return keys

        busy, quiet, ops = await tenants_of(two, places)
        environment = {**os.environ, **settings.environment()}
        program = Path(sys.executable).with_name("ombud")
        for what in ("api", "worker"):
            await until.enter_async_context(running(environment, program, what, "run"))
        address = f"http://127.0.0.1:{port}"
        await ready(f"{address}/v1/readyz")
        yield address, busy, quiet, ops


def desk(address: str, key: str, connections: int) -> Http:
    """The API as the holder of a key meets it."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    return Http(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=30, limits=limits, trust_env=False)


async def neighbour(http: Http, case: str, until: float) -> dict[str, list[float]]:
    """How long the quiet tenant's reads and opens took."""
    took: dict[str, list[float]] = {"read": [], "open": []}
    number = 0
    while perf_counter() < until:
        number += 1
        for name in ("read", "read", "read", "open"):
            began = perf_counter()
            asked = http.get(f"/v1/cases/{case}") if name == "read" else http.post("/v1/cases", json=report(number))
            answer = await asked
            if answer.status_code < 300:
                took[name].append(perf_counter() - began)
            else:
                took[name].append(30.0)
            await asyncio.sleep(0.02)
    return took


async def settled(http: Http, case: str) -> None:
    """Wait, for half a minute at most, until a flood's leftovers are worked off: the next one is measured by itself."""
    until = perf_counter() + 30
    while perf_counter() < until:
        took = await neighbour(http, case, perf_counter() + 0.5)
        if max(took["open"]) < 0.5:
            return


def p95(took: list[float]) -> float:
    """The 95th percentile, in milliseconds."""
    return 1000 * (statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0] if took else 30.0)


def quiet(address: str, key: str, case: str, seconds: float) -> dict[str, list[float]]:
    """How long the quiet tenant's reads and opens took; a process of its own, whose waits are nobody else's work."""

    async def asked() -> dict[str, list[float]]:
        async with desk(address, key, 2) as http:
            return await neighbour(http, case, perf_counter() + seconds)

    return asyncio.run(asked())


async def measure(seconds: float, say: Callable[[str], None], only: Sequence[str] = ()) -> int:
    """Print the table. 1 when a p95 of the quiet tenant is a second or more."""
    late, loop = 0, asyncio.get_running_loop()
    started = get_context("spawn")
    async with an_api(lambda _: None) as (address, busy, key, ops):
        with ProcessPoolExecutor(1, started) as here, ProcessPoolExecutor(1, started) as there:
            async with desk(address, busy, 2) as theirs, desk(address, key, 2) as ours:
                mine = (await ours.post("/v1/cases", json=report(0))).json()["id"]
                other = (await theirs.post("/v1/cases", json=report(0))).json()
                for number in range(1, CASES):
                    await theirs.post("/v1/cases", json=report(number))
                await asyncio.gather(
                    loop.run_in_executor(here, quiet, address, key, mine, 1.0),
                    # Also started: a process that is still being loaded while it is measured floods nobody.
                    loop.run_in_executor(there, flood, address, busy, "GET one case", other, 1, 0.1),
                )
                idle = await loop.run_in_executor(here, quiet, address, key, mine, seconds)
                base = {name: p95(took) for name, took in idle.items()}
                say(f"{'flood of 50 connections':<26} {'read p95':>9} {'ratio':>6} {'open p95':>9} {'ratio':>6}  answers")
                say(f"{'(idle)':<26} {base['read']:>6.0f} ms {1:>6.1f} {base['open']:>6.0f} ms {1:>6.1f}")
                for name in only or FLOODS:
                    sender = ops if name in OF_OPS else busy
                    took, answers = await asyncio.gather(
                        loop.run_in_executor(here, quiet, address, key, mine, seconds),
                        loop.run_in_executor(there, flood, address, sender, name, other, CONNECTIONS, seconds),
                    )
                    await settled(ours, mine)
                    found = {what: p95(times) for what, times in took.items()}
                    late += sum(value >= 1000 for value in found.values())
                    ratios = {what: value / base[what] for what, value in found.items()}
                    say(
                        f"{name:<26} {found['read']:>6.0f} ms {ratios['read']:>6.1f} {found['open']:>6.0f} ms "
                        f"{ratios['open']:>6.1f}  {json.dumps(answers)}"
                    )
    return 1 if late else 0


if __name__ == "__main__":
    use_wheel_zones()
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    code = asyncio.run(measure(seconds, lambda line: print(line, flush=True), sys.argv[2:]))
    sys.stdout.flush()
    # A process that used temporalio sometimes aborts while the interpreter shuts down (PyGILState_Release).
    os._exit(code)
