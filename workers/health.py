"""The worker's health, for whoever watches it: alive, ready, and its metrics."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager

import uvicorn
from prometheus_client import CollectorRegistry, generate_latest
from temporalio.service import RPCError

Check = Callable[[], Awaitable[bool]]


class HealthApp:
    """A tiny ASGI application: ``/healthz``, ``/readyz``, ``/metrics``."""

    def __init__(self, checks: dict[str, Check], registry: CollectorRegistry | None) -> None:
        self._checks, self._registry = checks, registry

    async def __call__(
        self, scope: dict[str, object], receive: object, send: Callable[[dict[str, object]], Awaitable[None]]
    ) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        status, kind, body = await self._answer(str(scope["path"]))
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, path: str) -> tuple[int, bytes, bytes]:
        if path == "/healthz":
            return 200, b"application/json", b'{"status":"alive"}'
        if path == "/readyz":
            why = {name: await _why_not(check) for name, check in self._checks.items()}
            told: dict[str, object] = {name: reason is None for name, reason in why.items()}
            if reasons := {name: reason for name, reason in why.items() if reason is not None}:
                told["reasons"] = reasons
            return (503 if reasons else 200), b"application/json", json.dumps(told).encode()
        if path == "/metrics" and self._registry is not None:
            return 200, b"text/plain; version=0.0.4", generate_latest(self._registry)
        return 404, b"application/json", b'{"code":"not_found"}'


async def _why_not(check: Check) -> str | None:
    """Why this worker can do nothing for now; None: it can."""
    try:
        return None if await check() else "does not answer"
    except RPCError as error:
        return f"{error.status.name.lower()}: {error.message[:200]}"
    except (OSError, TimeoutError, RuntimeError) as error:
        return str(error)[:200] or type(error).__name__


class _Unsignalled(uvicorn.Server):
    """A server that leaves the process's signals alone: the worker decides when to stop."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield


def health_server(app: HealthApp, port: int) -> uvicorn.Server:
    """A server for it on loopback; the caller runs and stops it."""
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off", access_log=False)
    return _Unsignalled(config)
