"""A layer that should run is never skipped in silence: tried with small runs of pytest inside the run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # three runs of pytest

ROOT = Path(__file__).parents[2]
SOURCE = """
import pytest

@pytest.mark.postgres
def test_skipped():
    pytest.skip("no need")

@pytest.mark.faults
def test_passing():
    pass
"""


def run(folder: Path, required: str) -> tuple[int, str]:
    path = folder / "test_inner.py"
    path.write_text(SOURCE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-q"]
    command += ["-p", "tests.conftest", "-p", "no:cacheprovider", "-p", "no:schemathesis", str(path)]
    # Both layers' needs count as met: nothing is started here.
    environment = {**os.environ, "OMBUD_REQUIRE_LAYERS": required, "PYTHONPATH": str(ROOT), "TEMPORAL_ADDRESS": "127.0.0.1:1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def test_a_layer_that_may_be_missing_is_skipped_with_its_reason(tmp_path: Path) -> None:
    code, said = run(tmp_path, "faults")
    assert code == 0, said
    assert "SKIPPED" in said
    assert "no need" in said
    assert "1 run     0 skipped  (required)" in said


def test_a_required_layer_fails_when_a_test_is_skipped_and_when_none_ran(tmp_path: Path) -> None:
    code, said = run(tmp_path, "postgres,temporal")
    assert code == 1, said
    assert "postgres must run (OMBUD_REQUIRE_LAYERS), but" in said
    assert "temporal must run (OMBUD_REQUIRE_LAYERS), and no test of it did" in said


def test_a_misspelt_layer_is_an_error(tmp_path: Path) -> None:
    code, said = run(tmp_path, "postgress")
    assert code != 0
    assert "OMBUD_REQUIRE_LAYERS names postgress" in said
