"""Letters that something came back to: an answer with its proof, a bounce after the mail server had taken them, their secrets."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

from domain.base import Kept
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.archive import Archive

# Links whatever has become of them: what a text says does not hang on when it is said again.
SECRETS = """
(SELECT id, false AS opens FROM notices WHERE tenant = $1 AND case_id = $2 AND channel = 'email' ORDER BY id DESC LIMIT 2000)
UNION ALL (SELECT id, true FROM party_links WHERE tenant = $1 AND case_id = $2 ORDER BY id DESC LIMIT 2000)
"""
NOTICE = "SELECT id, case_id, event, audience, recipient, channel, data, state FROM notices WHERE tenant = $1 AND id = $2"
# Eight digits are no proof, and several cases may end with the same: the caller looks for the sender among their parties.
ENDING = "SELECT id FROM cases WHERE tenant = $1 AND right(id, 8) = $2 ORDER BY id DESC LIMIT 20"
RETURNED = """
WITH back AS (
    UPDATE notices SET state = 'failed', last_error = $3
    WHERE tenant = $1 AND (id = $2 OR folded_into = $2) AND channel = 'email' AND state = 'sent'
    RETURNING tenant, id
)
INSERT INTO deliveries (tenant, notice_id, result, code) SELECT tenant, id, 'failed', $3 FROM back
"""


class AnsweredNotice(Kept):
    """A notice that a mail names."""

    id: str
    case_id: str
    event: str
    audience: str
    recipient: str
    channel: str
    data: dict[str, Any]
    state: str


class PostgresAnswered:
    """Finds the letter that a mail names, and marks one that came back."""

    def __init__(self, database: Database, vault: Vault, archive: Archive | None = None) -> None:
        self._database, self._vault, self._archive = database, vault, archive

    def held(self, tenant_id: str, notice_id: str, token: str | None) -> bool:
        """Whether somebody has the letter itself, by its token."""
        return token is not None and hmac.compare_digest(token.encode(), self._vault.reply_token(tenant_id, notice_id).encode())

    async def tokens(self, tenant_id: str, case_id: str) -> frozenset[str]:
        """What alone the letters of a case by mail have, each its own: what their answers bear, and the secrets of links."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(SECRETS, tenant_id, case_id)
        made = {True: self._vault.link_token, False: self._vault.reply_token}
        return frozenset(made[row["opens"]](tenant_id, row["id"]) for row in rows)

    async def notice(self, tenant_id: str, notice_id: str) -> AnsweredNotice | None:
        """The notice; None when there is none, or it is another tenant's."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(NOTICE, tenant_id, notice_id)
        if row is None and self._archive is not None and (case_id := await self._archive.holding(tenant_id, notice_id)):
            await self._archive.bring_back(tenant_id, case_id)
            async with self._database.tenant(tenant_id) as conn:
                row = await conn.fetchrow(NOTICE, tenant_id, notice_id)
        return AnsweredNotice(**dict(row)) if row is not None else None

    async def cases_ending(self, tenant_id: str, short: str) -> Sequence[str]:
        """Cases whose id ends so, the newest first."""
        async with self._database.tenant(tenant_id) as conn:
            return [row["id"] for row in await conn.fetch(ENDING, tenant_id, short)]

    async def returned(self, tenant_id: str, notice_id: str, code: str) -> None:
        """Mark a letter that was sent as not delivered, with those that it told of too."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(RETURNED, tenant_id, notice_id, code)
