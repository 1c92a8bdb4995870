"""Texts in what is told: references to them are found, and replaced by what was said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from domain.model.erasure import Erased
from domain.model.facts import Actor
from domain.model.provider_news import ids_shown
from services.callers import TEAM
from services.parts import Parts
from storage.postgres.vault import Unreadable

__all__ = ["Texts", "Unreadable", "as_told", "content_ids", "gone_among", "with_texts"]

Texts = Mapping[str, str | None]
"""Decrypted texts by their ids; None for one that was erased, :class:`Unreadable` for one that does not open any more."""

_PROSE = {"content_id", "digest", "length"}
_NEWS = {"provider", "what", "dispute", "ids"}


def as_told(erased: Erased, viewer: Actor) -> Erased:
    """What a viewer learns of an erasure: that it was and when, and why of their own words alone, unless they are of the team.
    That somebody asked to be forgotten is theirs to tell."""
    return erased if viewer.role in TEAM or erased.holder == viewer.id else replace(erased, reason=None)


async def gone_among(parts: Parts, tenant_id: str, texts: Texts, viewer: Actor) -> Mapping[str, Erased]:
    """When those of some texts were erased that were, as a viewer learns it; nothing is asked where none is gone."""
    ids = [content_id for content_id, text in texts.items() if text is None]
    found = await parts.views.gone(tenant_id, ids) if ids else {}
    return {content_id: as_told(one, viewer) for content_id, one in found.items()}


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


def _with_ids(kept: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What a payment provider said, with its own ids, which an earlier release kept as they are."""
    if kept["ids"] is None:
        return {name: said for name, said in told.items() if name != "ids"}
    return ids_shown(told, told["ids"])


def with_texts(value: Any, texts: Texts) -> Any:
    """The value with each reference to a text replaced by the text (None: erased)."""
    if isinstance(value, dict):
        if value.keys() == _PROSE:
            return texts.get(value["content_id"])
        told = {name: with_texts(part, texts) for name, part in value.items()}
        return _with_ids(value, told) if value.keys() >= _NEWS else told
    return [with_texts(part, texts) for part in value] if isinstance(value, list) else value
