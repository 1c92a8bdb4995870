"""What changed between two drafts of a ruling, word by word: who looks at it a second time reads that first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from console.kit.render import Amounts
from console.kit.words import in_words
from services.timelines import Entry

Kind = Literal["same", "gone", "new"]
LONGEST = 4000
"""Words beyond which two texts are shown one after the other: to compare longer ones takes too long for a page."""
_WORD = re.compile(r"\s+|\w+|[^\w\s]+")
_FACTS = ("decision", "outcome", "ground", "conditions", "complaint_route")


@dataclass(frozen=True)
class Change:
    """Something that reads otherwise now."""

    what: str
    pieces: tuple[tuple[Kind, str], ...]


@dataclass(frozen=True)
class Changes:
    """The last draft beside the one before it."""

    before: Entry
    now: Entry
    each: tuple[Change, ...]


def between_drafts(entries: Sequence[Entry], amounts: Amounts) -> Changes | None:
    """What the last draft changed; None: there is only one."""
    drafts = [entry for entry in entries if entry.type == "ruling_drafted"]
    if len(drafts) < 2:
        return None
    before, now = drafts[-2:]
    pairs = [(in_words(name), _said(before.data.get(name)), _said(now.data.get(name))) for name in _FACTS]
    pairs.append(("What it gives", _remedies(before.data, amounts), _remedies(now.data, amounts)))
    pairs.append(("Reasons", _text(before.data.get("reasons")), _text(now.data.get("reasons"))))
    return Changes(before, now, tuple(Change(what, compared(old, new)) for what, old, new in pairs if old != new))


def compared(old: str, new: str) -> tuple[tuple[Kind, str], ...]:
    """Two texts as one: what is the same, what is gone and what is new, in the order of reading."""
    was, now = _WORD.findall(old), _WORD.findall(new)
    if len(was) > LONGEST or len(now) > LONGEST:
        return (("gone", old), ("new", new))
    found: list[tuple[Kind, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", "".join(was[a:b])))
        else:
            found += [("gone", "".join(was[a:b]))] if b > a else []
            found += [("new", "".join(now[c:d]))] if d > c else []
    return tuple(found)


def _said(value: Any) -> str:
    return ", ".join(in_words(one) for one in value) if isinstance(value, list | tuple) else in_words(value) if value else "none"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _remedies(data: Mapping[str, Any], amounts: Amounts) -> str:
    given = []
    for remedy in data.get("remedies", ()):
        amount = remedy.get("amount")
        words = in_words(remedy.get("type"))
        given.append(f"{words}, {amounts.write(amount['amount'], amount['currency'])}" if amount else words)
    return "; ".join(given) or "nothing"
