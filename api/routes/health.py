"""Is the process there, can it work, and what has it done."""

from __future__ import annotations

import asyncio

import structlog
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from api.kit.meters import Meters
from api.schema import gives
from services.errors import not_found
from services.parts import Check, Parts

router = APIRouter(tags=["operations"])

_PATIENCE_S = 2.0
"""A service that takes longer to say that it is there is as good as away."""


@router.get(
    "/v1/healthz",
    summary="Liveness",
    responses=gives({200: ("CheckBody", {"status": "ok", "checks": {}})}),
    openapi_extra={"security": []},
)
async def healthz() -> Response:
    """The process runs. Says nothing about the services it needs."""
    return JSONResponse({"status": "ok", "checks": {}})


@router.get(
    "/v1/readyz",
    summary="Readiness",
    responses=gives(
        {
            200: ("CheckBody", {"status": "degraded", "checks": {"database": "ok", "temporal": "away"}}),
            503: ("CheckBody", {"status": "unavailable", "checks": {"database": "away", "temporal": "ok"}}),
        }
    ),
    openapi_extra={"security": []},
)
async def readyz(request: Request) -> Response:
    """Postgres must answer. Without Temporal the process still takes reports and commands (`degraded`): they are judged later."""
    parts: Parts = request.app.state.parts
    named = {"database": parts.database_ready, **parts.also_ready}
    answers = await asyncio.gather(*(_answers(name, check) for name, check in named.items()))
    checks = {name: "ok" if there else "away" for name, there in zip(named, answers, strict=True)}
    if checks["database"] == "away":
        return JSONResponse({"status": "unavailable", "checks": checks}, 503, {"Retry-After": "5"})
    return JSONResponse({"status": "degraded" if "away" in checks.values() else "ok", "checks": checks})


async def _answers(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await check()
    except Exception as error:  # noqa: BLE001 - whatever it fails with, the service is away
        structlog.get_logger("ombud.api").warning("not_ready", service=name, kind=type(error).__name__)
        return False
    return True


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """For Prometheus."""
    meters: Meters = request.app.state.meters
    if not request.app.state.metrics:
        raise not_found()
    return Response(meters.text(), media_type=meters.media_type)
