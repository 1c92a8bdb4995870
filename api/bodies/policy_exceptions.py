"""What is answered about departures from packs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from api.bodies.base import Body
from domain.base import Instant
from services.policy_exceptions import Month


class ExceptionCount(Body):
    """How many of one sort there were in the month."""

    kind: str
    of: str
    name: str
    asked: int
    granted: int
    refused: int


class ExceptionLine(Body):
    """An exception was asked for, granted or refused."""

    case_id: str
    kind: str
    type: Literal["exception_asked", "exception_granted", "exception_refused"]
    at: Instant
    person: str
    """Who asked, granted or refused."""
    id: str
    of: str
    name: str
    until: Instant
    asked_by: str
    amount: int | None
    currency: str | None


class ExceptionList(Body):
    """Departures from packs in one month."""

    object: Literal["list"] = "list"
    month: str
    data: tuple[ExceptionLine, ...]
    counts: tuple[ExceptionCount, ...]


def exception_list(found: Month) -> dict[str, Any]:
    """The answer."""
    lines = tuple(ExceptionLine(**asdict(one)) for one in found.rows)
    counts = tuple(ExceptionCount(**asdict(one)) for one in found.counts)
    return ExceptionList(month=found.month, data=lines, counts=counts).model_dump(mode="json")
