"""Clocks of a case: what runs until when, and how that came about."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from api.bodies.clocks import ClockBody, ExplanationBody
from api.examples.clocks import CLOCKS, EXPLANATION, EXPLANATION_TEXT
from api.kit.callers import identify
from api.kit.idempotent import Reply
from api.kit.replies import answer
from api.schema import gives, or_text
from domain.transition import calendars_of
from domain.views.explain import clocks_of, explain
from domain.views.explained import Explanation
from domain.worktime.calculator import zone_data_version
from services.commands import Seen, find
from services.errors import not_found
from services.parts import Parts

router = APIRouter(tags=["clocks"])

_LISTED = frozenset(ClockBody.model_fields) - {"links"}


@router.get("/v1/cases/{case_id}/clocks", summary="The clocks of a case", responses=gives({200: ("ClockList", CLOCKS)}))
async def read_clocks(request: Request, case_id: str) -> Response:
    """Every clock that the caller may know: whom it waits for, its target in words, since when it runs, when it is due, and its
    levels. Parties see their own clocks and those of the law, the team sees all."""
    caller = await identify(request)
    caller.need("cases:read")
    parts: Parts = request.app.state.parts
    seen = await find(parts, caller, case_id)
    data = [_listed(case_id, one) for one in await _explained(parts, seen)]
    return answer(Reply(200, {"object": "list", "data": data}))


@router.get(
    "/v1/cases/{case_id}/clocks/{clock}/explanation",
    summary="How a due date came about",
    responses=or_text(gives({200: ("ExplanationBody", EXPLANATION)}), EXPLANATION_TEXT),
)
async def read_explanation(request: Request, case_id: str, clock: str) -> Response:
    """The open time that was used, what stood still and why, days closed, the calendar and the zone data it was computed with.
    With `Accept: text/plain` the words alone."""
    caller = await identify(request)
    caller.need("cases:read")
    parts: Parts = request.app.state.parts
    seen = await find(parts, caller, case_id)
    found = next(iter(await _explained(parts, seen, only=clock)), None)
    if found is None:
        # The same for a clock that is not there and one that is not the caller's to know.
        raise not_found()
    if _wants_text(request.headers.get("accept", "")):
        return PlainTextResponse("\n".join(found.words) + "\n", headers={"Vary": "Accept"})
    told = ExplanationBody(case=case_id, **found.model_dump()).model_dump(mode="json")
    response = answer(Reply(200, told))
    response.headers["Vary"] = "Accept"
    return response


async def _explained(parts: Parts, seen: Seen, only: str | None = None) -> list[Explanation]:
    case = seen.held.case
    if case is None:
        return []
    names = [name for name in clocks_of(case, seen.viewer) if only in (None, name)]
    if not names:
        return []
    calendars = await parts.library.calendars(calendars_of(case))
    zone_data = zone_data_version()
    told = (explain(case, name, calendars, zone_data, seen.viewer) for name in names)
    return [one for one in told if one is not None]


def _listed(case_id: str, said: Explanation) -> dict[str, Any]:
    links = {"explanation": f"/v1/cases/{case_id}/clocks/{said.clock}/explanation"}
    return ClockBody(**said.model_dump(include=set(_LISTED)), links=links).model_dump(mode="json")


def _wants_text(accept: str) -> bool:
    """Whether plain text stands in the header before JSON, or without it."""
    wanted = [one.partition(";")[0].strip().lower() for one in accept.split(",")]
    if "text/plain" not in wanted:
        return False
    return "application/json" not in wanted or wanted.index("text/plain") < wanted.index("application/json")
