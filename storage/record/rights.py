"""Who may do what, as the audit trail says it: folded from its entries, and compared with the rows by which doors are opened.

Of whoever, and whatever key, session or endpoint, no entry speaks nothing is known, and nothing compared, unless the trail begins
with the making of the tenant: then it speaks of all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from storage.access.keys import fingerprint_of
from storage.access.trail import Entry, address_mark, host_of
from storage.postgres.pool import Connection

# What is judged by, when somebody asks whether a person may: whose line they are in, and whom they may not judge, included.
OF_PEOPLE = ("roles", "team", "site", "vendor", "manager", "queues", "conflicts", "skills", "languages")
PEOPLE = f"SELECT id, {', '.join(OF_PEOPLE)}, active FROM people WHERE tenant = $1"  # noqa: S608 - constants
KEYS = "SELECT id, scopes, person_id, expires_at, active, hash, earlier_hash, earlier_until FROM api_keys WHERE tenant = $1"
SIGNING = "SELECT id, person_id, public_key, revoked_at IS NULL AS active FROM signing_keys WHERE tenant = $1"
# What opens a door now: of sessions that have ended nobody asks.
SESSIONS = """
SELECT id, person_id, way, hash, expires_at FROM sessions WHERE tenant = $1 AND ended_at IS NULL AND expires_at > now()
"""
ENDPOINTS = "SELECT id, purpose, url, active FROM webhook_endpoints WHERE tenant = $1 AND deleted_at IS NULL"
UNTIL = "SELECT coalesce(max(seq), 0) FROM trail WHERE tenant = $1"
LOGIN_CODE = "login_code"
PLAIN: Mapping[str, Any] = {
    "roles": ["mediator"], "team": None, "site": None, "vendor": None, "manager": None, "queues": [], "conflicts": [],
    "skills": [], "languages": [],
}  # fmt: skip
"""What somebody is of whom nothing more was said, as :class:`storage.team.people.Person` has it."""
Add = Callable[[str, int, str], None]


@dataclass(frozen=True)
class NotAfter:
    """An instant that was reckoned from one a moment before the entry's own: earlier than that, and never later."""

    latest: datetime


@dataclass
class Known:
    """What the entries say of one person or key; what is not in it they do not say."""

    seq: int
    """Number of the newest entry about it."""
    said: dict[str, Any] = field(default_factory=dict)


@dataclass
class Rights:
    """People and keys, by id, as the entries leave them. Give :meth:`take` each entry, in order."""

    people: dict[str, Known] = field(default_factory=dict)
    keys: dict[str, Known] = field(default_factory=dict)
    signing: dict[str, Known] = field(default_factory=dict)
    sessions: dict[str, Known] = field(default_factory=dict)
    endpoints: dict[str, Known] = field(default_factory=dict)
    whole: bool = False
    """The trail begins with the making of the tenant."""

    def take(self, entry: Entry) -> None:
        """What this entry changes."""
        if entry.seq == 1:
            self.whole = entry.deed == "tenant_set"
        deed, _, what = entry.deed.rpartition("_")
        if deed == "person":
            self._person(entry, what)
        elif deed in ("key", "signing_key", "login_code"):
            self._key(entry, deed, what)
        elif deed == "session" and what == "opened":
            self._session(entry)
        elif deed == "endpoint":
            self._endpoint(entry, what)

    def _person(self, entry: Entry, what: str) -> None:
        more = entry.more
        if what == "added":
            # An entry says what is otherwise than of somebody of whom nothing is said.
            self.people[entry.about] = Known(entry.seq, {**PLAIN, "active": True})
        known = self.people.get(entry.about)
        if known is None or what not in ("added", "changed", "deactivated", "activated"):
            return
        known.seq = entry.seq
        if what in ("deactivated", "activated"):
            known.said["active"] = what == "activated"
            self._end(more.get("ended", ()), entry.seq)
            return
        after = more.get("after", {})
        for name in OF_PEOPLE:
            if name in after:
                known.said[name] = after[name]
        if "roles" in more:
            known.said["roles"] = more["roles"]
        if "conflicts" in known.said:
            gone = {*more.get("conflicts_removed", ())}
            known.said["conflicts"] = sorted({*known.said["conflicts"], *more.get("conflicts_added", ())} - gone)

    def _key(self, entry: Entry, kind: str, what: str) -> None:
        more, into = entry.more, self.signing if kind == "signing_key" else self.keys
        if what in ("created", "made", "redeemed"):
            said = {
                "scopes": [LOGIN_CODE] if what == "made" else more.get("scopes"), "person_id": more.get("person"),
                "expires_at": _instant(more.get("expires_at")), "secret": more.get("secret"), "active": True,
            }  # fmt: skip
            # A new one has no secret before.
            said |= {"earlier": None, "earlier_until": None}
            # Entries of earlier releases do not say all of it.
            unsaid = {name for name in ("scopes", "secret") if said[name] is None}
            into[entry.about] = Known(entry.seq, {name: value for name, value in said.items() if name not in unsaid})
            self._end((*more.get("ended", ()), *((more["code"],) if "code" in more else ())), entry.seq)
        elif what == "registered":
            said = {"person_id": entry.by, "active": True, **({"public_key": more["public_key"]} if "public_key" in more else {})}
            into[entry.about] = Known(entry.seq, said)
        elif what == "rotated" and entry.about in into:
            known = into[entry.about]
            known.seq = entry.seq
            before = {"earlier": known.said["secret"]} if "secret" in known.said else {}
            known.said = {name: value for name, value in known.said.items() if name not in ("secret", "earlier", "earlier_until")}
            known.said |= before | ({"secret": more["secret"]} if "secret" in more else {}) | _overlap(entry)
        elif what == "revoked":
            self._end((entry.about,), entry.seq)

    def _session(self, entry: Entry) -> None:
        more = entry.more
        said: dict[str, Any] = {"person_id": entry.by, "way": more.get("way")}
        # Entries of earlier releases do not say which secret it was, and how long it lives at most.
        said |= {"secret": more["secret"]} if "secret" in more else {}
        said |= {"expires_at": NotAfter(entry.at + timedelta(seconds=more["lives_seconds"]))} if "lives_seconds" in more else {}
        self.sessions[entry.about] = Known(entry.seq, said)

    def _endpoint(self, entry: Entry, what: str) -> None:
        if what == "deleted":
            self.endpoints.pop(entry.about, None)
            return
        if what == "added":
            self.endpoints[entry.about] = Known(entry.seq, {"active": True})
        known = self.endpoints.get(entry.about)
        if known is None:
            return
        known.seq = entry.seq
        if what in ("enabled", "disabled"):
            known.said["active"] = what == "enabled"
        elif what in ("added", "changed"):
            if "host" in entry.more:
                known.said.pop("address", None)
            known.said |= {name: entry.more[name] for name in ("purpose", "host", "address") if name in entry.more}

    def _end(self, ids: Iterable[str], seq: int) -> None:
        for one in ids:
            for known in (self.keys.get(one), self.signing.get(one)):
                if known is not None:
                    known.seq, known.said["active"] = seq, False


