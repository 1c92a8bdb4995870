"""The tenant's own settings: for people of ops, with their own key."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.bodies.tenants import TenantChange, tenant_body
from api.examples.sources import TENANT, TENANT_SAID
from api.kit.context import Context
from api.kit.reading import parsed, read_object
from api.kit.replies import shown
from api.schema import gives, takes
from services import tenants

router = APIRouter(tags=["administration"])


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
