"""What every body of an answer is, and the pages of long lists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from domain.base import Instant
from domain.model.erasure import Erased, ErasureReason
from services.pages import Part

Item = TypeVar("Item")
AT_ONCE = 8
"""Items shaped before others have their turn: two milliseconds or so of a list of cases."""


class Body(BaseModel):
    """The body of an answer: it says nothing that its description does not name."""

    model_config = ConfigDict(extra="forbid")


class ErasedBody(Body):
    """That words are gone: their key was destroyed on purpose, and nothing brings them back."""

    at: Instant
    reason: ErasureReason | None
    """Why, for the team and for whoever's words they were; null for everybody else."""


def told_erased(erased: Erased | None) -> dict[str, Any] | None:
    """That words were erased, as JSON; None: they were not."""
    return ErasedBody(at=erased.at, reason=erased.reason).model_dump(mode="json") if erased is not None else None


def page_body(part: Part[Item], shape: Callable[[Item], dict[str, Any]]) -> dict[str, Any]:
    """A part of a list as JSON."""
    data = [shape(item) for item in part.items]
    return {"object": "list", "data": data, "has_more": part.has_more, "next_cursor": part.next_cursor}


async def page_in_turns(part: Part[Item], shape: Callable[[Item], dict[str, Any]]) -> dict[str, Any]:
    """A part of a long list as JSON, made so that whoever asked for less is not kept waiting by it."""
    data = []
    for item in part.items:
        data.append(shape(item))
        if len(data) % AT_ONCE == 0:
            await asyncio.sleep(0)
    return page_body(Part(tuple(data), part.has_more, part.next_cursor), lambda made: made)


def list_body(data: list[dict[str, Any]]) -> dict[str, Any]:
    """A whole list as JSON."""
    return {"object": "list", "data": data}
