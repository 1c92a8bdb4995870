"""The production shape under seeded SIGKILLs of every process and cut connections: nothing lost, nothing twice, nothing stuck."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.support.cluster import Cluster, table
from tests.support.fleet import Firm, until
from tests.support.played_cases import Desk, Life, some_lives
from tests.support.profiles import FIXED_SEED
from tests.support.sound import assert_sound

pytestmark = [pytest.mark.cluster]

KILLS = int(os.environ.get("OMBUD_CLUSTER_KILLS") or 200)
AT_ONCE = 10
LOAD = 32
PATIENCE_FOR = 240.0
"""Seconds that one blow may keep everything from going on: two cores start nine processes anew."""
REST_FOR = 600.0
"""Seconds that everything may take to come to rest after the last blow, beside what a letter waits: see :func:`patience`."""


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    """All of it."""
    async with Cluster.built(tmp_path) as built:
        yield built


def plan(chance: random.Random, victims: list[str]) -> list[tuple[str, float, float]]:
    """What is struck, after how long, and for how long it stays away: everything in turn, each round in another order."""
    rounds = -(-KILLS // len(victims))
    order = [what for _ in range(rounds) for what in chance.sample(victims, len(victims))][:KILLS]
    return [(what, chance.uniform(0, 1.0), chance.uniform(0, 0.5)) for what in order]


def patience(struck_for: float) -> float:
    """How long letters may be on their way yet, in seconds: one whose tries all fell on blows is tried again after 90 s, 4.5
    minutes, 13.5, 40.5. So its next try comes no later after the last blow than twice as long as the blows lasted, and 90 s."""
    return REST_FOR + 2 * struck_for + 90


async def test_nothing_is_lost_or_done_twice_or_stuck_whatever_dies_when(cluster: Cluster) -> None:
    seed = int(os.environ.get("OMBUD_FAULT_SEED") or FIXED_SEED)
    print(f"OMBUD_FAULT_SEED={seed} OMBUD_CLUSTER_KILLS={KILLS}")
    chance, begun = random.Random(seed), time.monotonic()
    firm = await cluster.firm()
    over = asyncio.Event()
    waiting, lived = some_lives(chance, LOAD), list[Life]()

    async def live(desk: Desk, number: int) -> None:
        # More lives begin until the last blow, so that none falls on an idle system.
        while waiting or not over.is_set():
            life = waiting.pop() if waiting else some_lives(chance, 1, prefix=f"more-{number}-{len(lived)}-")[0]
            lived.append(life)
            await life.live(desk)

    async def strike() -> None:
        for number, (what, after, away) in enumerate(plan(chance, cluster.victims)):
            # Every blow falls on a system at work: something was received since the last one.
            await until(partial(_moved, firm, _received(firm)), "the load to go on", PATIENCE_FOR)
            await asyncio.sleep(after)
            await until(partial(cluster.strike, what), f"{what} to be there", PATIENCE_FOR)
            print(f"{time.monotonic() - begun:6.1f} s  blow {number + 1}: {what}, {len(firm.promises.opened)} cases")
            await asyncio.sleep(away)
            await cluster.raise_up(what)
        over.set()

    async with cluster.supervised(), cluster.api(firm.platform) as http:
        desk = Desk(cluster, firm, http)
        await asyncio.gather(strike(), *(live(desk, number) for number in range(AT_ONCE)))
        struck_for = time.monotonic() - begun
    assert sum(cluster.kills.values()) == KILLS
    # A mail can come twice when the one who heard its 250 died before noting it, or had nowhere to note it.
    sound = await assert_sound(cluster, firm, repeats=AT_ONCE * KILLS, patience=patience(struck_for), swept=True)
    assert sound.cases == len(lived) >= LOAD
    rows = {name.replace("_", " "): number for name, number in vars(sound).items()}
    # Whatever is lost, twice or stuck fails above.
    print(table(cluster.kills, {**rows, "seconds": round(time.monotonic() - begun), "lost": 0, "twice": 0, "stuck": 0}))


def _received(firm: Firm) -> int:
    return len(firm.promises.opened) + len(firm.promises.received)


async def _moved(firm: Firm, before: int) -> bool:
    return _received(firm) > before
