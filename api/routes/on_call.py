"""Who is on call for a queue, and when."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from api.bodies.on_call import TurnEnd, TurnHandOver, TurnRequest, turn_body, turn_list
from api.examples.desk import ENDED, HANDED, HANDED_SAID, TURN, TURN_SAID, TURNS
from api.kit.context import Context
from api.kit.reading import parsed, read_object
from api.kit.replies import shown
from api.schema import gives, takes
from domain.base import Code
from services import on_call

router = APIRouter(tags=["desk"])

TurnId = Annotated[str, Path(description="A turn on call.", max_length=60)]


@router.get("/v1/on-call", summary="Who is on call", responses=gives({200: ("TurnList", TURNS)}))
async def list_turns(
    context: Context,
    queue: Annotated[Code | None, Query(description="Of this queue alone.")] = None,
    at: Annotated[AwareDatetime | None, Query(description="Those alone that run at this instant.")] = None,
) -> Response:
    """For people of the team: turns that run or are ahead, by when they begin. `place` 1 is called first, 2 when nobody has
    answered. Who is away meanwhile is not called."""
    caller = await context.caller("cases:read")
    return shown(turn_list(await on_call.turns(context.parts, caller, queue, at)))


@router.post(
    "/v1/on-call",
    summary="Somebody is on call",
    openapi_extra=takes("TurnRequest", TURN_SAID),
    responses=gives({200: ("TurnBody", TURN)}),
)
async def put_turn(context: Context) -> Response:
    """For leads and ops. Somebody who works the queue, a lead or one of ops is called for its cases meanwhile, whatever their
    shift says, by the rungs of a ladder that are `on_call`."""
    caller = await context.caller("cases:write")
    said = parsed(TurnRequest, await read_object(context.request))
    times = (said.from_at, said.until_at)
    return shown(turn_body(await on_call.put(context.parts, caller, said.queue, said.person, said.place, *times, said.by)))


@router.post(
    "/v1/on-call/{turn_id}/hand-over",
    summary="Hand a turn over",
    openapi_extra=takes("TurnHandOver", HANDED_SAID),
    responses=gives({200: ("TurnBody", HANDED)}),
)
async def hand_turn_over(context: Context, turn_id: TurnId) -> Response:
    """For leads and ops, and for whoever has the turn. The answer is the turn of whoever takes it over; an alarm that nobody has
    in hand calls them when it looks next."""
    caller = await context.caller("cases:write")
    said = parsed(TurnHandOver, await read_object(context.request))
    return shown(turn_body(await on_call.hand_over(context.parts, caller, turn_id, said.to, said.at, said.by)))


@router.post(
    "/v1/on-call/{turn_id}/end",
    summary="End a turn",
    openapi_extra=takes("TurnEnd", {"by": "per_dana"}, may_be_empty=True),
    responses=gives({200: ("TurnBody", ENDED)}),
)
async def end_turn(context: Context, turn_id: TurnId) -> Response:
    """For leads and ops. A turn that has not begun is taken back."""
    caller = await context.caller("cases:write")
    said = parsed(TurnEnd, await read_object(context.request, may_be_empty=True))
    return shown(turn_body(await on_call.end(context.parts, caller, turn_id, said.by)))
