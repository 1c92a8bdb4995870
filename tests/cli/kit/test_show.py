"""What strangers wrote never reaches a terminal as it came: not in a table, a line, a note or a JSON document."""

from __future__ import annotations

import json

import pytest
from rich.table import Table
from rich.text import Text

from cli.kit.show import note, out, plain_console, print_json, print_json_line, say
from cli.tables.cases import case_sheet, evidence_table, timeline_table

ATTACK = "\x1b[2J\x1b]8;;http://evil.example\x07\x9b31m\u202etxt.exe\r[bold]no[/bold]"
OBEYED = {"\x1b", "\x07", "\x9b", "\u202e", "\r"}


def table(cell: object) -> Table:
    """A table with one cell."""
    made = Table("said")
    made.add_row(cell)  # type: ignore[arg-type]  # a text or a str
    return made


@pytest.mark.parametrize("print_it", [note, say, print_json, print_json_line])
def test_lines_and_documents(print_it: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert callable(print_it)
    print_it(ATTACK)
    printed = capsys.readouterr()
    assert not OBEYED & {*printed.out, *printed.err}


def test_a_document_still_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"text": ATTACK, "is": "漢 \n"})
    assert json.loads(capsys.readouterr().out) == {"text": ATTACK, "is": "漢 \n"}


@pytest.mark.parametrize("cell", [ATTACK, Text(ATTACK)])
def test_tables(cell: object, capsys: pytest.CaptureFixture[str]) -> None:
    out(force_terminal=True, color_system=None, width=100).print(table(cell))
    plain_console(force_terminal=True, color_system=None, width=100).print(ATTACK)
    printed = capsys.readouterr().out
    assert not OBEYED & {*printed}
    assert printed.count("[bold]no[/bold]") == 2, "brackets are words, no markup"


def test_tables_of_cases(capsys: pytest.CaptureFixture[str]) -> None:
    piece = {"at": "2026-11-02T09:00:00Z", "id": "evd_1", "side": None, "evidence_type": None, "confidentiality": "all"}
    file = {"id": "fil_1", "name": ATTACK, "bytes": 3}
    asked = {"id": "req_1", "of": "claimant", "asked_at": piece["at"], "state": "open", "what": ATTACK}
    for shown in (
        timeline_table([{"at": piece["at"], "type": "message_sent", "data": {"text": ATTACK}}]),
        evidence_table([{**piece, "text": ATTACK, "files": [file]}]),
        case_sheet({"id": "case_1", "category": ATTACK, "requests": [asked]}),
    ):
        out().print(shown)
    assert not OBEYED & {*capsys.readouterr().out}
