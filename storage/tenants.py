"""Tenants, the people who work for them, and the keys of machines."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable
from typing import Any

from pydantic import Field
from uuid_utils import uuid7

from domain.base import Code, Instant, Kept, Language, PersonId, TenantId
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault

_CREATE = """
INSERT INTO tenants (id, name, zone, development, time_scale, settings) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, zone = excluded.zone, development = excluded.development,
    time_scale = excluded.time_scale, settings = tenants.settings || excluded.settings
"""
# What is null in $4 is taken out of the settings again.
_CHANGE = """
UPDATE tenants SET name = coalesce($2, name), zone = coalesce($3, zone), settings = jsonb_strip_nulls(settings || $4)
WHERE id = $1
RETURNING id, name, zone, development, time_scale, settings
"""
_TENANT = "SELECT id, name, zone, development, time_scale, settings FROM tenants WHERE id = $1"
_PUT_PERSON = """
INSERT INTO people (tenant, id, name, email, roles, team, site, vendor, manager, queues, capacity, conflicts, locale, zone,
    active, hours, skills, languages, absent_from, absent_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
ON CONFLICT (tenant, id) DO UPDATE SET name = excluded.name, email = excluded.email, roles = excluded.roles, team = excluded.team,
    site = excluded.site, vendor = excluded.vendor, manager = excluded.manager, queues = excluded.queues,
    capacity = excluded.capacity, conflicts = excluded.conflicts, locale = excluded.locale, zone = excluded.zone,
    active = excluded.active, hours = excluded.hours, skills = excluded.skills, languages = excluded.languages,
    absent_from = excluded.absent_from, absent_until = excluded.absent_until
"""
_PEOPLE = """
SELECT id, name, email, roles, team, site, vendor, manager, queues, capacity, conflicts, locale, zone, active, hours, skills,
    languages, absent_from, absent_until
FROM people WHERE tenant = $1 ORDER BY id
"""
_NEW_KEY = "INSERT INTO api_keys (tenant, id, hash, name, scopes, person_id) VALUES ($1, $2, $3, $4, $5, $6)"
_FIND_KEY = "SELECT tenant, id, name, scopes, person_id FROM api_keys WHERE hash = $1 AND active"
_DISABLE_KEY = "UPDATE api_keys SET active = false WHERE tenant = $1 AND id = $2 AND active"


class Tenant(Kept):
    """One company that uses Ombud, apart from all others."""

    id: TenantId
    name: str
    zone: str = "UTC"
    development: bool = False
    time_scale: float = Field(1.0, gt=0, le=1)
    """Below 1 only when ``development``: hours become seconds."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """``email_kind`` and ``default_respondent`` of reports by mail, ``default_merchant`` of those by payment providers."""


class Person(Kept):
    """Somebody who works for a tenant."""

    id: PersonId
    name: str
    email: str | None = None
    roles: tuple[str, ...] = ("mediator",)
    team: str | None = None
    site: str | None = None
    vendor: str | None = None
    manager: str | None = None
    queues: tuple[str, ...] = ()
    capacity: int = 20
    conflicts: tuple[str, ...] = ()
    """Whom they may not judge: keyed digests of parties and of parties' organisations, by :meth:`PostgresTenants.conflicts`."""
    locale: str = "en"
    zone: str = "UTC"
    active: bool = True
    hours: str | None = None
    """Name of the calendar of their shifts; None, or a name under which nothing was published: always there."""
    skills: tuple[Code, ...] = ()
    """What they can do that not everybody can, as packs name it."""
    languages: tuple[Language, ...] = ()
    """What they speak; empty: the language of their locale."""
    absent_from: Instant | None = None
    """Away from then on, until :attr:`absent_until` or for nobody knows how long."""
    absent_until: Instant | None = None


class KeyHolder(Kept):
    """Whose API key it is."""

    tenant_id: str
    key_id: str
    name: str
    scopes: tuple[str, ...]
    person_id: str | None = None
    operator: bool = False
    """No key at all: the command line of whoever has the database's password."""

    @property
    def actor_id(self) -> str:
        """As whom the key speaks."""
        return self.person_id or self.key_id


class PostgresTenants:
    """Makes, changes and finds tenants, with their people and keys."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def create(self, tenant: Tenant) -> None:
        """Make a tenant, or change it; settings that are not named stay."""
        async with self._database.tenant(tenant.id) as conn:
            values = (tenant.id, tenant.name, tenant.zone, tenant.development, tenant.time_scale, tenant.settings)
            await conn.execute(_CREATE, *values)

    async def tenant(self, tenant_id: str) -> Tenant | None:
        """One tenant, or None."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(_TENANT, tenant_id)
        return Tenant(**dict(row)) if row else None

    async def change(
        self,
        tenant_id: str,
        *,
        name: str | None = None,
        zone: str | None = None,
        settings: dict[str, Any] | None = None,
        conn: Connection | None = None,
    ) -> Tenant:
        """Change what is named and nothing else; a setting that is None is taken out."""
        async with self._database.deed(tenant_id, conn) as deed:
            row = await deed.fetchrow(_CHANGE, tenant_id, name, zone, settings or {})
        if row is None:
            raise LookupError(tenant_id)
        return Tenant(**dict(row))

    async def all_ids(self) -> list[str]:
        """The ids of all tenants."""
        return await self._database.tenant_ids()

    async def put_person(self, tenant_id: str, person: Person) -> None:
        """Take somebody on, or change what is known of them."""
        p = person
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(
                _PUT_PERSON, tenant_id, p.id, p.name, p.email, p.roles, p.team, p.site, p.vendor, p.manager, p.queues, p.capacity,
                p.conflicts, p.locale, p.zone, p.active, p.hours, p.skills, p.languages, p.absent_from, p.absent_until,
            )  # fmt: skip

    def conflicts(self, tenant_id: str, refs: Iterable[str]) -> tuple[str, ...]:
        """Of whom somebody may not judge: the platform's ids of users and organisations, as a person's conflicts hold them."""
        return tuple(self._vault.ref_digest(tenant_id, ref) for ref in refs)

    async def people(self, tenant_id: str) -> list[Person]:
        """Everybody, active or not."""
        async with self._database.tenant(tenant_id) as conn:
            return [Person(**dict(row)) for row in await conn.fetch(_PEOPLE, tenant_id)]

    async def create_key(
        self, tenant_id: str, *, name: str = "", scopes: tuple[str, ...] = ("*",), person_id: str | None = None
    ) -> tuple[str, str]:
        """A new API key: its id, and its secret, which is shown this once and kept nowhere."""
        key_id, secret = f"key_{uuid7()}", "omb_" + base64.urlsafe_b64encode(os.urandom(30)).decode()
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(_NEW_KEY, tenant_id, key_id, _hash(secret), name, scopes, person_id)
        return key_id, secret

    async def find_key(self, secret: str) -> KeyHolder | None:
        """Whose secret it is; None when it is nobody's (any more)."""
        digest = _hash(secret)
        async with self._database.key(digest.hex()) as conn:
            row = await conn.fetchrow(_FIND_KEY, digest)
        if row is None:
            return None
        return KeyHolder(
            tenant_id=row["tenant"], key_id=row["id"], name=row["name"], scopes=row["scopes"], person_id=row["person_id"]
        )

    async def disable_key(self, tenant_id: str, key_id: str) -> bool:
        """Take an API key out of use; False when there is no such active key."""
        async with self._database.tenant(tenant_id) as conn:
            return await conn.execute(_DISABLE_KEY, tenant_id, key_id) != "UPDATE 0"


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
