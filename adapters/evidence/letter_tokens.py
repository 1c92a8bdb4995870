"""Finds in a file what only the letter to one recipient has, so that nobody else is handed it with the file.

Whoever prints a letter, or hands it in as it came, hands in its address for answers and its Message-ID. It is looked for in the
bytes and in the words of a PDF, without the signs that lines, programs and hands put between. A picture of it is not read.

Strangers' bytes: this runs where all of them are read (:mod:`adapters.reading.pool`).
"""

from __future__ import annotations

import re
import zlib
from base64 import b32decode
from uuid import UUID

from adapters.evidence.pdf_text import text_of

MOST = 2_000
"""Candidates that are given at most; a letter has one."""
LONGEST_STREAM = 4_000_000
"""Bytes that are looked at of one stream of a PDF, before and after it is inflated."""
STREAMS_MOST = 5_000
INFLATED_MOST = 40_000_000
"""Bytes that all of them have together when they are inflated."""
_STREAM = re.compile(rb"stream\r?\n(?=[\x08-\x78])")
_CLOSER = re.compile(rb"\)\s{0,9}-?[\d.]{1,9}\s{0,9}\(")
_BETWEEN = re.compile(rb"[^0-9a-z]+")
_ADDRESS = re.compile(rb"(?=([a-z2-7]{26})([0-9a-f]{20}))")
_ID = re.compile(rb"(?=ntc([0-9a-f]{32})(?:2e|46|u002e)?([0-9a-f]{20}))")


def _inflated(data: bytes) -> bytes:
    """What the streams of a PDF say when they are inflated, also of one that its reader does not understand; without the numbers
    by which letters stand closer together."""
    said, left, view = list[bytes](), INFLATED_MOST, memoryview(data)
    for begins, _ in zip(_STREAM.finditer(data), range(STREAMS_MOST), strict=False):
        # A view, no copy: a file of nothing but beginnings would cost the square of its length.
        packed = view[begins.end() : begins.end() + LONGEST_STREAM]
        try:
            said.append(zlib.decompressobj().decompress(packed, min(left, LONGEST_STREAM)))
        except zlib.error:
            continue
        left -= len(said[-1])
        if left <= 0:
            break
    return _CLOSER.sub(b"", b"\n".join(said))


def letters_in(data: bytes) -> tuple[tuple[str, str], ...]:
    """Ids of notices with what may be their tokens, each once: whether it is one, only its maker knows."""
    found: dict[tuple[str, str], None] = {}
    pdf = b"%PDF" in data[:1024]
    words = text_of(data) if pdf else None
    for read in (data, (words or "").encode("utf-8", "replace"), _inflated(data) if pdf else b""):
        plain = _BETWEEN.sub(b"", read.replace(b"\x00", b"").lower())
        for match in _ID.finditer(plain):
            found[f"ntc_{UUID(match[1].decode())}", match[2].decode()] = None
        for match in _ADDRESS.finditer(plain):
            made = UUID(bytes=b32decode(match[1].upper() + b"======"))
            # Notices have the seventh version of such an id: whatever else has its letters is none.
            if made.version == 7:
                found[f"ntc_{made}", match[2].decode()] = None
    return tuple(found)[:MOST]
