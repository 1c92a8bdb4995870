"""People who work for a tenant: taken on, changed one attribute at a time, deactivated and taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.base import Code, Instant, Kept, Language, PersonId
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault

ATTRIBUTES = (
    "name", "email", "roles", "team", "site", "vendor", "manager", "queues", "capacity", "conflicts", "locale", "zone", "hours",
    "skills", "languages", "absent_from", "absent_until",
)  # fmt: skip
"""What can be changed of somebody, each by itself. Whether they are active is no attribute: it has its own verbs."""

_COLUMNS = f"id, {', '.join(ATTRIBUTES)}, active"
_VALUES = ", ".join(f"${number}" for number in range(1, len(ATTRIBUTES) + 4))
ADD = f"INSERT INTO people (tenant, {_COLUMNS}) VALUES ({_VALUES}) ON CONFLICT DO NOTHING"  # noqa: S608 - put together from constants
PUT = f"""
INSERT INTO people (tenant, {_COLUMNS}) VALUES ({_VALUES})
ON CONFLICT (tenant, id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in (*ATTRIBUTES, "active"))}
"""  # noqa: S608 - put together from constants
ONE = f"SELECT {_COLUMNS}, deactivated_at FROM people WHERE tenant = $1 AND id = $2"  # noqa: S608 - put together from constants
ALL = f"SELECT {_COLUMNS}, deactivated_at FROM people WHERE tenant = $1 ORDER BY id"  # noqa: S608 - put together from constants
# $2 the last one of the page before (or null), $3 active ones (true), others (false), or both (null).
LISTED = f"""
SELECT {_COLUMNS}, deactivated_at FROM people
WHERE tenant = $1 AND ($2::text IS NULL OR id > $2) AND ($3::boolean IS NULL OR active = $3)
ORDER BY id LIMIT $4
"""  # noqa: S608 - put together from constants
# Their keys end with it, by a trigger (migration 0013).
DEACTIVATE = """
UPDATE people SET active = false, deactivated_at = clock_timestamp() WHERE tenant = $1 AND id = $2 AND active
RETURNING deactivated_at
"""
ACTIVATE = "UPDATE people SET active = true, deactivated_at = NULL WHERE tenant = $1 AND id = $2 AND NOT active"
# Held until the deed is done: two who take the role from each other at once would leave nobody.
ADMINISTRATORS = "SELECT id FROM people WHERE tenant = $1 AND active AND 'ops' = ANY(roles) ORDER BY id FOR NO KEY UPDATE"
HOLD = "SELECT 1 FROM people WHERE tenant = $1 AND id = $2 FOR NO KEY UPDATE"
_MORE_CONFLICTS = "ARRAY(SELECT DISTINCT c FROM unnest(conflicts || {}::text[]) AS c ORDER BY c)"


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
    """Whom they may not judge: keyed digests of parties and of parties' organisations, by :func:`digests`."""
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
    deactivated_at: Instant | None = None
    """Since when they do not work here any more; None while they do, and for whoever stopped before this was kept."""


_SHOWN = frozenset(ATTRIBUTES) - {"name", "email", "conflicts"}
"""Attributes whose values are codes, ids, numbers and times, which the trail keeps as they were and as they are."""


def noted(before: Person, after: Person, named: Collection[str] = ()) -> dict[str, Any]:
    """What the trail keeps of a change: which attributes were named, what became of each, and which conflicts came and went, as
    digests. Nobody's name or address."""
    changed = [name for name in ATTRIBUTES if getattr(before, name) != getattr(after, name)]
    shown = [name for name in changed if name in _SHOWN]
    said: dict[str, Any] = {"fields": sorted({*named, *changed})}
    if "roles" in said["fields"]:
        said["roles"] = list(after.roles)
    if shown:
        said["before"], said["after"] = ({name: getattr(one, name) for name in shown} for one in (before, after))
    added, removed = conflicts_between(before, after)
    return {**said, **({"conflicts_added": added} if added else {}), **({"conflicts_removed": removed} if removed else {})}


def conflicts_between(before: Person, after: Person) -> tuple[list[str], list[str]]:
    """Which came, and which went."""
    return sorted({*after.conflicts} - {*before.conflicts}), sorted({*before.conflicts} - {*after.conflicts})


