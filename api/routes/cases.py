"""Cases: open, list, read."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime
from pydantic_core import to_json
from starlette.responses import Response

from api.bodies.cases import case_body
from api.examples.cases import ACCEPTED, ACTIONS, CASE, CASES, REPORT, TIMELINE
from api.kit.callers import identify
from api.kit.idempotent import Once, Reply, canonical, key_of
from api.kit.reading import expect_json, parse_object, read_bytes
from api.kit.replies import answer
from api.kit.texts import content_ids, with_texts
from api.schema import gives, takes
from domain.base import CampaignId, Code, PersonId, Phase
from domain.model.ruling import Ruling
from services.callers import Caller
from services.commands import Seen, find
from services.intake import land, opened_reply
from services.listing import Listing, Page, in_utc, page_of_cases, page_of_entries
from services.parts import Parts
from services.timelines import entries

router = APIRouter(tags=["cases"])

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
After = Annotated[str | None, Query(alias="cursor", max_length=500, description="`next_cursor` of the page before.")]
Expand = Annotated[list[Literal["timeline"]] | None, Query(alias="expand[]", max_length=5, description="What to put in.")]

_WHOLE_TIMELINE = 500
"""Entries that `expand[]=timeline` gives; the rest is paged through `/timeline`."""


@router.post(
    "/v1/cases",
    status_code=201,
    summary="Open a case",
    openapi_extra=takes("Report", REPORT),
    responses=gives({201: ("CaseBody", CASE), 200: ("CaseBody", CASE), 202: ("AcceptedCase", ACCEPTED)}),
)
async def open_case(request: Request) -> Response:
    """Make a report into a case. 201: it was judged and this is the case; 202: it is on disk, and judged when Temporal and the
    workers are there. The same `Idempotency-Key`, or the same source and external id, with the same body is the same case."""
    caller = await identify(request)
    caller.need("cases:write")
    parts: Parts = request.app.state.parts
    key = key_of(request)
    expect_json(request)
    body = await read_bytes(request)
    said = parse_object(body)
    report = await asyncio.to_thread(parts.parsers.generic, body)
    tenant = await parts.tenants.tenant(caller.tenant_id)
    assert tenant is not None, "a key belongs to a tenant"

    async def work() -> Reply:
        landed = await land(parts, tenant, report, opened_by=caller.holder, key=key)
        return await opened_reply(parts, caller, landed)

    once: Once = request.app.state.once
    return answer(await once.do(caller.tenant_id, key, "POST /v1/cases", canonical(said), work))


@router.get("/v1/cases", summary="List cases", responses=gives({200: ("CasePage", CASES)}))
async def list_cases(
    request: Request,
    kind: Annotated[Code | None, Query()] = None,
    phase: Annotated[Phase | None, Query()] = None,
    status: Annotated[Literal["open", "closed"] | None, Query()] = None,
    owner: Annotated[PersonId | None, Query(description="For the team.")] = None,
    queue: Annotated[Code | None, Query(description="For the team.")] = None,
    campaign: Annotated[CampaignId | None, Query(description="For the team: counted to this campaign.")] = None,
    due_before: Annotated[AwareDatetime | None, Query(description="For the team: with a deadline before this instant.")] = None,
    sort: Annotated[
        Literal["newest", "due"], Query(description="`due`, for the team: open cases, the most urgent first.")
    ] = "newest",
    limit: Limit = 50,
    cursor: After = None,
) -> Response:
    """Cases that the caller may see, newest first."""
    caller = await identify(request)
    caller.need("cases:read")
    which = Listing(
        kind=kind,
        phase=phase,
        status=status,
        owner=owner,
        queue=queue,
        campaign=campaign,
        due_before=in_utc(due_before),
        sort=sort,
    )
    return answer(Reply(200, await page_of_cases(request.app.state.parts, caller, which, Page(limit, cursor))))


@router.get(
    "/v1/cases/{case_id}", summary="Read a case", responses=gives({200: ("CaseBody|AcceptedCase", CASE), 304: (None, None)})
)
async def read_case(request: Request, case_id: str, expand: Expand = None) -> Response:
    """The case as the caller may see it, with its deadlines and what the caller may do. Send the `ETag` back as `If-None-Match`
    to be told 304 while nothing has changed for you. A case that is on disk and not judged yet has the status `accepted`."""
    caller = await identify(request)
    caller.need("cases:read")
    parts: Parts = request.app.state.parts
    seen = await find(parts, caller, case_id)
    body = await _read(parts, caller, seen, with_timeline="timeline" in (expand or []))
    content = to_json(body)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Ombud-Act-As"}
    if {tag, "*"} & {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


async def _read(parts: Parts, caller: Caller, seen: Seen, *, with_timeline: bool) -> dict[str, Any]:
    held, told = seen.held, []
    if held.case is None:
        return case_body(held, seen.viewer)
    if with_timeline:
        told = entries(held.case, await parts.views.timeline(caller.tenant_id, held.id, 0, _WHOLE_TIMELINE), seen.viewer)
    reasons = held.case.ruling or (held.case.rulings[-1] if held.case.rulings else None)
    asked = [one.what.content_id for one in (*held.case.requests, *held.case.settled_requests) if one.what]
    wanted = [*content_ids(told), *asked, *_texts_of(*held.case.rulings, reasons)]
    wanted += [s.reasons.content_id for r in (*held.case.rulings, reasons) if r and (s := r.sanction) and s.reasons]
    texts = await parts.views.texts(caller.tenant_id, wanted)
    body = case_body(held, seen.viewer, texts)
    return {**body, "timeline": with_texts(told, texts)} if with_timeline else body


def _texts_of(*rulings: Ruling | None) -> list[str]:
    return [said.content_id for r in rulings if r for said in (r.reasons, r.reply) if said]


@router.get("/v1/cases/{case_id}/timeline", summary="What happened", responses=gives({200: ("TimelinePage", TIMELINE)}))
async def read_timeline(
    request: Request,
    case_id: str,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: After = None,
) -> Response:
    """What happened, oldest first, as far as the caller may know it, with its texts. A text that was erased is null."""
    caller = await identify(request)
    caller.need("cases:read")
    parts: Parts = request.app.state.parts
    seen = await find(parts, caller, case_id)
    return answer(Reply(200, await page_of_entries(parts, caller, seen, Page(limit, cursor))))


@router.get("/v1/cases/{case_id}/actions", summary="What the caller may do", responses=gives({200: ("ActionsBody", ACTIONS)}))
async def read_actions(request: Request, case_id: str) -> Response:
    """Every command of the present phase, whether the caller may send it, and the reason where not."""
    caller = await identify(request)
    caller.need("cases:read")
    seen = await find(request.app.state.parts, caller, case_id)
    body = case_body(seen.held, seen.viewer)
    return answer(Reply(200, {"object": "list", "data": body["available_actions"]}))
