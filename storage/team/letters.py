"""Letters to people of the team that are about no case: what was done in their name, and by whom conflicts were changed.

They are written in the transaction of the deed that they tell of, with the address of that moment, and sent by the workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from uuid_utils import uuid7

from activities.ports.notices import TeamLetter
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault

AGAIN_AFTER = timedelta(minutes=1)
"""After a first try; doubled with every other one."""
TRIED_FOR = timedelta(days=3)
"""As long as any notice is tried."""

# $5 somebody who is left out: whoever did it.
TO_OPS = """
INSERT INTO team_letters (tenant, id, event, recipient, address, data)
SELECT $1, $2 || '-' || row_number() OVER (ORDER BY p.id), $3, p.id, p.email, $4 FROM people p
WHERE p.tenant = $1 AND p.active AND 'ops' = ANY(p.roles) AND p.id <> ALL($5::text[]) AND p.email IS NOT NULL
"""
TO_ONE = """
INSERT INTO team_letters (tenant, id, event, recipient, address, data, sealed)
SELECT $1, $2, $3, p.id, coalesce($6, p.email), $4, $7 FROM people p
WHERE p.tenant = $1 AND p.id = $5 AND coalesce($6, p.email) IS NOT NULL
"""
# Whoever takes them has them to themselves for a while; should they die, somebody else tries again.
DUE = """
WITH due AS (
    SELECT id FROM team_letters WHERE tenant = $1 AND state = 'pending' AND next_try_at <= clock_timestamp()
    ORDER BY next_try_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE team_letters l SET attempts = l.attempts + 1,
    next_try_at = clock_timestamp() + $3::interval * power(2, least(l.attempts, 6))
FROM due d, tenants t, people r
WHERE l.tenant = $1 AND l.id = d.id AND t.id = $1 AND r.tenant = $1 AND r.id = l.recipient
RETURNING l.id, l.tenant AS tenant_id, t.name AS tenant_name, l.event, l.recipient, l.address, l.data, l.sealed, r.name,
    r.locale, r.zone, l.created_at AS at,
    (SELECT p.name FROM people p WHERE p.tenant = $1 AND p.id = l.data ->> 'person') AS person_name,
    (SELECT p.name FROM people p WHERE p.tenant = $1 AND p.id = l.data ->> 'by') AS by_name
"""
SENT = "UPDATE team_letters SET state = 'sent', last_error = NULL WHERE tenant = $1 AND id = $2 AND state = 'pending'"
FAILED = """
UPDATE team_letters SET last_error = $3,
    state = CASE WHEN $4 OR created_at < clock_timestamp() - $5::interval THEN 'failed' ELSE state END
WHERE tenant = $1 AND id = $2 AND state = 'pending'
"""


class PostgresTeamLetters:
    """Hands out what is to be sent, and keeps what became of it."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def due(self, limit: int) -> Sequence[TeamLetter]:
        """Letters whose time has come, at most so many of each tenant. Nobody else is given them for a while."""
        found = []
        for tenant_id in await self._database.tenant_ids():
            async with self._database.tenant(tenant_id) as conn:
                rows = await conn.fetch(DUE, tenant_id, limit, AGAIN_AFTER)
            for row in map(dict, rows):
                sealed = row.pop("sealed")
                code = self._vault.open_secret(tenant_id, row["id"], sealed).decode() if sealed is not None else None
                found.append(TeamLetter(**row, code=code))
        return found

    async def sent(self, tenant_id: str, letter_id: str) -> None:
        """It is out."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(SENT, tenant_id, letter_id)

    async def failed(self, tenant_id: str, letter_id: str, code: str, *, for_good: bool) -> None:
        """It did not go out; tried again for :data:`TRIED_FOR`, unless it never will."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(FAILED, tenant_id, letter_id, code[:200], for_good, TRIED_FOR)

    async def tell(
        self,
        conn: Connection,
        tenant_id: str,
        event: str,
        person_id: str,
        by: str,
        *,
        earlier_address: str | None = None,
        code: str | None = None,
        **more: Any,
    ) -> None:
        """Tell a person what was done to them or in their name, and everybody else of ops but whoever did it: once each.

        Must run in the transaction of the deed. Whoever has no address is told nothing. ``earlier_address``: where the person is
        told, instead of where they are reached now. ``code``: a login code, which goes to the person alone.
        """
        said = {"person": person_id, "by": by, **more}
        letter_id = f"ltr_{uuid7()}"
        sealed = self._vault.seal_secret(tenant_id, letter_id, code.encode()) if code is not None else None
        await conn.execute(TO_ONE, tenant_id, letter_id, event, said, person_id, earlier_address, sealed)
        await conn.execute(TO_OPS, tenant_id, f"ltr_{uuid7()}", event, said, [person_id, by])
