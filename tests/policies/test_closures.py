"""Why a day is closed: the name of the holiday, the file's own day, and which of the joined calendars it is."""

from __future__ import annotations

from datetime import date

from policies.calendars import parse, resolve
from policies.closures import OWN_DAY, closures

WEEK = (
    "hours: {mon: [[09:00, 17:00]], tue: [[09:00, 17:00]], wed: [[09:00, 17:00]], thu: [[09:00, 17:00]], fri: [[09:00, 17:00]]}"
)


def told(text: str, first: date, last: date) -> dict[date, tuple[str, ...]]:
    source = parse(text, "some.yaml")
    return closures(source, resolve(source, 2025, 2027), first, last)


def test_public_holidays_have_their_english_names() -> None:
    found = told(f"name: Berlin\ntz: Europe/Berlin\ncountry: DE\n{WEEK}", date(2026, 4, 3), date(2026, 5, 1))
    assert found == {date(2026, 4, 3): ("Good Friday",), date(2026, 4, 6): ("Easter Monday",), date(2026, 5, 1): ("Labor Day",)}


def test_days_of_ones_own_are_told_as_such_and_open_days_not_at_all() -> None:
    text = "name: Berlin\ntz: Europe/Berlin\ncountry: DE\nclosed_days: [2026-04-07]\nopen_days: {2026-04-06: [[10:00, 12:00]]}\n"
    assert told(text + WEEK, date(2026, 4, 4), date(2026, 4, 8)) == {date(2026, 4, 7): (OWN_DAY,)}


def test_joined_calendars_say_which_of_them_is_closed() -> None:
    both = (
        "name: Both\njoin:\n"
        f"- {{name: New York, tz: America/New_York, country: US, {WEEK}}}\n"
        f"- {{name: Berlin, tz: Europe/Berlin, country: DE, {WEEK}}}\n"
    )
    found = told(both, date(2026, 12, 25), date(2027, 1, 1))
    assert found[date(2026, 12, 25)] == ("Christmas Day (New York)", "Christmas Day (Berlin)")
    assert found[date(2026, 12, 26)] == ("Second Day of Christmas (Berlin)",)


def test_years_that_were_not_written_out_name_nothing() -> None:
    assert told(f"name: Berlin\ntz: Europe/Berlin\ncountry: DE\n{WEEK}", date(2028, 1, 1), date(2028, 12, 31)) == {}
