"""The SDK's metrics are read from its core, and its log lines come through ours without what they may quote."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

from temporalio.client import Client

from runtime import telemetry as module
from runtime.embedded.processes import free_port
from runtime.telemetry import telemetry


async def test_the_metrics_of_core_are_served_and_read() -> None:
    told = telemetry(metrics=True)
    told.runtime.metric_meter.create_counter("tried").add(2)
    assert b"tried_total" in await told.metrics()


async def test_two_processes_on_one_machine_do_not_meet() -> None:
    first, second = telemetry(metrics=True), telemetry(metrics=True)
    assert first.address != second.address


async def test_without_metrics_nothing_is_served_and_a_client_works_as_ever() -> None:
    told = telemetry(metrics=False)
    assert told.address is None
    assert await told.metrics() == b""
    client = await Client.connect(f"127.0.0.1:{free_port()}", runtime=told.runtime, lazy=True)
    assert client.namespace == "default"


async def test_a_page_of_core_that_does_not_answer_takes_nothing_with_it() -> None:
    assert await module.Telemetry(telemetry(metrics=False).runtime, f"127.0.0.1:{free_port()}").metrics() == b""


def test_a_line_of_core_is_json_and_quotes_nobody(lines: io.StringIO) -> None:
    fields = {"failure": "Mia Berg said: never"}
    entry = SimpleNamespace(level=30, target="temporalio_sdk_core::worker", message="Task failed", fields=fields, time=1.0)
    forwarding = module._logging().forwarding
    assert forwarding is not None
    forwarding._on_logs([entry])
    (line,) = lines.getvalue().splitlines()
    told = json.loads(line)
    assert (told["process"], told["level"]) == ("worker", "warning")
    assert "Task failed" in told["event"]
    assert "Mia" not in line
