"""A form for every command, made from the command's own model: a new command can be used the day it exists.

Fields are found in the model's JSON schema, so that what a form offers and what a command takes is the same thing. What is left
empty is left out, and the rules say whether it is missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from console.kit.render import Amounts
from console.kit.visit import Form
from console.kit.words import LABELS, in_words
from domain.base import Code
from domain.model.commands import COMMANDS, SYSTEM_COMMANDS
from services.errors import FieldError, Refused

Kind = Literal[
    "text", "line", "code", "choice", "tick", "yes_no", "moment", "moments", "number", "lines", "money", "object", "rows"
]  # fmt: skip
ROWS = 3
"""So many entries of a list of several fields each can be filled in at once; a fourth one goes by the API."""
_LONG = 2000
"""Where longer words are taken, there is room for them."""
_WRITTEN = ("line", "code", "lines")
"""Fields that are written by hand, unless a case knows what there is to choose from."""
_CODE = TypeAdapter(Code).json_schema()["pattern"]
_ENVELOPE = frozenset({"id", "by", "channel", "type"})


@dataclass(frozen=True)
class Field:
    """One field of a form, or a group of them."""

    name: str
    """Dotted, as errors name it: ``remedies.0.amount``."""
    kind: Kind
    required: bool = False
    options: tuple[tuple[str, str], ...] = ()
    """Value and words; of a field that takes anything, what is offered."""
    parts: tuple[Field, ...] = ()
    default: str = ""
    hint: str = ""

    @property
    def label(self) -> str:
        """What it is called."""
        name = self.name.rpartition(".")[2]
        return LABELS.get(name) or in_words(name)


@cache
def commands() -> frozenset[str]:
    """Every command that somebody can send."""
    return frozenset(COMMANDS.json_schema()["discriminator"]["mapping"]) - SYSTEM_COMMANDS


@cache
def fields_of(command: str) -> tuple[Field, ...]:
    """The fields of a command's form. Raises KeyError for what is no command."""
    schema = COMMANDS.json_schema()
    model = _resolved(schema["$defs"], {"$ref": schema["discriminator"]["mapping"][command]})
    return tuple(_fields(schema["$defs"], model, ""))


@cache
def explained(command: str) -> str:
    """What the command does, in the words of its model."""
    schema = COMMANDS.json_schema()
    model = _resolved(schema["$defs"], {"$ref": schema["discriminator"]["mapping"][command]})
    return str(model.get("description", "")).split("\n\n")[0].replace("``", "")


def offered(fields: Sequence[Field], options: Mapping[str, Sequence[tuple[str, str]]]) -> tuple[Field, ...]:
    """The same fields with what this case offers for some of them, by their names."""
    return tuple(
        replace(
            field,
            options=tuple(options.get(field.name.rpartition(".")[2], ())) if field.kind in _WRITTEN else field.options,
            parts=offered(field.parts, options),
        )
        for field in fields
    )


def read(fields: Sequence[Field], form: Form, zone: ZoneInfo, amounts: Amounts) -> dict[str, Any]:
    """What was filled in, as the body of the command. Raises ``malformed``, naming each field that cannot be read."""
    errors: list[FieldError] = []
    body = {}
    for field in fields:
        value = _read(field, form, zone, amounts, errors)
        if value is not None:
            body[field.name.rpartition(".")[2]] = value
    if errors:
        raise Refused("malformed", errors=errors)
    return body


def missing(fields: Sequence[Field], body: Mapping[str, Any]) -> list[FieldError]:
    """Everything that the command needs and the body does not say, all at once."""
    found = []
    for field in fields:
        value = body.get(field.name.rpartition(".")[2])
        if field.required and value is None:
            found.append(FieldError(field.name, "missing", _asked(field)))
        elif field.kind == "object" and isinstance(value, Mapping):
            found += missing(field.parts, value)
        elif field.kind == "rows" and value:
            found += [error for part, row in zip(field.parts, value, strict=False) for error in missing(part.parts, row)]
    return found


def names(fields: Sequence[Field]) -> Iterator[str]:
    """What every field is called, and every part of one."""
    for field in fields:
        yield field.name
        yield from names(field.parts)


def _asked(field: Field) -> str:
    label = field.label[:1].lower() + field.label[1:]
    if field.kind in ("choice", "yes_no") or field.options:
        return f"Choose: {label}."
    if field.kind in ("moment", "moments"):
        return "Write a date and a time of day."
    return f"Write the amount: {label}." if field.kind == "money" else f"Write something here: {label}."


def written(fields: Sequence[Field], body: Mapping[str, Any], zone: ZoneInfo, amounts: Amounts) -> dict[str, list[str]]:
    """The values with which a form says what the body says."""
    found: dict[str, list[str]] = {}
    for field in fields:
        value = body.get(field.name.rpartition(".")[2])
        if value is not None:
            _write(field, value, zone, amounts, found)
    return found


def _fields(defs: Mapping[str, Any], model: Mapping[str, Any], prefix: str) -> Iterator[Field]:
    required = set(model.get("required", ()))
    for name, about in model.get("properties", {}).items():
        if prefix or name not in _ENVELOPE:
            yield _field(defs, about, f"{prefix}{name}", name in required)


