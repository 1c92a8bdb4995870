"""The API's health port answers as the API does, under the worker's names too, and lets nobody in to anything else."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from cli.kit.health import ApiHealth


async def api(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(scope["path"]).encode()})


async def page() -> bytes:
    return b"ombud_api_requests_total 1\n"


@pytest.fixture
def client() -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=ApiHealth(api, page))  # type: ignore[arg-type]  # a small application, typed by hand
    return httpx2.AsyncClient(transport=transport, base_url="http://health")


@pytest.mark.parametrize("path", ["/healthz", "/v1/healthz", "/readyz", "/v1/readyz"])
async def test_health_is_the_api_s_own(client: httpx2.AsyncClient, path: str) -> None:
    assert (await client.get(path)).text == "/v1/" + path.rsplit("/", 1)[1]


async def test_metrics_are_there_and_nothing_else_is(client: httpx2.AsyncClient) -> None:
    assert "ombud_api_requests_total" in (await client.get("/metrics")).text
    for path in ("/v1/cases", "/", "/v1/metrics"):
        assert (await client.get(path)).status_code == 404
