"""Which cases should have a running workflow, as the record says: for when Temporal has lost it, or was told to end it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from storage.postgres.pool import AWAY, Database
from storage.postgres.server import ServerAway

BATCH = 500
"""Cases that are looked at at once."""
GRACE_FOR = timedelta(minutes=1)
"""What was begun or handed over so lately is probably under way."""

# Asked with a limit, so that each is a look into an index: of EXISTS beside an OR the planner reads all of them into memory.
NEEDS_RUN = """
coalesce(
    nullif(c.status = 'open', false),
    (SELECT true FROM commands x WHERE x.tenant = c.tenant AND x.case_id = c.id AND x.status = 'pending' LIMIT 1),
    (SELECT true FROM deadlines x WHERE x.tenant = c.tenant AND x.case_id = c.id LIMIT 1),
    (SELECT true FROM effects x WHERE x.tenant = c.tenant AND x.case_id = c.id AND x.state = 'running' LIMIT 1),
    (SELECT true FROM notices x WHERE x.tenant = c.tenant AND x.case_id = c.id AND x.state = 'pending' LIMIT 1),
    false)
"""
"""Whether a case has something for its workflow to do. What was handed over is its ``Delivery``'s: no run can speed it."""

# Each source gives its next ones by an index of its own, so that no closed case is looked at that has nothing left. A letter that
# waits in another one is that one's; and what was poked again and again waits longer each time, an hour at most.
TO_REVIVE = f"""
WITH found AS (
    (SELECT id FROM cases WHERE tenant = $1 AND status = 'open' AND id > $2 ORDER BY id LIMIT 500)
    UNION (SELECT DISTINCT case_id FROM commands
           WHERE tenant = $1 AND status = 'pending' AND case_id > $2 ORDER BY case_id LIMIT 500)
    UNION (SELECT DISTINCT case_id FROM deadlines WHERE tenant = $1 AND case_id > $2 ORDER BY case_id LIMIT 500)
    UNION (SELECT DISTINCT case_id FROM effects
           WHERE tenant = $1 AND state = 'running' AND case_id > $2 ORDER BY case_id LIMIT 500)
    UNION (SELECT DISTINCT case_id FROM notices
           WHERE tenant = $1 AND state = 'pending' AND case_id > $2 ORDER BY case_id LIMIT 500)
    UNION (SELECT DISTINCT case_id FROM notices
           WHERE tenant = $1 AND state = 'handed_over' AND case_id > $2 ORDER BY case_id LIMIT 500)
    UNION (SELECT $3::text WHERE $3::text IS NOT NULL)
)
SELECT c.id, c.kind, c.opened_at, c.priority,
    (SELECT coalesce(array_agg(n.id ORDER BY n.id), '{{}}') FROM notices n
     WHERE n.tenant = $1 AND n.case_id = c.id AND n.state = 'handed_over' AND n.folded_into IS NULL) AS handed_over,
    {NEEDS_RUN} AS needs_run,
    (SELECT coalesce(array_agg(e.id ORDER BY e.id), '{{}}') FROM effects e
     WHERE e.tenant = $1 AND e.case_id = c.id AND e.state = 'running' AND e.began_at < now() - $4::interval) AS begun,
    coalesce(p.times, 0) AS pokes,
    coalesce(p.poked_at > now() - least(interval '1 hour', interval '2 s' * power(2, least(p.times, 20))), false) AS rests,
    coalesce(p.restarted_at > now() - interval '1 hour', false) AS restarted
FROM found f JOIN cases c ON c.tenant = $1 AND c.id = f.id
LEFT JOIN pokes p ON p.tenant = c.tenant AND p.case_id = c.id AND p.turn = c.turn
WHERE $3::text IS NULL OR c.id = $3
ORDER BY c.id
LIMIT 500
"""  # noqa: S608 - put together from constants
STILL_BEGUN = """
SELECT count(*) FROM effects
WHERE tenant = $1 AND case_id = $2 AND state = 'running' AND began_at < now() - $3::interval
"""
NOTE_POKE = """
INSERT INTO pokes AS p (tenant, case_id, turn, times, poked_at, restarted_at)
SELECT c.tenant, c.id, c.turn, 1, now(), CASE WHEN $3 THEN now() END FROM cases c WHERE c.tenant = $1 AND c.id = $2
ON CONFLICT (tenant, case_id) DO UPDATE SET poked_at = excluded.poked_at, turn = excluded.turn,
    times = CASE WHEN p.turn = excluded.turn THEN p.times + 1 ELSE 1 END,
    restarted_at = coalesce(excluded.restarted_at, p.restarted_at)
"""
# Nobody else goes on with a tenant for $2.
CLAIM = """
INSERT INTO sweeps AS s (tenant, claimed_at, ended_until) VALUES ($1, now(), now() - interval '1 day')
ON CONFLICT (tenant) DO UPDATE SET claimed_at = excluded.claimed_at WHERE s.claimed_at < excluded.claimed_at - $2::interval
RETURNING after, claimed_at, ended_until
"""
GONE_ON = """
UPDATE sweeps SET after = $2, ended_until = $3, passed_at = CASE WHEN $2 = '' THEN now() ELSE passed_at END WHERE tenant = $1
"""
SOME = "SELECT id, kind, opened_at, priority FROM cases WHERE tenant = $1 AND id = ANY($2)"

