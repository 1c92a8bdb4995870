"""Wakes the cases that have something waiting which Temporal could not take when it was received, again and again until it has.

It also gives the cases of people who have just gone away back to their queues.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Protocol

import structlog

from activities.ports.relay import Relay, WaitingCase
from runtime.patience import Pauses
from services.doors import Shares
from services.parts import Answered
from storage.postgres.pool import AWAY
from storage.team.absences import PostgresAbsences
from workers.metrics import Counters
from workflows.handles import Named, NotReached, RefusedByTemporal

GRACE_FOR = timedelta(seconds=2)
"""A command younger than this is probably on its way by the front door."""
AT_A_TIME = 100
"""Cases of one tenant that are found at once."""
HANDS = 8
"""Of them in work at the same time at most."""
ANSWER_FOR = timedelta(seconds=3)
"""How long a case is waited for until the next one has its turn; it is judged all the same."""
PAUSE_FOR = timedelta(milliseconds=50)
"""Between two cases of one tenant that are poked: nobody hears when such a case is done, and others need time too."""

log = structlog.stdlib.get_logger("ombud.relay")


class Doors(Protocol):
    """The way into a case's workflow; :class:`workflows.handles.CaseDoors` is one. Both raise :class:`NotReached`."""

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answered: ...
    async def poke(self, case: Named, command_id: str | None = None) -> None: ...


async def keep_relaying(relay: Relay, doors: Doors, counters: Counters, every_for: timedelta, at_once: int = HANDS) -> None:
    """Have cases judged that have something waiting, for ever. Outages are logged and waited out."""
    rounds, pauses = Rounds(relay, doors, counters, Shares(at_once)), Pauses(every_for)
    try:
        while True:
            try:
                await rounds.begin()
            except AWAY as error:
                log.warning("relay is waiting for Postgres", error=type(error).__name__)
                pause = pauses.after_failure()
            except Exception:
                # The relay must outlive whatever a driver raises: without it commands of an outage would wait for ever.
                log.exception("relay failed; trying again")
                pause = pauses.after_failure()
            else:
                pause = pauses.after_success()
            await asyncio.sleep(pause)
    finally:
        await rounds.stop()


class Rounds:
    """Works off what waits, each tenant's by itself and a few cases of it at a time.

    A storm that was answered 202 so has the machines no longer to itself when it is worked off than while it came, and whoever's
    cases are slow keeps nobody else's waiting.
    """

    def __init__(self, relay: Relay, doors: Doors, counters: Counters, shares: Shares) -> None:
        self._relay, self._doors, self._counters, self._shares = relay, doors, counters, shares
        self._running: dict[str, asyncio.Task[None]] = {}

    async def begin(self) -> int:
        """Begin with every case that waits, of tenants whose last ones are done; how many there are."""
        waiting = await self._relay.waiting(GRACE_FOR, AT_A_TIME, frozenset(self._running))
        found: defaultdict[str, deque[WaitingCase]] = defaultdict(deque)
        for case in waiting:
            found[case.tenant_id].append(case)
        for tenant_id, cases in found.items():
            self._running[tenant_id] = asyncio.create_task(self._work_off(tenant_id, cases))
        if waiting:
            log.info("cases to wake", count=len(waiting))
        return len(waiting)

    async def done(self) -> None:
        """Wait for all that was begun."""
        await asyncio.gather(*self._running.values())

    async def stop(self) -> None:
        """Begin nothing more; what was not woken is found again."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _work_off(self, tenant_id: str, cases: deque[WaitingCase]) -> None:
        poked = asyncio.Lock()

        async def hand() -> None:
            while cases:
                await self._wake(cases.popleft(), poked)

        try:
            async with asyncio.TaskGroup() as hands:
                for _ in range(min(HANDS, len(cases))):
                    hands.create_task(hand())
        except* (OSError, TimeoutError, NotReached) as away:
            log.warning("relay is waiting for Temporal", error=str(away.exceptions[0]) or type(away.exceptions[0]).__name__)
        except* Exception:
            log.exception("relay failed; trying again")
        finally:
            del self._running[tenant_id]

    async def _wake(self, case: WaitingCase, poked: asyncio.Lock) -> None:
        named = Named(case.tenant_id, case.case_id, case.kind, case.opened_at, case.priority)
        if case.command_id is not None and await self._judged(named, case.command_id):
            self._counters.pokes.labels("poked").inc()
            return
        async with poked:
            try:
                await self._doors.poke(named, case.command_id)
            except RefusedByTemporal as refused:
                # This case alone: the others have their turn, and this one has it again later.
                self._counters.pokes.labels("refused").inc()
                log.error("case cannot be woken", case=case.case_id, error=str(refused))
                return
            except NotReached:
                self._counters.pokes.labels("not_reached").inc()
                raise
            self._counters.pokes.labels("poked").inc()
            await asyncio.sleep(PAUSE_FOR.total_seconds())

    async def _judged(self, named: Named, command_id: str) -> bool:
        try:
            async with self._shares.place(named.tenant_id):
                await self._doors.ask(named, command_id, ANSWER_FOR)
        except NotReached:
            return False
        return True


class AbsencesFirst:
    """A relay that first gives the cases of people who have just gone away back to their queues.

    Implements :class:`activities.ports.relay.Relay`. What it sends for an absence, the relay behind it finds waiting.
    """

    def __init__(self, absences: PostgresAbsences, relay: Relay) -> None:
        self._absences, self._relay = absences, relay

    async def waiting(self, older_than: timedelta, limit: int = 100, without: Collection[str] = ()) -> Sequence[WaitingCase]:
        """As the relay says."""
        try:
            if cases := await self._absences.begin():
                log.info("cases of people who are away go back to their queues", count=cases)
        except AWAY:
            raise  # as what comes after it would
        except Exception:
            # Whatever is wrong with an absence, commands of an outage must not wait for it.
            log.exception("absences failed; trying again")
        return await self._relay.waiting(older_than, limit, without)
