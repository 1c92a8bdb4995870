"""Tenants and the people who work for them: taken on, changed, deactivated. Each deed is in the tenant's audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.model.facts import SYSTEM
from services.bulk import Results, woken
from services.callers import Caller, role
from services.errors import FieldError, Refused, not_found
from services.heavy import need_fresh
from services.pages import Cursors, Page, Part
from services.parts import Parts
from services.trail import Administrator, administrator, note
from storage.access import keys
from storage.postgres.pool import Connection
from storage.team import people
from storage.team.people import Person
from storage.tenants import Tenant

_HOUR = 3600


@dataclass(frozen=True)
class Gone:
    """Somebody who does not work here any more, and what became of the cases that they had."""

    person: Person
    given_back: Results = Results()  # noqa: RUF009 - frozen


def tenant_of(tenant_id: str, name: str, zone: str, hour_lasts: float | None = None) -> Tenant:
    """The tenant that these words describe; with ``hour_lasts`` (seconds of an hour of the rules) it is one for development.

    Raises pydantic's ValidationError for what cannot be.
    """
    scale = hour_lasts / _HOUR if hour_lasts else 1.0
    return Tenant(id=tenant_id, name=name, zone=zone, development=hour_lasts is not None, time_scale=scale)


async def take_on(
    parts: Parts, caller: Caller, person_id: str, known: Mapping[str, Any], conflicts: Sequence[str] = ()
) -> Person:
    """Take somebody on, of whom the attributes in ``known`` are known.

    ``conflicts`` are the platform's ids of users and organisations that they may not judge. Raises what :func:`administrator`
    raises, ``person_exists``, ``person_unknown`` (the manager) and ``calendar_unknown`` (the hours).
    """
    who = await administrator(parts, caller)
    need_fresh(caller, "take_on")
    digests = parts.people.digests(who.tenant_id, conflicts)
    person = Person.model_validate({**_from_now(known), "id": person_id, "conflicts": digests})
    await _check(parts, who, person_id, known)
    async with parts.trail.deed(who.tenant_id) as conn:
        if not await people.add(conn, who.tenant_id, person):
            raise Refused("person_exists")
        await note(conn, who, "person_added", person_id, **people.noted(Person(id=person_id, name=""), person))
        await parts.team_letters.tell(conn, who.tenant_id, "person_added", person_id, who.by, roles=" ".join(person.roles))
        return await _there(conn, who, person_id)


async def change(
    parts: Parts,
    caller: Caller,
    person_id: str,
    changes: Mapping[str, Any],
    *,
    conflicts: Sequence[str] | None = None,
    more_conflicts: Sequence[str] = (),
) -> Person:
    """Change the attributes that are named, and no other.

    ``conflicts`` takes the place of all that there are (None: they stay); ``more_conflicts`` come in addition. Raises what
    :func:`administrator` raises, ``not_found``, ``last_administrator``, ``own_conflict``, ``own_rights``, ``person_unknown`` (the
    manager) and ``calendar_unknown`` (the hours).
    """
    who = await administrator(parts, caller)
    need_fresh(caller, "change_person")
    named: dict[str, Any] = dict(changes)
    more = parts.people.digests(who.tenant_id, more_conflicts)
    if conflicts is not None:
        named["conflicts"] = tuple(dict.fromkeys((*parts.people.digests(who.tenant_id, conflicts), *more)))
        more = ()
    await _check(parts, who, person_id, changes)
    async with parts.trail.deed(who.tenant_id) as conn:
        if "ops" not in changes.get("roles", ("ops",)):
            await _somebody_stays(conn, who, person_id)
        await people.hold(conn, who.tenant_id, person_id)
        before = await _there(conn, who, person_id)
        if caller.speaks_for == person_id:
            _not_ones_own(before, named)
        await people.change(conn, who.tenant_id, person_id, named, more)
        after = await _there(conn, who, person_id)
        if named or more:
            fields = {*named, *(("conflicts",) if more else ())}
            await note(conn, who, "person_changed", person_id, **people.noted(before, after, fields))
            await tell(parts, conn, who, before, after)
        return after


async def deactivate(parts: Parts, caller: Caller, person_id: str) -> Gone:
    """Somebody does not work here any more: their keys end at once and for good, and each of their open cases is told to go back
    to its queue. Whoever was deactivated stays so. Raises what :func:`administrator` raises, ``not_found`` and
    ``last_administrator``."""
    who = await administrator(parts, caller)
    async with parts.trail.deed(who.tenant_id) as conn:
        await _somebody_stays(conn, who, person_id)
        ended = await keys.live_of(conn, who.tenant_id, person_id)
        at = await people.deactivate(conn, who.tenant_id, person_id)
        if at is not None:
            await note(conn, who, "person_deactivated", person_id, ended=ended)
        person = await _there(conn, who, person_id)
    if person.deactivated_at is None:
        return Gone(person)
    # Said again, it answers what was sent the first time; should this process die here, the relay sends it.
    since = person.deactivated_at
    placed = await parts.absences.give_back(who.tenant_id, person_id, since, who.by, who.credential, "deactivated")
    return Gone(person, await woken(parts, caller, placed))


async def activate(parts: Parts, caller: Caller, person_id: str) -> Person:
    """Somebody works here again, as what they were; keys that have ended stay so. Raises as :func:`deactivate`."""
    who = await administrator(parts, caller)
    need_fresh(caller, "activate_person")
    async with parts.trail.deed(who.tenant_id) as conn:
        if await people.activate(conn, who.tenant_id, person_id):
            await note(conn, who, "person_activated", person_id)
        return await _there(conn, who, person_id)


async def read(parts: Parts, caller: Caller, person_id: str) -> Person:
    """One of them. Raises what :func:`administrator` raises, and ``not_found``."""
    who = await administrator(parts, caller)
    found = await parts.people.one(who.tenant_id, person_id)
    if found is None:
        raise not_found()
    return found


async def listed(parts: Parts, caller: Caller, page: Page, *, active: bool | None = None) -> Part[Person]:
    """Who works here, who does not any more, or (None) both. Raises what :func:`administrator` raises."""
    who = await administrator(parts, caller)
    cursors = Cursors.of(parts, caller, "people")
    after = cursors.read(page.cursor)[0] if page.cursor is not None else None
    found = await parts.people.listed(who.tenant_id, page.limit + 1, after=after, active=active)
    shown, more = found[: page.limit], len(found) > page.limit
    return Part(tuple(shown), more, cursors.write(shown[-1].id) if more else None)


def _from_now(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """An absence whose end alone is said begins now."""
    begins = said.get("absent_until") is not None and "absent_from" not in said
    return {**said, "absent_from": datetime.now(UTC)} if begins else said


def _not_ones_own(before: Person, named: Mapping[str, Any]) -> None:
    """Refuse what nobody does to themselves: a conflict of interest that they lift from themselves, a role that they give
    themselves, another line, by which it is judged who may approve what they decided. More conflicts, and fewer roles, anybody
    may have."""
    if {*before.conflicts} - {*named.get("conflicts", before.conflicts)}:
        raise Refused("own_conflict")
    more_roles = {*named.get("roles", ())} - {*before.roles}
    if more_roles or named.get("manager", before.manager) != before.manager:
        raise Refused("own_rights", fields={"field": "roles" if more_roles else "manager"})


async def tell(parts: Parts, conn: Connection, who: Administrator, before: Person, after: Person) -> None:
    """Tell of what opens doors: them, and the others of ops."""
    of = (conn, who.tenant_id)
    if before.email != after.email:
        await parts.team_letters.tell(*of, "address_changed", after.id, who.by, earlier_address=before.email)
    added, removed = map(len, people.conflicts_between(before, after))
    if added or removed:
        await parts.team_letters.tell(*of, "conflicts_changed", after.id, who.by, added=added, removed=removed)
    if (before.roles, before.manager) != (after.roles, after.manager):
        await parts.team_letters.tell(*of, "rights_changed", after.id, who.by, roles=" ".join(after.roles))


async def _check(parts: Parts, who: Administrator, person_id: str, said: Mapping[str, Any]) -> None:
    """Refuse a manager who does not work here, and shifts by a calendar that nobody has: who works by it would silently count as
    always there."""
    await _check_queues(parts, who, said.get("queues", ()))
    manager, hours = said.get("manager"), said.get("hours")
    if manager is not None and (manager == person_id or await parts.people.one(who.tenant_id, manager) is None):
        raise Refused("person_unknown", errors=[FieldError("manager", "person_unknown", "Name somebody else who works here.")])
    if hours is None or hours in parts.calendars:
        return
    there = sorted({*parts.calendars, *(version.name for version in await parts.library.versions())})
    if hours not in there:
        detail = f"There is no calendar '{hours}'. There are: {', '.join(there)}."
        raise Refused("calendar_unknown", detail, errors=[FieldError("hours", "calendar_unknown", "No such calendar.")])


async def _check_queues(parts: Parts, who: Administrator, queues: Sequence[str]) -> None:
    """A queue is one that a pack names, or that somebody works already: in any other nobody's case ever lies."""
    if not queues:
        return
    packs = (await parts.shelf_of(who.tenant_id)).packs.values()
    known = {name for pack in packs for name in (pack.queue, pack.appeal_queue, *pack.queue_calendars)}
    known |= {queue for person in await parts.tenants.people(who.tenant_id) for queue in person.queues}
    wrong = [FieldError(f"queues.{n}", "queue_unknown", "No such queue.") for n, queue in enumerate(queues) if queue not in known]
    if wrong:
        raise Refused("queue_unknown", errors=wrong, fields={"allowed": sorted(known)})


async def _somebody_stays(conn: Connection, who: Administrator, person_id: str) -> None:
    """Refuse what would leave nobody of ops. Whoever has the database's password can always take somebody on."""
    if who.by != SYSTEM.id and await people.administrators(conn, who.tenant_id) == [person_id]:
        raise Refused("last_administrator")


async def _there(conn: Connection, who: Administrator, person_id: str) -> Person:
    found = await people.one(conn, who.tenant_id, person_id)
    if found is None:
        raise not_found()
    return found


async def colleagues(parts: Parts, caller: Caller) -> Mapping[str, str]:
    """The names of everybody who works or worked here, by id, for whoever works here themselves. Raises ``actor_unknown``."""
    await role(parts, caller)
    return {person.id: person.name for person in await parts.tenants.people(caller.tenant_id)}
