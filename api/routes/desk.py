"""The desk: what waits for somebody of the team, and the next case."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.bodies.cases import listed, with_references
from api.bodies.desk import (
    AbsenceRequest,
    ReturnRequest,
    TakeNextRequest,
    absence_body,
    desk_body,
    next_body,
    team_body,
    work_body,
)  # fmt: skip
from api.bodies.policy_exceptions import exception_list
from api.bodies.preview import preview_body
from api.examples.cases import COMMANDS
from api.examples.desk import ABSENCE, ABSENCE_SAID, BACK, DESK, EXCEPTIONS, NEXT, NEXT_SAID, NEXT_WAITING, PREVIEW, TEAM, WORK
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.parameters import Cursor
from api.kit.reading import parsed, read_object
from api.kit.replies import answer, shown
from api.routes.cases import ExpandList, told_with
from api.schema import gives, takes
from domain.base import Code, PersonId
from services import desk, policy_exceptions
from services.cases import find
from services.pages import Page
from services.preview import preview
from services.references import references_of

router = APIRouter(tags=["desk"])

Person = Annotated[PersonId, Path(description="Somebody of the team.")]


@router.get("/v1/desk", summary="What I have and what waits for me", responses=gives({200: ("DeskBody", DESK)}))
async def read_desk(
    context: Context,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most, of each list.")] = 20,
    own_cursor: Cursor = None,
    waiting_cursor: Cursor = None,
    expand: ExpandList = None,
) -> Response:
    """For somebody of the team: their own open cases, and those of their queues that nobody has, the most urgent first. What they
    may do in each comes with `expand[]=available_actions`."""
    caller = await context.caller("cases:read")
    own, waiting = Page(limit, own_cursor), Page(limit, waiting_cursor)
    found, shape = await desk.desk(context.parts, caller, own, waiting), listed(expand)
    told = await references_of(context.parts, caller, *found.own.items, *found.waiting.items)
    return shown(await desk_body(found, lambda seen: with_references(shape(seen), told.get(seen.id))))


@router.post(
    "/v1/take-next",
    summary="Take the next case",
    openapi_extra=takes("TakeNextRequest", NEXT_SAID, may_be_empty=True),
    responses=gives({200: ("NextBody", NEXT), 202: ("NextBody", NEXT_WAITING)}),
)
async def next_case(context: Context) -> Response:
    """The most urgent case of one's queues that one may take: what fits one's skills and languages first, and nothing that one
    skipped within the last eight hours. Two people who ask at once never get the same case. 200 with the status `nothing` when
    nothing waits; 202: the case is kept for whoever asked, and theirs when the workers are there."""
    caller = await context.caller("cases:write")
    asked = await context.asked()
    said = parsed(TakeNextRequest, asked.said)

    async def work() -> Reply:
        found = await desk.take_next(context.parts, caller, said.by, said.queue)
        return Reply(202 if found.status == "pending" else 200, next_body(found))

    async def again(kept: Reply) -> Reply:
        # Never the next one: what was kept is asked about, and nothing else.
        case_id, command_id = kept.body["case"]["id"], kept.body["command_id"]
        found = await desk.taken_since(context.parts, caller, said.by, case_id, command_id)
        return Reply(202 if found.status == "pending" else 200, next_body(found))

    async def added(reply: Reply) -> Reply:
        case = reply.body["case"]
        return replace(reply, body={**reply.body, "case": await told_with(context, caller, case)}) if case else reply

    said_by = asked.by(caller.speaker(said.by, "take"))
    return await context.once(caller, asked.key, "POST /v1/take-next", said_by, work, again=again, added=added)


@router.post(
    "/v1/people/{person_id}/absences",
    summary="Somebody is away",
    openapi_extra=takes("AbsenceRequest", ABSENCE_SAID, may_be_empty=True),
    responses=gives({200: ("AbsenceBody", ABSENCE), 202: ("AbsenceBody", ABSENCE)}),
)
async def absent(context: Context, person_id: Person) -> Response:
    """For leads and ops. While away, nobody is given a case; when the absence begins, each open case of theirs goes back to its
    queue, with a result for each. Said again, it replaces what was said before."""
    caller = await context.caller("cases:write")
    said = parsed(AbsenceRequest, await read_object(context.request, may_be_empty=True))
    away = await desk.away(context.parts, caller, person_id, said.from_at, said.until_at, said.by)
    return answer(Reply(202 if away.given_back.waits else 200, absence_body(away)))


@router.post(
    "/v1/people/{person_id}/returns",
    summary="Somebody is there again",
    openapi_extra=takes("ReturnRequest", {"by": "per_dana"}, may_be_empty=True),
    responses=gives({200: ("AbsenceBody", BACK)}),
)
async def returned(context: Context, person_id: Person) -> Response:
    """For leads and ops, and for whoever is back. What they had stays where it went."""
    caller = await context.caller("cases:write")
    said = parsed(ReturnRequest, await read_object(context.request, may_be_empty=True))
    return shown(absence_body(await desk.back(context.parts, caller, person_id, said.by)))


@router.post(
    "/v1/cases/{case_id}/rulings/preview",
    tags=["commands"],
    summary="See what would follow from a ruling",
    openapi_extra=takes("RuleBody", COMMANDS["rule"]),
    responses=gives({200: ("PreviewBody", PREVIEW)}),
)
async def preview_ruling(context: Context, case_id: str) -> Response:
    """For the team: the body of a ruling (in appeal, that of the decision), answered with why it would be refused, or whether
    it needs a second person, what would be carried out, each side's rights, and the letter that each party would read. Nothing
    is kept of it."""
    caller = await context.caller("cases:read")
    seen = await find(context.parts, caller, case_id, "preview of letters")
    return shown(preview_body(await preview(context.parts, caller, seen, await read_object(context.request))))


@router.get("/v1/team", summary="How the team is doing", responses=gives({200: ("TeamList", TEAM)}))
async def read_team(context: Context) -> Response:
    """For leads and ops: what everybody carries, and what they skipped and how long they worked in the last 30 days."""
    caller = await context.caller("cases:read")
    return shown(team_body(await desk.team(context.parts, caller)))


@router.get("/v1/cases/{case_id}/work", summary="Who worked on a case", responses=gives({200: ("WorkBody", WORK)}))
async def read_work(context: Context, case_id: str) -> Response:
    """For leads and ops: from when until when the owners of a case worked on it, and the handling time that this comes to."""
    caller = await context.caller("cases:read")
    seen = await find(context.parts, caller, case_id)
    return shown(work_body(await desk.work(context.parts, caller, seen)))


@router.get("/v1/exceptions", summary="Exceptions from packs", responses=gives({200: ("ExceptionList", EXCEPTIONS)}))
async def list_exceptions(
    context: Context,
    month: Annotated[str | None, Query(description="A calendar month (2026-11); left out: this one.", max_length=7)] = None,
    kind: Annotated[Code | None, Query(description="Of this kind alone.")] = None,
) -> Response:
    """For leads and ops: what was asked, granted and refused in a month (UTC), oldest first, and how many of each
    sort. Why is read in the case."""
    caller = await context.caller("cases:read")
    return shown(exception_list(await policy_exceptions.month(context.parts, caller, month, kind)))
