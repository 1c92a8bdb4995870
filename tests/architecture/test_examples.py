"""The same verdict each time: what `make test` draws at random is the same on every machine, and who looks for more says so."""

from __future__ import annotations

import os
import re
import sys
from itertools import count
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.architecture.house import ROOT
from tests.explore import again, explore, failed, fed_files
from tests.support.profiles import EXAMPLES, PROFILE

CHANCE = re.compile(r"\b(SystemRandom|urandom|derandomize|Random\(\)|random\.(random|choice|shuffle|sample|randrange|randint)\()")
MAY_CHOOSE = {"tests/explore.py", "tests/support/profiles.py", "tests/architecture/test_examples.py"}


class TestMakeTest:
    def test_makes_the_same_examples_each_time(self) -> None:
        profile = settings.get_profile(PROFILE)
        assert profile.derandomize
        assert (profile.database, profile.max_examples, profile.deadline) == (None, EXAMPLES, None)

    def test_in_a_hurry_makes_a_quarter_of_the_same(self) -> None:
        quick = settings.get_profile("quick")
        assert (quick.derandomize, quick.database, quick.max_examples) == (True, None, EXAMPLES // 4)

    @pytest.mark.skipif("HYPOTHESIS_PROFILE" in os.environ, reason="somebody asked for other examples")
    def test_is_what_runs_here(self) -> None:
        assert settings().derandomize
        assert settings().database is None

    def test_asks_for_no_other_profile(self) -> None:
        for path in ("Makefile", ".ci/run", "pyproject.toml"):
            asked = re.findall(r"(.*)(?:HYPOTHESIS_PROFILE|hypothesis-(?:profile|seed))(\S*)", (ROOT / path).read_text("utf-8"))
            # `make test-fast` and `make test-domain`, which CI does not call.
            assert asked in ([], [("FAST := ", "=quick")]), path

    def test_leaves_nothing_to_chance(self) -> None:
        """A test that needs chances takes them from `FIXED_SEED`, or from a seed of its own."""
        for path in sorted((ROOT / "tests").rglob("*.py")):
            if (name := path.relative_to(ROOT).as_posix()) not in MAY_CHOOSE:
                assert not CHANCE.search(path.read_text("utf-8")), name

    def test_does_not_depend_on_what_else_is_loaded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Hypothesis would draw the numbers of a module that another test happens to have loaded."""
        before = drawn()
        path = tmp_path / "numbers_of_somebody_else.py"
        path.write_text(f"NUMBERS = {list(range(1_000, 9_000, 400))}\n", "utf-8")
        module = ModuleType(path.stem)
        module.__file__ = str(path)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        assert drawn() == before


def drawn() -> list[int]:
    """Some numbers."""
    found: list[int] = []

    @settings(settings.get_profile(PROFILE), max_examples=200)
    @given(st.integers(0, 10_000))
    def draws(number: int) -> None:
        found.append(number)

    draws()
    return found


class Rounds:
    """Stands for pytest: one answer a round, each a minute long."""

    def __init__(self, *codes: int) -> None:
        """`codes` are what the rounds end with."""
        self.codes = codes
        self.ran: list[int] = []

    def run(self, seed: int, paths: list[str]) -> tuple[int, str]:
        assert paths == ["tests/domain"]
        self.ran.append(seed)
        code = self.codes[len(self.ran) - 1]
        return code, "FAILED tests/domain/test_x.py::TestX::test_y - AssertionError: no - never\n1 failed" if code else "3 passed"

    def clock(self) -> float:
        return 60.0 * len(self.ran)


class TestMakeTestRandom:
    def test_runs_every_file_that_hypothesis_feeds(self) -> None:
        files = fed_files()
        assert {"tests/domain/test_lifecycle_machine.py", "tests/storage/record/test_records_any_sequence.py"} <= set(files)
        assert "tests/domain/rules/test_lifecycle_matrix.py" not in files

    def test_goes_on_with_fresh_seeds_until_the_time_is_up(self, capsys: pytest.CaptureFixture[str]) -> None:
        rounds = Rounds(0, 0, 0, 0)
        assert explore(rounds.run, ["tests/domain"], 2.5, rounds.clock, count(40)) == 0
        assert rounds.ran == [40, 41, 42]
        assert capsys.readouterr().out.splitlines()[-1] == "round 3, seed 42: 3 passed"

    def test_ends_at_a_failure_and_says_how_to_have_it_again(self, capsys: pytest.CaptureFixture[str]) -> None:
        rounds = Rounds(0, 1, 0)
        assert explore(rounds.run, ["tests/domain"], 60, rounds.clock, count(40)) == 1
        assert rounds.ran == [40, 41]
        printed = capsys.readouterr().out
        assert (
            "HYPOTHESIS_PROFILE=random .venv/bin/pytest --hypothesis-seed=41 'tests/domain/test_x.py::TestX::test_y'" in printed
        )

    @pytest.mark.parametrize(
        ("line", "test"),
        [
            ("FAILED tests/a.py::test_b - assert 1 == 2", "tests/a.py::test_b"),
            ("ERROR tests/a.py", "tests/a.py"),
            ("FAILED tests/a.py::test_b[x y]", "tests/a.py::test_b[x y]"),
            ("3 passed", None),
        ],
    )
    def test_reads_which_test_it_was(self, line: str, test: str | None) -> None:
        assert failed(f"some\n{line}\nmore") == test

    def test_offers_to_make_it_smaller(self) -> None:
        assert "HYPOTHESIS_PROFILE=smaller .venv/bin/pytest --hypothesis-seed=7 'tests/a.py'" in again(7, "tests/a.py")


def test_what_is_looked_for_at_random_is_not_the_same_each_time() -> None:
    assert not any(settings.get_profile(name).derandomize for name in ("random", "smaller"))
