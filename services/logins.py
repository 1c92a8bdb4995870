"""How somebody comes to a key of their own: with a code that goes to their own address, and in development on the spot.

No administrator makes a key in the name of another, or sees the code. A code is good for one exchange and nothing else, and the
exchange ends every other key of the person. They, and the others of ops, are told of both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from services.authority import CredentialKind
from services.callers import Caller
from services.errors import Refused
from services.keys import WithSecret, works_here
from services.parts import Parts
from services.scopes import LOGIN_CODE
from services.trail import Administrator, administrator, note
from storage.access import keys
from storage.access.keys import ApiKey
from storage.postgres.pool import Connection
from storage.team import people
from storage.team.people import Person
from storage.tenants import Tenant

SCOPES_OF_A_LOGIN = ("cases:read", "cases:write", "team:read")
"""What a person's login is good for: everything of their own. What their role does not let them do, the rules refuse."""
MORE_FOR_OPS = ("admin", "act_as:parties", "intake")
"""What one of ops needs beside: to administer, and to hand on to the keys of platforms, never wider than their maker's."""
LOGIN_FOR = timedelta(days=90)
"""How long the key of a login lives: a quarter, after which whoever left unnoticed has none."""
DEVELOPMENT_FOR = timedelta(days=30)
"""The same where nobody asks for a password: what lies about in a folder ends soon."""
CODE_FOR = timedelta(hours=24)
"""Long enough to be handed over across time zones."""
_NAME = "ombud login"


class Keys(Protocol):
    """Makes API keys; :class:`storage.tenants.PostgresTenants`."""

    async def create_key(
        self,
        tenant_id: str,
        *,
        name: str = "",
        scopes: tuple[str, ...] = ("*",),
        person_id: str | None = None,
        expires_at: datetime | None = None,
        by: tuple[str, str] | None = None,
    ) -> tuple[str, str]: ...
    async def people(self, tenant_id: str) -> list[Person]: ...


@dataclass(frozen=True)
class Me:
    """Whoever holds a credential."""

    tenant_id: str
    credential: str
    kind: CredentialKind
    scopes: tuple[str, ...]
    person_id: str | None
    """None: it is nobody's own."""
    role: str | None
    """What they are to cases in general; None for a party, and for somebody who does not work here any more."""
    expires_at: datetime | None
    """When the credential ends by itself; None: it does not."""


async def me(parts: Parts, caller: Caller) -> Me:
    """Whose credential it is, and what it is good for."""
    person = caller.speaks_for if caller.is_somebody else None
    role: str | None = "platform"
    if person is not None:
        actor = await parts.views.actor(caller.tenant_id, "", person)
        role = actor.role if actor else None
    elif caller.speaks_for is not None:
        role = "system"
    key = await parts.api_keys.one(caller.tenant_id, caller.credential)
    until = key.expires_at if key is not None else None
    return Me(caller.tenant_id, caller.credential, caller.kind, tuple(sorted(caller.scopes)), person, role, until)


@dataclass(frozen=True)
class LoginCode:
    """A code that was made: as a key without its secret, and how it comes to its person."""

    key: ApiKey
    secret: str | None
    """In development alone: elsewhere whoever makes a code never has it."""
    mailed: bool


async def code_for(parts: Parts, caller: Caller, person_id: str) -> LoginCode:
    """A code with which this person gets a key of their own, once, within :data:`CODE_FOR`; it ends the one before.

    It goes to their own address; in development it is in the answer as well. Raises what :func:`administrator` raises,
    ``person_unknown``, ``person_deactivated`` and ``person_has_no_address``.
    """
    who = await administrator(parts, caller)
    tenant = await parts.tenants.tenant(who.tenant_id)
    shown = tenant is not None and tenant.development
    until = datetime.now(UTC) + CODE_FOR
    async with parts.trail.deed(who.tenant_id) as conn:
        await works_here(conn, who, person_id)
        await people.hold(conn, who.tenant_id, person_id)
        person = await people.one(conn, who.tenant_id, person_id)
        mailed = person is not None and person.email is not None
        if not (mailed or shown):
            raise Refused("person_has_no_address", fields={"person": person_id})
        ended = await keys.revoke_alike(conn, who.tenant_id, person_id, (LOGIN_CODE,))
        more: dict[str, Any] = {"scopes": (LOGIN_CODE,), "person_id": person_id, "expires_at": until, "created_by": who.by}
        code_id, secret = await keys.create(conn, who.tenant_id, name="login code", **more)
        said: dict[str, Any] = {
            "person": person_id,
            "expires_at": until.isoformat(),
            "mailed": mailed,
            "secret": keys.fingerprint(secret),
        }
        await note(conn, who, "login_code_made", code_id, **said, **({"ended": ended} if ended else {}))
        await parts.team_letters.tell(conn, who.tenant_id, "login_code_made", person_id, who.by, code=secret)
        return LoginCode(await _key(conn, who.tenant_id, code_id), secret if shown else None, mailed)


