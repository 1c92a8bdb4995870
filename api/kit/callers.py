"""From a request to its caller: the key that it brings, and how many requests that key has left."""

from __future__ import annotations

from starlette.requests import Request

from api.kit.problems import Problem
from api.kit.throttle import Throttle
from services.callers import Caller
from services.parts import Parts


async def identify(request: Request) -> Caller:
    """The caller of a request. Raises ``key_missing``, ``key_invalid``, ``rate_limited``, ``act_as_forbidden``."""
    parts: Parts = request.app.state.parts
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Problem("key_missing", headers={"WWW-Authenticate": "Bearer"})
    key = await parts.keys.find_key(secret.strip()) if secret.isascii() else None
    if key is None:
        raise Problem("key_invalid", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    request.scope["ombud_key"] = key.key_id
    throttle: Throttle = request.app.state.throttle
    throttle.take(f"{key.tenant_id}/{key.key_id}")
    caller = Caller.holding(key)
    party = request.headers.get("ombud-act-as")
    return caller if party is None else caller.acting_as(party)
