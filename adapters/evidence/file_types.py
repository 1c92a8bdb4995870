"""What a file is, judged by its bytes: nobody smuggles a program in as a picture."""

from __future__ import annotations

import re

import puremagic

KINDS: dict[str, frozenset[str]] = {
    "image/png": frozenset({"image/png"}),
    "image/jpeg": frozenset({"image/jpeg"}),
    "image/gif": frozenset({"image/gif"}),
    "image/webp": frozenset({"image/webp"}),
    "image/heic": frozenset({"image/heic", "image/heif"}),
    "application/pdf": frozenset({"application/pdf"}),
    "video/mp4": frozenset({"video/mp4", "audio/mp4", "video/x-m4v"}),
    "video/quicktime": frozenset({"video/quicktime"}),
    "video/webm": frozenset({"video/webm", "video/x-matroska", "audio/webm"}),
    "audio/mpeg": frozenset({"audio/mpeg"}),
    "message/rfc822": frozenset({"message/rfc822"}),
}
"""Types that can be told by their first bytes, and what those may look like."""

TEXTS = frozenset({"text/plain", "text/csv", "application/json", "message/rfc822"})
"""Types that any text can be."""

MEDIA_TYPES = frozenset(KINDS.keys() | TEXTS)
"""All that can be allowed."""

_SAME = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/heif": "image/heic", "text/json": "application/json"}
_LOOKED_AT = 4096
"""Bytes at the beginning: no type needs more."""
_ACTIVE = frozenset({"text/html", "image/svg+xml", "application/xhtml+xml", "application/xml", "text/xml"})
"""Text that a browser would run."""


class FileRefused(Exception):
    """The file is not taken; ``code`` says why, in the words of the error table."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class Inspector:
    """Looks at files before they are kept. Of ``allowed`` media types those that cannot be told are never taken."""

    def __init__(self, allowed: frozenset[str], most: int) -> None:
        self.allowed, self.most = allowed & MEDIA_TYPES, most

    def look(self, data: bytes, said: str | None) -> str:
        """The media type of a file, of which somebody said what it is (None: nobody did).

        Raises :class:`FileRefused`: ``file_empty``, ``file_too_large``, ``file_type_refused``, ``file_type_differs``.
        """
        if not data:
            raise FileRefused("file_empty", "The file has no bytes.")
        if len(data) > self.most:
            raise FileRefused("file_too_large", f"At most {self.most} bytes are taken.")
        found = _found(data)
        name = _SAME.get(said, said) if said else self._guess(data, found)
        if name not in self.allowed:
            raise FileRefused("file_type_refused", f"Taken are: {', '.join(sorted(self.allowed))}.")
        if not _fits(name, data, found):
            raise FileRefused("file_type_differs", f"The bytes are not those of a file of the type {name}.")
        return name

    def _guess(self, data: bytes, found: frozenset[str]) -> str | None:
        fitting = [name for name, looks in KINDS.items() if found & looks]
        return next(iter(fitting), "text/plain" if _fits("text/plain", data, found) else None)


def _fits(name: str, data: bytes, found: frozenset[str]) -> bool:
    if not found.isdisjoint(KINDS.get(name, frozenset())):
        return True
    if name == "message/rfc822" and _MAIL.match(data):
        # A mail may be in any charset, and hold anything; nothing shows it as a page.
        return True
    return name in TEXTS and _is_text(data) and found.isdisjoint(_ACTIVE) and not any(found & kind for kind in _BINARY)


_MAIL = re.compile(rb"(?:From |[A-Za-z][!-9;-~]{0,76}[ \t]*:[^\n]*\n)")
"""How a mail begins: with a header."""
_BINARY = tuple(looks for name, looks in KINDS.items() if name not in TEXTS)


def _is_text(data: bytes) -> bool:
    try:
        return "\x00" not in data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False


def _found(data: bytes) -> frozenset[str]:
    """Everything that the first bytes look like; the parser of a stranger's bytes may do what it likes but break."""
    begin = data[:_LOOKED_AT]
    try:
        looks = {match.mime_type for match in puremagic.magic_string(begin)}
    except (puremagic.PureError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
        looks = set()
    start = begin.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<svg", b"<?xml", b"<script")):
        looks.add("text/html")
    return frozenset(looks)
