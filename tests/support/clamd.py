"""A real clamd, where the machine has one (Debian's ``clamav-daemon``): on loopback, with a database of one signature."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
"""The program; None: it is not installed here."""


@asynccontextmanager
async def clamd(finds: bytes) -> AsyncIterator[str]:
    """Its address while it runs; it finds what holds these bytes. Without a database it would not start."""
    assert CLAMD is not None, "asked for where it is there alone"
    with TemporaryDirectory() as folder:
        where = Path(folder)
        (where / "test.ndb").write_text(f"Ombud.Test:0:*:{finds.hex()}\n")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = int(taken.getsockname()[1])
        settings = {
            "DatabaseDirectory": folder, "TCPSocket": port, "TCPAddr": "127.0.0.1", "Foreground": "yes", "SelfCheck": 0,
            "TemporaryDirectory": folder, "PidFile": where / "pid", "StreamMaxLength": "5M",
        }  # fmt: skip
        (where / "clamd.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        nowhere = asyncio.subprocess.DEVNULL
        server = await asyncio.create_subprocess_exec(
            CLAMD, "--config-file", str(where / "clamd.conf"), stdout=nowhere, stderr=nowhere
        )
        try:
            await _listens(server, port)
            yield f"127.0.0.1:{port}"
        finally:
            if server.returncode is None:
                server.terminate()
            await server.wait()


async def _listens(server: asyncio.subprocess.Process, port: int) -> None:
    for _ in range(400):
        if server.returncode is not None:
            raise RuntimeError("clamd did not start")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise TimeoutError("clamd does not listen")
