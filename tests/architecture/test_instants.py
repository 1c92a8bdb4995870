"""Nothing under `workflows/` computes a date: instants are data that `record` answered with (ADR 0004)."""

import ast
from pathlib import Path

import pytest

from tests.architecture.house import imported_names, modules, name_of, parsed

COMPUTE = frozenset({
    "zoneinfo", "calendar", "domain.worktime.calculator", "domain.rules.levels", "domain.rules.timetable",
    "domain.worktime.openings", "domain.worktime.calendars", "domain.worktime.spans", "datetime.date", "datetime.time",
})  # fmt: skip
"""What a workflow would need to work out when something falls due."""
SHIFTS = frozenset({"astimezone", "combine", "fromisoformat", "fromtimestamp", "strptime", "fromordinal", "utcnow", "today"})
"""Ways to come by an instant."""


@pytest.mark.parametrize("path", modules("workflows"), ids=name_of)
def test_a_workflow_computes_no_instant(path: Path) -> None:
    tree = parsed(path)
    imported = [name for name in imported_names(path) if {name, name.rpartition(".")[0]} & COMPUTE]
    assert not imported, f"{name_of(path)} imports {imported}"
    called = [node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    assert not SHIFTS & set(called), f"{name_of(path)} calls {SHIFTS & set(called)}"
    made = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "datetime"]
    assert not made, f"{name_of(path)} makes an instant of its own"


@pytest.mark.parametrize("path", modules("workflows"), ids=name_of)
def test_an_instant_is_only_ever_waited_for(path: Path) -> None:
    """The one subtraction is how long to wait; nothing is added to an instant."""
    added = [
        node
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and "attr='now'" in ast.dump(node)
    ]
    assert not added, f"{name_of(path)}:{[node.lineno for node in added]} adds to an instant"
