"""The demo, as a stranger runs it: by itself to the end, with everything it promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

PROMISES = (
    "E too old: declined by a gate, with its reason",
    "B nimbus severity: closed as settled",
    "C boarding charge: first response overdue, escalated to the leads",
    "C boarding charge: approve by ben → own_ruling",
    "the worker is dead (SIGKILL)",
    "C boarding charge: approve by cleo → 202",
    "C boarding charge: approved after the crash, issued when its grace was over",
    "A password reset: ruled by signal; both parties are told",
    "D dog walks: decide appeal by ben → own_case",
    "D dog walks: appeal upheld, no right left, closed",
    "A password reset: both parties received the ruling with its reasons",
    "ombud audit verify: 6 cases,",
    "Everything the demo promises was seen.",
)


def test_the_demo_keeps_its_promises(tmp_path: Path) -> None:
    # From another folder, with its own place said from there: what it hands to its processes must not depend on where they work.
    command = [sys.executable, "-m", "cli.main", "demo", "--state-dir", "demo"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("OMBUD_")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280, env=env, cwd=tmp_path)
    said = " ".join(done.stdout.split())
    assert done.returncode == 0, done.stdout + done.stderr
    assert [promise for promise in PROMISES if promise not in said] == []
    assert "✗" not in said
