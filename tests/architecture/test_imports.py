"""The import rules that import-linter cannot say; the others are its contracts in pyproject.toml."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.house import ROOMS, ROOT, imported_names, modules, name_of

# Parts of an outside package that a room may use; anything else of that package is refused there.
PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "domain": {"temporalio": ()},
    "activities": {"temporalio": ("temporalio.activity", "temporalio.exceptions")},
    "workflows": {"temporalio": ("temporalio.workflow", "temporalio.common", "temporalio.exceptions")},
}
# The case's doors for those outside it, and a look at its runs: a client's code, never loaded in the sandbox.
DOORS = {
    "workflows/handles.py": ("temporalio.client", "temporalio.service"),
    "workflows/runs.py": ("temporalio.client", "temporalio.service", "temporalio.api"),
}
# What a room may use besides the standard library and itself.
ONLY = {"domain": {"pydantic", "pydantic_core"}}


def _imports(room: str) -> Iterator[tuple[Path, str]]:
    for path in modules(room):
        yield from ((path, name) for name in imported_names(path))


@pytest.mark.parametrize("room", ONLY)
def test_a_room_uses_nothing_but_what_it_may(room: str) -> None:
    allowed = {room, *sys.stdlib_module_names, *ONLY[room]}
    strangers = [f"{name_of(path)} imports {name}" for path, name in _imports(room) if name.split(".")[0] not in allowed]
    assert strangers == []


@pytest.mark.parametrize("room", PARTS)
def test_a_room_uses_of_temporal_only_its_part(room: str) -> None:
    strangers = []
    for path, name in _imports(room):
        for package, parts in PARTS[room].items():
            allowed = (*parts, *DOORS.get(name_of(path), ()))
            if name.split(".")[0] == package and not any(f"{name}.".startswith(f"{part}.") for part in allowed):
                strangers.append(f"{name_of(path)} imports {name}")
    assert strangers == []


@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_not_loaded_by_the_workflows_themselves(door: str) -> None:
    module = door.removesuffix(".py").replace("/", ".")
    inside = [
        name_of(path)
        for path, name in _imports("workflows")
        if f"{name}.".startswith(f"{module}.") and name_of(path) not in DOORS
    ]
    assert inside == []


def test_the_command_line_loads_the_rooms_inside_its_commands() -> None:
    """So that `ombud --help` answers at once: importing the command line brings nothing heavy."""
    heavy = {*ROOMS, "temporalio", "asyncpg", "fastapi", "uvicorn", "pydantic", "structlog", "jinja2", "cryptography"} - {"cli"}
    script = "import sys, cli.main; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert heavy.intersection(done.stdout.split()) == set()
