"""Why a case stands under its terms: for the team."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.bodies.terms import TERMS, TermsBody
from api.kit.callers import identify
from api.kit.idempotent import Reply
from api.kit.replies import answer
from api.schema import gives
from domain.model.facts import Recording
from domain.views.terms import explain_terms
from services.callers import TEAM
from services.commands import find
from services.errors import not_found
from services.parts import Parts

router = APIRouter(tags=["cases"])

_PAGE = 500


@router.get(
    "/v1/cases/{case_id}/terms", summary="Why these terms bind a case", responses=gives({200: ("TermsBody", TERMS)})
)  # fmt: skip
async def read_terms(request: Request, case_id: str) -> Response:
    """Pack and version, the gates and rows that matched, the calendars, the targets in force, and what later commands changed and
    by whom. For the team; to others it is not found."""
    caller = await identify(request)
    caller.need("cases:read")
    parts: Parts = request.app.state.parts
    seen = await find(parts, caller, case_id)
    if seen.held.case is None or seen.viewer.role not in TEAM:
        raise not_found()
    recordings: list[Recording] = []
    while page := await parts.views.timeline(caller.tenant_id, case_id, recordings[-1].seq if recordings else 0, _PAGE):
        recordings += page
    case = seen.held.case
    opened = recordings[0].fact
    version = opened.terms.version if opened.type == "case_opened" else case.terms.version
    newest = (await parts.shelf_of(caller.tenant_id)).packs.get(case.terms.pack)
    said = explain_terms(case, recordings, await parts.library.pack(version), newest.version if newest else None)
    return answer(Reply(200, TermsBody(case=case_id, **said.model_dump()).model_dump(mode="json")))
