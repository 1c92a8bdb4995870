"""The same request twice is one request: the second gets the first one's answer, waiting for it while it is still being made."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

from pydantic_core import from_json, to_json
from starlette.requests import Request

from api.kit.problems import Problem
from services.callers import Caller
from services.errors import FieldError
from services.repeats import own_key
from services.rows import KeyState

_KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?")
REPEAT_FOR = timedelta(seconds=10)
"""How long a repeated request waits for the first one with the same key before the answer is 409."""
_LOOK_EVERY = 0.05
"""Seconds between two looks at whether the first request is done."""


class Keys(Protocol):
    """Where keys and the answers to their requests are kept; :class:`storage.postgres.idempotency.PostgresIdempotency`."""

    async def begin(self, tenant_id: str, key: str, route: str, body: bytes) -> KeyState: ...
    async def finish(self, tenant_id: str, key: str, status_code: int, response: Any) -> None: ...
    async def forget(self, tenant_id: str, key: str) -> None: ...


@dataclass(frozen=True)
class Reply:
    """An answer that can be kept and given again."""

    status_code: int
    body: dict[str, Any]
    replayed: bool = False


def key_of(request: Request) -> str | None:
    """The request's ``Idempotency-Key``. Raises ``idempotency_key_invalid``."""
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise Problem(
            "idempotency_key_invalid",
            errors=[FieldError("Idempotency-Key", "idempotency_key_invalid", "1 to 255 printable characters.")],
        )
    return key


class Once:
    """Does a request once for each key. ``wait_for`` bounds the wait for a first request that is still running."""

    def __init__(self, keys: Keys, wait_for: timedelta) -> None:
        self._keys = keys
        self._looks = max(1, round(wait_for.total_seconds() / _LOOK_EVERY))

    async def do(
        self,
        caller: Caller,
        key: str | None,
        route: str,
        body: bytes,
        work: Callable[[], Awaitable[Reply]],
        again: Callable[[Reply], Awaitable[Reply]] | None = None,
    ) -> Reply:
        """The answer of ``work``, or the kept one of this caller's first request. Of a kept 202, ``again`` says
        what became of it since.

        Raises ``idempotency_key_reused`` and ``request_in_flight``. A problem frees the key: a refusal is kept with its command.
        """
        if key is None:
            return await work()
        tenant_id, key = caller.tenant_id, own_key(caller, key)
        kept = await self._claim(tenant_id, key, route, body)
        if kept is not None:
            return await self._judged_since(tenant_id, key, kept, again) if again and kept.status_code == 202 else kept
        try:
            reply = await work()
        except BaseException:
            # Shielded: also a caller who hangs up must not leave the key claimed.
            await asyncio.shield(self._keys.forget(tenant_id, key))
            raise
        # As text: Postgres keeps the names of JSON in an order of its own, and the answer is to be the same bytes.
        await self._keys.finish(tenant_id, key, reply.status_code, to_json(reply.body).decode())
        return reply

    async def _judged_since(self, tenant_id: str, key: str, kept: Reply, again: Callable[[Reply], Awaitable[Reply]]) -> Reply:
        now = await again(kept)
        if now.status_code != 202:
            await self._keys.finish(tenant_id, key, now.status_code, to_json(now.body).decode())
        return replace(now, replayed=True)

    async def _claim(self, tenant_id: str, key: str, route: str, body: bytes) -> Reply | None:
        for _ in range(self._looks):
            begun = await self._keys.begin(tenant_id, key, route, body)
            match begun.state:
                case "mine":
                    return None
                case "done":
                    return Reply(begun.status_code, from_json(begun.response), replayed=True)
                case "other":
                    raise Problem("idempotency_key_reused")
                case "running":
                    await asyncio.sleep(_LOOK_EVERY)
        raise Problem("request_in_flight", headers={"Retry-After": "2"})
