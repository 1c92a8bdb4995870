"""What newer calendars and zone data would change."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.bodies.clocks import moves_body
from api.examples.clocks import MOVES
from api.kit.context import Context
from api.kit.replies import shown
from api.schema import gives
from services import calendars
from services.pages import Page

router = APIRouter(tags=["clocks"])


@router.get("/v1/calendars/moves", summary="Deadlines that newer data would move", responses=gives({200: ("MovesPage", MOVES)}))
async def read_moves(
    context: Context,
    limit: Annotated[int, Query(ge=1, le=500, description="How many open cases to look at.")] = 100,
    cursor: Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")] = None,
) -> Response:
    """Open cases whose running deadlines the newest calendars or the zone data of now would move, each level from when to when.
    Nothing moves by itself: send `retarget` with `newest: calendars` to a case to move it. For leads and ops."""
    caller = await context.caller("cases:read")
    return shown(moves_body(await calendars.moves(context.parts, caller, Page(limit, cursor))))
