"""Tenants, the people who work for them, and the keys of machines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import Field

from domain.base import Kept, TenantId
from storage.access import keys, trail
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault
from storage.team import people
from storage.team.people import Person

__all__ = ["KeyHolder", "Person", "PostgresTenants", "Tenant"]

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

    async def create(self, tenant: Tenant, by: tuple[str, str] | None = None) -> None:
        """Make a tenant, or change it; settings that are not named stay. ``by``: who does it and by which credential, for the
        trail; None for whoever makes a tenant up (demos, tests), whose trail begins with its people."""
        async with self._database.deed(tenant.id) as conn:
            values = (tenant.id, tenant.name, tenant.zone, tenant.development, tenant.time_scale, tenant.settings)
            await conn.execute(_CREATE, *values)
            if by is not None:
                more = {"zone": tenant.zone, "development": tenant.development, "time_scale": tenant.time_scale}
                await trail.note(conn, tenant.id, deed="tenant_set", about=tenant.id, by=by[0], credential=by[1], more=more)

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

    async def put_person(self, tenant_id: str, person: Person, by: tuple[str, str] | None = None) -> None:
        """Take somebody on, or change what is known of them. ``by`` as in :meth:`create`, for whoever takes somebody on."""
        async with self._database.deed(tenant_id) as conn:
            await people.put(conn, tenant_id, person)
            if by is not None:
                more = people.noted(Person(id=person.id, name=""), person)
                await trail.note(conn, tenant_id, deed="person_added", about=person.id, by=by[0], credential=by[1], more=more)

    def conflicts(self, tenant_id: str, refs: Iterable[str]) -> tuple[str, ...]:
        """Of whom somebody may not judge: the platform's ids of users and organisations, as a person's conflicts hold them."""
        return people.digests(self._vault, tenant_id, refs)

    async def people(self, tenant_id: str) -> list[Person]:
        """Everybody, active or not."""
        async with self._database.tenant(tenant_id) as conn:
            return [Person(**dict(row)) for row in await conn.fetch(people.ALL, tenant_id)]

    async def create_key(
        self,
        tenant_id: str,
        *,
        name: str = "",
        scopes: tuple[str, ...] = ("*",),
        person_id: str | None = None,
        expires_at: datetime | None = None,
        by: tuple[str, str] | None = None,
    ) -> tuple[str, str]:
        """A new API key: its id, and its secret, which is shown this once and kept nowhere. ``by`` as in :meth:`create`."""
        async with self._database.deed(tenant_id) as conn:
            made = await keys.create(conn, tenant_id, name=name, scopes=scopes, person_id=person_id, expires_at=expires_at)
            if by is not None:
                until = expires_at.isoformat() if expires_at is not None else None
                more = {"scopes": list(scopes), "person": person_id, "expires_at": until, "secret": keys.fingerprint(made[1])}
                await trail.note(conn, tenant_id, deed="key_created", about=made[0], by=by[0], credential=by[1], more=more)
        return made

    async def find_key(self, secret: str) -> KeyHolder | None:
        """Whose secret it is; None when it is nobody's (any more): unknown, expired, revoked, or rotated out."""
        digest = keys.hash_of(secret)
        async with self._database.key(digest.hex()) as conn:
            row = await conn.fetchrow(keys.FIND, digest, keys.USED_EVERY)
        if row is None:
            return None
        if row["used_anew"]:
            async with self._database.tenant(row["tenant"]) as conn:
                await conn.execute(keys.USED, row["tenant"], row["id"], keys.USED_EVERY)
        return KeyHolder(
            tenant_id=row["tenant"], key_id=row["id"], name=row["name"], scopes=row["scopes"], person_id=row["person_id"]
        )

    async def ended(self, secret: str) -> tuple[tuple[str, ...], bool] | None:
        """For what a secret was good that is good no more, and whether it was ended (True) or its time is over; None: it is
        nobody's."""
        digest = keys.hash_of(secret)
        async with self._database.key(digest.hex()) as conn:
            row = await conn.fetchrow(keys.ENDED, digest)
        return (tuple(row["scopes"]), not row["active"]) if row else None

    async def disable_key(self, tenant_id: str, key_id: str) -> bool:
        """Take an API key out of use; False when there is no such active key."""
        async with self._database.deed(tenant_id) as conn:
            return await keys.revoke(conn, tenant_id, key_id)
