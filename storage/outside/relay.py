"""Finds the cases with something waiting on disk that no workflow has looked at: Temporal could not take it when it came."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from activities.ports.relay import WaitingCase
from storage.postgres.pool import Database

LEFT_ALONE_FOR = timedelta(seconds=30)
"""How long a case that did not move when it was poked is left alone at most.

Every poke is an event in a history, so there should be few; and after an outage a case waits for so long.
"""

# $2 how old, $3 how many, $4 how seldom at most. A case that was poked and has not moved is poked again after twice the time.
# now() and not clock_timestamp(), which is volatile and so can use no index.
WAITING = """
WITH resting AS MATERIALIZED (
    SELECT p.case_id FROM pokes p JOIN cases c ON c.tenant = $1 AND c.id = p.case_id AND c.turn = p.turn
    WHERE p.tenant = $1 AND p.poked_at > now() - $4::interval
        AND p.poked_at > now() - $2::interval * power(2, least(p.times, 20))
), waiting AS (
    SELECT case_id, min(since) AS since FROM (
        (SELECT case_id, received_at AS since FROM commands
         WHERE tenant = $1 AND status = 'pending' AND received_at < now() - $2::interval
            AND case_id NOT IN (SELECT case_id FROM resting)
         ORDER BY received_at LIMIT $3 * 10)
        UNION ALL
        (SELECT case_id, due_at FROM deadlines
         WHERE tenant = $1 AND due_at < now() - $2::interval AND case_id NOT IN (SELECT case_id FROM resting)
         ORDER BY due_at LIMIT $3 * 10)
        UNION ALL
        (SELECT case_id, created_at FROM notices
         WHERE tenant = $1 AND state = 'pending' AND created_at < now() - $2::interval
            AND case_id NOT IN (SELECT case_id FROM resting)
         ORDER BY created_at LIMIT $3 * 10)
        UNION ALL
        (SELECT case_id, ordered_at FROM effects
         WHERE tenant = $1 AND state = 'running' AND began_at IS NULL AND ordered_at < now() - $2::interval
            AND case_id NOT IN (SELECT case_id FROM resting)
         ORDER BY ordered_at LIMIT $3 * 10)
    ) AS found
    GROUP BY case_id
    ORDER BY since, case_id
    LIMIT $3
), chosen AS MATERIALIZED (
    SELECT w.case_id, w.since, c.turn, c.kind, c.opened_at, c.priority
    FROM waiting w JOIN cases c ON c.tenant = $1 AND c.id = w.case_id
), noted AS (
    INSERT INTO pokes AS p (tenant, case_id, turn, times, poked_at)
    SELECT $1, case_id, turn, 1, now() FROM chosen
    ON CONFLICT (tenant, case_id) DO UPDATE SET poked_at = excluded.poked_at, turn = excluded.turn,
        times = CASE WHEN p.turn = excluded.turn THEN p.times + 1 ELSE 1 END
)
SELECT w.case_id, w.since, w.kind, w.opened_at, w.priority,
    (SELECT o.id FROM commands o WHERE o.tenant = $1 AND o.case_id = w.case_id AND o.status = 'pending'
     ORDER BY o.received_at, o.id LIMIT 1) AS command_id
FROM chosen w
ORDER BY w.since, w.case_id
"""


class PostgresRelay:
    """Implements :class:`activities.ports.relay.Relay`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, older_than: timedelta, limit: int = 100, without: Collection[str] = ()) -> Sequence[WaitingCase]:
        """Cases with unanswered commands, overdue levels, unsent notices or effects that nobody has begun, oldest first.

        ``limit`` bounds what one tenant is given; nothing of those in ``without`` is looked for. A case is named once; again only
        when it has not moved for twice as long as the last time, at most :data:`LEFT_ALONE_FOR`.
        """
        found = []
        for tenant_id in await self._database.tenant_ids():
            if tenant_id in without:
                continue
            async with self._database.tenant(tenant_id) as conn:
                for row in await conn.fetch(WAITING, tenant_id, older_than, limit, LEFT_ALONE_FOR):
                    poked = WaitingCase(
                        tenant_id=tenant_id, case_id=row["case_id"], kind=row["kind"], opened_at=row["opened_at"],
                        command_id=row["command_id"], priority=row["priority"],
                    )  # fmt: skip
                    found.append((row["since"], poked))
        found.sort(key=lambda pair: pair[0])
        return [poked for _, poked in found]
