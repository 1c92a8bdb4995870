"""Processes of their own in which strangers' bytes are read: few, limited, and shared fairly by the tenants.

What hangs is stopped with its process and another takes its place. Nobody else waits for it: not the loop, not the threads that
the rest works with, and not another tenant, for none may hold all the places.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import pickle
import sys
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Self, TypeVar, cast

from adapters.reading.child import LENGTH, READY

Read = TypeVar("Read")

MEMORY = 1 << 30
"""Bytes of address space of one process: the largest mail needs a fifth of it."""

MOST_WAITING = 64
MOST_WAITING_BYTES = 200_000_000
"""What waits is held in memory."""

MOST_JOBS = 500
"""After so many a process makes room for a fresh one: what a library lost of its memory is given back."""

ENDS = ("read", "timed_out", "died", "turned_away")
_START_FOR = 60
"""Seconds that a process may take until it can begin: the machine may be busy."""
_MOST_ANSWER = 200_000_000
_OURS = ("domain.", "adapters.intake.")
_PLAIN = {
    *(("builtins", name) for name in ("set", "frozenset", "bytearray")),
    *(("datetime", name) for name in ("datetime", "date", "timedelta", "timezone")),
    ("decimal", "Decimal"),
    ("pydantic_core._pydantic_core", "TzInfo"),
}


class ReadingBusy(Exception):
    """Too much waits to be read already; nothing was looked at. ``retry_after``: seconds after which it is worth another try."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"busy for {retry_after} s")
        self.retry_after = retry_after


class ReadingFailed(Exception):
    """What was to be read stopped its reader. ``why``: it took too long, or the reader died of it."""

    def __init__(self, why: Literal["time", "died"]) -> None:
        super().__init__(why)
        self.why = why


@dataclass(slots=True)
class _Waiting:
    tenant_id: str
    size: int
    place: asyncio.Future[None]


class _Process:
    """One process and the pipe to it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.jobs = 0

    @classmethod
    async def start(cls, memory: int, seconds: int) -> Self:
        """A process that can begin. One that cannot dies of its first job."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-B",
            "-m",
            "adapters.reading.child",
            str(memory),
            str(seconds),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            # Nothing of ours: the environment holds keys and passwords.
            env={"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PATH": os.defpath, "LANG": "C.UTF-8"},
        )
        assert process.stdout is not None
        made = cls(process)
        try:
            async with asyncio.timeout(_START_FOR):
                await process.stdout.read(len(READY))
        except BaseException:
            await made.stop()
            raise
        return made

    @property
    def alive(self) -> bool:
        return self.process.returncode is None

    async def ask(self, job: bytes) -> tuple[str, Any]:
        """The answer to one job. Raises ``EOFError`` or ``ConnectionError`` when the process died of it."""
        self.jobs += 1
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(len(job).to_bytes(LENGTH, "big"))
        stdin.write(job)
        await stdin.drain()
        length = int.from_bytes(await stdout.readexactly(LENGTH), "big")
        if length > _MOST_ANSWER:
            raise EOFError
        return cast(tuple[str, Any], _Careful(io.BytesIO(await stdout.readexactly(length))).load())

    async def stop(self) -> None:
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
        if self.process.stdin is not None:
            self.process.stdin.close()
        await self.process.wait()


class _Careful(pickle.Unpickler):
    """Makes of an answer what a reader may answer, and nothing else: its process may do what a stranger told it."""

    def find_class(self, module: str, name: str) -> Any:
        if (module.startswith(_OURS) and "." not in name) or (module, name) in _PLAIN:
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is nothing that a reader answers")


