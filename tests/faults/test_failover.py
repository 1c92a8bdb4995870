"""Postgres fails over while cases live: nothing that was accepted is lost, nothing is done twice, and nobody has to help."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import httpx2
import pytest

from runtime.embedded.postgres import ADMIN, APP, OWNER
from tests.support.fleet import Firm, House, until
from tests.support.played_cases import Desk, a_report, some_lives
from tests.support.replicas import Pair
from tests.support.sound import assert_sound

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

AT_ONCE = 6
IN_FLIGHT = 3 * AT_ONCE
"""Mails whose 250 was heard while there was nowhere to note it."""


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    """A primary and its standby."""
    async with Pair.at(tmp_path / "postgres") as both:
        yield both


@pytest.fixture
async def house(pair: Pair, tmp_path: Path) -> AsyncIterator[House]:
    """Everything of Ombud on the pair, told both of its hosts."""
    given = {
        "database_url": pair.url(APP), "database_admin_url": pair.url(ADMIN), "database_owner_url": pair.url(OWNER),
    }  # fmt: skip
    async with House.at(tmp_path / "house", given=given) as built:
        yield built


async def _received(firm: Firm, more_than: int) -> bool:
    return len(firm.promises.opened) + len(firm.promises.received) > more_than


async def _moves(firm: Firm) -> None:
    """Wait until something new was received."""
    so_far = len(firm.promises.opened) + len(firm.promises.received)
    await until(partial(_received, firm, so_far + 5), "cases to go on")


async def _says_that_there_is_none(house: House, http: httpx2.AsyncClient) -> None:
    """The API answers 503 with a code and when to ask again; both processes say that they can do nothing."""
    answer = await http.post("/v1/cases", json=a_report(number="while-there-is-none"), headers={"Idempotency-Key": "none-1"})
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable"), answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert (await http.get("/v1/readyz")).status_code == 503
    worker = await http.get(f"http://127.0.0.1:{house.fleet.crew.health_port}/readyz")
    assert worker.status_code == 503
    assert "takes no writes" in worker.json()["reasons"]["postgres"]


async def test_cases_live_on_whichever_way_the_primary_goes(house: House, pair: Pair, chance: random.Random) -> None:
    firm = await house.firm()
    over = asyncio.Event()
    waiting, lived = some_lives(chance, AT_ONCE), 0

    async def live(desk: Desk, number: int) -> None:
        nonlocal lived
        while waiting or not over.is_set():
            life = waiting.pop() if waiting else some_lives(chance, 1, prefix=f"more-{number}-{lived}-")[0]
            lived += 1
            await life.live(desk)

    async def fail_over(http: httpx2.AsyncClient) -> None:
        await _moves(firm)
        await pair.refuse_writes()
        await _says_that_there_is_none(house, http)
        await pair.promote()
        await _moves(firm)
        await pair.rejoin()
        await _moves(firm)
        await pair.lose_the_primary()
        await _moves(firm)
        over.set()

    async with house.watched() as died, house.api(firm.platform) as http:
        desk = Desk(house, firm, http)
        await asyncio.gather(fail_over(http), *(live(desk, number) for number in range(AT_ONCE)))
    assert not died, "a process ended because of a failover"
    sound = await assert_sound(house, firm, repeats=IN_FLIGHT)
    print(f"after two failovers: {sound}")
    assert sound.cases == lived
