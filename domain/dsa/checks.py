"""What one field of a statement of reasons may hold (see ``domain/dsa/rules.py``): values, arrays, text, dates, addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

Statement = Mapping[str, Any]
"""A statement as it would be submitted: the database's field names, values as JSON has them."""


class Code(StrEnum):
    """What is wrong with a field. Stable: others build on them."""

    NOTHING_RESTRICTED = "nothing_restricted"
    MISSING = "missing"
    REQUIRED_WITH = "required_with"
    UNKNOWN_VALUE = "unknown_value"
    UNKNOWN_KEY = "unknown_key"
    NOT_AN_ARRAY = "not_an_array"
    NOT_AN_OBJECT = "not_an_object"
    NOT_TEXT = "not_text"
    TOO_LONG = "too_long"
    PATTERN = "pattern"
    NOT_A_DATE = "not_a_date"
    DATE_BEFORE_MINIMUM = "date_before_minimum"
    DATE_AFTER_MAXIMUM = "date_after_maximum"
    DATE_BEFORE_APPLICATION = "date_before_application"


Complaint = tuple[Code, str]
"""The code, and words for people."""
Check = Callable[[Any, Statement], Complaint | None]
"""Sees the value, and the statement around it."""

LATEST = date(2038, 1, 1)
"""No date may be later, whatever it is the date of."""
EAN_13 = re.compile(r"[0-9]{13}")
"""Thirteen digits; the last one is not verified, and the one in the database's own example would not stand it."""
PUID = re.compile(r"[A-Za-z0-9_-]+")
URL = re.compile(
    r"https?://"
    r"(?:[\w.%:-]+@)?"
    r"(?:\[[0-9a-f:.]+\]|(?:[\w-]+\.)*[\w-]*[^\W_]\.?)"
    r"(?::[0-9]+)?"
    r"(?:[/?#](?:[\w.~!$&'()*+,;=:@/?#\[\]-]|%[0-9a-f]{2})*)?",
    re.IGNORECASE,
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


def blank(value: Any) -> bool:
    """``null``, or text of nothing but white space, which the database reads as ``null``."""
    return value is None or (isinstance(value, str) and not value.strip())


def given(value: Any) -> bool:
    """Whether there is something in it; an empty array is as good as none."""
    return not blank(value) and value != [] and value != {}


def either(values: tuple[str, ...]) -> str:
    """``a, b or c``."""
    return f"{', '.join(values[:-1])} or {values[-1]}"


def one_of(values: tuple[str, ...]) -> Check:
    """Exactly one of these words."""

    def check(value: Any, statement: Statement) -> Complaint | None:
        return None if _knows(values, value) else _unknown(value, values)

    return check


def some_of(values: tuple[str, ...]) -> Check:
    """An array of these words; one that stands twice is no fault."""

    def check(value: Any, statement: Statement) -> Complaint | None:
        if not isinstance(value, list):
            return Code.NOT_AN_ARRAY, f"An array is required, and {_shown(value)} is none."
        return next((_unknown(item, values) for item in value if not _knows(values, item)), None)

    return check


def text(longest: int | None = None) -> Check:
    """Text of so many characters (code points) at most, without the white space around it."""

    def check(value: Any, statement: Statement) -> Complaint | None:
        if not isinstance(value, str) or _HALF_A_CHARACTER.search(value):
            return Code.NOT_TEXT, f"Text is required, and {_shown(value)} is none."
        length = len(value.strip())
        too_long = longest is not None and length > longest
        return (Code.TOO_LONG, f"{length:,} characters; the most are {longest:,}.") if too_long else None

    return check


def written(pattern: re.Pattern[str], form: str, longest: int | None = None) -> Check:
    """Text of one form, compared as sent: its white space is not taken away, though the database would."""

    def check(value: Any, statement: Statement) -> Complaint | None:
        if complaint := text(longest)(value, statement):
            return complaint
        return None if pattern.fullmatch(value) else (Code.PATTERN, f"{_shown(value)} is not {form}.")

    return check


def identifiers(value: Any, statement: Statement) -> Complaint | None:
    """An object whose only key is ``EAN-13``; its value is judged by a rule of its own."""
    if value == []:  # how PHP writes an empty object
        return None
    if not isinstance(value, Mapping):
        return Code.NOT_AN_OBJECT, f"An object with the key EAN-13 is required, and {_shown(value)} is none."
    unknown = next((key for key in value if key != "EAN-13"), None)
    return None if unknown is None else (Code.UNKNOWN_KEY, f"{_shown(unknown)} is no key of this field; EAN-13 is the only one.")


def day_from(earliest: date | None = None) -> Check:
    """A day of the calendar, written YYYY-MM-DD, between two that count themselves."""

    def check(value: Any, statement: Statement) -> Complaint | None:
        day = _day(value)
        if day is None:
            return Code.NOT_A_DATE, f"{_shown(value)} is not a day written YYYY-MM-DD."
        if earliest and day < earliest:
            return Code.DATE_BEFORE_MINIMUM, f"{day} is before {earliest}, the first day that is taken."
        return (Code.DATE_AFTER_MAXIMUM, f"{day} is after {LATEST}, the last day that is taken.") if day > LATEST else None

    return check


def end_day(value: Any, statement: Statement) -> Complaint | None:
    """A day on or after the application date, if that is a day."""
    if complaint := day_from()(value, statement):
        return complaint
    end, begin = _day(value), _day(statement.get("application_date"))
    if end and begin and end < begin:
        return Code.DATE_BEFORE_APPLICATION, f"The restriction ends on {end}, before the application date {begin}."
    return None


def _knows(values: tuple[str, ...], value: Any) -> bool:
    return isinstance(value, str) and value in values


def _unknown(value: Any, values: tuple[str, ...]) -> Complaint:
    known = f": {either(values)}" if len(values) <= 4 else ""
    return Code.UNKNOWN_VALUE, f"{_shown(value)} is none of the {len(values)} values of this field{known}."


def _day(value: Any) -> date | None:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:  # no such day in that month
        return None


def _shown(value: Any) -> str:
    match value:
        case None:
            return "null"
        case str():
            return repr(value if len(value) <= 40 else value[:39] + "…")
        case bool():
            return str(value).lower()
        case int() | float():
            return "a number"
        case list():
            return "an array"
        case _:
            return "an object"
