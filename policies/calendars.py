"""Calendars as people write them, resolved into the plain calendars that deadlines are computed with.

A file names a country and region instead of dozens of dates, and half days that come back every year. :func:`resolve` writes
every day of a range of years out, so that a stored calendar needs no holiday data any more and never changes by itself. After
the last resolved year a calendar knows no holidays: publish a new version in time.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Hashable
from datetime import date
from importlib.metadata import version
from typing import Annotated, Any, Self

import yaml
from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from domain.base import Frozen
from domain.worktime.calendars import WEEKDAYS, Calendar, Openings, Weekday, ZoneName

_YEARLY = re.compile(r"(\d\d)-(\d\d)", re.ASCII)
_SOME_LEAP_YEAR = 2024
# A calendar is published again every year or two; a century of dates would only make the row heavy.
_MOST_YEARS = 50
_FRIDAY = 4


class CalendarFault(ValueError):
    """A calendar file that cannot be used: where and why, for the person who wrote it; ``code`` is stable."""

    def __init__(self, code: str, origin: str, detail: str) -> None:
        super().__init__(f"{origin}: {detail}")
        self.code = code
        self.detail = detail


def _day_mark(value: str) -> str:
    try:
        if found := _YEARLY.fullmatch(value):
            date(_SOME_LEAP_YEAR, int(found[1]), int(found[2]))
        else:
            date.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError(
            "day_invalid", "Not a day: {day}. Write 2026-12-24 for one day, 12-24 for every year", {"day": repr(value[:40])}
        ) from error
    return value


DayMark = Annotated[str, AfterValidator(_day_mark)]
"""One date (``2026-12-24``) or a day of every year (``12-24``)."""


class CalendarFile(Frozen):
    """One file under ``policies/calendars/``.

    Faults are pydantic errors with stable types: ``country_unknown``, ``region_unknown``, ``region_without_country``,
    ``day_invalid``, and those of :class:`domain.worktime.calendars.Calendar`.
    """

    name: Annotated[str, Field(min_length=1, max_length=80)]
    tz: ZoneName | None = None
    hours: dict[Weekday, Openings] = Field(default_factory=dict)
    country: Annotated[str | None, Field(max_length=40, description="ISO 3166-1 code whose public holidays are closed")] = None
    region: Annotated[str | None, Field(max_length=40, description="Subdivision, as the holidays package spells it")] = None
    saturdays_move: bool = True
    """Whether a holiday that falls on a Saturday closes the Friday before, where that is the custom of the country. False for the
    banks of the Federal Reserve, which open on that Friday."""
    closed_days: tuple[DayMark, ...] = ()
    half_days: dict[DayMark, Openings] = Field(default_factory=dict, description="Hours of a day that is otherwise open")
    open_days: dict[date, Openings] = Field(default_factory=dict, description="Opens whatever day it is, holidays included")
    breaks: dict[date, Openings] = Field(default_factory=dict)
    join: tuple[CalendarFile, ...] = ()

    @model_validator(mode="after")
    def _place_is_known(self) -> Self:
        if self.country is None:
            if self.region is not None:
                raise PydanticCustomError("region_without_country", "A region needs its country")
            return self
        # Imported where it is needed: it takes half a second, and most commands resolve no calendar.
        from holidays import list_supported_countries

        regions = list_supported_countries().get(self.country)
        if regions is None:
            raise PydanticCustomError(
                "country_unknown", "No holidays are known for country {country}", {"country": repr(self.country)}
            )
        if self.region is not None and self.region not in regions:
            raise PydanticCustomError(
                "region_unknown",
                "Country {country} has no region {region}; it has {regions}",
                {"country": self.country, "region": repr(self.region), "regions": ", ".join(regions) or "none"},
            )
        return self


def holiday_data_version() -> str:
    """The release of the holiday data in use (the ``holidays`` package)."""
    return version("holidays")


def resolve(source: CalendarFile, from_year: int, to_year: int) -> Calendar:
    """The calendar with every holiday and exceptional day of the years written out, both years included.

    ``open_days`` win over everything, closed days and public holidays over ``half_days``, and half days only shorten days that
    have hours. Raises :class:`CalendarFault` (``years_backwards``, ``years_too_many``, ``years_not_covered``) and, for a file
    without any hours, what :class:`Calendar` raises.
    """
    if to_year < from_year:
        raise CalendarFault("years_backwards", source.name, f"The years end ({to_year}) before they start ({from_year})")
    if to_year - from_year >= _MOST_YEARS:
        raise CalendarFault("years_too_many", source.name, f"At most {_MOST_YEARS} years can be resolved at once")
    years = range(from_year, to_year + 1)
    closed = _public_holidays(source, years) | {day for mark in source.closed_days for day in _days_of(mark, years)}
    short = {
        day: hours
        for mark, hours in source.half_days.items()
        for day in _days_of(mark, years)
        if day not in closed and source.hours.get(WEEKDAYS[day.weekday()])
    }
    return Calendar(
        tz=source.tz,
        hours=source.hours,
        holidays=tuple(closed),
        breaks=source.breaks,
        exceptions=short | source.open_days,
        join=tuple(resolve(other, from_year, to_year) for other in source.join),
    )


def parse(text: str, origin: str) -> CalendarFile:
    """The calendar that a YAML text describes; ``origin`` says where it is from. Raises :class:`CalendarFault`."""
    try:
        return CalendarFile.model_validate(yaml.load(text, Loader=_PlainLoader))  # noqa: S506 - it builds nothing but text
    except yaml.YAMLError as error:
        raise CalendarFault("yaml_invalid", origin, _yaml_fault(error)) from error
    except ValidationError as error:
        raise fault_of(error, origin) from error


def fault_of(error: ValidationError, origin: str) -> CalendarFault:
    """The first of the faults that pydantic found, with its place."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"] if part != "[key]")
    return CalendarFault(first["type"], origin, f"{where}: {first['msg']}" if where else first["msg"])


def _yaml_fault(error: yaml.YAMLError) -> str:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return f"line {mark.line + 1}: {error.problem}" if isinstance(error, yaml.MarkedYAMLError) and mark else str(error)


def _days_of(mark: str, years: range) -> list[date]:
    found = _YEARLY.fullmatch(mark)
    if not found:
        return [date.fromisoformat(mark)]
    month, day = int(found[1]), int(found[2])
    leap_day = (month, day) == (2, 29)
    return [date(year, month, day) for year in years if not leap_day or isleap(year)]


def _public_holidays(source: CalendarFile, years: range) -> set[date]:
    if source.country is None:
        return set()
    from holidays import country_holidays

    known = country_holidays(source.country, subdiv=source.region)
    if years[0] < known.start_year or years[-1] > known.end_year:
        raise CalendarFault(
            "years_not_covered",
            source.name,
            f"{source.country} has holidays from {known.start_year} to {known.end_year}, not for {years[0]} to {years[-1]}",
        )
    found = country_holidays(source.country, subdiv=source.region, years=years)
    moved = {day for day, name in found.items() if "(observed)" in name and day.weekday() == _FRIDAY}
    return set(found) - (set() if source.saturdays_move else moved)


class _PlainLoader(yaml.BaseLoader):
    """YAML in which everything is text, so that 17:00 is not 1020 and NO is Norway; a key given twice is a fault."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is given twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)
