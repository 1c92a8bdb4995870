"""A layer that should run is never skipped in silence: tried with small runs of pytest inside the run."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SKIPPED = "import pytest\n@pytest.mark.postgres\ndef test_it():\n    pytest.skip('no need')\n"
PASSING = "import pytest\n@pytest.mark.postgres\ndef test_it():\n    pass\n"


def run(folder: Path, source: str, required: str) -> tuple[int, str]:
    path = folder / "test_inner.py"
    path.write_text(source, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), "-q"]
    command += ["-p", "tests.conftest", "-p", "no:cacheprovider", str(path)]
    environment = {**os.environ, "OMBUD_REQUIRE_LAYERS": required, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode, done.stdout + done.stderr


def test_a_skip_in_a_layer_that_may_be_missing_is_shown(tmp_path: Path) -> None:
    code, said = run(tmp_path, SKIPPED, "")
    assert code == 0, said
    assert "1 skipped" in said
    assert "no need" in said


def test_a_skip_in_a_required_layer_fails(tmp_path: Path) -> None:
    code, said = run(tmp_path, SKIPPED, "postgres")
    assert code == 1, said
    assert "postgres must run" in said


def test_a_required_layer_of_which_nothing_ran_fails(tmp_path: Path) -> None:
    code, said = run(tmp_path, PASSING, "postgres,temporal")
    assert code == 1, said
    assert "temporal must run" in said


def test_a_required_layer_that_ran_passes(tmp_path: Path) -> None:
    code, said = run(tmp_path, PASSING, "postgres")
    assert code == 0, said
    assert "(required)" in said
