"""Translations as they are shown: beside an original that the viewer reads anyway, with who or what translated it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.model.case import Case
from domain.model.translations import Translation, Translator, texts_at
from domain.rules.translations import of_text
from domain.views.case import view
from domain.views.told_statement import told_statement
from services.callers import Caller
from services.cases import Seen
from services.parts import Parts


@dataclass(frozen=True)
class ShownTranslation:
    """One translation, and what it translates."""

    id: str
    field: str
    """Where the original stands in what is shown."""
    original: str | None
    """None: it was erased, and with it the translation."""
    from_language: str
    into_language: str
    by: Translator
    name: str | None
    """Of the machine, or of a translator who is nobody of the team."""
    translated_at: datetime
    text: str | None
    replaced: bool
    """A newer one into the same language stands before it."""


async def shown_beside(
    parts: Parts, caller: Caller, case: Case, told: Sequence[Mapping[str, Any]]
) -> tuple[tuple[ShownTranslation, ...], ...]:
    """For each of some JSON values, which refer to texts as the viewer reads them: the translations of those texts, the newest
    first. Whoever is not shown an original is shown none of its translations: nothing else decides on that."""
    if not case.translations:
        return tuple(() for _ in told)
    found = [[(place, one) for place, text in texts_at(value) for one in of_text(case, {text.content_id})] for value in told]
    each = [one for beside in found for _, one in beside]
    ids = [text for one in each for text in (one.original, one.text.content_id, one.translator and one.translator.content_id)]
    texts = await parts.views.texts(caller.tenant_id, [text for text in ids if text])
    return tuple(tuple(_shown(place, one, texts) for place, one in beside) for beside in found)


def _shown(place: str, one: Translation, texts: Mapping[str, str | None]) -> ShownTranslation:
    return ShownTranslation(
        one.id,
        place,
        texts.get(one.original),
        one.from_language,
        one.into_language,
        one.by,
        one.machine or (texts.get(one.translator.content_id) if one.translator is not None else None),
        one.translated_at,
        texts.get(one.text.content_id),
        one.replaced,
    )


async def of_statement(parts: Parts, caller: Caller, seen: Seen) -> tuple[ShownTranslation, ...]:
    """The translations of the statement of reasons that a party's page shows beside the ruling."""
    ruling = view(seen.case, seen.viewer, with_actions=False).ruling if seen.case is not None else None
    stated = told_statement(seen.case, ruling.id, seen.viewer) if seen.case is not None and ruling is not None else None
    if seen.case is None or stated is None:
        return ()
    told = stated.model_dump(mode="json", include={"facts", "clause", "explanation"})
    return (await shown_beside(parts, caller, seen.case, [told]))[0]


async def translations_of(parts: Parts, caller: Caller, seen: Seen) -> tuple[ShownTranslation, ...]:
    """The translations of the texts that a case as the viewer sees it refers to."""
    if seen.case is None or not seen.case.translations:
        return ()
    told = view(seen.case, seen.viewer, with_actions=False).model_dump(mode="json")
    return (await shown_beside(parts, caller, seen.case, [told]))[0]
