"""Mail that could not be placed: for leads and ops, with their own key."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.bodies.base import page_body
from api.bodies.cases import taken_body
from api.bodies.unplaced import DismissRequest, PlaceRequest, ReportRequest, opened_body, unplaced_body
from api.examples.cases import TAKEN
from api.examples.unplaced import (
    DISMISS_SAID,
    DISMISSED,
    PLACE_SAID,
    REPORT_SAID,
    UNPLACED_PAGE,
    UNPLACED_READ,
)
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.parameters import Cursor, Limit
from api.kit.reading import parsed, read_object
from api.kit.replies import answer, shown
from api.schema import gives, gives_bytes, takes
from services import unplaced
from services.pages import Page

router = APIRouter(tags=["intake"])

UnplacedId = Annotated[str, Path(max_length=128, description="The mail (`unp_…`).")]


@router.get("/v1/unplaced", summary="Mail that could not be placed", responses=gives({200: ("UnplacedPage", UNPLACED_PAGE)}))
async def list_unplaced(
    context: Context,
    state: Annotated[
        Literal["waiting", "placed", "dismissed", "all"], Query(description="Left out: those that wait.")
    ] = "waiting",
    sender_of: Annotated[
        str | None,
        Query(max_length=128, description="A mail (`unp_…`): those of its sender alone, for whoever asks for their data."),
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """For leads and ops, the newest first: what answers a letter and is not proven to come from whom it was written to, what
    names no case that takes it, what a machine may have sent, and what nobody could read. None of it did anything."""
    caller = await context.caller("cases:read")
    found = await unplaced.listed(context.parts, caller, Page(limit, cursor), None if state == "all" else state, sender_of)
    return shown(page_body(found, unplaced_body))


@router.get("/v1/unplaced/{unplaced_id}", summary="Read such a mail", responses=gives({200: ("UnplacedBody", UNPLACED_READ)}))
async def read_unplaced(context: Context, unplaced_id: UnplacedId) -> Response:
    """One of them, with who read, placed or dismissed it. That it was read now is kept."""
    caller = await context.caller("cases:read")
    return shown(opened_body(await unplaced.read(context.parts, caller, unplaced_id)))


@router.get(
    "/v1/unplaced/{unplaced_id}/original", summary="Such a mail as it came", response_class=Response, responses=gives_bytes()
)
async def read_original(context: Context, unplaced_id: UnplacedId) -> Response:
    """The bytes (RFC 5322), to be saved and never shown in place. That they were read is kept."""
    caller = await context.caller("cases:read")
    headers = {
        "Content-Disposition": f'attachment; filename="{unplaced_id}.eml"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    data = await unplaced.original(context.parts, caller, unplaced_id)
    return Response(data, headers=headers, media_type="message/rfc822")


@router.post(
    "/v1/unplaced/{unplaced_id}/place",
    summary="Place such a mail on a case",
    openapi_extra=takes("PlaceRequest", PLACE_SAID, keyed=False),
    responses=gives({200: ("TakenBody", {**TAKEN, "status": "message"}), 202: ("TakenBody", {**TAKEN, "status": "message"})}),
)
async def place_unplaced(context: Context, unplaced_id: UnplacedId) -> Response:
    """It becomes the word of the party that is named, with its files as evidence, by the own credential of whoever places it.
    What is not proven to come from that party's own address needs `sender_checked`. The case says that somebody placed it.
    The same mail is placed once."""
    caller = await context.caller("cases:write")
    said = parsed(PlaceRequest, await read_object(context.request))
    placed = await unplaced.place(context.parts, caller, unplaced_id, said.case, said.party, sender_checked=said.sender_checked)
    return answer(Reply(202 if placed.sent.answer is None else 200, taken_body(placed)))


@router.post(
    "/v1/unplaced/{unplaced_id}/report",
    status_code=201,
    summary="Open a case of such a mail",
    openapi_extra=takes("ReportRequest", REPORT_SAID, may_be_empty=True, keyed=False),
    responses=gives({200: ("TakenBody", {**TAKEN, "status": "known"}), 201: ("TakenBody", TAKEN), 202: ("TakenBody", TAKEN)}),
)
async def report_unplaced(context: Context, unplaced_id: UnplacedId) -> Response:
    """It becomes a case of its own, linked with another one where that is named. Its sender is the claimant."""
    caller = await context.caller("cases:write")
    said = parsed(ReportRequest, await read_object(context.request, may_be_empty=True))
    landed = await unplaced.report(context.parts, caller, unplaced_id, said.kind, said.link)
    return answer(Reply({"accepted": 202, "opened": 201, "known": 200}[landed.state], taken_body(landed)))


@router.post(
    "/v1/unplaced/{unplaced_id}/dismiss",
    summary="Dismiss such a mail",
    openapi_extra=takes("DismissRequest", DISMISS_SAID, keyed=False),
    responses=gives({200: ("UnplacedBody", DISMISSED)}),
)
async def dismiss_unplaced(context: Context, unplaced_id: UnplacedId) -> Response:
    """Put it away with a reason. For 30 days it can still be placed; then its text is gone for good, or at once with `erase`."""
    caller = await context.caller("cases:write")
    said = parsed(DismissRequest, await read_object(context.request))
    dismissed = await unplaced.dismiss(context.parts, caller, unplaced_id, said.reason, erase=said.erase)
    # A key that only writes hears what became of it, and reads nothing.
    return shown(unplaced_body(dismissed, without_words=True))
