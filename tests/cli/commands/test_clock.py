"""``ombud clock``: what it prints of the API's answers, and what it refuses before it asks."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console
from rich.table import Table
from typer.testing import CliRunner

from api.examples.cases import COMMAND_ANSWER
from api.examples.clocks import CLOCKS, FREEZING, FROZEN, INCIDENTS, THAWED
from cli.main import app
from cli.tables.cases import said_of
from cli.tables.clock import bulk_lines, bulk_notes, clock_table, incident_table, told


def printed(table: Table) -> str:
    console = Console(width=200, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


@pytest.mark.parametrize(
    "words",
    [
        ("pause", "case_00000000-0000", "--reason", "x"),
        ("extend", "case_00000000-0000", "ruling", "--reason", "x", "--for", "2 hours", "--to", "2026-11-26T09:00:00Z"),
        ("retarget", "case_00000000-0000", "--reason", "x", "--as", "per_lee"),
    ],
    ids=["nobody speaks", "two ends", "nothing changes"],
)
def test_what_cannot_be_meant_is_refused_with_64(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMBUD_URL", raising=False)
    done = CliRunner().invoke(app, ["clock", *words])
    assert (done.exit_code, done.stdout) == (64, "")
    assert done.stderr.endswith(". [usage]\n")


def test_a_clock_with_what_lies_ahead() -> None:
    text = printed(clock_table(CLOCKS["data"]))
    assert all(part in text for part in ("ruling", "running", "80 working hours", "03 Dec", "breach"))


def test_a_stopped_clock_says_when_and_has_no_due_date() -> None:
    stopped = {**CLOCKS["data"][0], "state": "stopped", "stopped_at": "2026-11-20T10:00:00Z", "levels": []}
    text = printed(clock_table([stopped]))
    assert "stopped 20 Nov" in text
    assert "03 Dec" not in text


def test_an_answer_names_what_falls_due_next() -> None:
    assert told(COMMAND_ANSWER).startswith("accepted: cmd_")
    assert "; next: settlement 25 Nov" in told(COMMAND_ANSWER)


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (FROZEN, "mail-outage-2026-11: freeze sent to 1 case as of 2026-11-22T09:05:00.120000Z (1 accepted)."),
        (THAWED, "mail-outage-2026-11: thaw sent to 1 case as of 2026-11-22T09:05:00.120000Z (1 accepted)."),
        ({**FROZEN, "cases": 0, "at": None, "counts": {}}, "mail-outage-2026-11: freeze sent to 0 cases."),
    ],
    ids=["frozen", "thawed", "nothing"],
)
def test_an_order_for_many(answer: dict[str, Any], line: str) -> None:
    assert list(bulk_lines(answer)) == [line]


def test_a_dry_run_names_the_first_and_counts_the_rest() -> None:
    dry = {**FROZEN, "dry_run": True, "cases": 3, "first": ["case_a", "case_b"]}
    assert list(bulk_lines(dry)) == ["3 cases would be frozen for mail-outage-2026-11.", "case_a", "case_b", "… and 1 more"]


def test_what_waits_and_what_refused_is_told_beside_it() -> None:
    refused = {"case": "case_a", "command_id": "cmd_1", "status": "refused", "code": "already_held", "detail": "Frozen already."}
    notes = list(bulk_notes({**FREEZING, "results": [refused]}))
    assert notes == ["1 on disk and not judged yet: the worker wakes them.", "case_a: Frozen already. [already_held]"]


def test_incidents_with_their_cases() -> None:
    assert "118" in printed(incident_table(INCIDENTS["data"]))


def test_a_timeline_says_until_when_and_not_to_whom() -> None:
    pause = {
        "type": "clocks_paused",
        "data": {"why": "snooze", "of": "team", "until": "2026-11-26T09:00:00Z", "reason": "hearing"},
    }
    message = {"type": "message_sent", "data": {"to": "all", "text": "Hello.", "sender": "claimant"}}
    assert said_of(pause).startswith("snooze, hearing, team, until 26 Nov")
    assert said_of(message) == "“Hello.”"
