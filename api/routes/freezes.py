"""Incidents: the clocks of many cases stand still from one instant on, and go on from another."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.bodies.base import list_body
from api.bodies.clocks import FreezeRequest, ThawRequest, incident_bodies, ordered_body, would_go_to
from api.examples.clocks import FREEZE, FREEZING, FROZEN, INCIDENTS, THAW, THAWED, THAWING
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.reading import parsed
from api.kit.replies import shown
from api.schema import gives, takes
from domain.base import Code
from services import freezes

router = APIRouter(tags=["clocks"])


@router.post(
    "/v1/freezes",
    summary="Freeze clocks for an incident",
    openapi_extra=takes("FreezeRequest", FREEZE),
    responses=gives({200: ("BulkBody", FROZEN), 202: ("BulkBody", FREEZING)}),
)
async def freeze(context: Context) -> Response:
    """For ops. Every open case that fits and is not frozen for this incident gets the command `freeze`, all or none, with one
    effective instant. 200: all have judged it; 202: on disk for all, and judged by some later. Limits of the law go on. Name at
    least one filter, or `all: true` alone for every open case. `dry_run` only says how many it would be, and which come first."""

    caller, parts = await context.caller("cases:write"), context.parts
    asked = await context.asked()
    said = parsed(FreezeRequest, asked.said)
    order = await freezes.freeze_order(parts, caller, said, said.by, asked.key)

    async def work() -> Reply:
        if said.dry_run:
            cases = await freezes.preview(parts, caller, order)
            return Reply(200, would_go_to("freeze", said.incident, cases))
        return _reply(await freezes.carry_out(parts, caller, order))

    return await context.once(caller, asked.key, "POST /v1/freezes", asked.by(order.by), work)


@router.post(
    "/v1/freezes/{incident}/thaw",
    summary="Thaw what was frozen for an incident",
    openapi_extra=takes("ThawRequest", THAW, may_be_empty=True),
    responses=gives({200: ("BulkBody", THAWED), 202: ("BulkBody", THAWING)}),
)
async def thaw(context: Context, incident: Annotated[Code, Path()]) -> Response:
    """For ops. Every open case that is frozen for this incident gets the command `thaw`, all or none, with one effective instant;
    `margin` (`2 working hours`) is time on top, in which people find their feet."""

    caller, parts = await context.caller("cases:write"), context.parts
    asked = await context.asked()
    said = parsed(ThawRequest, asked.said)
    order = await freezes.thaw_order(parts, caller, incident, said, said.by, asked.key)

    async def work() -> Reply:
        if said.dry_run:
            return Reply(200, would_go_to("thaw", incident, await freezes.preview(parts, caller, order)))
        return _reply(await freezes.carry_out(parts, caller, order))

    return await context.once(caller, asked.key, f"POST /v1/freezes/{incident}/thaw", asked.by(order.by), work)


def _reply(ordered: freezes.Ordered) -> Reply:
    """200 when all cases have judged it, 202 while some have not."""
    return Reply(202 if ordered.results.waits else 200, ordered_body(ordered))


@router.get("/v1/freezes", summary="Incidents that are not over", responses=gives({200: ("IncidentList", INCIDENTS)}))
async def read_freezes(context: Context) -> Response:
    """For the team: for which incidents clocks stand still, in how many open cases, and since when."""
    caller = await context.caller("cases:read")
    return shown(list_body(incident_bodies(await freezes.incidents(context.parts, caller))))
