"""A fail point kills the process at the named moment, once, and never outside development."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.failpoints import FailPoints
from runtime.settings import Settings
from tests.support.places import ROOT

PASSES = """
import sys
from pathlib import Path
from runtime.failpoints import FailPoints
points = FailPoints(sys.argv[1], Path(sys.argv[2]))
for step in range(3):
    points.hit("other")
    points.hit("after-write")
    print(step, flush=True)
"""


def passing(armed: str, state_dir: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PASSES, armed, str(state_dir)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_process_dies_at_the_point_as_by_a_power_cut(tmp_path: Path) -> None:
    done = passing("after-write", tmp_path)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "")


def test_a_number_names_the_passing(tmp_path: Path) -> None:
    done = passing("after-write:3", tmp_path)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "0\n1\n")


def test_the_process_started_again_passes(tmp_path: Path) -> None:
    passing("after-write", tmp_path)
    assert (tmp_path / "failpoint-after-write.hit").exists()
    done = passing("after-write", tmp_path)
    assert (done.returncode, done.stdout) == (0, "0\n1\n2\n")


def test_another_point_is_passed(tmp_path: Path) -> None:
    assert passing("before-write", tmp_path).returncode == 0


@pytest.mark.parametrize(("development", "fail_point"), [(False, "after-write"), (True, None)])
def test_nothing_is_armed_outside_development_or_without_a_name(
    tmp_path: Path, development: bool, fail_point: str | None
) -> None:
    settings = Settings(_env_file=None, state_dir=tmp_path, development=development, fail_point=fail_point)
    FailPoints.of(settings).hit("after-write")
    assert list(tmp_path.iterdir()) == []
