"""An HTML mail as plain text that reads as it looked: paragraphs, lists, quotes, and where links lead.

It is parsed as browsers parse it, by a library; what is said here is only how the tree reads as lines.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from turbohtml import Document, DocumentFragment, Element, Namespace, Text, parse

from adapters.intake.mail_addresses import LONGEST, Address, base_of, completed, in_one_piece
from adapters.intake.mail_embedded import (
    DEEPEST,
    MOST,
    Carried,
    addresses,
    carried,
    carries,
    draws,
    framed,
    is_dot,
    page_of,
    sheets_picture,
    shown_from,
    shown_inside,
)
from adapters.intake.mail_html_lists import Numbers, numbers_of
from adapters.intake.mail_html_marks import STRUCK, choices, is_ordinal, raised, strikes, ticked
from adapters.intake.mail_sheets import Sheets, sheets_of
from adapters.intake.mail_styles import LOOKED_AT, Shown, gone, inside

MAX_TEXT = 1_000_000
"""Characters that are read of one HTML document."""

MAX_NODES = 250_000
"""Elements and texts of one document that are looked at."""

_DEEPEST_QUOTE = 20
_SILENT = frozenset({"script", "style", "head", "title", "template", "noframes", "noembed", "datalist", "rp", "metadata"})
_PARAGRAPHS = frozenset({
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "blockquote", "fieldset", "xmp", "listing",
    "plaintext", "textarea",
})  # fmt: skip
_LINES = frozenset({
    "div", "tr", "li", "section", "article", "header", "footer", "main", "nav", "aside", "dt", "dd", "br", "hr", "form",
    "figure", "figcaption", "address", "caption", "details", "summary", "center", "option", "optgroup", "legend", "dialog",
    "body", "html",
})  # fmt: skip
_APART = frozenset({"td", "th", "button", "select", "input", "label", "img", "svg", "text", "tspan"})
_BOXES = _PARAGRAPHS | _LINES | _APART
_KEPT_AS_IS = frozenset({"pre", "textarea", "xmp", "listing", "plaintext"})
_AROUND = {"q": ("\u201c", "\u201d"), "rt": ("(", ")")}
"""What stands around words that a browser marks as somebody else's, or puts above others to say how those are read."""
_UNSEEN_INPUTS = frozenset({"hidden", "checkbox", "radio", "password", "file", "color", "range", "image"})
_LINK = re.compile(r"(?:mailto|tel|sms|ftp):[^\s<>]+", re.IGNORECASE)
_FILMS = frozenset({"video", "audio", "iframe", "object", "embed"})
_NO_FRAMES = re.compile(r"<noframes[^>]{0,200}>(.{1,100000}?)</noframes", re.IGNORECASE | re.DOTALL)
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")


@dataclass(frozen=True, slots=True)
class Rendered:
    """An HTML document as text."""

    text: str
    seen: str
    """What a person reads on the page, without where its links lead."""
    hidden: bool
    """Something has words and is not shown, by its own style or a sheet's."""
    cut: bool
    """It is longer than what is read."""
    styled: bool = False
    """Rules of a style sheet of its own may show or hide words, and are not followed."""
    files: tuple[Carried, ...] = ()
    """Pictures, and whatever else stands in the page itself and is shown there or led to."""
    inside: frozenset[str] = frozenset()
    """Ids of parts of the mail that it shows."""
    left_out: bool = False
    """Such a thing is there, and is none of the files: it cannot be read, there are too many, or a style sheet has it."""


