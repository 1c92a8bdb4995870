"""What an element's own style says of whether a person sees its words, read as browsers read a style attribute."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LOOKED_AT = 4_000
"""Characters of one style."""
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_DECLARATION = re.compile(r"([^;\"'(]|\"[^\"]*\"|'[^']*'|\([^)]*\))+")
_ZERO = re.compile(r"[+-]?0*\.?0+(?:px|pt|em|rem|ex|ch|%|cm|mm|in|pc|vw|vh)?")


@dataclass(frozen=True, slots=True)
class Shown:
    """How text is shown here. Both are handed down, and an element inside may say otherwise."""

    visible: bool = True
    sized: bool = True
    """Its letters have a size: some mails hide a preview by giving them none."""

    @property
    def seen(self) -> bool:
        """Whether a person sees it."""
        return self.visible and self.sized


def declared(style: str) -> dict[str, str]:
    """The declarations of a style by property, in lower case; of two the later counts, and ``!important`` before others."""
    found: dict[str, tuple[bool, str]] = {}
    for match in _DECLARATION.finditer(_COMMENT.sub(" ", style[:_LOOKED_AT])):
        name, colon, value = match[0].partition(":")
        said, mark, _ = value.strip().lower().partition("!important")
        key = name.strip().lower()
        if colon and said.strip() and (mark or not found.get(key, (False, ""))[0]):
            found[key] = (bool(mark), said.strip())
    return {name: value for name, (_, value) in found.items()}


def gone(styles: dict[str, str]) -> bool:
    """Whether nothing of an element is shown, whatever is in it says."""
    if styles.get("display") == "none" or styles.get("mso-hide") == "all" or _is_zero(styles.get("opacity")):
        return True
    closed = any(_is_zero(styles.get(name)) for name in ("max-height", "height", "max-width", "width"))
    return closed and styles.get("overflow") in ("hidden", "clip")


def inside(shown: Shown, styles: dict[str, str]) -> Shown:
    """How text is shown inside of an element with this style."""
    visible, size = styles.get("visibility"), styles.get("font-size")
    return Shown(
        visible not in ("hidden", "collapse") if visible in ("hidden", "collapse", "visible", "initial") else shown.visible,
        # A share of nothing is nothing.
        not _is_zero(size) if size is not None and not (size.endswith(("%", "em")) and not shown.sized) else shown.sized,
    )


def _is_zero(value: str | None) -> bool:
    return value is not None and _ZERO.fullmatch(value) is not None
