"""Stories as people write them, and what they come to."""

from __future__ import annotations

from typing import Any

from policies.pack import Pack
from policies.rehearse import rehearse
from policies.script_case import Line
from policies.scripts import Script, read_script
from tests.support.cases import shelf
from tests.support.packs import text_of

REPORT = {
    "statement": "They closed it as a duplicate of a report that is about something else.",
    "parties": {"claimant": {"ref": "u1"}, "respondent": {"ref": "u2"}},
}
ANN, BEN = {"id": "u1", "role": "claimant"}, {"id": "u2", "role": "respondent"}
MARA, LENA, OLGA = ({"id": name, "role": role} for name, role in (("mara", "mediator"), ("lena", "lead"), ("olga", "ops")))
MONDAY = "2026-03-02T09:00:00Z"


def a_step(at: Any, by: Any, command: Any, **more: Any) -> dict[str, Any]:
    return {"at": at, "by": by, "command": {"type": command} if isinstance(command, str) else command, **more}


def a_script(*steps: Any, report: Any = None, **more: Any) -> Script:
    return read_script(text_of({"report": REPORT if report is None else report, "steps": list(steps), **more}))


def lines_of(script: Script, pack: Pack | None = None, *, with_actions: bool = True) -> list[Line]:
    return list(rehearse(shelf(), pack or shelf().packs["bounty_dispute"], script, with_actions=with_actions))


def told(*steps: Any, **more: Any) -> list[Line]:
    return lines_of(a_script(*steps, **more))
