"""A worker's health port: alive, ready, and one page of metrics, on the address that was said."""

from __future__ import annotations

import httpx2
import pytest
from prometheus_client import CollectorRegistry, Counter
from temporalio.service import RPCError, RPCStatusCode

from workers.health import Check, HealthApp, Page, health_server, page_of


async def passes() -> bool:
    return True


async def core() -> bytes:
    return b"temporal_request_total 1\n"


def asking(checks: dict[str, Check], page: Page | None = None) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=HealthApp(checks, page))  # type: ignore[arg-type]  # a small application, typed by hand
    return httpx2.AsyncClient(transport=transport, base_url="http://health")


async def test_one_page_tells_what_we_count_and_what_the_sdk_does() -> None:
    registry = CollectorRegistry()
    Counter("ombud_tries_total", "Tries.", registry=registry).inc()
    async with asking({}, page_of(registry, core)) as client:
        told = (await client.get("/metrics")).text
    assert "ombud_tries_total 1.0" in told
    assert "temporal_request_total 1" in told


async def test_a_worker_that_can_work_is_ready() -> None:
    async with asking({"postgres": passes}) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"postgres": True})


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError("connection refused"), "connection refused"),
        (TimeoutError(), "TimeoutError"),
        (RPCError("no connection", RPCStatusCode.UNAVAILABLE, b""), "unavailable: no connection"),
    ],
)
async def test_one_that_cannot_says_why(error: Exception, reason: str) -> None:
    async def away() -> bool:
        raise error

    async with asking({"postgres": passes, "temporal": away}) as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"postgres": True, "temporal": False, "reasons": {"temporal": reason}}


async def test_without_metrics_there_is_no_page() -> None:
    async with asking({}) as client:
        assert (await client.get("/metrics")).status_code == 404
        assert (await client.get("/healthz")).json() == {"status": "alive"}


def test_it_listens_where_it_was_told_to() -> None:
    config = health_server(HealthApp({}, None), "0.0.0.0", 8081).config
    assert (config.host, config.port) == ("0.0.0.0", 8081)
