"""One idea a module. Over 500 lines, or a function over 50, stands here with the reason why it is one idea all the same; a module
under 40 lines with a single importer belongs into that one. `pytest -s` prints the ten largest.
"""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, imports_of, modules, name_of, parsed

MODULE_CEILING = 500
FUNCTION_CEILING = 50
FLOOR = 40

LARGE: dict[str, str] = {}
"""Modules and functions (``path name``) above the ceiling, and why each is one idea."""

SMALL: dict[str, str] = {
    "workflows/upkeep.py": "A workflow is loaded into the sandbox by itself, without what starts it.",
    "activities/upkeep.py": "What leaves an activity is decided in this room; the worker only hands the jobs in.",
    "console/pages/calendars.py": "Every topic that people read about has its file in this room.",
    "cli/demo/play.py": "How the demo is run stands in the demo's room; the command only calls it.",
    "cli/tables/preview.py": "Every topic that is shown has its file in this room.",
    "api/examples/party_links.py": "Every topic that the API answers about has its examples in this room.",
    "api/examples/signing_keys.py": "Every topic that the API answers about has its examples in this room.",
    **{
        f"api/routes/{topic}.py": "The application imports every route, and each topic has its file in this room too."
        for topic in ("calendars", "sanctions", "statements", "terms")
    },
}
"""Modules under the floor with one importer that stand alone, and why."""


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _functions(path: Path) -> list[tuple[int, str]]:
    """Each function's length, from its first decorator to its last line."""
    found = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            found.append(((node.end_lineno or first) - first + 1, f"{name_of(path)} {node.name}"))
    return found


def _hold(what: str, ceiling: int, sized: list[tuple[int, str]]) -> None:
    largest = sorted(sized, reverse=True)
    print(f"\nThe ten largest {what} (ceiling {ceiling}):")
    for size, name in largest[:10]:
        print(f"{size:>6}  {name}")
    too_large = [f"{name}: {size} lines" for size, name in largest if size > ceiling and name not in LARGE]
    if too_large:
        pytest.fail(f"{len(too_large)} {what} have more than {ceiling} lines:\n" + "\n".join(too_large), pytrace=False)


def test_modules_hold_one_idea() -> None:
    _hold("modules", MODULE_CEILING, [(_lines(path), name_of(path)) for path in modules()])


def test_functions_hold_one_idea() -> None:
    _hold("functions", FUNCTION_CEILING, [entry for path in modules() for entry in _functions(path)])


def test_a_small_module_with_one_importer_is_part_of_that_one() -> None:
    importers = Counter(target for path in modules() for target in imports_of(path))
    for folder in ("tests", "benchmarks", "docs"):
        importers.update(target for path in (ROOT / folder).rglob("*.py") for target in imports_of(path))
    alone = [
        f"{name_of(path)}: {_lines(path)} lines"
        for path in modules()
        if path.name != "__init__.py" and _lines(path) < FLOOR and importers[name_of(path)] == 1 and name_of(path) not in SMALL
    ]
    assert alone == []


def test_every_exception_is_needed() -> None:
    sized = {name: size for path in modules() for size, name in [(_lines(path), name_of(path)), *_functions(path)]}
    assert [name for name in LARGE if sized.get(name, 0) <= (MODULE_CEILING if name.endswith(".py") else FUNCTION_CEILING)] == []
    assert [name for name in SMALL if sized.get(name, FLOOR) >= FLOOR] == []
