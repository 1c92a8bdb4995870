"""The reference says what the rules say, and the pages lead to each other."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import BaseModel

from docs import duties, generate
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


# Worked out by hand from Regulation (EEC, Euratom) No 1182/71, article 3, and the holidays of Berlin.
LAST_DAYS = {
    "2026-01-15T11:00": "2026-07-15",
    "2025-08-31T10:00": "2026-03-02",  # there is no 31 February; its last day, the 28th, is a Saturday
    "2025-10-04T11:00": "2026-04-07",  # 4 April is the Saturday before Easter Monday
    "2026-06-26T11:00": "2026-12-28",  # 26 December is a Saturday, and a holiday
}


def test_the_worked_table_of_the_digital_services_act_is_right() -> None:
    text = generate.pages()[ROOT / "docs" / "reference" / "dsa.md"]
    assert set(duties.INFORMED) == set(LAST_DAYS)
    for informed, last in LAST_DAYS.items():
        at, until = datetime.fromisoformat(informed), datetime.fromisoformat(last)
        (row,) = (line for line in text.splitlines() if line.startswith(f"| {at:%A, %-d %B %Y, %H:%M} |"))
        assert row.endswith(f"| {until:%A, %-d %B %Y} |")


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted(folder.glob("[0-9]*.md")) if path.name not in index] == []
