"""The worker and the API of one state folder, run in the background: started apart, found again, stopped exactly."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from runtime.embedded import processes
from runtime.embedded.credentials import write_durably
from runtime.embedded.processes import ProcessRef
from runtime.errors import ServiceFault

Role = Literal["worker", "api"]
READY_FOR = 30.0
"""Seconds that a process may take to say that it is ready."""


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
        """`env` is added to this process's own; `release` is the folder of the packages that the processes run."""
        self.state_dir = state_dir.resolve()
        self._env = {**os.environ, **(env or {}), "OMBUD_STATE_DIR": str(self.state_dir), "PYTHONTZPATH": ""}
        self._file = self.state_dir / "fleet.json"
        self._noting = threading.Lock()
        self._release = release

    @property
    def crew(self) -> Crew:
        """What was started last."""
        try:
            return Crew.model_validate_json(self._file.read_bytes())
        except (FileNotFoundError, ValueError):
            return Crew()

    def log(self, role: Role) -> Path:
        """Where the process writes its log."""
        return self.state_dir / f"{role}.log"

    def running(self, role: Role) -> ProcessRef | None:
        """The process, when it lives."""
        ref: ProcessRef | None = getattr(self.crew, role)
        return ref if processes.alive(ref) else None

    def start(self, role: Role, port: int | None = None, extra: Mapping[str, str] | None = None) -> ProcessRef:
        """Start it unless it runs, and wait until it is ready. Raises ServiceFault ``process_not_ready`` with the end of its
        log.
        """
        known = self.running(role)
        if known is not None:
            return known
        crew = self.crew
        wanted = port if port is not None else (crew.api_port if role == "api" else crew.health_port)
        place = processes.free_port(wanted)
        variable = "OMBUD_API_PORT" if role == "api" else "OMBUD_WORKER_HEALTH_PORT"
        mark = ("--state-dir", str(self.state_dir))
        command = [sys.executable, "-m", "cli.main", role, "run", *mark]
        env = {**self._env, variable: str(place), **(extra or {})}
        ref = processes.spawn(command, log=self.log(role), marker=mark, cwd=self._release, env=env)
        self._note({role: ref, "api_port" if role == "api" else "health_port": place})
        self._wait(role, ref, place)
        return ref

    def _note(self, changes: Mapping[str, ProcessRef | int]) -> None:
        # Both roles may be starting at once, and somebody may be reading.
        with self._noting:
            write_durably(self._file, self.crew.model_copy(update=changes).model_dump_json(indent=2))

    def _wait(self, role: Role, ref: ProcessRef, port: int) -> None:
        import httpx2

        url = f"http://127.0.0.1:{port}" + ("/v1/healthz" if role == "api" else "/readyz")
        until = time.monotonic() + READY_FOR
        while time.monotonic() < until:
            try:
                if httpx2.get(url, timeout=2).status_code == 200:
                    return
            except httpx2.HTTPError:
                time.sleep(0.05)
            if not processes.alive(ref):
                break
        tail = self.log(role).read_text("utf-8", "replace").splitlines()[-5:] if self.log(role).exists() else []
        raise ServiceFault(
            "process_not_ready", f"The {role} did not become ready; its log {self.log(role)} ends with: " + " / ".join(tail)
        )

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
