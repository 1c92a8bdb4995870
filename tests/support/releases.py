"""Other releases of this very project: copies of its packages with something changed."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.architecture.house import ROOMS
from tests.support.places import ROOT


def copied(folder: Path) -> Path:
    """Our packages in another folder."""
    for name in ROOMS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def swapped(path: Path, old: str, new: str) -> None:
    """Change one place of a file of it."""
    text = path.read_text("utf-8")
    assert old in text, f"{path.name} says it otherwise by now"
    path.write_text(text.replace(old, new), "utf-8")


def other_rules(folder: Path) -> Path:
    """Of this release: settlements are ten times as long and nobody may escalate them. No patch is needed: ``record`` judges."""
    swapped(folder / "policies/packs/bounty_dispute.yaml", "- like: settlement", "- {like: settlement, target: 30 business days}")
    swapped(folder / "domain/rules/lifecycle.py", '    _row(_P.SETTLEMENT, "escalate", PARTIES, "review"),\n', "")
    return folder


def other_steps(folder: Path, *, patched: bool) -> Path:
    """Of this release: a case takes a step more each time that it wakes. With a patch, or as somebody forgot it."""
    beside, step = "            self._start_beside()\n", "            await workflow.sleep(0.001)\n"
    guard = '            if workflow.patched("rehearsed"):\n    '
    swapped(folder / "workflows/case.py", beside, f"{beside}{guard if patched else ''}{step}")
    return folder
