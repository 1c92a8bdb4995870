"""Processes that outlive the one that started them: started apart, recognised again, and stopped without ever hitting a stranger.

A pid alone proves nothing, for the system gives it out again. A process counts as ours when it also started at the recorded
moment and serves the recorded files.
"""

import itertools
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped,unused-ignore]  # it ships no types
from pydantic import BaseModel, ConfigDict

Marker = tuple[str, str]
"""Two neighbouring arguments of a command line which only our server has, such as `-D` and its data folder."""

# Below the range from which Linux takes the ports of outgoing connections: a client that keeps trying a dead port inside that
# range can end up connected to itself, and the server could then never get its port back.
_PORTS = range(20_000, 30_000)

# The shell leaves at once, so that the server belongs to init: no zombie and no open handle stays in this process.
_LAUNCH = 'log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!'


class ProcessRef(BaseModel):
    """A process that was started earlier, perhaps by somebody else."""

    model_config = ConfigDict(frozen=True)

    pid: int
    started: str
    marker: Marker


def spawn(command: Sequence[str], *, log: Path, marker: Marker, cwd: Path | None = None,
          env: Mapping[str, str] | None = None) -> ProcessRef:  # fmt: skip
    """Start `command` in a session of its own with its output added to `log`; it lives on when this process ends."""
    launched = subprocess.run(
        ["/bin/sh", "-c", _LAUNCH, "sh", str(log), *command],
        check=True, stdout=subprocess.PIPE, text=True, start_new_session=True, cwd=cwd, env=env,
    )  # fmt: skip
    pid = int(launched.stdout)
    return ProcessRef(pid=pid, started=_start_of(pid) or "gone", marker=marker)


def identify(pid: int, marker: Marker) -> ProcessRef | None:
    """The running process with this pid, when its command line carries the marker."""
    started = _start_of(pid)
    if started is None or not _carries(pid, marker):
        return None
    return ProcessRef(pid=pid, started=started, marker=marker)


def find(marker: Marker) -> ProcessRef | None:
    """A process of this machine that carries the marker, for when the note of its pid was lost."""
    for pid in psutil.pids():
        if _carries(pid, marker) and (found := identify(pid, marker)):
            return found
    return None


def alive(ref: ProcessRef | None) -> bool:
    """Whether that very process still runs; a pid that the system gave to another does not count."""
    if ref is None or _start_of(ref.pid) != ref.started:
        return False
    # Just after the start the shell has not yet become the server, so its arguments are looked for anywhere in the line.
    return _carries(ref.pid, ref.marker)


def terminate(ref: ProcessRef, *, wait_for: float) -> bool:
    """Ask the process to end and wait; kill it when it has not ended in `wait_for` seconds. True when it ended by itself."""
    if not alive(ref):
        return True
    with suppress(ProcessLookupError):
        os.kill(ref.pid, signal.SIGTERM)
    if wait_gone(ref, wait_for):
        return True
    kill(ref)
    return False


def kill(ref: ProcessRef) -> None:
    """End the process with SIGKILL, as a power cut would, and wait until it is gone."""
    if alive(ref):
        with suppress(ProcessLookupError):
            os.kill(ref.pid, signal.SIGKILL)
        wait_gone(ref, 10.0)


def wait_gone(ref: ProcessRef, wait_for: float) -> bool:
    """Wait up to `wait_for` seconds for the process to end."""
    until = time.monotonic() + wait_for
    # Not `alive`: a dying process loses its arguments before its last thread lets go of its port and files.
    while _start_of(ref.pid) == ref.started:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def working_in(folder: Path) -> Iterator[int]:
    """The pids of all processes whose working folder is `folder`: a Postgres server with every one of its children."""
    for pid in psutil.pids():
        with suppress(psutil.Error, OSError):
            if psutil.Process(pid).cwd() == str(folder) and _start_of(pid) is not None:
                yield pid


def free_port(wanted: int | None = None) -> int:
    """`wanted` when nobody listens on it on 127.0.0.1, else another free port."""
    if wanted is not None and is_free(wanted):
        return wanted
    while not is_free(port := _PORTS[secrets.randbelow(len(_PORTS))]):
        continue
    return port


def is_free(port: int) -> bool:
    """Whether nobody listens on the port on 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _carries(pid: int, marker: Marker) -> bool:
    try:
        line: list[str] = psutil.Process(pid).cmdline()
    except (psutil.Error, OSError):
        return False
    return any(pair == marker for pair in itertools.pairwise(line))


def _start_of(pid: int) -> str | None:
    """When the process started, as a word that no other process shares; None when there is none, or only its corpse."""
    try:
        process = psutil.Process(pid)
        # The corpse of the first thread may lie there while the others still hold the process's port and files.
        if process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1:
            return None
        if sys.platform != "linux":
            return f"{process.create_time():.0f}"
        # Ticks since boot, not a time of day: the machine's clock may be set while the server runs.
        ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}/{ticks}"
    except (psutil.Error, OSError):
        return None
