"""Nothing grows beyond what one reads in one go: 300 lines a module, 40 a function. `pytest -s` prints the ten largest."""

import ast
from pathlib import Path

import pytest

from tests.architecture.house import modules, name_of, parsed

MODULE_CEILING = 300
FUNCTION_CEILING = 40


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _functions(path: Path) -> list[tuple[int, str]]:
    """Each function's length, from its first decorator to its last line."""
    found = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            found.append(((node.end_lineno or first) - first + 1, f"{name_of(path)}:{node.lineno} {node.name}"))
    return found


def _hold(what: str, ceiling: int, sized: list[tuple[int, str]]) -> None:
    largest = sorted(sized, reverse=True)
    print(f"\nThe ten largest {what} (ceiling {ceiling}):")
    for size, name in largest[:10]:
        print(f"{size:>6}  {name}")
    too_large = [f"{name}: {size} lines" for size, name in largest if size > ceiling]
    if too_large:
        pytest.fail(f"{len(too_large)} {what} have more than {ceiling} lines:\n" + "\n".join(too_large), pytrace=False)


def test_modules_stay_small() -> None:
    _hold("modules", MODULE_CEILING, [(_lines(path), name_of(path)) for path in modules()])


def test_functions_stay_small() -> None:
    _hold("functions", FUNCTION_CEILING, [entry for path in modules() for entry in _functions(path)])
