"""What a condition of a pack names (CEL over ``report`` and ``attributes``), read from its words without evaluating it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TEXT = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_COMPARED = re.compile(rf"""report\.(\w+)\s*(?:[!=]=\s*({_TEXT.pattern})|in\s*\[([^\]]*)\])""")
_ATTRIBUTE = re.compile(r"(has\(\s*)?\battributes\.([A-Za-z_]\w*)")


def without_texts(condition: str) -> str:
    """The condition with nothing in its quotation marks, so that what somebody quotes is taken for no name."""
    return _TEXT.sub('""', condition)


def texts_in(condition: str) -> list[str]:
    """What stands in its quotation marks."""
    return [text[1:-1] for text in _TEXT.findall(condition)]


def compared(condition: str) -> Iterator[tuple[str, str]]:
    """Each field of the report with each text that it is compared with, by ``==``, ``!=`` or ``in [...]``; an empty text asks
    whether anything was said, and is left out.
    """
    for field, one, several in _COMPARED.findall(condition):
        yield from ((field, text) for text in texts_in(one or several) if text)


def attributes_in(condition: str) -> list[tuple[str, bool]]:
    """Each attribute that it names, and whether it only asks for its being there (``has(…)``)."""
    return [(name, bool(has)) for has, name in _ATTRIBUTE.findall(without_texts(condition))]
