"""Incidents: the clocks of many cases stand still from one instant on, and go on from another."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.bodies.clocks import FreezeRequest, ThawRequest
from api.examples.clocks import FREEZE, FREEZING, FROZEN, INCIDENTS, THAW, THAWED, THAWING
from api.kit.callers import identify
from api.kit.idempotent import Reply
from api.kit.replies import answer
from api.schema import gives, takes
from domain.base import Code
from services.bulk import Work, ordered, parsed
from services.callers import TEAM, Caller, only
from services.freezes import carry_out, freeze_order, incidents, orderer, preview, thaw_order
from services.parts import Parts
from storage.team.bulk import Order

router = APIRouter(tags=["clocks"])


@router.post(
    "/v1/freezes",
    summary="Freeze clocks for an incident",
    openapi_extra=takes("FreezeRequest", FREEZE),
    responses=gives({200: ("BulkBody", FROZEN), 202: ("BulkBody", FREEZING)}),
)
async def freeze(request: Request) -> Response:
    """For ops. Every open case that fits and is not frozen for this incident gets the command `freeze`, all or none, with one
    effective instant. 200: all have judged it; 202: on disk for all, and judged by some later. Limits of the law go on.
    `dry_run` only says how many cases it would be, and which come first."""

    async def order(parts: Parts, caller: Caller, key: str | None, body: dict[str, Any]) -> tuple[str, Work]:
        said = parsed(FreezeRequest, body)
        by = await orderer(parts, caller, said.by, "freeze")
        return _work(parts, caller, freeze_order(said, by, key), dry_run=said.dry_run)

    return await ordered(request, "POST /v1/freezes", order)


@router.post(
    "/v1/freezes/{incident}/thaw",
    summary="Thaw what was frozen for an incident",
    openapi_extra=takes("ThawRequest", THAW, may_be_empty=True),
    responses=gives({200: ("BulkBody", THAWED), 202: ("BulkBody", THAWING)}),
)
async def thaw(request: Request, incident: Annotated[Code, Path()]) -> Response:
    """For ops. Every open case that is frozen for this incident gets the command `thaw`, all or none, with one effective instant;
    `margin` (`2 working hours`) is time on top, in which people find their feet."""

    async def order(parts: Parts, caller: Caller, key: str | None, body: dict[str, Any]) -> tuple[str, Work]:
        said = parsed(ThawRequest, body)
        by = await orderer(parts, caller, said.by, "thaw")
        return _work(parts, caller, thaw_order(incident, said, by, key), dry_run=said.dry_run)

    return await ordered(request, f"POST /v1/freezes/{incident}/thaw", order)


def _work(parts: Parts, caller: Caller, order: Order, *, dry_run: bool) -> tuple[str, Work]:
    async def work() -> Reply:
        return await (preview if dry_run else carry_out)(parts, caller.tenant_id, order)

    return order.by, work


@router.get("/v1/freezes", summary="Incidents that are not over", responses=gives({200: ("IncidentList", INCIDENTS)}))
async def read_freezes(request: Request) -> Response:
    """For the team: for which incidents clocks stand still, in how many open cases, and since when."""
    caller = await identify(request)
    caller.need("cases:read")
    parts: Parts = request.app.state.parts
    await only(parts, caller, TEAM, "Incidents are the team's business.")
    return answer(Reply(200, await incidents(parts, caller.tenant_id)))
