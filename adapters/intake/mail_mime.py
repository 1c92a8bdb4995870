"""A mail taken apart into its parts (RFC 2046) in one pass, whatever is missing or too much.

The standard library's parser looks at each line once for each multipart that it lies in, and gives up where mail programs go on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from adapters.intake.mail_headers import Headers, headers_at, parameters

MAX_DEPTH = 100
"""Multiparts in one another; what is deeper stays one part that nobody reads."""

MAX_PARTS = 20_000

_BOUNDARY_LINE = re.compile(rb"^--[^\n]*", re.MULTILINE)
_FIRST_BOUNDARY = re.compile(rb"^--([^\s-][^\r\n]{0,200}?)[ \t]*\r?\n", re.MULTILINE)
_LOOKED_FOR_WITHIN = 10_000
"""Bytes in which the boundary of a multipart that does not name it is looked for."""
_MEDIA_TYPE = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9.+_-]{0,63}/[A-Za-z0-9][A-Za-z0-9.+_-]{0,126})")


@dataclass(slots=True)
class Part:
    """One part: a multipart has ``parts``, everything else a ``body`` as it came."""

    headers: Headers
    media_type: str
    parameters: dict[str, str]
    start: int
    """Where what is behind the headers begins."""
    body: bytes = b""
    parts: list[Part] = field(default_factory=list)
    boundary: bytes = b""
    """Of a multipart that was entered."""
    tail: int = -1
    """Where a multipart had its end; -1: it had none yet."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail in its parts. ``guessed``: a boundary had to be; ``skipped``: something stands where no program looks."""

    top: Part
    guessed: bool
    skipped: bool


def opened(raw: bytes) -> Opened:
    """The mail in its parts, in time by its length. Never an error."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    opening = _Opening(raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n"))
    top = opening.begin(0, None)
    if opening.open:
        for line in _BOUNDARY_LINE.finditer(opening.raw, top.start):
            opening.boundary(line)
    opening.end(len(opening.raw))
    opening.leave(0, len(opening.raw))
    return Opened(top, opening.guessed, opening.skipped)


class _Opening:
    """Where the reading is: the multiparts that are open, the outermost first, and the leaf that has no end yet."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.open: list[Part] = []
        self.at: dict[bytes, int] = {}
        self.leaf: Part | None = None
        self.count = 0
        self.guessed = self.skipped = False

    def begin(self, start: int, above: Part | None) -> Part:
        headers, body = headers_at(self.raw, start, len(self.raw))
        usual = "message/rfc822" if above is not None and above.media_type == "multipart/digest" else "text/plain"
        said = headers.raw("Content-Type")
        named = _MEDIA_TYPE.match(said)
        part = Part(headers, named[1].lower() if named else usual, parameters(said), body)
        if above is not None:
            above.parts.append(part)
        self.count += 1
        if part.media_type.startswith("multipart/"):
            self._enter(part)
        self.leaf = None if part.boundary else part
        return part

    def _enter(self, part: Part) -> None:
        boundary = part.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
        if not boundary and (found := _FIRST_BOUNDARY.search(self.raw, part.start, part.start + _LOOKED_FOR_WITHIN)):
            boundary, self.guessed = found[1], True
        if not boundary or boundary in self.at or len(self.open) >= MAX_DEPTH:
            # Its parts become those of the multipart around it, or it stays one that nobody can take apart.
            self.guessed = True
            self.skipped = self.skipped or boundary not in self.at
            return
        part.boundary = boundary
        self.at[boundary] = len(self.open)
        self.open.append(part)

    def boundary(self, line: re.Match[bytes]) -> None:
        token = line[0][2:].rstrip(b" \t\r")
        at, ends = self.at.get(token), False
        if at is None and token.endswith(b"--"):
            at, ends = self.at.get(token[:-2].rstrip()), True
        if at is None:
            return
        self.end(line.start())
        self.leave(at + 1, line.start())
        above = self.open[at]
        if ends:
            # What follows is for nobody; but parts that follow all the same are read.
            above.tail = line.end() + 1
        elif self.count >= MAX_PARTS:
            self.skipped = True
            above.tail = -1
        else:
            above.tail = -1
            self.begin(min(line.end() + 1, len(self.raw)), above)

    def end(self, at: int) -> None:
        """The leaf that is open ends before the line break here."""
        if self.leaf is not None:
            self.leaf.body = self.raw[self.leaf.start : max(self.leaf.start, self._before_break(at))]
            self.leaf = None
        elif self.open and self.open[-1].tail >= 0:
            self.skipped = self.skipped or bool(self.raw[self.open[-1].tail : at].strip())

    def leave(self, depth: int, at: int) -> None:
        """The multiparts from this depth on end here. One without parts, whose boundary never came, holds a text all the same."""
        for inner in self.open[depth:]:
            del self.at[inner.boundary]
            if not inner.parts:
                inner.body = self.raw[inner.start : max(inner.start, self._before_break(at))]
                self.guessed = True
        del self.open[depth:]

    def _before_break(self, at: int) -> int:
        if at >= len(self.raw):
            return at
        return at - 2 if self.raw[at - 2 : at] == b"\r\n" else at - 1
