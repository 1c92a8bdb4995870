"""Letters to people whose mail could not be placed: once, saying what they can do. Sent by the workers, as those to the team are.

The address lies sealed with the mail; it is opened for the sending alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from uuid_utils import uuid7

from activities.ports.notices import TeamLetter
from storage.access.outside_drafts import old_ones_forgotten
from storage.intake.unplaced import HOLDER, LOCK, REMIND, MailWords, forgotten, settled
from storage.postgres.idempotency import swept
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.team.letters import AGAIN_AFTER, TRIED_FOR

# Whoever takes them has them to themselves for a while; should they die, somebody else tries again.
DUE = """
WITH due AS (
    SELECT id FROM unplaced WHERE tenant = $1 AND tell = 'pending' AND next_try_at <= clock_timestamp() AND wrapped IS NOT NULL
    ORDER BY next_try_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE unplaced u SET tries = u.tries + 1,
    next_try_at = clock_timestamp() + $3::interval * power(2, least(u.tries, 6))
FROM due d, tenants t
WHERE u.tenant = $1 AND u.id = d.id AND t.id = $1
RETURNING u.id, t.name AS tenant_name, u.reason, u.received_at AS at, t.zone, u.key_id, u.wrapped, u.sealed
"""
SENT = "UPDATE unplaced SET tell = 'sent', last_error = NULL WHERE tenant = $1 AND id = $2 AND tell = 'pending'"
FAILED = """
UPDATE unplaced SET last_error = $3,
    tell = CASE WHEN $4 OR received_at < clock_timestamp() - $5::interval THEN 'failed' ELSE tell END
WHERE tenant = $1 AND id = $2 AND tell = 'pending'
"""


class PostgresSenderLetters:
    """Hands out what is to be sent, and keeps what became of it; the same shape as for letters to the team."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def due(self, limit: int) -> Sequence[TeamLetter]:
        """Letters whose time has come, at most so many of each tenant. On the way what is kept for a while only is forgotten
        (mail that waited or was dismissed long ago, what was begun outside, answers for repetition), mail that somebody placed is
        closed where its case took it, and the team hears of what came."""
        found = []
        for tenant_id in await self._database.tenant_ids():
            async with self._database.tenant(tenant_id) as conn:
                rows = await conn.fetch(DUE, tenant_id, limit, AGAIN_AFTER)
                await settled(conn, tenant_id)
                await forgotten(conn, tenant_id)
                await old_ones_forgotten(conn, tenant_id)
                await swept(conn, tenant_id)
                async with conn.transaction():
                    # Of two workers at once one writes the letters.
                    await conn.execute(LOCK, tenant_id)
                    await conn.execute(REMIND, tenant_id, f"ltr_{uuid7()}")
            for row in rows:
                key = self._vault.unwrap(tenant_id, row["id"], HOLDER, row["key_id"], row["wrapped"])
                words = MailWords.model_validate_json(key.open(row["id"], row["sealed"]))
                found.append(
                    TeamLetter(
                        id=row["id"], tenant_id=tenant_id, tenant_name=row["tenant_name"], event="mail_kept", recipient="",
                        address=words.sender, name="", zone=row["zone"], at=row["at"], data={"what": row["reason"]},
                    )
                )  # fmt: skip
        return found

    async def sent(self, tenant_id: str, letter_id: str) -> None:
        """It is out."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(SENT, tenant_id, letter_id)

    async def failed(self, tenant_id: str, letter_id: str, code: str, *, for_good: bool) -> None:
        """It did not go out; tried again for as long as any letter, unless it never will."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(FAILED, tenant_id, letter_id, code[:200], for_good, TRIED_FOR)
