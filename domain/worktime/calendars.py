"""When a team is there: opening hours, zone, holidays, exceptional days, and calendars joined so that teams cover each other.

A calendar is plain, immutable data with every holiday written out; how packs name a country's holidays and how the years are
filled in is the business of :mod:`policies.calendars`, and what a calendar means for a deadline that of
:mod:`domain.worktime.calculator`.

Conventions
-----------
* Times are local, ``HH:MM``. An end before its start means the next day; ``24:00`` and ``23:59`` as an end both mean midnight.
* A span belongs to the date on which it starts. So a holiday cancels the shift that starts on that date, also its part after
  midnight, and leaves the part of the shift before that runs into the holiday.
* ``exceptions`` replace the hours of a date and win over ``holidays``; ``breaks`` close part of a date, whatever opened it.
* A calendar with ``join`` is open when it or any of the joined ones is; each keeps its own zone, holidays and breaks.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.base import Frozen

DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[DayName, ...] = get_args(DayName)

_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)
_MIDNIGHT = 24 * 60
_LAST_MINUTE = _MIDNIGHT - 1


def _minute(text: str) -> int:
    found = _CLOCK.fullmatch(text.strip())
    minute = int(found[1]) * 60 + int(found[2]) if found else _MIDNIGHT + 1
    if minute > _MIDNIGHT:
        raise PydanticCustomError(
            "clock_time_invalid", "Not a time of day between 00:00 and 24:00: {text}", {"text": repr(text[:20])}
        )
    return minute


def _opening(value: tuple[str, str]) -> tuple[str, str]:
    """One way of writing each span, so that equal calendars have equal references."""
    start, end = _minute(value[0]), _minute(value[1])
    if start == end:
        raise PydanticCustomError(
            "span_empty",
            "A span of no length: {start} to {end} (a whole day is 00:00 to 24:00)",
            {"start": value[0], "end": value[1]},
        )
    if start == _MIDNIGHT:
        raise PydanticCustomError("clock_time_invalid", "24:00 can only end a span; start it at 00:00 of the next day")
    if end in (_LAST_MINUTE, 0):
        end = _MIDNIGHT
    return f"{start // 60:02d}:{start % 60:02d}", f"{end // 60:02d}:{end % 60:02d}"


def _in_order(value: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(set(value)))


def _weekday(value: Any) -> Any:
    if value not in WEEKDAYS:
        raise PydanticCustomError(
            "weekday_unknown", "Not a weekday: {day}. Use {days}", {"day": repr(value), "days": ", ".join(WEEKDAYS)}
        )
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise PydanticCustomError(
            "zone_unknown", "Not a time zone of the IANA database: {zone}", {"zone": repr(value[:80])}
        ) from error
    return value


def _dates_in_order(value: tuple[date, ...]) -> tuple[date, ...]:
    return tuple(sorted(set(value)))


Weekday = Annotated[DayName, BeforeValidator(_weekday)]
Opening = Annotated[tuple[str, str], AfterValidator(_opening)]
"""From when to when, in local time: ``["09:00", "17:00"]``."""
Openings = Annotated[tuple[Opening, ...], AfterValidator(_in_order)]
ZoneName = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_zone)]


def minutes_of(opening: tuple[str, str]) -> tuple[int, int]:
    """A checked span as minutes after local midnight of its date; the end is later than the start, at most 48 hours."""
    start, end = _minute(opening[0]), _minute(opening[1])
    return start, end if end > start else end + _MIDNIGHT


class Calendar(Frozen):
    """The opening hours of a team, in the JSON shape that the command line, the API and the rows of ``calendars`` share.

    Faults are pydantic errors with stable types: ``calendar_no_hours``, ``span_empty``, ``clock_time_invalid``,
    ``weekday_unknown``, ``zone_unknown``, ``zone_missing``, ``join_days_unused``.
    """

    tz: ZoneName | None = None
    """IANA zone; may be left out of a calendar that only joins others, which then counts days in the zone of the first."""
    hours: dict[Weekday, Openings] = Field(default_factory=dict)
    holidays: Annotated[tuple[date, ...], AfterValidator(_dates_in_order)] = ()
    breaks: dict[date, Openings] = Field(default_factory=dict)
    exceptions: dict[date, Openings] = Field(default_factory=dict)
    join: Annotated[tuple[Calendar, ...], Field(max_length=16)] = ()

    @model_validator(mode="after")
    def _opens_somewhere(self) -> Self:
        own = self.has_hours
        if not own and not self.join:
            raise PydanticCustomError("calendar_no_hours", "The calendar has no hours at all, so nothing would ever fall due")
        if self.tz is None and (own or not self.join):
            raise PydanticCustomError("zone_missing", "A calendar with hours needs a time zone (tz)")
        if not own and (self.holidays or self.breaks):
            raise PydanticCustomError(
                "join_days_unused",
                "Holidays and breaks belong to the joined calendars: this one has no hours of its own to close",
            )
        return self

    @cached_property
    def ref(self) -> str:
        """What identifies this content for ever: ``cal_`` and 16 hex digits; equal calendars have equal references."""
        text = json.dumps(_content(self), sort_keys=True, separators=(",", ":"))
        return "cal_" + hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days, business days and months are counted."""
        return self.join[0].zone if self.tz is None else ZoneInfo(self.tz)

    @property
    def has_hours(self) -> bool:
        """Whether it opens by itself, not only through the calendars that it joins."""
        return any(self.hours.values()) or any(self.exceptions.values())

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A checked copy: the reference follows the changed content."""
        return type(self).model_validate({**self.model_dump(), **(update or {})})

    def __hash__(self) -> int:
        return hash(self.ref)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self.ref == other.ref


def _content(calendar: Calendar) -> dict[str, Any]:
    return {
        "tz": calendar.tz,
        "hours": {day: spans for day, spans in calendar.hours.items() if spans},
        "holidays": [day.isoformat() for day in calendar.holidays],
        "breaks": {day.isoformat(): spans for day, spans in calendar.breaks.items() if spans},
        "exceptions": {day.isoformat(): spans for day, spans in calendar.exceptions.items()},
        "join": [_content(joined) for joined in calendar.join],
    }