async def why_nobodys(parts: Parts, secret: str) -> str:
    """Why a secret opens nothing, as a code. Of a login code whoever has it is told what became of it; of all else nothing."""
    found = await parts.keys.ended(secret)
    if found is None or found[0] != (LOGIN_CODE,):
        return "key_invalid"
    return "login_code_ended" if found[1] else "login_code_expired"


async def redeemed(parts: Parts, caller: Caller) -> WithSecret:
    """The person's own key for the code that the caller holds. The code ends with it, and so does every other key of theirs.

    Raises ``login_code_needed`` for any other credential, and ``key_ended`` for a code that was exchanged meanwhile.
    """
    person = caller.speaks_for
    until = datetime.now(UTC) + LOGIN_FOR
    async with parts.trail.deed(caller.tenant_id) as conn:
        code = await keys.one(conn, caller.tenant_id, caller.credential)
        if code is None or person is None or code.scopes != (LOGIN_CODE,):
            raise Refused("login_code_needed")
        # Two codes of one person end each other: one after the other.
        await people.hold(conn, caller.tenant_id, person)
        if not await keys.revoke(conn, caller.tenant_id, code.id):
            raise Refused("key_ended")
        scopes = _of_a_login(await people.one(conn, caller.tenant_id, person))
        more: dict[str, Any] = {"scopes": scopes, "person_id": person, "expires_at": until, "created_by": person}
        key_id, secret = await keys.create(conn, caller.tenant_id, name=_NAME, **more)
        ended = await keys.revoke_others(conn, caller.tenant_id, person, key_id)
        who = Administrator(caller.tenant_id, person, caller.credential)
        said = {
            "person": person,
            "code": code.id,
            "ended": ended,
            "expires_at": until.isoformat(),
            "scopes": list(scopes),
            "secret": keys.fingerprint(secret),
        }
        await note(conn, who, "login_code_redeemed", key_id, **said)
        await parts.team_letters.tell(conn, caller.tenant_id, "login_code_redeemed", person, person, key=key_id)
        return WithSecret(await _key(conn, caller.tenant_id, key_id), secret)


async def development_key(makes: Keys, tenant: Tenant, person_id: str) -> tuple[str, datetime]:
    """The secret of a key of a person's own, made on the spot, and until when it lives. Raises ``login_needs_key`` outside
    development."""
    if not tenant.development:
        raise Refused("login_needs_key", f"'{tenant.id}' is no development tenant: log in with a key of your own.")
    until = datetime.now(UTC) + DEVELOPMENT_FOR
    known = next((one for one in await makes.people(tenant.id) if one.id == person_id), None)
    more: dict[str, Any] = {"name": _NAME, "scopes": _of_a_login(known), "person_id": person_id, "expires_at": until}
    return (await makes.create_key(tenant.id, **more, by=(person_id, "development")))[1], until


def _of_a_login(person: Person | None) -> tuple[str, ...]:
    return (*SCOPES_OF_A_LOGIN, *(MORE_FOR_OPS if person is not None and "ops" in person.roles else ()))


async def _key(conn: Connection, tenant_id: str, key_id: str) -> ApiKey:
    found = await keys.one(conn, tenant_id, key_id)
    assert found is not None, "it was just made"
    return found
