"""Parts of long lists, and cursors that stay right while what is listed comes and goes."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from services.errors import FieldError, Refused

Item = TypeVar("Item")

_PLAIN = re.compile(r"[A-Za-z0-9_.:+-]{1,80}")


@dataclass(frozen=True)
class Page:
    """Which part of a list."""

    limit: int
    cursor: str | None = None


@dataclass(frozen=True)
class Part(Generic[Item]):
    """A part of a list, and where it goes on."""

    items: tuple[Item, ...]
    has_more: bool = False
    next_cursor: str | None = None


def cursor_of(*parts: str) -> str:
    """A cursor that says where a page ended, and of which list."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def read_cursor(text: str, sort: str, values: int) -> list[str]:
    """What :func:`cursor_of` wrote. Raises ``cursor_invalid`` for anything else, and for a cursor of another order."""
    rest: list[Any] = []
    try:
        said: list[Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        kind, *rest = said
        good = kind == sort and len(rest) == values and all(isinstance(x, str) and _PLAIN.fullmatch(x) for x in rest)
        if good and sort in ("facts", "trail"):
            int(rest[0])
        if good and sort == "due":
            instant(rest[1])
    except (ValueError, TypeError, RecursionError):
        good = False
    if not good:
        raise Refused("cursor_invalid", errors=[FieldError("cursor", "cursor_invalid", "Take it from `next_cursor` as it is.")])
    return rest


def instant(text: Any) -> datetime:
    """The instant that a cursor names. Raises ValueError and TypeError for what is none."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("no zone")
    return at
