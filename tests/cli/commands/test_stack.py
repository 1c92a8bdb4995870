"""``ombud temporal …``: Temporal's command line is found, and told where the cases run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """#!/bin/sh
if [ "$1" = "--version" ]; then echo "temporal version 0"; else echo "$TEMPORAL_ADDRESS $TEMPORAL_NAMESPACE $*"; exit 7; fi
"""


def test_temporals_own_program_gets_every_word_the_address_and_the_namespace(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    said = {"TEMPORAL_CLI_PATH": str(program), "TEMPORAL_ADDRESS": "127.0.0.1:9", "OMBUD_STATE_DIR": str(tmp_path), "PATH": ""}
    words = ["workflow", "list", "--query", "CaseStatus = 'open'", "--help"]
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "temporal", *words], env=said, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (7, f"127.0.0.1:9 default {' '.join(words)}\n"), done.stderr
