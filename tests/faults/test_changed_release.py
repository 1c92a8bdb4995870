"""A deployment in the middle of a case: another pack, another row of the table. What was recorded stays what it was."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.support.fleet import House
from tests.support.places import ROOT
from tests.support.played_cases import MONEY, Desk, Refused, a_report
from tests.support.releases import copied, other_rules
from tests.support.sound import assert_sound
from workflows.handles import workflow_id

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

REPLAY = """
import asyncio, sys
from pathlib import Path
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from runtime.plugin import ombud_plugin
from workflows.case import CaseWorkflow
replayer = Replayer(workflows=[CaseWorkflow], plugins=[ombud_plugin()])
for path in map(Path, sys.argv[1:]):
    asyncio.run(replayer.replay_workflow(WorkflowHistory.from_json("case/recorded/" + path.stem, path.read_text())))
    print("replayed", path.stem)
"""


def _command(number: int, kind: str, by: str, **fields: object) -> dict[str, object]:
    return {"id": f"cmd_release-{by}-{number}", "type": kind, "by": by, **fields}


async def _history(house: House, firm_id: str, case_id: str, path: Path) -> Path:
    handle, history = house.client.get_workflow_handle(workflow_id(firm_id, case_id)), None
    # A run that goes on as a new one has nothing to replay before its first task, and the server lets that one wait for a moment.
    while history is None or not any(event.HasField("workflow_task_completed_event_attributes") for event in history.events):
        await asyncio.sleep(0.1)
        history = await handle.fetch_history()
    return _kept(path, history.to_json())


def _kept(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


async def _replays(release: Path, *histories: Path) -> None:
    command = [sys.executable, "-c", REPLAY, *map(str, histories)]
    env = {**os.environ, "PYTHONPATH": str(release)}
    done = await asyncio.to_thread(subprocess.run, command, cwd=release, env=env, capture_output=True, text=True, check=False)
    assert done.stdout.count("replayed") == len(histories), done.stderr[-2000:]


async def test_a_case_keeps_its_terms_and_its_record_when_another_release_takes_over(house: House, tmp_path: Path) -> None:
    firm = await house.firm(hour=5)
    release = other_rules(copied(tmp_path / "release"))
    async with httpx2.AsyncClient(timeout=30) as http:
        desk = Desk(house, firm, http)
        old = await desk.open(a_report(number="old"))
        before = await desk.see(old)
        claimant = next(p["id"] for p in before["parties"] if p["side"] == "claimant")
        offer = _command(1, "offer", claimant, remedy="payout", amount=MONEY)
        answer = await desk.send(old, offer)
        before = await desk.see(old)
        history = await _history(house, firm.id, old, tmp_path / "before.json")

        async with house.released(release):
            after = await desk.see(old)
            assert (after["deadlines"], after["pack_version"]) == (before["deadlines"], before["pack_version"])
            assert await desk.send(old, offer) == answer, "a command that was answered keeps its answer"
            with pytest.raises(Refused, match="not_in_this_phase"):
                await desk.send(old, _command(2, "escalate", claimant))
            new = await desk.see(await desk.open(a_report(number="new")))
            assert new["pack_version"] != before["pack_version"]
            assert new["deadlines"][0]["due_at"] > after["deadlines"][0]["due_at"]
            verdict = await house.run("audit", "verify", "--tenant", firm.id, "--json", release=str(release))
            assert json.loads(verdict.stdout)["problems"] == []
            await _replays(release, history)

        # Back again: what the other release recorded is as good.
        await _replays(ROOT, await _history(house, firm.id, old, tmp_path / "after.json"))
        for case in (after, new):
            party = next(p["id"] for p in case["parties"] if p["side"] == "claimant")
            await desk.send(case["id"], _command(3, "escalate", party))
            await desk.send(case["id"], _command(4, "withdraw", party))
    await assert_sound(house, firm)
