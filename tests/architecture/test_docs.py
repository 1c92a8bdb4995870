"""The reference says what the rules say, and the pages lead to each other."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from docs import generate
from domain.model.commands import SYSTEM_COMMANDS, parse_command
from tests.architecture.house import ROOT, name_of, project_files

FROM_OUTSIDE = [command for command in generate.command_classes() if generate.type_of(command) not in SYSTEM_COMMANDS]
MARKDOWN = [path for path in project_files() if path.suffix == ".md"]


@pytest.mark.parametrize("path", generate.pages(), ids=lambda path: path.name)
def test_a_generated_page_is_fresh(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generate.pages()[path], f"{name_of(path)} is stale: run `make docs`"


@pytest.mark.parametrize("command", FROM_OUTSIDE, ids=generate.type_of)
def test_the_example_of_a_command_is_a_command(command: type[BaseModel]) -> None:
    assert isinstance(parse_command(generate.example(command)), command)


@pytest.mark.parametrize("path", MARKDOWN, ids=name_of)
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", text)
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted(folder.glob("[0-9]*.md")) if path.name not in index] == []
