"""Statements of reasons, as the DSA Transparency Database takes them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.bodies.statements import STATEMENT, StatementAnswer
from api.kit.callers import identify
from api.kit.idempotent import Reply
from api.kit.problems import Problem
from api.kit.replies import answer
from api.schema import gives
from domain.dsa.statement import exported
from domain.model.statement import prose_of
from services.commands import find
from services.errors import not_found
from services.parts import Parts

router = APIRouter(tags=["cases"])


@router.get(
    "/v1/cases/{case_id}/statement-of-reasons",
    summary="Export the statement of reasons",
    responses=gives({200: ("StatementAnswer", STATEMENT)}),
)
async def read_statement(request: Request, case_id: str) -> Response:
    """The statement of reasons of the newest ruling that has one and was told, with the field names and values of the DSA
    Transparency Database. For the team and the platform; the person concerned has it in their letter."""
    caller = await identify(request)
    caller.need("cases:read")
    parts: Parts = request.app.state.parts
    seen = await find(parts, caller, case_id)
    if seen.viewer.side is not None:
        raise not_found()
    rulings = seen.held.case.rulings if seen.held.case is not None else ()
    ruling = next((one for one in reversed(rulings) if one.statement is not None), None)
    if ruling is None or ruling.statement is None or seen.held.case is None:
        raise Problem("statement_missing", "No ruling of this case has a statement of reasons.")
    texts = await parts.views.texts(caller.tenant_id, [prose.content_id for prose in prose_of(ruling.statement)])
    whole = exported(ruling.statement, ruling.id, texts)
    if whole is None:
        raise Problem("statement_missing", "The texts of this statement were erased.")
    terms = seen.held.case.terms.statement
    redress = ruling.statement.redress or (terms.redress if terms else ())
    made = StatementAnswer(id=seen.held.id, ruling=ruling.id, redress=redress, statement=whole)
    return answer(Reply(200, made.model_dump(mode="json")))
