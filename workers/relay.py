"""Wakes the cases that have something waiting which Temporal could not take when it was received, again and again until it has.

It also gives the cases of people who have just gone away back to their queues.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from activities.ports.relay import Relay, WaitingCase
from storage.team.absences import PostgresAbsences
from workers.metrics import Counters
from workflows.handles import CaseDoors, Named, NotReached

GRACE_FOR = timedelta(seconds=2)
"""A command younger than this is probably on its way by the front door."""

log = structlog.stdlib.get_logger("ombud.relay")


async def keep_relaying(relay: Relay, doors: CaseDoors, counters: Counters, every_for: timedelta) -> None:
    """Poke cases that have something waiting, for ever. Outages are logged and waited out."""
    while True:
        try:
            await relay_once(relay, doors, counters)
        except (OSError, TimeoutError, NotReached) as error:
            log.warning("relay is waiting for Temporal", error=type(error).__name__)
        except Exception:
            # The relay must outlive whatever a driver raises: without it commands of an outage would wait for ever.
            log.exception("relay failed; trying again")
        await asyncio.sleep(every_for.total_seconds())


async def relay_once(relay: Relay, doors: CaseDoors, counters: Counters) -> int:
    """Poke every case that waits; how many there were. Raises :class:`NotReached` when Temporal is away."""
    waiting = await relay.waiting(GRACE_FOR)
    for case in waiting:
        try:
            await doors.poke(Named(case.tenant_id, case.case_id, case.kind, case.opened_at), case.command_id)
        except NotReached:
            counters.pokes.labels("not_reached").inc()
            raise
        counters.pokes.labels("poked").inc()
    if waiting:
        log.info("cases woken", count=len(waiting))
    return len(waiting)


class AbsencesFirst:
    """A relay that first gives the cases of people who have just gone away back to their queues.

    Implements :class:`activities.ports.relay.Relay`. What it sends for an absence, the relay behind it finds waiting.
    """

    def __init__(self, absences: PostgresAbsences, relay: Relay) -> None:
        self._absences, self._relay = absences, relay

    async def waiting(self, older_than: timedelta, limit: int = 100) -> Sequence[WaitingCase]:
        """As the relay says."""
        try:
            if cases := await self._absences.begin():
                log.info("cases of people who are away go back to their queues", count=cases)
        except Exception:
            # Whatever is wrong with an absence, commands of an outage must not wait for it.
            log.exception("absences failed; trying again")
        return await self._relay.waiting(older_than, limit)
