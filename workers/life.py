"""The worker process: starts, says that it is ready, works, and when told to stop finishes what it holds before it closes."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import structlog
from asyncpg import InterfaceError, InternalClientError, PostgresError
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from runtime.connection import connect_temporal
from runtime.memory import spare_what_stays
from runtime.places import Places
from runtime.plugin import ombud_plugin, sandboxed_runner
from runtime.settings import Settings
from runtime.telemetry import Telemetry, telemetry
from runtime.tracing import tracing
from storage.postgres.master_keys import MasterKeyLost
from workers.business import BusinessMetrics, keep_counting
from workers.compose import WorkerParts, compose
from workers.health import Check, HealthApp, health_server, page_of
from workers.relay import keep_relaying
from workers.sweep import keep_sweeping
from workers.watch import Watch, keep_watching
from workflows.case import CaseWorkflow
from workflows.delivery import DeliveryWorkflow
from workflows.handles import CaseDoors
from workflows.options import OUTBOUND
from workflows.runs import CaseRuns

WORKFLOWS: tuple[type, ...] = (CaseWorkflow, DeliveryWorkflow)
DRAIN_FOR = timedelta(seconds=10)
"""How long running activities may take to finish after a stop was asked for."""
TEMPORAL_FOR = timedelta(minutes=2)
"""How long Temporal may take to answer at the start; then whoever supervises the worker starts it anew."""
OUTBOUND_AT_ONCE = 500
"""They wait for others and cost next to nothing meanwhile: mails that wait for a slow server leave room for remedies."""
STICKY_FOR = timedelta(seconds=2)
"""How long a task waits for the worker that has the case in its cache; short, so that the death of a worker is felt shortly."""

log = structlog.stdlib.get_logger("ombud.worker")


async def run_worker(settings: Settings, places: Places, ready: Callable[[], None] = lambda: None) -> None:
    """Work until SIGTERM or SIGINT. Raises ServiceFault when a service cannot be reached at the start."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    told = telemetry(metrics=settings.metrics and settings.worker_health_port is not None)
    async with tracing(settings, "worker") as traced, compose(settings, places, traced) as parts:
        seen: dict[str, Any] = {"plugins": [ombud_plugin(codec=parts.codec)], "interceptors": traced.interceptors}
        client = await connect_temporal(
            settings, places.temporal_address, runtime=told.runtime, deadline_for=TEMPORAL_FOR, **seen
        )
        runs = CaseRuns(client, settings.task_queue)
        watch = Watch(parts.database, runs, client, settings, parts.counters, parts.lists)
        await watch.look_at_attributes()
        async with _working(settings, client, parts), _beside(settings, client, parts, told, runs, watch):
            spare_what_stays()
            log.info("worker is ready", queue=settings.task_queue, temporal=places.temporal_address)
            log.info(
                "unsigned commands told at Temporal's doors", may=settings.temporal_door or "all in development, else report"
            )
            ready()
            await stop.wait()
            log.info("worker is stopping")
    log.info("worker has stopped")


@contextlib.asynccontextmanager
async def _working(settings: Settings, client: Client, parts: WorkerParts) -> AsyncIterator[None]:
    common = {"graceful_shutdown_timeout": DRAIN_FOR, "deployment_config": _deployment(settings)}
    cases = Worker(
        client,
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=parts.case_activities,
        workflow_runner=sandboxed_runner(),
        interceptors=parts.interceptors,
        max_cached_workflows=1000,
        max_concurrent_workflow_tasks=8,
        max_concurrent_local_activities=50,
        sticky_queue_schedule_to_start_timeout=STICKY_FOR,
        **common,  # type: ignore[arg-type]  # options of both workers in one dictionary
    )
    outbound = Worker(
        client,
        task_queue=settings.task_queue + OUTBOUND,
        activities=parts.outbound_activities,
        max_concurrent_activities=OUTBOUND_AT_ONCE,
        **common,  # type: ignore[arg-type]  # as above
    )
    async with cases, outbound:
        yield


def _deployment(settings: Settings) -> WorkerDeploymentConfig | None:
    if not settings.worker_deployment_name or not settings.worker_build_id:
        return None
    version = WorkerDeploymentVersion(settings.worker_deployment_name, settings.worker_build_id)
    behavior = VersioningBehavior.AUTO_UPGRADE
    return WorkerDeploymentConfig(version=version, use_worker_versioning=True, default_versioning_behavior=behavior)


def _answers(parts: WorkerParts) -> Check:
    async def check() -> bool:
        try:
            await parts.database.ready()
        except (PostgresError, InterfaceError, InternalClientError) as error:
            # What a database says may quote values: its class is enough to know where to look.
            raise OSError(type(error).__name__) from error
        return True

    return check


def _good(parts: WorkerParts) -> Check:
    """That everything does not lie under a key by now which this process does not know."""

    async def check() -> bool:
        try:
            await parts.master_keys.still_good()
        except MasterKeyLost as lost:
            raise OSError(f"{lost.code}: {lost.message}") from lost
        except (PostgresError, InterfaceError, InternalClientError) as error:
            raise OSError(type(error).__name__) from error
        return True

    return check


@contextlib.asynccontextmanager
async def _beside(
    settings: Settings, client: Client, parts: WorkerParts, told: Telemetry, runs: CaseRuns, watch: Watch
) -> AsyncIterator[None]:
    doors = CaseDoors(client, settings.task_queue)
    relaying = keep_relaying(parts.relay, doors, parts.counters, settings.relay_every_for, settings.tenant_asks_at_once)
    sweeping = keep_sweeping(parts.database, runs, parts.counters, settings.sweep_every_for)
    watching = keep_watching(watch, settings.sweep_every_for)
    posts = [post.keep_sending(settings.relay_every_for) for post in (parts.team_post, parts.sender_post, parts.party_post)]
    for_ever = [*map(asyncio.create_task, (relaying, sweeping, watching, *posts))]
    server, tasks = None, list[asyncio.Task[None]]()
    if settings.worker_health_port is not None:
        if settings.metrics:
            for_ever.append(asyncio.create_task(keep_counting(parts.business, BusinessMetrics(parts.counters.registry))))
        checks = {"postgres": _answers(parts), "master_key": _good(parts), "temporal": client.service_client.check_health}
        app = HealthApp(checks, page_of(parts.counters.registry, told.metrics) if settings.metrics else None)
        server = health_server(app, settings.health_host, settings.worker_health_port)
        tasks.append(asyncio.create_task(server.serve()))
    try:
        yield
    finally:
        if server is not None:
            server.should_exit = True
        for task in for_ever:
            task.cancel()
        await asyncio.gather(*for_ever, *tasks, return_exceptions=True)
