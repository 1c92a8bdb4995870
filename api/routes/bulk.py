"""One command for many cases at once, for leads and ops."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.examples.bulk import BULK, BULK_DONE, BULK_WAITING
from api.kit.callers import identify
from api.kit.idempotent import Reply
from api.kit.replies import answer
from api.schema import gives, takes
from services.bulk import action, ordered, state

router = APIRouter(tags=["bulk"])


@router.post(
    "/v1/bulk",
    summary="Send one command to many cases",
    openapi_extra=takes("BulkRequest", BULK),
    responses=gives({200: ("BulkAction", BULK_DONE), 202: ("BulkAction", BULK_WAITING)}),
)
async def act(request: Request) -> Response:
    """For leads and ops. Every open case that fits gets the command, all or none, at most 1,000; each case takes or refuses it by
    its own rules. 200: all have judged it; 202: on disk for all, and judged by some later. What decides a case, and what parties
    say, is never sent in bulk. `dry_run` only says which cases it would be."""
    return await ordered(request, "POST /v1/bulk", action)


@router.get("/v1/bulk/{bulk_id}", summary="How far a bulk came", responses=gives({200: ("BulkAction", BULK_DONE)}))
async def read_bulk(request: Request, bulk_id: str) -> Response:
    """For leads and ops: the result of each case so far."""
    caller = await identify(request)
    caller.need("cases:read")
    return answer(Reply(200, await state(request.app.state.parts, caller, bulk_id)))
