"""Stripe's own mock server: it answers as Stripe's published description of its API says, and checks requests by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from runtime.embedded.binary import default_cache
from runtime.embedded.processes import free_port
from tests.support.serving import listens

VERSION = "v0.203.0"
"""As the Makefile builds it."""


def stripe_mock() -> Path:
    """Where `make stripe-mock` puts the program."""
    return default_cache().parent / "stripe-mock" / VERSION / "stripe-mock"


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """Its address while it runs, on loopback alone: left to itself, HTTPS would listen to everybody."""
    http, https = free_port(), free_port()
    where = ("-http-addr", f"127.0.0.1:{http}", "-https-addr", f"127.0.0.1:{https}")
    nowhere = asyncio.subprocess.DEVNULL
    server = await asyncio.create_subprocess_exec(str(stripe_mock()), *where, stdout=nowhere, stderr=nowhere)
    try:
        await listens(http, server, "Stripe's mock server")
        yield f"http://127.0.0.1:{http}"
    finally:
        server.terminate()
        await server.wait()
