"""Looks for what the fixed examples miss: round after round, every test that Hypothesis feeds, each round from a fresh seed.

`make test-random MINUTES=60` runs it. No round begins once the time is up (one takes about two minutes). The first failure ends
it, with the command that has the same failure again; nothing is made smaller meanwhile, a second command does that.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from random import SystemRandom

ROOT = Path(__file__).parent.parent
USES_HYPOTHESIS = re.compile(r"^(from|import) hypothesis\b", re.MULTILINE)

Run = Callable[[int, list[str]], tuple[int, str]]
"""Runs the tests of some files from a seed; gives pytest's exit code and what it printed."""


def fed_files(folder: Path = ROOT / "tests") -> list[str]:
    """The test files that use Hypothesis: to collect all others would take longer than a round."""
    found = (path for path in folder.rglob("test_*.py") if USES_HYPOTHESIS.search(path.read_text("utf-8")))
    return sorted(str(path.relative_to(ROOT)) for path in found)


def explore(run: Run, paths: list[str], minutes: float, clock: Callable[[], float], seeds: Iterable[int]) -> int:
    """Rounds until the time is up or something fails; the exit code."""
    end = clock() + 60 * minutes
    for number, seed in enumerate(seeds, start=1):
        code, printed = run(seed, paths)
        said = printed.strip().splitlines()
        print(f"round {number}, seed {seed}: {said[-1] if said else 'nothing'}", flush=True)
        if code:
            print(printed)
            print(again(seed, failed(printed) or " ".join(paths)))
            return code
        if clock() >= end:
            break
    return 0


def failed(printed: str) -> str | None:
    """The first test that pytest's summary names as failed."""
    found = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", printed, re.MULTILINE)
    return found[1] if found else None


def again(seed: int, test: str) -> str:
    """What to type."""
    same = f".venv/bin/pytest --hypothesis-seed={seed} '{test}'"
    return (
        f"The same failure again:\n  HYPOTHESIS_PROFILE=random {same}\n"
        f"The same made smaller, in five minutes at most:\n  HYPOTHESIS_PROFILE=smaller {same}\n"
        "Once it is mended, keep it: as an @example, or told in full (tests/domain/test_found_lives.py)."
    )


def _pytest(seed: int, paths: list[str]) -> tuple[int, str]:
    """One process for a whole round, so that the servers start once and nothing is left over from the round before."""
    options = ["-x", "-q", "-p", "no:cacheprovider", "-m", "hypothesis", f"--hypothesis-seed={seed}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *paths],
        cwd=ROOT,
        env={**os.environ, "HYPOTHESIS_PROFILE": "random"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("paths", nargs="*", help="some files instead of all that use Hypothesis")
    given = parser.parse_args()
    chance = SystemRandom()
    seeds = iter(lambda: chance.randrange(2**32), None)
    try:
        return explore(_pytest, given.paths or fed_files(), given.minutes, time.monotonic, seeds)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
