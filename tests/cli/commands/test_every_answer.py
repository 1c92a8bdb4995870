"""Whatever the API may answer, a command prints it for people: no shape of an answer ends in a traceback.

Commands and answers are read from the command line and from the API's description, so that a new one of either is tried too.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.main import get_command

from cli.main import app
from tests.support.answers import AnswerAll
from tests.support.command_lines import COMMANDS


def _asks(words: str) -> bool:
    parameters = COMMANDS[words].parameters
    return "json" in parameters and "tenant" in parameters


# Put together once: typer's own runner does it for each run, which takes longer than all the runs.
PROGRAM = get_command(app)
ASKING = sorted(filter(_asks, COMMANDS))


@pytest.mark.parametrize("words", ASKING)
def test_every_answer_can_be_shown(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = COMMANDS[words].typed(tmp_path)
    # What a command writes goes into the folder where it is typed.
    monkeypatch.chdir(tmp_path)
    with AnswerAll() as api:
        said = {"OMBUD_URL": api.url, "OMBUD_API_KEY": "omb_x", "OMBUD_STATE_DIR": str(tmp_path), "OMBUD_LOGIN_KEY": "omb_x"}
        for name, value in said.items():
            monkeypatch.setenv(name, value)
        for turn in api.turns():
            # Any other exception than this one is the traceback that nobody may see.
            with pytest.raises(SystemExit) as ended:
                PROGRAM.main(typed, prog_name="ombud")
            # In part is an answer too. A few look into this machine's own database, or into a file, and ask no API.
            code, printed = ended.value.code or 0, capsys.readouterr()
            assert code in ((0, 1, 75) if api.asked else (65, 69)), f"{typed}, answer {turn} to {api.asked}: {printed}"
