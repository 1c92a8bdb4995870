"""A release is rehearsed: old code runs cases, new code takes them over, and back again, by versions of a worker deployment.

``make rehearse-release`` runs this with this tree and a changed copy of it; ``make rehearse-release FROM=REF`` with the release
REF and this tree, which is what to do before a deployment.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from runtime.embedded.processes import free_port
from tests.support.fleet import Firm, House, environment, until
from tests.support.places import ROOT
from tests.support.played_cases import MONEY, Desk, a_report
from tests.support.releases import copied, other_rules, other_steps
from tests.support.temporal import troubles
from workflows.handles import workflow_id

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

FROM = os.environ.get("OMBUD_REHEARSE_FROM")
DEPLOYMENT = "rehearsed"
TRIES = 3
"""A workflow task that failed so often is no accident."""


@pytest.fixture(scope="module")
async def long_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house whose histories go on as they do in life: a release meets runs that are in the middle of one. Nobody works yet."""
    async with House.at(tmp_path_factory.mktemp("rehearsal"), {}) as house:
        await asyncio.to_thread(house.fleet.stop, "worker")
        yield house


@pytest.fixture
def releases(tmp_path: Path) -> tuple[Path, Path]:
    """What runs, and what is to run."""
    if FROM:
        return Path(FROM), ROOT
    return ROOT, other_steps(other_rules(copied(tmp_path / "new")), patched=True)


@asynccontextmanager
async def _working(house: House, release: Path, build: str) -> AsyncIterator[None]:
    """A worker of a release, under a build id of the deployment."""
    state = house.fleet.state_dir
    env = {
        **os.environ, **environment(state), "OMBUD_STATE_DIR": str(state), "PYTHONTZPATH": "", "PYTHONPATH": str(release),
        "OMBUD_WORKER_DEPLOYMENT_NAME": DEPLOYMENT, "OMBUD_WORKER_BUILD_ID": build, "OMBUD_WORKER_HEALTH_PORT": str(free_port()),
    }  # fmt: skip
    with (state / f"worker-{build}.log").open("ab") as log:
        # -P: a folder of the same name as one of ours, where it works, must not be taken for it.
        words = (sys.executable, "-P", "-m", "cli.main", "worker", "run")
        process = await asyncio.create_subprocess_exec(*words, env=env, cwd=state, stdout=log, stderr=log)
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _promoted(house: House, build: str) -> dict[str, Any]:
    """The step of a release by which a build takes over; refused until its worker has come."""

    said = ""

    async def made_current() -> dict[str, Any] | None:
        nonlocal said
        done = await house.run("worker", "promote", build, "--json", expect=None, OMBUD_WORKER_DEPLOYMENT_NAME=DEPLOYMENT)
        said = done.stderr
        return json.loads(done.stdout) if done.returncode == 0 else None

    log = house.fleet.state_dir / f"worker-{build}.log"
    answer: dict[str, Any] = await until(made_current, lambda: f"{build} to be current: {said} {log.read_text()[-2000:]}", 60)
    return answer


async def _troubled(house: House, firm: Firm, case: str) -> bool:
    """Wake a case, and see whether its workflow task fails: a run of another release, or one that answers."""
    handle = house.client.get_workflow_handle(workflow_id(firm.id, case))
    await handle.signal("tell", {"command_id": ""})

    async def decided() -> str | None:
        raw = (await handle.describe()).raw_description
        if not raw.HasField("pending_workflow_task"):
            return "answers"
        return "fails" if raw.pending_workflow_task.attempt >= TRIES else None

    return bool(await until(decided, "the case to answer, or to fail") == "fails")


async def _wrong(house: House, firm: Firm, *cases: str) -> list[str]:
    found = []
    for case in cases:
        history = await house.client.get_workflow_handle(workflow_id(firm.id, case)).fetch_history()
        # One that timed out was in the hand of a worker that was stopped, and is done by the next.
        found += [f"{case}: {trouble}" for trouble in troubles(list(history.events)) if "timed out" not in trouble]
    return found


async def _over(house: House, desk: Desk, *cases: str) -> None:
    """They are closed, and their record is whole. (Letters of what was said may wait for ten minutes: they are let be.)"""
    assert [(await desk.see(case))["phase"] for case in cases] == ["closed"] * len(cases)
    assert (await house.json("audit", "verify", "--tenant", desk.firm.id))["problems"] == []


class _Parties:
    """The two of a case, who go on whatever runs."""

    def __init__(self, desk: Desk, case: str) -> None:
        self._desk, self.case, self._sent = desk, case, 0

    @classmethod
    async def of(cls, desk: Desk, number: str) -> _Parties:
        return cls(desk, await desk.open(a_report(number=number)))

    async def speak(self, kind: str = "message", **fields: object) -> None:
        """The claimant says something, and it is judged."""
        self._sent += 1
        claimant = next(p["id"] for p in (await self._desk.see(self.case))["parties"] if p["side"] == "claimant")
        given = {"text": f"Is anybody there? ({self._sent})"} if kind == "message" else fields
        await self._desk.send(self.case, {"id": f"cmd_{self.case}.{self._sent}", "type": kind, "by": claimant, **given})


async def test_new_code_takes_running_cases_over_and_gives_them_back(long_house: House, releases: tuple[Path, Path]) -> None:
    house, (old, new) = long_house, releases
    firm = await house.firm(hour=5)
    async with httpx2.AsyncClient(timeout=30) as http:
        desk = Desk(house, firm, http)
        async with _working(house, old, "old"):
            assert (await _promoted(house, "old"))["before"] is None
            first = await _Parties.of(desk, "first")
            await first.speak("offer", remedy="payout", amount=MONEY)
            async with _working(house, new, "new"):
                assert await _promoted(house, "new") == {"deployment": DEPLOYMENT, "current": "new", "before": "old"}
                await first.speak()
        async with _working(house, new, "new"):
            # The old workers are gone; what they began goes on, and what begins now is the new release's.
            await first.speak()
            second = await _Parties.of(desk, "second")
            await second.speak()
            assert await _wrong(house, firm, first.case, second.case) == []
            async with _working(house, old, "old"):
                await _promoted(house, "old")
        async with _working(house, old, "old"):
            # A run that took a step which the old release does not know fails there, loudly, until it begins anew.
            failing = [parties.case for parties in (first, second) if await _troubled(house, firm, parties.case)]
            assert FROM or failing == [second.case]
            told = await house.json("case", "revive", "--stuck", "--tenant", firm.id)
            assert told["restarted"] == len(failing)
            for parties in (first, second):
                await parties.speak()
                await parties.speak("withdraw")
            await _over(house, desk, first.case, second.case)


async def test_a_release_that_forgot_its_patch_is_loud_and_nothing_is_lost_by_going_back(
    long_house: House, tmp_path: Path
) -> None:
    house, careless = long_house, other_steps(copied(tmp_path / "careless"), patched=False)
    firm = await house.firm(hour=5)
    async with httpx2.AsyncClient(timeout=30) as http:
        desk = Desk(house, firm, http)
        async with _working(house, ROOT, "sound"):
            await _promoted(house, "sound")
            parties = await _Parties.of(desk, "careless")
            await parties.speak()
            async with _working(house, careless, "careless"):
                await _promoted(house, "careless")
                assert await _troubled(house, firm, parties.case)
                await _promoted(house, "sound")
            # Its task is tried again, by the code that fits: nobody has to begin anything anew.
            await parties.speak()
            await parties.speak("withdraw")
            await _over(house, desk, parties.case)
