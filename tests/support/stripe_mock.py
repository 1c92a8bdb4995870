"""Stripe's own mock server: it answers as Stripe's published description of its API says, and checks requests by it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from runtime.embedded.binary import default_cache

VERSION = "v0.203.0"
"""As the Makefile builds it."""


def stripe_mock() -> Path:
    """Where `make stripe-mock` puts the program."""
    return default_cache().parent / "stripe-mock" / VERSION / "stripe-mock"


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """Its address while it runs, on loopback alone: left to itself, HTTPS would listen to everybody."""
    http, https = _free(), _free()
    where = ("-http-addr", f"127.0.0.1:{http}", "-https-addr", f"127.0.0.1:{https}")
    nowhere = asyncio.subprocess.DEVNULL
    server = await asyncio.create_subprocess_exec(str(stripe_mock()), *where, stdout=nowhere, stderr=nowhere)
    try:
        await _listens(http)
        yield f"http://127.0.0.1:{http}"
    finally:
        server.terminate()
        await server.wait()


async def _listens(port: int) -> None:
    for _ in range(400):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise TimeoutError("Stripe's mock server does not listen")


def _free() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
