"""Bytes as the text that they were meant to be: labels by the web's table (WHATWG Encoding), as mail programs read them too.

A language's own list of codecs is no list of charsets: it has codecs that no mail program knows, some of quadratic time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import webencodings
from charset_normalizer import from_bytes

from adapters.intake.mail_guess import FEWEST, likeliest
from adapters.intake.mail_mislabelled import beyond_its_label, meant_japanese, meant_script

_SAMPLE = 20_000
"""Bytes that a guess looks at: guessing tries every charset there is."""
_META = re.compile(rb"""<meta[^>]{0,400}?charset\s{0,20}=\s{0,20}["']?\s{0,20}([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_META_WITHIN = 4_096
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
"""The mark of UTF-32 begins as that of UTF-16 does, and stands before it."""
_WIDER = {"gbk": "gb18030", "gb2312": "gb18030"}
"""Codecs that read all that the web's decoder of the same label reads."""
_OF_MAIL = {
    # Microsoft's numbers for what the web's table has under other names.
    "cp932": "cp932", "cp936": "gb18030", "ms936": "gb18030", "cp949": "cp949", "ms949": "cp949",
    "cp950": "big5hkscs", "cp874": "cp874",
    # Registered for mail (IANA), and dropped by the web alone because pages could be attacked with them.
    "utf-7": "utf-7", "unicode-1-1-utf-7": "utf-7", "hz-gb-2312": "hz", "iso-2022-kr": "iso2022_kr",
    "iso-2022-jp-ms": "iso2022_jp", "cp50220": "iso2022_jp", "cp50221": "iso2022_jp",
    "eucjp-ms": "euc_jp", "eucjpms": "euc_jp", "cp51932": "euc_jp",
    # Korean of before Unicode, and Unicode as hardly any program sends it.
    "johab": "johab", "cp1361": "johab", "ms1361": "johab", "x-johab": "johab",
    "utf-32": "utf-32-be", "utf-32be": "utf-32-be", "utf-32le": "utf-32-le", "ucs-4": "utf-32-be", "iso-10646-ucs-4": "utf-32-be",
    # What programs of DOS call their letters.
    **{
        f"{before}{page}": f"cp{page}"
        for page in (437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 869)
        for before in ("cp", "ibm", "dos-", "csibm")
    },
}  # fmt: skip
"""Charsets of mail that the web's table does not have. Each reads in one pass."""
_PLAIN = frozenset({"utf-8", "cp1252"})
"""What plain ASCII is the same in, of the two that are told most."""
_OF_MANY_BYTES = frozenset(
    {"gb18030", "big5hkscs", "cp932", "cp949", "euc_jp", "euc_kr", "iso2022_jp", "iso2022_kr", "hz", "utf-7", "johab"}
)
_EAST_ASIAN = re.compile(rb"(?:[\xe3-\xed][\x80-\xbf]{2}){2,}|[\x00-\x7f]+")
"""Letters of East Asia in UTF-8, two and more together, and ASCII. In their own charsets these are letters that nobody uses."""
_FOREIGN = re.compile(
    rb"[\x80-\xff]{2}|[\x81-\x84\x86-\x90\x98-\x9f\xa1-\xa2\xa4-\xa6\xa8-\xaa\xac\xae\xaf\xb1-\xb6\xb8-\xba\xbc-\xbe]"
)
"""Bytes beyond ASCII next to each other, or such as are no letter and no usual sign of Western Europe in Windows-1252."""
_FALLBACK = "cp1252"
_WIDE = ("utf-16", "utf-32")

_ESCAPES = re.compile(rb"\x1b(\([BJI]|\$[@B])")
_JIS = re.compile(rb"\x1b\$[@B](?:[!-~]{2})+\x1b\([BJ]")
_EUC = re.compile(rb"([\x00-\x7f]+)|\x8e([\xa1-\xdf])|(\x8f[\xa1-\xfe]{2})|((?:[\xa1-\xfe]{2})+)", re.DOTALL)
_GB = re.compile(
    rb"\x80|[\x00-\x7f]+|(?:[\x81-\xfe][\x30-\x39][\x81-\xfe][\x30-\x39]|[\x81-\xfe][\x40-\x7e\x80-\xfe])+|[\x81-\xff].?",
    re.DOTALL,
)
_EURO = "\u20ac"
_REAL_KANA = 0.6
"""How much of a Japanese text may be half-width katakana before it is doubtful that these are its letters at all."""
_BEGINNINGS = 0.15
"""How much of these are commas and dots in no text that people write."""
_LINE_ENDS = re.compile(rb"([\r\n]+)")


def text_of(data: bytes, label: str | None, *, html: bool = False) -> tuple[str, bool]:
    """The text, and whether its charset was guessed: nothing named one, or it was not in the one that was named."""
    for mark, order in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(order, "replace"), False
    codec = _codec(label)
    if data.isascii() and b"\x00" not in data and (codec is None or codec in _PLAIN) and b"\x1b" not in data:
        return data.decode("ascii"), codec is None and bool((label or "").strip())
    if codec not in (None, "iso2022_jp") and not codec.startswith(_WIDE) and _JIS.search(data[:_SAMPLE]):
        # Japanese by its escapes, under the label that a gateway puts on whatever it sends on.
        return _jis(data), True
    if codec is None:
        return _unlabelled(data, html=html, named=bool(label and label.strip()))
    if codec.startswith("utf-32"):
        other = "utf-32-le" if codec.endswith("be") else "utf-32-be"
        # Of a byte order without its mark only the right one has letters at all.
        wrong = data[:_SAMPLE].decode(codec, "replace").count("\ufffd") > len(data[:_SAMPLE]) // 8
        return data.decode(other if wrong else codec, "replace"), wrong
    if codec.startswith("utf-16"):
        return data.decode(_order(data, codec), "replace"), False
    doubtful = codec != "utf-8" and not data.isascii() and (meant := _utf_8(data)) is not None
    if doubtful and (codec not in _OF_MANY_BYTES or not _EAST_ASIAN.sub(b"", data)):
        # Valid UTF-8 with another label: what put the label on did not look. Text of that other charset hardly ever is.
        return meant or "", True
    if codec == "cp932" and (japanese := _other_japanese(data)) is not None:
        return japanese, True
    if codec != "utf-8" and not data.isascii() and (found := _mislabelled(data, codec)) is not None:
        return found
    try:
        return _read(data, codec), doubtful or beyond_its_label(data[:_SAMPLE], (label or "").strip("\"' ").lower())
    except ValueError:
        return (data.decode(codec, "replace") if codec == "iso2022_jp" else _misnamed(data, codec)), True


def _mislabelled(data: bytes, codec: str) -> tuple[str, bool] | None:
    """The text in the charset that it was written in, as far as its bytes say that it is another than the one that was named."""
    sample = data[:_SAMPLE]
    if (found := meant_japanese(sample, codec, partial(_read, data))) is not None:
        return found
    meant = meant_script(sample) if codec == _FALLBACK else None
    return (data.decode(meant or codec, "replace"), True) if meant is not None else None


def _read(data: bytes, codec: str) -> str:
    return _READS.get(codec, partial(_strictly, codec))(data)


def _japanese(data: bytes) -> str:
    """ISO-2022-JP as the web reads it (WHATWG Encoding, section 12.2): with half-width katakana and the signs of row 13, which
    Japanese mail is full of and which the codec of that name does not have. Raises ValueError for what is none of it."""
    said, mode = [], "(B"
    for number, piece in enumerate(_ESCAPES.split(data)):
        if number % 2:
            mode = piece.decode("ascii")
        elif mode == "(I":
            said.append(bytes(byte | 0x80 if byte > 0x20 else byte for byte in piece).decode("cp932"))
        elif mode in ("$@", "$B"):
            # A line end may stand among them without a way back.
            parts = enumerate(_LINE_ENDS.split(piece))
            said += [part.decode("ascii") if place % 2 else _of_rows(part) for place, part in parts]
        else:
            said.append(piece.decode("ascii"))
    return "".join(said)


def _strictly(codec: str, data: bytes) -> str:
    return data.decode(codec)


def _euc_jp(data: bytes) -> str:
    """EUC-JP as the web reads it: its table has the signs of row 13. Raises ValueError for what is none of it."""
    said, at = [], 0
    for found in _EUC.finditer(data):
        if found.start() != at:
            break
        at = found.end()
        plain, kana, rare, pairs = found.groups()
        if pairs is not None:
            said.append(_of_rows(bytes(byte & 0x7F for byte in pairs)))
        elif kana is not None:
            said.append(kana.decode("cp932"))
        else:
            said.append((plain or rare).decode("ascii" if plain else "euc_jp"))
    if at != len(data):
        raise ValueError("no letter of this charset")
    return "".join(said)


def _other_japanese(data: bytes) -> str | None:
    """Text that is EUC-JP under the label of Shift JIS, in which the same bytes are half-width katakana, a comma or dot before
    each second one: so every syllable of the other one begins. None: it is what it says."""
    letters = [sign for sign in data[:_SAMPLE].decode("cp932", "replace") if sign > "\x7f"]
    kana = sum("\uff61" <= sign <= "\uff9f" for sign in letters)
    if kana <= len(letters) * _REAL_KANA or sum(sign in "\uff64\uff65" for sign in letters) < kana * _BEGINNINGS:
        return None
    try:
        return _euc_jp(data)
    except ValueError:
        return None


def _gb18030(data: bytes) -> str:
    """With the single byte that the web's decoder takes for a euro sign (WHATWG Encoding, section 10.2.1)."""
    try:
        return data.decode("gb18030")
    except ValueError:
        # Only what stands where a letter begins is one: a trail byte may be the same.
        return "".join(_EURO if piece == b"\x80" else piece.decode("gb18030") for piece in _GB.findall(data))


def _jis(data: bytes) -> str:
    try:
        return _japanese(data)
    except ValueError:
        return data.decode("iso2022_jp", "replace")


def _of_rows(data: bytes) -> str:
    """Characters of JIS X 0208 by row and cell, two bytes each, read by the table of code page 932."""
    if len(data) % 2 or any(not 0x21 <= byte <= 0x7E for byte in data):
        raise ValueError("half a character, or none")
    moved = bytearray()
    for row, cell in zip(data[::2], data[1::2], strict=True):
        lead, odd = (row - 0x21) // 2 + 0x81, row % 2
        moved.append(lead + 0x40 if lead > 0x9F else lead)
        moved.append(cell + (0x1F if cell < 0x60 else 0x20) if odd else cell + 0x7E)
    return moved.decode("cp932")


def _codec(label: str | None) -> str | None:
    """The codec of Python for a label of the web's table; None: the table does not have it."""
    bare = (label or "").strip().strip("\"'").lower()
    found = webencodings.lookup(bare)
    if found is None or found.name in ("x-user-defined", "replacement"):
        return _OF_MAIL.get(bare)
    return _WIDER.get(found.name, _FALLBACK if found.name == "windows-1252" else str(found.codec_info.name))


def _order(data: bytes, codec: str) -> str:
    """Big or little end first, by where the empty halves of Latin letters, spaces and line ends lie."""
    sample = data[:_SAMPLE]
    big, little = sample[0::2].count(0), sample[1::2].count(0)
    return codec if big == little else "utf-16-be" if big > little else "utf-16-le"


def _unlabelled(data: bytes, *, html: bool, named: bool) -> tuple[str, bool]:
    """Text of which nothing says the charset, or names one that there is not: UTF-8, what the HTML says, or a guess."""
    sample = data[:_SAMPLE]
    if 2 * max(sample[0::2].count(0), sample[1::2].count(0)) > len(sample) * 0.4 and len(data) > 3:
        return data.decode(_order(data, "utf-16-le"), "replace"), True
    if data.isascii():
        if _JIS.search(sample):
            return _jis(data), True
        return data.decode("ascii"), named
    if (text := _utf_8(data)) is not None:
        return text, named
    said = _META.search(data[:_META_WITHIN]) if html else None
    if said is not None and (codec := _codec(said[1].decode("ascii"))) is not None:
        try:
            return data.decode(codec), False
        except ValueError:
            return _misnamed(data, codec), True
    return _guessed(data), True


_READS: dict[str, Callable[[bytes], str]] = {"iso2022_jp": _japanese, "euc_jp": _euc_jp, "gb18030": _gb18030}


def plain_guess(data: bytes) -> str:
    """A few bytes, as a name is: UTF-8, or else Windows-1252, like most. Too short for any other guess."""
    text = _utf_8(data)
    return data.decode(_FALLBACK, "replace") if text is None else text


def _guessed(data: bytes) -> str:
    if not _FOREIGN.search(data) or len(data.translate(None, bytes(range(128)))) < FEWEST:
        # Single letters of the West among plain ones: no other script is written so. And of so few nobody knows better.
        return data.decode(_FALLBACK, "replace")
    at = next((found.start() for found in re.finditer(rb"[\x80-\xff]", data)), 0)
    begin = max(0, at - 200)
    sample = data[begin : begin + _SAMPLE]
    # A letter of several bytes may be cut at the end of a sample; a whole line is not.
    codec = likeliest(sample if len(data) <= _SAMPLE else sample.rpartition(b"\n")[0])
    if codec is None:
        best = from_bytes(sample).best()
        codec = _codec(best.encoding.replace("_", "-")) if best is not None else None
    try:
        return data.decode(codec or _FALLBACK)
    except ValueError:
        return data.decode(_FALLBACK, "replace")


def _misnamed(data: bytes, codec: str) -> str:
    """Text that is not in the charset that was named: UTF-8 when it is that, else as near as can be."""
    text = _utf_8(data)
    if text is not None:
        return text
    text = data.decode(codec, "replace")
    letters = sum(len(run) > 1 for run in re.findall(rb"[\xc2-\xf4][\x80-\xbf]+", data)) if codec == "utf-8" else 1
    # A text cut in the middle of a letter is still UTF-8; one without a letter that is whole never was.
    return text if letters > text.count("\ufffd") or codec != "utf-8" else _guessed(data)


def _utf_8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except ValueError:
        return None
