"""Webhook endpoints: for people of ops, with their own key."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.bodies.base import page_body
from api.bodies.endpoints import EndpointChange, EndpointRequest, EndpointRotation, endpoint_body
from api.examples.sources import (
    DISABLED_ENDPOINT,
    ENDPOINT,
    ENDPOINT_CHANGE,
    ENDPOINT_SAID,
    ENDPOINTS,
    NEW_ENDPOINT,
    ROTATED_ENDPOINT,
    ROTATION_SAID,
)
from api.kit.context import Context
from api.kit.parameters import Cursor, Limit
from api.kit.reading import parsed, read_object
from api.kit.replies import created, shown
from api.schema import gives, takes
from services import endpoints
from services.pages import Page

router = APIRouter(tags=["administration"])

EndpointId = Annotated[str, Path(max_length=128, description="The endpoint (`whk_…`).")]


@router.get("/v1/webhook-endpoints", summary="Webhook endpoints", responses=gives({200: ("EndpointList", ENDPOINTS)}))
async def list_endpoints(context: Context, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """The oldest first, with what fails there; secrets are never told again."""
    caller = await context.caller("admin")
    return shown(page_body(await endpoints.listed(context.parts, caller, Page(limit, cursor)), endpoint_body))


@router.post(
    "/v1/webhook-endpoints",
    status_code=201,
    summary="Add a webhook endpoint",
    openapi_extra=takes("EndpointRequest", ENDPOINT_SAID, keyed=False),
    responses=gives({201: ("EndpointBody", NEW_ENDPOINT)}),
)
async def add_endpoint(context: Context) -> Response:
    """The address is looked at now: https, no credentials in it, and a public host. The answer holds the signing secret, this
    once; what goes there is signed by Standard Webhooks."""
    caller = await context.caller("admin")
    said = parsed(EndpointRequest, await read_object(context.request))
    made = await endpoints.add(context.parts, caller, said.url, said.purpose)
    return created(f"/v1/webhook-endpoints/{made.endpoint.id}", endpoint_body(made.endpoint, made.secret))


@router.get(
    "/v1/webhook-endpoints/{endpoint_id}", summary="Read a webhook endpoint", responses=gives({200: ("EndpointBody", ENDPOINT)})
)
async def read_endpoint(context: Context, endpoint_id: EndpointId) -> Response:
    """One of them; its secrets are never told again."""
    caller = await context.caller("admin")
    return shown(endpoint_body(await endpoints.read(context.parts, caller, endpoint_id)))


@router.patch(
    "/v1/webhook-endpoints/{endpoint_id}",
    summary="Change a webhook endpoint",
    openapi_extra=takes("EndpointChange", ENDPOINT_CHANGE, keyed=False),
    responses=gives({200: ("EndpointBody", ENDPOINT)}),
)
async def change_endpoint(context: Context, endpoint_id: EndpointId) -> Response:
    """Another address, looked at as a new one's, or another purpose. The secrets stay; a disabled one stays disabled."""
    caller = await context.caller("admin")
    said = parsed(EndpointChange, await read_object(context.request))
    return shown(endpoint_body(await endpoints.change(context.parts, caller, endpoint_id, **said.said())))


@router.post(
    "/v1/webhook-endpoints/{endpoint_id}/rotate",
    summary="Rotate an endpoint's secret",
    openapi_extra=takes("EndpointRotation", ROTATION_SAID, may_be_empty=True, keyed=False),
    responses=gives({200: ("EndpointBody", ROTATED_ENDPOINT)}),
)
async def rotate_endpoint(context: Context, endpoint_id: EndpointId) -> Response:
    """A new secret, told this once. During the overlap `webhook-signature` bears both signatures; either proves the message."""
    caller = await context.caller("admin")
    said = parsed(EndpointRotation, await read_object(context.request, may_be_empty=True))
    made = await endpoints.rotate(context.parts, caller, endpoint_id, timedelta(hours=said.overlap_hours))
    return shown(endpoint_body(made.endpoint, made.secret))


@router.post(
    "/v1/webhook-endpoints/{endpoint_id}/disable",
    summary="Disable an endpoint",
    responses=gives({200: ("EndpointBody", DISABLED_ENDPOINT)}),
)
async def disable_endpoint(context: Context, endpoint_id: EndpointId) -> Response:
    """Nothing is sent there any more, and what was on its way is not tried again."""
    caller = await context.caller("admin")
    return shown(endpoint_body(await endpoints.disable(context.parts, caller, endpoint_id)))


@router.post(
    "/v1/webhook-endpoints/{endpoint_id}/enable",
    summary="Enable an endpoint",
    responses=gives({200: ("EndpointBody", ENDPOINT)}),
)
async def enable_endpoint(context: Context, endpoint_id: EndpointId) -> Response:
    """What happens from now on is sent there. What it missed is not sent again: read the cases that changed."""
    caller = await context.caller("admin")
    return shown(endpoint_body(await endpoints.enable(context.parts, caller, endpoint_id)))


@router.delete(
    "/v1/webhook-endpoints/{endpoint_id}", status_code=204, summary="Delete an endpoint", responses=gives({204: (None, None)})
)
async def delete_endpoint(context: Context, endpoint_id: EndpointId) -> Response:
    """For good, with its address and its secrets."""
    caller = await context.caller("admin")
    await endpoints.delete(context.parts, caller, endpoint_id)
    return Response(status_code=204)
