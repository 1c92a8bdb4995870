"""The doors of all cases, at which one tenant takes a few places at most: a storm of theirs waits behind itself."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from datetime import timedelta

from services.parts import Answered, Doors
from workflows.handles import Named, NotReached


class FairDoors:
    """Doors that ask for a few commands of one tenant at a time.

    The command is on disk already: whoever gets no place while the caller waits is answered "not decided yet", and the relay has
    the case judged. So reports are taken at full speed also while Temporal or the workers are slow.
    """

    def __init__(self, doors: Doors, at_once: int) -> None:
        self._doors = doors
        self._places: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(at_once))

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answered:
        """As the doors behind it, in what is left of the time once there is a place. Raises :class:`NotReached`."""
        place, until = self._places[case.tenant_id], time.monotonic() + wait_for.total_seconds()
        try:
            async with asyncio.timeout(wait_for.total_seconds()):
                await place.acquire()
        except TimeoutError:
            raise NotReached("no_place") from None
        try:
            return await self._doors.ask(case, command_id, timedelta(seconds=max(0.001, until - time.monotonic())))
        finally:
            place.release()
