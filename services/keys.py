"""The life of API keys: who may make, rotate and revoke them. Each deed is in the tenant's audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from domain.model.facts import SYSTEM
from services.callers import Caller
from services.errors import FieldError, Refused, not_found
from services.heavy import need_fresh
from services.pages import Cursors, Page, Part
from services.parts import Parts
from services.scopes import EVERYTHING, SCOPES
from services.trail import Administrator, administrator, note
from storage.access import keys
from storage.access.keys import ApiKey
from storage.postgres.pool import Connection
from storage.team import people

OVERLAP_FOR = timedelta(hours=24)
"""How long the secret before a rotation lives on, unless said otherwise: a day, for whoever deploys once a day."""
MADE_BY_PAGE_FOR = timedelta(days=366)
"""How long a key is good at most that somebody made on a page."""
LONGEST_OVERLAP_FOR = keys.LONGEST_OVERLAP_FOR
_ALL = "`*` is what keys of the first releases have, and no scope: name each one that the key needs."


class WithSecret(NamedTuple):
    """A key and its secret, which is shown this once and kept nowhere."""

    key: ApiKey
    secret: str


async def create(
    parts: Parts, caller: Caller, *, name: str, scopes: Sequence[str], person_id: str | None, expires_at: datetime | None
) -> WithSecret:
    """A new key, good for its scopes and nothing else: none named, none given. One in a person's name is made by themselves.

    It is neither wider than the key by which it is made, nor lives longer. Raises what :func:`administrator` raises,
    ``own_key_only``, ``scope_unknown``, ``instant_refused``, ``person_unknown``, ``person_deactivated``, ``admin_needs_person``,
    ``key_wider`` and ``key_outlives``.
    """
    who = await administrator(parts, caller)
    need_fresh(caller, "make_key")
    wrong = [
        FieldError(f"scopes.{n}", "scope_unknown", _ALL if scope == EVERYTHING else "No such scope.")
        for n, scope in enumerate(scopes)
        if scope not in SCOPES
    ]
    if wrong:
        raise Refused("scope_unknown", errors=wrong, fields={"allowed": list(SCOPES)})
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise Refused("instant_refused", errors=[FieldError("expires_at", "instant_refused", "A key expires ahead of now.")])
    scopes = tuple(dict.fromkeys(scopes))
    async with parts.trail.deed(who.tenant_id) as conn:
        await works_here(conn, who, person_id)
        _own(who, person_id)
        if person_id is None and "admin" in scopes:
            raise Refused("admin_needs_person")
        await _within_its_maker(conn, caller, scopes, expires_at)
        key_id, secret = await keys.create(
            conn, who.tenant_id, name=name, scopes=scopes, person_id=person_id, expires_at=expires_at, created_by=who.by
        )
        until = expires_at.isoformat() if expires_at else None
        await note(
            conn,
            who,
            "key_created",
            key_id,
            scopes=list(scopes),
            person=person_id,
            expires_at=until,
            secret=keys.fingerprint(secret),
        )
        if person_id is not None:
            await parts.team_letters.tell(conn, who.tenant_id, "key_made", person_id, who.by, key=key_id, what="made")
        return WithSecret(await _there(conn, who, key_id), secret)


async def rotate(parts: Parts, caller: Caller, key_id: str, overlap_for: timedelta = OVERLAP_FOR) -> WithSecret:
    """A new secret for a live key. The one of now lives on for the overlap; one from an earlier rotation dies at once.

    Raises what :func:`administrator` raises, ``not_found``, ``own_key_only``, ``key_wider`` (whoever rotates a key
    holds it then), ``key_ended`` (expired or revoked).
    """
    who = await administrator(parts, caller)
    need_fresh(caller, "rotate_key")
    async with parts.trail.deed(who.tenant_id) as conn:
        key = await _there(conn, who, key_id)
        person_id = key.person_id
        _own(who, person_id)
        if caller.credential != key_id:
            await _maker_that_covers(conn, caller, key.scopes)
        secret = await keys.rotate(conn, who.tenant_id, key_id, overlap_for)
        if secret is None:
            raise Refused("key_ended")
        seconds = int(overlap_for.total_seconds())
        await note(conn, who, "key_rotated", key_id, overlap_seconds=seconds, secret=keys.fingerprint(secret))
        if person_id is not None:
            await parts.team_letters.tell(conn, who.tenant_id, "key_made", person_id, who.by, key=key_id, what="rotated")
        return WithSecret(await _there(conn, who, key_id), secret)


async def revoke(parts: Parts, caller: Caller, key_id: str) -> ApiKey:
    """End a key at once, with all its secrets; one that was revoked stays so. Raises as :func:`administrator`, ``not_found``."""
    who = await administrator(parts, caller)
    async with parts.trail.deed(who.tenant_id) as conn:
        if await keys.revoke(conn, who.tenant_id, key_id):
            await note(conn, who, "key_revoked", key_id)
        return await _there(conn, who, key_id)


async def read(parts: Parts, caller: Caller, key_id: str) -> ApiKey:
    """One key. Raises what :func:`administrator` raises, and ``not_found``."""
    who = await administrator(parts, caller)
    found = await parts.api_keys.one(who.tenant_id, key_id)
    if found is None:
        raise not_found()
    return found


async def listed(parts: Parts, caller: Caller, page: Page, person_id: str | None = None) -> Part[ApiKey]:
    """The keys of the tenant, or of one person, the newest first. Raises what :func:`administrator` raises."""
    who = await administrator(parts, caller)
    cursors = Cursors.of(parts, caller, "keys")
    after = cursors.read(page.cursor)[0] if page.cursor is not None else None
    found = await parts.api_keys.listed(who.tenant_id, page.limit + 1, after=after, person_id=person_id)
    shown, more = found[: page.limit], len(found) > page.limit
    return Part(tuple(shown), more, cursors.write(shown[-1].id) if more else None)


def _own(who: Administrator, person_id: str | None) -> None:
    """Whoever holds somebody's secret speaks and decides as them: an administrator holds their own. At the operator's command
    line any can be made, for there has to be a first one; the trail says by whom."""
    if person_id not in (None, who.by) and who.by != SYSTEM.id:
        raise Refused("own_key_only", fields={"person": person_id})


async def _within_its_maker(conn: Connection, caller: Caller, scopes: Sequence[str], expires_at: datetime | None) -> None:
    """Refuse what would be left when the key that makes it is gone, or could do what that one cannot: whoever finds one key does
    not make a better one of it. The operator's command line has no key."""
    maker = await _maker_that_covers(conn, caller, scopes)
    latest = datetime.now(UTC) + MADE_BY_PAGE_FOR
    if caller.kind == "session" and (expires_at is None or expires_at > latest):
        # What a browser made that nobody remembers is over one day.
        raise Refused("key_outlives", fields={"latest": latest.isoformat()})
    if maker is not None and maker.expires_at is not None and (expires_at is None or expires_at > maker.expires_at):
        raise Refused("key_outlives", fields={"latest": maker.expires_at.isoformat()})


