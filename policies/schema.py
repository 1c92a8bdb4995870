"""The form of a pack as JSON Schema: for editors, which complete and check while somebody writes, and for the reference.

It says what fields there are, what each takes and what it means; whether they make sense together says :mod:`policies.lint`.
"""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from typing import Any

from pydantic import BaseModel

from domain.model.clock_terms import ClockTerms
from domain.model.usual_clocks import USUAL
from domain.rules.triggers import WORDS
from policies import pack as rows
from policies import pack_rows
from policies.pack import Pack

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_NAMES = {"name": "What it is called.", "category": "The category it is for."}
_WRITTEN: dict[str, type[BaseModel]] = {
    model.__name__: model
    for module in (rows, pack_rows)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, BaseModel)
}


_OF_MONEY = {"amount": "In minor units: 50000 is 500.00 of a currency with cents.", "currency": "Its ISO 4217 code."}


def pack_schema() -> dict[str, Any]:
    """The whole form of a pack, every field with what it means."""
    schema = Pack.model_json_schema()
    schema["properties"].pop("version")
    clock = rows.clock_schema()
    definitions: dict[str, Any] = {**schema["$defs"], **clock.pop("$defs")}
    definitions["ClockRow"] = _clock(definitions["ClockRow"], clock)
    definitions["Trigger"] = {"enum": sorted(WORDS), "description": "Something that happens."}
    level = definitions[rows.LEVEL]
    level.pop("required", None)
    for name, definition in (("Pack", schema), *definitions.items()):
        beside = {"ClockRow": notes_of(ClockTerms), "Money": _OF_MONEY}.get(name, {})
        notes = beside | (notes_of(_WRITTEN[name]) if name in _WRITTEN else {})
        for field, about in definition.get("properties", {}).items():
            about["description"] = notes.get(field) or about.get("description") or _NAMES.get(field, "")
            about.pop("title", None)
            _also_as_text(about)
        definition.pop("title", None)
        definition["description"] = " ".join(str(definition.get("description", "")).split())
    notices = schema["properties"]["notices"]
    told = notices.pop("patternProperties")
    notices |= {"propertyNames": {"$ref": "#/$defs/Trigger"}, "additionalProperties": next(iter(told.values()))}
    return {"$schema": DRAFT, "title": "A policy pack", **schema, "$defs": definitions}


def notes_of(model: type[BaseModel]) -> dict[str, str]:
    """The sentence below each field of a model, or below the one that it comes from."""
    notes: dict[str, str] = {}
    for part in reversed(model.__mro__):
        if not issubclass(part, BaseModel) or part is BaseModel:
            continue
        (body,) = ast.parse(inspect.getsource(part).lstrip()).body
        assert isinstance(body, ast.ClassDef)
        for field, below in pairwise(body.body):
            match field, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(ast.Constant(str(text))):
                    notes[name] = " ".join(text.split())
                case _:
                    pass
    return notes


def _clock(row: dict[str, Any], terms: dict[str, Any]) -> dict[str, Any]:
    """A clock is written as a row; what the row does not say itself is said as in the terms."""
    like = {"enum": list(USUAL), "description": "The usual clock that it is like; only what is different is said beside it."}
    fields = {"like": like, **terms["properties"], **row["properties"]}
    for name in ("starts", "stops", "restarts", "pauses", "resumes"):
        fields[name]["items"] = {"$ref": "#/$defs/Trigger"}
    fields.pop("targets")
    return {
        "description": row["description"],
        "type": "object",
        "properties": fields,
        "additionalProperties": False,
        "anyOf": [{"required": ["like"]}, {"required": ["name", "target", "levels"]}],
    }


def _also_as_text(about: dict[str, Any]) -> None:
    """Codes may stand in a list, or in one text with blanks between them."""
    items = about.get("items", {})
    if (
        about.get("type") == "array"
        and ("enum" in items or "$ref" in items or items.get("type") == "string")
        and "minItems" not in about
    ):
        listed = {key: about.pop(key) for key in ("type", "items") if key in about}
        about["anyOf"] = [listed, {"type": "string"}]
