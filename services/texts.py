"""Texts in what is told: references to them are found, and replaced by what was said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from storage.postgres.vault import Unreadable

__all__ = ["Texts", "Unreadable", "content_ids", "with_texts"]

Texts = Mapping[str, str | None]
"""Decrypted texts by their ids; None for one that was erased, :class:`Unreadable` for one that does not open any more."""

_PROSE = {"content_id", "digest", "length"}


def content_ids(value: Any) -> Iterator[str]:
    """Ids of the texts that a JSON value refers to, wherever they stand in it."""
    if isinstance(value, dict):
        if value.keys() == _PROSE:
            yield value["content_id"]
        else:
            for part in value.values():
                yield from content_ids(part)
    elif isinstance(value, list):
        for part in value:
            yield from content_ids(part)


def with_texts(value: Any, texts: Texts) -> Any:
    """The value with each reference to a text replaced by the text (None: erased)."""
    if isinstance(value, dict):
        if value.keys() == _PROSE:
            return texts.get(value["content_id"])
        return {name: with_texts(part, texts) for name, part in value.items()}
    return [with_texts(part, texts) for part in value] if isinstance(value, list) else value
