"""An HTML mail as plain text that reads as it looked: paragraphs, lists, quotes, and where links lead."""

from __future__ import annotations

import re
from html import unescape

MAX_HTML = 300_000
"""Characters of HTML that are read."""

# Every alternative ends at the next "<", so the time grows with the length alone; Python's own HTML parser takes quadratic time
# on hostile markup, and a mail needs no more than this.
_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[A-Za-z][A-Za-z0-9]{0,15})(?P<rest>[^<>]*)>|<[!?][^<>]*>|(?P<text>[^<]+)|<")
_HREF = re.compile(r"""\bhref\s*=\s*["']?(https?://[^"'\s>]{1,500})""", re.IGNORECASE)
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre", "blockquote"})
_LINES = frozenset({"div", "tr", "li", "section", "article", "header", "footer", "br", "hr"})


class _Reader:
    def __init__(self) -> None:
        self.lines = [""]
        self._silent = 0
        self._quotes = 0
        self._pre = 0
        self._links: list[tuple[str, int]] = []

    def read(self, html: str) -> None:
        for token in _TOKEN.finditer(html):
            if token["text"] is not None:
                self._text(token["text"])
            elif token["tag"] and token["end"]:
                self._end(token["tag"].lower())
            elif token["tag"]:
                self._start(token["tag"].lower(), token["rest"])

    def _start(self, tag: str, rest: str) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "blockquote":
            self._break(2)
            self._quotes += 1
        elif tag == "a":
            found = _HREF.search(rest)
            self._links.append((unescape(found[1]) if found else "", len(self.lines[-1])))
        elif tag in _PARAGRAPHS or tag in _LINES:
            self._break(2 if tag in _PARAGRAPHS else 1, hard=tag == "br")
            self._pre += tag == "pre"
            if tag == "li":
                self._say("- ")
        elif tag in ("td", "th"):
            self._say(" ")

    def _end(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
            self._break(2)
        elif tag == "a" and self._links:
            href, start = self._links.pop()
            if href and href not in self.lines[-1][start:]:
                self._say(f" ({href})")
        elif tag in _PARAGRAPHS or (tag in _LINES and tag not in ("br", "hr")):
            self._pre = max(0, self._pre - (tag == "pre"))
            self._break(2 if tag in _PARAGRAPHS else 1)

    def _text(self, markup: str) -> None:
        if self._silent:
            return
        data = _unescaped(markup)
        if self._pre:
            first, *rest = data.split("\n")
            self._say(first)
            for text in rest:
                self._break(1, hard=True)
                self._say(text)
            return
        text = re.sub(r"\s+", " ", data.replace("\xa0", " "))
        self._say(text.lstrip() if self.lines[-1].endswith((" ", "> ")) or not self.lines[-1] else text)

    def _say(self, text: str) -> None:
        if text and not self.lines[-1] and self._quotes:
            self.lines[-1] = "> "
        self.lines[-1] += text

    def _break(self, height: int, *, hard: bool = False) -> None:
        if hard or self.lines[-1].strip():
            self.lines.append("")
        if height > 1 and len(self.lines) > 1 and self.lines[-2].strip():
            self.lines.append("")


def text_of_html(html: str) -> str:
    """The text of an HTML document; quotations as lines with ``>``. Whatever the markup, never an error."""
    reader = _Reader()
    reader.read(_without_comments(html[:MAX_HTML]))
    text = "\n".join(line.rstrip() for line in reader.lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _without_comments(html: str) -> str:
    kept: list[str] = []
    at = 0
    while (opened := html.find("<!--", at)) >= 0:
        kept.append(html[at:opened])
        closed = html.find("-->", opened)
        at = len(html) if closed < 0 else closed + 3
    return " ".join([*kept, html[at:]])


def _unescaped(markup: str) -> str:
    try:
        return unescape(markup)
    except ValueError:
        # A character's number with thousands of digits.
        return markup
