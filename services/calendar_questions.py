"""One line of JSON in, one line out: the questions that ``ombud calendar due`` and ``ombud calendar elapsed`` answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from domain.base import Frozen, Instant
from domain.worktime import calculator as worktime
from domain.worktime.calendars import Calendar
from domain.worktime.spans import Span

Answer = dict[str, Any]
_MINUTE = timedelta(minutes=1)
# More minutes than a span can have and fewer than a timedelta can, so that the span says what is wrong.
_BEYOND_REASON = 1e9


class _Question(Frozen):
    id: Any = None
    calendar: Calendar | None = None
    start: Instant
    pauses: tuple[tuple[Instant, Instant | None], ...] = ()


class DueQuestion(_Question):
    """When is it due? Exactly one of ``minutes`` (of open time), ``business_days``, ``days``, ``months`` or ``span`` (words)."""

    minutes: Annotated[float | None, Field(allow_inf_nan=False)] = None
    business_days: int | None = None
    days: int | None = None
    months: int | None = None
    span: Span | None = None
    roll: bool = False

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        given = [name for name in ("minutes", "business_days", "days", "months", "span") if getattr(self, name) is not None]
        if not given:
            raise PydanticCustomError("target_missing", "Say how long: minutes, business_days, days, months or span")
        if len(given) > 1:
            raise PydanticCustomError("target_ambiguous", "Only one of {names} can count", {"names": ", ".join(given)})
        return self

    def target(self) -> Span:
        """The span asked about; minutes are open time, to the microsecond."""
        if self.minutes is not None:
            bounded = max(-1.0, min(self.minutes, _BEYOND_REASON))
            return Span.working(timedelta(microseconds=round(bounded * 60_000_000)))
        if self.business_days is not None:
            return Span.business_days(self.business_days)
        if self.days is not None:
            return Span.days(self.days)
        if self.months is not None:
            return Span.months(self.months)
        assert self.span is not None  # exactly one was given
        return self.span


class ElapsedQuestion(_Question):
    """How much open time lies between two instants?"""

    end: Instant

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.end < self.start:
            raise PydanticCustomError("end_before_start", "The end is before the start")
        return self


def due_line(question: Any) -> Answer:
    """The due instant, or ``null`` while an open pause holds it up."""
    asked = DueQuestion.model_validate(question)
    at = worktime.due(asked.calendar, asked.start, asked.target(), asked.pauses, asked.roll)
    return {"due": at and _text(at)}


def elapsed_line(question: Any) -> Answer:
    """The open time in minutes."""
    asked = ElapsedQuestion.model_validate(question)
    return {"minutes": worktime.elapsed(asked.calendar, asked.start, asked.end, asked.pauses) / _MINUTE}


def answers(lines: Iterable[str], answer: Callable[[Any], Answer]) -> Iterator[Answer]:
    """An answer for each line that is not blank, in order; a faulty line is answered with its error."""
    for line in lines:
        if line.strip():
            yield _answered(line, answer)


def _answered(line: str, answer: Callable[[Any], Answer]) -> Answer:
    try:
        question = json.loads(line)
    except (ValueError, RecursionError) as error:
        return _fault(None, "line_not_json", str(error))
    if not isinstance(question, dict):
        return _fault(None, "line_not_object", "A line is one JSON object")
    name = question.get("id")
    try:
        return {"id": name, **answer(question)}
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"] if part != "[key]")
        return _fault(name, first["type"], f"{where}: {first['msg']}" if where else first["msg"])
    except worktime.WorktimeError as error:
        return _fault(name, error.code, str(error))
    except OverflowError:  # an instant that UTC would put before the year 1 or after 9999
        return _fault(name, worktime.OutOfRange.code, str(worktime.OutOfRange()))


def _fault(name: Any, code: str, detail: str) -> Answer:
    return {"id": name, "error": {"code": code, "detail": detail}}


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
