"""The numbers of a list as a browser shows them: whoever writes "I withdraw point c" means the c that they saw."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from turbohtml import Element

LISTED = frozenset({"list-style-type", "counter-reset", "counter-set", "counter-increment"})
"""Properties that say how the items of a list are numbered."""
_BULLETS = frozenset({"none", "disc", "circle", "square", "disclosure-open", "disclosure-closed"})
_BY_TYPE = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_KANA = "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑをん"
_IROHA = "いろはにほへとちりぬるをわかよたれそつねならむうゐのおくやまけふこえてあさきゆめみしゑひもせす"
_LETTERS = {
    "lower-alpha": "abcdefghijklmnopqrstuvwxyz", "upper-alpha": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lower-latin": "abcdefghijklmnopqrstuvwxyz", "upper-latin": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lower-greek": "αβγδεζηθικλμνξοπρστυφχψω", "hiragana": _KANA, "hiragana-iroha": _IROHA,
    "katakana": "".join(chr(ord(sign) + 0x60) for sign in _KANA),
    "katakana-iroha": "".join(chr(ord(sign) + 0x60) for sign in _IROHA),
}  # fmt: skip
"""Counted by its letters: behind the last comes the first one twice (CSS Counter Styles 3, "alphabetic")."""
_ZEROS = {
    "arabic-indic": 0x660, "persian": 0x6F0, "devanagari": 0x966, "bengali": 0x9E6, "gurmukhi": 0xA66, "gujarati": 0xAE6,
    "oriya": 0xB66, "tamil": 0xBE6, "telugu": 0xC66, "kannada": 0xCE6, "malayalam": 0xD66, "thai": 0xE50, "lao": 0xED0,
    "tibetan": 0xF20, "myanmar": 0x1040, "khmer": 0x17E0, "cambodian": 0x17E0, "mongolian": 0x1810,
}  # fmt: skip
"""The zeros of digits that are written as ours are."""
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_HEBREW = (
    *zip(range(400, 99, -100), "תשרק", strict=True), *zip(range(90, 19, -10), "צפעסנמלכ", strict=True), (19, "יט"), (18, "יח"),
    (17, "יז"), (16, "טז"), (15, "טו"), (10, "י"), *zip(range(9, 0, -1), "טחזוהדגבא", strict=True),
)  # fmt: skip
_SUMS = {
    "lower-roman": (4_000, _ROMAN), "upper-roman": (4_000, tuple((worth, sign.upper()) for worth, sign in _ROMAN)),
    "hebrew": (1_000, _HEBREW),
    **{
        kind: (10_000, tuple((10 ** (n // 9) * (n % 9 + 1), chr(first + n)) for n in reversed(range(36))))
        for kind, first in (("armenian", 0x531), ("upper-armenian", 0x531), ("lower-armenian", 0x561))
    },
}  # fmt: skip
"""Counted by signs that are worth something, the greatest first; from the number that is told on our digits stand there."""
_CJK = str.maketrans("0123456789", "〇一二三四五六七八九")
_COMMA = frozenset({"hiragana", "hiragana-iroha", "katakana", "katakana-iroha", "cjk-decimal"})
"""After these stands no dot."""
_KINDS = frozenset({"decimal", "decimal-leading-zero", "cjk-decimal", *_LETTERS, *_ZEROS, *_SUMS})
_NO_KIND = frozenset({"", "inherit", "unset", "revert"})
_PICTURE = re.compile(r"url\([^)]*\)?")
_COUNTER = re.compile(r"(?:^|\s)list-item(?:\s+(-?[0-9]{1,6}))?(?=\s|$)")


@dataclass(slots=True)
class Numbers:
    """Of a list: the next number, which way it goes on, and in which signs (``decimal``, ``lower-greek``, ``disc``)."""

    next: int
    step: int = 1
    kind: str = "decimal"
    known: bool = True
    """False: a sheet names signs of its own, and nobody knows which."""

    def take(self, item: Element, styles: Mapping[str, str]) -> str:
        """The number of this item, as it is shown, or a stroke for a bullet."""
        by_style = _counter(styles, "counter-set")
        step = _counter(styles, "counter-increment", 1)
        number = self.next if step is None else self.next - self.step + step
        number = by_style if by_style is not None else _whole(item, "value", number)
        self.next = number + self.step
        kind = _kind(item, styles) or self.kind
        self.known = self.known and (kind in _BULLETS or kind in _KINDS)
        return "- " if kind in _BULLETS else f"{_shown(number, kind)}{'、' if kind in _COMMA else '. '}"


def longhand(name: str, value: str) -> tuple[str, str]:
    """A declaration, with the signs alone of one that says all of how a list looks: they are discs where it names none."""
    if name != "list-style" or value in _NO_KIND:
        return name, value
    words = [word for word in _PICTURE.sub(" ", value[:500]).split() if word not in ("inside", "outside", "initial")]
    # Of a picture and the signs each may be none: then the other word counts.
    return "list-style-type", next((word for word in words if word != "none"), "none" if words else "disc")


def numbers_of(element: Element, styles: Mapping[str, str]) -> Numbers:
    """How a list is numbered (HTML, "The ol element"): one that is ``reversed`` begins with how many items it has."""
    ordered = element.tag == "ol"
    backwards = ordered and "reversed" in element.attrs
    items = sum(isinstance(child, Element) and child.tag == "li" for child in element.children) if backwards else 1
    step = -1 if backwards else 1
    begins = _counter(styles, "counter-reset", 0)
    first = begins + step if begins is not None else _whole(element, "start", items) if ordered else 1
    return Numbers(first, step, _kind(element, styles) or ("decimal" if ordered else "disc"))


def _kind(element: Element, styles: Mapping[str, str]) -> str:
    """The signs that its style names, or its ``type``; empty: it says none."""
    if (named := styles.get("list-style-type", "")) not in _NO_KIND:
        return named
    kind = element.attrs.get("type")
    bullet = kind.lower() if isinstance(kind, str) and kind.lower() in _BULLETS else ""
    return _BY_TYPE.get(kind, bullet) if isinstance(kind, str) else ""


def _counter(styles: Mapping[str, str], name: str, otherwise: int = 0) -> int | None:
    """What a style makes of the counter that lists have; None: nothing."""
    found = _COUNTER.search(styles.get(name, "")[:200])
    return int(found[1] or otherwise) if found is not None else None


def _shown(number: int, kind: str) -> str:
    if (letters := _LETTERS.get(kind)) and number > 0:
        said = ""
        while number:
            number, letter = divmod(number - 1, len(letters))
            said = letters[letter] + said
        return said
    beyond, signs = _SUMS.get(kind, (0, ()))
    if 0 < number < beyond:
        said = ""
        for worth, sign in signs:
            said += sign * (number // worth)
            number %= worth
        return said
    if kind in _ZEROS:
        return "".join(chr(_ZEROS[kind] + int(digit)) if digit.isdigit() else digit for digit in str(number))
    if kind == "cjk-decimal":
        return str(number).translate(_CJK)
    return f"{'-' * (number < 0)}{abs(number):02}" if kind == "decimal-leading-zero" else str(number)


def _whole(element: Element, name: str, otherwise: int) -> int:
    """A whole number of a few digits that an attribute says."""
    said = element.attrs.get(name)
    return int(said) if isinstance(said, str) and re.fullmatch(r"\s*-?[0-9]{1,6}\s*", said) else otherwise
