"""How long a start may take. A loaded machine is slow, not broken: what ends a wait early is the death of what is waited for."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import TypeVar

Result = TypeVar("Result")
Say = Callable[[str], None]
"""Takes a line of progress."""

START_FOR = timedelta(minutes=10)
"""How long a service or a process may take until it answers, as long as it lives."""
SAY_EVERY = timedelta(seconds=10)
"""How often whoever waits is told that it goes on."""


def silent(_: str) -> None:
    """Progress for those who do not want to know."""


def growing_patience() -> Iterator[timedelta]:
    """How long each next attempt at a call may take, without end: 2 s, 4 s, 8 s, …, at most 30 s.

    An attempt that is given up after 2 s every time never succeeds on a machine that needs 3 s for it.
    """
    patience = timedelta(seconds=2)
    while True:
        yield patience
        patience = min(patience * 2, timedelta(seconds=30))


class Pauses:
    """The pauses of somebody who does the same again and again: the usual one while it goes well, and after each failure in a row
    twice the one before, up to ``most``, each cut short by chance. All who lost the same server so come back one by one."""

    def __init__(self, usual: timedelta, most: timedelta = timedelta(seconds=30)) -> None:
        self._usual, self._most = usual, max(most, usual)
        self._failures = 0

    def after_success(self) -> float:
        """Seconds until the next time."""
        self._failures = 0
        return self._usual.total_seconds()

    def after_failure(self) -> float:
        """Seconds until the next try: half of the grown pause at least, never less than the usual one."""
        self._failures += 1
        grown = min(self._usual * 2 ** min(self._failures, 16), self._most).total_seconds()
        return max(self._usual.total_seconds(), random.uniform(grown / 2, grown))  # noqa: S311 - no secret hangs on it


async def telling(what: str, work: Awaitable[Result], say: Say, every: timedelta = SAY_EVERY) -> Result:
    """Wait for `work`, and say now and then that it is still waited for."""
    begun, waiting = time.monotonic(), asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait([waiting], timeout=every.total_seconds()))[0]:
            say(f"{what}: still starting, {time.monotonic() - begun:.0f} s")
    finally:
        waiting.cancel()  # nothing is left of it when whoever waits is stopped; one that is done stays so
    return waiting.result()
