"""Who may look after a tenant's endpoints, sources and settings, and the note of each such deed."""

from __future__ import annotations

from services.callers import Caller, only
from services.parts import Parts

OPS = frozenset({"ops", "system"})
_WHOSE = "Looking after the tenant itself is for people of ops, with their own key, and for the operator's command line."


async def administrator(parts: Parts, caller: Caller) -> str:
    """Who administers: a person of ops with their own key, or the operator. Raises ``scope_missing`` and ``not_allowed``."""
    caller.need("admin")
    await only(parts, caller, OPS, _WHOSE)
    return caller.holder


async def noted(parts: Parts, caller: Caller, deed: str, about: str, **more: object) -> None:
    """Keep in the tenant's audit trail what was done, by whom and to what; ``more`` holds no secret and nobody's words."""
    if parts.trail is not None:
        await parts.trail.note(
            caller.tenant_id, by=caller.holder, credential=caller.credential, deed=deed, about=about, more=more
        )
