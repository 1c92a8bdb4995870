"""Sanctions: what counts against the parties of a case, for whoever decides it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.bodies.sanctions import sanctions_body
from api.examples.sanctions import SANCTIONS
from api.kit.context import Context
from api.kit.replies import shown
from api.schema import gives
from services import sanctions
from services.cases import find

router = APIRouter(tags=["sanctions"])


@router.get(
    "/v1/cases/{case_id}/sanctions",
    summary="What counts against the parties",
    responses=gives({200: ("SanctionsBody", SANCTIONS)}),
)
async def read_sanctions(context: Context, case_id: str) -> Response:
    """For the team: the sanctions of this and other cases against each party, which of them count now and until when, and what
    the ladder would say for each category. The ruling counts afresh at the moment at which it is judged."""
    caller = await context.caller("cases:read")
    seen = await find(context.parts, caller, case_id, "sanctions of the parties")
    return shown(sanctions_body(await sanctions.record(context.parts, caller, seen)))
