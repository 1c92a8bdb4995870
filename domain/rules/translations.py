"""Translations of what was said in a case: beside the original, for whoever reads that, and gone with it.

A translation never takes the place of what somebody said (Directive 2010/64/EU, article 3: the right is to a translation of the
document, which stays the document). Who or what translated it is said beside it, also to the parties: they can judge how far to
trust it, and a machine is named as one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from domain.base import derived_id
from domain.model import facts as f
from domain.model.case import Case
from domain.model.refusals import InstantRefused
from domain.model.translations import TextTranslated, TextUnknown, Translate, Translation, TranslationRefused, Translator
from domain.rules.rule import Change, DecisionContext, Facts
from domain.rules.topic import Topic, inside


def translate(case: Case, command: Translate, context: DecisionContext, at: datetime) -> Facts:
    """A translation beside its original. The newest one into a language is the one that counts; earlier ones are kept."""
    original = command.original
    if original is None or command.of > case.seq:
        raise TextUnknown("There is no text under this number of the timeline.", allowed=[])
    if command.from_language == command.into_language:
        raise TranslationRefused("The original and the translation are said to be in one language.", because="same_language")
    translated_at = command.translated_at or at
    if translated_at > at:
        raise InstantRefused("It cannot have been translated later than now.", because="future")
    before = next((one for one in of_text(case, {original.content_id}) if _replaced_by(one, command)), None)
    by: Translator = "machine" if command.machine else "translator" if command.translator else "team"
    said = {name: getattr(command, name) for name in ("of", "from_language", "into_language", "translator", "machine", "text")}
    fact = TextTranslated(
        **said,
        translation_id=derived_id("trl", command.id),
        field=command.field or "",
        original=original,
        by=by,
        translated_at=translated_at,
        replaces=before.id if before is not None else None,
    )
    return (fact,)


def of_text(case: Case, texts: Collection[str]) -> tuple[Translation, ...]:
    """The translations of these texts, by the ids of their contents, newest first: whoever may read those reads these."""
    return tuple(one for one in reversed(case.translations) if one.original in texts)


def _replaced_by(one: Translation, command: Translate) -> bool:
    return not one.replaced and one.into_language == command.into_language


def _translated(case: Case, rec: f.Recording, fact: TextTranslated) -> Change:
    same = ("from_language", "into_language", "by", "translator", "machine", "translated_at", "text")
    new = Translation(id=fact.translation_id, original=fact.original.content_id, **{name: getattr(fact, name) for name in same})
    before = (one.model_copy(update={"replaced": True}) if one.id == fact.replaces else one for one in case.translations)
    return {"translations": (*before, new)}


TOPIC = Topic(
    rules={"translate": translate},
    changes={"text_translated": _translated},
    known_to={
        "text_translated": inside("What it says is read beside its original, by whoever reads that; nothing has happened.")
    },
)
