"""Signing in to the pages: a session is a credential of one person, and decides like their own key.

Who signs in is said by the company's provider of identities, which also says what they are here; on a development machine
it is said by whoever sits there.
A session ends when it was idle, when its time is over, when its person ends it, when the provider says so, and
with the person's last day. It is looked up with every request, so each of these holds at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from domain.model.facts import SYSTEM
from services.callers import Caller
from services.errors import Refused, not_found
from services.parts import Parts
from services.people import tell
from services.rows import Session
from services.trail import Administrator, note
from storage.access import sessions
from storage.access.keys import fingerprint
from storage.postgres.pool import Connection
from storage.team import people
from storage.team.people import Person

IDLE_FOR = timedelta(hours=2)
"""A lunch is shorter; a machine that is left alone in the evening is signed out before somebody comes to clean."""
SESSION_FOR = timedelta(hours=12)
"""One working day, however long: whoever comes the next morning signs in anew."""
_DEVICE = 120
_ROLES = ("ops", "lead", "mediator")


@dataclass(frozen=True)
class Opened:
    """A session, and the secret that its browser gets this once."""

    session_id: str
    secret: str
    person_id: str


class Claims(Protocol):
    """What a provider of identities says of somebody whom it has proved; :class:`adapters.identity.oidc.Proved` is one."""

    @property
    def issuer(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def sid(self) -> str | None: ...
    @property
    def email(self) -> str | None:
        """Only an address that the provider has verified."""
        ...

    @property
    def name(self) -> str | None: ...
    @property
    def authenticated_at(self) -> datetime | None:
        """When they last showed the provider who they are; None: it does not say."""
        ...

    @property
    def groups(self) -> tuple[str, ...]: ...


class Begun(Protocol):
    """A sign-in that was begun."""

    @property
    def url(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def nonce(self) -> str: ...
    @property
    def verifier(self) -> str: ...


class LoggedOut(Protocol):
    """What a provider says is over."""

    @property
    def sid(self) -> str | None: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def at(self) -> datetime: ...


class Provider(Protocol):
    """A company's provider of identities; :class:`adapters.identity.oidc.OidcProvider` is one.

    It raises what has a ``code`` (``sign_in_refused``, ``identity_provider_away``) and a ``detail``.
    """

    @property
    def issuer(self) -> str: ...
    async def begin(self, redirect_to: str, *, anew: bool = False) -> Begun: ...
    async def finish(self, code: str, *, redirect_to: str, nonce: str, verifier: str) -> Claims: ...
    async def logged_out(self, token: str) -> LoggedOut: ...
    async def leave(self, back_to: str) -> str | None: ...


@dataclass(frozen=True)
class Mapped:
    """What somebody's groups at the provider make of them here."""

    roles: Mapping[str, str] = field(default_factory=dict)
    """Our role by the provider's group. Whoever is in none of these groups does not sign in."""
    queues: Mapping[str, str] = field(default_factory=dict)
    """Our queue by the provider's group; empty: queues are looked after here, and signing in changes none."""

    def roles_of(self, claims: Claims) -> tuple[str, ...]:
        """The roles, the strongest first."""
        found = {self.roles[group] for group in claims.groups if group in self.roles}
        return tuple(role for role in _ROLES if role in found)

    def attributes(self, claims: Claims) -> dict[str, object]:
        """What of a person follows from their groups."""
        queues = dict.fromkeys(self.queues[group] for group in claims.groups if group in self.queues)
        return {"roles": self.roles_of(claims), **({"queues": tuple(queues)} if self.queues else {})}


async def find(parts: Parts, secret: str, *, in_use: bool = True) -> Session | None:
    """The session that a browser shows; None: it has ended, or there never was one. ``in_use``: a person asks, not a page that
    looks by itself whether something is new."""
    return await parts.sessions.find(secret, in_use=in_use) if secret.isascii() and len(secret) < 200 else None


async def choices(parts: Parts, tenant_id: str) -> Sequence[Person]:
    """Whom one can be on a development machine. Raises ``login_needs_key`` for a tenant that is none of development."""
    tenant = await parts.tenants.tenant(tenant_id)
    if tenant is None or not tenant.development:
        raise Refused("login_needs_key")
    return [person for person in await parts.tenants.people(tenant_id) if person.active]


async def open_in_development(parts: Parts, tenant_id: str, person_id: str, device: str) -> Opened:
    """Be somebody, unasked. Raises ``login_needs_key`` outside development, ``not_found`` for nobody who works there."""
    if person_id not in {person.id for person in await choices(parts, tenant_id)}:
        raise not_found()
    async with parts.trail.deed(tenant_id) as conn:
        return await _opened(conn, tenant_id, person_id, "development", device)


