"""Requests for evidence, as the body of a case shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from domain.base import Instant, Side


class RequestBody(BaseModel):
    """A request for evidence: a slot that a hand-in closes. ``what`` is given when a case is read."""

    model_config = ConfigDict(extra="forbid")

    id: str
    of: Side
    party: str | None = None
    """The one party that was asked; null: whoever speaks for the side."""
    evidence_type: str | None = None
    what: str | None = None
    state: Literal["open", "answered", "lapsed"]
    asked_at: Instant
    due_at: Instant | None = None
    """Null while the clock stands still, and once it is settled."""
    settled_at: Instant | None = None


def worded(requests: Iterable[dict[str, Any]], texts: Mapping[str, str | None] | None) -> None:
    """Puts the question itself in place of its reference; without texts it is left out."""
    for asked in requests:
        what = asked.pop("what")
        if texts is not None:
            asked["what"] = texts.get(what["content_id"]) if what else None
