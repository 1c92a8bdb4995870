"""The mail catcher as a service of the stack: `sink` in a process of its own."""

import asyncio
import os
import sys
from pathlib import Path

from runtime.embedded import processes
from runtime.embedded.processes import ProcessRef
from runtime.errors import ServiceFault


class EmbeddedMail:
    """One mail server that keeps what it receives in `mail/` of the state folder."""

    def __init__(self, state_dir: Path) -> None:
        self.folder = state_dir / "mail"
        self.log = state_dir / "mail.log"

    def start(self, port: int) -> ProcessRef:
        """Start the mail server on `port`."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        marker = ("--folder", str(self.folder))
        command = [sys.executable, "-m", "runtime.embedded.sink", "--port", str(port), *marker]
        # From the folder of the packages, for they may be installed nowhere else.
        return processes.spawn(command, log=self.log, marker=marker, cwd=Path(__file__).parents[2], env=os.environ)

    async def ready(self, port: int, server: ProcessRef) -> None:
        """Wait until the mail server greets, for as long as it lives."""
        while processes.alive(server):
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            greeting = await reader.readline()
            writer.close()
            await writer.wait_closed()
            if greeting.startswith(b"220"):
                return
        raise ServiceFault("mail_failed", f"The mail catcher did not start; what it said is in {self.log}.")
