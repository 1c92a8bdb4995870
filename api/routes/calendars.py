"""What newer calendars and zone data would change."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.examples.clocks import MOVES
from api.kit.callers import identify
from api.kit.idempotent import Reply
from api.kit.problems import Problem
from api.kit.replies import answer
from api.schema import gives
from domain.transition import calendars_of
from domain.worktime.calculator import zone_data_version
from policies.moves import moves_of
from policies.shelf import Shelf
from services.callers import viewer
from services.listing import cursor_of, read_cursor
from services.parts import Parts

router = APIRouter(tags=["clocks"])

_MAY_LOOK = frozenset({"lead", "ops", "system"})


@router.get("/v1/calendars/moves", summary="Deadlines that newer data would move", responses=gives({200: ("MovesPage", MOVES)}))
async def read_moves(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=500, description="How many open cases to look at.")] = 100,
    cursor: Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")] = None,
) -> Response:
    """Open cases whose running deadlines the newest calendars or the zone data of now would move, each level from when to when.
    Nothing moves by itself: send `retarget` with `newest: calendars` to a case to move it. For leads and ops."""
    caller = await identify(request)
    caller.need("cases:read")
    parts: Parts = request.app.state.parts
    if (await viewer(parts, caller, "")).role not in _MAY_LOOK:
        raise Problem("not_allowed", "This is for leads and ops.")
    after = read_cursor(cursor, "moves", 1)[0] if cursor else ""
    held = await parts.views.open_ids(caller.tenant_id, after, limit)
    shelf = Shelf(packs=parts.packs, calendars={**parts.calendars, **await parts.library.newest()})
    zone_data, data = zone_data_version(), []
    cases = [one.case for one in held if one.case is not None and one.case.open]
    calendars = await parts.library.calendars({ref for case in cases for ref in calendars_of(case)})
    for case in cases:
        found = moves_of(shelf, case, calendars, zone_data)
        if found.moves or found.calendars or found.zone_data:
            data.append(found.model_dump(mode="json"))
    more = len(held) == limit
    body: dict[str, Any] = {"object": "list", "zone_data": zone_data, "data": data, "looked_at": len(cases), "has_more": more}
    return answer(Reply(200, {**body, "next_cursor": cursor_of("moves", held[-1].id) if more else None}))
