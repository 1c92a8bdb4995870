"""The processes that `ombud up` starts: where they work, what they are told, and that the death of one ends the wait for it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from cli.local.fleet import (
    Fleet,
)
from runtime.errors import ServiceFault
from runtime.settings import Settings

# A release whose API answers "not yet" twice and writes down what it was told.
ANSWERING = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

asked = []

class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        self.send_response(200 if len(asked) > 2 else 503)
        self.end_headers()

told = {"cwd": os.getcwd(), "path": sys.path, "env": dict(os.environ), "words": sys.argv[1:]}
(Path(os.environ["OMBUD_STATE_DIR"]) / "told.json").write_text(json.dumps(told))
HTTPServer(("127.0.0.1", int(os.environ["OMBUD_API_PORT"])), Answers).serve_forever()
"""
DYING = """
import sys
sys.stderr.write("the certificate is missing\\n")
sys.exit(1)
"""


def a_release(folder: Path, main: str) -> Path:
    """A folder of packages whose `cli.main` is this."""
    package = folder / "release" / "cli"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "main.py").write_text(main, "utf-8")
    return folder / "release"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that has nothing to do with the project's, and is the one in which the command was started."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for name in os.environ:
        if name.startswith("OMBUD_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def answering(tmp_path: Path, elsewhere: Path) -> Iterator[Fleet]:
    """A fleet started from there, with what stands in its `.env`."""
    (elsewhere / ".env").write_text(
        "OMBUD_STATE_DIR=state\nOMBUD_PAYPAL_CERTIFICATE_PATH=keys/paypal.pem\nOMBUD_POLICIES_DIR=../own\nOMBUD_SMTP_PASSWORD=x\n"
    )
    settings = Settings()
    made = Fleet(settings.state_dir, settings.environment(), release=a_release(tmp_path, ANSWERING))
    made.state_dir.mkdir(parents=True)
    yield made
    made.kill("api")


def told(fleet: Fleet) -> Any:
    """What its API was told."""
    return json.loads((fleet.state_dir / "told.json").read_text("utf-8"))


class TestStart:
    def test_it_waits_until_it_is_ready_and_every_path_is_absolute(self, answering: Fleet, elsewhere: Path) -> None:
        answering.start("api")
        heard = told(answering)
        assert heard["cwd"] == str(answering.state_dir) == str(elsewhere / "state")
        assert heard["words"] == ["api", "run", "--state-dir", str(answering.state_dir)]
        assert heard["env"]["OMBUD_PAYPAL_CERTIFICATE_PATH"] == str(elsewhere / "keys/paypal.pem")
        assert heard["env"]["OMBUD_POLICIES_DIR"] == str(elsewhere / "../own")
        assert heard["env"]["OMBUD_SMTP_PASSWORD"] == "x"
        assert "" not in heard["path"], "a folder called as one of ours, where it works, is not taken for it"

    def test_one_that_runs_is_left_alone_and_waited_for(self, answering: Fleet) -> None:
        first = answering.start("api")
        assert answering.start("api") == first
        answering.ready("api")

    def test_one_that_does_not_run_cannot_be_waited_for(self, answering: Fleet) -> None:
        with pytest.raises(ServiceFault) as fault:
            answering.ready("worker")
        assert fault.value.code == "process_ended"


@pytest.mark.parametrize(
    ("set_to", "role", "where"),
    [
        ({}, "worker", "http://127.0.0.1:81"),
        ({"OMBUD_HEALTH_HOST": "127.0.0.2"}, "worker", "http://127.0.0.2:81"),
        ({"OMBUD_HEALTH_HOST": "127.0.0.2"}, "api", "http://127.0.0.1:81"),
        ({"OMBUD_API_HOST": "0.0.0.0"}, "api", "http://127.0.0.1:81"),
        ({"OMBUD_API_HOST": "::"}, "api", "http://[::1]:81"),
    ],
)
def test_it_is_asked_where_its_settings_have_it_listen(
    tmp_path: Path, elsewhere: Path, set_to: dict[str, str], role: Literal["worker", "api"], where: str
) -> None:
    assert Fleet(tmp_path / "state", set_to).where(role, 81) == where


def test_its_death_ends_the_wait_with_its_last_words(tmp_path: Path) -> None:
    """Without it this test would last ten minutes."""
    (tmp_path / "state").mkdir()
    fleet = Fleet(tmp_path / "state", release=a_release(tmp_path, DYING))
    with pytest.raises(ServiceFault, match="the certificate is missing") as fault:
        fleet.start("worker")
    assert fault.value.code == "process_ended"
