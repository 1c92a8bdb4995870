"""The style sheets of a page, as far as they say whether a person sees its words: read as browsers read them.

Parsed by a library, and matched by that which parsed the page. A rule that may show or hide words and is not followed makes the
page one that has to be kept as it came (``followed`` is False).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import tinycss2  # type: ignore[import-untyped]  # it says nothing of its types
from turbohtml import Document, Element, SelectorSyntaxError

from adapters.intake.mail_html_lists import LISTED, longhand
from adapters.intake.mail_styles import FOLLOWED, LOOKS, SPACED, Declared, counts, winning

MOST_TEXT = 200_000
"""Characters of all sheets of a page that are read; more are not followed."""
MOST_WORK = 1_000_000
"""Elements that are compared with selectors, all together, and their ancestors where a selector asks for those: costs grow with
the page, whatever its sheets ask for."""
MOST_NESTED = 20
"""Blocks within blocks (``@media``) that are opened."""

_VIEWPORT = 1_024.0
"""Pixels. A page is read as it looks on a computer's screen; what only a phone shows or hides is as it is not there."""

_HIDES_BY = frozenset({"content", "text-indent", "clip", "clip-path", "all"})
"""Properties by which a rule shows words, hides them, or writes some of its own, and which are not followed."""
_NEVER = frozenset({"hover", "focus", "active", "visited", "focus-within", "focus-visible", "target"})
"""Nobody points at a letter yet."""
_BRACKETS = re.compile(r"[(){}\[\]]")
_WIDTH = re.compile(r"\(\s*(min|max)-(?:device-)?width\s*:\s*([0-9]{1,6}(?:\.[0-9]{1,4})?)\s*(px|em|rem)?\s*\)")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule declares, how weighty its selector is, and where it stands."""

    declared: tuple[tuple[str, Declared], ...]
    weight: tuple[int, int, int, int]
    """Ids, classes and attributes, elements; and the place in the sheets: of two of one weight the later counts."""


@dataclass(slots=True)
class Sheets:
    """The rules of a page by the elements that they are about."""

    followed: bool = True
    """False: something that may show or hide words was not followed."""
    _rules: dict[Element, list[Rule]] = field(default_factory=dict)

    @property
    def hold(self) -> bool:
        """Whether anything in the page is what a rule is about."""
        return bool(self._rules)

    def styles(self, element: Element, inline: str) -> dict[str, str]:
        """What holds for an element, by property: its own style comes before the sheets, ``!important`` before both."""
        rules = self._rules.get(element)
        if rules is None and not inline:
            return {}
        found = [(one.weight, one.declared) for one in rules or ()]
        return winning(found, inline)

    def apply(self, page: Document, selector: str, rule: Rule) -> None:
        """Have a rule hold for all that fit its selector; what is none fits nothing."""
        try:
            found = page.select(selector.strip())
        except SelectorSyntaxError:
            return
        for element in found:
            self._rules.setdefault(element, []).append(rule)


def sheets_of(page: Document) -> Sheets:
    """The sheets of a page. Whatever they say, never an error: what the library cannot take, as blocks that lie too deep for it
    (one closer of another sort closes none), is not followed."""
    sheets = Sheets()
    try:
        return _read(page, sheets)
    except RecursionError:
        return Sheets(followed=False)


def _read(page: Document, sheets: Sheets) -> Sheets:
    text = _text_of(page, sheets)
    if not text.strip():
        return sheets
    if len(text) > MOST_TEXT or _nested(text) > MOST_NESTED:
        sheets.followed = sheets.followed and _harmless(text)
        return sheets
    tags, deep = _size(page)
    work = MOST_WORK
    for place, (prelude, declared) in enumerate(_rules(tinycss2.parse_stylesheet(text, True, True), sheets, 0)):
        selectors = [(one, _weight(one)) for one in _split(prelude)]
        if any(not one for one, _ in selectors):
            # A list with something that is no selector is none.
            continue
        sheets.followed = sheets.followed and all(weight is not None for _, weight in selectors)
        for selector, weight in selectors:
            if not weight:
                continue
            work -= tags * (deep if any(_combines(token) for token in selector) else 1)
            if work < 0:
                sheets.followed = False
                return sheets
            sheets.apply(page, tinycss2.serialize(selector), Rule(declared, (*weight, place)))
    return sheets


def _text_of(page: Document, sheets: Sheets) -> str:
    texts = []
    for element in page.find_all("style"):
        kind, media = (str(element.attrs.get(name) or "").strip().lower() for name in ("type", "media"))
        # AMP's script shows again what its own sheet hides until it has run.
        loading = any(name.startswith("amp") and name.endswith("boilerplate") for name in element.attrs)
        if kind not in ("", "text/css") or loading or element.closest("template") is not None:
            continue
        shown = _media(media) if media else True
        if shown is None:
            sheets.followed = sheets.followed and _harmless(element.text)
        elif shown:
            texts.append(element.text)
    return "\n".join(texts)


def _harmless(text: str) -> bool:
    low = text.lower()
    return not any(name in low for name in (*FOLLOWED, *_HIDES_BY))


def _rules(nodes: Iterable[Any], sheets: Sheets, deep: int) -> Iterator[tuple[list[Any], tuple[tuple[str, Declared], ...]]]:
    """Selectors and declarations of the rules that matter here, in their order."""
    for node in nodes:
        if node.type == "qualified-rule":
            declared = _declared(node.content, sheets)
            if declared:
                yield node.prelude, declared
        elif node.type == "at-rule":
            name = node.lower_at_keyword
            if name == "media" and node.content is not None and deep < MOST_NESTED:
                shown = _media(tinycss2.serialize(node.prelude).strip().lower())
                if shown:
                    yield from _rules(tinycss2.parse_rule_list(node.content, True, True), sheets, deep + 1)
                elif shown is None:
                    sheets.followed = sheets.followed and _harmless(tinycss2.serialize(node.content))
            elif name in ("media", "supports", "layer", "container", "scope", "import", "starting-style"):
                sheets.followed = sheets.followed and name != "import" and _harmless(tinycss2.serialize(node.content or []))


def _declared(content: list[Any], sheets: Sheets) -> tuple[tuple[str, Declared], ...]:
    found: list[tuple[str, Declared]] = []
    for node in tinycss2.parse_blocks_contents(content, True, True):
        if node.type != "declaration":
            if node.type in ("qualified-rule", "at-rule"):
                sheets.followed = sheets.followed and _harmless(tinycss2.serialize([node]))
            continue
        name, value = longhand(node.lower_name, tinycss2.serialize(node.value).strip().lower())
        if name in _HIDES_BY and (
            # Of all properties at once even the beginning shows what another rule hides.
            name == "all" or value not in ("normal", "none", "auto", "initial", "0", "''", '""')
        ):
            sheets.followed = False
        looks = any(word in value.split() for word in LOOKS.get(name, ()))
        if name not in FOLLOWED | SPACED | LISTED and not looks:
            continue
        if "(" in value and name not in LISTED and name != "font-size" and name not in SPACED:
            sheets.followed = False
        elif counts(name, value):
            found.append((name, Declared(value, important=node.important)))
    return tuple(found)


def _media(said: str) -> bool | None:
    """Whether a media query holds for a computer's screen; None: nobody can say."""
    found = [_one_medium(one.strip()) for one in said.split(",")]
    return True if True in found else None if None in found else False


