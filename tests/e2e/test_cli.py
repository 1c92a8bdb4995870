"""The ``ombud`` command from `up` to `down`, as a stranger types it: on a machine's own services, in a folder of its own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest

from runtime.embedded.processes import free_port
from runtime.embedded.stack import Stack
from runtime.settings import Settings
from tests.architecture.commands import commands_in
from tests.support.fleet import environment, until
from tests.support.places import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.postgres, pytest.mark.temporal]

REPORT = ROOT / "tests/fixtures/intake/report.json"
MAIL = ROOT / "tests/fixtures/intake/report.eml"


class Shell:
    """Types commands, each a process of its own."""

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        own = {name: value for name, value in os.environ.items() if not name.startswith("OMBUD_")}
        self.health_port = free_port()
        ports = {"OMBUD_LOCAL_PORT": "0", "OMBUD_WORKER_HEALTH_PORT": str(self.health_port), "OMBUD_HEALTH_HOST": "127.0.0.2"}
        self._env = {**own, **environment(state_dir), "OMBUD_STATE_DIR": str(state_dir), **ports}

    def type(self, *words: str, stdin: str | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        command = [sys.executable, "-m", "cli.main", *words]
        return subprocess.run(
            command, cwd=ROOT, env={**self._env, **env}, input=stdin, capture_output=True, text=True, check=False
        )

    def json(self, *words: str, stdin: str | None = None) -> Any:
        """What it prints with ``--json``."""
        done = self.type(*words, "--json", stdin=stdin)
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)

    def refused(self, code: int, *words: str, **env: str) -> str:
        """What it says on stderr when it ends with an exit code; stdout stays empty."""
        done = self.type(*words, **env)
        assert (done.returncode, done.stdout) == (code, ""), f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stderr


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A shell in an empty state folder; whatever was started there is ended."""
    made = Shell(tmp_path_factory.mktemp("cli"))
    yield made
    made.type("down")
    asyncio.run(Stack(Settings(_env_file=None, state_dir=made.state_dir, database_url=None, temporal_address=None)).destroy())


@pytest.fixture(scope="module")
def places(shell: Shell) -> dict[str, Any]:
    """Where everything answers, after ``ombud up``."""
    told: dict[str, Any] = shell.json("up")
    return told


@pytest.fixture(scope="module")
def case_id(shell: Shell, places: dict[str, Any]) -> str:
    """A case opened from a file."""
    assert places
    return str(shell.json("case", "open", "--file", str(REPORT))["id"])


class TestUp:
    def test_it_says_where_everything_answers(self, shell: Shell, places: dict[str, Any]) -> None:
        assert httpx2.get(places["api"] + "/v1/readyz").json()["status"] == "ok"
        answer = httpx2.get(places["api"] + "/v1/cases", headers={"Authorization": f"Bearer {places['api_key']}"})
        assert answer.status_code == 200
        assert places["worker_health"] == f"http://127.0.0.2:{shell.health_port}/readyz"
        assert httpx2.get(places["worker_health"]).status_code == 200

    def test_a_second_time_starts_nothing(self, shell: Shell, places: dict[str, Any]) -> None:
        again = shell.json("up")
        same = ("api", "temporal", "worker_health")
        assert {name: again[name] for name in same} == {name: places[name] for name in same}


class TestStatus:
    def test_it_says_where_and_prints_the_key_again(self, shell: Shell, places: dict[str, Any]) -> None:
        found = shell.json("status")
        assert found.pop("stopped") == []
        assert found == places
        done = shell.type("status", COLUMNS="200")
        assert places["api_key"] in done.stdout
        assert places["temporal_ui"] in done.stdout

    def test_what_does_not_run_is_said_with_the_exit_code_of_init_scripts(self, shell: Shell, tmp_path: Path) -> None:
        done = shell.type("status", "--json", OMBUD_STATE_DIR=str(tmp_path / "elsewhere"))
        assert done.returncode == 3
        assert set(json.loads(done.stdout)["stopped"]) == {"postgres", "temporal", "mail", "worker", "api"}


