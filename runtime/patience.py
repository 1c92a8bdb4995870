"""How long a start may take. A loaded machine is slow, not broken: what ends a wait early is the death of what is waited for."""

import asyncio
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


async def telling(what: str, work: Awaitable[Result], say: Say, every: timedelta = SAY_EVERY) -> Result:
    """Wait for `work`, and say now and then that it is still waited for."""
    begun, waiting = time.monotonic(), asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait([waiting], timeout=every.total_seconds()))[0]:
            say(f"{what}: still starting, {time.monotonic() - begun:.0f} s")
    finally:
        waiting.cancel()  # nothing is left of it when whoever waits is stopped; one that is done stays so
    return waiting.result()
