"""The shelf is the shipped files and those of one's own folder, and says which file cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from policies.calendars import CalendarFault
from policies.folders import PolicyFolderFault, calendar_files
from policies.pack import PackError
from policies.shelf import Shelf
from tests.support.packs import source, text_of

BERLIN = "name: Berlin\ntz: Europe/Berlin\nhours: {mon: [[09:00, 12:00]]}\n"


class Folder:
    """A folder of one's own, as `OMBUD_POLICIES_DIR` names it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def calendar(self, name: str, text: str = BERLIN) -> Folder:
        """With one more calendar file."""
        return self._write("calendars", name, text)

    def pack(self, name: str, **changes: Any) -> Folder:
        """With one more pack file: the shipped one of fraud reports, changed."""
        raw = source("fraud_report")
        return self._write("packs", name, text_of({**raw, **changes}))

    def _write(self, part: str, name: str, text: str) -> Folder:
        (self.path / part).mkdir(exist_ok=True)
        (self.path / part / name).write_text(text, encoding="utf-8")
        return self

    def shelf(self) -> Shelf:
        """What is loaded with it."""
        return Shelf.load(2026, self.path)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty one."""
    return Folder(tmp_path)


def test_the_years_say_which_holidays_are_written_out() -> None:
    shelf = Shelf.load(2026)
    assert shelf.years == (2025, 2029)
    assert {day.year for day in shelf.calendars["us-office"].holidays} == set(range(2025, 2030))


class TestOwnFiles:
    def test_are_added_to_the_shipped_ones(self, folder: Folder) -> None:
        shelf = folder.calendar("berlin.yaml").pack("vip_fraud.yaml", kind="vip_fraud", calendar="berlin").shelf()
        assert {"bounty_dispute", "fraud_report", "vip_fraud"} <= set(shelf.packs)
        assert set(shelf.calendars) == {
            "berlin",
            "around-the-clock",
            "europe-office",
            "follow-the-sun",
            "us-banking",
            "us-office",
        }
        assert shelf.calendars["berlin"].hours == {"mon": (("09:00", "12:00"),)}

    def test_replace_the_shipped_ones_of_the_same_name(self, folder: Folder) -> None:
        shelf = folder.calendar("us-office.yaml").pack("fraud_report.yaml", title="Our own").shelf()
        assert shelf.packs["fraud_report"].title == "Our own"
        assert (str(shelf.calendars["us-office"].zone), len(shelf.calendars)) == ("Europe/Berlin", 5)
        assert set(shelf.sources) == {pack.version for pack in shelf.packs.values()}

    def test_one_of_the_two_folders_is_enough(self, folder: Folder) -> None:
        assert "berlin" in folder.calendar("berlin.yaml").shelf().calendars

    def test_the_names_are_known_without_reading_a_file(self, folder: Folder) -> None:
        folder.calendar("berlin.yaml", "no calendar at all")
        assert list(calendar_files(folder.path)) == [
            "around-the-clock",
            "berlin",
            "europe-office",
            "follow-the-sun",
            "us-banking",
            "us-office",
        ]


class TestFaults:
    def test_a_folder_that_is_not_there(self, folder: Folder) -> None:
        for path in (folder.path / "nowhere", folder.path):
            with pytest.raises(PolicyFolderFault, match="no such folder") as caught:
                Shelf.load(2026, path)
            assert caught.value.code == "policies_dir_missing"

    def test_a_file_that_would_be_passed_over(self, folder: Folder) -> None:
        with pytest.raises(PolicyFolderFault, match=r"berlin\.yml.*\.yaml") as caught:
            folder.calendar("berlin.yml").shelf()
        assert caught.value.code == "policy_file_misnamed"

    def test_a_file_that_is_no_text(self, folder: Folder) -> None:
        folder.calendar("berlin.yaml")
        (folder.path / "calendars" / "berlin.yaml").write_bytes(b"name: \xff\xfe")
        with pytest.raises(PolicyFolderFault, match=r"berlin\.yaml") as caught:
            folder.shelf()
        assert caught.value.code == "policy_file_unreadable"

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("name: Nobody\ntz: UTC", "calendar_no_hours"),
            (f"{BERLIN}country: Atlantis", "country_unknown"),
            ("[", "yaml_invalid"),
        ],
    )
    def test_a_calendar_that_cannot_be_used_names_its_file(self, folder: Folder, text: str, code: str) -> None:
        with pytest.raises(CalendarFault, match=r"berlin\.yaml: ") as caught:
            folder.calendar("berlin.yaml", text).shelf()
        assert caught.value.code == code

    def test_two_files_for_one_kind(self, folder: Folder) -> None:
        with pytest.raises(PackError, match=r"ours\.yaml: kind: another file defines 'fraud_report'"):
            folder.pack("ours.yaml").shelf()

    def test_a_pack_that_names_no_calendar_of_ours(self, folder: Folder) -> None:
        with pytest.raises(PackError, match="mars-office"):
            folder.pack("fraud_report.yaml", calendar="mars-office").shelf()
