"""What else went on while something was measured: how loaded the machine was, and how often this process was kept waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil  # type: ignore[import-untyped,unused-ignore]  # it ships no types

LATE = 0.1
"""Seconds by which a process that only sleeps is woken too late: something else had the processor."""
_EVERY = 0.02


@dataclass
class Beside:
    """What was seen. A figure that was taken while others worked says so."""

    stalls: int = 0
    loads: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Beside]:
        """Look until the end of the block."""
        self.loads.append(psutil.getloadavg()[0])
        watching = asyncio.create_task(self._watch())
        try:
            yield self
        finally:
            watching.cancel()
            self.loads.append(psutil.getloadavg()[0])

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            wanted = loop.time() + _EVERY
            await asyncio.sleep(_EVERY)
            self.stalls += loop.time() - wanted > LATE

    @property
    def load(self) -> float:
        """Processes that wanted the processor, at most."""
        return max(self.loads, default=0.0)


def spent(pids: Mapping[str, int]) -> dict[str, float]:
    """Processor seconds so far of these processes, with all that they started, by name."""
    return {name: sum(map(used_by, _family(pid))) for name, pid in pids.items()}


def _family(pid: int) -> list[Any]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def used_by(process: Any) -> float:
    """Processor seconds so far of one process alone."""
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        # It ended between the listing and the question.
        return 0.0
    return float(times.user + times.system)
