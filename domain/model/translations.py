"""Translations: a text of a case in another language, beside the original, with who or what translated it and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from domain.base import CommandBase, Instant, Kept
from domain.model.prose import FROM_OUTSIDE, Prose, SealedText
from domain.model.refusals import Refusal
from domain.model.report import Line

LanguageTag = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$",
        description="BCP 47 tag of a language, with its script and region where they matter (uk, pt-BR, zh-Hant)",
    ),
]
Translator = Literal["team", "translator", "machine"]
"""Who or what: somebody of the team, a person whom nobody of the team is, or a machine."""
_NO_TEXTS = frozenset({"attachments", "ids", "reference"})
"""Fields that hold files, and numbers of a bank's or a payment provider's: nobody's words."""


def _found_inside(value: Any, info: ValidationInfo) -> Any:
    if value is not None and FROM_OUTSIDE in (info.context or {}):
        # A stranger's reference would have the translation read by whoever reads another text.
        raise PydanticCustomError("original_found_inside", "Name the text by 'of' and 'field'.")
    return value


class Translate(CommandBase):
    """Put a translation beside a text of the case. Whoever reads the original reads it, and nobody else; it is erased with the
    original. Another one into the same language replaces it, and both are kept."""

    type: Literal["translate"] = "translate"
    of: Annotated[int, Field(ge=1)]
    """The number in the timeline of what holds the original."""
    field: Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z0-9_]+)*$", max_length=80)] | None = None
    """Which of its texts (``reasons``, ``statement``, ``protocol``); left out: the only one it has."""
    from_language: LanguageTag
    """In what language the original is."""
    into_language: LanguageTag
    text: SealedText
    """The translation."""
    translator: SealedText | None = None
    """The name of whoever translated it, if it was nobody of the team, as its readers see it."""
    machine: Line | None = None
    """The name of the machine that translated it. Neither of the two: whoever sends this did."""
    translated_at: Instant | None = None
    """When it was translated; left out: now."""
    original: SkipJsonSchema[Annotated[Prose | None, BeforeValidator(_found_inside)]] = None
    """The original, as it was found when the command was kept. Nobody sends it."""

    @model_validator(mode="after")
    def _one_translator(self) -> Self:
        if self.translator is not None and self.machine is not None:
            raise PydanticCustomError("one_translator", "Name a person or a machine, not both.")
        return self


class TextTranslated(Kept):
    """A text of the case is there in another language, too."""

    type: Literal["text_translated"] = "text_translated"
    translation_id: str
    of: int
    """The number of the fact that holds the original."""
    field: str
    original: Prose
    from_language: str
    into_language: str
    by: Translator
    translator: Prose | None = None
    machine: str | None = None
    translated_at: Instant
    text: Prose
    replaces: str | None = None
    """The earlier one of the same text into the same language."""


class Translation(Kept):
    """One translation of one text of a case, and whether a newer one took its place."""

    id: str
    original: str
    """The id of the content that it translates."""
    from_language: str
    into_language: str
    by: Translator
    translator: Prose | None = None
    machine: str | None = None
    translated_at: Instant
    text: Prose
    replaced: bool = False


class TextUnknown(Refusal):
    """What was named holds no such text."""

    code = "text_unknown"


class TextErased(Refusal):
    """The original was erased: nothing is written beside it any more."""

    code = "text_erased"


class TranslationRefused(Refusal):
    """It is no translation of an original into another language."""

    code = "translation_refused"


def texts_at(value: Any, place: str = "") -> Iterator[tuple[str, Prose]]:
    """The texts that a fact, as JSON, refers to, with where in it each stands. Files and ids are none."""
    if isinstance(value, dict):
        if value.keys() == Prose.model_fields.keys():
            yield place, Prose.model_validate(value)
        else:
            for name, part in value.items():
                if name not in _NO_TEXTS:
                    yield from texts_at(part, f"{place}.{name}" if place else name)
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from texts_at(part, f"{place}.{number}")


def with_original(command: Translate, fact: dict[str, Any] | None) -> Translate:
    """The command with the text that it names, found in the fact (as JSON). Raises :class:`TextUnknown`, which says what texts
    there are, and :class:`TranslationRefused` for the text of a translation."""
    if fact is not None and fact.get("type") == "text_translated":
        raise TranslationRefused(
            "That is a translation itself: translate the original, by its own number.", because="no_original"
        )
    texts = dict(texts_at(fact or {}))
    field = next(iter(texts), None) if command.field is None and len(texts) == 1 else command.field
    if field is None or field not in texts:
        said = "Name one of its texts in 'field'." if texts else "There is no text under this number of the timeline."
        raise TextUnknown(said, allowed=sorted(texts))
    return command.model_copy(update={"field": field, "original": texts[field]})
