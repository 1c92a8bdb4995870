"""Where a party is reached: its language, and an address that one of the team mended because letters went nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json
from uuid_utils import uuid7

from storage.access.party_links import REVOKE
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault, open_contact, seal_contact

# What a person of the team reads and changes at the same time as another one waits for them.
CONTACT = """
SELECT p.contact, p.key_id, k.holder, k.wrapped FROM parties p JOIN keys k ON k.tenant = p.tenant AND k.id = p.key_id
WHERE p.tenant = $1 AND p.case_id = $2 AND p.id = $3 FOR UPDATE OF p
"""
MEND = "UPDATE parties SET contact = $4, has_email = true WHERE tenant = $1 AND case_id = $2 AND id = $3"
# Whether letters arrive at the address as it is, as far as anybody knows: some went out, and the last one did not come back.
ARRIVES = """
SELECT coalesce((
    SELECT state = 'sent' FROM notices
    WHERE tenant = $1 AND case_id = $2 AND recipient = $3 AND channel = 'email' AND state IN ('sent', 'failed')
    ORDER BY id DESC LIMIT 1
), false)
"""
# Also those for which there was no address at all, and those that another letter was to tell of.
AGAIN = """
UPDATE notices SET state = 'pending', channel = 'email', last_error = NULL, taken_at = NULL, folded_into = NULL,
    resent = resent + 1
WHERE tenant = $1 AND case_id = $2 AND recipient = $3 AND state = 'failed' AND channel IN ('email', 'none')
RETURNING id
"""
NOWHERE = """
SELECT recipient, count(*) AS times FROM notices
WHERE tenant = $1 AND case_id = $2 AND state = 'failed' AND channel IN ('email', 'none') AND recipient LIKE 'pty\\_%'
GROUP BY recipient
"""
CHANGED = """
INSERT INTO party_address_changes (tenant, id, case_id, party_id, changed_by, old_contact, tell)
VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $6::bytea IS NULL THEN 'none' ELSE 'pending' END)
"""
LANGUAGES = "SELECT id, coalesce(language, locale) AS locale FROM parties WHERE tenant = $1 AND case_id = $2"
SPEAK = "UPDATE parties SET language = $4 WHERE tenant = $1 AND case_id = $2 AND id = $3 AND language IS DISTINCT FROM $4"


@dataclass(frozen=True)
class Mended:
    """What followed from another address."""

    links: int
    """Links that open nothing any more."""
    sessions: int
    """Devices that were signed out."""
    letters: int
    """Letters that went nowhere before and are sent anew."""
    old_told: bool
    """Whether the address as it was is told."""


class PostgresPartyAddresses:
    """Changes where letters go, and says which of them went nowhere."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def mend(
        self, conn: Connection, tenant_id: str, case_id: str, party_id: str, email: str, *, by: str, tell_old: bool
    ) -> Mended | None:
        """Have letters go to another address, within a deed of the administrator; what followed from it.

        None where nothing was changed: it is that address already, or the party was erased. ``tell_old``: the address before is
        told where letters arrived at it.
        """
        whose = (tenant_id, case_id, party_id)
        row = await conn.fetchrow(CONTACT, *whose)
        if row is None or row["wrapped"] is None:
            return None
        key = self._vault.unwrap(tenant_id, case_id, row["holder"], row["key_id"], row["wrapped"])
        known: Mapping[str, Any] = from_json(open_contact(key, party_id, row["contact"]))
        if (known["email"] or "").casefold() == email.casefold():
            return None
        told = tell_old and bool(known["email"]) and await conn.fetchval(ARRIVES, *whose)
        await conn.execute(MEND, *whose, seal_contact(key, party_id, known["name"], email, known["ref"]))
        gone = await conn.fetchrow(REVOKE, *whose, by)
        assert gone is not None, "a count is always there"
        again = await conn.fetch(AGAIN, *whose)
        await conn.execute(CHANGED, tenant_id, f"pac_{uuid7()}", case_id, party_id, by, row["contact"] if told else None)
        return Mended(gone["links"], gone["sessions"], len(again), told)

    async def failed(self, tenant_id: str, case_id: str) -> Mapping[str, int]:
        """How many letters went nowhere, by party."""
        async with self._database.tenant(tenant_id) as conn:
            return {row["recipient"]: row["times"] for row in await conn.fetch(NOWHERE, tenant_id, case_id)}

    async def languages(self, tenant_id: str, case_id: str) -> Mapping[str, str]:
        """In which language letters are, by party."""
        async with self._database.tenant(tenant_id) as conn:
            return {row["id"]: row["locale"] for row in await conn.fetch(LANGUAGES, tenant_id, case_id)}

    async def speak(self, tenant_id: str, case_id: str, party_id: str, language: str) -> None:
        """Letters are in this language from now on; said by the party itself."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(SPEAK, tenant_id, case_id, party_id, language)
