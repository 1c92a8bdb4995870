"""Who may do what, as the audit trail says it: folded from its entries, and compared with the rows by which doors are opened.

Of whoever, and whatever key, no entry speaks nothing is known, and nothing compared, unless the trail begins with the making of
the tenant: then it speaks of all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg

from storage.access.keys import fingerprint_of
from storage.access.trail import Entry
from storage.postgres.pool import Connection

# What is judged by, when somebody asks whether a person may: whose line they are in, and whom they may not judge, included.
OF_PEOPLE = ("roles", "team", "site", "vendor", "manager", "queues", "conflicts", "skills", "languages")
PEOPLE = f"SELECT id, {', '.join(OF_PEOPLE)}, active FROM people WHERE tenant = $1"  # noqa: S608 - constants
KEYS = "SELECT id, scopes, person_id, expires_at, active, hash FROM api_keys WHERE tenant = $1"
SIGNING = "SELECT id, person_id, public_key, revoked_at IS NULL AS active FROM signing_keys WHERE tenant = $1"
UNTIL = "SELECT coalesce(max(seq), 0) FROM trail WHERE tenant = $1"
LOGIN_CODE = "login_code"
PLAIN: Mapping[str, Any] = {
    "roles": ["mediator"], "team": None, "site": None, "vendor": None, "manager": None, "queues": [], "conflicts": [],
    "skills": [], "languages": [],
}  # fmt: skip
"""What somebody is of whom nothing more was said, as :class:`storage.team.people.Person` has it."""
Add = Callable[[str, int, str], None]


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
            known.said = {name: value for name, value in known.said.items() if name != "secret"}
            known.said |= {"secret": more["secret"]} if "secret" in more else {}
        elif what == "revoked":
            self._end((entry.about,), entry.seq)

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


async def rows_of(conn: Connection, tenant_id: str) -> Rows:
    """Who may do what by the rows, at one moment."""
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        people, keys, signing = [await conn.fetch(statement, tenant_id) for statement in (PEOPLE, KEYS, SIGNING)]
        until = await conn.fetchval(UNTIL, tenant_id)
    return Rows(until, _by_id(people, _person), _by_id(keys, _key), _by_id(signing, dict))


def compare(rows: Rows, rights: Rights, add: Add) -> None:
    """Note what the rows say otherwise than the entries (``rights_differ``), and of what no entry says anything
    (``rights_unsaid``)."""
    for there, said in ((rows.people, rights.people), (rows.keys, rights.keys), (rows.signing, rights.signing)):
        for one, known in said.items():
            row = there.get(one)
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
    return {**dict(row), "secret": fingerprint_of(row["hash"])}


def _instant(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said is not None else None


def _same(row: Any, said: Any) -> bool:
    if isinstance(row, bytes):
        return bool(row.hex() == said)
    return list(row) == list(said or ()) if isinstance(row, list) else bool(row == said)
