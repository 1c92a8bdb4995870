"""How much may be asked: by one key, by one tenant, by one address with wrong keys, of what is costly at the same time; and how
soon whoever asks too much is told so."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from api.kit.problems import Problem

PER_SECOND = 100.0
"""Lasting rate of one key: far above what a platform's disputes come to, far below what one process answers."""
BURST = 1000.0
"""Requests that a key may send at once after a pause."""
_MOST_KEYS = 10_000


def limited(wait: float) -> Problem:
    """``rate_limited``, with the whole seconds to wait."""
    return Problem("rate_limited", headers={"Retry-After": str(max(1, math.ceil(wait)))})


class Throttle:
    """Token buckets by key, in this process. ``clock`` gives seconds from any start."""

    def __init__(self, per_second: float = PER_SECOND, burst: float = BURST, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = per_second, burst, clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> None:
        """Count one request. Raises ``rate_limited`` with the whole seconds to wait."""
        now = self._clock()
        left, since = self._buckets.get(key, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._rate)
        if left < 1:
            raise limited((1 - left) / self._rate)
        if key not in self._buckets and len(self._buckets) >= _MOST_KEYS:
            self._buckets = {k: v for k, v in self._buckets.items() if v[0] + (now - v[1]) * self._rate < self._burst}
        self._buckets[key] = (left - 1, now)

    def give_back(self, key: str) -> None:
        """Uncount one request."""
        left, since = self._buckets.get(key, (self._burst, self._clock()))
        self._buckets[key] = (min(self._burst, left + 1), since)


class Pace:
    """Answers of "too much" to one address come one after another and not at once: to be refused must not be a way to keep the
    process busy. Whoever sends again as soon as it is answered waits for itself.

    ``per_second`` of them, each after ``least`` seconds and before ``most``. ``clock`` gives seconds from any start.
    """

    def __init__(
        self, per_second: float = 100.0, *, least: float = 0.25, most: float = 5.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._apart, self._least, self._most, self._clock = 1 / per_second, least, most, clock
        self._last: dict[str, float] = {}

    async def wait(self, address: str) -> bool:
        """Wait for this answer's turn. False, at once: more of them wait already than will be answered in time."""
        now = self._clock()
        turn = max(now + self._least, self._last.get(address, 0.0) + self._apart)
        if turn - now > self._most:
            return False
        if address not in self._last and len(self._last) >= _MOST_KEYS:
            self._last = {other: last for other, last in self._last.items() if last > now}
        self._last[address] = turn
        await asyncio.sleep(turn - now)
        return True


class SharedBudgets(Protocol):
    """Where all processes take from: :class:`storage.postgres.budgets.PostgresBudgets`."""

    async def lease(self, tenant_id: str, wanted: float, per_second: float, burst: float) -> float: ...


@dataclass
class _Purse:
    left: float = 0.0
    """Taken from the shared budget, and not spent yet."""
    ask_again_at: float = 0.0
    asking: asyncio.Task[bool] | None = None


class Budget:
    """What a tenant may ask for, counted in reads of one case, over all API processes.

    A process takes tokens from the shared budget for a quarter of a second at a time and spends them by itself, so not every
    request costs a write. What it has not spent stays with it: at most that much for each process is uncounted.
    """

    def __init__(
        self, shared: SharedBudgets, *, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._shared, self._rate, self._burst, self._clock = shared, per_second, burst, clock
        self._purses: dict[str, _Purse] = {}

    def check(self, tenant_id: str) -> None:
        """Raises ``rate_limited`` for a tenant of whom it is known that nothing is left, without asking anybody."""
        purse = self._purses.get(tenant_id)
        if purse is not None and purse.left < 1 and self._clock() < purse.ask_again_at:
            raise limited(purse.ask_again_at - self._clock())

    async def take(self, tenant_id: str, weight: float) -> None:
        """Spend so much. Raises ``rate_limited`` when it is not there, with the seconds after which it will be."""
        weight, purse = min(weight, self._burst), self._purses.setdefault(tenant_id, _Purse())
        while purse.left < weight:
            if not await self._filled(tenant_id, purse, weight) and purse.left < weight:
                wait = (weight - purse.left) / self._rate
                purse.ask_again_at = self._clock() + min(wait, 1.0)
                raise limited(wait)
        purse.left -= weight

    async def _filled(self, tenant_id: str, purse: _Purse, weight: float) -> bool:
        """Ask the shared budget, once for all who wait here at the same time. Whether it had what was wanted."""
        if self._clock() < purse.ask_again_at:
            return False
        if purse.asking is None:
            purse.asking = asyncio.ensure_future(self._lease(tenant_id, purse, max(self._rate / 4, weight) - purse.left))
        return await asyncio.shield(purse.asking)

    async def _lease(self, tenant_id: str, purse: _Purse, wanted: float) -> bool:
        try:
            got = await self._shared.lease(tenant_id, wanted, self._rate, self._burst)
            purse.left += got
            return got >= wanted
        finally:
            purse.asking = None


@dataclass
class _Room:
    free: asyncio.Semaphore
    inside: int = field(default=0)
    """Those who have a place or wait for one."""


class Bulkhead:
    """Lets in a few requests of one tenant at a time; the next ones wait for their own tenant's, never for another's."""

    def __init__(self, at_once: int = 2, *, most_waiting: int = 50, wait_for: float = 5.0) -> None:
        self._at_once, self._most, self._wait_for = at_once, at_once + most_waiting, wait_for
        self._rooms: dict[str, _Room] = {}

    @asynccontextmanager
    async def room(self, tenant_id: str) -> AsyncIterator[None]:
        """A place until the end of the block. Raises ``rate_limited`` when too many wait, or for too long."""
        room = self._rooms.setdefault(tenant_id, _Room(asyncio.Semaphore(self._at_once)))
        if room.inside >= self._most:
            raise limited(1)
        room.inside += 1
        try:
            await self._placed(room)
            try:
                yield
            finally:
                room.free.release()
        finally:
            room.inside -= 1
            if not room.inside:
                self._rooms.pop(tenant_id, None)

    async def _placed(self, room: _Room) -> None:
        try:
            async with asyncio.timeout(self._wait_for):
                await room.free.acquire()
        except TimeoutError:
            raise limited(1) from None
