"""The layout of the house: what lies at the top, what the rooms may be called, and that all they need travels with them."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.architecture.house import ROOMS, ROOT, imported_names, modules, name_of, project_files

FOLDERS = {*ROOMS, "tests", "benchmarks", "docs", "deploy", ".ci", ".github"}
FILES = {
    "README.md", "pyproject.toml", "uv.lock", "docker-compose.yml", "Makefile", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
    ".squawk.toml", ".gitignore", ".dockerignore", ".gitattributes", ".env.example", ".python-version",
}  # fmt: skip


def test_the_top_level_holds_what_the_design_names() -> None:
    strangers = set()
    for path in project_files():
        first, *rest = path.relative_to(ROOT).parts
        if first not in (FOLDERS if rest else FILES):
            strangers.add(first)
    assert strangers == set()


def test_no_room_carries_a_name_of_the_standard_library() -> None:
    assert [room for room in ROOMS if room in sys.stdlib_module_names] == []


def test_the_tools_know_every_room() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert rooms == set(ROOMS)
    assert set(pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == rooms
    assert set(pyproject["tool"]["importlinter"]["root_packages"]) == rooms


def test_nobody_imports_the_tests() -> None:
    guests = [f"{name_of(path)} imports {name}" for path in modules() for name in imported_names(path) if _of_tests(name)]
    assert guests == []


def _of_tests(name: str) -> bool:
    return name.split(".")[0] in {"tests", "benchmarks", "pytest", "hypothesis"}


@pytest.mark.slow
def test_everything_that_is_not_python_ships_in_the_wheel(tmp_path: Path) -> None:
    """SQL migrations, packs, calendars and templates are read from the installed packages."""
    build = f"import hatchling.build as b; print(b.build_wheel({str(tmp_path)!r}))"
    done = subprocess.run([sys.executable, "-c", build], cwd=ROOT, capture_output=True, text=True, check=True)
    shipped = set(zipfile.ZipFile(tmp_path / done.stdout.split()[-1]).namelist())
    ours = {name_of(path) for path in project_files() if name_of(path).split("/")[0] in ROOMS}
    assert ours - shipped == set()
    assert any(name.endswith(".sql") for name in shipped)
    assert any(name.endswith(".yaml") for name in shipped)
