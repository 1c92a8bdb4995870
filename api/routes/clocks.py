"""Clocks of a case: what runs until when, and how that came about."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from api.bodies.base import list_body
from api.bodies.clocks import clock_body, explanation_body
from api.examples.clocks import CLOCKS, EXPLANATION, EXPLANATION_TEXT
from api.kit.context import Context
from api.kit.replies import shown
from api.schema import gives, or_text
from services import clocks
from services.cases import find

router = APIRouter(tags=["clocks"])


@router.get("/v1/cases/{case_id}/clocks", summary="The clocks of a case", responses=gives({200: ("ClockList", CLOCKS)}))
async def read_clocks(context: Context, case_id: str) -> Response:
    """Every clock that the caller may know: whom it waits for, its target in words, since when it runs, when it is due, and its
    levels. Parties see their own clocks and those of the law, the team sees all."""
    caller = await context.caller("cases:read")
    seen = await find(context.parts, caller, case_id)
    return shown(list_body([clock_body(case_id, clock) for clock in await clocks.clocks(context.parts, seen)]))


@router.get(
    "/v1/cases/{case_id}/clocks/{clock}/explanation",
    summary="How a due date came about",
    responses=or_text(gives({200: ("ExplanationBody", EXPLANATION)}), EXPLANATION_TEXT),
)
async def read_explanation(context: Context, case_id: str, clock: str) -> Response:
    """The open time that was used, what stood still and why, days closed, the calendar and the zone data it was computed with.
    With `Accept: text/plain` the words alone."""
    caller = await context.caller("cases:read")
    seen = await find(context.parts, caller, case_id)
    found = await clocks.explanation(context.parts, seen, clock)
    if _wants_text(context.request.headers.get("accept", "")):
        return PlainTextResponse("\n".join(found.words) + "\n", headers={"Vary": "Accept"})
    response = shown(explanation_body(case_id, found))
    response.headers["Vary"] = "Accept"
    return response


def _wants_text(accept: str) -> bool:
    """Whether plain text stands in the header before JSON, or without it."""
    wanted = [media_type.partition(";")[0].strip().lower() for media_type in accept.split(",")]
    if "text/plain" not in wanted:
        return False
    return "application/json" not in wanted or wanted.index("text/plain") < wanted.index("application/json")
