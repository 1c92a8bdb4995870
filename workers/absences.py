"""Cases of people who have just gone away, back in their queues: looked for before the relay wakes whatever waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog

from activities.ports.relay import Poked, Relay
from storage.team.absences import PostgresAbsences

log = structlog.stdlib.get_logger("ombud.absences")


class AbsencesFirst:
    """Implements :class:`activities.ports.records.Relay`: what it sends for an absence, the relay behind it finds waiting."""

    def __init__(self, absences: PostgresAbsences, relay: Relay) -> None:
        self._absences, self._relay = absences, relay

    async def waiting(self, older_than: timedelta, limit: int = 100) -> Sequence[Poked]:
        """As the relay says."""
        try:
            if cases := await self._absences.begin():
                log.info("cases of people who are away go back to their queues", count=cases)
        except Exception:
            # Whatever is wrong with an absence, commands of an outage must not wait for it.
            log.exception("absences failed; trying again")
        return await self._relay.waiting(older_than, limit)
