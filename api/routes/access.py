"""Who has access, and what administrators did: API keys, people, the audit trail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.bodies.access import entry_body
from api.bodies.base import page_body
from api.examples.access import TRAIL
from api.kit.context import Context
from api.kit.replies import shown
from api.schema import gives
from services import trail
from services.pages import Page

router = APIRouter(tags=["access"])


@router.get("/v1/audit-trail", summary="What administrators did", responses=gives({200: ("TrailPage", TRAIL)}))
async def read_trail(
    context: Context,
    about: Annotated[str | None, Query(max_length=128, description="The id of whom or what it was done to.")] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 20,
    cursor: Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")] = None,
) -> Response:
    """For ops, with a key of their own that has the scope `admin`: the newest first. It is numbered without gaps and hash-chained
    as a case is, and `ombud audit verify` verifies it."""
    caller = await context.caller("admin")
    return shown(page_body(await trail.listed(context.parts, caller, Page(limit, cursor), about), entry_body))
