"""Whatever the API may answer, a command prints it for people: no shape of an answer ends in a traceback.

Commands and answers are read from the command line and from the API's description, so that a new one of either is tried too.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from tests.support.answers import AnswerAll
from tests.support.command_lines import COMMANDS


def _asks(words: str) -> bool:
    parameters = COMMANDS[words].parameters
    return "json" in parameters and "tenant" in parameters


ASKING = sorted(filter(_asks, COMMANDS))


@pytest.mark.parametrize("words", ASKING)
def test_every_answer_can_be_shown(words: str, tmp_path: Path) -> None:
    typed = COMMANDS[words].typed(tmp_path)
    with AnswerAll() as api:
        env = {"OMBUD_URL": api.url, "OMBUD_API_KEY": "omb_x", "OMBUD_STATE_DIR": str(tmp_path), "OMBUD_LOGIN_KEY": "omb_x"}
        for turn in api.turns():
            done = CliRunner().invoke(app, typed, env=env)
            seen = f"{typed}, answer {turn} to {api.asked}: {done.output}"
            assert done.exception is None or isinstance(done.exception, SystemExit), f"{seen}{done.exception!r}"
            # A few look into this machine's own database, and ask no API.
            assert done.exit_code in ((0, 1) if api.asked else (69,)), seen
