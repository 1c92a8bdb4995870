"""Webhook endpoints: made after their address was looked at, listed, rotated with two live secrets, disabled and deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from services.callers import Caller
from services.errors import FieldError, Refused, not_found
from services.heavy import need_fresh
from services.pages import Cursors, Page, Part, part_by_id
from services.parts import Parts
from services.trail import administrator, note
from storage.outside.endpoints import Endpoint, Purpose, noted

OVERLAP_FOR = timedelta(hours=24)
"""How long the secret before a rotation is good too, unless said otherwise: a day for whoever deploys once a day."""


class WithSecret(NamedTuple):
    """An endpoint and its secret, which is told this once."""

    endpoint: Endpoint
    secret: str


async def listed(parts: Parts, caller: Caller, page: Page) -> Part[Endpoint]:
    """The endpoints, without secrets, the oldest first. Raises what :func:`administrator` raises."""
    await administrator(parts, caller)
    found = await parts.endpoints.all(caller.tenant_id)
    return part_by_id(found, Cursors.of(parts, caller, "endpoints"), page)


async def read(parts: Parts, caller: Caller, endpoint_id: str) -> Endpoint:
    """One endpoint, without its secrets. Raises what :func:`administrator` raises, and ``not_found``."""
    await administrator(parts, caller)
    return await _there(parts, caller, endpoint_id)


async def add(parts: Parts, caller: Caller, url: str, purpose: Purpose) -> WithSecret:
    """A place for webhooks to go.

    Raises what :func:`administrator` raises, and for the address ``endpoint_invalid``, ``endpoint_not_https``,
    ``endpoint_not_public``, ``endpoint_has_credentials``, ``endpoint_too_long``, ``endpoint_host_unknown``,
    ``endpoint_port_refused``.
    """
    who = await administrator(parts, caller)
    need_fresh(caller, "add_endpoint")
    await _check_address(parts, caller, url)
    async with parts.trail.deed(caller.tenant_id) as conn:
        made = await parts.endpoints.create(caller.tenant_id, url, purpose=purpose, created_by=who.by, conn=conn)
        await note(conn, who, "endpoint_added", made.id, **noted(made.id, url, purpose))
    return WithSecret(await _there(parts, caller, made.id), made.secret)


async def change(
    parts: Parts, caller: Caller, endpoint_id: str, *, url: str | None = None, purpose: Purpose | None = None
) -> Endpoint:
    """Another address, looked at as a new one's, or another purpose; with the same secrets. Raises as :func:`add` does, and
    ``nothing_changes``."""
    who = await administrator(parts, caller)
    if url is None and purpose is None:
        raise Refused("nothing_changes", "Name what is to change.")
    if url is not None:
        await _check_address(parts, caller, url)
    async with parts.trail.deed(caller.tenant_id) as conn:
        if not await parts.endpoints.change(caller.tenant_id, endpoint_id, url=url, purpose=purpose, conn=conn):
            raise not_found()
        await note(conn, who, "endpoint_changed", endpoint_id, **noted(endpoint_id, url, purpose))
    return await _there(parts, caller, endpoint_id)


async def rotate(parts: Parts, caller: Caller, endpoint_id: str, overlap_for: timedelta = OVERLAP_FOR) -> WithSecret:
    """A new secret. Until the overlap is over everything is signed with both, in one header, as Standard Webhooks has it."""
    who = await administrator(parts, caller)
    need_fresh(caller, "rotate_endpoint")
    async with parts.trail.deed(caller.tenant_id) as conn:
        secret = await parts.endpoints.rotate(caller.tenant_id, endpoint_id, overlap_for, conn)
        if secret is None:
            raise not_found()
        await note(conn, who, "endpoint_rotated", endpoint_id, overlap_seconds=int(overlap_for.total_seconds()))
    return WithSecret(await _there(parts, caller, endpoint_id), secret)


async def disable(parts: Parts, caller: Caller, endpoint_id: str) -> Endpoint:
    """Send nothing there any more; what was on its way is not tried again. Disabled already, it stays as it is."""
    who = await administrator(parts, caller)
    async with parts.trail.deed(caller.tenant_id) as conn:
        if await parts.endpoints.disable(caller.tenant_id, endpoint_id, conn):
            await note(conn, who, "endpoint_disabled", endpoint_id, because="by_hand")
    return await _there(parts, caller, endpoint_id)


async def enable(parts: Parts, caller: Caller, endpoint_id: str) -> Endpoint:
    """Send there again from now on, with a clean slate. What it missed is not sent again: the cases can be read."""
    who = await administrator(parts, caller)
    need_fresh(caller, "enable_endpoint")
    async with parts.trail.deed(caller.tenant_id) as conn:
        if not await parts.endpoints.enable(caller.tenant_id, endpoint_id, conn):
            raise not_found()
        await note(conn, who, "endpoint_enabled", endpoint_id)
    return await _there(parts, caller, endpoint_id)


async def delete(parts: Parts, caller: Caller, endpoint_id: str) -> None:
    """End it for good, with its secrets and its address."""
    who = await administrator(parts, caller)
    async with parts.trail.deed(caller.tenant_id) as conn:
        if not await parts.endpoints.delete(caller.tenant_id, endpoint_id, conn):
            raise not_found()
        await note(conn, who, "endpoint_deleted", endpoint_id)


async def _check_address(parts: Parts, caller: Caller, url: str) -> None:
    tenant = await parts.tenants.tenant(caller.tenant_id)
    code = await parts.address_refused(url, tenant is not None and tenant.development)
    if code is not None:
        raise Refused(code, errors=[FieldError("url", code, "This address cannot be a webhook's.")])


async def _there(parts: Parts, caller: Caller, endpoint_id: str) -> Endpoint:
    found = await parts.endpoints.one(caller.tenant_id, endpoint_id)
    if found is None:
        raise not_found()
    return found
