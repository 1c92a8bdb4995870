"""Finds in a file what only the letter to one recipient has, so that nobody else is handed it with the file.

Whoever prints a letter, or hands it in as it came, hands in its address for answers and its Message-ID. It is looked for in the
bytes and in the words of a PDF, without the signs that lines, programs and hands put between. A picture of it is not read.

Strangers' bytes: this runs where all of them are read (:mod:`adapters.reading.pool`).
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from base64 import b32decode, b64decode
from collections.abc import Collection, Iterator
from functools import partial
from uuid import UUID

from adapters.evidence.pdf_text import text_of

MOST = 2_000
"""Candidates that are given at most; a letter has one."""
LONGEST_STREAM = 4_000_000
"""Bytes that are looked at of one stream of a PDF, before and after it is inflated."""
STREAMS_MOST = 5_000
INFLATED_MOST = 10_000_000
"""Bytes that all of them with words have together when they are inflated."""
_WRITTEN = bytes([9, 10, 13, *range(32, 127)])
_STREAM = re.compile(rb"stream\r?\n(?=[\x08-\x78])")
_CLOSER = re.compile(rb"\)\s{0,9}-?[\d.]{1,9}\s{0,9}\(")
_BETWEEN = re.compile(rb"[^0-9a-z]+")
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/_-]{16,}[\r\n \t>]{0,4}){1,5000}={0,2}")
_ESCAPES = (
    (re.compile(rb"%([0-9a-f]{2})"), 16), (re.compile(rb"=([0-9a-f]{2})"), 16), (re.compile(rb"\\u00([0-9a-f]{2})"), 16),
    (re.compile(rb"\\x([0-9a-f]{2})"), 16), (re.compile(rb"&#x0{0,6}([0-9a-f]{2});?"), 16),
    (re.compile(rb"&#0{0,6}([0-9]{2,3});?"), 10),
)  # fmt: skip
"""How one sign is written by its number: in addresses, quoted-printable, JSON, programs, and HTML."""
_PACKED = re.compile(rb"(?:zTXt|iTXt|iCCP)[^\x00]{1,79}\x00[\x00-\x7f]{0,80}?(?=\x78[\x01\x5e\x9c\xda])")
"""Compressed words beside a picture (PNG)."""
_ADDRESS = re.compile(rb"(?=([a-z2-7]{26})([0-9a-f]{20}))")
_LINK = re.compile(rb"(?=l([0-9a-f]{48}))")
_ID = re.compile(rb"(?=ntc([0-9a-f]{32})(?:2e|46|u002e)?([0-9a-f]{20}))")


def inflated(data: bytes) -> bytes:
    """What the streams of a PDF say when they are inflated, also of one that its reader does not understand; without the numbers
    by which letters stand closer together."""
    said, left, view = list[bytes](), INFLATED_MOST, memoryview(data)
    for begins, _ in zip(_STREAM.finditer(data), range(STREAMS_MOST), strict=False):
        # A view, no copy: a file of nothing but beginnings would cost the square of its length.
        packed = view[begins.end() : begins.end() + LONGEST_STREAM]
        try:
            found = zlib.decompressobj().decompress(packed, min(left, LONGEST_STREAM))
        except zlib.error:
            continue
        # Pictures have no words, and take up no room of them.
        if len(found.translate(None, _WRITTEN)) * 2 > len(found):
            continue
        said.append(found)
        left -= len(found)
        if left <= 0:
            break
    return _CLOSER.sub(b"", b"\n".join(said))


def holds(data: bytes, tokens: Collection[str]) -> bool:
    """Whether one of these tokens stands in a file or a text, however it is spelled: whoever has the digits has the letter's
    address, for the rest of it is no secret."""
    wanted = [token.encode() for token in tokens if token]
    return bool(wanted) and any(token in plain for plain in _spellings(data) for token in wanted)


def _one_byte(base: int, found: re.Match[bytes]) -> bytes:
    return bytes([min(int(found[1], base), 255)])


def _spellings(data: bytes) -> Iterator[bytes]:
    pdf = b"%PDF" in data[:1024]
    reads = [data, (text_of(data) or "").encode("utf-8", "replace"), inflated(data)] if pdf else [data, _beside_pictures(data)]
    for read in reads:
        lower = read.replace(b"\x00", b"").lower()
        yield _BETWEEN.sub(b"", lower)
        said = lower
        for written, base in _ESCAPES:
            said = written.sub(partial(_one_byte, base), said)
        yield _BETWEEN.sub(b"", said)
        if not read.isascii():
            wide = unicodedata.normalize("NFKC", read[:LONGEST_STREAM].decode("utf-8", "replace")).casefold()
            yield _BETWEEN.sub(b"", wide.encode("ascii", "ignore"))
        yield _BETWEEN.sub(b"", b"\n".join(_unpacked(read)).replace(b"\x00", b"").lower())


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What blocks of base64 say, each begun at its four first signs."""
    left = INFLATED_MOST
    for found in _BASE64.finditer(data[:INFLATED_MOST]):
        packed = re.sub(rb"[^A-Za-z0-9+/]", b"", found[0].replace(b"-", b"+").replace(b"_", b"/"))
        for start in range(4):
            part = packed[start : start + (len(packed) - start) // 4 * 4]
            left -= len(part)
            yield b64decode(part) if left > 0 else b""


def _beside_pictures(data: bytes) -> bytes:
    said, left = list[bytes](), INFLATED_MOST
    for begins, _ in zip(_PACKED.finditer(data), range(STREAMS_MOST), strict=False):
        try:
            said.append(
                zlib.decompressobj().decompress(data[begins.end() : begins.end() + LONGEST_STREAM], min(left, LONGEST_STREAM))
            )
        except zlib.error:
            continue
        left -= len(said[-1])
        if left <= 0:
            break
    return b"\n".join(said)


def without(text: str, tokens: Collection[str]) -> str:
    """A text without these tokens, whatever stands between their digits; and without the paragraphs that spell one in another
    way."""
    if not _in(text, tokens):
        return text
    plain = _BETWEEN.sub(b"", text.lower().encode("utf-8", "replace"))
    for token in tokens:
        if token.encode() in plain:
            text = re.sub(r"[^0-9A-Za-z]{0,12}".join(token), "\u2026", text, flags=re.IGNORECASE)
    text = "\n\n".join("\u2026" if _in(part, tokens) else part for part in text.split("\n\n"))
    return "\u2026" if _in(text, tokens) else text


def _in(text: str, tokens: Collection[str]) -> bool:
    return holds(text.encode("utf-8", "replace"), tokens)


def links_in(data: bytes) -> tuple[str, ...]:
    """What may be the secrets of parties' links (``/l/…``) in a file, a mail or a text, however they are spelled, each once."""
    return tuple(dict.fromkeys(one[1].decode() for plain in _spellings(data) for one in _LINK.finditer(plain)))[:MOST]


def letters_in(data: bytes) -> tuple[tuple[str, str], ...]:
    """Ids of notices with what may be their tokens, each once: whether it is one, only its maker knows."""
    found: dict[tuple[str, str], None] = {}
    pdf = b"%PDF" in data[:1024]
    words = text_of(data) if pdf else None
    for read in (data, (words or "").encode("utf-8", "replace"), inflated(data) if pdf else b""):
        plain = _BETWEEN.sub(b"", read.replace(b"\x00", b"").lower())
        for match in _ID.finditer(plain):
            found[f"ntc_{UUID(match[1].decode())}", match[2].decode()] = None
        for match in _ADDRESS.finditer(plain):
            made = UUID(bytes=b32decode(match[1].upper() + b"======"))
            # Notices have the seventh version of such an id: whatever else has its letters is none.
            if made.version == 7:
                found[f"ntc_{made}", match[2].decode()] = None
    return tuple(found)[:MOST]
