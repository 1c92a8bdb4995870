"""What surrounds every request: an id, a version, a line in the log, a count, and a problem for what nobody else has caught."""

from __future__ import annotations

import re
import time
from contextlib import AsyncExitStack

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils import uuid7

from api.kit.faults import problem_of, render
from api.kit.meters import Meters
from api.kit.problems import Problem
from api.kit.throttle import Pace
from runtime.addresses import block_of

VERSION = "2026-11-01"
"""Of the API's shape. A change that is not additive gets a new date; this release knows one."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class Envelope:
    """ASGI middleware around everything. Logs and counts by route, never by path: a path holds what a stranger typed."""

    def __init__(self, app: ASGIApp, *, meters: Meters, public_url: str, refusals: Pace) -> None:
        self._app, self._meters, self._public_url, self._refusals = app, meters, public_url, refusals
        self._log = structlog.get_logger("ombud.api")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else f"req_{uuid7()}"
        scope["ombud_request_id"] = request_id
        began, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["Request-Id"], headers["Ombud-Version"] = request_id, VERSION
                headers["X-Content-Type-Options"] = "nosniff"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            # What a request holds until it is answered, such as its place among costly ones.
            async with AsyncExitStack() as scope["ombud_until"]:
                await self._app(scope, receive, sending)
        except Exception as error:
            # Whatever nobody else has caught becomes a problem with a code, never a bare 500.
            problem = problem_of(error)
            self._tell(problem, error, request_id)
            if status:
                raise
            if problem.row.status == 429:
                await self._hold(scope, problem)
            await render(problem, self._public_url, request_id)(scope, receive, sending)
        finally:
            self._close(scope, request_id, status, time.perf_counter() - began)

    async def _hold(self, scope: Scope, problem: Problem) -> None:
        """Let somebody who asks too much wait for the answer; what the request held is given back by then."""
        address = block_of(scope["client"][0]) if scope.get("client") else ""
        if not await self._refusals.wait(address):
            problem.headers = {**(problem.headers or {}), "Connection": "close"}

    def _tell(self, problem: Problem, error: Exception, request_id: str) -> None:
        if problem.row.status == 503:
            # Outages: where it came from says nothing.
            self._log.warning("request_failed", request_id=request_id, code=problem.code, kind=type(error).__name__)
        elif problem.row.status >= 500:
            self._log.error("request_failed", request_id=request_id, code=problem.code, exc_info=error)

    def _close(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "(none)")
        self._meters.request(scope["method"], route, status, seconds)
        self._log.info(
            "request",
            request_id=request_id,
            method=scope["method"] if scope["method"].isalpha() else "?",
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
            key=scope.get("ombud_key"),
        )
