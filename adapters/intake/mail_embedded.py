"""What an HTML page carries within itself: pictures and pages that stand in it as ``data:`` (RFC 2397) or as ``srcdoc``."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote_to_bytes

from turbohtml import Document, Element, Namespace

from adapters.intake.mail_charsets import text_of
from adapters.intake.mail_headers import parameters

MOST = 200
"""Files of one page that are taken out; more are told as left out. A report has a hundred."""
DEEPEST = 3
"""Pages in one another that are read; what lies deeper is told as left out."""
PAGES = frozenset({"text/html", "application/xhtml+xml", "text/x-amp-html"})
"""Types that are read as HTML."""

_NAMES = frozenset({"src", "srcset", "href", "xlink:href", "poster", "background", "data"})
"""Attributes by which an element shows, or leads to, what stands in a ``data:``."""
_SETS = frozenset({"srcset"})
_IN_SET = re.compile(r"(data:\S+)", re.IGNORECASE)
_IN_STYLE = re.compile(r"\"\s*(data:[^\"]*)|'\s*(data:[^']*)|\(\s*(data:[^)\"'\s]*)", re.IGNORECASE)
_DATA = re.compile(r"[\x00-\x20]*data:", re.IGNORECASE)
_PACKED = re.compile(r";[ ]*base64[ ]*$", re.IGNORECASE)
_WHITE = re.compile(rb"[ \t\r\n\f]+")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_RUN = re.compile(r"\bdata:[^,\s\"'<>:]{0,200};base64,[A-Za-z0-9+/=%\s]{1000,}", re.IGNORECASE)
_DRAWN = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "use"})
"""Elements of SVG by which a page draws a picture itself."""
_FRAMES = {"iframe": "src", "frame": "src", "object": "data", "embed": "src"}
"""Elements that show a page within the page, and the attribute that says which."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What stands in a ``data:``."""

    said: str
    """Its type with parameters as it says; empty: it says none."""
    data: bytes

    @property
    def media_type(self) -> str:
        """Its type alone, in lower case."""
        return self.said.partition(";")[0].strip().lower()


def carried(url: str) -> Carried | None:
    """The bytes of a ``data:`` address, as browsers read it; None: nobody can."""
    bare = _DATA.sub("", url.strip(), count=1).replace("\t", "").replace("\n", "").replace("\r", "")
    head, comma, body = bare.partition(",")
    if not comma:
        return None
    said, packed = _PACKED.subn("", head.strip())
    data = unquote_to_bytes(body)
    if packed:
        letters = _WHITE.sub(b"", data.partition(b"#")[0])
        bare_letters = letters.rstrip(b"=")
        if not _BASE64.fullmatch(letters) or len(bare_letters) % 4 == 1:
            return None
        data = binascii.a2b_base64(bare_letters + b"=" * (-len(bare_letters) % 4))
    return Carried(said.strip(), data)


def addresses(element: Element) -> Iterator[str]:
    """The ``data:`` addresses of one element, by its attributes and its own style; none of a page that it frames."""
    page = _FRAMES.get(element.tag)
    for name, given in element.attrs.items():
        value = given if isinstance(given, str) else ""
        if name == "style":
            yield from (next(filter(None, found)) for found in _IN_STYLE.findall(value) if any(found))
        elif name in _SETS:
            yield from (found.rstrip(",") for found in _IN_SET.findall(value))
        elif name in _NAMES and name != page and _DATA.match(value):
            yield value


def framed(element: Element) -> tuple[str, bool] | None:
    """What an element frames that the mail itself brings, and whether that is markup (``srcdoc``) and no ``data:`` address.
    None: nothing."""
    name = _FRAMES.get(element.tag)
    if name is None:
        return None
    markup = element.attrs.get("srcdoc") if element.tag == "iframe" else None
    if isinstance(markup, str):
        return markup, True
    led = element.attrs.get(name)
    return (led, False) if isinstance(led, str) and _DATA.match(led) else None


def page_of(found: Carried) -> str | None:
    """The markup of a page or a text that is framed; None: it is a file."""
    kind = found.media_type or ("text/plain" if found.data.isascii() else "")
    if kind not in PAGES and not kind.startswith("text/"):
        return None
    text, _ = text_of(found.data, parameters(found.said).get("charset"), html=kind in PAGES)
    return text if kind in PAGES else f"<pre>{escape(text)}</pre>"


def carries(element: Element) -> bool:
    """Whether an element, or anything in it, brings something along."""
    return any(next(addresses(one), None) or framed(one) or draws(one) for one in (element, *element.find_all(True)))


def draws(element: Element) -> bool:
    """Whether it draws a part of a picture by itself: that is neither a word nor a file."""
    return element.namespace is Namespace.SVG and element.tag.lower() in _DRAWN


def sheets_picture(page: Document) -> bool:
    """Whether a style sheet of the page brings a picture along: where it is shown, and whether, is not followed."""
    return any("data:image" in sheet.text.lower() for sheet in page.find_all("style"))


def packed_length(html: str) -> int:
    """How many letters of a page are those of larger files in it, and no markup."""
    return sum(len(found[0]) for found in _RUN.finditer(html)) if "base64," in html else 0
