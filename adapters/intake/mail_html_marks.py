"""What a page says by how it shows its words: struck out, raised or lowered, ticked or chosen."""

from __future__ import annotations

import re
from collections import deque

from turbohtml import Element

_STRUCK = frozenset({"s", "strike", "del"})
STRUCK = "[struck out: "
"""Before words that are struck out; behind them stands ``]``."""
_RAISED = {"sup": "^", "super": "^", "sub": "_"}
_ORDINALS = re.compile(r"\s*(?:st|nd|rd|th|er|re|ère|e|ème|o|a|\.º|º|ª|tm|®|™|©)\s*", re.IGNORECASE)
_BOXES = {"checkbox": ("[x] ", "[ ] "), "radio": ("(x) ", "( ) ")}


def strikes(element: Element, styles: dict[str, str]) -> bool:
    """Whether the words in it are struck out. Those of ``<ins>`` are not."""
    lines = f"{styles.get('text-decoration', '')} {styles.get('text-decoration-line', '')}"
    return element.tag in _STRUCK or "line-through" in lines


def raised(element: Element, styles: dict[str, str]) -> str:
    """What stands before words that are raised or lowered, so that 40 and a small 99 behind it are not 4099; or nothing."""
    return _RAISED.get(styles.get("vertical-align", "")) or ("" if "vertical-align" in styles else _RAISED.get(element.tag, ""))


def is_ordinal(words: str) -> bool:
    """Whether raised words are the end of an ordinal or of a name: nobody reads those as digits."""
    return _ORDINALS.fullmatch(words) is not None


def ticked(element: Element) -> str:
    """The box of a choice, with its tick or without; empty for any other field."""
    kind = element.attrs.get("type") if element.attrs else None
    full, bare = _BOXES.get(kind.lower() if isinstance(kind, str) else "", ("", ""))
    return full if "checked" in element.attrs else bare


def choices(select: Element) -> deque[bool]:
    """Of each option of a list, in their order, whether it is the chosen one. Of a list of one it is the last that says so,
    else the first, as browsers have it."""
    options = select.find_all("option")
    chosen = ["selected" in one.attrs for one in options]
    if "multiple" in select.attrs or not options:
        return deque(chosen)
    last = max((at for at, one in enumerate(chosen) if one), default=0)
    return deque(at == last for at in range(len(options)))
