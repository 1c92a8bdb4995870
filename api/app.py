"""The HTTP API, put together from parts that were made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from api.kit import pages
from api.kit.envelope import Envelope
from api.kit.faults import problem_of, render
from api.kit.gate import Gate
from api.kit.idempotent import REPEAT_FOR, Once
from api.kit.meters import Meters
from api.kit.parameters import known_headers, known_parameters
from api.routes import (
    access,
    bulk,
    calendars,
    campaigns,
    cases,
    clocks,
    commands,
    desk,
    endpoints,
    erasures,
    evidence,
    freezes,
    health,
    intake,
    measures,
    on_call,
    orders,
    party_links,
    readers,
    sanctions,
    signing_keys,
    sources,
    statements,
    terms,
    trusted_flaggers,
    unplaced,
)
from api.schema import describe
from services.parts import Parts

OF_CASES = (cases, commands, terms, evidence, statements, clocks, sanctions, readers, party_links)
"""What is asked of one case."""
AT_THE_DESK = (bulk, campaigns, desk, on_call)
"""What people of the team ask about their work."""


_BY_US: dict[str, Any] = {
    "openapi_url": None,
    "docs_url": None,
    "redoc_url": None,
    # Its own spans and logs would tell paths, questions and the words of errors to whoever takes them.
    "telemetry": {"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
}
"""What FastAPI would do by itself, and we do otherwise or not at all."""


def create_app(
    parts: Parts,
    *,
    public_url: str,
    metrics: bool = True,
    repeat_for: timedelta = REPEAT_FOR,
    gate: Gate | None = None,
) -> FastAPI:
    """The application. It opens and closes nothing: whoever made the parts does.

    ``public_url`` is where pages of codes are found; with ``metrics`` Prometheus is answered; ``gate`` says how much may be
    asked. ``repeat_for`` (how long a repeated request waits for the first one) is for tests.
    """
    app = FastAPI(
        title="Ombud",
        **_BY_US,
        redirect_slashes=False,
        dependencies=[Depends(known_headers), Depends(known_parameters)],
    )
    app.state.parts = parts
    app.state.once = Once(parts.idempotency, repeat_for)
    app.state.gate = gate or Gate()
    app.state.meters = meters = Meters()
    meters.watch(lambda: dict(parts.readers.state()))
    app.state.metrics = metrics
    administration = (access, signing_keys, endpoints, sources, trusted_flaggers, erasures, orders)
    modules = (*OF_CASES, measures, calendars, freezes, *AT_THE_DESK, *administration, unplaced, intake, health, pages)
    routers = [module.router for module in modules]
    for router in routers:
        app.include_router(router)

    async def told(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException) and error.status_code == 405:
            # Starlette names the methods of one of the routes at an address; each of ours has one method.
            error = HTTPException(405, headers={"Allow": ", ".join(allowed_at(routers, request.scope))})
        return render(problem_of(error), public_url, request.scope["ombud_request_id"])

    # Starlette answers these two itself unless told otherwise; everything else rises to the envelope.
    app.add_exception_handler(HTTPException, told)
    app.add_exception_handler(RequestValidationError, told)
    app.add_middleware(Envelope, meters=meters, public_url=public_url, refusals=app.state.gate.refusals)

    @cache
    def openapi() -> dict[str, Any]:
        return describe(app, public_url, routers)

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way of replacing the description
    return app


def allowed_at(routers: Iterable[APIRouter], scope: Scope) -> list[str]:
    """The methods that exist at the address of a request."""
    every = (route for router in routers for route in router.routes)
    there = (route for route in every if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE)
    return sorted({method for route in there for method in route.methods or ()})
