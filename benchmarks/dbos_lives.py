"""DBOS without Ombud: a workflow that waits for the same things and calls as many steps as a case, all of which do nothing.

It follows the plan that :class:`benchmarks.bare.BareWorkflow` follows: a word from outside is a message that it receives
and answers by an event, an activity is a step, a clock is the time-out of the wait for the next word, and one that rings is a
sleep; each of them durable. A process of its own, told by lines on its standard input how many lives to live; it answers each
with a line of JSON, and its address of the database is in ``OMBUD_BENCH_DSN``.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from time import perf_counter, process_time
from typing import Any

from dbos import DBOS, DBOSConfig  # type: ignore[import-not-found,unused-ignore]  # of the group `bench`, which few install
from uuid_utils import uuid7

LONGEST = 3600.0
"""Seconds that a wait may take: the clocks of a life that nobody lets run out are longer."""


@DBOS.step()  # type: ignore[untyped-decorator,unused-ignore]  # as above
async def nothing(number: int) -> int:
    """Nothing, kept."""
    return number


@DBOS.workflow()  # type: ignore[untyped-decorator,unused-ignore]  # as above
async def life(plan: list[dict[str, Any]]) -> None:
    """One step of the plan after the other; what goes outside runs beside, as notices do."""
    beside: list[Any] = []
    timer = asked = 0
    for step in plan:
        command = None
        if step["on"] == "update":
            command = await DBOS.recv_async("ask", timeout_seconds=LONGEST)
        else:
            await DBOS.sleep_async(timer / 1000)
        for number in range(step["local"]):
            await nothing(number)
        if step["on"] == "update":
            asked += 1
            await DBOS.set_event_async(f"answered/{asked}", command)
        beside += [asyncio.ensure_future(nothing(number)) for number in range(step["regular"])]
        timer = step["timer_ms"] or timer
    await asyncio.gather(*beside)


async def one(plan: list[dict[str, Any]]) -> None:
    """Started, asked as often as the case, waited for."""
    handle = await DBOS.start_workflow_async(life, plan)
    for number in range(1, 1 + sum(step["on"] == "update" for step in plan)):
        command = f"cmd_{uuid7()}"
        await DBOS.send_async(handle.workflow_id, command, "ask", idempotency_key=command)
        answer = await DBOS.get_event_async(handle.workflow_id, f"answered/{number}", timeout_seconds=60)
        assert answer == command, "the answer is to what was asked"
    await handle.get_result()


async def lives(plan: list[dict[str, Any]], number: int, at_once: int) -> dict[str, float]:
    """So many lives, and what they took of this process."""
    room = asyncio.Semaphore(at_once)

    async def with_room() -> None:
        async with room:
            await one(plan)

    began, worked = perf_counter(), process_time()
    await asyncio.gather(*(with_room() for _ in range(number)))
    return {"seconds": perf_counter() - began, "cpu": process_time() - worked}


async def main() -> None:
    """Live when told to, until nobody tells any more."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        asked = json.loads(line)
        answer = await lives(asked["plan"], asked["lives"], asked["at_once"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": os.environ["OMBUD_BENCH_DSN"],
        "log_level": "ERROR",
        "sys_db_pool_size": 20,
    }
    DBOS(config=config)
    DBOS.launch()
    asyncio.run(main())
    DBOS.destroy()
