"""What a calendar says of its days, and which version of a name is the newest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.worktime.calendars import Calendar
from services.calendar_days import days_in, days_of, versions
from services.errors import OperatorRefused
from storage.policies.library import CalendarVersion

NIGHTS = """\
name: Nights
tz: Europe/Berlin
country: DE
hours: {mon: [[22:00, 06:00]]}
"""
GOOD_MONDAY, EASTER_MONDAY = date(2026, 3, 30), date(2026, 4, 6)


@pytest.fixture
def nights(tmp_path: Path) -> Path:
    """A calendar file in a policies folder of one's own."""
    path = tmp_path / "calendars" / "nights.yaml"
    path.parent.mkdir()
    path.write_text(NIGHTS, "utf-8")
    return path


class Library:
    """Published calendars, in memory."""

    def __init__(self, *published: tuple[str, str]) -> None:
        """Names with the zones that they stood for, the newest of a name first."""
        self._zones = [(name, zone) for name, zone in published]

    async def versions(self) -> list[CalendarVersion]:
        """Each under a reference of its own."""
        at = datetime(2026, 3, 2, tzinfo=UTC)
        return [
            CalendarVersion(name=name, ref=f"cal_{zone}", holiday_data="0.84", from_year=2025, to_year=2029, published_at=at)
            for name, zone in self._zones
        ]

    async def calendars(self, refs: Iterable[str]) -> dict[str, Calendar]:
        """Those that were asked for."""
        return {ref: Calendar.model_validate({"tz": ref[4:], "hours": {"mon": [("09:00", "17:00")]}}) for ref in refs}


async def test_only_the_first_version_of_a_name_is_the_newest() -> None:
    rows = await versions(Library(("a", "UTC"), ("a", "Europe/Berlin"), ("b", "Asia/Tokyo")))
    assert [(row["name"], row["zone"], row["newest"]) for row in rows] == [
        ("a", "UTC", True),
        ("a", "Europe/Berlin", False),
        ("b", "Asia/Tokyo", True),
    ]


def test_a_night_belongs_to_two_days_and_a_holiday_has_its_name(nights: Path) -> None:
    told = days_in(nights, GOOD_MONDAY, 8)
    assert (told["name"], told["title"], told["zone"]) == ("nights", "Nights", "Europe/Berlin")
    days = {day["date"]: day for day in told["days"]}
    assert days["2026-03-30"]["open"] == [{"from": "2026-03-30T22:00:00+02:00", "to": "2026-03-31T00:00:00+02:00"}]
    assert days["2026-03-31"]["open"] == [{"from": "2026-03-31T00:00:00+02:00", "to": "2026-03-31T06:00:00+02:00"}]
    easter = days[EASTER_MONDAY.isoformat()]
    assert (easter["open"], easter["closed_for"]) == ([], ("Easter Monday",))


def test_without_a_first_day_it_begins_today_where_the_calendar_is(nights: Path) -> None:
    (day,) = days_in(nights, None, 1)["days"]
    assert abs(date.fromisoformat(day["date"]) - datetime.now(UTC).date()).days <= 1


def test_by_its_name_a_calendar_is_found_in_the_folder(nights: Path) -> None:
    assert days_of("nights", nights.parents[1], GOOD_MONDAY, 1)["title"] == "Nights"
    with pytest.raises(OperatorRefused, match="There are: around-the-clock, ") as caught:
        days_of("nights", None, GOOD_MONDAY, 1)
    assert caught.value.code == "calendar_unknown"


@pytest.mark.parametrize(
    ("text", "first", "code"),
    [
        ("hours: [", GOOD_MONDAY, "yaml_invalid"),
        (NIGHTS + "region: Bayern", GOOD_MONDAY, "region_unknown"),
        ("name: Past\ntz: UTC\nopen_days: {2001-01-01: [[09:00, 17:00]]}", GOOD_MONDAY, "calendar_never_opens"),
        (NIGHTS, date.max, "instant_out_of_range"),
        (NIGHTS, date.min, "instant_out_of_range"),
    ],
)
def test_a_file_or_a_day_of_no_use_has_a_code_and_names_the_file(nights: Path, text: str, first: date, code: str) -> None:
    nights.write_text(text, "utf-8")
    with pytest.raises(OperatorRefused) as caught:
        days_in(nights, first, 2)
    assert caught.value.code == code
    assert caught.value.message.startswith(f"{nights}: ")
    assert "\n" not in caught.value.message


def test_a_folder_of_no_use_has_a_code(tmp_path: Path) -> None:
    with pytest.raises(OperatorRefused) as caught:
        days_of("europe-office", tmp_path / "none", None, 1)
    assert caught.value.code == "policies_dir_missing"
