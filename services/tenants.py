"""The tenant's own settings: what it is called, its zone, and what stands in for what a report does not say."""

from __future__ import annotations

from typing import Any

from domain.model.report import ReportedParty
from services.callers import Caller
from services.errors import FieldError, Refused
from services.parts import Parts
from services.trail import administrator, note
from storage.tenants import Tenant

PARTIES = ("default_merchant", "default_respondent")
"""Who is on the other side of a payment, and of everything else, when neither the report nor its source says."""
_WORDS = ("email_kind", "orders_within", "archive_after_days")


async def read(parts: Parts, caller: Caller) -> Tenant:
    """The tenant. Raises what :func:`administrator` raises."""
    await administrator(parts, caller)
    found = await parts.tenants.tenant(caller.tenant_id)
    assert found is not None, "a key belongs to a tenant"
    return found


async def change(parts: Parts, caller: Caller, said: dict[str, Any]) -> Tenant:
    """Change what is named and nothing else; a setting that is None is taken out.

    Raises what :func:`administrator` raises, ``kind_unknown`` and ``nothing_changes``.
    """
    who = await administrator(parts, caller)
    if not said:
        raise Refused("nothing_changes", "Name what is to change.")
    kind = said.get("email_kind")
    if kind is not None:
        known = sorted((await parts.shelf_of(caller.tenant_id)).packs)
        if kind not in known:
            raise Refused("kind_unknown", errors=[FieldError("email_kind", "kind_unknown", f"Use one of: {', '.join(known)}.")])
    settings = {name: _stored(said[name]) for name in (*PARTIES, *_WORDS) if name in said}
    named = {field: said.get(field) for field in ("name", "zone")}
    async with parts.trail.deed(caller.tenant_id) as conn:
        changed = await parts.tenants.change(caller.tenant_id, **named, settings=settings, conn=conn)
        # Which, not what: a default party is somebody's name and address.
        await note(conn, who, "tenant_changed", caller.tenant_id, fields=sorted(said))
    return changed


def _stored(value: Any) -> Any:
    if isinstance(value, ReportedParty):
        return value.model_dump(mode="json", exclude={"side"}, exclude_defaults=True) | {"ref": value.ref}
    return value