class TestClock:
    def test_it_says_what_runs_and_why_until_then(self, shell: Shell, case_id: str) -> None:
        (settlement,) = shell.json("clock", "list", case_id)["data"]
        assert (settlement["clock"], settlement["state"]) == ("settlement", "running")
        said = shell.json("clock", "explain", case_id, "settlement")
        assert said["due_at"] == settlement["due_at"]
        words = shell.type("clock", "explain", case_id, "settlement").stdout
        assert "Its target is 3 business days" in words
        assert "europe-office" in words
        shell.refused(66, "clock", "explain", case_id, "no_such_clock")

    def test_an_incident_lets_it_stand_still_and_go_on(self, shell: Shell, case_id: str) -> None:
        due = shell.json("clock", "list", case_id)["data"][0]["due_at"]
        frozen = shell.json("clock", "freeze", "--incident", "inc_mail", "--reason", "mail_outage", "--kind", "bounty_dispute")
        assert frozen["cases"] == 1
        assert shell.json("clock", "list", case_id)["data"][0]["state"] == "still"
        assert [one["incident"] for one in shell.json("clock", "incidents")["data"]] == ["inc_mail"]
        shell.json("clock", "thaw", "--incident", "inc_mail", "--margin", "2 working hours")
        (after,) = shell.json("clock", "list", case_id)["data"]
        assert after["state"] == "running"
        assert after["due_at"] >= due

    def test_newer_data_moves_nothing_by_itself(self, shell: Shell, case_id: str) -> None:
        assert case_id
        assert shell.json("calendar", "diff") == []
        assert "europe-office" in {one["name"] for one in shell.json("calendar", "list")}


class TestTour:
    """Every command of the README's quick tour, in its order, as it is printed there."""

    def commands(self) -> list[list[str]]:
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        return list(commands_in(readme.partition("\n## A quick tour\n")[2].partition("\n## ")[0]))

    def test_each_works_as_printed(self, shell: Shell, case_id: str) -> None:
        opened, *others = self.commands()
        assert opened[:3] == [".venv/bin/ombud", "case", "open"]
        assert shell.type(*opened[1:]).stdout.split()[0] == case_id, "the same file is the same case"
        assert len(others) >= 11
        for words in others:
            program, *rest = [word.replace("CASE", case_id) for word in words]
            assert program == ".venv/bin/ombud"
            done = shell.type(*rest)
            assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        # What the tour tells Temporal is a signal, which has no answer: the case shows what became of it.
        asyncio.run(until(lambda: self.taken(shell, case_id), "the signal to be carried out"))

    def test_it_names_no_port(self) -> None:
        """Where one is taken another is used, and the printed one is a stranger's."""
        assert not [words for words in self.commands() if any("127.0.0.1" in word for word in words)]
        assert sum("temporal" in words for words in self.commands()) == 2

    async def taken(self, shell: Shell, case_id: str) -> bool:
        return bool((await asyncio.to_thread(shell.json, "case", "show", case_id))["owner"] == "per_mara")


class TestCase:
    def test_the_same_file_is_the_same_case(self, shell: Shell, case_id: str) -> None:
        assert shell.json("case", "open", "--file", str(REPORT))["id"] == case_id

    def test_a_mail_opens_a_case(self, shell: Shell, case_id: str) -> None:
        opened = shell.json("case", "open", "--file", str(MAIL))
        assert opened["id"] != case_id
        listed = shell.json("case", "list")["data"]
        assert {case["id"] for case in listed} == {case_id, opened["id"]}

    def test_tables_are_for_people(self, shell: Shell, case_id: str) -> None:
        for words in (("case", "list"), ("case", "show", case_id), ("case", "timeline", case_id)):
            done = shell.type(*words, COLUMNS="200")
            assert done.returncode == 0, done.stderr
            assert case_id in done.stdout or words[1] == "timeline"
            assert not done.stdout.startswith("{")

    def test_it_is_ruled_on_by_its_owner(self, shell: Shell, case_id: str) -> None:
        parties = {p["side"]: p["id"] for p in shell.json("case", "show", case_id)["parties"]}
        claimant = parties["claimant"]
        escalate = json.dumps({"type": "escalate"})
        assert shell.json("case", "command", case_id, "-", "--as", claimant, stdin=escalate)["status"] == "accepted"
        said = json.dumps({"type": "message", "text": "It was out of scope on that day."})
        assert shell.json("case", "command", case_id, "-", "--as", parties["respondent"], stdin=said)["status"] == "accepted"
        owner = shell.json("case", "show", case_id)["owner"]
        assert owner in {"per_ada", "per_mara"}
        words = ("case", "rule", case_id, "--outcome", "upheld", "--ground", "scope", "--reasons", "It was in scope.")
        payout = ("--remedy", "payout:150000:USD")
        assert "[not_allowed]" in shell.refused(77, *words, *payout, "--as", claimant)
        assert "[own_credential_needed]" in shell.refused(77, *words, *payout, "--as", owner)
        assert shell.type("login", owner).returncode == 0
        assert shell.json(*words, *payout, "--as", owner)["status"] == "accepted"
        assert "[not_in_this_phase]" in shell.refused(75, *words, *payout, "--as", owner)
        types = [entry["type"] for entry in shell.json("case", "timeline", case_id)["data"]]
        assert "ruling_drafted" in types


