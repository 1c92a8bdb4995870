"""The master key is changed while lives go on: process after process, with kills, until nobody needs the earlier one."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import signal
from pathlib import Path

import pytest

from cli.local.fleet import Fleet
from storage.postgres.ring import VaultFault
from storage.postgres.vault import Vault
from tests.support.fleet import House, environment
from tests.support.played_cases import Desk, Life, some_lives
from tests.support.sound import assert_sound

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

LATER = base64.b64encode(bytes(range(7, 39))).decode()
AT_ONCE = 3
KILLS = 3
POINT = "keys.sealed_again"


async def told(house: House, **keys: str) -> None:
    """Every process is started anew with these keys, one after the other, while the others go on."""
    house.fleet = Fleet(house.fleet.state_dir, {**environment(house.fleet.state_dir), "OMBUD_TEMPORAL_CODEC": "aes", **keys})
    await house.restart("worker")
    await house.restart("api")


async def killed_at_it(house: House, batches: int, keys: dict[str, str]) -> None:
    """Seal again until so many batches are done, then SIGKILL."""
    house.mark_of(POINT).unlink(missing_ok=True)
    command = ("master-key", "rotate", "--batch", "1")
    done = await house.run(*command, expect=None, OMBUD_FAIL_POINT=f"{POINT}:{batches}", **keys)
    assert done.returncode == -signal.SIGKILL, done.stderr


async def test_the_master_key_is_changed_while_lives_go_on(tmp_path: Path, chance: random.Random) -> None:
    async with House.at(tmp_path) as house:
        firm = await house.firm()
        earlier, root = house.stack.master_key().split(";")
        between = {"OMBUD_MASTER_KEY": LATER, "OMBUD_MASTER_KEYS_EARLIER": earlier, "OMBUD_DIGEST_KEY": root}
        after = {"OMBUD_MASTER_KEY": LATER, "OMBUD_DIGEST_KEY": root}
        over, lived = asyncio.Event(), list[Life]()

        async def live(desk: Desk, number: int) -> None:
            while not over.is_set():
                life = some_lives(chance, 1, prefix=f"l{number}-{len(lived)}-")[0]
                lived.append(life)
                await life.live(desk)

        async def change() -> None:
            await told(house, OMBUD_MASTER_KEY_NEXT=LATER)
            await told(house, **between)
            for _ in range(KILLS):
                await killed_at_it(house, chance.randint(1, 3), between)
            done = json.loads((await house.run("master-key", "rotate", "--json", expect=0, stdin=None, **between)).stdout)
            assert (done["under_others"], done["needed"]) == ({}, False)
            await told(house, **after)
            over.set()

        async with house.api(firm.platform) as http:
            desk = Desk(house, firm, http)
            await asyncio.gather(change(), *(live(desk, number) for number in range(AT_ONCE)))
        # A process of before the change may have sealed something after the last look.
        found = json.loads((await house.run("master-key", "status", "--json", expect=None, **after)).stdout)
        assert (found["under_others"], found["known"]) == ({}, [])
        house.vault = Vault.from_text(f"{LATER};{root}")
        print(await assert_sound(house, firm, repeats=AT_ONCE * 6))
        async with house.database.tenant(firm.id) as conn:
            rows = await conn.fetch("SELECT case_id, holder, id, wrapped FROM keys WHERE wrapped IS NOT NULL")
        for row in rows:
            with pytest.raises(VaultFault):
                Vault.from_text(f"{earlier};{root}").unwrap(firm.id, *row)
