"""A page sent as XML (``application/xhtml+xml``), as the HTML that shows the same: empty elements are closed, CDATA is text.

See the HTML Standard, "The XML syntax". What is no well-formed XML nobody shows as such: it is read as HTML.
"""

from __future__ import annotations

from html import escape
from xml.parsers import expat

_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
_IN_HTML = {"plaintext": "pre", "xmp": "pre", "listing": "pre", "noscript": "div", "noframes": "div", "noembed": "div"}
"""Names that mean something to a reader of HTML alone: what stands in them is shown as anything else is."""
_XLINK = "http://www.w3.org/1999/xlink"
_BETWEEN = " "


class _Refused(Exception):
    """It declares entities of its own: those are nobody's words, and can be made endless."""


def as_html(text: str, media_type: str) -> str:
    """A page as HTML: what is sent as XML and is XML as the same in HTML, everything else as it is."""
    if media_type != "application/xhtml+xml":
        return text
    parser = expat.ParserCreate("utf-8", _BETWEEN)
    parser.buffer_text = True
    # A name of a letter (``&nbsp;``) is known to readers of XHTML without the declaration that is not fetched.
    parser.UseForeignDTD(True)
    written = [""]

    def begins(name: str, attributes: dict[str, str]) -> None:
        said = "".join(f' {_attribute(key)}="{escape(value)}"' for key, value in attributes.items())
        written.append(f"<{_element(name)}{said}>")

    def ends(name: str) -> None:
        if (element := _element(name)) not in _VOID:
            written.append(f"</{element}>")

    def says(data: str) -> None:
        # In HTML a style sheet has its own signs as they are.
        written.append(data if written[-1].startswith("<style") else escape(data, quote=False))

    def refuses(*said: object) -> None:
        raise _Refused

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begins, ends, says
    parser.SkippedEntityHandler = lambda name, is_parameter: written.append("" if is_parameter else f"&{name};")
    parser.EntityDeclHandler = refuses
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except (expat.ExpatError, _Refused):
        return text
    return "".join(written)


def _attribute(name: str) -> str:
    space, _, local = name.rpartition(_BETWEEN)
    return f"xlink:{local}" if space == _XLINK else local


def _element(name: str) -> str:
    local = name.rpartition(_BETWEEN)[2]
    return _IN_HTML.get(local, local)