@dataclass(frozen=True)
class Rows:
    """The rows as they stood at one moment, and the number of the newest entry then."""

    until: int
    people: Mapping[str, Mapping[str, Any]]
    keys: Mapping[str, Mapping[str, Any]]
    signing: Mapping[str, Mapping[str, Any]]
    sessions: Mapping[str, Mapping[str, Any]]
    endpoints: Mapping[str, Mapping[str, Any]]


async def rows_of(conn: Connection, tenant_id: str) -> Rows:
    """Who may do what by the rows, at one moment."""
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        statements = (PEOPLE, KEYS, SIGNING, SESSIONS, ENDPOINTS)
        people, keys, signing, sessions, endpoints = [await conn.fetch(statement, tenant_id) for statement in statements]
        until = await conn.fetchval(UNTIL, tenant_id)
    of_doors = (_by_id(people, _person), _by_id(keys, _key), _by_id(signing, dict), _by_id(sessions, _session))
    return Rows(until, *of_doors, _by_id(endpoints, _endpoint))


def compare(rows: Rows, rights: Rights, add: Add) -> None:
    """Note what the rows say otherwise than the entries (``rights_differ``), and of what no entry says anything
    (``rights_unsaid``)."""
    for there, said, stays in (
        (rows.people, rights.people, True), (rows.keys, rights.keys, True), (rows.signing, rights.signing, True),
        (rows.sessions, rights.sessions, False), (rows.endpoints, rights.endpoints, True),
    ):  # fmt: skip
        for one, known in said.items():
            row = there.get(one)
            if row is None and not stays:
                continue
            if row is None:
                add("rights_differ", known.seq, f"there is no {one} any more")
                continue
            other = sorted(name for name, value in known.said.items() if not _same(row[name], value))
            if other:
                add("rights_differ", known.seq, f"the row of {one} says otherwise: {', '.join(other)}")
        if rights.whole:
            for one in sorted(there.keys() - said.keys()):
                add("rights_unsaid", 0, f"no entry says where {one} comes from")


def _by_id(rows: Iterable[asyncpg.Record], made: Callable[[asyncpg.Record], dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["id"]: made(row) for row in rows}


def _person(row: asyncpg.Record) -> dict[str, Any]:
    return {**dict(row), "conflicts": sorted(row["conflicts"])}


def _key(row: asyncpg.Record) -> dict[str, Any]:
    earlier = row["earlier_hash"]
    before = fingerprint_of(earlier) if earlier is not None else None
    return {**dict(row), "secret": fingerprint_of(row["hash"]), "earlier": before}


def _session(row: asyncpg.Record) -> dict[str, Any]:
    return {**dict(row), "secret": fingerprint_of(row["hash"])}


def _endpoint(row: asyncpg.Record) -> dict[str, Any]:
    return {**dict(row), "host": host_of(row["url"]), "address": address_mark(row["id"], row["url"])}


def _overlap(entry: Entry) -> dict[str, Any]:
    """Until when the secret before a rotation is good: it was rotated a moment before that was noted."""
    seconds = entry.more.get("overlap_seconds")
    return {"earlier_until": NotAfter(entry.at + timedelta(seconds=seconds))} if seconds is not None else {}


def _instant(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said is not None else None


def _same(row: Any, said: Any) -> bool:
    if isinstance(said, NotAfter):
        # Of infinity the driver says the last day there is, and no zone.
        return row is not None and (row if row.tzinfo else row.replace(tzinfo=UTC)) <= said.latest
    if isinstance(row, bytes):
        return bool(row.hex() == said)
    return list(row) == list(said or ()) if isinstance(row, list) else bool(row == said)
