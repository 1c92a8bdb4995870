"""A process that is told to stop stops, while pages are open that never end by themselves."""

from __future__ import annotations

import asyncio
import sys
import time

from runtime.embedded.processes import free_port

SERVER = """
import asyncio, sys
from types import SimpleNamespace
from cli.kit.compose import _until_told
from services.live import Watch
from storage.team.live import Moment

class Looks:
    async def moment(self, tenant_id):
        return Moment({}, {})

watch = Watch(Looks())

async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b":", "more_body": True})
    async with watch.following("t") as page:
        while not page.over:
            await page.news(60)
    await send({"type": "http.response.body", "body": b""})

settings = SimpleNamespace(trusted_proxies="")
asyncio.run(_until_told(settings, app, "127.0.0.1", int(sys.argv[1]), patience_s=60, watch=watch))
"""


async def _connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    while True:
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)


async def test_open_pages_keep_no_process_up() -> None:
    port = free_port()
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, str(port))
    try:
        async with asyncio.timeout(60):
            reader, writer = await _connected(port)
            writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
            began = time.monotonic()
            server.terminate()
            await server.wait()
        writer.close()
        assert time.monotonic() - began < 5, "it would have waited for a minute"
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()
