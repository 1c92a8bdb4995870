"""What stands in a page where words were: when they were erased and why, or that they do not open any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from console.kit.render import Zones
from domain.model.erasure import Erased, ErasureReason
from services.callers import Caller
from services.cases import Seen
from services.evidence import HandedIn
from services.parts import Parts
from services.texts import Texts, Unreadable, gone_among
from services.timelines import Entry
from services.translations import ShownTranslation

Say = Callable[[Erased | None], str]
"""What is said in the place of words; of None, that they do not open any more."""
WHY: Mapping[ErasureReason, str] = {
    "request": "they asked for it",
    "objection": "they objected to it",
    "order": "an authority or a court said so",
    "retention": "the time was over for which they were kept",
    "mistake": "they should never have been here",
}


def of_team(zones: Zones) -> Say:
    """As pages of the team say it."""

    def say(erased: Erased | None) -> str:
        if erased is None:
            return "These words do not open any more: they were changed or damaged. They were not erased."
        why = f", because {WHY[erased.reason]}" if erased.reason else ""
        return f"The words were erased on {zones.whole(erased.at, zones.own)}{why}."

    return say


async def worded(parts: Parts, caller: Caller, seen: Seen, texts: Texts, say: Say) -> Texts:
    """The texts, with words in the place of those that are gone."""
    gone = await gone_among(parts, caller.tenant_id, texts, seen.viewer)
    return {key: _text(text, gone.get(key), say) for key, text in texts.items()}


def of_entries(entries: Sequence[Entry], say: Say) -> tuple[Entry, ...]:
    """What happened, with words in the place of those that are gone."""
    return tuple(
        replace(
            entry,
            data=_data(entry.data, entry.erased, say),
            translations=tuple(_translation(one, entry.erased.get(one.field), say) for one in entry.translations),
        )
        for entry in entries
    )


def of_pieces(pieces: Sequence[HandedIn], say: Say) -> list[HandedIn]:
    """The same of what was handed in."""
    return [replace(piece, text=_text(piece.text, piece.erased, say)) for piece in pieces]


def _translation(one: ShownTranslation, erased: Erased | None, say: Say) -> ShownTranslation:
    return replace(one, original=_text(one.original, erased, say), text=_text(one.text, erased, say))


def _text(text: str | None, erased: Erased | None, say: Say) -> str | None:
    if isinstance(text, Unreadable):
        return say(None)
    return say(erased) if text is None and erased is not None else text


def _data(value: Any, erased: Mapping[str, Erased], say: Say, place: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _data(part, erased, say, f"{place}.{name}" if place else name) for name, part in value.items()}
    if isinstance(value, list):
        return [_data(part, erased, say, f"{place}.{number}") for number, part in enumerate(value)]
    return _text(value, erased.get(place), say) if value is None or isinstance(value, Unreadable) else value
