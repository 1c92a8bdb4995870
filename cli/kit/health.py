"""What the API asks before it calls itself ready, and its health answers and metrics at an address of their own, which need not
be one that the world reaches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from runtime.pollers import Queue, pollers
from runtime.settings import Settings
from runtime.telemetry import Telemetry
from services.parts import Check
from storage.postgres.pool import Database
from workers.health import HealthApp, health_server

if TYPE_CHECKING:
    from fastapi import FastAPI

_ANSWERED_BY_THE_API: Mapping[str, str] = {
    f"{front}/{name}": f"/v1/{name}" for front in ("", "/v1") for name in ("healthz", "readyz")
}


_PATIENCE = timedelta(seconds=2)
_MAY_NOT_SAY = {RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.PERMISSION_DENIED}


class NoWorker(Exception):
    """Nobody takes the tasks of cases: what is reported is kept, and judged once somebody does."""


def ready_checks(database: Database, client: Client, task_queue: str, also: Mapping[str, Check]) -> dict[str, Any]:
    """What is asked; without Temporal or a worker the API still takes reports."""

    async def database_ready() -> None:
        await database.ready()

    async def temporal_ready() -> None:
        await client.service_client.check_health()

    async def workers_ready() -> None:
        try:
            at_work = await pollers(client, Queue(task_queue, "workflow"), _PATIENCE)
        except RPCError as error:
            if error.status not in _MAY_NOT_SAY:
                raise
        else:
            if not at_work:
                raise NoWorker

    waited_for: dict[str, Check] = {"temporal": temporal_ready, "workers": workers_ready}
    return {"database_ready": database_ready, "also_ready": {**waited_for, **also}}


class ApiHealth:
    """``/healthz`` and ``/readyz`` as the API answers them, under both its names and the worker's; ``/metrics``; nothing else."""

    def __init__(self, app: Callable[..., Awaitable[None]], page: Callable[[], Awaitable[bytes]] | None) -> None:
        self._app, self._rest = app, HealthApp({}, page)

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Answer one request."""
        path = _ANSWERED_BY_THE_API.get(str(scope.get("path")))
        if path is not None:
            await self._app({**scope, "path": path, "raw_path": path.encode()}, receive, send)
        else:
            await self._rest(scope, receive, send)


@asynccontextmanager
async def answering(settings: Settings, app: FastAPI, told: Telemetry) -> AsyncIterator[None]:
    """Answer at the health port while the block lasts; without such a port, metrics are answered by the API itself."""
    app.state.meters.beside(told.metrics)
    if settings.api_health_port is None:
        yield
        return
    health = ApiHealth(app, app.state.meters.page if settings.metrics else None)
    server = health_server(health, settings.health_host, settings.api_health_port)
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
