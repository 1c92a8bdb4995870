"""Keys that a process has not seen yet: looked up, as many as an address may try, and slowly past that."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from api.kit.problems import Problem
from api.kit.throttle import Bulkhead, Throttle
from services.parts import Keys
from services.rows import KeyHolder

SLOWLY = 0.02
"""Seconds that an address past its limit waits between two looks at keys that are new here."""
WRONG_FOR = 60.0
"""Seconds for which a wrong key is known to be wrong. Secrets are made by chance: what is wrong does not become right."""
_MOST_WRONG = 10_000


class Strangers:
    """Looks up keys that this process has not seen yet, as many as an address may try.

    Past its limit an address is not turned away, for a right key may be among what it sends: its keys are looked up one after
    another and slowly, few of all such addresses at a time. A key that was found wrong is not looked up again for a while.
    ``slowly`` is in seconds; ``clock`` gives seconds from any start.
    """

    def __init__(self, tries: Throttle, *, slowly: float = SLOWLY, clock: Callable[[], float] = time.monotonic) -> None:
        self._tries, self._slowly, self._clock = tries, slowly, clock
        self._queues, self._looks = Bulkhead(1, most_waiting=100), asyncio.Semaphore(4)
        self._looking: dict[bytes, asyncio.Task[KeyHolder | None]] = {}
        self._wrong: OrderedDict[bytes, float] = OrderedDict()

    async def holder(self, keys: Keys, secret: str, mark: bytes, address: str) -> KeyHolder | None:
        """Whose key it is; None: nobody's. Raises ``rate_limited`` instead for an address that has tried too much."""
        if mark in self._looking:
            # Many requests with one new key are one guess.
            return await asyncio.shield(self._looking[mark])
        try:
            self._tries.take(address)
        except Problem as too_many:
            if self._is_wrong(mark):
                raise
            async with self._queues.room(address), self._looks:
                found = await self._look(keys, secret, mark)
                if found is None:
                    await asyncio.sleep(self._slowly)
                    raise too_many from None
                return found
        try:
            found = None if self._is_wrong(mark) else await self._look(keys, secret, mark)
        except BaseException:
            # Nobody knows whether it was right.
            self._tries.give_back(address)
            raise
        if found is not None:
            self._tries.give_back(address)
        return found

    async def _look(self, keys: Keys, secret: str, mark: bytes) -> KeyHolder | None:
        if mark not in self._looking:
            self._looking[mark] = looking = asyncio.ensure_future(keys.find_key(secret))
            looking.add_done_callback(lambda done: self._looked(mark, done))
        return await asyncio.shield(self._looking[mark])

    def _looked(self, mark: bytes, done: asyncio.Task[KeyHolder | None]) -> None:
        del self._looking[mark]
        if not done.cancelled() and done.exception() is None and done.result() is None:
            self._wrong[mark] = self._clock() + WRONG_FOR
            if len(self._wrong) > _MOST_WRONG:
                self._wrong.popitem(last=False)

    def _is_wrong(self, mark: bytes) -> bool:
        return self._wrong.get(mark, 0.0) > self._clock()
