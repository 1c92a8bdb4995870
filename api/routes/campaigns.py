"""Campaigns: many cases with one cause."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.bodies.campaigns import CampaignCloseRequest, CampaignRequest, campaign_list, summary_body
from api.examples.campaigns import CAMPAIGN_SAID, CAMPAIGNS, CLOSE_SAID, CLOSED, OPENED, SUMMARY
from api.kit.context import Context
from api.kit.idempotent import Reply
from api.kit.reading import parsed
from api.kit.replies import shown
from api.schema import gives, takes
from services import campaigns

router = APIRouter(tags=["campaigns"])


@router.post(
    "/v1/campaigns",
    status_code=201,
    summary="Open a campaign",
    openapi_extra=takes("CampaignRequest", CAMPAIGN_SAID),
    responses=gives({201: ("CampaignSummary", OPENED)}),
)
async def open_campaign(context: Context) -> Response:
    """For leads and ops. Cases are counted to it by the command `join_campaign`, one by one or in bulk; no party learns of it."""
    caller = await context.caller("cases:write")
    asked = await context.asked()
    said = parsed(CampaignRequest, asked.said)
    opening = await campaigns.opening(context.parts, caller, asked, name=said.name, reason=said.reason, by=said.by)

    async def work() -> Reply:
        return Reply(201, summary_body(await campaigns.open_campaign(context.parts, caller, opening)))

    return await context.once(caller, asked.key, "POST /v1/campaigns", asked.by(opening.by), work)


@router.get("/v1/campaigns", summary="List campaigns", responses=gives({200: ("CampaignList", CAMPAIGNS)}))
async def list_campaigns(
    context: Context,
    status: Annotated[Literal["open", "closed"] | None, Query(description="Left out: both.")] = None,
) -> Response:
    """For leads and ops: open ones first, the newest first of each, with how many cases they have."""
    caller = await context.caller("cases:read")
    is_open = None if status is None else status == "open"
    return shown(campaign_list(await campaigns.listed(context.parts, caller, is_open=is_open)))


@router.get("/v1/campaigns/{campaign_id}", summary="How a campaign stands", responses=gives({200: ("CampaignSummary", SUMMARY)}))
async def read_campaign(context: Context, campaign_id: str) -> Response:
    """For leads and ops: its open cases by phase, its closed ones by outcome, and the money that the open ones are about."""
    caller = await context.caller("cases:read")
    return shown(summary_body(await campaigns.read(context.parts, caller, campaign_id)))


@router.post(
    "/v1/campaigns/{campaign_id}/close",
    summary="Close a campaign",
    openapi_extra=takes("CampaignCloseRequest", CLOSE_SAID, may_be_empty=True),
    responses=gives({200: ("CampaignSummary", CLOSED)}),
)
async def close_campaign(context: Context, campaign_id: str) -> Response:
    """For leads and ops. No case can be counted to it any more; its cases go on, and stay counted. One that is closed already
    stays as it was closed."""
    caller = await context.caller("cases:write")
    asked = await context.asked()
    by = await campaigns.closing(context.parts, caller, campaign_id, parsed(CampaignCloseRequest, asked.said).by)

    async def work() -> Reply:
        return Reply(200, summary_body(await campaigns.close_campaign(context.parts, caller, campaign_id, by)))

    return await context.once(caller, asked.key, f"POST /v1/campaigns/{campaign_id}/close", asked.by(by), work)
