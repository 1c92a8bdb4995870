"""The command line from end to end, as a new user goes along it: up, a case opened, ruled on and proved, and down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

FIXTURES = Path(__file__).parents[1] / "fixtures" / "intake"
USAGE, DATA, NO_INPUT, NO_PERMISSION, UNAVAILABLE = 64, 65, 66, 77, 69


class Shell:
    """Runs ``ombud`` in a state folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        clean = {name: value for name, value in os.environ.items() if not name.startswith("OMBUD_")}
        self.env = {**clean, "OMBUD_STATE_DIR": str(folder), "OMBUD_API_PORT": "0", "OMBUD_TENANT": "local"}

    def __call__(self, *args: str, expect: int = 0, stdin: str | None = None) -> str:
        command = [sys.executable, "-m", "cli.main", *args]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=self.env, input=stdin, timeout=120)
        assert done.returncode == expect, f"{args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout if expect == 0 else done.stderr

    def json(self, *args: str) -> Any:
        return json.loads(self(*args, "--json"))


@pytest.fixture(scope="module")
def ombud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Everything up, and down again at the end."""
    shell = Shell(tmp_path_factory.mktemp("cli"))
    assert "stack_not_running" in shell("case", "list", expect=UNAVAILABLE)
    said = shell.json("up")
    assert said["api"].startswith("http://127.0.0.1:")
    assert said["api_key"].startswith("omb_")
    try:
        yield shell
    finally:
        assert set(shell.json("down")["stopped"]) == {"api", "worker", "mail", "temporal", "postgres"}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report of its own, as a file."""
    body = json.loads((FIXTURES / "report.json").read_text("utf-8"))
    body |= {"kind": "bounty_dispute", "external_id": uuid.uuid4().hex, "attributes": {}}
    path = tmp_path / "report.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    return path


def test_a_case_from_the_report_to_the_ruling(ombud: Shell, report: Path) -> None:
    case_id = ombud.json("case", "open", "--file", str(report))["id"]
    assert case_id in {c["id"] for c in ombud.json("case", "list", "--status", "open")["data"]}
    case = ombud.json("case", "show", case_id)
    assert case["phase"] == "settlement"
    claimant = next(p["id"] for p in case["parties"] if p["side"] == "claimant")
    assert "accepted" in ombud("case", "command", case_id, '{"type": "escalate"}', "--as", claimant)
    ruling = ("case", "rule", case_id, "--as", "per_mediator", "--outcome", "upheld", "--remedy", "payout:15000:usd")
    assert "ground_unknown" in ombud(*ruling, "--reasons", "It is so.", expect=DATA)
    ombud(*ruling, "--ground", "scope", "--reasons", "-", stdin="The flaw was in scope on the day of the report.")
    assert ombud.json("case", "show", case_id)["phase"] == "ruled"
    # To the claimant the case is in mediation until the grace is over.
    assert ombud.json("case", "show", case_id, "--as", claimant)["phase"] == "review"
    told = ombud("case", "timeline", case_id)
    assert "ruling drafted" in told
    assert "in scope on the day" in told
    assert "the record is whole" in ombud("audit", "verify")


def test_a_mail_becomes_a_case(ombud: Shell) -> None:
    said = ombud("case", "open", "--file", str(FIXTURES / "report.eml"))
    assert said.startswith("case_")
    assert said == ombud("case", "open", "--file", str(FIXTURES / "report.eml")), "the same mail is the same case"


@pytest.mark.parametrize(
    ("args", "code", "word"),
    [
        (("case", "show", "case_00000000-0"), NO_INPUT, "not_found"),
        (("case", "open", "--file", "no-such-file.json"), NO_INPUT, "no file"),
        (("case", "revive"), USAGE, "--all"),
        (("case", "command", "case_00000000-0", "{not json"), DATA, "not JSON"),
    ],
)
def test_an_error_says_what_and_exits_by_its_cause(ombud: Shell, args: tuple[str, ...], code: int, word: str) -> None:
    assert word in ombud(*args, expect=code)


def test_who_may_not_is_told_why(ombud: Shell, report: Path) -> None:
    case_id = ombud.json("case", "open", "--file", str(report))["id"]
    assert "not_allowed" in ombud(
        "case", "command", case_id, '{"type": "escalate"}', "--as", "per_mediator", expect=NO_PERMISSION
    )


def test_the_doctor_finds_everything_well(ombud: Shell) -> None:
    assert {row["verdict"] for row in ombud.json("doctor")} <= {"ok", "warn"}


def test_reviving_what_runs_starts_nothing(ombud: Shell) -> None:
    assert ombud.json("case", "revive", "--all")["started"] == 0
