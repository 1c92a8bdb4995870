"""Calendar files: holidays by place, own days, half days, and clear faults."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from domain.worktime.calculator import due, elapsed, is_open, next_opening
from domain.worktime.spans import Span
from policies.calendars import CalendarFault, CalendarFile, holiday_data_version, parse, resolve
from policies.folders import calendar_files, read_calendar
from tests.support.calendars import at

OFFICE = """
name: Office
tz: Europe/Berlin
hours: {mon: [[09:00, 17:00]], tue: [[09:00, 17:00]], wed: [[09:00, 17:00]], thu: [[09:00, 17:00]], fri: [[09:00, 17:00]]}
"""


def office(more: str = "") -> CalendarFile:
    return parse(OFFICE + more, "office.yaml")


def shipped(name: str) -> CalendarFile:
    return read_calendar(calendar_files()[name])


class TestResolve:
    def test_writes_out_the_holidays_of_a_country(self) -> None:
        calendar = resolve(office("country: DE"), 2025, 2026)
        assert {date(2025, 10, 3), date(2026, 12, 25)} <= set(calendar.holidays)
        assert {day.year for day in calendar.holidays} == {2025, 2026}

    def test_adds_those_of_a_region(self) -> None:
        epiphany = date(2025, 1, 6)
        assert epiphany not in resolve(office("country: DE"), 2025, 2025).holidays
        assert epiphany in resolve(office("country: DE\nregion: BY"), 2025, 2025).holidays

    def test_observed_days_count(self) -> None:
        assert date(2026, 7, 3) in resolve(office("country: US"), 2026, 2026).holidays

    def test_closes_own_days_of_one_year_or_of_every_year(self) -> None:
        calendar = resolve(office("closed_days: [2025-03-05, 08-01, 02-29]"), 2024, 2025)
        assert calendar.holidays == (date(2024, 2, 29), date(2024, 8, 1), date(2025, 3, 5), date(2025, 8, 1))

    def test_half_days_shorten_only_days_that_have_hours(self) -> None:
        # Christmas Eve is a Tuesday in 2024 and a Saturday in 2022.
        eve = "half_days: {12-24: [[09:00, 12:00]]}"
        assert resolve(office(eve), 2024, 2024).exceptions == {date(2024, 12, 24): (("09:00", "12:00"),)}
        assert resolve(office(eve), 2022, 2022).exceptions == {}
        assert resolve(office(f"{eve}\nclosed_days: [12-24]"), 2024, 2024).exceptions == {}

    def test_open_days_win_over_holidays(self) -> None:
        calendar = resolve(office("country: DE\nopen_days: {2025-10-03: [[10:00, 14:00]]}"), 2025, 2025)
        assert due(calendar, at("10-03 05:00"), Span.parse("1 working hour")) == at("10-03 09:00")

    def test_the_same_file_and_years_give_the_same_reference(self) -> None:
        assert resolve(office("country: DE"), 2025, 2026).ref == resolve(office("country: DE"), 2025, 2026).ref
        assert resolve(office("country: DE"), 2025, 2026).ref != resolve(office("country: DE"), 2025, 2027).ref

    @pytest.mark.parametrize(
        ("years", "code"),
        [((2026, 2025), "years_backwards"), ((2000, 2050), "years_too_many"), ((2090, 2110), "years_not_covered")],
    )
    def test_refuses_years_that_make_no_sense(self, years: tuple[int, int], code: str) -> None:
        with pytest.raises(CalendarFault) as caught:
            resolve(office("country: DE"), *years)
        assert caught.value.code == code

    def test_refuses_a_file_without_hours(self) -> None:
        with pytest.raises(ValidationError, match="no hours at all"):
            resolve(parse("name: Nobody\ntz: UTC", "nobody.yaml"), 2025, 2025)


class TestParse:
    @pytest.mark.parametrize(
        ("more", "code", "words"),
        [
            ("country: Atlantis", "country_unknown", "'Atlantis'"),
            ("country: DE\nregion: Bayern", "region_unknown", "BY"),
            ("region: BY", "region_without_country", "needs its country"),
            ("closed_days: [13-01]", "day_invalid", "closed_days.0"),
            ("closed_days: [tomorrow]", "day_invalid", "'tomorrow'"),
            ("half_days: {12-24: [[09:00, 09:00]]}", "span_empty", "half_days.12-24.0"),
            ("breaks: {2025-01-01: [[9am, 10am]]}", "clock_time_invalid", "'9am'"),
            ("holiday: [2025-01-01]", "extra_forbidden", "holiday"),
            ("tz: Europe/Paris", "yaml_invalid", "'tz' is given twice"),
            ("hours: [", "yaml_invalid", "line 5: "),
        ],
    )
    def test_says_what_is_wrong_and_where(self, more: str, code: str, words: str) -> None:
        with pytest.raises(CalendarFault, match=r"office\.yaml") as caught:
            office(more)
        assert caught.value.code == code
        assert words in str(caught.value)

    def test_reads_times_and_country_codes_as_they_are_written(self) -> None:
        file = parse("name: Oslo\ntz: Europe/Oslo\ncountry: NO\nhours: {mon: [[10:00, 17:30]]}", "oslo.yaml")
        assert (file.country, file.hours["mon"]) == ("NO", (("10:00", "17:30"),))


class TestShippedCalendars:
    def test_all_resolve(self) -> None:
        calendars = {name: resolve(read_calendar(path), 2024, 2034) for name, path in calendar_files().items()}
        assert list(calendars) == ["around-the-clock", "europe-office", "follow-the-sun", "us-banking", "us-office"]

    def test_around_the_clock_never_closes(self) -> None:
        calendar = resolve(shipped("around-the-clock"), 2025, 2025)
        assert elapsed(calendar, at("01-01 00:00"), at("12-31 00:00")) == timedelta(days=364)

    def test_follow_the_sun_is_open_in_new_york_and_in_singapore(self) -> None:
        calendar = resolve(shipped("follow-the-sun"), 2025, 2025)
        assert [is_open(calendar, at(f"01-07 {time}")) for time in ("00:30", "12:30", "14:00")] == [True, False, True]
        # Singapore works on the Friday on which New York keeps Independence Day.
        assert next_opening(calendar, at("07-04 12:00")) == at("07-07 00:00")


def test_the_holiday_data_says_its_version() -> None:
    assert holiday_data_version()[0].isdigit()