async def open_for(parts: Parts, tenant_id: str, claims: Claims, mapped: Mapped, device: str) -> Opened:
    """Sign somebody in whom the provider has proved, as what their groups make of them.

    They are found by the provider's own id of them, the first time by a verified address; whoever is not here yet is taken on.
    Raises ``sign_in_refused`` for whoever is in no group that is somebody here, and for whoever does not work here any more.
    """
    attributes = mapped.attributes(claims)
    if not attributes["roles"]:
        raise Refused("sign_in_refused", "Your account is in no group that works here.")
    async with parts.trail.deed(tenant_id) as conn:
        person_id = await _meant(conn, tenant_id, claims)
        who = Administrator(tenant_id, SYSTEM.id, "oidc")
        if person_id is None:
            person_id = await _taken_on(parts, conn, who, claims, attributes)
        else:
            await people.hold(conn, tenant_id, person_id)
        person = await people.one(conn, tenant_id, person_id)
        if person is None or not person.active:
            raise Refused("sign_in_refused", "You do not work here any more.")
        await _follow_groups(parts, conn, who, person, attributes)
        return await _opened(conn, tenant_id, person_id, "oidc", device, claims)


async def listed(parts: Parts, caller: Caller) -> Sequence[Session]:
    """Where the caller is signed in, the latest first."""
    return await parts.sessions.listed(caller.tenant_id, caller.holder)


async def end(parts: Parts, caller: Caller, session_id: str) -> None:
    """End one of the caller's own sessions. Raises ``not_found``."""
    because: sessions.Ended = "signed_out" if session_id == caller.credential else "ended"
    if not await parts.sessions.end(caller.tenant_id, caller.holder, session_id, because):
        raise not_found()


async def end_by_provider(
    parts: Parts, tenant_id: str, *, issuer: str, sid: str | None, subject: str | None, at: datetime
) -> Sequence[str]:
    """End what the provider says is over, and was begun before it said so: said again later, it ends nothing new."""
    return await parts.sessions.end_of_provider(tenant_id, issuer, sid, subject, at)


async def _meant(conn: Connection, tenant_id: str, claims: Claims) -> str | None:
    known = await sessions.person_meant(conn, tenant_id, claims.issuer, claims.subject)
    if known is not None:
        return known
    found = await sessions.by_email(conn, tenant_id, claims.email) if claims.email else []
    if len(found) > 1:
        raise Refused("sign_in_refused", "Two people here have your address; an administrator has to tell them apart.")
    if found:
        await sessions.bind(conn, tenant_id, claims.issuer, claims.subject, found[0])
    return found[0] if found else None


async def _follow_groups(
    parts: Parts, conn: Connection, who: Administrator, before: Person, attributes: Mapping[str, object]
) -> None:
    """Make them what their groups say. What that changes is kept and told as if an administrator had done it."""
    changes = {name: value for name, value in attributes.items() if getattr(before, name) != value}
    if not changes:
        return
    await people.change(conn, who.tenant_id, before.id, changes)
    after = await people.one(conn, who.tenant_id, before.id)
    assert after is not None, "nobody is ever taken away"
    await note(conn, who, "person_changed", before.id, **people.noted(before, after, changes))
    await tell(parts, conn, who, before, after)


async def _taken_on(parts: Parts, conn: Connection, who: Administrator, claims: Claims, attributes: Mapping[str, object]) -> str:
    if claims.email is None:
        raise Refused("sign_in_refused", "Your provider says no verified address of you.")
    stem = "".join(c for c in claims.email.partition("@")[0].lower() if c.isascii() and (c.isalnum() or c in "._-"))[:60]
    for person_id in (f"per_{stem or 'member'}", *(f"per_{stem or 'member'}-{number}" for number in range(2, 50))):
        said = {"id": person_id, "name": claims.name or claims.email, "email": claims.email, **attributes}
        person = Person.model_validate(said)
        if await people.add(conn, who.tenant_id, person):
            await sessions.bind(conn, who.tenant_id, claims.issuer, claims.subject, person_id)
            await note(conn, who, "person_added", person_id, **people.noted(Person(id=person_id, name=""), person))
            roles = " ".join(person.roles)
            await parts.team_letters.tell(conn, who.tenant_id, "person_added", person_id, who.by, roles=roles)
            return person_id
    raise Refused("person_exists")


async def _opened(
    conn: Connection, tenant_id: str, person_id: str, way: sessions.Way, device: str, claims: Claims | None = None
) -> Opened:
    of_provider = (claims.issuer, claims.subject, claims.sid) if claims else (None, None, None)
    issuer, subject, sid = of_provider
    proved_at = claims.authenticated_at if claims else datetime.now(UTC)
    bounds: dict[str, Any] = {"idle_for": IDLE_FOR, "lives_for": SESSION_FOR, "proved_at": proved_at}
    session_id, secret = await sessions.create(
        conn, tenant_id, person_id, way, device=device[:_DEVICE], issuer=issuer, subject=subject, sid=sid, **bounds
    )
    said = {"way": way, "secret": fingerprint(secret), "lives_seconds": int(SESSION_FOR.total_seconds())}
    await note(conn, Administrator(tenant_id, person_id, session_id), "session_opened", session_id, **said)
    return Opened(session_id, secret, person_id)