async def _maker_that_covers(conn: Connection, caller: Caller, scopes: Sequence[str]) -> ApiKey | None:
    """The key by which somebody asks, if it has these scopes too; None at the operator's command line and in a session, which
    have none. A session has the scopes of its person."""
    if caller.kind == "operator":
        return None
    if caller.kind == "session":
        if wider := [scope for scope in scopes if scope not in caller.scopes]:
            raise Refused("key_wider", fields={"scopes": wider})
        return None
    maker = await keys.one(conn, caller.tenant_id, caller.credential)
    assert maker is not None, "it was just shown"
    wider = [] if EVERYTHING in maker.scopes else [scope for scope in scopes if scope not in caller.scopes]
    if wider:
        raise Refused("key_wider", fields={"scopes": wider})
    return maker


async def works_here(conn: Connection, who: Administrator, person_id: str | None) -> None:
    """Raises ``person_unknown`` and ``person_deactivated``."""
    if person_id is None:
        return
    person = await people.one(conn, who.tenant_id, person_id)
    if person is None:
        raise Refused("person_unknown", errors=[FieldError("person", "person_unknown", "Nobody has this id.")])
    if not person.active:
        raise Refused("person_deactivated")


async def _there(conn: Connection, who: Administrator, key_id: str) -> ApiKey:
    found = await keys.one(conn, who.tenant_id, key_id)
    if found is None:
        raise not_found()
    return found
