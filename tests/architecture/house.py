"""The ground the tests of the house share: its rooms, their modules, and which files belong to the project."""

import ast
import gc
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = (
    "domain",
    "policies",
    "workflows",
    "activities",
    "storage",
    "adapters",
    "runtime",
    "workers",
    "services",
    "api",
    "console",
    "cli",
)


def modules(*rooms: str) -> list[Path]:
    """Every Python file of these rooms (none named: all), in order."""
    return sorted(path for room in rooms or ROOMS for path in (ROOT / room).rglob("*.py"))


def name_of(path: Path) -> str:
    """`domain/worktime/calculator.py` for a file of the project."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module, kept: several tests look at each."""
    return _parsed(path)


def _parsed(path: Path) -> ast.Module:
    collects = gc.isenabled()
    # A tree is thousands of new objects and no garbage. Looking through all there are, again and again, costs more than parsing.
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    finally:
        if collects:
            gc.enable()


@cache
def imported_names(path: Path) -> tuple[str, ...]:
    """Full names of what a module imports anywhere: `from a.b import c` gives `a.b.c`."""
    # Of what is no room's, nobody looks at the tree a second time: it is not kept.
    tree = parsed(path) if path.relative_to(ROOT).parts[0] in ROOMS else _parsed(path)
    return tuple(_imported(tree.body))


def _imported(body: Iterable[ast.AST]) -> Iterator[str]:
    """An import is a statement, so expressions are passed over: most of a module is expressions."""
    for node in body:
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                yield from (f"{module}.{alias.name}" for alias in node.names)
            case _:
                for below in ("body", "orelse", "finalbody", "handlers", "cases"):
                    if isinstance(inner := getattr(node, below, None), list):
                        yield from _imported(inner)


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
    for name in imported_names(path):
        for dotted in (name, name.rpartition(".")[0]):
            found = ROOT / (dotted.replace(".", "/") + ".py")
            if found.is_file():
                targets.add(name_of(found))
                break
    return frozenset(targets)
