"""One request, as its route meets it: who asks, what they said, and the answer, once for each key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from api.kit.costs import cost_of
from api.kit.gate import Gate
from api.kit.idempotent import Once, Reply, key_of
from api.kit.problems import Problem
from api.kit.reading import read_object
from api.kit.replies import answer
from services.callers import Caller
from services.doors import LeavingDoors
from services.logins import why_nobodys
from services.parts import Parts
from services.repeats import Asked


@dataclass(frozen=True)
class RequestContext:
    """What every route needs of a request. Nothing is read or asked before the route says so."""

    request: Request

    @property
    def parts(self) -> Parts:
        """What the services work with."""
        parts: Parts = self.request.app.state.parts
        landing: AsyncExitStack | None = self.request.scope.get("ombud_landing")
        return parts if landing is None else replace(parts, doors=LeavingDoors(parts.doors, landing.aclose))

    @property
    def key(self) -> str | None:
        """The ``Idempotency-Key``. Raises ``idempotency_key_invalid``."""
        return key_of(self.request)

    async def caller(self, scope: str | None) -> Caller:
        """Whoever asks, with a key that has the scope (None: any). Raises what :func:`identify` raises, and ``scope_missing``."""
        caller = await identify(self.request)
        if scope is not None:
            caller.need(scope)
        return caller

    async def asked(self) -> Asked:
        """The body, an object or nothing, with the key of the request."""
        key = self.key
        return Asked(await read_object(self.request, may_be_empty=True), key)

    async def once(
        self,
        caller: Caller,
        key: str | None,
        route: str,
        said: bytes,
        work: Callable[[], Awaitable[Reply]],
        *,
        again: Callable[[Reply], Awaitable[Reply]] | None = None,
        added: Callable[[Reply], Awaitable[Reply]] | None = None,
    ) -> Response:
        """The answer of ``work``, or the one that the same request with the same key got before.

        Where that was 202, ``again`` says what became of it; left out, ``work`` itself, which is safe to repeat with its key.
        ``added`` puts in what no kept answer may hold.
        """

        async def the_same(kept: Reply) -> Reply:
            return await work()

        once: Once = self.request.app.state.once
        reply = await once.do(caller, key, route, said, work, again or the_same)
        return answer(reply if added is None else await added(reply))

    async def landing(self, caller: Caller) -> None:
        """Wait for a place among the tenant's reports that are being put on disk. It is given back when Temporal is asked, which
        may take long and costs nothing here. Raises ``rate_limited``."""
        gate: Gate = self.request.app.state.gate
        landing = await self.request.scope["ombud_until"].enter_async_context(AsyncExitStack())
        await landing.enter_async_context(gate.landing.room(caller.tenant_id))
        self.request.scope["ombud_landing"] = landing

    def take(self, bucket: str) -> None:
        """Count one request. Raises ``rate_limited``."""
        gate: Gate = self.request.app.state.gate
        gate.keys.take(bucket)

    def signed(self, source_id: str) -> AbstractContextManager[None]:
        """Around what proves a source's signature (:meth:`Gate.signed`). Raises ``rate_limited``."""
        gate: Gate = self.request.app.state.gate
        return gate.signed(source_id, _address(self.request))


async def identify(request: Request) -> Caller:
    """The holder of the key that a request brings. Raises ``key_missing``, ``key_invalid``, ``login_code_ended``,
    ``login_code_expired``, ``rate_limited``, ``act_as_forbidden``."""
    parts: Parts = request.app.state.parts
    gate: Gate = request.app.state.gate
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Problem("key_missing", headers={"WWW-Authenticate": "Bearer"})
    key = await gate.holder(parts.keys, secret.strip(), _address(request)) if secret.isascii() else None
    if key is None:
        code = await why_nobodys(parts, secret.strip()) if secret.isascii() else "key_invalid"
        raise Problem(code, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    request.scope["ombud_key"] = key.key_id
    cost = cost_of(request.method, getattr(request.scope.get("route"), "path", ""))
    await gate.pass_(key.tenant_id, cost, request.scope["ombud_until"])
    caller = Caller.holding(key)
    party = request.headers.get("ombud-act-as")
    return caller if party is None else caller.acting_as(party)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def _of(request: Request) -> RequestContext:
    return RequestContext(request)


Context = Annotated[RequestContext, Depends(_of)]
"""Written as the type of a route's first argument."""
