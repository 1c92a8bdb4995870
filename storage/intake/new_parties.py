"""People who become parties: name and address under a key of their own, kept together with the command that adds them."""

from __future__ import annotations

from functools import partial
from typing import Any

from uuid_utils import uuid7

from domain.model.people import OpenedParty
from domain.model.prose import Prose
from domain.model.provider_news import ProviderNews, concealed, ids_text
from domain.model.report import ReportedParty
from storage.postgres.pool import Connection
from storage.postgres.vault import DataKey, SealBox, Vault, seal_contact

KEYS = """
INSERT INTO keys (tenant, id, case_id, holder, wrapped)
SELECT $1, k.id, $2, k.holder, k.wrapped FROM unnest($3::text[], $4::text[], $5::bytea[]) AS k (id, holder, wrapped)
"""
PARTIES = """
INSERT INTO parties (tenant, id, case_id, side, role, ref_digest, contact, key_id, has_email, locale, zone, address_digest)
SELECT $1, p.id, $2, p.side, p.role, p.ref_digest, c.contact, p.key_id, p.has_email, p.locale, p.zone, p.address_digest
FROM jsonb_to_recordset($3) AS p
    (id text, side text, role text, ref_digest text, key_id text, has_email boolean, locale text, zone text,
     address_digest text)
JOIN unnest($4::text[], $5::bytea[]) AS c (id, contact) ON c.id = p.id
"""


def opened(vault: Vault, tenant_id: str, party_id: str, person: ReportedParty, *, unproven: bool = False) -> OpenedParty:
    """A person as the rules see them: digests instead of names. ``unproven``: nothing shows yet that it was they who said it."""
    address = vault.known_by(tenant_id, person.email)
    org = vault.ref_digest(tenant_id, person.organisation) if person.organisation else None
    return OpenedParty(
        id=party_id, side=person.side, role=person.role, ref_digest=vault.ref_digest(tenant_id, person.ref),
        locale=person.locale, zone=person.zone, org_digest=org, minor=person.minor, unproven=unproven,
        address_digest=address,
    )  # fmt: skip


class PartySealer:
    """Puts away the texts of a command, the people whom it makes parties, and the ids of a payment provider."""

    def __init__(self, box: SealBox, vault: Vault, tenant_id: str, case_id: str, ids: SealBox | None = None) -> None:
        self._box, self._vault, self._ids = box, vault, ids
        self._tenant, self._case = tenant_id, case_id
        self._people: list[tuple[OpenedParty, ReportedParty, DataKey]] = []

    def __call__(self, text: str) -> Prose:
        """A text, under the key of whoever speaks."""
        return self._box(text)

    def party(self, person: ReportedParty) -> OpenedParty:
        """The party that this person becomes, with a key of their own."""
        party = opened(self._vault, self._tenant, f"pty_{uuid7()}", person)
        self._people.append((party, person, self._vault.new_key(self._tenant, self._case, party.id)))
        return party

    def conceal(self, news: ProviderNews) -> ProviderNews:
        """The news as the case keeps them: with their ids sealed, unless it began with them as they are."""
        if self._ids is None:
            return news
        ids = self._ids(ids_text(news))
        return concealed(news, partial(self._vault.provider_token, self._tenant), ids)

    def number(self, value: str) -> Prose:
        """A number that leads to somebody, where the ids lie."""
        return (self._ids or self._box)(value)

    @property
    def brought(self) -> bool:
        """Whether there is anything to keep beside the command and its texts."""
        return bool(self._people or (self._ids is not None and self._ids.rows))

    async def keep(self, conn: Connection) -> None:
        """Keys and contacts of everybody whom the command brought, and the ids."""
        if self._ids is not None:
            await self._vault.keep(conn, self._ids)
        if not self._people:
            return
        keys = [key for _, _, key in self._people]
        await conn.execute(
            KEYS, self._tenant, self._case, [k.id for k in keys], [k.holder for k in keys], [k.wrapped for k in keys]
        )
        rows: list[dict[str, Any]] = [
            {**party.model_dump(mode="json"), "key_id": key.id, "has_email": person.email is not None}
            for party, person, key in self._people
        ]
        contacts = [seal_contact(key, party.id, who.name, who.email, who.ref) for party, who, key in self._people]
        await conn.execute(PARTIES, self._tenant, self._case, rows, [row["id"] for row in rows], contacts)