class PostgresPeople:
    """Reads the people of tenants."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    async def one(self, tenant_id: str, person_id: str) -> Person | None:
        """One of them, active or not; None: nobody has this id."""
        async with self._database.tenant(tenant_id) as conn:
            return await one(conn, tenant_id, person_id)

    async def listed(
        self, tenant_id: str, limit: int, *, after: str | None = None, active: bool | None = None
    ) -> Sequence[Person]:
        """Of all of them those after one: who works here, who does not any more, or (None) both."""
        async with self._database.tenant(tenant_id) as conn:
            return [Person(**dict(row)) for row in await conn.fetch(LISTED, tenant_id, after, active, limit)]

    def digests(self, tenant_id: str, refs: Iterable[str]) -> tuple[str, ...]:
        """Of whom somebody may not judge: the platform's ids of users and organisations, as a person's conflicts hold them."""
        return digests(self._vault, tenant_id, refs)


def digests(vault: Vault, tenant_id: str, refs: Iterable[str]) -> tuple[str, ...]:
    """The platform's ids of users and organisations, as a person's conflicts hold them: nobody reads them back."""
    return tuple(vault.ref_digest(tenant_id, ref) for ref in refs)


async def one(conn: Connection, tenant_id: str, person_id: str) -> Person | None:
    """One of them, active or not; None: nobody has this id."""
    row = await conn.fetchrow(ONE, tenant_id, person_id)
    return Person(**dict(row)) if row else None


async def add(conn: Connection, tenant_id: str, person: Person) -> bool:
    """Take somebody on; False when the id is somebody's already, and nothing has changed."""
    return await conn.execute(ADD, *_values(tenant_id, person)) != "INSERT 0 0"


async def put(conn: Connection, tenant_id: str, person: Person) -> None:
    """Take somebody on, or make everything known of them what is said here."""
    await conn.execute(PUT, *_values(tenant_id, person))


async def change(
    conn: Connection, tenant_id: str, person_id: str, changes: Mapping[str, Any], more_conflicts: Sequence[str] = ()
) -> bool:
    """Change the attributes that are named, and no other; False: nobody has this id.

    ``more_conflicts`` are added to those there are. Raises KeyError for what is no attribute.
    """
    arguments: list[Any] = [tenant_id, person_id]
    parts = []
    for name, value in changes.items():
        if name not in ATTRIBUTES:
            raise KeyError(name)
        arguments.append(list(value) if isinstance(value, tuple) else value)
        parts.append(f"{name} = ${len(arguments)}")
    if more_conflicts:
        arguments.append(list(more_conflicts))
        parts.append(f"conflicts = {_MORE_CONFLICTS.format(f'${len(arguments)}')}")
    if not parts:
        return await one(conn, tenant_id, person_id) is not None
    statement = f"UPDATE people SET {', '.join(parts)} WHERE tenant = $1 AND id = $2"  # noqa: S608 - names of ATTRIBUTES alone
    return await conn.execute(statement, *arguments) != "UPDATE 0"


async def hold(conn: Connection, tenant_id: str, person_id: str) -> None:
    """Whatever else is done to somebody or their keys waits for the end of the transaction."""
    await conn.fetchval(HOLD, tenant_id, person_id)


async def administrators(conn: Connection, tenant_id: str) -> list[str]:
    """Whoever is of ops and works here; nobody changes them until the end of the transaction."""
    return [row["id"] for row in await conn.fetch(ADMINISTRATORS, tenant_id)]


async def deactivate(conn: Connection, tenant_id: str, person_id: str) -> datetime | None:
    """Somebody does not work here any more: their keys end at once. When that was; None: nobody active has this id."""
    at: datetime | None = await conn.fetchval(DEACTIVATE, tenant_id, person_id)
    return at


async def activate(conn: Connection, tenant_id: str, person_id: str) -> bool:
    """Somebody works here again; keys that have ended stay so. False: nobody who was deactivated has this id."""
    return await conn.execute(ACTIVATE, tenant_id, person_id) != "UPDATE 0"


def _values(tenant_id: str, person: Person) -> tuple[Any, ...]:
    return (tenant_id, person.id, *(getattr(person, name) for name in ATTRIBUTES), person.active)
