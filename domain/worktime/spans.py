"""How long somebody has: a duration in wall time, working time, calendar days, business days or calendar months.

In files, rows and messages a span is one short text (``8 working hours``, ``3 business days``, ``1 month``, ``PT8H``); in
Python it is a :class:`Span`. What the text means on a given day is the business of :mod:`domain.worktime.calculator`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from pydantic import GetJsonSchemaHandler, model_serializer, model_validator
from pydantic_core import CoreSchema, PydanticCustomError

from domain.base import Frozen

_MICROSECOND = timedelta(microseconds=1)
_IN_MICROSECONDS = {"second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000}
_DAY = 24 * _IN_MICROSECONDS["hour"]

_WORDS = re.compile(r"(\d+(?:\.\d+)?) (?:(working|business) )?(second|minute|hour|day|week|month|year)s?", re.ASCII)
_ISO = re.compile(
    r"P(?=[\dT])(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=\d)(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?",
    re.ASCII,
)
_FORMS = "8 working hours, 15 minutes, 3 business days, 10 days, 1 month, PT8H, P10D, P1M"


class SpanUnit(StrEnum):
    """What a span is counted in."""

    WALL = "wall"
    WORKING = "working"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"


# A hundred years: longer than any limitation period, and short enough that a misplaced zero cannot keep a process busy.
_MOST = {
    SpanUnit.WALL: 36_525 * _DAY,
    SpanUnit.WORKING: 36_525 * _DAY,
    SpanUnit.DAYS: 36_525,
    SpanUnit.BUSINESS_DAYS: 36_525,
    SpanUnit.MONTHS: 1_200,
}
# What one of each is worth when a development tenant's time is scaled: a working day of eight hours, a month of thirty days.
_SCALED_WORTH = {
    SpanUnit.WALL: 1,
    SpanUnit.WORKING: 1,
    SpanUnit.DAYS: _DAY,
    SpanUnit.BUSINESS_DAYS: 8 * _IN_MICROSECONDS["hour"],
    SpanUnit.MONTHS: 30 * _DAY,
}


class Span(Frozen):
    """A duration that reads and writes as one text.

    ``amount`` counts microseconds for wall and working time, whole days or months for the rest. A faulty text or number is a
    pydantic error of type ``span_unknown``, ``span_mixed``, ``span_not_whole``, ``span_negative`` or ``span_too_long``.
    """

    unit: SpanUnit
    amount: int

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return _parsed(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _within_reason(self) -> Self:
        if self.amount < 0:
            raise PydanticCustomError("span_negative", "A span cannot be negative")
        if self.amount > _MOST[self.unit]:
            raise PydanticCustomError("span_too_long", "A span is at most a hundred years")
        return self

    @model_serializer(mode="plain")
    def _as_text(self) -> str:
        return str(self)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {
            "type": "string",
            "title": "Span",
            "description": f"A duration in plain words or ISO 8601: {_FORMS}",
            "examples": _FORMS.split(", "),
        }

    def __str__(self) -> str:
        """The canonical text: the largest of hours, minutes and seconds that divides a wall or working time evenly."""
        match self.unit:
            case SpanUnit.WALL:
                return _clock_words(self.amount, "")
            case SpanUnit.WORKING:
                return _clock_words(self.amount, "working ")
            case SpanUnit.DAYS:
                return _counted(str(self.amount), "day")
            case SpanUnit.BUSINESS_DAYS:
                return _counted(str(self.amount), "business day")
            case SpanUnit.MONTHS:
                return _counted(str(self.amount), "month")

    @classmethod
    def parse(cls, text: str) -> Span:
        """The span that a text means. Raises ``pydantic.ValidationError`` with the codes named above."""
        return cls.model_validate(text)

    @classmethod
    def wall(cls, time: timedelta) -> Span:
        """So much time on any clock on the wall, whatever is open."""
        return cls(unit=SpanUnit.WALL, amount=time // _MICROSECOND)

    @classmethod
    def working(cls, time: timedelta) -> Span:
        """So much time while the calendar is open."""
        return cls(unit=SpanUnit.WORKING, amount=time // _MICROSECOND)

    @classmethod
    def days(cls, count: int) -> Span:
        """The same local time so many calendar days later."""
        return cls(unit=SpanUnit.DAYS, amount=count)

    @classmethod
    def business_days(cls, count: int) -> Span:
        """The same local time on the so-many-th following business day."""
        return cls(unit=SpanUnit.BUSINESS_DAYS, amount=count)

    @classmethod
    def months(cls, count: int) -> Span:
        """The same local time so many calendar months later."""
        return cls(unit=SpanUnit.MONTHS, amount=count)

    @property
    def is_clock_time(self) -> bool:
        """Whether it is an amount of time (wall or working), which pauses stretch, and not a count of days or months."""
        return self.unit in (SpanUnit.WALL, SpanUnit.WORKING)

    @property
    def time(self) -> timedelta:
        """The amount of wall or working time. Raises ``ValueError`` for days and months, whose length depends on the date."""
        if not self.is_clock_time:
            raise ValueError(f"{self} is not an amount of time: its length depends on the date")
        return timedelta(microseconds=self.amount)

    def scaled(self, factor: float) -> Span:
        """The span under a development tenant's time scale, always wall time (1/3600 makes hours into seconds).

        A business day counts as 8 hours, a calendar day as 24 hours, a month as 30 days. Rounded to microseconds.
        """
        return Span(unit=SpanUnit.WALL, amount=round(self.amount * _SCALED_WORTH[self.unit] * factor))


def _counted(number: str, noun: str) -> str:
    return f"{number} {noun}" if number == "1" else f"{number} {noun}s"


def _clock_words(amount: int, kind: str) -> str:
    for noun in ("hour", "minute"):
        if amount and amount % _IN_MICROSECONDS[noun] == 0:
            return _counted(str(amount // _IN_MICROSECONDS[noun]), kind + noun)
    seconds, rest = divmod(amount, 1_000_000)
    return _counted(f"{seconds}.{rest:06d}".rstrip("0").rstrip("."), f"{kind}second")


def _parsed(text: str) -> Mapping[str, object]:
    plain = " ".join(text.split())
    if words := _WORDS.fullmatch(plain.lower()):
        return _from_words(*words.groups())
    if iso := _ISO.fullmatch(plain.upper()):
        return _from_iso(iso.groups())
    raise PydanticCustomError(
        "span_unknown", "Not a span: {text}. Write for example {forms}", {"text": repr(text[:80]), "forms": _FORMS}
    )


def _from_words(number: str, kind: str | None, noun: str) -> Mapping[str, object]:
    if noun in _IN_MICROSECONDS:
        unit = SpanUnit.WORKING if kind else SpanUnit.WALL
        return {"unit": unit, "amount": round(Decimal(number) * _IN_MICROSECONDS[noun])}
    if "." in number:
        raise PydanticCustomError(
            "span_not_whole", "Days, weeks, months and years are counted whole, not {number}", {"number": number}
        )
    count = int(number) if len(number) < 9 else 10**9
    if noun == "day":
        return {"unit": SpanUnit.BUSINESS_DAYS if kind else SpanUnit.DAYS, "amount": count}
    if kind:
        raise PydanticCustomError(
            "span_unknown", "There is no {kind} {noun}; count it in {kind} days or hours", {"kind": kind, "noun": noun}
        )
    if noun == "week":
        return {"unit": SpanUnit.DAYS, "amount": 7 * count}
    return {"unit": SpanUnit.MONTHS, "amount": count * (12 if noun == "year" else 1)}


def _from_iso(parts: tuple[str | None, ...]) -> Mapping[str, object]:
    months, days, clock = parts[:2], parts[2:4], parts[4:]
    if sum(any(part is not None for part in group) for group in (months, days, clock)) != 1:
        raise PydanticCustomError("span_mixed", "A span is months, or days, or hours, minutes and seconds; not a mixture")
    if any(part is not None for part in clock):
        factors = _IN_MICROSECONDS["hour"], _IN_MICROSECONDS["minute"], _IN_MICROSECONDS["second"]
        numbers = [Decimal((part or "0").replace(",", ".")) for part in clock]
        return {"unit": SpanUnit.WALL, "amount": round(sum((n * f for n, f in zip(numbers, factors, strict=True)), Decimal(0)))}
    larger, smaller = (min(Decimal(part or "0"), Decimal(10**9)) for part in (months if any(months) else days))
    if any(months):
        return {"unit": SpanUnit.MONTHS, "amount": int(larger) * 12 + int(smaller)}
    return {"unit": SpanUnit.DAYS, "amount": int(larger) * 7 + int(smaller)}
