"""The tenant's audit trail: who may administer, what they did, who reads it; and what was tried at Temporal's door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.model.facts import SYSTEM
from services.callers import Caller, conflicts_of, only
from services.pages import Cursors, Page, Part
from services.parts import Parts
from storage.access import trail
from storage.access.trail import ChainedEntry, Sought
from storage.intake.refusals import DoorRefusal
from storage.postgres.pool import Connection

_ADMINISTRATORS = frozenset({"ops"})
_WHOSE = "Administration is the business of ops, with their own key, and of the operator's command line."


@dataclass(frozen=True)
class Administrator:
    """Whoever may administer a tenant."""

    tenant_id: str
    by: str
    """A person of ops; ``system``: the operator's command line."""
    credential: str


async def administrator(parts: Parts, caller: Caller) -> Administrator:
    """The caller, if they may administer: a person of ops whose own key has the scope ``admin``, or the operator.

    Raises ``scope_missing`` and ``not_allowed``.
    """
    caller.may("administer", "not_allowed", _WHOSE)
    if caller.kind == "operator":
        # Whoever has the database's password is nobody of the team, whomever they name.
        return Administrator(caller.tenant_id, SYSTEM.id, caller.credential)
    await only(parts, caller, _ADMINISTRATORS, _WHOSE)
    return Administrator(caller.tenant_id, caller.holder, caller.credential)


async def note(conn: Connection, who: Administrator, deed: str, about: str, **more: Any) -> None:
    """Keep in the tenant's trail what an administrator did to whom or what, in the transaction of the deed itself.

    ``async with parts.trail.deed(tenant) as conn`` opens one. ``more`` takes codes, ids, numbers and names of fields: nobody's
    words, nobody's name, no secret.
    """
    await trail.note(conn, who.tenant_id, deed=deed, about=about, by=who.by, credential=who.credential, more=more)


async def listed(parts: Parts, caller: Caller, page: Page, sought: Sought) -> Part[ChainedEntry]:
    """What was done, the newest first, and what is sought of it. For administrators."""
    who = await administrator(parts, caller)
    cursors = Cursors.of(parts, caller, "trail", sought.model_dump_json())
    before = int(cursors.read(page.cursor)[0]) if page.cursor is not None else None
    found = await parts.trail.listed(who.tenant_id, page.limit + 1, sought, before=before)
    shown, more = found[: page.limit], len(found) > page.limit
    return Part(tuple(shown), more, cursors.write(str(shown[-1].seq)) if more else None)


async def not_let_in(parts: Parts, caller: Caller, page: Page) -> Part[DoorRefusal]:
    """What Temporal's door did not let in, the newest first, without cases that a conflict of interest closes to the reader."""
    who = await administrator(parts, caller)
    cursors = Cursors.of(parts, caller, "door-refusals")
    before = int(cursors.read(page.cursor)[0]) if page.cursor is not None else None
    closed = await conflicts_of(parts, caller, who.by)
    found = await parts.door_refusals.listed(who.tenant_id, page.limit + 1, before=before, closed_to=closed)
    shown, more = found[: page.limit], len(found) > page.limit
    return Part(tuple(shown), more, cursors.write(str(shown[-1].id)) if more else None)