class _Reader:
    def __init__(self, sheets: Sheets, base: str = "") -> None:
        self._sheets, self._base = sheets, base
        self.lines: list[str] = []
        self._line: list[str] = []
        self._filled = False
        self.said: list[str] = []
        self.hidden = self.cut = self.left_out = False
        self.files: list[Carried] = []
        self.inside: set[str] = set()
        self._known: set[str] = set()
        self._framed: list[Element] = []
        self._followed = sheets.followed
        self._length = 0
        self._quotes = 0
        self._kept_as_is = 0
        self._shown = [Shown()]
        self._numbers: list[Numbers] = []
        self._struck: list[bool] = []
        self._strikes, self._is_struck = 0, False  # how deep; whether that was said
        self._raised = ""
        self._chosen: deque[bool] = deque()
        self._links: list[tuple[str, int, int]] = []  # where it leads; the line and the piece of it with which its text begins

    def read(self, document: Document) -> None:
        """Walk the tree without recursion: strangers nest as deep as they like."""
        waiting: list[tuple[object, bool]] = [(document, False)]
        self.left_out = sheets_picture(document)
        nodes = 0
        while waiting:
            node, leaving = waiting.pop()
            nodes += 1
            if nodes > MAX_NODES or self._length > MAX_TEXT:
                self.cut = True
                return
            if isinstance(node, Text):
                self._text(node.data)
            elif isinstance(node, Element):
                if leaving:
                    if self._framed and self._framed[-1] is node:
                        self._framed.pop()
                    self._end("blockquote" if _is_quotation(node) else node.tag)
                elif self._start(node):
                    waiting.append((node, True))
                    waiting.extend((child, False) for child in reversed(self._inside(node)))
            elif isinstance(node, Document | DocumentFragment):
                waiting.extend((child, False) for child in reversed(list(node.children)))

    def _start(self, element: Element) -> bool:
        """Begin an element; whether what is in it is read."""
        tag = element.tag
        chosen = self._chosen.popleft() if tag == "option" and self._chosen else None
        if tag in _SILENT and not _is_shown_all_the_same(element):
            return False
        own = _attribute(element, "style")
        styles = self._sheets.styles(element, own)
        self._followed = self._followed and len(own) <= LOOKED_AT
        if gone(styles, in_line=tag not in _BOXES) or ("display" not in styles and self._is_hidden(element)):
            self.hidden = self.hidden or bool(element.text.strip()) or carries(element)
            return False
        shown = inside(self._shown[-1], styles) if styles else self._shown[-1]
        if tag == "iframe" and framed(element) is None:
            self._elsewhere(element, shown, styles)
            return False
        self._shown.append(shown)
        self._carry(element)
        self._begin(element, tag, styles)
        self._marked(element, styles, chosen)
        self._elsewhere(element, shown, styles)
        return True

    def _marked(self, element: Element, styles: dict[str, str], chosen: bool | None) -> None:
        """Say what is shown by how the words look: which are struck out, small, ticked or chosen."""
        self._struck.append(strikes(element, styles))
        self._strikes += self._struck[-1]
        self._raised = raised(element, styles) or self._raised
        if not self._shown[-1].seen:
            return
        match element.tag:
            case "input" if box := ticked(element):
                self._say_mark(box)
            case "select":
                self._chosen = choices(element)
            case "option":
                self._say_mark("[x] " if chosen else "[ ] " if chosen is not None else "")
                self._text(_attribute(element, "label"))
            case "optgroup":
                self._text(_attribute(element, "label"))
                self._break(1)
            case _:
                pass

    def _look_of(self, data: str) -> None:
        """Say before the first words of them that they are struck out, or small."""
        if self._strikes and not self._is_struck:
            self._is_struck = True
            self._say_mark(STRUCK)
        elif self._raised and self._line and self._line[-1][-1:].isalnum() and not is_ordinal(data):
            self._say_mark(self._raised)
        self._raised = ""

    def _say_mark(self, mark: str) -> None:
        # It counts as seen, so that of two alternatives the one that has it is read.
        self.said.append(mark)
        self._say(mark)

    def _begin(self, element: Element, tag: str, styles: dict[str, str]) -> None:
        if tag == "blockquote" or _is_quotation(element):
            self._break(2)
            self._quotes += 1
        elif tag == "area" and (led := self._led_to(element)):
            # A picture with several links: each is told by what it is called.
            self._say(f" {_attribute(element, 'alt').strip()} ({led}) ".replace("  ", " "))
        elif tag == "a":
            self._links.append((self._led_to(element), len(self.lines), len(self._line)))
        elif tag in _PARAGRAPHS or tag in _LINES:
            self._break(2 if tag in _PARAGRAPHS else 1, hard=tag == "br")
            self._kept_as_is += tag in _KEPT_AS_IS
            self._list(element, styles)
            if tag == "textarea" and not element.text.strip():
                self._text(_attribute(element, "placeholder"))
        elif tag in _AROUND and self._shown[-1].seen:
            self._say_mark(_AROUND[tag][0])
        elif tag in _APART:
            self._say(" ")
            self._value(element)

    def _elsewhere(self, element: Element, shown: Shown, styles: dict[str, str]) -> None:
        """Where that lies which is shown there and did not come along: whoever reads the words would not know of it."""
        if not shown.visible:
            return
        if is_dot(element, styles):
            # It shows nothing: of a picture it counts readers, of anything else it hides it.
            self.hidden = self.hidden or element.tag in _FILMS
            return
        if not self._quotes:
            self.inside.update(shown_inside(element))
        for found in shown_from(element, self._base):
            address = found.told
            self.cut, self.left_out = self.cut or found.cut, self.left_out or not address
            if address and address not in self._known:
                self._known.add(address)
                self._length += len(address)
                self.said.append(f" {address} ")
                self._say(f"({address}) " if self._spaced() else f" ({address}) ")

    def _led_to(self, element: Element) -> str:
        said = _attribute(element, "href")
        found = completed(said, self._base)
        if found is not None and not found.told and (other := _LINK.match(in_one_piece(said))) is not None:
            found = Address(other[0][:LONGEST] + "…" * (len(other[0]) > LONGEST), cut=len(other[0]) > LONGEST)
        if found is None:
            return ""
        self.cut = self.cut or found.cut
        return found.told

    def _carry(self, element: Element) -> None:
        """Take out what an element brings along, where a person sees it."""
        self.left_out = self.left_out or draws(element)
        for address in addresses(element) if element.attrs else ():
            if self._shown[-1].visible:
                self._take(address)
            else:
                self.hidden = True

    def _take(self, address: str) -> None:
        if address in self._known:
            return
        self._known.add(address)
        found = carried(address) if len(self.files) < MOST else None
        if found is None:
            self.left_out = True
        elif found.data:
            self.files.append(found)

    def _inside(self, element: Element) -> list[object]:
        """What is read of what is in an element: of one that frames a page of the mail's own, that page."""
        labelled = element.tag == "option" and _attribute(element, "label")
        children: list[object] = [] if element.tag == "iframe" or labelled else list(element.children)
        what = framed(element)
        if what is None:
            return children
        text, is_markup = what
        found = None if is_markup else carried(text)
        if len(self._framed) >= DEEPEST or (found is None and not is_markup):
            self.left_out = True
            return children
        markup = text if found is None else page_of(found)
        if markup is None:
            self._take(text)
            return children
        page = parse(markup, allow_declarative_shadow_roots=False)
        # Its sheets are its own, and are not followed.
        self._followed = self._followed and page.find("style") is None
        self.left_out = self.left_out or sheets_picture(page)
        self._framed.append(element)
        return [page, *children]

    def _list(self, element: Element, styles: dict[str, str]) -> None:
        tag = element.tag
        if tag in ("ul", "ol"):
            self._numbers.append(numbers_of(element, styles))
        elif tag == "li":
            numbers = self._numbers[-1] if self._numbers else Numbers(1, kind="disc")
            self._say(numbers.take(element, styles))
            self._followed = self._followed and numbers.known

    def _value(self, element: Element) -> None:
        """What a field or a picture shows."""
        shown = ""
        if element.tag == "img":
            shown = _attribute(element, "alt")
        elif element.tag == "input" and _attribute(element, "type").lower() not in _UNSEEN_INPUTS:
            shown = _attribute(element, "value") or _attribute(element, "placeholder")
        if shown.strip():
            self._text(shown + " ")

    def _is_hidden(self, element: Element) -> bool:
        attributes = element.attrs
        if not attributes:
            return element.tag == "dialog"
        shut = element.tag == "dialog" and "open" not in attributes
        return shut or "hidden" in attributes

    def _end(self, tag: str) -> None:
        if self._shown.pop().seen and tag in _AROUND:
            self._say_mark(_AROUND[tag][1])
        self._raised = ""
        self._strikes -= self._struck.pop()
        if self._is_struck and not self._strikes:
            self._is_struck = False
            self._say_mark("]")
        if tag == "blockquote":
            self._quotes -= 1
            self._break(2)
        elif tag == "a" and self._links:
            self._end_link()
        elif tag in _PARAGRAPHS or (tag in _LINES and tag not in ("br", "hr")):
            self._kept_as_is -= tag in _KEPT_AS_IS
            if tag in ("ul", "ol") and self._numbers:
                self._numbers.pop()
            self._break(2 if tag in _PARAGRAPHS else 1)
        elif tag in _APART:
            self._say(" ")

    def _end_link(self) -> None:
        href, line, start = self._links.pop()
        shown = "".join(self._line[start:]) if line == len(self.lines) else ""
        bare = href.partition(":")[2].strip("/") if href[:4].lower() in ("mail", "tel:") else href.rstrip("/")
        if href and bare not in shown:
            self._say(f" ({href})")

    def _text(self, data: str) -> None:
        self._length += len(data)
        if not self._shown[-1].seen:
            self.hidden = self.hidden or bool(data.strip())
            return
        if (self._strikes or self._raised) and data.strip():
            self._look_of(data)
        self.said.append(data)
        if self._kept_as_is > 0:
            first, *rest = data.replace("\r\n", "\n").split("\n")
            self._say(first)
            for text in rest:
                self._break(1, hard=True)
                self._say(text)
            return
        text = _SPACES.sub(" ", data)
        self._say(text.lstrip() if self._spaced() else text)

    def _spaced(self) -> bool:
        return not self._line or self._line[-1].endswith(" ")

    def _say(self, text: str) -> None:
        if not text or (text == " " and self._spaced()):
            return
        if not self._line and self._quotes:
            self._line.append("> " * min(self._quotes, _DEEPEST_QUOTE))
        self._line.append(text)
        self._filled = self._filled or not text.isspace()

    def _break(self, height: int, *, hard: bool = False) -> None:
        self.said.append(" ")
        if hard or self._filled:
            self.lines.append("".join(self._line).rstrip())
            self._line, self._filled = [], False
        if height > 1 and self.lines and self.lines[-1]:
            self.lines.append("")

    @property
    def followed(self) -> bool:
        """Whether the page's style sheets were followed in all that shows or hides words."""
        return self._followed

    def text(self) -> str:
        """All of it, without empty lines beyond one."""
        self._break(1)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip()


