"""A worker that can do nothing says why, to whoever has to take it out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from workers.health import Check, HealthApp


async def asked(path: str, **checks: Check) -> tuple[int, Any]:
    """Status and body of an answer."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await HealthApp(checks, None)({"type": "http", "path": path}, None, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


async def well() -> bool:
    return True


async def test_a_worker_that_can_work_is_ready() -> None:
    assert await asked("/readyz", postgres=well) == (200, {"postgres": True})


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

    told = await asked("/readyz", postgres=well, temporal=away)
    assert told == (503, {"postgres": True, "temporal": False, "reasons": {"temporal": reason}})
