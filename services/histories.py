"""What Temporal keeps sealed of a case, opened for whoever may read the case: Temporal's own pages ask for it."""

from __future__ import annotations

from services.callers import Caller
from services.cases import find
from services.errors import Refused
from services.parts import Parts
from services.trail import administrator

_CASE = "case/"


async def opened(parts: Parts, caller: Caller, body: bytes) -> bytes:
    """Payloads in Temporal's JSON, opened. What is of a case is read by people of the team who may read that case, and it is kept
    that they did; what is of no case, by administrators.

    Raises ``not_found`` where nothing is sealed here, or a case is another tenant's or not theirs to know; ``not_allowed`` for a
    party; ``bad_request`` for what are no payloads; and what :func:`services.cases.find` raises.
    """
    if parts.payloads is None:
        raise Refused("not_found")
    try:
        scopes = parts.payloads.scopes(body)
    except ValueError as error:
        raise Refused("bad_request", str(error)) from error
    for scope in sorted(scopes):
        await _may_read(parts, caller, scope)
    return parts.payloads.opened(body)


async def _may_read(parts: Parts, caller: Caller, scope: str) -> None:
    if not scope.startswith(_CASE):
        await administrator(parts, caller)
        return
    tenant, _, case_id = scope.removeprefix(_CASE).partition("/")
    if tenant != caller.tenant_id:
        raise Refused("not_found")
    seen = await find(parts, caller, case_id, "temporal history")
    if seen.viewer.side is not None:
        raise Refused("not_allowed")