def _is_quotation(element: Element) -> bool:
    """Whether a division is that into which a mail program puts what it quotes: Yahoo's ``yahoo_quoted``, and ``quote`` of GMX
    and web.de."""
    if element.tag != "div" or not element.attrs:
        return False
    return _attribute(element, "name") == "quote" or "yahoo_quoted" in _attribute(element, "class").split()


def _is_shown_all_the_same(element: Element) -> bool:
    """A title in a picture; a template that is the shadow tree of what it stands in (HTML, "shadowrootmode")."""
    in_picture = element.tag == "title" and element.namespace is Namespace.SVG
    return in_picture or (element.tag == "template" and _attribute(element, "shadowrootmode").lower() in ("open", "closed"))


def _attribute(element: Element, name: str) -> str:
    value = element.attrs.get(name)
    return value if isinstance(value, str) else " ".join(value) if isinstance(value, list) else ""


def rendered(html: str) -> Rendered:
    """An HTML document as text; quotations as lines with ``>``. Whatever the markup, never an error."""
    reader, text = _read(html)
    files, left_out = reader.files, reader.left_out
    if not text and "<frameset" in html.lower() and (without := _NO_FRAMES.search(html)) is not None:
        # Where nothing is framed, which is every mail program, what stands for the frames is read.
        reader, text = _read(without[1])
        files, left_out = [*files, *reader.files], left_out or reader.left_out
    seen = "".join(reader.said)
    inside = frozenset(reader.inside)
    return Rendered(text, seen, reader.hidden, reader.cut, not reader.followed, tuple(files[:MOST]), inside, left_out)


def _read(html: str) -> tuple[_Reader, str]:
    page = parse(html, allow_declarative_shadow_roots=False)
    sheets = sheets_of(page)
    base = base_of(page)
    reader = _Reader(sheets, base)
    reader.read(page)
    text = reader.text()
    if not text and sheets.hold:
        # A page that is hidden whole is one that a script shows, or one that is not read as it looks.
        reader = _Reader(Sheets(followed=False), base)
        reader.read(page)
        text = reader.text()
    return reader, text


def text_of_html(html: str) -> str:
    """The text of an HTML document."""
    return rendered(html).text
