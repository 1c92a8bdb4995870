"""Letters that bring a party a new link and nothing else, and those to an address that is theirs no more. Sent by the workers.

Who asked on the page of lost links is looked for here, away from the page: it has answered by then, and everybody the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
from pydantic_core import from_json
from uuid_utils import uuid7

from activities.ports.notices import TeamLetter
from domain.base import Side
from domain.model.facts import Actor
from domain.views.actions import may_see
from storage.access.party_links import insert
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault, open_contact
from storage.team.letters import AGAIN_AFTER, TRIED_FOR
from storage.views.cases import case_row
from storage.views.sql import CASE

MOST_A_DAY = 3
"""Letters with a link that somebody can have sent to one party within a day: nobody's mailbox is filled by a stranger."""

# Whoever takes them has them; what is found in them is kept in the same transaction.
TAKE = """
DELETE FROM party_link_requests WHERE tenant = $1 AND id IN (
    SELECT id FROM party_link_requests WHERE tenant = $1 ORDER BY id LIMIT $2
)
RETURNING number, address
"""
# A number is the platform's own, ours, or the end of ours that stands in the subject of every letter.
CALLED = """
(SELECT id FROM cases WHERE tenant = $1 AND right(id, 8) = lower($2) ORDER BY id DESC LIMIT 20)
UNION (SELECT id FROM cases WHERE tenant = $1 AND external_id = ANY($3::text[]) ORDER BY id DESC LIMIT 20)
UNION (SELECT id FROM cases WHERE tenant = $1 AND id = lower($2))
"""
PARTIES = """
SELECT p.id, p.side, p.contact, p.key_id, k.holder, k.wrapped FROM parties p
JOIN keys k ON k.tenant = p.tenant AND k.id = p.key_id
WHERE p.tenant = $1 AND p.case_id = $2 AND k.wrapped IS NOT NULL AND p.has_email
    AND EXISTS (
        SELECT FROM cases c WHERE c.tenant = p.tenant AND c.id = p.case_id
            AND (c.state IS NULL OR c.state -> 'parties' @> jsonb_build_array(jsonb_build_object('id', p.id)))
    )
"""
LATELY = """
SELECT count(*) FROM party_links
WHERE tenant = $1 AND case_id = $2 AND party_id = $3 AND why = 'asked' AND created_at > clock_timestamp() - interval '1 day'
"""
DUE = """
WITH due AS (
    SELECT id FROM party_links WHERE tenant = $1 AND tell = 'pending' AND next_try_at <= clock_timestamp()
    ORDER BY next_try_at LIMIT $2 FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE party_links l SET tries = l.tries + 1,
        next_try_at = clock_timestamp() + $3::interval * power(2, least(l.tries, 6))
    FROM due d WHERE l.tenant = $1 AND l.id = d.id
    RETURNING l.id, l.case_id, l.party_id, l.created_at
)
SELECT t.id, t.case_id, t.party_id, t.created_at AS at, c.kind, n.name AS tenant_name, p.contact,
    coalesce(p.language, p.locale) AS locale, p.zone, p.key_id, k.holder, k.wrapped
FROM taken t JOIN tenants n ON n.id = $1
JOIN cases c ON c.tenant = $1 AND c.id = t.case_id
JOIN parties p ON p.tenant = $1 AND p.id = t.party_id
JOIN keys k ON k.tenant = $1 AND k.id = p.key_id
"""
SENT = "UPDATE party_links SET tell = 'sent', last_error = NULL WHERE tenant = $1 AND id = $2 AND tell = 'pending'"
FAILED = """
UPDATE party_links SET last_error = $3,
    tell = CASE WHEN $4 OR created_at < clock_timestamp() - $5::interval THEN 'failed' ELSE tell END
WHERE tenant = $1 AND id = $2 AND tell = 'pending'
"""

# To the address as it was, which is read here for the last time.
CHANGED = """
WITH due AS (
    SELECT id FROM party_address_changes WHERE tenant = $1 AND tell = 'pending' AND next_try_at <= clock_timestamp()
    ORDER BY next_try_at LIMIT $2 FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE party_address_changes c SET tries = c.tries + 1,
        next_try_at = clock_timestamp() + $3::interval * power(2, least(c.tries, 6))
    FROM due d WHERE c.tenant = $1 AND c.id = d.id
    RETURNING c.id, c.case_id, c.party_id, c.changed_at, c.old_contact
)
SELECT t.id, t.case_id, t.party_id, t.changed_at AS at, n.name AS tenant_name, t.old_contact AS contact,
    coalesce(p.language, p.locale) AS locale, p.zone, p.key_id, k.holder, k.wrapped
FROM taken t JOIN tenants n ON n.id = $1
JOIN parties p ON p.tenant = $1 AND p.id = t.party_id
JOIN keys k ON k.tenant = $1 AND k.id = p.key_id
"""
OLD_TOLD = """
UPDATE party_address_changes SET tell = 'sent', old_contact = NULL, last_error = NULL
WHERE tenant = $1 AND id = $2 AND tell = 'pending'
"""
OLD_NOT_TOLD = """
UPDATE party_address_changes SET last_error = $3,
    tell = CASE WHEN $4 OR changed_at < clock_timestamp() - $5::interval THEN 'failed' ELSE tell END,
    old_contact = CASE WHEN $4 OR changed_at < clock_timestamp() - $5::interval THEN NULL ELSE old_contact END
WHERE tenant = $1 AND id = $2 AND tell = 'pending'
"""


