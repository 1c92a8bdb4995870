"""One command for many cases at once, for leads and ops."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.bodies.bulk import BulkRequest, bulk_body, selected_body
from api.examples.bulk import BULK, BULK_DONE, BULK_WAITING
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.reading import parsed
from api.kit.replies import shown
from api.schema import gives, takes
from services import bulk

router = APIRouter(tags=["bulk"])


@router.post(
    "/v1/bulk",
    summary="Send one command to many cases",
    openapi_extra=takes("BulkRequest", BULK),
    responses=gives({200: ("BulkAction", BULK_DONE), 202: ("BulkAction", BULK_WAITING)}),
)
async def act(context: Context) -> Response:
    """For leads and ops. Every open case that fits gets the command, all or none, at most 1,000; each case takes or refuses it by
    its own rules. 200: all have judged it; 202: on disk for all, and judged by some later. What decides a case, and what parties
    say, is never sent in bulk. `dry_run` only says which cases it would be."""
    caller = await context.caller("cases:write")
    asked = await context.asked()
    said = parsed(BulkRequest, asked.said)
    order = await bulk.order(context.parts, caller, asked, said, said.by)

    async def work() -> Reply:
        if said.dry_run:
            return Reply(200, selected_body(await bulk.preview(context.parts, caller, order)))
        state = await bulk.carry_out(context.parts, caller, order)
        return Reply(202 if state.results.waits else 200, bulk_body(state))

    return await context.once(caller, asked.key, "POST /v1/bulk", asked.by(order.by), work)


@router.get("/v1/bulk/{bulk_id}", summary="How far a bulk came", responses=gives({200: ("BulkAction", BULK_DONE)}))
async def read_bulk(context: Context, bulk_id: str) -> Response:
    """For leads and ops: the result of each case so far."""
    caller = await context.caller("cases:read")
    return shown(bulk_body(await bulk.state(context.parts, caller, bulk_id)))
