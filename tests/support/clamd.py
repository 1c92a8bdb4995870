"""A real clamd, where the machine has one (Debian's ``clamav-daemon``): on loopback, with a database of one signature."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from runtime.embedded.processes import free_port
from tests.support.serving import listens

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
"""The program; None: it is not installed here."""


@asynccontextmanager
async def clamd(finds: bytes) -> AsyncIterator[str]:
    """Its address while it runs; it finds what holds these bytes. Without a database it would not start."""
    assert CLAMD is not None, "asked for where it is there alone"
    with TemporaryDirectory() as folder:
        where = Path(folder)
        (where / "test.ndb").write_text(f"Ombud.Test:0:*:{finds.hex()}\n")
        port = free_port()
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
            await listens(port, server, "clamd")
            yield f"127.0.0.1:{port}"
        finally:
            if server.returncode is None:
                server.terminate()
            await server.wait()