class ReadingPool:
    """``places`` processes, each with ``reading_for`` of processor time for one job, and twice that by the clock on the wall.

    They are started by :meth:`warm`, or with the first job; one that had to be stopped is replaced at once. One tenant has at
    most all places but one. What waits longer than ``waiting_for``, or finds too much waiting before it, is turned away.
    """

    busy, failed = ReadingBusy, ReadingFailed

    def __init__(
        self,
        places: int = 2,
        *,
        reading_for: timedelta = timedelta(seconds=10),
        waiting_for: timedelta = timedelta(seconds=30),
        memory: int = MEMORY,
        most_waiting: int = MOST_WAITING,
        most_waiting_bytes: int = MOST_WAITING_BYTES,
    ) -> None:
        self._places, self._share = places, max(1, places - 1)
        self._for, self._patience, self._memory = reading_for.total_seconds(), waiting_for.total_seconds(), memory
        self._starting: set[asyncio.Task[None]] = set()
        self._closed = False
        self._most, self._most_bytes = most_waiting, most_waiting_bytes
        self._idle: list[_Process] = []
        self._busy: set[_Process] = set()
        self._running: dict[str, int] = {}
        self._waiting: deque[_Waiting] = deque()
        self._ended = Counter[str]()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def state(self) -> Mapping[str, int]:
        return {"waiting": len(self._waiting), "reading": sum(self._running.values()), **{end: self._ended[end] for end in ENDS}}

    def warm(self) -> None:
        """Begin to start what is missing of the processes; the next job does not wait for one to begin."""
        missing = self._places - len(self._idle) - len(self._busy) - len(self._starting)
        for _ in range(0 if self._closed else missing):
            starting = asyncio.get_running_loop().create_task(self._start_one())
            self._starting.add(starting)
            starting.add_done_callback(self._starting.discard)

    async def _start_one(self) -> None:
        self._idle.append(await self._started())

    async def _started(self) -> _Process:
        return await _Process.start(self._memory, max(1, round(self._for)))

    async def close(self) -> None:
        """End all processes; whoever waits is turned away."""
        self._closed = True
        for waiting in self._waiting:
            if not waiting.place.done():
                waiting.place.set_exception(ReadingBusy(5))
        self._waiting.clear()
        await asyncio.gather(*self._starting, return_exceptions=True)
        processes = [*self._idle, *self._busy]
        self._idle.clear()
        await asyncio.gather(*(process.stop() for process in processes))

    async def read(self, tenant_id: str, job: Callable[[], Read], size: int) -> Read:
        await self._entered(tenant_id, size)
        try:
            kind, value = await self._asked(job)
        finally:
            self._left(tenant_id)
        if kind == "raised" and isinstance(value, Exception):
            raise value
        return cast(Read, value)

    async def _asked(self, job: Callable[[], object]) -> tuple[str, Any]:
        try:
            process = await self._taken()
        except TimeoutError:
            raise ReadingBusy(round(self._for)) from None
        if self._closed:
            await process.stop()
            raise ReadingBusy(round(self._for))
        self._busy.add(process)
        done = False
        try:
            async with asyncio.timeout(2 * self._for):
                answer = await process.ask(pickle.dumps(job, protocol=5))
            done = True
        except TimeoutError:
            self._ended["timed_out"] += 1
            raise ReadingFailed("time") from None
        except (EOFError, ConnectionError, pickle.UnpicklingError, asyncio.IncompleteReadError):
            self._ended["died"] += 1
            raise ReadingFailed("died") from None
        finally:
            self._busy.discard(process)
            # Also one whose caller went away stands in the middle of a job.
            if done and process.jobs < MOST_JOBS:
                self._idle.append(process)
            else:
                self.warm()
                await asyncio.shield(process.stop())
        self._ended["read"] += 1
        return answer

    async def _taken(self) -> _Process:
        while self._idle:
            process = self._idle.pop()
            if process.alive:
                return process
            await process.stop()
        process = await self._started()
        self.warm()
        return process

    async def _entered(self, tenant_id: str, size: int) -> None:
        """Wait for a place. Raises :class:`ReadingBusy`."""
        if self._has_place(tenant_id) and not any(self._has_place(waiting.tenant_id) for waiting in self._waiting):
            self._running[tenant_id] = self._running.get(tenant_id, 0) + 1
            return
        of_tenant = sum(waiting.tenant_id == tenant_id for waiting in self._waiting)
        too_much = sum(waiting.size for waiting in self._waiting) + size > self._most_bytes and bool(self._waiting)
        if len(self._waiting) >= self._most or of_tenant >= max(1, self._most // 2) or too_much:
            self._turn_away()
        waiting = _Waiting(tenant_id, size, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(self._patience):
                await waiting.place
        except (TimeoutError, asyncio.CancelledError) as gone:
            if waiting in self._waiting:
                self._waiting.remove(waiting)
            elif waiting.place.done() and not waiting.place.cancelled() and waiting.place.exception() is None:
                # Let in and called away in the same moment: the place is the next one's.
                self._left(tenant_id)
            if isinstance(gone, TimeoutError):
                self._turn_away()
            raise

    def _has_place(self, tenant_id: str) -> bool:
        return sum(self._running.values()) < self._places and self._running.get(tenant_id, 0) < self._share

    def _turn_away(self) -> None:
        self._ended["turned_away"] += 1
        raise ReadingBusy(max(1, round(self._for)))

    def _left(self, tenant_id: str) -> None:
        self._running[tenant_id] -= 1
        if not self._running[tenant_id]:
            del self._running[tenant_id]
        # Whoever has the fewest places comes first, and of them who came first.
        for waiting in sorted(self._waiting, key=lambda one: self._running.get(one.tenant_id, 0)):
            if self._has_place(waiting.tenant_id) and not waiting.place.done():
                self._waiting.remove(waiting)
                self._running[waiting.tenant_id] = self._running.get(waiting.tenant_id, 0) + 1
                waiting.place.set_result(None)
