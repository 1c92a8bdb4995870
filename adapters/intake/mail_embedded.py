"""What an HTML page carries within itself: pictures and pages that stand in it as ``data:`` (RFC 2397) or as ``srcdoc``."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote, unquote_to_bytes

from turbohtml import Document, Element, Namespace

from adapters.intake.mail_addresses import Address, completed, in_one_piece, in_style, of_set
from adapters.intake.mail_charsets import text_of
from adapters.intake.mail_headers import parameters
from adapters.intake.mail_styles import own_style, tiny

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
# Browsers take tabs and line breaks out of an address, wherever they stand (the URL Standard, "basic URL parser").
_BREAKS = str.maketrans("", "", "\t\r\n")
_DATA = re.compile(r"[\x00-\x20]*" + r"[\t\r\n]*".join("data:"), re.IGNORECASE)
_INSIDE = re.compile(r"cid:([^\s<>\"]{1,500})", re.IGNORECASE)
_LONGEST_STYLE = 4_000
"""Characters of a style in which addresses are looked for."""
_SHOWN_FROM: Mapping[str, tuple[str, ...]] = {
    "img": ("src", "srcset"), "image": ("href", "xlink:href"), "input": ("src",), "source": ("src", "srcset"), "audio": ("src",),
    "video": ("src", "poster"), "iframe": ("src",), "frame": ("src",), "object": ("data",), "embed": ("src",),
    "bgsound": ("src",),
}  # fmt: skip
"""Elements that show what lies elsewhere, and the attributes that say where."""
_PACKED = re.compile(r";[ ]*base64[ ]*$", re.IGNORECASE)
_WHITE = re.compile(rb"[ \t\r\n\f]+")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_RUN = re.compile(r"\bdata:[^,\s\"'<>:]{0,200};base64,[A-Za-z0-9+/=%\s]{1000,}", re.IGNORECASE)
_NO_PICTURES = re.compile(
    r"/\*.*?(?:\*/|$)|@import\b[^;]*;?|@font-face\s*\{[^}]*\}?|@namespace\b[^;]*;?", re.IGNORECASE | re.DOTALL
)
"""What a style sheet names addresses for that are no pictures."""
_PICTURED = re.compile(r"url\(\s*[\"']?(?!#)[^)\s\"']|image-set\(|data:image", re.IGNORECASE)
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
    bare = _DATA.sub("", url.strip(), count=1).translate(_BREAKS)
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


def shown_from(element: Element, base: str) -> Iterator[Address]:
    """The addresses of what an element shows from elsewhere."""
    if element.attrs:
        yield from (found for one in _places(element) if (found := completed(one, base)) is not None)


def shown_inside(element: Element) -> Iterator[str]:
    """The ids of the mail's own parts that an element shows (``cid:``, RFC 2392)."""
    for one in _places(element) if element.attrs else ():
        if (found := _INSIDE.match(in_one_piece(one))) is not None:
            yield unquote(found[1])


def _places(element: Element) -> Iterator[str]:
    """Where that lies which an element shows, as it says it: by its attributes, its background, and its own style."""
    names = _SHOWN_FROM.get(element.tag, ())
    if element.tag == "iframe" and "srcdoc" in element.attrs:
        names = ()
    for name in (*names, "background"):
        value = element.attrs.get(name)
        if isinstance(value, str):
            yield from ([next(of_set(value), "")] if name in _SETS else [value])
    style = element.attrs.get("style")
    if isinstance(style, str):
        yield from in_style(style[:_LONGEST_STYLE])


def is_dot(element: Element, styles: Mapping[str, str]) -> bool:
    """Whether it is too small to be seen, by its style, or by its attributes where that says nothing: by such a picture a sender
    learns that the mail was opened."""
    return any(_is_short(element, styles, side) for side in ("width", "height"))


def _is_short(element: Element, styles: Mapping[str, str], side: str) -> bool:
    said = element.attrs.get(side)
    given = styles.get(side, said.strip()[:20] if isinstance(said, str) else None)
    most, least = styles.get(f"max-{side}"), styles.get(f"min-{side}")
    return (tiny(given) or tiny(most)) and (least is None or tiny(least) or least in ("auto", "initial"))


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
    """Whether an element, or anything in it, brings something along, or shows something from elsewhere."""
    return any(
        next(addresses(one), None)
        or framed(one)
        or draws(one)
        or (not is_dot(one, own_style(one)) and next(shown_from(one, ""), None))
        for one in (element, *element.find_all(True))
    )


def draws(element: Element) -> bool:
    """Whether it draws a part of a picture by itself: that is neither a word nor a file."""
    return element.namespace is Namespace.SVG and element.tag.lower() in _DRAWN


def sheets_picture(page: Document) -> bool:
    """Whether a style sheet of the page shows a picture, brought along or from elsewhere: where, and whether, is not followed."""
    return any(_PICTURED.search(_NO_PICTURES.sub(" ", sheet.text)) for sheet in page.find_all("style"))


def packed_length(html: str) -> int:
    """How many letters of a page are those of larger files in it, and no markup."""
    return sum(len(found[0]) for found in _RUN.finditer(html)) if "base64," in html else 0
