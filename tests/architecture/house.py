"""The ground the tests of the house share: its rooms, their modules, and which files belong to the project."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("domain", "policies", "workflows", "activities", "storage", "adapters", "runtime", "workers", "services", "api", "cli")


def modules(*rooms: str) -> list[Path]:
    """Every Python file of these rooms (none named: all), in order."""
    return sorted(path for room in rooms or ROOMS for path in (ROOT / room).rglob("*.py"))


def name_of(path: Path) -> str:
    """`domain/worktime/calculator.py` for a file of the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_names(tree: ast.AST) -> Iterator[str]:
    """Full names of what is imported anywhere below a node: `from a.b import c` gives `a.b.c`."""
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                yield from (f"{module}.{alias.name}" for alias in node.names)
            case _:
                pass


@cache
def project_files() -> tuple[Path, ...]:
    """The files that belong to the project: what git keeps, or would keep once added."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(path for name in sorted(set(listed.split("\0"))) if name and (path := ROOT / name).is_file())


@cache
def imports_of(path: Path) -> frozenset[str]:
    """The project's own modules that a file imports anywhere, for types alone included: `domain/base.py`."""
    targets = set()
    for name in imported_names(parsed(path)):
        for dotted in (name, name.rpartition(".")[0]):
            found = ROOT / (dotted.replace(".", "/") + ".py")
            if found.is_file():
                targets.add(name_of(found))
                break
    return frozenset(targets)
