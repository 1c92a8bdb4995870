"""What Temporal's SDK says of itself, where the process says everything else: its log lines among ours, its metrics on our page.

Left alone, its core writes log lines of its own form to stdout, and serves its metrics on an address of its own.
"""

from __future__ import annotations

import asyncio
import http.client
import logging
from dataclasses import dataclass
from datetime import timedelta

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

from runtime.embedded.processes import free_port

HEARTBEAT_FOR = timedelta(seconds=60)
"""How often a worker tells Temporal that it is there (`temporal worker list`); a server that does not know this is not told."""
_TRIES = 5
_ANSWER_S = 2


@dataclass(frozen=True)
class Telemetry:
    """The SDK's runtime of this process, and where its metrics are read."""

    runtime: Runtime
    address: str | None

    async def metrics(self) -> bytes:
        """The SDK's metrics as Prometheus reads them; nothing where they are off or their server does not answer."""
        if self.address is None:
            return b""
        try:
            return await asyncio.to_thread(_read, self.address)
        except (OSError, http.client.HTTPException):
            return b""


def telemetry(*, metrics: bool, heartbeats: bool = True) -> Telemetry:
    """Make the SDK's runtime. ``metrics``: its core serves them on a free port of this machine alone, for our page.

    ``heartbeats``: whether the workers of this process tell Temporal that they are there. Raises ValueError when no port is free.
    """
    every_for = HEARTBEAT_FOR if heartbeats else None
    if not metrics:
        return Telemetry(Runtime(telemetry=TelemetryConfig(logging=_logging()), worker_heartbeat_interval=every_for), None)
    for tries_left in reversed(range(_TRIES)):
        address = f"127.0.0.1:{free_port()}"
        served = PrometheusConfig(address, counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True)
        try:
            config = TelemetryConfig(logging=_logging(), metrics=served)
            return Telemetry(Runtime(telemetry=config, worker_heartbeat_interval=every_for), address)
        except (RuntimeError, ValueError):
            # Somebody else was quicker to take the port.
            if not tries_left:
                raise
    raise AssertionError("unreachable")


def _logging() -> LoggingConfig:
    """Core's lines through ours. Without its fields: among them are the words of failures, which may quote a person."""
    forwarded = LogForwardingConfig(
        logging.getLogger("temporalio.core"),
        append_target_to_name=False,
        prepend_target_on_message=True,
        append_log_fields_to_message=False,
    )
    return LoggingConfig(TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarded)


def _read(address: str) -> bytes:
    connection = http.client.HTTPConnection(address, timeout=_ANSWER_S)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read()
    finally:
        connection.close()
