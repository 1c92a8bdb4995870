"""Intake sources, and what stands in for what they do not say: for people of ops, with their own key."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.bodies.base import page_body
from api.bodies.sources import SourceChange, SourceRequest, SourceRotation, source_body
from api.bodies.tenants import TenantChange, tenant_body
from api.examples.sources import (
    NEW_SOURCE,
    ROTATED_SOURCE,
    SOURCE,
    SOURCE_CHANGE,
    SOURCE_ROTATION_SAID,
    SOURCE_SAID,
    SOURCES,
    TENANT,
    TENANT_SAID,
)
from api.kit.context import Context
from api.kit.parameters import Cursor, Limit
from api.kit.reading import parsed, read_object
from api.kit.replies import created, shown
from api.schema import gives, takes
from services import sources, tenants
from services.pages import Page

router = APIRouter(tags=["administration"])

SourceId = Annotated[str, Path(max_length=128, description="The source (`src_…`).")]


@router.get("/v1/intake-sources", summary="Intake sources", responses=gives({200: ("SourceList", SOURCES)}))
async def list_sources(context: Context, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """The oldest first; secrets are never told again."""
    caller = await context.caller("admin")
    return shown(page_body(await sources.listed(context.parts, caller, Page(limit, cursor)), source_body))


@router.post(
    "/v1/intake-sources",
    status_code=201,
    summary="Add an intake source",
    openapi_extra=takes("SourceRequest", SOURCE_SAID, keyed=False),
    responses=gives({201: ("SourceBody", NEW_SOURCE)}),
)
async def add_source(context: Context) -> Response:
    """Stripe and PayPal make the secret: give it here. Of the others one is made, told this once. What is posted to `address`
    opens cases of this tenant and no other."""
    caller = await context.caller("admin")
    said = parsed(SourceRequest, await read_object(context.request))
    made = await sources.add(
        context.parts,
        caller,
        said.provider,
        secret=said.secret,
        name=said.name or "",
        kind=said.kind,
        queue=said.queue,
        respondent=said.respondent,
        page=said.page,
    )
    return created(f"/v1/intake-sources/{made.source.id}", source_body(made.source, made.secret))


@router.get("/v1/intake-sources/{source_id}", summary="Read an intake source", responses=gives({200: ("SourceBody", SOURCE)}))
async def read_source(context: Context, source_id: SourceId) -> Response:
    """One of them; its secrets are never told again."""
    caller = await context.caller("admin")
    return shown(source_body(await sources.read(context.parts, caller, source_id)))


@router.patch(
    "/v1/intake-sources/{source_id}",
    summary="Change an intake source",
    openapi_extra=takes("SourceChange", SOURCE_CHANGE, keyed=False),
    responses=gives({200: ("SourceBody", SOURCE)}),
)
async def change_source(context: Context, source_id: SourceId) -> Response:
    """What is named changes, and nothing else; null takes it out. The secret is changed by rotating it."""
    caller = await context.caller("admin")
    said = parsed(SourceChange, await read_object(context.request))
    return shown(source_body(await sources.change(context.parts, caller, source_id, said.said())))


@router.post(
    "/v1/intake-sources/{source_id}/rotate",
    summary="Rotate a source's secret",
    openapi_extra=takes("SourceRotation", SOURCE_ROTATION_SAID, may_be_empty=True, keyed=False),
    responses=gives({200: ("SourceBody", ROTATED_SOURCE)}),
)
async def rotate_source(context: Context, source_id: SourceId) -> Response:
    """Another secret. During the overlap what either of the two proves is taken."""
    caller = await context.caller("admin")
    said = parsed(SourceRotation, await read_object(context.request, may_be_empty=True))
    made = await sources.rotate(context.parts, caller, source_id, said.secret, timedelta(hours=said.overlap_hours))
    return shown(source_body(made.source, made.secret))


@router.post(
    "/v1/intake-sources/{source_id}/disable",
    summary="Disable a source",
    responses=gives({200: ("SourceBody", {**SOURCE, "active": False})}),
)
async def disable_source(context: Context, source_id: SourceId) -> Response:
    """Its address answers as if it had never been."""
    caller = await context.caller("admin")
    return shown(source_body(await sources.switch(context.parts, caller, source_id, active=False)))


@router.post("/v1/intake-sources/{source_id}/enable", summary="Enable a source", responses=gives({200: ("SourceBody", SOURCE)}))
async def enable_source(context: Context, source_id: SourceId) -> Response:
    """Its address takes reports again."""
    caller = await context.caller("admin")
    return shown(source_body(await sources.switch(context.parts, caller, source_id, active=True)))


@router.delete("/v1/intake-sources/{source_id}", status_code=204, summary="Delete a source", responses=gives({204: (None, None)}))
async def delete_source(context: Context, source_id: SourceId) -> Response:
    """For good, with its secrets. The cases that came from it stay."""
    caller = await context.caller("admin")
    await sources.delete(context.parts, caller, source_id)
    return Response(status_code=204)


@router.get("/v1/tenant", summary="The tenant's settings", responses=gives({200: ("TenantBody", TENANT)}))
async def read_tenant(context: Context) -> Response:
    """What stands in for what a report and its source do not say."""
    return shown(tenant_body(await tenants.read(context.parts, await context.caller("admin"))))


@router.patch(
    "/v1/tenant",
    summary="Change the tenant's settings",
    openapi_extra=takes("TenantChange", TENANT_SAID, keyed=False),
    responses=gives({200: ("TenantBody", TENANT)}),
)
async def change_tenant(context: Context) -> Response:
    """What is named changes, and nothing else; null takes a setting out."""
    caller = await context.caller("admin")
    said = parsed(TenantChange, await read_object(context.request))
    return shown(tenant_body(await tenants.change(context.parts, caller, said.said())))
