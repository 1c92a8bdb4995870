"""Whether statements of reasons are fit for the EU's DSA Transparency Database, line by line. It needs no server."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, NoReturn

from domain.dsa.rules import Fault, faults


class Judged(NamedTuple):
    """What one line was found to be."""

    id: Any
    """By what the line calls itself."""
    faults: tuple[Fault, ...]


def judged_lines(lines: Iterable[str]) -> Iterator[Judged]:
    """A verdict for each line that is not blank, in order; a faulty line has its own, and the rest goes on."""
    return (_judged(line) for line in lines if line.strip())


def _judged(line: str) -> Judged:
    try:
        line.encode()  # refuses what was not UTF-8
        asked = json.loads(line, parse_constant=_refuse)
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        return Judged(None, (Fault("", "line_not_json", "This line is not one JSON object."),))
    statement = asked.get("statement")
    if statement is None:
        found: tuple[Fault, ...] = (Fault("statement", "missing", "The line has no statement."),)
    elif isinstance(statement, dict):
        found = faults(statement)
    else:
        found = (Fault("statement", "not_an_object", "A statement is a JSON object."),)
    return Judged(asked.get("id"), found)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
