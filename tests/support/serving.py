"""Real servers on loopback: the console under uvicorn in this process, and the provider of identities in one of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

NODE = Path(__file__).parents[1] / "node"


async def listens(port: int, server: asyncio.subprocess.Process, what: str) -> None:
    """Returns once somebody listens on the port of this machine. Raises RuntimeError where the program ended first."""
    for _ in range(400):
        if server.returncode is not None:
            raise RuntimeError(f"{what} did not start")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise TimeoutError(f"{what} does not listen")


@asynccontextmanager
async def served(app: ASGIApp, port: int) -> AsyncIterator[None]:
    """The application, answering on this port until the end of the block."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server._serve())
    while not server.started:
        assert not running.done(), "the server did not come up"
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def provider(port: int, app_url: str) -> AsyncIterator[str]:
    """The provider of identities, answering until the end of the block; its issuer."""
    process = await asyncio.create_subprocess_exec(
        "node", str(NODE / "provider.mjs"), str(port), app_url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            while b"ready" not in (line := await process.stdout.readline()):
                assert line, "the provider ended before it was ready"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        # Reads on to the end of what it says: a pipe that is left open is found by whoever collects it.
        await process.communicate()