class PostgresPartyLetters:
    """Hands out what is to be sent, and keeps what became of it; the same shape as for letters to the team."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def due(self, limit: int) -> Sequence[TeamLetter]:
        """Letters whose time has come, at most so many of each tenant, after those who asked were looked for."""
        found: list[TeamLetter] = []
        for tenant_id in await self._database.tenant_ids():
            async with self._database.tenant(tenant_id) as conn:
                async with conn.transaction():
                    for asked in await conn.fetch(TAKE, tenant_id, limit):
                        number = self._vault.open_asked_number(tenant_id, asked["number"])
                        await self._look_for(conn, tenant_id, number.strip(), asked["address"])
                rows = await conn.fetch(DUE, tenant_id, limit, AGAIN_AFTER)
                changed = await conn.fetch(CHANGED, tenant_id, limit, AGAIN_AFTER)
            found += [self._letter(tenant_id, row) for row in rows]
            found += [self._of_change(tenant_id, row) for row in changed]
        return found

    async def sent(self, tenant_id: str, letter_id: str) -> None:
        """It is out."""
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(OLD_TOLD if letter_id.startswith("pac_") else SENT, tenant_id, letter_id)

    async def failed(self, tenant_id: str, letter_id: str, code: str, *, for_good: bool) -> None:
        """It did not go out; tried again for as long as any letter, unless it never will."""
        async with self._database.tenant(tenant_id) as conn:
            said = OLD_NOT_TOLD if letter_id.startswith("pac_") else FAILED
            await conn.execute(said, tenant_id, letter_id, code[:200], for_good, TRIED_FOR)

    async def _look_for(self, conn: Connection, tenant_id: str, number: str, address: str) -> None:
        for called in await conn.fetch(CALLED, tenant_id, number, self._vault.numbers_of(tenant_id, number)):
            row = await conn.fetchrow(CASE, tenant_id, called["id"])
            case = case_row(row).case if row is not None else None
            if case is None:
                continue
            for party in await conn.fetch(PARTIES, tenant_id, called["id"]):
                email = self._contact(tenant_id, called["id"], party["id"], party).get("email") or ""
                side = Side(party["side"])
                # Nobody learns by a letter of a case that is none for them: not who is accused in one that was not disclosed.
                known = may_see(case, Actor(id=party["id"], role=side.value, side=side))
                if not known or self._vault.address_digest(tenant_id, email) != address:
                    continue
                if await conn.fetchval(LATELY, tenant_id, called["id"], party["id"]) < MOST_A_DAY:
                    link = (f"lnk_{uuid7()}", called["id"], party["id"])
                    await insert(conn, self._vault, tenant_id, [link], "asked", by_letter=True)

    def _of_change(self, tenant_id: str, row: asyncpg.Record) -> TeamLetter:
        contact = self._contact(tenant_id, row["case_id"], row["party_id"], row) if row["wrapped"] is not None else {}
        return TeamLetter(
            id=row["id"], tenant_id=tenant_id, tenant_name=row["tenant_name"], event="address_mended", recipient=row["party_id"],
            address=contact.get("email") or "", name="", locale=row["locale"], zone=row["zone"], at=row["at"],
            data={"case": row["case_id"]},
        )  # fmt: skip

    def _letter(self, tenant_id: str, row: asyncpg.Record) -> TeamLetter:
        contact = self._contact(tenant_id, row["case_id"], row["party_id"], row) if row["wrapped"] is not None else {}
        return TeamLetter(
            id=row["id"], tenant_id=tenant_id, tenant_name=row["tenant_name"], event="link_asked", recipient=row["party_id"],
            address=contact.get("email") or "", name=contact.get("name") or "", locale=row["locale"], zone=row["zone"],
            at=row["at"], data={"case": row["case_id"], "kind": row["kind"]}, code=self._vault.link_token(tenant_id, row["id"]),
        )  # fmt: skip

    def _contact(self, tenant_id: str, case_id: str, party_id: str, row: asyncpg.Record) -> Mapping[str, Any]:
        key = self._vault.unwrap(tenant_id, case_id, row["holder"], row["key_id"], row["wrapped"])
        contact: Mapping[str, Any] = from_json(open_contact(key, party_id, row["contact"]))
        return contact
