"""The headers of a mail in plain text. Python's own newer header parser takes seconds for a hostile one; this does not."""

from __future__ import annotations

from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from email.utils import parseaddr
from typing import TypeAlias

MAX_HEADER = 4_000
"""Characters kept of one header: the standard library takes quadratic time on some (a line has at most 998, RFC 5322)."""

AnyMessage: TypeAlias = "Message[str, str]"


class BoundedHeaders(Compat32):
    """The parser's plain policy, with an end to each header."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER]


def raw_header(message: AnyMessage, name: str) -> str:
    """The first such header as it came, unfolded; empty when there is none."""
    value = next((str(found) for key, found in message.raw_items() if key.lower() == name.lower()), "")
    return readable(value.replace("\r", "").replace("\n", ""))


def header(message: AnyMessage, name: str) -> str:
    """The first such header with its encoded words (RFC 2047) in plain text."""
    return words_decoded(raw_header(message, name)).strip()


def sender_of(message: AnyMessage) -> tuple[str, str]:
    """Display name and address of the first author; empty strings when there is none."""
    try:
        name, address = parseaddr(raw_header(message, "From"))
    except RecursionError:
        return "", ""
    return words_decoded(name).strip(), address


def readable(value: str) -> str:
    """Bytes beyond ASCII that the parser kept as half surrogates, as the UTF-8 (or else Windows-1252) they were meant to be."""
    return text_of(value.encode("utf-8", "surrogateescape"), "utf-8") if not value.isascii() else value


def text_of(data: bytes, charset: str | None) -> str:
    """The text in its declared charset; when that is wrong or unknown as UTF-8, and at last as Windows-1252, like most others."""
    for candidate in (charset, "utf-8"):
        try:
            return data.decode(candidate or "utf-8")
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def words_decoded(value: str) -> str:
    """Encoded words (RFC 2047) in plain text; what cannot be decoded stays as it came."""
    if "=?" not in value:
        return value
    try:
        words = decode_header(value)
    except (MessageError, ValueError):
        return value
    return "".join(text_of(word, charset) if isinstance(word, bytes) else word for word, charset in words)
