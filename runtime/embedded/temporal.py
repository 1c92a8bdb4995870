"""Temporal's own development server with its database on disk: a real server for one machine, not a simulation."""

import asyncio
import os
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from runtime.embedded import processes
from runtime.embedded.processes import ProcessRef
from runtime.errors import ServiceFault
from runtime.patience import START_FOR, growing_patience

# WAL makes the server about twice as fast; FULL keeps every commit on disk, also through a power cut.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL")


class EmbeddedTemporal:
    """One development server whose database lies in `folder`."""

    def __init__(
        self,
        folder: Path,
        *,
        namespace: str,
        search_attributes: Mapping[str, str],
        dynamic_config: Mapping[str, str] | None = None,
    ) -> None:
        self._database = folder / "temporal.db"
        self._namespace = namespace
        self._search_attributes = dict(search_attributes)
        self._dynamic_config = dict(dynamic_config or {})
        self._marker = ("--db-filename", str(self._database))
        self.log = folder / "server.log"

    def start(self, binary: Path, port: int, ui_port: int | None) -> ProcessRef:
        """Start the server, with its pages on `ui_port` unless that is None. It answers only a little later: see `ready`."""
        self._database.parent.mkdir(mode=0o700, exist_ok=True)
        command = [str(binary), "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port), *self._marker]
        command += ["--log-level", "error", "--log-format", "json"]
        command += ["--headless"] if ui_port is None else ["--ui-ip", "127.0.0.1", "--ui-port", str(ui_port)]
        command += [word for pragma in _PRAGMAS for word in ("--sqlite-pragma", pragma)]
        if self._namespace != "default":
            command += ["--namespace", self._namespace]
        for name, kind in self._search_attributes.items():
            command += ["--search-attribute", f"{name}={kind}"]
        for name, value in self._dynamic_config.items():
            command += ["--dynamic-config-value", f"{name}={value}"]
        # Addresses and keys of another cluster in the environment must not reach this server.
        env = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
        return processes.spawn(command, log=self.log, marker=self._marker, env=env)

    async def ready(self, address: str, server: ProcessRef, *, wait_for: timedelta = START_FOR) -> None:
        """Wait until the server carries out a call; an open port is not readiness. Its death ends the wait at once."""
        # Imported here: it takes a third of a second, and most commands of `ombud stack` need no client.
        from temporalio.client import Client
        from temporalio.service import RPCError

        until = time.monotonic() + wait_for.total_seconds()
        for patience in growing_patience():
            try:
                client = await Client.connect(address, namespace=self._namespace)
                await client.count_workflows("", rpc_timeout=patience)
                return
            except (RPCError, RuntimeError) as error:
                if not processes.alive(server) or time.monotonic() > until:
                    said = f"The embedded Temporal server does not answer: {error}. Its last words:\n{self._tail()}"
                    raise ServiceFault("temporal_failed", said) from error
            await asyncio.sleep(0.05)

    def stray(self) -> ProcessRef | None:
        """A server on this database of which no note is left."""
        return processes.find(self._marker)

    def stop(self, server: ProcessRef) -> None:
        """Stop the server in good order."""
        processes.terminate(server, wait_for=15.0)

    def wipe(self) -> None:
        """Throw the server's whole memory away; it must not run."""
        for path in self._database.parent.glob(f"{self._database.name}*"):
            path.unlink()

    def _tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:]) if self.log.exists() else ""