# Also what the door did not let in: it was looked at.
KNOWN = """
SELECT id FROM commands WHERE tenant = $1 AND case_id = $2 AND id = ANY($3)
UNION SELECT command_id FROM door_refusals WHERE tenant = $1 AND case_id = $2 AND command_id = ANY($3)
"""
PASSED = """
SELECT EXISTS (SELECT FROM cases WHERE tenant = $1 AND status = 'open') AS some,
    (SELECT now() - claimed_at FROM sweeps WHERE tenant = $1) AS since
"""


@dataclass(frozen=True)
class CaseToRevive:
    """A case that should be running."""

    tenant_id: str
    case_id: str
    kind: str
    opened_at: datetime
    handed_over: tuple[str, ...] = ()
    """Notices that a ``Delivery`` workflow has, or had; those that wait in another letter are left out."""
    begun: tuple[str, ...] = ()
    """Effects that somebody began some time ago, and nobody has finished."""
    pokes: int = 0
    """How often it was woken since it last moved."""
    rests: bool = False
    """It was woken so lately that it is left alone for now."""
    needs_run: bool = True
    """False: all that is left is on its way, and has workflows of its own."""
    restarted: bool = False
    """Its run was ended and begun anew within the hour."""
    priority: str | None = None


@dataclass(frozen=True)
class SweepPlace:
    """How far a tenant was swept."""

    after: str
    now: datetime
    """By the database's clock."""
    ended_until: datetime


async def cases_to_revive(database: Database, tenant_id: str, case_id: str | None = None) -> AsyncIterator[CaseToRevive]:
    """Open cases, and closed ones with something left to judge, lift, carry out or send; or the one that is named."""
    after = ""
    while True:
        batch = await batch_to_revive(database, tenant_id, after, case_id)
        for case in batch:
            yield case
        if len(batch) < BATCH:
            return
        after = batch[-1].case_id


async def batch_to_revive(database: Database, tenant_id: str, after: str, case_id: str | None = None) -> list[CaseToRevive]:
    """The next ones by id, :data:`BATCH` at most."""
    async with database.tenant(tenant_id) as conn:
        rows = await conn.fetch(TO_REVIVE, tenant_id, after, case_id, GRACE_FOR)
    return [_case(tenant_id, row) for row in rows]


def _case(tenant_id: str, row: asyncpg.Record) -> CaseToRevive:
    return CaseToRevive(
        tenant_id, row["id"], row["kind"], row["opened_at"], tuple(row["handed_over"]), tuple(row["begun"]),
        row["pokes"], row["rests"], row["needs_run"], row["restarted"], row["priority"],
    )  # fmt: skip


async def named_cases(database: Database, tenant_id: str, case_ids: Sequence[str]) -> list[CaseToRevive]:
    """These, as far as the record has them, whether they should run or not."""
    async with database.tenant(tenant_id) as conn:
        rows = await conn.fetch(SOME, tenant_id, list(case_ids))
    return [CaseToRevive(tenant_id, row["id"], row["kind"], row["opened_at"], priority=row["priority"]) for row in rows]


async def known_commands(database: Database, tenant_id: str, case_id: str, command_ids: Sequence[str]) -> set[str]:
    """Which of these commands the record of a case knows, whatever became of them."""
    async with database.tenant(tenant_id) as conn:
        return {row["id"] for row in await conn.fetch(KNOWN, tenant_id, case_id, command_ids)}


async def still_begun(database: Database, tenant_id: str, case_id: str) -> int:
    """How many effects of a case somebody began some time ago, and nobody has finished."""
    async with database.tenant(tenant_id) as conn:
        return int(await conn.fetchval(STILL_BEGUN, tenant_id, case_id, GRACE_FOR))


async def note_poke(database: Database, tenant_id: str, case_id: str, *, restarted: bool = False) -> None:
    """A case is woken from here too: counted as the relay counts."""
    async with database.tenant(tenant_id) as conn:
        await conn.execute(NOTE_POKE, tenant_id, case_id, restarted)


async def claim_sweep(database: Database, tenant_id: str, every_for: timedelta) -> SweepPlace | None:
    """Where to go on in a tenant; None: somebody else went on within ``every_for``."""
    async with database.tenant(tenant_id) as conn:
        row = await conn.fetchrow(CLAIM, tenant_id, every_for)
    return None if row is None else SweepPlace(row["after"], row["claimed_at"], row["ended_until"])


async def went_on(database: Database, tenant_id: str, after: str, ended_until: datetime) -> None:
    """A batch was looked at; an empty ``after``: it was the last one."""
    async with database.tenant(tenant_id) as conn:
        await conn.execute(GONE_ON, tenant_id, after, ended_until)


async def swept_at(dsn: str, patience: timedelta) -> tuple[int, timedelta | None]:
    """In how many tenants of the database at ``dsn`` with open cases nobody ever swept, and how long ago the one was swept that
    waits longest. Raises ServerAway."""
    seconds = patience.total_seconds()
    try:
        async with await Database.connect(dsn, command_timeout=seconds, lend_within=seconds) as database:
            rows = []
            for tenant_id in await database.tenant_ids():
                async with database.tenant(tenant_id) as conn:
                    rows.append(await conn.fetchrow(PASSED, tenant_id))
    except AWAY as error:
        raise ServerAway(str(error) or type(error).__name__) from error
    except asyncpg.PostgresError as error:
        raise ServerAway(str(error) or type(error).__name__) from error
    ages = [row["since"] for row in rows if row is not None and row["some"]]
    return ages.count(None), max((age for age in ages if age is not None), default=None)
