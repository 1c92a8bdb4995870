"""What a report says in its attributes, read as a pack's conditions compare it: yes or no, or a number.

A condition on what is no `true` is silently no: a child abuse that somebody's form sends as the text "true" would wait as
anything else does. So what plainly means yes, no or a number is read as that, and what means neither is refused at the door.
Words that a condition compares (`attributes.status in ["won", "lost"]`) are as many as whoever reports has, and not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

from domain.model.report import Scalar
from policies.conditions import without_texts

Kind = Literal["yes_no", "number"]

TAKES: Mapping[Kind, str] = {"yes_no": "true or false", "number": "a number"}
"""What a field of each kind takes, in words."""
_YES, _NO = frozenset({"true", "yes", "y", "on", "1"}), frozenset({"false", "no", "n", "off", "0"})
_COMPARED = re.compile(r"\battributes\.(\w+)\s*[=!]=\s*(?:true|false)\b")
_ALONE = re.compile(r"(?:^|&&|\|\||!|\?|:|(?<!\w)\()\s*attributes\.(\w+)\s*(?=$|&&|\|\||\)|\?|:)")
_COUNTED = re.compile(r"\battributes\.(\w+)\s*(?:[<>]=?|[=!]=)\s*-?\d|\d\s*(?:[<>]=?|[=!]=)\s*attributes\.(\w+)")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")


class AttributeUnreadable(ValueError):
    """An attribute that a condition of the pack looks at, with what is neither yes nor no, or no number."""

    code = "attribute_unreadable"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"attributes.{name} takes {takes}" for name, takes in fields.items()))
        self.fields = dict(fields)
        """Each of them with what it takes."""


def read(conditions: Iterable[str], attributes: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The attributes as the conditions of a pack compare them; an empty text says nothing. Raises AttributeUnreadable."""
    known = _kinds(tuple(conditions))
    found: dict[str, Scalar] = {}
    wrong: dict[str, str] = {}
    for name, said in attributes.items():
        kind = known.get(name)
        if kind is None:
            found[name] = said
        elif isinstance(said, str) and not said.strip():
            continue
        elif (meant := _yes_no(said) if kind == "yes_no" else _number(said)) is None:
            wrong[name] = TAKES[kind]
        else:
            found[name] = meant
    if wrong:
        raise AttributeUnreadable(wrong)
    return found


@lru_cache(maxsize=256)
def _kinds(conditions: tuple[str, ...]) -> Mapping[str, Kind]:
    """What each attribute is compared with; one that is compared as both is the pack's own business."""
    asked: dict[str, set[Kind]] = {}
    for condition in conditions:
        for name, kind in _asked(without_texts(condition)):
            asked.setdefault(name, set()).add(kind)
    return {name: next(iter(kinds)) for name, kinds in asked.items() if len(kinds) == 1}


def _asked(condition: str) -> Iterator[tuple[str, Kind]]:
    for pattern in (_COMPARED, _ALONE):
        yield from ((name, "yes_no") for name in pattern.findall(condition))
    yield from ((name or other, "number") for name, other in _COUNTED.findall(condition))


def _yes_no(said: Scalar) -> bool | None:
    if isinstance(said, bool):
        return said
    word = said.strip().casefold() if isinstance(said, str) else {0.0: "no", 1.0: "yes"}.get(said, "")
    return True if word in _YES else False if word in _NO else None


def means_yes(said: Scalar) -> bool:
    """Whether an attribute says yes, in any of the words that are read so."""
    return _yes_no(said) is True


def _number(said: Scalar) -> int | float | None:
    if isinstance(said, bool):
        return None
    if not isinstance(said, str):
        return said
    if _NUMBER.fullmatch(said.strip()) is None:
        return None
    return float(said) if "." in said else int(said)
