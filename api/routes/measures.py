"""Interim measures as whoever they hit may see them, whether or not they were told of a case."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.bodies.base import list_body
from api.bodies.measures import MeasureReviewRequest, measure_body, review_body
from api.examples.sanctions import MEASURES, REVIEW, REVIEW_ASKED
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.reading import parsed
from api.kit.replies import shown
from api.schema import gives, takes
from services import measures

router = APIRouter(tags=["measures"])


@router.get("/v1/measures", summary="List the measures against a party", responses=gives({200: ("MeasureList", MEASURES)}))
async def list_measures(context: Context) -> Response:
    """For a platform's key that names a party with `Ombud-Act-As`: the temporary measures in force against them. They are told
    what they were to be told of each, and nothing of a case: it may not have been disclosed to them."""
    caller = await context.caller("cases:read")
    return shown(list_body([measure_body(one) for one in await measures.mine(context.parts, caller)]))


@router.post(
    "/v1/measures/{measure_id}/reviews",
    summary="Ask that a measure be looked at again",
    openapi_extra=takes("MeasureReviewRequest", REVIEW_ASKED),
    responses=gives({200: ("MeasureReviewBody", REVIEW), 202: ("MeasureReviewBody", {**REVIEW, "status": "pending"})}),
)
async def ask_review(context: Context, measure_id: str) -> Response:
    """In the name of the party whom it hits. The measure stays until somebody has looked; whoever handles the matter is told."""
    caller = await context.caller("cases:write")
    asked = await context.asked()
    said = parsed(MeasureReviewRequest, asked.said)

    async def work() -> Reply:
        state = await measures.ask(context.parts, caller, measure_id, said.model_dump(), asked.key)
        return Reply(200 if state.answer else 202, review_body(measure_id, state), replayed=state.known)

    return await context.once(caller, asked.key, f"POST measures/{measure_id}", asked.by(caller.viewer_id), work)
