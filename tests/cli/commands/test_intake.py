"""``ombud intake read`` keeps its contract: one JSON document, a table for people, exit codes by cause. No server is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.commands.intake import app
from cli.kit.exits import BAD_DATA, NOT_THERE, USAGE
from tests.support.places import FIXTURES

RUN = CliRunner()
MAIL = FIXTURES / "intake" / "mail" / "charset-windows-31j.eml"


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without settings and without a server."""
    monkeypatch.chdir(tmp_path)


def test_machines_get_one_document() -> None:
    found = RUN.invoke(app, ["read", str(MAIL), "--provider", "mail", "--json"])
    assert (found.exit_code, found.stderr) == (0, "")
    assert json.loads(found.stdout) == {
        "outcome": "report",
        "why": "It answers no notice of ours and names no case: a new report.",
        "claimant": {"address": "mia@example.org", "name": "Mia Holt"},
        "statement": "やかんが届きません①",
        "files": [],
        "external_id": "charset-windows-31j@example.org",
        "amount": None,
        "guessed": [],
    }


def test_people_get_a_table() -> None:
    found = RUN.invoke(app, ["read", str(FIXTURES / "intake" / "stripe-dispute-created.json"), "--provider", "stripe"])
    assert found.exit_code == 0
    assert "18450 EUR" in found.stdout
    assert "Ines Marchetti <ines.marchetti@example.net>" in found.stdout


def test_what_a_stranger_wrote_moves_no_terminal(tmp_path: Path) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(b"From: a@x.example\n\nWords \x1b[2J\x1b]0;title\x07 and [bold]more[/bold].")
    found = RUN.invoke(app, ["read", str(file)])
    assert found.exit_code == 0
    assert "\x1b" not in found.stdout
    assert "[bold]more[/bold]" in found.stdout


def test_it_reads_what_is_handed_in() -> None:
    found = RUN.invoke(app, ["read", "-", "--json"], input=b"From: a@x.example\n\nWords.")
    assert json.loads(found.stdout)["statement"] == "Words."


def test_what_would_be_refused_says_why() -> None:
    found = RUN.invoke(app, ["read", "-", "--json"], input=b"no header at all")
    assert found.exit_code == BAD_DATA
    assert json.loads(found.stdout)["outcome"] == "refused"
    assert "From: There is no sender" in json.loads(found.stdout)["why"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["read", "no-such-file.eml"], NOT_THERE, "file_unreadable"),
        (["read", "."], NOT_THERE, "file_unreadable"),
        (["read", str(MAIL), "--provider", "fax"], USAGE, "mail, stripe, paypal, generic"),
    ],
)
def test_what_cannot_be_read_ends_with_its_cause(arguments: list[str], code: int, told: str) -> None:
    found = RUN.invoke(app, arguments)
    assert (found.exit_code, found.stdout) == (code, "")
    assert told in found.stderr
