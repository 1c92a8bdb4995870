"""The API's health port answers as the API does, under the worker's names too, and lets nobody in to anything else."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from temporalio.api.taskqueue.v1 import PollerInfo
from temporalio.api.workflowservice.v1 import DescribeTaskQueueResponse
from temporalio.service import RPCError, RPCStatusCode

from cli.kit.health import ApiHealth, NoWorker, ready_checks


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


def asked(answer: DescribeTaskQueueResponse | RPCError) -> Any:
    """The check for workers, against a server that answers so."""

    async def describe(*_: object, **__: object) -> DescribeTaskQueueResponse:
        if isinstance(answer, RPCError):
            raise answer
        return answer

    client: Any = SimpleNamespace(namespace="default", workflow_service=SimpleNamespace(describe_task_queue=describe))
    database: Any = None
    return ready_checks(database, client, "ombud", {})["also_ready"]["workers"]


async def test_that_nobody_takes_the_tasks_of_cases_is_no_readiness_without_a_word() -> None:
    with pytest.raises(NoWorker):
        await asked(DescribeTaskQueueResponse())()
    at_work = PollerInfo(identity="1@host")
    at_work.last_access_time.FromDatetime(datetime.now(UTC))
    await asked(DescribeTaskQueueResponse(pollers=[at_work]))()
    with pytest.raises(RPCError):
        await asked(RPCError("away", RPCStatusCode.UNAVAILABLE, b""))()
    # Who may not ask does not know, and says nothing.
    await asked(RPCError("no", RPCStatusCode.PERMISSION_DENIED, b""))()
