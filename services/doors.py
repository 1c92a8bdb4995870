"""The doors of all cases, at which one tenant takes a few places at most: a storm of theirs waits behind itself."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from services.parts import Answered, Doors
from workflows.handles import Named, NotReached

AT_FIRST = 2
"""Places of a tenant of whom nothing is known yet."""
QUICK_FOR = timedelta(milliseconds=150)
"""An answer within this says that workers and Temporal have time left. A later one means that everybody waits, others too."""


@dataclass
class _Room:
    allowed: float
    inside: int = 0
    halved_at: float = float("-inf")
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    def let_in(self) -> None:
        while self.waiting and self.inside < int(self.allowed):
            waiter = self.waiting.popleft()
            if not waiter.done():
                self.inside += 1
                waiter.set_result(None)


class Shares:
    """How many things of one tenant are in work at a time: one more as long as they are done quickly, half when they are not.

    What began before it was halved says nothing of how quick the half is: eight slow answers to eight that were asked together
    are one reason, and not eight in a row that leave a single place.

    Nobody knows how much the workers, Temporal and the database can do, and it changes: but the time that an answer takes tells.
    So a tenant that is alone is served as fast as the machines can, and a storm leaves them time for everybody else.
    ``at_once`` is the most, one the least; ``clock`` gives seconds from any start.
    """

    def __init__(self, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = at_once, clock
        self._rooms: defaultdict[str, _Room] = defaultdict(lambda: _Room(float(min(AT_FIRST, at_once))))

    @asynccontextmanager
    async def place(self, tenant_id: str) -> AsyncIterator[None]:
        """A place until the end of the block, first come first served. A block that raises was slow."""
        room = self._rooms[tenant_id]
        await self._entered(room)
        began, quick = self._clock(), False
        try:
            yield
            quick = self._clock() - began <= QUICK_FOR.total_seconds()
        finally:
            room.inside -= 1
            if quick:
                room.allowed = min(self._most, room.allowed + 1 / room.allowed)
            elif began >= room.halved_at:
                room.allowed, room.halved_at = max(1.0, room.allowed / 2), self._clock()
            room.let_in()

    async def _entered(self, room: _Room) -> None:
        waiter = asyncio.get_running_loop().create_future()
        room.waiting.append(waiter)
        room.let_in()
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                # Let in and called away in the same moment: the place is the next one's.
                room.inside -= 1
                room.let_in()
            raise


class FairDoors:
    """Doors that ask for a few commands of one tenant at a time.

    The command is on disk already: whoever gets no place while the caller waits is answered "not decided yet", and the relay has
    the case judged. So reports are taken at full speed also while Temporal or the workers are slow. Whoever is asked for when the
    caller's time is over keeps the place until there is an answer: the workers are busy with it, whether or not anybody waits.
    """

    def __init__(self, doors: Doors, shares: Shares) -> None:
        self._doors, self._shares = doors, shares
        self._asking: set[asyncio.Task[Answered]] = set()

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answered:
        """As the doors behind it. Raises :class:`NotReached` also when there is no place in time."""
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(wait_for.total_seconds()):
                    await held.enter_async_context(self._shares.place(case.tenant_id))
                    asking = asyncio.create_task(self._asked(case, command_id, wait_for, held.pop_all()))
                    self._asking.add(asking)
                    asking.add_done_callback(self._answered)
                    return await asyncio.shield(asking)
            except TimeoutError:
                raise NotReached("too_late") from None

    async def _asked(self, case: Named, command_id: str, wait_for: timedelta, held: AsyncExitStack) -> Answered:
        async with held:
            return await self._doors.ask(case, command_id, wait_for)

    def _answered(self, asking: asyncio.Task[Answered]) -> None:
        self._asking.discard(asking)
        # Looked at, for nobody may wait for it any more.
        _ = asking.cancelled() or asking.exception()


class LeavingDoors:
    """Doors at which whoever asks first gives back what it holds: who waits for Temporal keeps nobody from the disk."""

    def __init__(self, doors: Doors, leave: Callable[[], Awaitable[None]]) -> None:
        self._doors, self._leave = doors, leave

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answered:
        """As the doors behind it."""
        await self._leave()
        return await self._doors.ask(case, command_id, wait_for)
