"""Campaigns: many cases with one cause."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.examples.campaigns import CAMPAIGN_SAID, CAMPAIGNS, CLOSE_SAID, CLOSED, OPENED, SUMMARY
from api.kit.callers import identify
from api.kit.idempotent import Reply
from api.kit.replies import answer
from api.schema import gives, takes
from services.bulk import Work, ordered
from services.callers import Caller
from services.campaigns import closing, listed, opening, told
from services.parts import Parts

router = APIRouter(tags=["campaigns"])


@router.post(
    "/v1/campaigns",
    status_code=201,
    summary="Open a campaign",
    openapi_extra=takes("CampaignRequest", CAMPAIGN_SAID),
    responses=gives({201: ("CampaignSummary", OPENED)}),
)
async def open_campaign(request: Request) -> Response:
    """For leads and ops. Cases are counted to it by the command `join_campaign`, one by one or in bulk; no party learns of it."""
    return await ordered(request, "POST /v1/campaigns", opening)


@router.get("/v1/campaigns", summary="List campaigns", responses=gives({200: ("CampaignList", CAMPAIGNS)}))
async def list_campaigns(
    request: Request,
    status: Annotated[Literal["open", "closed"] | None, Query(description="Left out: both.")] = None,
) -> Response:
    """For leads and ops: open ones first, the newest first of each, with how many cases they have."""
    caller = await identify(request)
    caller.need("cases:read")
    is_open = None if status is None else status == "open"
    return answer(Reply(200, await listed(request.app.state.parts, caller, is_open=is_open)))


@router.get("/v1/campaigns/{campaign_id}", summary="How a campaign stands", responses=gives({200: ("CampaignSummary", SUMMARY)}))
async def read_campaign(request: Request, campaign_id: str) -> Response:
    """For leads and ops: its open cases by phase, its closed ones by outcome, and the money that the open ones are about."""
    caller = await identify(request)
    caller.need("cases:read")
    return answer(Reply(200, await told(request.app.state.parts, caller, campaign_id)))


@router.post(
    "/v1/campaigns/{campaign_id}/close",
    summary="Close a campaign",
    openapi_extra=takes("CampaignCloseRequest", CLOSE_SAID, may_be_empty=True),
    responses=gives({200: ("CampaignSummary", CLOSED)}),
)
async def close_campaign(request: Request, campaign_id: str) -> Response:
    """For leads and ops. No case can be counted to it any more; its cases go on, and stay counted. One that is closed already
    stays as it was closed."""

    async def order(parts: Parts, caller: Caller, key: str | None, body: dict[str, Any]) -> tuple[str, Work]:
        return await closing(parts, caller, campaign_id, body)

    return await ordered(request, f"POST /v1/campaigns/{campaign_id}/close", order)
