"""Tenants, their people, and the keys they and machines speak with. For whoever runs Ombud itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.errors import Refused
from storage.policies.library import PostgresLibrary
from storage.tenants import Person, PostgresTenants, Tenant

_HOUR = 3600


class NewKey(NamedTuple):
    """A key that was made just now."""

    id: str
    secret: str
    """Shown this once, and kept nowhere."""


def tenant_of(tenant_id: str, name: str, zone: str, hour_lasts: float | None = None) -> Tenant:
    """The tenant that these words describe; with ``hour_lasts`` (seconds of an hour of the rules) it is one for development.

    Raises pydantic's ValidationError for what cannot be.
    """
    scale = hour_lasts / _HOUR if hour_lasts else 1.0
    return Tenant(id=tenant_id, name=name, zone=zone, development=hour_lasts is not None, time_scale=scale)


def person_of(now: datetime, **known: Any) -> Person:
    """The person that these words describe; an absence without a beginning begins now.

    Raises pydantic's ValidationError for what cannot be.
    """
    begins = known["absent_from"] or (now if known["absent_until"] else None)
    return Person.model_validate({**known, "absent_from": begins})


async def check_hours(person: Person, calendars: Collection[str], library: PostgresLibrary) -> None:
    """Refuse shifts by a calendar that nobody has: who works by it would silently count as always there.

    ``calendars`` are those of this machine's folder; the published ones count too. Raises :class:`Refused` ``calendar_unknown``.
    """
    if person.hours is None or person.hours in calendars:
        return
    known = {*calendars, *(version.name for version in await library.versions())}
    if person.hours not in known:
        there = ", ".join(sorted(known))
        raise Refused("calendar_unknown", f"There is no calendar '{person.hours}'. There are: {there}.")


async def take_on(tenants: PostgresTenants, tenant_id: str, person: Person, conflicts: Iterable[str] = ()) -> None:
    """Take somebody on, or change what is known of them: what the description leaves out gets its default.

    ``conflicts`` are the platform's ids of users and organisations that they may not judge.
    """
    await tenants.put_person(tenant_id, person.model_copy(update={"conflicts": tenants.conflicts(tenant_id, conflicts)}))


async def make_key(
    tenants: PostgresTenants, tenant_id: str, *, name: str, scopes: Sequence[str] = (), person_id: str | None = None
) -> NewKey:
    """A key that may do what its ``scopes`` say (none named: everything), and speaks as a person when one is named."""
    return NewKey(*await tenants.create_key(tenant_id, name=name, scopes=tuple(scopes) or ("*",), person_id=person_id))
