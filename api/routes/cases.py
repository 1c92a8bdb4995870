"""Cases: open, list, read."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError, to_json
from starlette.responses import Response

from api.bodies.base import list_body, page_body, page_in_turns
from api.bodies.cases import (
    MetadataRequest,
    case_body,
    entry_body,
    erased_of,
    listed,
    metadata_body,
    taken_body,
    translation_body,
    with_references,
)
from api.examples.cases import ACCEPTED, ACTIONS, CASE, CASES, METADATA, METADATA_SAID, PROOF, REPORT, TIMELINE
from api.kit.context import Context, RequestContext
from api.kit.idempotent import Reply
from api.kit.parameters import Limit
from api.kit.reading import expect_json, parse_object, parsed, read_bytes, read_object
from api.kit.replies import shown
from api.schema import gives, takes
from domain.base import CampaignId, Code, PersonId, Phase, Priority, Reference, Side
from services import cases, erasures, intake, references, timelines
from services.callers import Caller
from services.errors import Refused
from services.pages import Page
from services.proof import proof_of
from services.repeats import canonical
from services.translations import translations_of

router = APIRouter(tags=["cases"])

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
    responses=gives(
        {201: ("CaseBody|TakenBody", CASE), 200: ("CaseBody|TakenBody", CASE), 202: ("AcceptedCase|TakenBody", ACCEPTED)}
    ),
)
async def open_case(context: Context) -> Response:
    """Make a report into a case. 201: it was judged and this is the case; 202: it is on disk, and judged when Temporal and the
    workers are there. The same `Idempotency-Key`, or the same source and external id, with the same body is the same case. To a
    key without `cases:read` only its id and what became of the report are told (`TakenBody`)."""
    caller = await context.caller("cases:write")
    key = context.key
    expect_json(context.request)
    body = await read_bytes(context.request)
    said = parse_object(body)
    report = await intake.read_report(context.parts, caller.tenant_id, body)

    async def work() -> Reply:
        await context.landing(caller)
        return opened_reply(await intake.open_case(context.parts, caller, report, key), caller)

    async def added(reply: Reply) -> Reply:
        return replace(reply, body=await told_with(context, caller, reply.body))

    return await context.once(caller, key, "POST /v1/cases", canonical(said), work, added=added if caller.may_read else None)


async def told_with(context: RequestContext, caller: Caller, case: dict[str, Any]) -> dict[str, Any]:
    """A case as JSON, with what the platform told us of it for itself, for whoever may know it."""
    try:
        seen = await cases.find(context.parts, caller, case["id"])
    except Refused:
        # It is on disk, and this is no moment to fail: somebody acts as a party of another case.
        return case
    return with_references(case, (await references.references_of(context.parts, caller, seen)).get(seen.id))


def opened_reply(opened: intake.Opened, caller: Caller) -> Reply:
    """201 with the case, 200 when it was here before, 202 when it waits to be judged."""
    status = {"accepted": 202, "opened": 201, "known": 200}[opened.state]
    body = case_body(opened.seen) if caller.may_read else taken_body(opened)
    return Reply(status, body, replayed=not opened.created)


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("date_impossible", "The date lies outside the years 1 to 9999 in UTC.") from None


At = Annotated[AwareDatetime, AfterValidator(_in_utc)]
_TEAM, _PLATFORM = "For the team.", "For the platform and the team"


def _listing(
    kind: Annotated[Code | None, Query()] = None,
    phase: Annotated[Phase | None, Query()] = None,
    status: Annotated[Literal["open", "closed"] | None, Query()] = None,
    category: Annotated[Code | None, Query()] = None,
    source: Annotated[Code | None, Query(description=f"{_PLATFORM}: where the report came from.")] = None,
    external_id: Annotated[Reference | None, Query(description=f"{_PLATFORM}: the sender's id of the report.")] = None,
    party_ref: Annotated[Reference | None, Query(description=f"{_PLATFORM}: the platform's id of a party.")] = None,
    matter: Annotated[Reference | None, Query(description=f"{_PLATFORM}: what it is about.")] = None,
    opened_after: Annotated[At | None, Query(description="Opened at this instant or later.")] = None,
    opened_before: Annotated[At | None, Query(description="Opened before this instant.")] = None,
    closed_after: Annotated[At | None, Query(description="Closed at this instant or later.")] = None,
    closed_before: Annotated[At | None, Query(description="Closed before this instant.")] = None,
    updated_after: Annotated[At | None, Query(description=f"{_PLATFORM}: by `updated_at`, as they see it.")] = None,
    updated_before: Annotated[At | None, Query(description=f"{_PLATFORM}: by `updated_at`, as they see it.")] = None,
    owner: Annotated[PersonId | None, Query(description=_TEAM)] = None,
    queue: Annotated[Code | None, Query(description=_TEAM)] = None,
    priority: Annotated[Priority | None, Query(description=f"{_PLATFORM}.")] = None,
    campaign: Annotated[CampaignId | None, Query(description="For the team: counted to this campaign.")] = None,
    due_before: Annotated[At | None, Query(description="For the team: with a deadline before this instant.")] = None,
    sort: Annotated[
        Literal["newest", "due"], Query(description="`due`, for the team: open cases, the most pressing first.")
    ] = "newest",
) -> cases.Listing:
    return cases.Listing(
        kind=kind, phase=phase, status=status, category=category, source=source, external_id=external_id, party_ref=party_ref,
        matter=matter, opened_after=opened_after, opened_before=opened_before, closed_after=closed_after,
        closed_before=closed_before, updated_after=updated_after, updated_before=updated_before, owner=owner, queue=queue,
        priority=priority, campaign=campaign, due_before=due_before, sort=sort,
    )  # fmt: skip


@router.get("/v1/cases", summary="List cases", responses=gives({200: ("CasePage", CASES)}))
async def list_cases(
    context: Context,
    which: Annotated[cases.Listing, Depends(_listing)],
    limit: Limit = 50,
    cursor: After = None,
    expand: ExpandList = None,
) -> Response:
    """Cases that the caller may see, newest first. Ranges of dates begin with the first instant and end before the last one. What
    the caller may do in each comes with `expand[]=available_actions`; read alone, a case always says it."""
    caller = await context.caller("cases:read")
    found = await cases.page_of_cases(context.parts, caller, which, Page(limit, cursor))
    told, shape = await references.references_of(context.parts, caller, *found.items), listed(expand)
    return shown(await page_in_turns(found, lambda seen: with_references(shape(seen), told.get(seen.id))))


@router.get(
    "/v1/cases/{case_id}", summary="Read a case", responses=gives({200: ("CaseBody|AcceptedCase", CASE), 304: (None, None)})
)
async def read_case(context: Context, case_id: str, expand: Expand = None) -> Response:
    """The case as the caller may see it, with its deadlines and what the caller may do. Send the `ETag` back as `If-None-Match`
    to be told 304 while nothing has changed for you. A case that is on disk and not judged yet has the status `accepted`."""
    caller, parts = await context.caller("cases:read"), context.parts
    expanded = ("timeline",) if "timeline" in (expand or []) else ()
    seen = await cases.find(parts, caller, case_id, "case", *expanded)
    told = await references.references_and_people(parts, caller, seen)
    body = with_references(case_body(seen, await cases.texts_of(parts, caller, seen)), told)
    if beside := await translations_of(parts, caller, seen):
        body["translations"] = [translation_body(one) for one in beside]
    if gone := await erasures.of_case(parts, caller, seen):
        body["erased"] = erased_of(gone)
    if expanded and seen.case is not None:
        body["timeline"] = [entry_body(entry) for entry in await timelines.first_entries(parts, caller, seen)]
    content = to_json(body)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Ombud-Act-As"}
    known = context.request.headers.get("if-none-match", "").split(",")
    if {tag, "*"} & {etag.strip().removeprefix("W/") for etag in known}:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


@router.patch(
    "/v1/cases/{case_id}/metadata",
    summary="Note something on a case",
    openapi_extra=takes("MetadataRequest", METADATA_SAID),
    responses=gives({200: ("MetadataBody", METADATA)}),
)
async def change_metadata(context: Context, case_id: str) -> Response:
    """For the platform's own key: up to 50 keys of 40 characters with values of 500, which no rule looks at and no party sees. A
    key that is named is set, or taken away by null; the others stay."""
    caller = await context.caller("cases:write")
    said = parsed(MetadataRequest, await read_object(context.request))
    noted = await references.note(context.parts, caller, case_id, said.metadata)
    return shown(metadata_body(case_id, noted))


@router.get("/v1/cases/{case_id}/timeline", summary="What happened", responses=gives({200: ("TimelinePage", TIMELINE)}))
async def read_timeline(
    context: Context,
    case_id: str,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: After = None,
    thread: Annotated[
        Side | None, Query(description="Only what this side and the desk said to each other alone (their caucus).")
    ] = None,
) -> Response:
    """What happened, oldest first, as far as the caller may know it, with its texts. A text that was erased is null, and `erased`
    says when. `thread` asks for a private talk: a side has its own, the team both, and to anybody else one is empty."""
    caller, parts = await context.caller("cases:read"), context.parts
    seen = await cases.find(parts, caller, case_id, "timeline")
    return shown(page_body(await timelines.page_of_entries(parts, caller, seen, Page(limit, cursor), thread), entry_body))


@router.get("/v1/cases/{case_id}/proof", summary="Prove a case", responses=gives({200: ("ProofBody", PROOF)}))
async def read_proof(context: Context, case_id: str) -> Response:
    """What proves a case to a stranger: every fact with its hash, as far as the caller may read it, and the newest signed head. A
    script that needs Python alone checks it; `ombud case proof` writes both. Outside the team once the case is closed."""
    caller, parts = await context.caller("cases:read"), context.parts
    return shown(await proof_of(parts, caller, await cases.find(parts, caller, case_id, "timeline")))


@router.get("/v1/cases/{case_id}/actions", summary="What the caller may do", responses=gives({200: ("ActionsBody", ACTIONS)}))
async def read_actions(context: Context, case_id: str) -> Response:
    """Every command of the present phase, whether the caller may send it, and the reason where not."""
    caller = await context.caller("cases:read")
    return shown(list_body(case_body(await cases.find(context.parts, caller, case_id))["available_actions"]))
