"""Text that people write. A fact never holds it: it holds a reference and a keyed digest, the text lies encrypted elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Annotated, Any, Protocol, get_args, runtime_checkable

from pydantic import BaseModel, BeforeValidator, TypeAdapter, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from domain.base import Kept, Reference

MAX_PROSE = 20_000
"""Characters in one text. Longer accounts belong in evidence, where they can be read as a document."""


class Prose(Kept):
    """A reference to an encrypted text: where it lies, its keyed digest (HMAC-SHA-256, hex) and its length in characters."""

    content_id: str
    digest: str
    length: int


NOBODYS_WORDS = "nobodys_words"
"""In the annotation of a field: what lies sealed there is a number of somebody's books, and nobody has said anything by it."""


def text_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """The fields of a command or a fact that hold texts, also inside what they hold, in the order of the model."""
    return _text_fields(model)


@cache
def _text_fields(model: type[BaseModel]) -> tuple[str, ...]:
    words = {name: field for name, field in model.model_fields.items() if NOBODYS_WORDS not in field.metadata}
    return tuple(name for name, field in words.items() if _holds_text(field.annotation))


def _holds_text(kind: Any) -> bool:
    if NOBODYS_WORDS in getattr(kind, "__metadata__", ()):
        return False
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return issubclass(kind, Prose) or bool(text_fields(kind))
    return any(_holds_text(part) for part in get_args(kind))


def text_of(said: BaseModel) -> Iterator[Prose]:
    """The texts that a command or a fact carries."""
    for name in text_fields(type(said)):
        value = getattr(said, name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Prose):
                yield part
            elif isinstance(part, BaseModel):
                yield from text_of(part)


Sealer = Callable[[str], Prose]
"""Puts one text away (encrypted, under the author's key) and returns the reference to it."""


def checked_text(value: str) -> str:
    """The text itself when it can be kept; else an error with a stable type (``text_empty``, ``text_too_long``,
    ``text_not_storable``).
    """
    if not value.strip():
        raise PydanticCustomError("text_empty", "Write something: the text is empty.")
    if len(value) > MAX_PROSE:
        raise PydanticCustomError(
            "text_too_long",
            "The text has {length} characters; at most {limit} are taken. Attach a longer account as evidence.",
            {"length": len(value), "limit": MAX_PROSE},
        )
    if "\x00" in value:
        raise PydanticCustomError("text_not_storable", "The text contains a NUL character, which cannot be stored. Remove it.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise PydanticCustomError(
            "text_not_storable", "The text contains half of a surrogate pair and is not valid Unicode."
        ) from None
    return value


FROM_OUTSIDE = "sealer"
"""Key of the validation context of a command from outside: the sealer, or None for a check of the shape alone."""


def _seal(value: Any, info: ValidationInfo) -> Any:
    context = info.context or {}
    if not isinstance(value, str):
        if FROM_OUTSIDE in context:
            # A reference in place of a text would let a stranger quote what somebody else has put away.
            raise PydanticCustomError("text_expected", "Write the text itself here.")
        return value
    text = checked_text(value)
    sealer: Sealer | None = context.get(FROM_OUTSIDE)
    if sealer is None:
        # Shape checks (the update's validator, API models) need no vault: any reference of the right length will do.
        return Prose(content_id="cnt_unsealed", digest="", length=len(text))
    return sealer(text)


@runtime_checkable
class SealsNumbers(Protocol):
    """A sealer that also puts numbers away which lead to somebody, so that they go with the first who is erased."""

    def number(self, value: str) -> Prose:
        """The reference to it."""
        ...


def _seal_number(value: Any, info: ValidationInfo) -> Any:
    context = info.context if isinstance(info.context, dict) else {}
    if value is None or FROM_OUTSIDE not in context:
        return value
    number = _NUMBER.validate_python(value)
    sealer = context[FROM_OUTSIDE]
    if sealer is None:
        return Prose(content_id="cnt_unsealed", digest="", length=len(number))
    return sealer.number(number) if isinstance(sealer, SealsNumbers) else sealer(number)


_NUMBER: TypeAdapter[str] = TypeAdapter(Reference)
SealedNumber = Annotated[Prose | str, BeforeValidator(_seal_number), WithJsonSchema(_NUMBER.json_schema()), NOBODYS_WORDS]
"""A number of the bank's or a provider's: plain on the wire, a :class:`Prose` reference once it was sealed, and plain again in
what an earlier release kept."""

SealedText = Annotated[
    Prose,
    BeforeValidator(_seal),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_PROSE}),
]
"""A text on its way in: plain on the wire, a :class:`Prose` reference once it was sealed."""
