"""Why a case stands under its terms: for the team."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.bodies.terms import TERMS, terms_body
from api.kit.context import Context
from api.kit.replies import shown
from api.schema import gives
from services import terms
from services.cases import find

router = APIRouter(tags=["cases"])


@router.get(
    "/v1/cases/{case_id}/terms", summary="Why these terms bind a case", responses=gives({200: ("TermsBody", TERMS)})
)  # fmt: skip
async def read_terms(context: Context, case_id: str) -> Response:
    """Pack and version, the gates and rows that matched, the calendars, the targets in force, and what later commands changed and
    by whom. For the team; to others it is not found."""
    caller = await context.caller("cases:read")
    seen = await find(context.parts, caller, case_id)
    return shown(terms_body(case_id, await terms.terms(context.parts, caller, seen)))
