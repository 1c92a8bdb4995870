"""The headers of a mail in plain text, read leniently and in one pass: whatever a header holds, it takes time by its length."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from adapters.intake.mail_charsets import plain_guess, text_of

MAX_HEADER = 16_000
"""Characters kept of one header (a line has at most 998, RFC 5322; a list of references has many lines)."""

MAX_HEADERS = 2_000
"""Headers kept of one part."""

ON_THE_WAY = frozenset({
    "received", "return-path", "delivered-to", "x-original-to", "envelope-to", "x-received", "authentication-results",
    "received-spf", "arc-seal", "arc-message-signature", "arc-authentication-results", "x-spam-status", "x-spam-score",
    "x-spam-level", "x-spam-flag", "x-spam-checker-version", "x-google-smtp-source", "x-gm-message-state",
})  # fmt: skip
"""What servers write above a mail: it differs between two copies of the same one, and is nobody's word."""

_LINE = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_MAILBOX_LINE = re.compile(rb">?From [^:\r\n]*[ \t]")
_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bq])\?([^?]*)\?=", re.IGNORECASE)
_PARAMETER = re.compile(r";\s*([^\s=;\"]{1,100}?)(\*\d{1,3})?(\*)?\s*=\s*(\"(?:[^\"\\]|\\.)*\"?|[^;]*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of a mail or of a part, in the order in which they came. Names are as they were written."""

    items: tuple[tuple[str, str], ...] = ()

    def raw(self, name: str) -> str:
        """The first such header as it came, unfolded; empty when there is none."""
        wanted = name.lower()
        return next((value for key, value in self.items if key.lower() == wanted), "")

    def every(self, name: str) -> tuple[str, ...]:
        """All such headers as they came, unfolded."""
        wanted = name.lower()
        return tuple(value for key, value in self.items if key.lower() == wanted)

    def text(self, name: str) -> str:
        """The first such header with its encoded words (RFC 2047) in plain text."""
        return words_decoded(self.raw(name)).strip()


NO_HEADERS = Headers()


def headers_at(raw: bytes, at: int, end: int) -> tuple[Headers, int]:
    """The headers that begin here, and where the body behind them begins.

    The name may stand apart from its colon (RFC 5322, section 4.5.2). A line that is no header ends them, as for most programs.
    """
    found: list[tuple[bytes, list[bytes]]] = []
    first = at
    while at < end:
        stop = raw.find(b"\n", at, end)
        after = stop + 1 if stop >= 0 else end
        line = raw[at : stop if stop >= 0 else end].rstrip(b"\r")
        if not line.strip():
            if not line or found:
                return _headers(found), after
        elif line[:1] in b" \t" and found:
            found[-1][1].append(line)
        elif not line.startswith(b"--") and (header := _LINE.match(line)):
            found.append((header[1], [header[2]]))
        elif not (at == first and _MAILBOX_LINE.match(line)):
            return _headers(found), at
        at = after
    return _headers(found), end


def _headers(found: Iterable[tuple[bytes, list[bytes]]]) -> Headers:
    kept: list[tuple[str, str]] = []
    on_the_way = 0
    for name, lines in found:
        if name.lower().decode("ascii") in ON_THE_WAY:
            # However many there are, they take no room from what the author wrote.
            on_the_way += 1
            if on_the_way > MAX_HEADERS // 10:
                continue
        value = b" ".join(line.strip() for line in lines) if len(lines) > 1 else lines[0].strip()
        text = plain_guess(value.replace(b"\r", b" ").replace(b"\x00", b""))
        # Of references the newest stand at the end.
        cut = text[-MAX_HEADER:] if name.lower() == b"references" else text[:MAX_HEADER]
        kept.append((name.decode("ascii"), cut))
        if len(kept) == MAX_HEADERS:
            break
    return Headers(tuple(kept))


def readable(value: str) -> str:
    """Bytes beyond ASCII that a parser kept as half surrogates, as the text that they were meant to be."""
    return value if value.isascii() else plain_guess(value.encode("utf-8", "surrogateescape"))


def words_decoded(value: str) -> str:
    """Encoded words (RFC 2047) in plain text; what cannot be decoded stays as it came.

    Neighbours in one charset are one text: some programs cut a letter in two.
    """
    if "=?" not in value:
        return value
    said: list[str] = []
    waiting: list[bytes] = []
    charset, at = "", 0
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        label = word[1].partition("*")[0].lower()
        data = _word_bytes(word[2].lower(), word[3])
        if waiting and (between.strip() or label != charset or data is None):
            said.append(text_of(b"".join(waiting), charset)[0])
            waiting = []
        # Nothing but space between two encoded words is no part of the text.
        if between.strip() or at == 0 or data is None:
            said.append(between)
        if data is None:
            said.append(word[0])
        else:
            waiting.append(data)
            charset = label
        at = word.end()
    if waiting:
        said.append(text_of(b"".join(waiting), charset)[0])
    return "".join([*said, value[at:]])


def _word_bytes(how: str, text: str) -> bytes | None:
    data = text.encode("utf-8", "replace")
    try:
        if how == "q":
            return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)
        letters = data.rstrip(b"= \t")
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    except ValueError:
        return None


def parameters(value: str) -> dict[str, str]:
    """The parameters of a header, by name in lower case: pieces joined and charsets read (RFC 2231), quotes taken off."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for found in _PARAMETER.finditer(";" + value.partition(";")[2]):
        name, number, coded, given = found[1].lower(), found[2], bool(found[3]), _unquoted(found[4])
        if number is None and not coded:
            plain.setdefault(name, given)
        else:
            pieces.setdefault(name, {}).setdefault(int(number[1:]) if number else 0, (given, coded))
    return plain | {name: _joined(parts) for name, parts in pieces.items()}


def _unquoted(given: str) -> str:
    given = given.strip()
    if given.startswith('"'):
        # A backslash before anything but a quote is one of a path on Windows, and no mark.
        return re.sub(r"\\([\"\\])", r"\1", given[1:].removesuffix('"'))
    return given


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    charset = None
    data = b""
    for number in sorted(parts):
        text, coded = parts[number]
        if coded and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if coded else text.encode("utf-8", "replace")
    return text_of(data, charset)[0]
