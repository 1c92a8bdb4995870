"""``ombud calendar list``, ``check`` and ``show``: what is published, and what a calendar says about the next days."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.commands.calendar import app
from tests.support.places import ROOT
from tests.support.shell import Shell

BERLIN = """
name: Berlin
tz: Europe/Berlin
country: DE
hours: {mon: [[09:00, 12:00], [13:00, 17:00]], tue: [[22:00, 02:00]]}
"""


@pytest.fixture
def berlin(tmp_path: Path) -> Path:
    """A calendar file."""
    path = tmp_path / "berlin.yaml"
    path.write_text(BERLIN, encoding="utf-8")
    return path


def own_folder(beside: Path, name: str, text: str = BERLIN) -> str:
    """A folder as `OMBUD_POLICIES_DIR` names it, with one calendar."""
    folder = beside.parent / "policies"
    (folder / "calendars").mkdir(parents=True)
    (folder / "calendars" / name).write_text(text, encoding="utf-8")
    return str(folder)


def told(*words: str, **env: str) -> dict[str, Any]:
    """What it prints with ``--json``."""
    result = CliRunner().invoke(app, [*words, "--json"], env=env)
    assert result.exit_code == 0, result.output
    sheet: dict[str, Any] = json.loads(result.stdout)
    return sheet


def refused(code: int, *words: str, **env: str) -> str:
    """What it says on stderr, in one line."""
    result = CliRunner().invoke(app, words, env=env)
    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (code, "", 1), result.output
    return result.stderr


class TestCheck:
    def test_tells_the_reference_and_the_open_time_in_local_time(self, berlin: Path) -> None:
        sheet = told("check", str(berlin), "--from", "2026-03-30")
        assert sheet["ref"].startswith("cal_")
        assert (sheet["name"], sheet["title"], sheet["zone"]) == ("berlin", "Berlin", "Europe/Berlin")
        days = {day["date"]: day for day in sheet["days"]}
        assert len(days) == 14
        assert days["2026-03-30"]["open"] == [
            {"from": "2026-03-30T09:00:00+02:00", "to": "2026-03-30T12:00:00+02:00"},
            {"from": "2026-03-30T13:00:00+02:00", "to": "2026-03-30T17:00:00+02:00"},
        ]
        night = [days["2026-03-31"]["open"], days["2026-04-01"]["open"]]
        assert [(part["from"][11:16], part["to"][11:16]) for spans in night for part in spans] == [
            ("22:00", "00:00"),
            ("00:00", "02:00"),
        ]

    def test_names_the_holidays(self, berlin: Path) -> None:
        days = {day["date"]: day for day in told("check", str(berlin), "--from", "2026-03-30")["days"]}
        assert (days["2026-04-06"]["open"], days["2026-04-06"]["closed_for"]) == ([], ["Easter Monday"])
        assert days["2026-03-30"]["closed_for"] == []

    def test_takes_the_file_of_the_how_to(self, berlin: Path) -> None:
        page = (ROOT / "docs/how-to/your-own-calendars.md").read_text("utf-8")
        berlin.write_text(page.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
        assert told("check", str(berlin))["title"] == "Lisbon support"

    def test_prints_a_table_for_people(self, berlin: Path) -> None:
        result = CliRunner().invoke(app, ["check", str(berlin), "--from", "2026-03-30", "--days", "8"])
        assert result.exit_code == 0, result.output
        for words in ("Mon 30 Mar 2026", "09:00–12:00, 13:00–17:00", "22:00–24:00", "00:00–02:00", "closed", "Easter Monday"):
            assert words in result.stdout

    def test_begins_today_where_the_calendar_is(self, berlin: Path) -> None:
        first = told("check", str(berlin), "--days", "1")["days"][0]["date"]
        assert abs((datetime.fromisoformat(first).replace(tzinfo=UTC) - datetime.now(UTC)).days) <= 1

    def test_a_day_on_which_the_clock_changes_is_as_long_as_it_is(self, berlin: Path) -> None:
        berlin.write_text("name: Always\ntz: Europe/Berlin\nhours: {sun: [[00:00, 24:00]]}\n", encoding="utf-8")
        (day,) = told("check", str(berlin), "--from", "2026-03-29", "--days", "1")["days"]
        assert day["open"] == [{"from": "2026-03-29T00:00:00+01:00", "to": "2026-03-30T00:00:00+02:00"}]

    @pytest.mark.parametrize(
        ("text", "code", "place"),
        [
            (BERLIN + "region: Bayern", "region_unknown", "Country DE has no region"),
            (BERLIN + "closed_days: [tomorrow]", "day_invalid", "closed_days.0: "),
            (BERLIN + "hours: [", "yaml_invalid", "line 6: "),
            ("name: Nobody\ntz: UTC", "calendar_no_hours", "no hours at all"),
            ("name: Past\ntz: UTC\nopen_days: {2001-01-01: [[09:00, 17:00]]}", "calendar_never_opens", "no opening"),
            ("- a list", "model_type", "CalendarFile"),
        ],
    )
    def test_says_where_and_why_a_file_cannot_be_used(self, berlin: Path, text: str, code: str, place: str) -> None:
        berlin.write_text(text, encoding="utf-8")
        said = refused(65, "check", str(berlin), "--from", "2026-03-30")
        assert said.startswith(f"{berlin}: ")
        assert place in said
        assert said.endswith(f" [{code}]\n")

    def test_a_file_that_is_no_text(self, berlin: Path) -> None:
        berlin.write_bytes(b"\xff\xfe\x00")
        assert "[policy_file_unreadable]" in refused(65, "check", str(berlin))

    def test_a_file_that_is_missing_is_a_usage_error(self, tmp_path: Path) -> None:
        assert CliRunner().invoke(app, ["check", str(tmp_path / "none.yaml")]).exit_code == 2

    def test_warns_of_days_whose_holidays_nobody_knows(self, berlin: Path) -> None:
        result = CliRunner().invoke(app, ["check", str(berlin), "--from", "2090-03-30", "--days", "2", "--json"])
        assert result.exit_code == 0
        assert "Holidays are written out" in result.stderr
        assert CliRunner().invoke(app, ["check", str(berlin), "--days", "2"]).stderr == ""

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-30"])
    def test_a_day_that_cannot_be_counted(self, berlin: Path, day: str) -> None:
        assert "[instant_out_of_range]" in refused(65, "check", str(berlin), "--from", day)


class TestShow:
    def test_a_shipped_calendar_by_its_name(self) -> None:
        sheet = told("show", "us-office", "--from", "2026-07-03", "--days", "1")
        assert (sheet["zone"], len(sheet["days"])) == ("America/New_York", 1)
        assert sheet["days"][0]["closed_for"] == ["Independence Day (observed)"]

    def test_one_of_ones_own(self, berlin: Path) -> None:
        folder = own_folder(berlin, "berlin.yaml")
        assert told("show", "berlin", "--days", "1", OMBUD_POLICIES_DIR=folder)["title"] == "Berlin"

    def test_a_name_that_nobody_has(self) -> None:
        said = refused(66, "show", "mars-office")
        assert "europe-office" in said
        assert "[calendar_unknown]" in said

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        assert "[policies_dir_missing]" in refused(65, "show", "us-office", OMBUD_POLICIES_DIR=str(tmp_path / "none"))


@pytest.mark.postgres
class TestList:
    async def test_says_what_to_do_while_nothing_is_published_and_then_what_is(self, shell: Shell, berlin: Path) -> None:
        assert await shell.json("calendar", "list") == []
        assert "ombud migrate" in (await shell.type("calendar", "list")).stdout

        assert (await shell.type("migrate")).exit_code == 0
        first = {row["name"]: row for row in await shell.json("calendar", "list")}
        assert list(first) == ["around-the-clock", "europe-office", "follow-the-sun", "us-banking", "us-office"]
        office = first["us-office"]
        year = datetime.now(UTC).year
        assert (office["zone"], office["from_year"], office["to_year"]) == ("America/New_York", year - 1, year + 3)
        assert office["holiday_data"][0].isdigit()
        assert office["newest"]

        folder = own_folder(berlin, "us-office.yaml")
        for _ in range(2):
            assert (await shell.type("migrate", OMBUD_POLICIES_DIR=folder)).exit_code == 0
        rows = [row for row in await shell.json("calendar", "list") if row["name"] == "us-office"]
        assert [(row["zone"], row["newest"]) for row in rows] == [("Europe/Berlin", True), ("America/New_York", False)]
        table = (await shell.type("calendar", "list")).stdout
        assert table.count("newest") == 5
        assert office["ref"] in table

    async def test_a_broken_file_stops_the_migration_with_its_code(self, shell: Shell, berlin: Path) -> None:
        folder = own_folder(berlin, "bad.yaml", "name: Bad\ntz: Mars/Olympus")
        done = await shell.type("migrate", OMBUD_POLICIES_DIR=folder)
        assert (done.exit_code, done.stdout) == (69, "")
        assert "bad.yaml: tz: " in done.stderr
        assert done.stderr.endswith("[zone_unknown]\n")
