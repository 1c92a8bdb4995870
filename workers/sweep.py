"""Looks, for ever, for what should run in Temporal and does not, and starts it from the record: see :mod:`services.revival`."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from services.revival import Sweep, SweepDoors, Swept
from storage.postgres.pool import AWAY, Database
from workers.metrics import Counters
from workflows.handles import NotReached

log = structlog.stdlib.get_logger("ombud.sweep")


async def keep_sweeping(database: Database, doors: SweepDoors, counters: Counters, every_for: timedelta) -> None:
    """Look again and again. Outages are logged and waited out."""
    sweep = Sweep(database, doors, every_for)
    while True:
        try:
            await sweep_once(sweep, counters)
        except NotReached as away:
            counters.sweep_failed.labels("temporal").inc()
            log.warning("sweep is waiting for Temporal", error=str(away))
        except AWAY as error:
            counters.sweep_failed.labels("database").inc()
            log.warning("sweep is waiting for Postgres", error=type(error).__name__)
        except Exception:
            # It must outlive whatever a driver raises: nobody else finds what it finds.
            counters.sweep_failed.labels("other").inc()
            log.exception("sweep failed; trying again")
        await asyncio.sleep(every_for.total_seconds())


async def sweep_once(sweep: Sweep, counters: Counters) -> Swept:
    """One look, counted, and logged when there was something to do."""
    swept = await sweep.look()
    done = {what: number for what, number in swept.counts().items() if what != "looked_at" and number}
    for what, number in done.items():
        counters.swept.labels(what).inc(number)
    counters.sweep_at.set_to_current_time()
    if done:
        log.warning("cases and notices were taken up that nobody was at", **done)
    return swept
