"""Cases: open, list, read."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from pydantic_core import to_json
from starlette.responses import Response

from api.bodies.base import list_body, page_body, page_in_turns
from api.bodies.cases import case_body, entry_body, listed
from api.examples.cases import ACCEPTED, ACTIONS, CASE, CASES, REPORT, TIMELINE
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.problems import Problem
from api.kit.reading import expect_json, parse_object, read_bytes
from api.kit.replies import shown
from api.schema import gives, takes
from domain.base import CampaignId, Code, PersonId, Phase
from services import cases, intake, timelines
from services.errors import FieldError
from services.pages import Page
from services.repeats import canonical

router = APIRouter(tags=["cases"])

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
After = Annotated[str | None, Query(alias="cursor", max_length=500, description="`next_cursor` of the page before.")]
Expand = Annotated[list[Literal["timeline"]] | None, Query(alias="expand[]", max_length=5, description="What to put in.")]
ExpandList = Annotated[
    list[Literal["available_actions"]] | None,
    Query(alias="expand[]", max_length=5, description="What to put into each case: finding it out costs more than the rest."),
]


@router.post(
    "/v1/cases",
    status_code=201,
    summary="Open a case",
    openapi_extra=takes("Report", REPORT),
    responses=gives({201: ("CaseBody", CASE), 200: ("CaseBody", CASE), 202: ("AcceptedCase", ACCEPTED)}),
)
async def open_case(context: Context) -> Response:
    """Make a report into a case. 201: it was judged and this is the case; 202: it is on disk, and judged when Temporal and the
    workers are there. The same `Idempotency-Key`, or the same source and external id, with the same body is the same case."""
    caller = await context.caller("cases:write")
    key = context.key
    expect_json(context.request)
    body = await read_bytes(context.request)
    said = parse_object(body)
    report = await intake.read_report(context.parts, body)

    async def work() -> Reply:
        return opened_reply(await intake.open_case(context.parts, caller, report, key))

    return await context.once(caller, key, "POST /v1/cases", canonical(said), work)


def opened_reply(opened: intake.Opened) -> Reply:
    """201 with the case, 200 when it was here before, 202 when it waits to be judged."""
    status = {"accepted": 202, "opened": 201, "known": 200}[opened.state]
    return Reply(status, case_body(opened.seen), replayed=not opened.created)


@router.get("/v1/cases", summary="List cases", responses=gives({200: ("CasePage", CASES)}))
async def list_cases(
    context: Context,
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
    expand: ExpandList = None,
) -> Response:
    """Cases that the caller may see, newest first. What the caller may do in each comes with `expand[]=available_actions`; read
    alone, a case always says it."""
    caller = await context.caller("cases:read")
    which = cases.Listing(
        kind=kind,
        phase=phase,
        status=status,
        owner=owner,
        queue=queue,
        campaign=campaign,
        due_before=_in_utc(due_before),
        sort=sort,
    )
    return shown(
        await page_in_turns(await cases.page_of_cases(context.parts, caller, which, Page(limit, cursor)), listed(expand))
    )


def _in_utc(at: datetime | None) -> datetime | None:
    """The instant in UTC. Raises ``parameter_invalid`` for one that lies outside the calendar there."""
    try:
        return at.astimezone(UTC) if at else None
    except OverflowError:
        wrong = FieldError("due_before", "date_impossible", "The date lies outside the years 1 to 9999 in UTC.")
        raise Problem("parameter_invalid", errors=[wrong]) from None


@router.get(
    "/v1/cases/{case_id}", summary="Read a case", responses=gives({200: ("CaseBody|AcceptedCase", CASE), 304: (None, None)})
)
async def read_case(context: Context, case_id: str, expand: Expand = None) -> Response:
    """The case as the caller may see it, with its deadlines and what the caller may do. Send the `ETag` back as `If-None-Match`
    to be told 304 while nothing has changed for you. A case that is on disk and not judged yet has the status `accepted`."""
    caller, parts = await context.caller("cases:read"), context.parts
    seen = await cases.find(parts, caller, case_id)
    body = case_body(seen, await cases.texts_of(parts, caller, seen))
    if "timeline" in (expand or []) and seen.case is not None:
        body["timeline"] = [entry_body(entry) for entry in await timelines.first_entries(parts, caller, seen)]
    content = to_json(body)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Ombud-Act-As"}
    known = context.request.headers.get("if-none-match", "").split(",")
    if {tag, "*"} & {etag.strip().removeprefix("W/") for etag in known}:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


@router.get("/v1/cases/{case_id}/timeline", summary="What happened", responses=gives({200: ("TimelinePage", TIMELINE)}))
async def read_timeline(
    context: Context,
    case_id: str,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: After = None,
) -> Response:
    """What happened, oldest first, as far as the caller may know it, with its texts. A text that was erased is null."""
    caller, parts = await context.caller("cases:read"), context.parts
    seen = await cases.find(parts, caller, case_id)
    return shown(page_body(await timelines.page_of_entries(parts, caller, seen, Page(limit, cursor)), entry_body))


@router.get("/v1/cases/{case_id}/actions", summary="What the caller may do", responses=gives({200: ("ActionsBody", ACTIONS)}))
async def read_actions(context: Context, case_id: str) -> Response:
    """Every command of the present phase, whether the caller may send it, and the reason where not."""
    caller = await context.caller("cases:read")
    return shown(list_body(case_body(await cases.find(context.parts, caller, case_id))["available_actions"]))
