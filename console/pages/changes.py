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
_BACK = ("ruling_returned", "ruling_retracted")
_OVER = ("ruling_issued", "case_closed")
_OF_SANCTION = (("Sanction", "sanction"), ("What the ladder says", "ladder_says"), ("Why it is another one", "reason"))
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
    """What the draft that waits changed of the one before it; None: none waits, or it is the first one."""
    drafts: list[Entry] = []
    sanctions: dict[int, Mapping[str, Any]] = {}
    waits = False
    for entry in entries:
        if entry.type == "ruling_drafted":
            drafts, waits = [*drafts, entry], True
        elif entry.type == "sanction_drafted" and drafts:
            sanctions[drafts[-1].n] = entry.data
        elif entry.type in _BACK:
            waits = False
        elif entry.type in _OVER:
            drafts, waits = [], False
    if not waits or len(drafts) < 2:
        return None
    before, now = drafts[-2:]
    pairs = [(in_words(name), _said(before.data.get(name)), _said(now.data.get(name))) for name in _FACTS]
    pairs.append(("What it gives", _remedies(before.data, amounts), _remedies(now.data, amounts)))
    was, is_ = sanctions.get(before.n, {}), sanctions.get(now.n, {})
    pairs += [(what, _said(was.get(name)), _said(is_.get(name))) for what, name in _OF_SANCTION]
    pairs.append(("Why it is another one, in words", _text(was.get("reasons")), _text(is_.get("reasons"))))
    pairs.append(("Reasons", _text(before.data.get("reasons")), _text(now.data.get("reasons"))))
    return Changes(before, now, tuple(Change(what, compared(old, new)) for what, old, new in pairs if old != new))


@dataclass(frozen=True)
class TakenBack:
    """A draft that came back before anybody was told: by whoever wrote it, or by the second person."""

    draft: Entry
    sanction: Entry | None
    ended: Entry

    @property
    def returned(self) -> bool:
        """Whether the second person sent it back."""
        return self.ended.type == "ruling_returned"

    @property
    def reasons(self) -> str:
        """Why they did."""
        return _text(self.ended.data.get("reasons"))

    @property
    def said(self) -> dict[str, Any]:
        """What it said, with the sanction that went with it where it was not the ladder's own."""
        sanction = self.sanction.data if self.sanction is not None else {}
        chosen = {"sanction": sanction.get("sanction"), "sanction_reason": sanction.get("reason")}
        if not sanction.get("departs"):
            return dict(self.draft.data)
        # What a sanction brings about goes with it, and not with the ruling.
        gives = [remedy for remedy in self.draft.data.get("remedies", ()) if remedy.get("type") != sanction.get("sanction")]
        return {**self.draft.data, **chosen, "sanction_reasons": sanction.get("reasons"), "remedies": gives}


def last_draft(entries: Sequence[Entry]) -> Entry | None:
    """The newest draft of a ruling."""
    return next((entry for entry in reversed(entries) if entry.type == "ruling_drafted"), None)


def taken_back(entries: Sequence[Entry]) -> TakenBack | None:
    """The draft that came back last, while no other one took its place."""
    draft = sanction = ended = None
    for entry in entries:
        match entry.type:
            case "ruling_drafted":
                draft, sanction, ended = entry, None, None
            case "sanction_drafted":
                sanction = entry
            case back if back in _BACK:
                ended = entry
            case over if over in _OVER:
                draft = ended = None
            case _:
                pass
    return TakenBack(draft, sanction, ended) if draft is not None and ended is not None else None


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
