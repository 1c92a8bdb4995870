"""What every body of an answer is, and the pages of long lists."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from services.pages import Part

Item = TypeVar("Item")
AT_ONCE = 8
"""Items shaped before others have their turn: two milliseconds or so of a list of cases."""


class Body(BaseModel):
    """The body of an answer: it says nothing that its description does not name."""

    model_config = ConfigDict(extra="forbid")


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
