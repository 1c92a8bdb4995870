"""Statements of reasons, as the DSA Transparency Database takes them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.bodies.statements import STATEMENT, statement_body
from api.kit.context import Context
from api.kit.replies import shown
from api.schema import gives
from services import statements
from services.cases import find

router = APIRouter(tags=["cases"])


@router.get(
    "/v1/cases/{case_id}/statement-of-reasons",
    summary="Export the statement of reasons",
    responses=gives({200: ("StatementAnswer", STATEMENT)}),
)
async def read_statement(context: Context, case_id: str) -> Response:
    """The statement of reasons of the newest ruling that has one and was told, with the field names and values of the DSA
    Transparency Database. For the team and the platform; the person concerned has it in their letter."""
    caller = await context.caller("cases:read")
    seen = await find(context.parts, caller, case_id, "statement of reasons")
    return shown(statement_body(await statements.statement(context.parts, caller, seen)))
