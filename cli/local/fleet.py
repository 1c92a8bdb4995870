"""The worker and the API of one state folder, run in the background: started apart, found again, stopped exactly."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from runtime.embedded import processes
from runtime.embedded.credentials import write_durably
from runtime.embedded.ports import Ports
from runtime.embedded.processes import ProcessRef
from runtime.errors import ServiceFault
from runtime.patience import SAY_EVERY, START_FOR, Say, silent

Role = Literal["worker", "api"]
ROLES: tuple[Role, ...] = ("worker", "api")
"""In the order in which they come up."""


_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - asked for, not bound
"""Whoever listens on every address is asked on this machine's own."""


class Crew(BaseModel):
    """What runs, as noted in ``fleet.json``."""

    worker: ProcessRef | None = None
    api: ProcessRef | None = None
    api_port: int | None = None
    health_port: int | None = None


class Fleet:
    """Starts and stops the processes of one state folder."""

    def __init__(
        self, state_dir: Path, env: Mapping[str, str] | None = None, *, release: Path = Path(__file__).parents[2]
    ) -> None:
        """`env` is added to this process's own, with absolute paths, for the processes work in the state folder; `release` is the
        folder of the packages that they run.
        """
        self.state_dir = state_dir.resolve()
        found = os.pathsep.join(filter(None, (str(release), os.environ.get("PYTHONPATH"))))
        ours = {"OMBUD_STATE_DIR": str(self.state_dir), "PYTHONTZPATH": "", "PYTHONPATH": found}
        self._env = {**os.environ, **(env or {}), **ours}
        self._file = self.state_dir / "fleet.json"
        self._noting = threading.Lock()

    @property
    def crew(self) -> Crew:
        """What was started last."""
        try:
            return Crew.model_validate_json(self._file.read_bytes())
        except (FileNotFoundError, ValueError):
            return Crew()

    def ports(self, first: int, say: Say) -> Ports:
        """The ports from `first` on; while a process runs that knows those of the last time, they go before."""
        return Ports(first, settled=any(map(self.running, ROLES)), say=say)

    def log(self, role: Role) -> Path:
        """Where the process writes its log."""
        return self.state_dir / f"{role}.log"

    def running(self, role: Role) -> ProcessRef | None:
        """The process, when it lives."""
        ref: ProcessRef | None = getattr(self.crew, role)
        return ref if processes.alive(ref) else None

    def start(self, role: Role, port: int | None = None, extra: Mapping[str, str] | None = None, say: Say = silent) -> ProcessRef:
        """Start it unless it runs, and wait until it is ready. Raises ServiceFault with the end of its log: ``process_ended`` as
        soon as it has died, ``process_not_ready`` when it lives and never says that it is ready.
        """
        known = self.running(role)
        if known is not None:
            return known
        crew = self.crew
        wanted = port if port is not None else (crew.api_port if role == "api" else crew.health_port)
        place = processes.free_port(wanted)
        variable = "OMBUD_API_PORT" if role == "api" else "OMBUD_WORKER_HEALTH_PORT"
        mark = ("--state-dir", str(self.state_dir))
        # -P: a folder of the same name as one of ours, where it works, must not be taken for it.
        command = [sys.executable, "-P", "-m", "cli.main", role, "run", *mark]
        env = {**self._env, variable: str(place), **(extra or {})}
        ref = processes.spawn(command, log=self.log(role), marker=mark, cwd=self.state_dir, env=env)
        self._note({role: ref, "api_port" if role == "api" else "health_port": place})
        self._wait(role, ref, place, say)
        return ref

    def where(self, role: Role, port: int) -> str:
        """The address at which the process answers on this port, as its settings have it."""
        host = self._env.get("OMBUD_API_HOST" if role == "api" else "OMBUD_HEALTH_HOST") or "127.0.0.1"
        host = _EVERYWHERE.get(host, host)
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def ready(self, role: Role, say: Say = silent) -> None:
        """Wait until one that runs is ready. Raises as :meth:`start`."""
        ref, crew = self.running(role), self.crew
        port = crew.api_port if role == "api" else crew.health_port
        if ref is None or port is None:
            raise self._fault("process_ended", role, "does not run")
        self._wait(role, ref, port, say)

    def _note(self, changes: Mapping[str, ProcessRef | int]) -> None:
        # Both roles may be starting at once, and somebody may be reading.
        with self._noting:
            write_durably(self._file, self.crew.model_copy(update=changes).model_dump_json(indent=2))

    def _wait(self, role: Role, ref: ProcessRef, port: int, say: Say) -> None:
        import httpx2

        url = self.where(role, port) + ("/v1/healthz" if role == "api" else "/readyz")
        begun = told = time.monotonic()
        while (now := time.monotonic()) - begun < START_FOR.total_seconds():
            if not processes.alive(ref):
                raise self._fault("process_ended", role, "ended before it was ready")
            # One that died while it was asked refuses the connection: nothing waits for the end of this time-out.
            with suppress(httpx2.HTTPError):
                if httpx2.get(url, timeout=5).status_code == 200:
                    return
            if now - told > SAY_EVERY.total_seconds():
                told = now
                say(f"{role}: still starting, {now - begun:.0f} s (log: {self.log(role)})")
            time.sleep(0.05)
        raise self._fault("process_not_ready", role, f"was not ready after {START_FOR.total_seconds():.0f} s")

    def _fault(self, code: str, role: Role, what: str) -> ServiceFault:
        log = self.log(role)
        tail = log.read_text("utf-8", "replace").splitlines()[-5:] if log.exists() else []
        return ServiceFault(code, f"The {role} {what}; its log {log} ends with: {' / '.join(tail)}")

    def stop(self, role: Role) -> bool:
        """Ask it to finish and end; True when it ran."""
        ref = self.running(role)
        if ref is not None:
            processes.terminate(ref, wait_for=15.0)
        return ref is not None

    def kill(self, role: Role) -> None:
        """End it as a power cut would."""
        ref = self.running(role)
        if ref is not None:
            processes.kill(ref)
