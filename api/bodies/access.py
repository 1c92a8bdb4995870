"""What is said and answered about keys, people and the audit trail."""

from __future__ import annotations

from typing import Any, Literal

from api.bodies.base import Body
from domain.base import Instant
from services.rows import Entry


class TrailEntryBody(Body):
    """What an administrator did. It holds ids, codes and numbers: nobody's words, nobody's name, no secret."""

    object: Literal["trail_entry"] = "trail_entry"
    seq: int
    """Its number in the tenant's trail; there are no gaps."""
    at: Instant
    deed: str
    """``key_created``, ``person_changed`` and the like."""
    about: str
    """The id of whom or what it was done to."""
    by: str
    """A person's id; ``system``: the operator's command line."""
    credential: str
    """By which credential they came."""
    more: dict[str, Any]


class TrailPage(Body):
    """A part of the audit trail, the newest first."""

    object: Literal["list"] = "list"
    data: tuple[TrailEntryBody, ...]
    has_more: bool
    next_cursor: str | None


def entry_body(entry: Entry) -> dict[str, Any]:
    """An entry as JSON."""
    return TrailEntryBody(**entry.model_dump()).model_dump(mode="json")
