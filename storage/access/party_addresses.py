"""Where a party is reached: its language, an address that one of the team mended because letters went nowhere, and by which
digest somebody who is known by an address alone is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json
from uuid_utils import uuid7

from storage.access.party_links import REVOKE
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault, VaultFault, open_contact, seal_contact

# What a person of the team reads and changes at the same time as another one waits for them.
CONTACT = """
SELECT p.contact, p.key_id, k.holder, k.wrapped FROM parties p JOIN keys k ON k.tenant = p.tenant AND k.id = p.key_id
WHERE p.tenant = $1 AND p.case_id = $2 AND p.id = $3 FOR UPDATE OF p
"""
MEND = "UPDATE parties SET contact = $4, has_email = true, address_digest = $5 WHERE tenant = $1 AND case_id = $2 AND id = $3"
# Rows that are older than their column.
UNDIGESTED = """
SELECT p.id, p.case_id, p.contact, p.key_id, k.holder, k.wrapped
FROM parties p JOIN keys k ON k.tenant = p.tenant AND k.id = p.key_id
WHERE p.tenant = $1 AND p.id > $2 AND p.has_email AND p.address_digest IS NULL AND k.wrapped IS NOT NULL
ORDER BY p.id LIMIT $3 FOR UPDATE OF p
"""
DIGESTED = """
UPDATE parties p SET address_digest = d.digest FROM unnest($2::text[], $3::text[]) AS d (id, digest)
WHERE p.tenant = $1 AND p.id = d.id
"""
AT_ONCE = 500
"""Contacts that are opened in one transaction."""
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
INSERT INTO party_address_changes (tenant, id, case_id, party_id, changed_by, old_contact, old_digest, tell)
VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $6::bytea IS NULL THEN 'none' ELSE 'pending' END)
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
        await conn.execute(
            MEND, *whose, seal_contact(key, party_id, known["name"], email, known["ref"]), self._vault.known_by(tenant_id, email)
        )
        gone = await conn.fetchrow(REVOKE, *whose, by)
        assert gone is not None, "a count is always there"
        again = await conn.fetch(AGAIN, *whose)
        before = (row["contact"] if told else None, self._vault.known_by(tenant_id, known["email"]))
        await conn.execute(CHANGED, tenant_id, f"pac_{uuid7()}", case_id, party_id, by, *before)
        return Mended(gone["links"], gone["sessions"], len(again), told)

    async def digest(self, conn: Connection, tenant_id: str, after: str = "", at_once: int = AT_ONCE) -> str | None:
        """Have the next addresses of a tenant found by their digest, within a deed of the administrator; after which party it
        goes on, None: there is none left. A contact that does not open is left for ``ombud audit verify`` to name."""
        rows = await conn.fetch(UNDIGESTED, tenant_id, after, at_once)
        found = {row["id"]: digest for row in rows if (digest := self._digest(tenant_id, row)) is not None}
        await conn.execute(DIGESTED, tenant_id, list(found), list(found.values()))
        return rows[-1]["id"] if len(rows) == at_once else None

    def _digest(self, tenant_id: str, row: Any) -> str | None:
        try:
            key = self._vault.unwrap(tenant_id, row["case_id"], row["holder"], row["key_id"], row["wrapped"])
            return self._vault.known_by(tenant_id, from_json(open_contact(key, row["id"], row["contact"]))["email"])
        except VaultFault:
            return None

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
