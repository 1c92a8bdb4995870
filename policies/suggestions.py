"""Words that somebody may have meant: "did you mean …?" for whoever writes the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel

from domain.model.clock_terms import ClockTerms

_CLOSE = 0.6
"""How alike two words are, from 0 to 1, before one is offered for the other."""
_MANY = 12
_LONGEST = 80
"""Nobody misspells more than that, and to compare it would take for ever."""
_QUOTED = re.compile(r"'([^']+)'")


def did_you_mean(word: object, known: Iterable[str], among: str = "") -> str:
    """What to add to a problem with a word: the nearest of those that there are, else all of them where they are few."""
    names = sorted(set(known))
    near = get_close_matches(str(word)[:_LONGEST], names, 1, _CLOSE)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; {among or 'there are'} {', '.join(names)}" if among and 0 < len(names) <= _MANY else ""


def of_form(error: Any, model: type[BaseModel]) -> str:
    """What pydantic says of one mistake in a pack, in words for whoever wrote it. ``model`` is what was read."""
    kind, said = error["type"], error["input"]
    if kind == "extra_forbidden":
        name = str(error["loc"][-1])[:_LONGEST]
        return f"there is no field '{name}' here{did_you_mean(name, _fields_at(model, error['loc'][:-1]), 'there are')}"
    message = str(error["msg"]).removeprefix("Value error, ")
    if kind in ("literal_error", "enum") and isinstance(said, str):
        expected = _QUOTED.findall(str(error.get("ctx", {}).get("expected", "")))
        near = did_you_mean(said, expected)
        return f"there is no '{said}' here{near}" if near else f"{message}, not '{said[:_LONGEST]}'"
    return message


def _fields_at(model: type[BaseModel], place: tuple[int | str, ...]) -> Iterable[str]:
    """The fields of the row that stands at a place of a pack."""
    found: Any = model
    for part in place:
        inner = _field(found, part)
        found = inner if inner is not None else found
    names: set[str] = set()
    for row in _models(found):
        names |= set(row.model_fields)
        if row.model_config.get("extra") == "allow":
            names |= set(ClockTerms.model_fields) | {"like"}
    return names


def _field(annotation: Any, part: int | str) -> Any:
    for row in _models(annotation):
        if part in row.model_fields:
            return row.model_fields[str(part)].annotation
    return None


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The models that stand in an annotation: ``tuple[Row, ...]`` has one, ``Row | None`` has one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]
