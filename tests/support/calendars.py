"""Calendars and instants for tests, with everything left out that a test does not care about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from domain.worktime.calculator import due
from domain.worktime.calendars import Calendar
from domain.worktime.spans import Span

OFFICE = [["09:00", "17:00"]]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


def a_calendar(**changes: Any) -> Calendar:
    """Berlin, Monday to Friday, nine to five, which is 08:00 to 16:00 UTC in winter."""
    return Calendar.model_validate({"tz": "Europe/Berlin", "hours": dict.fromkeys(WEEKDAYS, OFFICE), **changes})


def at(text: str) -> datetime:
    """A UTC instant such as ``01-06 09:00`` of 2025, a Monday, or ``2024-02-29 09:00``."""
    return datetime.fromisoformat(text if text[:4].isdigit() else f"2025-{text}").replace(tzinfo=UTC)


def after(
    calendar: Calendar | None, start: str, words: str, *pauses: tuple[str, str | None], roll: bool = False
) -> datetime | None:
    """When so much time from a start is over: ``after(a_calendar(), "01-06 09:00", "8 working hours")``."""
    return due(calendar, at(start), Span.parse(words), [(at(a), None if b is None else at(b)) for a, b in pauses], roll)
