"""Transfer encodings (RFC 2045 and uuencode), read as leniently as mail programs read them, in one pass."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_COMMENT = re.compile(r"\([^()]*\)")
_SOFT = re.compile(rb"=[ \t]+(?=\r?\n)")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_OF_THE_WEB = re.compile(rb"[A-Za-z0-9_-]*={0,2}")
"""The letters of base64 as addresses of the web have them (RFC 4648, section 5)."""
_FROM_WEB = bytes.maketrans(b"-_", b"+/")
_RULE = re.compile(rb"^[-_]{2,}\s*$", re.MULTILINE)
"""A line that parts a text from what stands below it."""
_WORDS = re.compile(rb"[A-Za-z] [A-Za-z]")
_SHORTEST = 20
"""Letters of a line that can be a block of base64 behind another one; a shorter one is a word."""
_WHITE = bytes(range(33))
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_BEGIN = re.compile(rb"begin [0-7]{3,4} (\S[^\r\n]{0,300})")
_UU = {"x-uuencode", "uuencode", "x-uue", "uue"}
_MANY = 1_000
"""Inline uuencoded files of one text: more is no mail."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent: the bytes, and whether how they were packed had to be guessed."""

    data: bytes
    guessed: bool = False


def unpacked(body: bytes, encoding: str) -> Sent:
    """The bytes of a part by its ``Content-Transfer-Encoding``, whatever stands around the word that counts."""
    token = _TOKEN.search(_COMMENT.sub(" ", encoding))
    name = token[0].lower().replace("_", "-") if token else ""
    if name in ("quoted-printable", "quotedprintable", "qp"):
        return Sent(binascii.a2b_qp(_SOFT.sub(b"=", body)))
    if name in ("base64", "b64", "base-64", "base64url", "base64-url"):
        return _base64(body)
    if name in _UU:
        files, rest = uu_files(body)
        return Sent(files[0][1], bool(rest.strip())) if files else Sent(body, bool(body.strip()))
    return Sent(body, name not in ("", "7bit", "8bit", "binary", "7-bit", "8-bit"))


def _base64(body: bytes) -> Sent:
    """Blocks of base64, and plain text behind them: what a list or a scanner added without unpacking the rest."""
    letters = body.translate(None, _WHITE)
    if _WORDS.search(body.lstrip().partition(b"\n")[0]):
        # It begins with words that have spaces between them: nobody packed this.
        return Sent(body, True)
    if _BASE64.fullmatch(letters):
        return Sent(_decoded(letters), bool(letters.rstrip(b"=")) and len(letters.rstrip(b"=")) % 4 == 1)
    if _OF_THE_WEB.fullmatch(letters) and not _RULE.search(body):
        return Sent(_decoded(letters.translate(_FROM_WEB)), True)
    kept: list[bytes] = []
    block: list[bytes] = []
    lines = body.splitlines(keepends=True)
    for at, line in enumerate(lines):
        bare = line.strip()
        # What ends as base64 does is a block, however short it is.
        short = len(bare) < _SHORTEST and not bare.endswith(b"=")
        after = bool(kept) and not block and bool(bare) and (len(bare) % 4 != 0 or short)
        if after or not _BASE64.fullmatch(bare):
            if not kept and not block and len(line.translate(None, _NOT_BASE64)) * 4 > len(line) * 3 and b" " not in bare:
                # A letter that is none among many that are: base64 that was damaged on its way.
                return Sent(_decoded(body.translate(None, _NOT_BASE64)), True)
            return _with_tail(kept, block, lines[at:])
        block.append(bare)
        if bare.endswith(b"="):
            kept.append(_decoded(b"".join(block)))
            block = []
    return Sent(b"".join([*kept, _decoded(b"".join(block))]), True)


def _with_tail(kept: list[bytes], block: list[bytes], rest: list[bytes]) -> Sent:
    tail = b"".join(rest)
    if (
        not kept
        and len(tail.translate(None, _NOT_BASE64)) * 20 > len(tail.translate(None, _WHITE)) * 19
        and b" " not in tail.strip()
    ):
        tail = _decoded(tail.translate(None, _NOT_BASE64))
    else:
        # The last line before the footer may be its first word.
        tail = b"\n\n" + tail if kept or block else tail
    return Sent(b"".join([*kept, _decoded(b"".join(block)), tail]), True)


def _decoded(letters: bytes) -> bytes:
    """As much as the letters hold; one that is left over at the end holds nothing."""
    whole = letters.replace(b"=", b"")
    whole = whole[: len(whole) - (len(whole) % 4 == 1)]
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def uu_files(text: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """The uuencoded files (name, bytes) that stand in a text, and the text without them. What has no end is left as it is."""
    if b"begin " not in text:
        return [], text
    files: list[tuple[bytes, bytes]] = []
    rest: list[bytes] = []
    lines = text.split(b"\n")
    at = 0
    while at < len(lines):
        begun = _BEGIN.fullmatch(lines[at].rstrip())
        found = _uu_block(lines, at + 1) if begun and len(files) < _MANY else None
        if begun is None or found is None:
            rest.append(lines[at])
            at += 1
            continue
        data, at = found
        files.append((begun[1].strip(), data))
    return files, b"\n".join(rest)


def _uu_block(lines: list[bytes], at: int) -> tuple[bytes, int] | None:
    """The bytes of the block that starts here and the line after its ``end``; None: it is none."""
    kept: list[bytes] = []
    for number in range(at, len(lines)):
        line = lines[number].rstrip(b"\r\n ")
        if line == b"end":
            return b"".join(kept), number + 1
        if not line or line == b"`":
            continue
        data = _uu_line(line)
        if data is None:
            return None
        kept.append(data)
    return None


def _uu_line(line: bytes) -> bytes | None:
    """One line; a length that says more than the line has is one of a line whose spaces were stripped."""
    length = (line[0] - 32) & 63
    if not 33 <= line[0] <= 96 or len(line) > 90:
        return None
    need = 1 + (length + 2) // 3 * 4
    try:
        return binascii.a2b_uu(line[:need].ljust(need, b" "))
    except binascii.Error:
        return None