def _one_medium(said: str) -> bool | None:
    holds: bool | None = True
    for part in (one.strip() for one in re.split(r"\band\b", said.removeprefix("only").strip())):
        if part in ("", "all", "screen"):
            continue
        if part in ("print", "speech", "aural", "braille", "handheld", "projection", "tty", "tv", "embossed"):
            return False
        width = _WIDTH.fullmatch(part)
        if width is None:
            holds = None
            continue
        least = float(width[2]) * (1 if width[3] in (None, "px") else 16)
        if (least > _VIEWPORT) if width[1] == "min" else (least < _VIEWPORT):
            return False
    return holds


def _split(prelude: list[Any]) -> Iterator[list[Any]]:
    """The selectors of a list."""
    selector: list[Any] = []
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            yield _trimmed(selector)
            selector = []
        else:
            selector.append(token)
    yield _trimmed(selector)


def _trimmed(selector: list[Any]) -> list[Any]:
    kept = [token for token in selector if token.type != "comment"]
    while kept and kept[0].type == "whitespace":
        kept.pop(0)
    while kept and kept[-1].type == "whitespace":
        kept.pop()
    return kept


def _combines(token: Any) -> bool:
    return token.type == "whitespace" or (token.type == "literal" and token.value in ">+~")


def _weight(selector: list[Any]) -> tuple[int, int, int] | tuple[()] | None:
    """How weighty a selector of elements, classes, ids and attributes is; empty: it fits nothing at rest; None: it is of another
    sort, and not followed."""
    ids = classes = elements = 0
    if not selector:
        return ()
    before = ""
    for token in selector:
        if token.type == "ident" and before == ":":
            if token.lower_value in _NEVER:
                return ()
            return None
        if token.type == "hash" and token.is_identifier:
            ids += 1
        elif token.type == "[] block" or (token.type == "ident" and before == "."):
            classes += 1
        elif token.type == "ident":
            elements += 1
        elif token.type == "literal" and token.value in (".", "*", ">", "+", ":"):
            pass
        elif token.type != "whitespace":
            return None
        before = token.value if token.type == "literal" else ""
    return ids, classes, elements


def _size(page: Document) -> tuple[int, int]:
    """How many elements it has, and how deep they lie at most."""
    deepest, number, waiting = 1, 0, [(child, 1) for child in page.children]
    while waiting:
        node, deep = waiting.pop()
        if isinstance(node, Element):
            number, deepest = number + 1, max(deepest, deep)
            waiting.extend((child, deep + 1) for child in node.children)
            if number > MOST_WORK:
                break
    return number, deepest


def _nested(text: str) -> int:
    """How deep its blocks lie, about: strings are not told apart, and any closer closes."""
    deep = deepest = 0
    for bracket in _BRACKETS.findall(text):
        deep = deep + 1 if bracket in "({[" else max(0, deep - 1)
        deepest = max(deepest, deep)
    return deepest
