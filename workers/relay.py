"""The relay: whatever Temporal could not take when it was received, it is told about until it has."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from activities.ports.relay import Relay
from workers.metrics import Counters
from workflows.handles import CaseDoors, Named, NotReached

GRACE_FOR = timedelta(seconds=2)
"""A command younger than this is probably on its way by the front door."""

log = structlog.stdlib.get_logger("ombud.relay")


async def keep_relaying(relay: Relay, doors: CaseDoors, counters: Counters, every_for: timedelta) -> None:
    """Poke cases that have something waiting, for ever. Outages is logged and waited out."""
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
    for poked in waiting:
        case = Named(poked.tenant_id, poked.case_id, poked.kind, poked.opened_at)
        try:
            await doors.poke(case, poked.command_id)
        except NotReached:
            counters.pokes.labels("not_reached").inc()
            raise
        counters.pokes.labels("poked").inc()
    if waiting:
        log.info("cases woken", count=len(waiting))
    return len(waiting)
