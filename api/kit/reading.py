"""Request bodies, read with limits: whatever the bytes are, the answer is a value or a problem that names the field."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from api.kit.problems import Problem
from services.errors import FieldError, malformed

Shape = TypeVar("Shape", bound=BaseModel)

MAX_JSON = 1_500_000
"""Bytes of a JSON body: the longest report with an attachment of one megabyte."""
MAX_MAIL = 20_000_000
MAX_DEPTH = 32
"""Levels of nesting. No shape of ours has more than six."""

_MAX_ERRORS = 20
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_LARGEST = 2**63 - 1
_TOO_LARGE = 10**40
"""Stands for an integer with so many digits that only reading it would take long."""


class _Twice(dict[str, Any]):
    """An object in which a name was given twice."""

    name = ""


async def read_bytes(request: Request, limit: int = MAX_JSON) -> bytes:
    """The body, of which at most ``limit`` bytes are ever held. Raises ``body_too_large``."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and len(said) < 20 and int(said) > limit:
        raise _too_large(limit)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


async def read_object(request: Request, *, may_be_empty: bool = False) -> dict[str, Any]:
    """The body as one JSON object. Raises a problem for anything else."""
    expect_json(request)
    body = await read_bytes(request)
    if may_be_empty and not body.strip():
        return {}
    return parse_object(body)


def expect_json(request: Request) -> None:
    """Raises ``content_type_unsupported`` for a body that says it is something else; one that says nothing is taken as JSON."""
    media_type = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise Problem(
            "content_type_unsupported",
            errors=[FieldError("Content-Type", "content_type_unsupported", "Send application/json.")],
        )


def parse_object(body: bytes) -> dict[str, Any]:
    """One JSON object in which every value can be stored."""
    try:
        # Halves of surrogate pairs in escapes pass here; they are named below, with their field.
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_pairs, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise _not_json(f"The body is not UTF-8: byte {error.start} does not fit.") from None
    except RecursionError:
        raise Problem("too_deep", errors=[FieldError("body", "too_deep", f"At most {MAX_DEPTH} levels are taken.")]) from None
    except ValueError as error:
        place = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise _not_json(f"The body is not JSON{place}.") from None
    errors = list(_take(_faults(value), _MAX_ERRORS))
    if errors:
        raise Problem(errors[0].code if errors[0].code in ("too_deep", "key_twice") else "malformed", errors=errors)
    if not isinstance(value, dict):
        raise Problem("object_expected", errors=[FieldError("body", "object_expected", "Send one JSON object.")])
    return value


def parsed(shape: type[Shape], body: dict[str, Any]) -> Shape:
    """The body as what it has to be. Raises ``malformed``, with each wrong field."""
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        raise malformed(error) from None


def _faults(value: Any) -> Iterator[FieldError]:
    """What cannot be kept, with its place. Walks with a stack of its own: depth is data here, not calls."""
    waiting: list[tuple[str, Any, int]] = [("", value, 1)]
    while waiting:
        path, here, depth = waiting.pop()
        if depth > MAX_DEPTH:
            yield FieldError(path[:200] or "body", "too_deep", f"At most {MAX_DEPTH} levels are taken.")
            return
        match here:
            case dict():
                if isinstance(here, _Twice):
                    yield FieldError(_joined(path, here.name), "key_twice", "This name is given twice.")
                yield from (
                    FieldError(path or "body", "text_not_storable", "A name here is not valid text.") for k in here if _bad(k)
                )
                waiting.extend((_joined(path, k), v, depth + 1) for k, v in reversed(here.items()) if not _bad(k))
            case list():
                waiting.extend((_joined(path, str(n)), v, depth + 1) for n, v in reversed(list(enumerate(here))))
            case str() if _bad(here):
                yield FieldError(path or "body", "text_not_storable", "Remove NUL characters and halves of surrogate pairs.")
            case float() if not math.isfinite(here):
                yield FieldError(path or "body", "number_not_storable", "Give a finite number.")
            case int() if abs(here) > _LARGEST:
                yield FieldError(path or "body", "number_not_storable", "The number is too large to be stored.")


def _bad(text: str) -> bool:
    return _UNSTORABLE.search(text) is not None


def _joined(path: str, name: str) -> str:
    safe = "".join(c if c.isprintable() else "?" for c in name[:64])
    return f"{path}.{safe}" if path else safe


def _take(found: Iterator[FieldError], most: int) -> Iterator[FieldError]:
    for number, fault in enumerate(found):
        if number >= most:
            return
        yield fault


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    twice, seen = _Twice(made), set()
    for name, _ in pairs:
        if name in seen:
            twice.name = name
            break
        seen.add(name)
    return twice


def _integer(digits: str) -> int:
    return int(digits) if len(digits) <= 40 else _TOO_LARGE


def _not_json(detail: str) -> Problem:
    return Problem("json_invalid", detail, [FieldError("body", "json_invalid", detail)])


def _too_large(limit: int) -> Problem:
    return Problem(
        "body_too_large", f"At most {limit} bytes are taken.", [FieldError("body", "body_too_large", f"At most {limit} bytes.")]
    )
