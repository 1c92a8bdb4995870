"""A scanner that speaks clamd's protocol: on loopback here, and a real one where the machine has it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import pytest

from activities.ports.errors import Never
from adapters.evidence.clamd import PIECE, Clamd, ScannerAway
from tests.support.clamd import CLAMD, clamd

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless text that every scanner takes for a virus (eicar.org), in two pieces so that none finds it here."""


@asynccontextmanager
async def a_clamd(most: int = 200_000) -> AsyncIterator[Clamd]:
    """One that finds the test text, as clamd does, and hangs up on what is too long."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        command, data = await reader.readuntil(b"\0"), b""
        if command == b"zPING\0":
            writer.write(b"PONG\0")
        else:
            while (length := int.from_bytes(await reader.readexactly(4), "big")) and len(data) <= most:
                data += await reader.readexactly(length)
            said = b"stream: Eicar-Test-Signature FOUND" if EICAR in data else b"stream: OK"
            writer.write((said if len(data) <= most else b"INSTREAM size limit exceeded. ERROR") + b"\0")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield Clamd(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", timedelta(seconds=5))


@asynccontextmanager
async def a_real_one() -> AsyncIterator[Clamd]:
    """The daemon of Debian's clamav-daemon, started here; or one that runs already (`host:port`, or the path of its socket)."""
    if (known := os.environ.get("OMBUD_TEST_CLAMD")) is not None:
        yield Clamd(known)
    else:
        async with clamd(EICAR) as address:
            yield Clamd(address)


REAL = pytest.mark.skipif(CLAMD is None and "OMBUD_TEST_CLAMD" not in os.environ, reason="clamd is not installed (clamav-daemon)")
SCANNERS = [a_clamd, pytest.param(a_real_one, marks=REAL)]


@pytest.mark.parametrize("scanner", SCANNERS)
async def test_what_is_clean_passes_and_what_is_not_is_refused(scanner: Callable[[], AbstractAsyncContextManager[Clamd]]) -> None:
    async with scanner() as found:
        await found.check()
        await found.scan(b"Here is the receipt." + b"x" * 2 * PIECE)
        with pytest.raises(Never) as refused:
            await found.scan(EICAR)
        assert refused.value.code == "file_infected"


@REAL
async def test_a_real_one_that_hangs_up_on_what_is_too_long_has_not_looked_at_it() -> None:
    async with a_real_one() as found:
        with pytest.raises(ScannerAway):
            await found.scan(b"x" * 30_000_000)


async def test_what_it_has_not_looked_at_is_not_clean() -> None:
    async with a_clamd(most=PIECE) as found:
        with pytest.raises(ScannerAway):
            await found.scan(b"x" * 3 * PIECE)
    with pytest.raises(ScannerAway):
        await Clamd("127.0.0.1:1", timedelta(seconds=5)).scan(b"x")
    with pytest.raises(ScannerAway):
        await Clamd("/nowhere/clamd.sock", timedelta(seconds=5)).check()
