"""The Temporal program is looked for in one order, got once when it is nowhere, and never by two processes at a time."""

import threading
from pathlib import Path

import pytest

from runtime.embedded.binary import VERSION, BinaryFinder, Getter, Progress
from runtime.errors import ServiceFault


def silent(_: str) -> None:
    pass


def a_program(path: Path, says: str = "temporal version 1.5.1 (Server 1.29.1)") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


class Getting:
    """Gets the program, or says why it cannot, and counts how often it was asked."""

    def __init__(self, refusal: str | None = None, says: str = "temporal version 1.5.1") -> None:
        self.asked = 0
        self._refusal, self._says = refusal, says

    def __call__(self, _version: str, target: Path, _progress: Progress) -> None:
        self.asked += 1
        if self._refusal:
            raise OSError(self._refusal)
        a_program(target, self._says)


def a_finder(tmp_path: Path, *, explicit: Path | None = None, on_path: bool = False, **getters: Getter) -> BinaryFinder:
    if on_path:
        a_program(tmp_path / "bin/temporal")
    return BinaryFinder(
        explicit=explicit, search_path=str(tmp_path / "bin"), cache=tmp_path / "cache", getters=tuple(getters.items())
    )


class TestOrder:
    def test_the_set_path_goes_first(self, tmp_path: Path) -> None:
        mine = a_program(tmp_path / "mine")
        assert a_finder(tmp_path, explicit=mine, on_path=True).look() == (mine, "TEMPORAL_CLI_PATH")

    def test_a_set_path_that_leads_nowhere_is_not_passed_over(self, tmp_path: Path) -> None:
        with pytest.raises(ServiceFault) as fault:
            a_finder(tmp_path, explicit=tmp_path / "gone", on_path=True).look()
        assert fault.value.code == "temporal_path_wrong"

    def test_then_the_search_path(self, tmp_path: Path) -> None:
        a_program(tmp_path / "cache" / VERSION / "temporal")
        assert a_finder(tmp_path, on_path=True).look() == (tmp_path / "bin/temporal", "PATH")

    def test_another_program_of_that_name_is_passed_over(self, tmp_path: Path) -> None:
        a_program(tmp_path / "bin/temporal", says="temporal logic checker 3")
        cached = a_program(tmp_path / "cache" / VERSION / "temporal")
        assert a_finder(tmp_path).look() == (cached, "cache")

    def test_nowhere_is_none(self, tmp_path: Path) -> None:
        assert a_finder(tmp_path).look() is None

    def test_nothing_is_got_when_it_is_there(self, tmp_path: Path) -> None:
        download = Getting()
        a_finder(tmp_path, on_path=True, download=download).find(silent)
        assert download.asked == 0

    def test_the_download_goes_before_the_build(self, tmp_path: Path) -> None:
        download, build = Getting(), Getting()
        assert a_finder(tmp_path, download=download, build=build).find(silent).source == "download"
        assert build.asked == 0

    def test_the_build_takes_over_and_says_why(self, tmp_path: Path) -> None:
        said: list[str] = []
        finder = a_finder(tmp_path, download=Getting("no network"), build=Getting())
        assert finder.find(said.append) == (tmp_path / "cache" / VERSION / "temporal", "build")
        assert said == ["Temporal: download is not possible (no network)"]


class TestGetting:
    def test_it_is_got_once(self, tmp_path: Path) -> None:
        build = Getting()
        finder = a_finder(tmp_path, build=build)
        assert [finder.find(silent).source, finder.find(silent).source] == ["build", "cache"]
        assert build.asked == 1

    def test_many_at_once_get_it_once(self, tmp_path: Path) -> None:
        build, found = Getting(), list[str]()
        threads = [
            threading.Thread(target=lambda: found.append(a_finder(tmp_path, build=build).find(silent).source)) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found) == ["build", *["cache"] * 7]
        assert build.asked == 1

    def test_what_does_not_run_is_not_kept(self, tmp_path: Path) -> None:
        finder = a_finder(tmp_path, download=Getting(says="wrong architecture"), build=Getting("no Go"))
        with pytest.raises(ServiceFault):
            finder.find(silent)
        assert finder.look() is None

    def test_missing_everything_says_the_three_ways(self, tmp_path: Path) -> None:
        with pytest.raises(ServiceFault) as fault:
            a_finder(tmp_path, download=Getting("no network"), build=Getting("no Go")).find(silent)
        assert fault.value.code == "temporal_missing"
        for word in ("no network", "no Go", "TEMPORAL_ADDRESS", "TEMPORAL_CLI_PATH", "install Go"):
            assert word in fault.value.message
