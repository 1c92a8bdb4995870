"""How the command line reaches Ombud: the same API as everybody, in this very process, or at ``OMBUD_URL`` with
``OMBUD_API_KEY``.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NoReturn, TypeVar

import typer

from cli.kit.logins import known_login
from cli.kit.target import Target

Result = TypeVar("Result")

EXIT_CODES = {
    400: 65,  # EX_DATAERR: the input is not what it should be
    401: 77,  # EX_NOPERM: no key, or not this one
    403: 77,
    410: 66,  # it was erased
    404: 66,  # EX_NOINPUT: there is no such case (for you)
    409: 75,  # EX_TEMPFAIL: not now; the case or another request is in the way
    413: 65,
    415: 65,
    422: 65,
    429: 75,
    503: 69,  # EX_UNAVAILABLE: a service is away
}
"""Exit code by the status of a problem; anything else is 70 (EX_SOFTWARE). 0 is success."""


class Failed(Exception):
    """The API answered with a problem."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail") or problem.get("title") or "failed")
        self.problem = problem


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
        response = await self._http.request("GET", path, headers=self._headers)
        if response.status_code >= 400:
            raise Failed(response.json())
        return bytes(response.content)


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
    from cli.kit.exits import (
        guarded,
    )

    async def doing() -> Result:
        async with desk(target) as found:
            return await work(found)

    try:
        return guarded(lambda: asyncio.run(doing()))
    except Failed as failed:
        _leave(failed.problem, target)


def _leave(problem: dict[str, Any], target: Target) -> NoReturn:
    status = int(problem.get("status") or 500)
    typer.echo(f"{problem.get('detail') or problem.get('title')} [{problem.get('code', status)}]", err=True)
    for error in problem.get("errors") or []:
        typer.echo(f"  {error.get('field')}: {error.get('message')} [{error.get('code')}]", err=True)
    if problem.get("code") in ("own_credential_needed", "key_invalid"):
        typer.echo(f"  ombud login {target.speaker or 'per_…'}", err=True)
    if problem.get("code") in ("actor_unknown", "own_credential_needed") and target.speaker is None:
        typer.echo("  Say as whom, with --as (per_…).", err=True)
    raise typer.Exit(EXIT_CODES.get(status, 70))
