"""Processes beside the one that measures: begun, waited for until they answer, and ended with the block."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

READY_WITHIN = 90


@asynccontextmanager
async def running(environment: Mapping[str, str], program: Path | str, *arguments: str) -> AsyncIterator[int]:
    """The number of a process that runs until the end of the block."""
    process = await asyncio.create_subprocess_exec(program, *arguments, env=dict(environment), stdout=-3, stderr=-3)
    try:
        yield process.pid
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


async def ready(address: str) -> None:
    """Wait until an address answers 200. Raises TimeoutError after :data:`READY_WITHIN` seconds."""
    async with asyncio.timeout(READY_WITHIN), httpx2.AsyncClient(trust_env=False) as http:
        while True:
            try:
                if (await http.get(address)).status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            await asyncio.sleep(0.2)
