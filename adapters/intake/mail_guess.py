"""Which charset a short text without a label is in: the one in which its letters are those that people use.

A guess by statistics needs a page of text; a mail may have one line. So each charset is asked how likely its reading is, by how
often the letters of its script are used, and the likeliest one counts. One pass for each charset over a sample.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

_HIGH = re.compile(rb"[\x80-\xff]")
FEWEST = 4
"""Bytes beyond ASCII: a name or a sign among plain letters tells nothing."""
MIXED = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
"""Letters of two scripts in one word: then it is one script with accents, and none of these."""
_LEAST = -5.6
"""Of a natural logarithm for each byte beyond ASCII: below it, no reading is like what people write."""
_ODD = -9.0
"""For a byte that is read as a sign which hardly anybody uses."""

_LETTERS = {
    "cp1251": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґ№«»–—",
    "koi8_r": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "cp866": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "cp1253": "αοιετσνηυρπκμλςάίέόήδγώύωθχφβξζψ",
    "cp1255": "יהולאתרבשמנחדעםןקפכטצסגזךףץ",
    "cp1256": "اليمنوترةبعهدسفكقحجأشطصخزذضغثىئءإؤآظ",
    "cp874": "านรอก่เงมยลวดท้ีสตะปิบคหัุแ์จพชขใไโผู็ืำถศฉณธฟึ",
}
"""Letters of a script by how often they are used, the most frequent first."""


def likeliest(data: bytes) -> str | None:
    """The codec in which this reads best; None: in none of these does it read like what people write."""
    high = len(_HIGH.findall(data))
    if high < FEWEST:
        return None
    told = {codec: score / high for codec, scored in _SCORED.items() if (score := scored(data)) is not None}
    best = max(told, key=lambda codec: told[codec], default=None)
    return best if best is not None and told[best] > _LEAST else None


def _by_letters(codec: str) -> Callable[[bytes], float | None]:
    order = _LETTERS[codec]
    total = sum(1 / (rank + 3) for rank in range(len(order)))
    known = {letter: math.log(1 / (rank + 3) / total) for rank, letter in enumerate(order)}

    def scored(data: bytes) -> float | None:
        if MIXED.search(data):
            return None
        try:
            text = data.decode(codec)
        except ValueError:
            return None
        score, before = 0.0, " "
        for sign in text:
            if sign > "\x7f":
                if sign in known:
                    score += known[sign]
                elif sign.lower() in known:
                    # A capital begins a word, or stands among capitals.
                    score += known[sign.lower()] - (2.0 if not before.isalpha() or before.isupper() else 6.0)
                else:
                    score += _ODD
            before = sign
        return score

    return scored


def _by_pairs(
    codec: str, likely: Callable[[int, int], float], single: Callable[[int], float | None]
) -> Callable[[bytes], float | None]:
    """How likely a text of two bytes a sign is, by its lead and trail bytes."""

    def scored(data: bytes) -> float | None:
        try:
            data.decode(codec)
        except ValueError:
            return None
        score, at = 0.0, 0
        while at < len(data):
            lead = data[at]
            if lead < 0x80:
                at += 1
            elif (alone := single(lead)) is not None:
                score += alone
                at += 1
            else:
                trail = data[at + 1] if at + 1 < len(data) else 0
                # A trail byte among ASCII counts as a byte, too: so that readings are compared by the same bytes.
                score += likely(lead, trail) * (1.0 if trail >= 0x80 else 0.75)
                at += 2
        return score

    return scored


def _none(_lead: int) -> float | None:
    return None


def _japanese(lead: int, trail: int) -> float:
    if lead == 0x82 and trail >= 0x9F:
        return -4.6  # hiragana
    if lead == 0x83 and trail <= 0x96:
        return -5.2  # katakana
    if lead == 0x81:
        return -4.5 if trail in (0x41, 0x42, 0x5B, 0x75, 0x76, 0x48, 0x40) else -9.0  # , . - quotation marks, ?, a space
    if 0x88 <= lead <= 0x98:
        return -8.2  # the first level
    return -10.0 if lead in (0x82, 0x87) else -15.0


def _chinese(lead: int, trail: int) -> float:
    if lead in (0xA1, 0xA3):
        return -5.0 if trail >= 0xA1 else -15.0
    if 0xB0 <= lead <= 0xD7 and trail >= 0xA1:
        return -7.4  # the first level, of which a few hundred are most of any text
    return -15.0


def _traditional(lead: int, trail: int) -> float:
    if lead == 0xA1:
        return -5.0
    if 0xA4 <= lead <= 0xC6:
        return -7.4
    return -15.0


def _korean(lead: int, trail: int) -> float:
    if 0xB0 <= lead <= 0xC8 and trail >= 0xA1:
        return -6.6
    return -6.0 if lead in (0xA1, 0xA3) and trail >= 0xA1 else -15.0


def _half_width(lead: int) -> float | None:
    return -7.5 if 0xA1 <= lead <= 0xDF else None


_SCORED: dict[str, Callable[[bytes], float | None]] = {
    **{codec: _by_letters(codec) for codec in _LETTERS},
    "cp932": _by_pairs("cp932", _japanese, _half_width),
    "gb18030": _by_pairs("gb18030", _chinese, _none),
    "big5hkscs": _by_pairs("big5hkscs", _traditional, _none),
    "cp949": _by_pairs("cp949", _korean, _none),
    "euc_jp": _by_pairs(
        "euc_jp",
        lambda lead, trail: {0xA4: -4.6, 0xA5: -5.2, 0xA1: -5.5}.get(lead, -8.2 if 0xB0 <= lead <= 0xCF else -15.0),
        _none,
    ),
}
