"""Where a page says that something lies, read as browsers read it (the URL Standard): whole, or cut and told so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from turbohtml import Document, Namespace

LONGEST = 500
"""Characters of an address that are told; of a longer one so many, with a mark behind them."""

_LOOKED_AT = 8_000
"""Characters of an address, or of a list of them, that are looked at."""
# Browsers take tabs and line breaks out of an address, wherever they stand, and what cannot be seen before it.
_BREAKS = str.maketrans("", "", "\t\r\n")
_UNSEEN = "".join(map(chr, range(33)))
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_OF_THE_WEB = re.compile(r"(https?):[/\\]*", re.IGNORECASE)
_SPELT = str.maketrans({" ": "%20", "<": "%3C", ">": "%3E", '"': "%22"})
_LOCAL = frozenset({"data", "cid", "mid", "about", "javascript", "vbscript"})
"""Schemes of what lies in the mail, or nowhere."""
# A string that has no end ends where the style does: so none is begun again from within.
_IN_STYLE = re.compile(
    r"url\(\s*(?:\"((?:[^\"\\]|\\.)*)\"?|'((?:[^'\\]|\\.)*)'?|((?:[^)\"'\\\s]|\\[0-9a-fA-F]{1,6}\s?|\\.)*))|\"([^\"]*)\"?|'([^']*)'?",
    re.IGNORECASE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """Where something lies that is shown, or led to."""

    told: str
    """As it is told; empty: nobody knows where, as it says only the way from a place that is not said."""
    cut: bool = False


def in_one_piece(address: str) -> str:
    """An address without what browsers take out of it, as far as it is looked at."""
    return address.lstrip(_UNSEEN)[:_LOOKED_AT].translate(_BREAKS).rstrip(" ")


def base_of(page: Document) -> str:
    """The address by which a page completes its own (``base``), the first that says one; empty: there is none. One in a template,
    or in a picture, is none of the page's."""
    for element in page.find_all("base"):
        said = element.attrs.get("href")
        if isinstance(said, str) and element.namespace is Namespace.HTML and element.closest("template") is None:
            found = completed(said, "")
            return found.told if found is not None and not found.cut else ""
    return ""


def completed(said: str, base: str) -> Address | None:
    """An address of the web; None for what lies in the mail itself, or is none.

    Two strokes mean the scheme of the page, a backslash is a stroke, and what is only a way goes on from ``base``.
    """
    address = in_one_piece(said)
    if not address or address.startswith("#"):
        return None
    scheme = _SCHEME.match(address)
    if scheme is not None and _OF_THE_WEB.match(address) is None:
        return None if scheme[1].lower() in _LOCAL else Address("")
    way, mark, rest = _parted(address)
    way = way.replace("\\", "/")
    web = _OF_THE_WEB.match(way)
    if web is not None:
        whole = f"{web[1].lower()}://{way[web.end() :]}{mark}{rest}"
    elif way.startswith("//"):
        whole = f"{base.partition(':')[0] or 'https'}://{way.lstrip('/')}{mark}{rest}"
    elif base:
        whole = _joined(base, f"{way}{mark}{rest}")
    else:
        return Address("")
    whole = whole.translate(_SPELT)
    bare = whole.partition("://")[2].lstrip("/")
    if not bare:
        return None
    return Address(whole if len(whole) <= LONGEST else f"{whole[:LONGEST]}…", cut=len(whole) > LONGEST or len(said) > _LOOKED_AT)


def in_style(style: str) -> Iterator[str]:
    """The addresses that a style names: of ``url()``, and what stands in quotes and can be one (``image-set()``)."""
    if "(" not in style:
        return
    for found in _IN_STYLE.finditer(_COMMENT.sub(" ", style)):
        by_url = next((one for one in found.groups()[:3] if one is not None), None)
        quoted = _unescaped(next((one for one in found.groups()[3:] if one is not None), ""))
        if by_url is not None:
            yield _unescaped(by_url)
        elif _OF_THE_WEB.match(quoted) or quoted.startswith("//"):
            yield quoted


def of_set(candidates: str) -> Iterator[str]:
    """The addresses of a ``srcset``: one picture in several sizes."""
    for one in re.split(r",\s+", candidates[:_LOOKED_AT].strip(_UNSEEN)):
        if found := one.split():
            yield found[0].strip(",")


def _parted(address: str) -> tuple[str, str, str]:
    """The way, and behind it what is asked there: there a backslash is one."""
    found = re.search(r"[?#]", address)
    return (address, "", "") if found is None else (address[: found.start()], found[0], address[found.end() :])


def _joined(base: str, way: str) -> str:
    try:
        return urljoin(base, way)
    except ValueError:
        return f"{base.rstrip('/')}/{way.lstrip('/')}"


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _character(found[1]) if found[1] else found[2], text)


def _character(number: str) -> str:
    code = int(number, 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
