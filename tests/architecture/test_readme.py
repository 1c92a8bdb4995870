"""Every command that a page tells somebody to type exists: the README, CONTRIBUTING and all of docs/."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.commands import commands_in, is_a_command, make_verbs
from tests.architecture.house import ROOT, name_of, project_files

PAGES = [path for path in project_files() if path.suffix == ".md" and name_of(path) != "CHANGELOG.md"]
SHELL = {
    "git", "cd", "docker", "temporal", "curl", "export", "openssl", "psql", "cat", "echo", "deploy/make-secrets", "pytest",
    "helm", "kubectl",
}  # fmt: skip
"""Programs that are not ours; what they are told is tried elsewhere, or on a machine that has them."""


def commands_of(page: Path) -> Iterator[list[str]]:
    """Each command line in the page's shell blocks."""
    return commands_in(page.read_text(encoding="utf-8"))


def exists(words: list[str]) -> bool:
    """Whether this command can be typed in a clone of the project."""
    program, *rest = words
    match program.removeprefix(".venv/bin/"):
        case "make":
            return {word for word in rest if not re.match(r"-|[A-Z_]+=", word)} <= make_verbs()
        case "ombud":
            return is_a_command(rest)
        case "python":
            return rest[0] == "-m" and (ROOT / rest[1].replace(".", "/")).with_suffix(".py").exists()
        case known:
            return known in SHELL


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_of_a_page_exists(page: Path) -> None:
    assert [" ".join(words) for words in commands_of(page) if not exists(words)] == []


def test_the_readme_begins_with_the_two_commands() -> None:
    typed = [" ".join(words) for words in commands_of(ROOT / "README.md")]
    assert "make demo" in typed[:2]
    assert "make test" in typed[:2]


def test_ci_runs_what_the_readme_says() -> None:
    """`make check` holds `make test`, and CI runs the former, literally."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^check: lint test\b", makefile, flags=re.MULTILINE)
    assert "make check" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]
