"""Trusted flaggers: who has the status and from when until when, and which cases their notices became."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from uuid_utils import uuid7

from storage.postgres.pool import Connection, Database

_COLUMNS = "id, name, ref, authority, area, since_at, until_at, suspended_at, made_by"
LISTED = f"SELECT {_COLUMNS} FROM trusted_flaggers WHERE tenant = $1 ORDER BY name, id LIMIT $2"  # noqa: S608 - constants
ONE = f"SELECT {_COLUMNS} FROM trusted_flaggers WHERE tenant = $1 AND id = $2"  # noqa: S608 - constants
# In force now: begun, not over, and no investigation runs.
IN_FORCE = f"""
SELECT {_COLUMNS} FROM trusted_flaggers
WHERE tenant = $1 AND ref = $2 AND since_at <= clock_timestamp() AND (until_at IS NULL OR until_at > clock_timestamp())
    AND suspended_at IS NULL
ORDER BY id LIMIT 1
"""  # noqa: S608 - put together from constants
# Nobody has it twice at a time.
ADD = f"""
INSERT INTO trusted_flaggers (tenant, id, name, ref, authority, area, since_at, until_at, made_by)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9 WHERE NOT EXISTS (
    SELECT FROM trusted_flaggers t WHERE t.tenant = $1 AND t.ref = $4
    AND (t.until_at IS NULL OR t.until_at > $7) AND ($8::timestamptz IS NULL OR t.since_at < $8))
RETURNING {_COLUMNS}
"""  # noqa: S608 - put together from constants
SUSPEND = """
UPDATE trusted_flaggers SET suspended_at = clock_timestamp()
WHERE tenant = $1 AND id = $2 AND suspended_at IS NULL AND (until_at IS NULL OR until_at > clock_timestamp()) RETURNING id
"""
RESUME = "UPDATE trusted_flaggers SET suspended_at = NULL WHERE tenant = $1 AND id = $2 AND suspended_at IS NOT NULL RETURNING id"
END = """
UPDATE trusted_flaggers SET until_at = greatest(since_at, clock_timestamp())
WHERE tenant = $1 AND id = $2 AND (until_at IS NULL OR until_at > clock_timestamp()) RETURNING id
"""
CAME = "INSERT INTO trusted_flagger_notices (tenant, case_id, flagger_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
OF_CASE = f"""
SELECT {", ".join(f"t.{one}" for one in _COLUMNS.split(", "))} FROM trusted_flagger_notices n
JOIN trusted_flaggers t ON t.tenant = n.tenant AND t.id = n.flagger_id WHERE n.tenant = $1 AND n.case_id = $2
"""  # noqa: S608 - put together from constants
NOTICES = """
SELECT n.flagger_id, n.case_id, c.kind, c.phase, c.outcome, c.state -> 'rulings' -> -1 ->> 'outcome' AS ruled
FROM trusted_flagger_notices n JOIN cases c ON c.tenant = n.tenant AND c.id = n.case_id
WHERE n.tenant = $1 AND n.came_at >= $2 AND n.came_at < $3 AND NOT c.synthetic ORDER BY n.came_at LIMIT $4
"""
MOST, MOST_NOTICES = 500, 50_000
"""In one answer: organisations, and notices of a year that are counted."""


@dataclass(frozen=True)
class TrustedFlagger:
    """Whoever has, or had, the status."""

    id: str
    name: str
    ref: str
    authority: str
    area: str
    since_at: datetime
    until_at: datetime | None
    suspended_at: datetime | None
    made_by: str


@dataclass(frozen=True)
class FlaggedCase:
    """What one of their notices became."""

    flagger_id: str
    case_id: str
    kind: str
    phase: str
    outcome: str | None
    ruled: str | None
    """What was decided last, told or not."""


class PostgresTrustedFlaggers:
    """Keeps them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listed(self, tenant_id: str) -> Sequence[TrustedFlagger]:
        """All that there are and were, by name."""
        async with self._database.tenant(tenant_id) as conn:
            return [TrustedFlagger(**row) for row in await conn.fetch(LISTED, tenant_id, MOST)]

    async def one(self, tenant_id: str, flagger_id: str) -> TrustedFlagger | None:
        """One of them, or None."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(ONE, tenant_id, flagger_id)
        return TrustedFlagger(**row) if row else None

    async def in_force(self, tenant_id: str, ref: str) -> TrustedFlagger | None:
        """Who is known by this and has the status now."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(IN_FORCE, tenant_id, ref)
        return TrustedFlagger(**row) if row else None

    async def of_case(self, tenant_id: str, case_id: str) -> TrustedFlagger | None:
        """From whom the notice came that a case is."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(OF_CASE, tenant_id, case_id)
        return TrustedFlagger(**row) if row else None

    async def came(self, tenant_id: str, case_id: str, flagger_id: str) -> None:
        """A case is the notice of one of them; said twice it is so once."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(CAME, tenant_id, case_id, flagger_id)

    async def notices(self, tenant_id: str, since: datetime, until: datetime) -> Sequence[FlaggedCase]:
        """What their notices of a time became, the oldest first."""
        async with self._database.tenant(tenant_id) as conn:
            return [FlaggedCase(**row) for row in await conn.fetch(NOTICES, tenant_id, since, until, MOST_NOTICES)]


async def add(
    conn: Connection, tenant_id: str, name: str, ref: str, authority: str, area: str, since_at: datetime,
    until_at: datetime | None, by: str,
) -> TrustedFlagger | None:  # fmt: skip
    """Note one, in the transaction of the deed; None: whoever is known by this has the status in that time already."""
    row = await conn.fetchrow(ADD, tenant_id, f"tfl_{uuid7()}", name, ref, authority, area, since_at, until_at, by)
    return TrustedFlagger(**row) if row else None


async def change(conn: Connection, tenant_id: str, flagger_id: str, statement: str) -> bool:
    """Suspend, resume or end one (:data:`SUSPEND`, :data:`RESUME`, :data:`END`); whether there was anything to change."""
    return await conn.fetchval(statement, tenant_id, flagger_id) is not None
