"""The numbers of a list as a browser shows them: whoever writes "I withdraw point c" means the c that they saw."""

from __future__ import annotations

import re
from dataclasses import dataclass

from turbohtml import Element

_KINDS = {
    "decimal": "1", "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i",
    "upper-roman": "I",
}  # fmt: skip
_TYPE = re.compile(r"list-style(?:-type)?\s*:[^;]*?\b(" + "|".join(_KINDS) + r")\b", re.IGNORECASE)
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@dataclass(slots=True)
class Numbers:
    """Of a list that is numbered: the next one, which way it goes on, and in which signs (``1``, ``a``, ``A``, ``i``, ``I``)."""

    next: int
    step: int = 1
    kind: str = "1"

    def take(self, item: Element) -> str:
        """The number of this item, as it is shown."""
        self.next = _whole(item, "value", self.next)
        number, self.next = self.next, self.next + self.step
        return f"{_shown(number, _kind(item) or self.kind)}. "


def numbers_of(element: Element) -> Numbers:
    """How an ``ol`` is numbered (HTML, "The ol element"): one that is ``reversed`` begins with how many items it has."""
    backwards = "reversed" in element.attrs
    items = sum(isinstance(child, Element) and child.tag == "li" for child in element.children) if backwards else 1
    return Numbers(_whole(element, "start", items), -1 if backwards else 1, _kind(element) or "1")


def _kind(element: Element) -> str:
    style, kind = element.attrs.get("style"), element.attrs.get("type")
    found = _TYPE.search(style[:2_000]) if isinstance(style, str) else None
    return _KINDS[found[1].lower()] if found else kind if isinstance(kind, str) and kind in ("1", "a", "A", "i", "I") else ""


def _shown(number: int, kind: str) -> str:
    if kind in ("a", "A") and number > 0:
        said = ""
        while number:
            number, letter = divmod(number - 1, 26)
            said = chr(ord(kind) + letter) + said
        return said
    if kind in ("i", "I") and 0 < number < 4_000:
        said = ""
        for worth, letters in _ROMAN:
            said += letters * (number // worth)
            number %= worth
        return said if kind == "i" else said.upper()
    return str(number)


def _whole(element: Element, name: str, otherwise: int) -> int:
    """A whole number of a few digits that an attribute says."""
    said = element.attrs.get(name)
    return int(said) if isinstance(said, str) and re.fullmatch(r"\s*-?[0-9]{1,6}\s*", said) else otherwise
