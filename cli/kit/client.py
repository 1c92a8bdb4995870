"""How the command line reaches Ombud: the same API as everybody, in this very process, or at ``OMBUD_URL`` with
``OMBUD_API_KEY``.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from cli.kit.exits import guarded, leave_for_problem
from cli.kit.logins import known_login
from cli.kit.target import Target

Result = TypeVar("Result")


class Failed(Exception):
    """The API answered with a problem."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or "failed")
        self.problem = problem
        self.advice: tuple[str, ...] = ()


class Desk:
    """Requests on behalf of one speaker."""

    def __init__(self, http: Any, headers: dict[str, str]) -> None:
        self._http, self._headers = http, headers

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        """The JSON of an answer. Raises :class:`Failed` for a problem."""
        headers = {**self._headers, **more.pop("headers", {})}
        response = await self._http.request(method, path, headers=headers, **more)
        body = response.json() if response.content else None
        if response.status_code >= 400:
            raise Failed(body if isinstance(body, dict) else {"status": response.status_code, "detail": str(body)})
        return body

    async def fetch(self, path: str) -> bytes:
        """The bytes of an answer. Raises :class:`Failed` for a problem."""
        return (await self.download(path))[0]

    async def download(self, path: str) -> tuple[bytes, Mapping[str, str]]:
        """The bytes of an answer, and its headers. Raises :class:`Failed` for a problem."""
        response = await self._http.request("GET", path, headers=self._headers)
        if response.status_code >= 400:
            raise Failed(response.json())
        return bytes(response.content), response.headers


@asynccontextmanager
async def desk(target: Target) -> AsyncIterator[Desk]:
    """A connection: remote when ``OMBUD_URL`` is set, else the API in this process on the services of this machine."""
    import httpx2

    url, own = os.environ.get("OMBUD_URL"), known_login(target)
    if url:
        headers = {"Authorization": f"Bearer {own or os.environ.get('OMBUD_API_KEY', '')}"}
        if target.speaker and target.speaker.startswith("pty_"):
            headers["Ombud-Act-As"] = target.speaker
        async with httpx2.AsyncClient(base_url=url, timeout=30) as http:
            yield Desk(http, headers)
        return
    from cli.kit.compose import local_app
    from cli.kit.operator import OPERATOR

    async with local_app(target) as app:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://ombud.local", timeout=30) as http:
            yield Desk(http, {"Authorization": f"Bearer {own or OPERATOR}"})


def run(work: Callable[[Desk], Awaitable[Result]], target: Target) -> Result:
    """Do something at the desk; a problem is told on stderr and becomes the exit code for its cause."""

    async def doing() -> Result:
        async with desk(target) as found:
            return await work(found)

    try:
        return guarded(lambda: asyncio.run(doing()))
    except Failed as failed:
        leave_for_problem(failed.problem, *failed.advice, *_advice(failed.problem.get("code"), target))


def _advice(code: object, target: Target) -> Iterator[str]:
    """What can be done about a problem here."""
    if code == "key_invalid" and known_login(target) is not None:
        yield f"The login of {target.speaker} is over: it expired or was revoked. Log in again:"
    if code in ("own_credential_needed", "key_invalid"):
        yield f"ombud login {target.speaker or 'per_…'}"
    if code in ("endpoint_not_https", "endpoint_not_public"):
        both = "OMBUD_DEVELOPMENT=true and OMBUD_WEBHOOK_ALLOW_PRIVATE=true"
        yield f"In a tenant for development: set {both}, for `ombud up` and for this command."
    if code in ("actor_unknown", "own_credential_needed") and target.speaker is None:
        yield "Say as whom, with --as (per_…)."