def _field(defs: Mapping[str, Any], about: Mapping[str, Any], name: str, required: bool) -> Field:
    default = about.get("default")
    shape = _resolved(defs, about)
    made = Field(name, "line", required, default=default if isinstance(default, str) else "")
    match shape:
        case {"enum": values}:
            return replace(made, kind="choice", options=tuple((value, in_words(value)) for value in values))
        case {"type": "boolean"}:
            # What may be left unsaid is no tick: nobody has said no by leaving it.
            return replace(made, kind="yes_no" if required or "anyOf" in about else "tick")
        case {"type": "integer"}:
            return replace(made, kind="number")
        case {"type": "array", "items": items}:
            inner = _resolved(defs, items)
            if inner.get("format") == "date-time":
                return replace(made, kind="moments")
            if "properties" not in inner:
                return replace(made, kind="lines", hint="One a line.")
            rows = (Field(f"{name}.{n}", "object", parts=tuple(_fields(defs, inner, f"{name}.{n}."))) for n in range(ROWS))
            return replace(made, kind="rows", parts=tuple(rows))
        case {"properties": {"amount": _, "currency": _}} if len(shape["properties"]) == 2:
            return replace(made, kind="money")
        case {"properties": _}:
            return replace(made, kind="object", parts=tuple(_fields(defs, shape, f"{name}.")))
        case {"format": "date-time"}:
            return replace(made, kind="moment")
        case {"type": "string", "maxLength": longest} if longest >= _LONG:
            return replace(made, kind="text")
        case {"type": "string", "pattern": pattern} if pattern == _CODE:
            return replace(made, kind="code", hint="In a word or two.")
    return replace(
        made, hint="For example 2 days or 4 working hours." if "$ref" in about and shape.get("type") == "string" else ""
    )


def _resolved(defs: Mapping[str, Any], about: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stands behind a reference, or beside the null that means "left out"."""
    if "anyOf" in about:
        (about, *_) = [one for one in about["anyOf"] if one.get("type") != "null"]
    if "$ref" in about:
        return _resolved(defs, defs[about["$ref"].rpartition("/")[2]])
    return about


def _read(field: Field, form: Form, zone: ZoneInfo, amounts: Amounts, errors: list[FieldError]) -> Any:
    match field.kind:
        case "object" | "rows":
            parts = [(part, _read(part, form, zone, amounts, errors)) for part in field.parts]
            if field.kind == "rows":
                return [value for _, value in parts if value is not None] or None
            said = {part.name.rpartition(".")[2]: value for part, value in parts if value is not None}
            # A tick that nobody made says nothing of an entry that nobody filled in.
            return said if any(value is not False for value in said.values()) else None
        case "tick":
            return field.name in form
        case "moments":
            written_ = (text for text in form.all(field.name) if text.strip())
            return [at for text in written_ if (at := _moment(field, text, zone, errors)) is not None] or None
        case "lines":
            return [line.strip() for value in form.all(field.name) for line in value.split("\n") if line.strip()] or None
        case "money":
            return _money(field, form, amounts, errors)
        case _:
            pass
    text = form.text(field.name)
    return _one(field, text, zone, errors) if text.strip() else None


def _one(field: Field, text: str, zone: ZoneInfo, errors: list[FieldError]) -> Any:
    match field.kind:
        case "yes_no":
            return text == "yes"
        case "moment":
            return _moment(field, text, zone, errors)
        case "number":
            if re.fullmatch(r"\s*[0-9]{1,18}\s*", text):
                return int(text)
            errors.append(FieldError(field.name, "number_expected", "Write a whole number, in digits alone."))
            return None
        case "text":
            return text
        case "code":
            # Whoever writes "Wrong person" means the code `wrong_person`.
            return "_".join(text.lower().split())
        case _:
            return text.strip()


def _money(field: Field, form: Form, amounts: Amounts, errors: list[FieldError]) -> dict[str, Any] | None:
    amount, currency = form.text(f"{field.name}.amount").strip(), form.text(f"{field.name}.currency").strip().upper()
    if not amount:
        return None
    try:
        return {"amount": amounts.read(amount, currency), "currency": currency}
    except ValueError as error:
        errors.append(FieldError(field.name, "amount_not_exact", str(error)))
        return None


def _moment(field: Field, text: str, zone: ZoneInfo, errors: list[FieldError]) -> str | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        errors.append(FieldError(field.name, "moment_expected", "Write a date and a time of day."))
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()


def _write(field: Field, value: Any, zone: ZoneInfo, amounts: Amounts, found: dict[str, list[str]]) -> None:
    match field.kind:
        case "object":
            for part in field.parts:
                if (inner := value.get(part.name.rpartition(".")[2])) is not None:
                    _write(part, inner, zone, amounts, found)
        case "rows":
            for part, inner in zip(field.parts, value, strict=False):
                _write(part, inner, zone, amounts, found)
        case "tick":
            if value:
                found[field.name] = ["yes"]
        case "yes_no":
            found[field.name] = ["yes" if value else "no"]
        case "lines":
            found[field.name] = ["\n".join(value)]
        case "money":
            written = amounts.write(value["amount"], value["currency"]).partition(" ")[0].replace(",", "")
            found[f"{field.name}.amount"], found[f"{field.name}.currency"] = [written], [value["currency"]]
        case "moment" | "moments":
            several = value if field.kind == "moments" else [value]
            instants = (datetime.fromisoformat(one) if isinstance(one, str) else one for one in several)
            found[field.name] = [at.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds") for at in instants]
        case _:
            found[field.name] = [str(value)]