class TestExitCodes:
    def test_each_cause_has_its_own(self, shell: Shell, case_id: str, tmp_path: Path) -> None:
        broken = tmp_path / "report.json"
        broken.write_text('{"kind": "tax_return"}', "utf-8")
        said = shell.refused(65, "case", "open", "--file", str(broken))
        assert "statement: Field required" in said
        shell.refused(66, "case", "open", "--file", str(tmp_path / "none.json"))
        shell.refused(66, "case", "show", "case_00000000-0000")
        shell.refused(65, "case", "command", case_id, "{not json")
        shell.refused(65, "case", "command", case_id, '{"type": "explode"}')
        shell.refused(
            64, "case", "rule", case_id, "--outcome", "x", "--reasons", "y", "--as", "per_mediator", "--remedy", "a:b:c"
        )
        shell.refused(64, "case", "revive")
        nothing_runs = str(tmp_path / "elsewhere")
        assert "ombud stack up" in shell.refused(69, "case", "list", OMBUD_STATE_DIR=nothing_runs)


class TestAudit:
    def test_the_record_is_whole_until_somebody_tampers(self, shell: Shell, case_id: str) -> None:
        assert shell.json("audit", "verify")["problems"] == []
        asyncio.run(_tamper(shell.state_dir, "UPDATE cases SET owner = 'per_cleo' WHERE id = $1", case_id))
        done = shell.type("audit", "verify", "--json")
        assert done.returncode == 1
        assert [p["code"] for p in json.loads(done.stdout)["problems"]] == ["projection_differs"]


@contextmanager
def page_that_waits_for_news(url: str) -> Iterator[list[str]]:
    """Somebody's page of the console, open; what it was told until its stream ended, with how it ended at last."""
    told: list[str] = []
    begun = threading.Event()
    secret = {"Sec-Fetch-Site": "same-origin", "Origin": url}

    def listen() -> None:
        with httpx2.Client(base_url=url, headers=secret, timeout=60) as browser:
            assert browser.post("/sign-in/development", data={"who": "acme/per_ada"}).status_code == 303
            with browser.stream("GET", "/live", params={"at": datetime.now(UTC).isoformat()}) as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                for line in stream.iter_lines():
                    told.append(line)
                    begun.set()
        told.append("ended")

    page = threading.Thread(target=listen, daemon=True)
    page.start()
    assert begun.wait(30), "nothing came through the stream"
    yield told
    page.join(30)


class TestDown:
    def test_it_stops_what_it_started_and_nothing_the_second_time(self, shell: Shell, places: dict[str, Any]) -> None:
        with page_that_waits_for_news(places["api"]) as told:
            assert set(shell.json("down")["stopped"]) == {"api", "worker", "mail", "temporal", "postgres"}
        assert told[-1] == "ended", "whoever has a page open holds nothing up: its stream is let go"
        assert shell.json("down")["stopped"] == []
        with pytest.raises(httpx2.HTTPError):
            httpx2.get(places["api"] + "/v1/healthz")


async def _tamper(state_dir: Path, statement: str, *arguments: str) -> None:
    settings = Settings(_env_file=None, state_dir=state_dir, database_url=None, temporal_address=None)
    conn = await asyncpg.connect(Stack(settings).info().database_url)
    try:
        await conn.execute("SELECT set_config('ombud.tenant', 'acme', false)")
        await conn.execute(statement, *arguments)
    finally:
        await conn.close()
