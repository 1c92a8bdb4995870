"""Packs are found by what somebody calls them, and whatever is wrong with one is a refusal with a code."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from domain.base import Money
from policies.pack import PACKS_DIR
from policies.yaml_text import read
from services.errors import OperatorRefused
from services.packs import calendar_names, changes, find, lint, on_shelf, same_file

SHIPPED = PACKS_DIR / "bounty_dispute.yaml"
TEXT = SHIPPED.read_text("utf-8")
VERSION = hashlib.sha256(SHIPPED.read_bytes()).hexdigest()


class Kept:
    """The packs that a database keeps, by their versions."""

    def __init__(self, **versions: str) -> None:
        self.versions, self.asked = versions, list[str]()

    async def like(self, version: str) -> list[Any]:
        """Those whose version begins so."""
        self.asked.append(version)
        return [read(text) for known, text in self.versions.items() if known.startswith(version)]


def written(path: Path, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


class TestFind:
    async def test_a_kind_is_the_pack_of_this_machine_and_no_database_is_asked(self) -> None:
        kept = Kept()
        assert (await find("bounty_dispute", None, kept.like)).version == VERSION
        assert kept.asked == []

    async def test_a_file_of_ones_own_folder_wins_over_the_shipped_one(self, tmp_path: Path) -> None:
        written(tmp_path / "packs" / "bounty_dispute.yaml", TEXT.replace("amount: 500000", "amount: 700000"))
        found = await find("bounty_dispute", tmp_path, Kept().like)
        assert isinstance(found.approval_above, Money)
        assert found.approval_above.amount == 700000

    async def test_a_file_is_read_with_or_without_a_byte_order_mark(self, tmp_path: Path) -> None:
        mine = tmp_path / "mine.yaml"
        mine.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
        assert (await find(str(mine), None, Kept().like)).version == VERSION

    async def test_a_kept_version_goes_by_its_first_characters_and_means_the_same(self) -> None:
        found = await find("abcdef01", None, Kept(abcdef0123=TEXT).like)
        assert changes(await find("bounty_dispute", None, Kept().like), found) == ()

    async def test_a_beginning_that_several_versions_have_is_unclear(self) -> None:
        with pytest.raises(OperatorRefused, match="2 kept versions begin with 'abcdef01'") as caught:
            await find("abcdef01", None, Kept(abcdef0123=TEXT, abcdef0145=TEXT).like)
        assert caught.value.code == "pack_unclear"

    @pytest.mark.parametrize("name", ["no_such_kind", "abcdef0", "abcdef0g"])
    async def test_what_cannot_be_a_version_is_not_asked_for(self, name: str) -> None:
        kept = Kept(abcdef0123=TEXT)
        with pytest.raises(OperatorRefused, match="Kinds: bounty_dispute, ") as caught:
            await find(name, None, kept.like)
        assert (caught.value.code, kept.asked) == ("pack_unknown", [])

    async def test_a_version_that_nobody_kept(self) -> None:
        with pytest.raises(OperatorRefused) as caught:
            await find("abcdef01", None, Kept().like)
        assert caught.value.code == "pack_unknown"

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            (TEXT.replace("queue: mediation", "quue: mediation", 1), "pack_invalid"),
            ("kind: 2026-13-45", "pack_unreadable"),
            ("[" * 20_000, "pack_unreadable"),
        ],
        ids=["misspelt", "no date", "too deep"],
    )
    async def test_a_file_that_is_no_pack(self, tmp_path: Path, text: str, code: str) -> None:
        mine = written(tmp_path / "mine.yaml", text)
        with pytest.raises(OperatorRefused) as caught:
            await find(str(mine), None, Kept().like)
        assert caught.value.code == code
        assert "\n" not in caught.value.message

    async def test_a_policies_folder_of_no_use(self, tmp_path: Path) -> None:
        with pytest.raises(OperatorRefused) as caught:
            await find("bounty_dispute", tmp_path / "none", Kept().like)
        assert caught.value.code == "policies_dir_missing"


class TestLint:
    def test_without_names_it_looks_at_every_pack_of_the_machine(self, tmp_path: Path) -> None:
        found = lint((), None)
        assert (found.packs, found.findings, found.usable) == (len(list(PACKS_DIR.glob("*.yaml"))), (), True)
        written(tmp_path / "packs" / "mine.yaml", TEXT.replace("kind: bounty_dispute", "kind: mine"))
        assert lint((), tmp_path).packs == found.packs + 1

    @pytest.mark.parametrize(
        ("old", "new", "usable"),
        [("report.amount >=", "report.weight >=", False), ("  case_closed: [all]\n", "", True)],
        ids=["an error", "a warning"],
    )
    def test_an_error_makes_a_pack_useless_and_a_warning_does_not(self, tmp_path: Path, old: str, new: str, usable: bool) -> None:
        mine = written(tmp_path / "mine.yaml", TEXT.replace(old, new))
        found = lint([str(mine)], None)
        assert [file for file, _ in found.findings] == [mine]
        assert found.usable is usable

    def test_a_calendar_of_ones_own_folder_is_known(self, tmp_path: Path) -> None:
        calendar = (PACKS_DIR.parent / "calendars" / "europe-office.yaml").read_text("utf-8")
        written(tmp_path / "calendars" / "mars-office.yaml", calendar)
        mine = written(tmp_path / "mine.yaml", TEXT.replace("calendar: europe-office", "calendar: mars-office"))
        assert lint([str(mine)], tmp_path).usable
        assert not lint([str(mine)], None).usable
        assert "mars-office" in calendar_names(tmp_path) - calendar_names(None)

    def test_what_cannot_be_read_has_a_code(self, tmp_path: Path) -> None:
        binary = tmp_path / "binary.yaml"
        binary.write_bytes(b"\xff\xfe\x00")
        for name, code in ((str(binary), "pack_unreadable"), (str(tmp_path), "pack_unreadable"), ("no_such", "kind_unknown")):
            with pytest.raises(OperatorRefused) as caught:
                lint([name], None)
            assert caught.value.code == code


class TestOnShelf:
    def test_the_holidays_are_those_around_the_storys_year(self) -> None:
        shelf, pack = on_shelf("bounty_dispute", 2019, None)
        assert (shelf.years[0], pack.version) == (2018, VERSION)

    def test_a_calendar_that_nobody_has_is_refused(self, tmp_path: Path) -> None:
        mine = written(tmp_path / "mine.yaml", TEXT.replace("calendar: europe-office", "calendar: mars-office"))
        with pytest.raises(OperatorRefused, match="there is no calendar 'mars-office'") as caught:
            on_shelf(str(mine), 2026, None)
        assert caught.value.code == "calendar_unknown"


class TestSameFile:
    def test_names_the_file_that_says_what_the_case_was_opened_under(self) -> None:
        assert same_file(VERSION, None) == SHIPPED

    def test_is_none_when_the_file_has_changed(self, tmp_path: Path) -> None:
        written(tmp_path / "packs" / "bounty_dispute.yaml", TEXT + "\n")
        assert same_file(VERSION, tmp_path) is None

    def test_is_none_when_the_policies_folder_is_gone(self, tmp_path: Path) -> None:
        assert same_file(VERSION, tmp_path / "none") is None


def test_changes_say_what_is_another(tmp_path: Path) -> None:
    _, old = on_shelf("bounty_dispute", 2026, None)
    _, new = on_shelf(str(written(tmp_path / "mine.yaml", TEXT.replace("amount: 500000", "amount: 700000"))), 2026, None)
    (difference,) = changes(old, new)
    assert difference.what == "approval_above"
    assert difference.old != difference.new
