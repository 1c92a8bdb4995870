"""The master key is changed while lives go on: process after process, with kills, until nobody needs the earlier one."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from cli.local.fleet import Fleet
from runtime.errors import ServiceFault
from storage.postgres.ring import VaultFault
from storage.postgres.vault import Vault
from tests.support.fleet import House, environment, until
from tests.support.played_cases import Desk, Life, a_report, some_lives
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
            changed = datetime.now(UTC).isoformat()
            for _ in range(KILLS):
                await killed_at_it(house, chance.randint(1, 3), between)
            done = json.loads((await house.run("master-key", "rotate", "--json", expect=0, stdin=None, **between)).stdout)
            assert (done["under_others"], done["needed"]) == ({}, False)
            # What began before every process sealed with the new key has a history that only the earlier one opens.
            anew = await house.run("case", "revive", "--began-before", changed, "--json", expect=0, **between)
            assert json.loads(anew.stdout)["refused"] == 0
            await told(house, **after)
            over.set()

        async with house.api(firm.platform) as http:
            desk = Desk(house, firm, http)
            await asyncio.gather(change(), *(live(desk, number) for number in range(AT_ONCE)))
        # A process of before the change may have sealed something after the last look.
        found = json.loads((await house.run("master-key", "status", "--json", expect=None, **after)).stdout)
        assert (found["under_others"], found["known"]) == ({}, [])
        house.vault = Vault.from_text(f"{LATER};{root}")
        # Deliveries that were ended are begun anew by the sweep: each may say once more what the mail server took just then.
        print(await assert_sound(house, firm, repeats=AT_ONCE * 12, swept=True))
        async with house.database.tenant(firm.id) as conn:
            rows = await conn.fetch("SELECT case_id, holder, id, wrapped FROM keys WHERE wrapped IS NOT NULL")
        for row in rows:
            with pytest.raises(VaultFault):
                Vault.from_text(f"{earlier};{root}").unwrap(firm.id, *row)


async def test_a_process_without_the_key_takes_nothing_says_why_and_what_to_do(tmp_path: Path) -> None:
    """The master key is lost, or another one is given by mistake: whoever has it goes on, whoever has not does not start, and
    what was accepted is there when the key is back."""
    async with House.at(tmp_path) as house:
        firm = await house.firm()
        root = house.stack.master_key().split(";")[1]
        lost = {"OMBUD_MASTER_KEY": LATER, "OMBUD_DIGEST_KEY": root}
        async with house.api(firm.platform) as http:
            first = await http.post("/v1/cases", json=a_report(number="1"))
            assert first.status_code == 201, first.text
            # The worker is started anew without the key; the API has it still, and takes what is judged later.
            await asyncio.to_thread(house.fleet.stop, "worker")
            right, wrong = house.fleet, Fleet(tmp_path, {**environment(tmp_path), **lost})
            with pytest.raises(ServiceFault) as fault:
                await asyncio.to_thread(wrong.start, "worker")
            said = str(fault.value)
            assert "master_key_lost" in said, said
            assert "OMBUD_MASTER_KEYS_EARLIER" in said, said
            taken = await http.post("/v1/cases", json=a_report(number="2"))
            assert taken.status_code == 202, taken.text
            said_later = {"type": "message", "by": party_of(first.json(), "claimant"), "text": "Is anybody there?"}
            waiting = await http.post(f"/v1/cases/{first.json()['id']}/commands", json=said_later)
            assert (waiting.status_code, waiting.json()["status"]) == (202, "pending"), waiting.text
            # The API without it: nobody is answered, so nothing is taken that would lie under a key which nobody knows.
            await asyncio.to_thread(house.fleet.stop, "api")
            with pytest.raises(ServiceFault) as fault:
                await asyncio.to_thread(wrong.start, "api")
            assert "master_key_lost" in str(fault.value), str(fault.value)
        examined = await house.run("doctor", "--json", expect=None, **lost)
        (sealed,) = [one for one in json.loads(examined.stdout) if one["part"] == "sealed keys"]
        assert (examined.returncode != 0, sealed["verdict"]) == (True, "fail"), examined.stdout
        assert "OMBUD_MASTER_KEYS_EARLIER" in sealed["next_step"]
        house.fleet = right
        await house.whole()
        async with house.api(firm.platform) as http:

            async def judged() -> bool:
                one = (await http.get(f"/v1/cases/{first.json()['id']}/timeline")).json()["data"]
                two = (await http.get(f"/v1/cases/{taken.json()['id']}")).json()
                return two["status"] == "open" and "Is anybody there?" in [entry["data"].get("text") for entry in one]

            await until(judged, "what was taken while the worker had no key")
        print(await assert_sound(house, firm, ended=False))


async def test_a_process_that_was_not_started_anew_after_the_change_is_not_ready_and_says_why(tmp_path: Path) -> None:
    async with House.at(tmp_path) as house:
        firm = await house.firm()
        async with house.api(firm.platform) as http:
            assert (await http.post("/v1/cases", json=a_report(number="1"))).status_code == 201
        earlier, root = house.stack.master_key().split(";")
        between = {"OMBUD_MASTER_KEY": LATER, "OMBUD_MASTER_KEYS_EARLIER": earlier, "OMBUD_DIGEST_KEY": root}
        async with httpx2.AsyncClient() as http:
            worker = f"http://127.0.0.1:{house.fleet.crew.health_port}/readyz"
            assert (await http.get(worker)).json()["master_key"] is True
            done = json.loads((await house.run("master-key", "rotate", "--json", expect=0, stdin=None, **between)).stdout)
            assert done["needed"] is False
            ready = await http.get(f"{house.api_url}/v1/readyz")
            assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
            assert ready.json()["reasons"] == {"master_key": "master_key_lost"}
            worker_says = await http.get(worker)
            assert worker_says.status_code == 503
            assert "OMBUD_MASTER_KEY" in worker_says.json()["reasons"]["master_key"]
        examined = await house.run("doctor", "--json", expect=None, OMBUD_MASTER_KEY=earlier, OMBUD_DIGEST_KEY=root)
        (sealed,) = [one for one in json.loads(examined.stdout) if one["part"] == "sealed keys"]
        assert (sealed["verdict"], "as OMBUD_MASTER_KEY" in sealed["next_step"]) == ("fail", True), sealed
        await told(house, OMBUD_MASTER_KEY=LATER, OMBUD_DIGEST_KEY=root)
        async with httpx2.AsyncClient() as http:
            ready = await http.get(f"{house.api_url}/v1/readyz")
            assert (ready.status_code, ready.json()["checks"]["master_key"]) == (200, "ok")


def party_of(case: dict[str, Any], side: str) -> str:
    return str(next(one["id"] for one in case["parties"] if one["side"] == side))
