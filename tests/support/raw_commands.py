"""Commands as they come over the wire."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import SkipJsonSchema

BASE = {"id": "cmd_1", "by": "per_m1"}


def a_message(**changes: Any) -> dict[str, Any]:
    return {**BASE, "type": "message", "text": "Hello.", **changes}


def fields_sent(command: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields that somebody sends: what is found inside, such as the original of a translation, has no place in its schema."""
    found = command.model_fields.items()
    return {name: about for name, about in found if not any(type(one) is SkipJsonSchema for one in about.metadata)}
