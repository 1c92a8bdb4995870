"""Sanctions: what counts against the parties of a case, for whoever decides it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.bodies.sanctions import sanctions_body
from api.examples.sanctions import SANCTIONS
from api.kit.callers import identify
from api.kit.idempotent import Reply
from api.kit.problems import Problem
from api.kit.replies import answer
from api.schema import gives
from services.callers import TEAM
from services.commands import find
from services.errors import not_found
from services.parts import Parts

router = APIRouter(tags=["sanctions"])


@router.get(
    "/v1/cases/{case_id}/sanctions",
    summary="What counts against the parties",
    responses=gives({200: ("SanctionsBody", SANCTIONS)}),
)
async def read_sanctions(request: Request, case_id: str) -> Response:
    """For the team: the sanctions of this and other cases against each party, which of them count now and until when, and what
    the ladder would say for each category. The ruling counts afresh at the moment at which it is judged."""
    caller = await identify(request)
    caller.need("cases:read")
    parts: Parts = request.app.state.parts
    seen = await find(parts, caller, case_id)
    if seen.viewer.role not in TEAM:
        raise Problem("not_allowed", "What stands against somebody in other cases is for the team alone.")
    if seen.held.case is None:
        raise not_found()
    at, earlier = await parts.sanctions.book(caller.tenant_id, case_id)
    return answer(Reply(200, sanctions_body(seen.held.case, earlier, at)))
