"""How far behind the cases are: what waits for how long, and which were woken again and again without a move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from storage.postgres.pool import AWAY, Database
from storage.postgres.server import ServerAway
from storage.record.revival import NEEDS_RUN

STUCK_AFTER = 8
"""Times a case was woken without a move, over two and a half minutes: more than an outage of a worker takes."""
NAMED_AT_MOST = 50
"""Cases of a tenant that are named."""

# Whoever still waits was woken within the last minutes: what moved since is not poked. What waits for nothing but letters that
# are on their way is not stuck, however often it was woken before they were.
STUCK = f"""
SELECT c.id, c.kind, c.opened_at, p.times, count(*) OVER () AS all_of_them
FROM pokes p JOIN cases c ON c.tenant = $1 AND c.id = p.case_id AND c.turn = p.turn
WHERE p.tenant = $1 AND p.poked_at > now() - interval '5 minutes' AND p.times >= $2 AND {NEEDS_RUN}
ORDER BY p.times DESC, c.id
LIMIT $3
"""  # noqa: S608 - put together from constants
OLDEST = """
SELECT now() - least(
    (SELECT min(received_at) FROM commands WHERE tenant = $1 AND status = 'pending'),
    (SELECT min(due_at) FROM deadlines WHERE tenant = $1 AND due_at < now())
) AS waits_for
"""
# The oldest of each kind, some of them. What a notice of its own delivers is named by the notice.
UNDER_WAY = """
SELECT case_id, notice_id, min(since) AS since FROM (
    (SELECT case_id, NULL::text AS notice_id, received_at AS since FROM commands
     WHERE tenant = $1 AND status = 'pending' AND received_at < now() - $2::interval ORDER BY received_at LIMIT $3)
    UNION ALL
    (SELECT case_id, NULL, due_at FROM deadlines WHERE tenant = $1 AND due_at < now() - $2::interval ORDER BY due_at LIMIT $3)
    UNION ALL
    (SELECT case_id, NULL, created_at FROM notices
     WHERE tenant = $1 AND state = 'pending' AND created_at < now() - $2::interval ORDER BY created_at LIMIT $3)
    UNION ALL
    (SELECT case_id, id, created_at FROM notices
     WHERE tenant = $1 AND state = 'handed_over' AND folded_into IS NULL AND created_at < now() - $2::interval
     ORDER BY created_at LIMIT $3)
    UNION ALL
    (SELECT case_id, NULL, ordered_at FROM effects
     WHERE tenant = $1 AND state = 'running' AND ordered_at < now() - $2::interval ORDER BY ordered_at LIMIT $3)
) AS found
GROUP BY case_id, notice_id
ORDER BY since, case_id
LIMIT $3
"""


@dataclass(frozen=True)
class StuckCase:
    """A case that does not move."""

    tenant_id: str
    case_id: str
    kind: str
    opened_at: datetime
    times: int


@dataclass(frozen=True)
class Backlog:
    """Of all tenants together."""

    stuck: int
    """Cases that were woken :data:`STUCK_AFTER` times or more without a move."""
    waits_for: timedelta
    """How long the oldest command that is not judged, or level that is due and did not fire, has waited."""
    named: tuple[StuckCase, ...] = ()
    """Some of the stuck ones of each tenant."""


async def backlog(database: Database) -> Backlog:
    """How far behind the cases of all tenants are."""
    stuck, named, longest = 0, list[StuckCase](), timedelta(0)
    for tenant_id in await database.tenant_ids():
        async with database.tenant(tenant_id) as conn:
            rows = await conn.fetch(STUCK, tenant_id, STUCK_AFTER, NAMED_AT_MOST)
            longest = max(longest, await conn.fetchval(OLDEST, tenant_id) or timedelta(0))
        stuck += rows[0]["all_of_them"] if rows else 0
        named += [StuckCase(tenant_id, row["id"], row["kind"], row["opened_at"], row["times"]) for row in rows]
    return Backlog(stuck, longest, tuple(named))


@dataclass(frozen=True)
class UnderWay:
    """Something of a case that should have been done by now."""

    tenant_id: str
    case_id: str
    notice_id: str | None
    """The notice, where it is one that is delivered by itself."""
    since: datetime


async def under_way(database: Database, older_than: timedelta, at_most: int) -> list[UnderWay]:
    """What waits longer than ``older_than`` to be judged, carried out or delivered: the oldest of all tenants together."""
    found = list[UnderWay]()
    for tenant_id in await database.tenant_ids():
        async with database.tenant(tenant_id) as conn:
            rows = await conn.fetch(UNDER_WAY, tenant_id, older_than, at_most)
        found += [UnderWay(tenant_id, row["case_id"], row["notice_id"], row["since"]) for row in rows]
    return sorted(found, key=lambda one: one.since)[:at_most]


async def backlog_at(dsn: str, patience: timedelta) -> Backlog:
    """The same of the database at ``dsn``. Raises ServerAway."""
    seconds = patience.total_seconds()
    try:
        async with await Database.connect(dsn, command_timeout=seconds, lend_within=seconds) as database:
            return await backlog(database)
    except AWAY as error:
        raise ServerAway(str(error) or type(error).__name__) from error
    except asyncpg.PostgresError as error:
        raise ServerAway(str(error) or type(error).__name__) from error
