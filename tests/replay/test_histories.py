"""Cases that live for months are replayed by whatever code runs by then. Every recorded history must find the same steps in it.

When one fails: the loop of a workflow was changed in a way that running cases do not survive. See README.md beside this file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from runtime.plugin import ombud_plugin
from tests.replay.endings import EVERY_KIND, KINDS, ONE_KIND, continued
from tests.support.places import ROOT
from workflows.case import CaseWorkflow
from workflows.delivery import DeliveryWorkflow

HISTORIES = Path(__file__).parent / "histories"
ALL = sorted(HISTORIES.glob("*.json"))


def history_of(path: Path) -> WorkflowHistory:
    kind = "delivery" if path.stem.endswith((".sent", ".given-up")) else "case"
    return WorkflowHistory.from_json(f"{kind}/recorded/{path.stem}", path.read_text(encoding="utf-8"))


def a_replayer() -> Replayer:
    # The plugin of every process of ours. No activity is registered: replay asks no record and knows no rule.
    return Replayer(workflows=[CaseWorkflow, DeliveryWorkflow], plugins=[ombud_plugin()])


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
async def test_it_replays(path: Path) -> None:
    await a_replayer().replay_workflow(history_of(path))


def test_every_way_to_end_is_recorded() -> None:
    lives = {f"{kind}.{life.__name__}" for kind in KINDS for life in EVERY_KIND}
    lives |= {f"{kind}.{life.__name__}" for kind, life in (*ONE_KIND, (KINDS[0], continued))}
    assert {".".join(path.stem.split(".")[:2]) for path in ALL} == lives


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_it_does_not_say_where_it_was_recorded(path: Path) -> None:
    events = json.loads(path.read_text(encoding="utf-8"))["events"]
    found = json.dumps(events)
    assert '"identity": "recorded"' in found
    assert "@" not in found.replace("@ombud", "")


def _cut(history: WorkflowHistory, marker: int) -> WorkflowHistory:
    """The history with the name of one activity changed: what a changed workflow would look like."""
    body = json.loads(history.to_json())
    scheduled = [e for e in body["events"] if "activityTaskScheduledEventAttributes" in e]
    scheduled[marker]["activityTaskScheduledEventAttributes"]["activityType"]["name"] = "something.else"
    return WorkflowHistory.from_json(history.workflow_id, body)


async def test_a_history_of_another_workflow_is_noticed() -> None:
    changed = _cut(history_of(HISTORIES / "fraud_report.ruled.json"), 0)
    with pytest.raises(NondeterminismError):
        await a_replayer().replay_workflow(changed)


async def test_a_case_that_is_open_replays_at_every_moment_of_its_life() -> None:
    """A worker can take a case over after any of its tasks: every beginning of a history must replay too."""
    whole = json.loads((HISTORIES / "bounty_dispute.appeal_overturned.json").read_text(encoding="utf-8"))["events"]
    ends = [n for n, event in enumerate(whole, 1) if event["eventType"] == "EVENT_TYPE_WORKFLOW_TASK_COMPLETED"]
    for end in ends:
        after = next(
            (n for n in range(end, len(whole)) if whole[n]["eventType"] == "EVENT_TYPE_WORKFLOW_TASK_SCHEDULED"), len(whole)
        )
        await a_replayer().replay_workflow(WorkflowHistory.from_json("case/recorded/part", {"events": whole[:after]}))


CHANGED_RULES = """
import asyncio, sys
from pathlib import Path

import domain.rules.lifecycle as lifecycle
{change}

from tests.replay.test_histories import ALL, a_replayer, history_of

async def histories():
    for path in ALL:
        yield history_of(path)

async def replay():
    await a_replayer().replay_workflows(histories())

asyncio.run(replay())
sys.stdout.write(f"{{len(ALL)}} replayed")
sys.stdout.flush()
import os
os._exit(0)  # Temporal's core sometimes aborts while the interpreter winds down
"""


def _replayed_elsewhere(change: str, **environment: str) -> str:
    """Replay everything in another process, in which something was changed before our code was imported."""
    done = subprocess.run(
        [sys.executable, "-c", CHANGED_RULES.format(change=change)],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_changed_rules_do_not_break_the_replay() -> None:
    change = (
        "lifecycle.TABLE = tuple(row for row in lifecycle.TABLE if row.command not in ('rule', 'appeal', 'withdraw'))\n"
        "lifecycle._INDEX = {(row.phase, row.command): row for row in lifecycle.TABLE}\n"
        "import domain.rules.decide, domain.transition\n"
        "def nothing_is_allowed(*given, **more): raise RuntimeError('no rule is asked')\n"
        "domain.rules.decide.decide = domain.transition.step = nothing_is_allowed"
    )
    assert _replayed_elsewhere(change) == f"{len(ALL)} replayed"


@pytest.mark.slow
def test_other_zone_data_does_not_change_the_replay(tmp_path: Path) -> None:
    """Daylight saving is abolished overnight: instants in a history are data, and stay."""
    change = (
        "import zoneinfo\n"
        f"zoneinfo.reset_tzpath([{str(tmp_path)!r}])\n"
        "class Abolished(zoneinfo.ZoneInfo):\n"
        "    def utcoffset(self, when): raise RuntimeError('no zone is asked')\n"
        "zoneinfo.ZoneInfo = Abolished"
    )
    assert _replayed_elsewhere(change, PYTHONTZPATH=str(tmp_path)) == f"{len(ALL)} replayed"
