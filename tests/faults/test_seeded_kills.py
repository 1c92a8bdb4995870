"""Worker, API, Temporal and Postgres die ten times each, at moments that a seed decides, under a load of whole lives."""

from __future__ import annotations

import asyncio
import random
from functools import partial

import pytest

from tests.support.fleet import Firm, House, until
from tests.support.played_cases import Desk, Life, some_lives
from tests.support.sound import assert_sound

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

KILLS = 10
AT_ONCE = 10
"""Lives that run side by side: two cores have to carry them and every restart."""
LOAD = 32
IN_FLIGHT = 5


def plan(chance: random.Random) -> list[tuple[str, float, float]]:
    """What dies, after how long, and for how long it stays away; ten rounds, each in another order."""
    order = [what for _ in range(KILLS) for what in chance.sample(["worker", "api", "temporal", "postgres"], 4)]
    return [(what, chance.uniform(0, 1.0), chance.uniform(0, 0.3)) for what in order]


async def test_nothing_is_lost_or_done_twice_whatever_dies_when(house: House, firm: Firm, chance: random.Random) -> None:
    killed = asyncio.Event()
    waiting, lived = some_lives(chance, LOAD), list[Life]()

    async def live(desk: Desk, number: int) -> None:
        # More lives begin until the last kill, so that none falls on an idle system.
        while waiting or not killed.is_set():
            life = waiting.pop() if waiting else some_lives(chance, 1, prefix=f"more-{number}-{len(lived)}-")[0]
            lived.append(life)
            await life.live(desk)

    async def kill() -> None:
        for number, (what, after, away) in enumerate(plan(chance)):
            # Every blow falls on a system at work: something was received since the last one.
            await until(partial(_moved, firm, _received(firm)), "the load to go on")
            await asyncio.sleep(after)
            print(f"kill {number + 1}: {what}, {len(firm.promises.opened)} cases, {len(firm.promises.received)} commands so far")
            await until(partial(_runs, house, what), f"{what} to run")
            await house.kill(what)
            await asyncio.sleep(away)
            if what in ("temporal", "postgres"):
                # Worker and API are started again by whoever watches; the next blow may fall while they come up.
                await house.back(what)
        killed.set()

    before = house.kills.copy()
    async with house.watched(), house.api(firm.platform) as http:
        desk = Desk(house, firm, http)
        await asyncio.gather(kill(), *(live(desk, number) for number in range(AT_ONCE)))
    done = house.kills - before
    assert all(done[what] == KILLS for what in ("worker", "api", "temporal", "postgres"))
    # A mail can come twice when the one who heard its 250 died before noting it, or had nowhere to note it.
    sound = await assert_sound(house, firm, repeats=IN_FLIGHT * 2 * KILLS)
    print(f"after {sum(done.values())} kills: {sound}")
    assert sound.cases == len(lived) >= LOAD


async def _runs(house: House, what: str) -> bool:
    return what in ("temporal", "postgres") or house.fleet.running(what) is not None  # type: ignore[arg-type]  # a role


def _received(firm: Firm) -> int:
    return len(firm.promises.opened) + len(firm.promises.received)


async def _moved(firm: Firm, before: int) -> bool:
    return _received(firm) > before
