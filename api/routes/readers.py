"""Who read a case, and access to one that is none of one's business otherwise."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.bodies.base import page_body
from api.bodies.readers import AccessRequest, access_body, reader_body
from api.examples.cases import ACCESS, ACCESS_SAID, READERS
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.reading import parsed
from api.kit.replies import shown
from api.schema import gives, takes
from services import readers
from services.pages import Page

router = APIRouter(tags=["cases"])


@router.post(
    "/v1/cases/{case_id}/access",
    status_code=201,
    summary="Take access to a case",
    openapi_extra=takes("AccessRequest", ACCESS_SAID),
    responses=gives({201: ("AccessBody", ACCESS)}),
)
async def take_access(context: Context, case_id: str) -> Response:
    """For people of the team: read a case for four hours that is in none of their queues, for a reason that stays on record.
    Operations is told at once. A declared conflict of interest opens for no reason."""
    caller = await context.caller("cases:read")
    asked = await context.asked()
    said = parsed(AccessRequest, asked.said)

    async def work() -> Reply:
        return Reply(201, access_body(await readers.break_glass(context.parts, caller, case_id, said.reason)))

    return await context.once(caller, asked.key, f"POST {case_id}/access", asked.by(caller.holder), work)


@router.get("/v1/cases/{case_id}/readers", summary="Who read a case", responses=gives({200: ("ReaderPage", READERS)}))
async def list_readers(
    context: Context,
    case_id: str,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")] = None,
) -> Response:
    """For operations: who read texts or people of the case, with which credential, when and by what right, the newest first."""
    caller = await context.caller("cases:read")
    return shown(page_body(await readers.readers(context.parts, caller, case_id, Page(limit, cursor)), reader_body))
