"""What each tenant may still ask of the API: one bucket of tokens a tenant, so that all API processes agree."""

from __future__ import annotations

from storage.postgres.pool import Database

# $2 how many are wanted, $3 how many come back each second, $4 how many there are at most. The bucket is filled by the time that
# has passed, and what is there of what is wanted is taken out, in one statement.
LEASE = """
INSERT INTO budgets AS b (tenant, tokens, granted, at)
VALUES ($1, $4::float8 - least($2::float8, $4), least($2, $4), clock_timestamp())
ON CONFLICT (tenant) DO UPDATE SET
    granted = least($2, least($4, b.tokens + $3::float8 * extract(epoch FROM clock_timestamp() - b.at)::float8)),
    tokens = least($4, b.tokens + $3 * extract(epoch FROM clock_timestamp() - b.at)::float8)
        - least($2, least($4, b.tokens + $3 * extract(epoch FROM clock_timestamp() - b.at)::float8)),
    at = clock_timestamp()
RETURNING granted
"""


class PostgresBudgets:
    """Implements :class:`api.kit.throttle.SharedBudgets`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lease(self, tenant_id: str, wanted: float, per_second: float, burst: float) -> float:
        """Take tokens out of a tenant's bucket: as many as are wanted, or as are there."""
        async with self._database.tenant(tenant_id) as conn:
            granted: float = await conn.fetchval(LEASE, tenant_id, wanted, per_second, burst)
        return max(0.0, granted)
