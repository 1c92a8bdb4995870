"""What styles say of whether a person sees an element's words, read as browsers read them: its own, and those of sheets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from turbohtml import Element

from adapters.intake.mail_html_lists import longhand

LOOKED_AT = 4_000
"""Characters of one style."""
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_DECLARATION = re.compile(r"([^;\"'(]|\"[^\"]*\"|'[^']*'|\([^)]*\))+")
_IMPORTANT = re.compile(r"!\s{0,100}important\s{0,100}$", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?([0-9]{0,6}(?:\.[0-9]{1,9})?)(px|pt|em|rem|ex|ch|%|cm|mm|in|pc|vw|vh)?")
_DOT = {None: 1.5, "px": 1.5, "pt": 1.2, "mm": 0.4, "cm": 0.04, "in": 0.016, "pc": 0.1}
"""The most of each unit that is as good as nothing; of all that depends on something else nothing is."""
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


FOLLOWED = frozenset({
    "display", "visibility", "opacity", "font-size", "mso-hide", "overflow", "height", "max-height", "width", "max-width",
})  # fmt: skip
"""Properties by which words are shown or hidden, as far as that is followed."""
SPACED = frozenset({"padding", "padding-top", "padding-bottom", "padding-left", "padding-right", "min-height", "min-width"})
"""Properties that give a box room which its own height or width does not: films stand in such boxes."""
LOOKS = {
    "text-decoration": ("line-through",), "text-decoration-line": ("line-through",), "vertical-align": ("super", "sub"),
}  # fmt: skip
"""Values by which shown words say something else: struck out, raised, lowered. Any other value of them is no matter."""
_DISPLAYS = frozenset({
    "none", "block", "inline", "inline-block", "flex", "inline-flex", "grid", "inline-grid", "flow-root", "contents", "table",
    "inline-table", "table-row", "table-cell", "table-column", "table-caption", "table-row-group", "table-header-group",
    "table-footer-group", "table-column-group", "list-item", "run-in", "ruby", "initial", "inherit", "unset", "revert",
})  # fmt: skip
_VISIBILITIES = frozenset({"visible", "hidden", "collapse", "initial", "inherit", "unset", "revert"})
Weight = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Declared:
    """The value of a property, and whether it goes before others."""

    value: str
    important: bool = False


def counts(name: str, value: str) -> bool:
    """Whether a declaration is one: browsers let go what cannot be, and what was said before holds."""
    match name:
        case "display":
            return value in _DISPLAYS
        case "visibility":
            return value in _VISIBILITIES
        case _:
            return bool(value)


def winning(rules: Iterable[tuple[Weight, Iterable[tuple[str, Declared]]]], inline: str) -> dict[str, str]:
    """What holds of all that is declared for an element: ``!important`` before the rest, its own style before the sheets, the
    weightier selector before the lighter one, the later word before the earlier one."""
    found: dict[str, tuple[tuple[bool, bool, Weight], str]] = {}
    own: Weight = (0, 0, 0, 0)
    for weight, is_own, declarations in (*((w, False, d) for w, d in rules), (own, True, _inline(inline))):
        for name, one in declarations:
            rank = (one.important, is_own, weight)
            if name not in found or rank >= found[name][0]:
                found[name] = (rank, one.value)
    return {name: value for name, (_, value) in found.items()}


def _inline(style: str) -> Iterator[tuple[str, Declared]]:
    for match in _DECLARATION.finditer(_COMMENT.sub(" ", style[:LOOKED_AT])) if style else ():
        name, colon, value = match[0].partition(":")
        mark = _IMPORTANT.search(value)
        key, said = longhand(name.strip().lower(), _IMPORTANT.sub("", value.strip().lower()).strip())
        if colon and said and counts(key, said):
            yield key, Declared(said, important=mark is not None)


def gone(styles: dict[str, str], *, in_line: bool = False) -> bool:
    """Whether nothing of an element is shown, whatever is in it says. ``in_line``: by itself it is part of a line, and no box."""
    if styles.get("display") == "none" or styles.get("mso-hide") == "all" or _is_zero(styles.get("opacity")):
        return True
    if (in_line and "display" not in styles) or styles.get("display") in ("inline", "contents"):
        # What is no box has no height.
        return False
    high = tiny(styles.get("max-height")) or (tiny(styles.get("height")) and not _has_room(styles, "min-height"))
    wide = tiny(styles.get("max-width")) or (tiny(styles.get("width")) and not _has_room(styles, "min-width"))
    closed = (high and not _padded(styles, "top", "bottom")) or (wide and not _padded(styles, "left", "right"))
    return closed and styles.get("overflow") in ("hidden", "clip")


def own_style(element: Element) -> dict[str, str]:
    """What its own style says of an element."""
    said = element.attrs.get("style")
    return winning((), said) if isinstance(said, str) else {}


def tiny(value: str | None) -> bool:
    """Whether a length is that of a dot, or none."""
    found = _NUMBER.fullmatch(value) if value else None
    return found is not None and found[1] not in ("", ".") and float(found[1]) <= _DOT.get(found[2], 0.0)


def _has_room(styles: dict[str, str], name: str) -> bool:
    return name in styles and styles[name] not in ("auto", "initial") and not _is_zero(styles[name])


def _padded(styles: dict[str, str], first: str, last: str) -> bool:
    """Whether there is room within, between its edge and its words: what is in it is shown there."""
    all_sides = styles.get("padding", "").split()
    by_side = dict(zip(("top", "right", "bottom", "left"), _four(all_sides), strict=False))
    said = [styles.get(f"padding-{side}", by_side.get(side)) for side in (first, last)]
    return any(one is not None and one != "initial" and not _is_zero(one) for one in said)


def _four(sides: list[str]) -> list[str]:
    """A short word for four sides, written out: a side that is not said is as the one across from it."""
    match sides:
        case [every]:
            return [every] * 4
        case [high, wide]:
            return [high, wide, high, wide]
        case [top, wide, bottom]:
            return [top, wide, bottom, wide]
        case _:
            return sides[:4]


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
