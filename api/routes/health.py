"""Is the process there, can it work, and what has it done."""

from __future__ import annotations

import structlog
from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from api.bodies.health import health_body
from api.kit.context import Context
from api.kit.meters import Meters
from api.schema import gives
from services.errors import not_found
from services.health import health

router = APIRouter(tags=["operations"])


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
            200: ("CheckBody", {"status": "degraded", "checks": {"database": "ok", "temporal": "ok", "workers": "away"}}),
            503: ("CheckBody", {"status": "unavailable", "checks": {"database": "away", "temporal": "ok"}}),
        }
    ),
    openapi_extra={"security": []},
)
async def readyz(context: Context) -> Response:
    """Postgres must answer, and the master key of this process must be one that is still used (`master_key_lost`). Without
    Temporal, or a worker, the process still takes reports and commands (`degraded`): they are judged later."""
    found = await health(context.parts)
    for service, fault in found.services.items():
        if fault is not None:
            structlog.get_logger("ombud.api").warning("not_ready", service=service, kind=fault)
    away = found.status == "unavailable"
    return JSONResponse(health_body(found), 503 if away else 200, {"Retry-After": "5"} if away else None)


@router.get("/metrics", include_in_schema=False)
async def metrics(context: Context) -> Response:
    """For Prometheus."""
    meters: Meters = context.request.app.state.meters
    if not context.request.app.state.metrics:
        raise not_found()
    return Response(await meters.page(), media_type=meters.media_type)
