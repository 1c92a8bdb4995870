"""Departures from packs: what was asked in a month over all cases, what became of it, and how many of a sort there were."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from services.callers import LEADERS, Caller, only
from services.errors import FieldError, Refused
from services.parts import Parts
from services.rows import ExceptionRow

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
HEAD = ("month", "kind", "of", "name", "what", "at", "case", "exception", "asked_by", "by", "until", "amount", "currency")
"""The columns of the list as a table."""


@dataclass(frozen=True)
class Sort:
    """How many of one sort there were in the month."""

    kind: str
    of: str
    name: str
    asked: int
    granted: int
    refused: int


@dataclass(frozen=True)
class Month:
    """What happened to departures from packs in one calendar month (UTC)."""

    month: str
    rows: Sequence[ExceptionRow]
    counts: Sequence[Sort]


async def month(parts: Parts, caller: Caller, named: str | None = None, kind: str | None = None) -> Month:
    """One month (``2026-11``; left out: this one). For leads and ops.

    Raises ``not_allowed``, and ``malformed`` for what is no month.
    """
    await only(parts, caller, LEADERS, "Exceptions of all cases are for leads and ops to see.")
    named = named or f"{datetime.now(UTC):%Y-%m}"
    found = _MONTH.fullmatch(named)
    if found is None:
        raise Refused("malformed", errors=[FieldError("month", "malformed", "Write a month as 2026-11.")])
    year, number = int(found[1]), int(found[2])
    since = datetime(year, number, 1, tzinfo=UTC)
    until = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    rows = await parts.policy_exceptions.listed(caller.tenant_id, since, until, kind)
    return Month(named, rows, counted(rows))


def counted(rows: Sequence[ExceptionRow]) -> tuple[Sort, ...]:
    """How many were asked for, granted and refused, by kind and sort."""
    many = Counter((one.kind, one.of, one.name, one.type) for one in rows)
    sorts = sorted({(kind, of, name) for kind, of, name, _ in many})
    types = ("exception_asked", "exception_granted", "exception_refused")
    return tuple(Sort(*one, *(many[*one, each] for each in types)) for one in sorts)


def line(found: Month, one: ExceptionRow) -> tuple[str, ...]:
    """A row of the table, under :data:`HEAD`."""
    what = one.type.removeprefix("exception_")
    money = ("", "") if one.amount is None else (str(one.amount), one.currency or "")
    at, until = (instant.astimezone(UTC).isoformat(timespec="minutes") for instant in (one.at, one.until))
    return (found.month, one.kind, one.of, one.name, what, at, one.case_id, one.id, one.asked_by, one.person, until, *money)
