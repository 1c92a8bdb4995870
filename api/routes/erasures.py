"""What is known of a person: given out whole, and erased; and what is past its time. For ops, with a key of their own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.bodies.base import page_body
from api.bodies.erasures import ErasureRequest, RetentionRequest, erasure_body, retention_body
from api.examples.erasures import (
    ERASURE,
    ERASURE_DONE,
    ERASURE_DROPPED,
    ERASURE_SAID,
    ERASURES,
    RETENTION,
    RETENTION_DONE,
    RETENTION_SAID,
)
from api.kit.context import Context
from api.kit.parameters import Cursor, Limit
from api.kit.reading import parsed, read_object
from api.kit.replies import shown
from api.schema import gives, gives_bytes, takes
from domain.base import PartyId
from services import erasures, personal_data, retention
from services.pages import Page

router = APIRouter(tags=["erasing"])

After = Annotated[str | None, Query(max_length=1000, description="Go on there (`next` of the answer before).")]
ErasureId = Annotated[str, Path(max_length=128, description="The erasure (`ers_…`).")]


@router.get("/v1/erasures", summary="What was asked to be erased", responses=gives({200: ("ErasurePage", ERASURES)}))
async def list_erasures(context: Context, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """The newest first: what waits for a second person, and what was carried out or dropped."""
    caller = await context.caller("admin")
    return shown(page_body(await erasures.listed(context.parts, caller, Page(limit, cursor)), erasure_body))


@router.post(
    "/v1/erasures",
    summary="Ask for an erasure",
    openapi_extra=takes("ErasureRequest", ERASURE_SAID, keyed=False),
    responses=gives({200: ("ErasureBody", ERASURE)}),
)
async def ask_erasure(context: Context) -> Response:
    """Of a closed case, or of a person in every case of theirs. It waits for another person of ops, unless every pack concerned
    says that one is enough (`erased_by`). Refused under legal hold, while a case is open, and while the same waits
    already."""
    caller = await context.caller("admin")
    said = parsed(ErasureRequest, await read_object(context.request))
    return shown(erasure_body(await erasures.ask(context.parts, caller, said.case, said.party, said.reason, said.though_open)))


@router.post(
    "/v1/erasures/{erasure_id}/approve", summary="Agree to an erasure", responses=gives({200: ("ErasureBody", ERASURE_DONE)})
)
async def approve_erasure(context: Context, erasure_id: ErasureId) -> Response:
    """As the second person, with a credential of one's own. It is carried out in the same moment, and nothing brings it back."""
    caller = await context.caller("admin")
    return shown(erasure_body(await erasures.approve(context.parts, caller, erasure_id)))


@router.post(
    "/v1/erasures/{erasure_id}/drop", summary="Drop an erasure", responses=gives({200: ("ErasureBody", ERASURE_DROPPED)})
)
async def drop_erasure(context: Context, erasure_id: ErasureId) -> Response:
    """It is not wanted any more, and has not been carried out."""
    caller = await context.caller("admin")
    return shown(erasure_body(await erasures.drop(context.parts, caller, erasure_id)))


@router.get("/v1/retention", summary="What is past its time", responses=gives({200: ("RetentionBody", RETENTION)}))
async def look_retention(
    context: Context,
    after: Annotated[str | None, Query(max_length=1000, description="Go on there (`next` of the answer before).")] = None,
) -> Response:
    """Closed cases of which something can still be read, in batches: until when each is kept, and what keeps it. Nothing is
    changed."""
    caller = await context.caller("admin")
    return shown(retention_body(await retention.look(context.parts, caller, after)))


@router.post(
    "/v1/retention",
    summary="Erase what is past its time",
    openapi_extra=takes("RetentionRequest", RETENTION_SAID, may_be_empty=True, keyed=False),
    responses=gives({200: ("RetentionBody", RETENTION_DONE)}),
)
async def erase_expired(context: Context) -> Response:
    """The next batch: what is past its time and kept by nothing is erased."""
    caller = await context.caller("admin")
    said = parsed(RetentionRequest, await read_object(context.request, may_be_empty=True))
    return shown(retention_body(await retention.erase(context.parts, caller, said.after)))


@router.get(
    "/v1/cases/{case_id}/parties/{party_id}/personal-data",
    summary="All that is held about a person",
    response_class=Response,
    responses=gives_bytes(),
)
async def read_personal_data(context: Context, case_id: str, party_id: PartyId) -> Response:
    """A zip with a page to read, JSON for machines, and files: all that this person may know, in every case of theirs. What is
    kept from them is not in it: the other side's words for the desk, the team's own, and cases of which they have not been told
    (`Ombud-Cases-Withheld` says how many). What does not open any more, because it was changed or damaged, is named in it
    (`Ombud-Unreadable` says how many things), and the rest is there all the same. It is kept in the trail and among the readers
    of each case."""
    caller = await context.caller("admin")
    found = await personal_data.of_person(context.parts, caller, case_id, party_id)
    headers = {
        "Content-Disposition": f'attachment; filename="personal-data-{party_id[-8:]}.zip"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Ombud-Cases-Withheld": str(len(found.withheld)),
        "Ombud-Unreadable": str(found.unreadable),
    }
    return Response(found.packed, headers=headers, media_type="application/zip")
