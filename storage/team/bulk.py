"""One command for many cases at once, all or none: what leads and ops order for a selection, and freezes for an incident.

A freeze has one instant for all of its cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import asyncpg

from activities.ports.errors import Never
from domain.base import Instant, Kept
from domain.model.commands import Command, parse_command
from domain.model.prose import Sealer
from storage.intake.new_parties import PartySealer
from storage.postgres.pool import NOW, Connection, Database
from storage.postgres.vault import PLATFORM, STAFF, SealBox, Vault
from storage.views.cases import CaseFilter, conditions
from storage.views.sql import WITHIN, clauses, open_to

# {0} the incident. Frozen, or about to be: a thaw must also reach the freeze that nobody has judged yet.
_FROZEN = """
(coalesce(jsonb_path_exists(c.state, '$.holds[*] ? (@.why == "freeze" && @.until == null && @.incident == $incident)',
    jsonb_build_object('incident', {0}::text)), false)
OR EXISTS (SELECT FROM commands w WHERE w.tenant = $1 AND w.case_id = c.id AND w.status = 'pending' AND w.type = 'freeze'
    AND w.body ->> 'incident' = {0}))
"""

PLACE = """
INSERT INTO commands (tenant, case_id, id, type, actor_id, channel, received_at, body, credential)
SELECT $1, b.case_id, b.id, $2, $3, 'api', $4, b.body, $6 FROM jsonb_to_recordset($5) AS b (case_id text, id text, body jsonb)
ON CONFLICT DO NOTHING
"""

PLACED = """
SELECT c.id, c.kind, c.opened_at, m.id AS command_id, m.type, m.actor_id, m.received_at, (m.body ->> 'at')::timestamptz AS at
FROM commands m JOIN cases c ON c.tenant = $1 AND c.id = m.case_id
WHERE m.tenant = $1 AND m.id = ANY($2) AND m.id LIKE 'cmd\\_%'
ORDER BY c.id
"""

ANSWERS = """
SELECT case_id, id AS command_id, status, answer ->> 'code' AS code, answer ->> 'detail' AS detail
FROM commands WHERE tenant = $1 AND id = ANY($2) AND id LIKE 'cmd\\_%'
ORDER BY case_id
"""

OPEN_AMONG = f"SELECT c.id FROM cases c WHERE c.tenant = $1 AND c.id = ANY($2) AND {open_to('$3')}"  # noqa: S608 - from constants

_SEEN = f"{open_to('$2')} AND ($3::text[] IS NULL OR {WITHIN.format('$3::text[]')})"
RUNNING = f"""
SELECT f.incident, count(DISTINCT f.case_id) AS cases, count(DISTINCT f.case_id) FILTER (WHERE f.waits) AS waiting,
    min(f.since) AS since
FROM (
    SELECT h ->> 'incident' AS incident, c.id AS case_id, (h ->> 'since')::timestamptz AS since, false AS waits
    FROM cases c CROSS JOIN LATERAL jsonb_array_elements(c.state -> 'holds') AS h
    WHERE c.tenant = $1 AND c.status = 'open' AND c.state -> 'holds' @> '[{{"why": "freeze"}}]'
        AND h ->> 'why' = 'freeze' AND h ->> 'until' IS NULL AND {_SEEN}
    UNION ALL
    SELECT w.body ->> 'incident', w.case_id, coalesce((w.body ->> 'at')::timestamptz, w.received_at), true
    FROM commands w JOIN cases c ON c.tenant = $1 AND c.id = w.case_id AND c.status = 'open'
    WHERE w.tenant = $1 AND w.status = 'pending' AND w.type = 'freeze' AND {_SEEN}
) AS f
GROUP BY f.incident
ORDER BY since, f.incident
"""  # noqa: S608 - put together from constants


# $2 the commands that gave or took cases away: who had each case just before; what comes between two owners ends the first.
OWNERS_BEFORE = """
SELECT done.case_id, before.owner
FROM commands w
JOIN LATERAL (
    SELECT f.case_id, f.seq FROM facts f WHERE f.tenant = w.tenant AND f.case_id = w.case_id AND f.command_id = w.id
    ORDER BY f.seq LIMIT 1
) AS done ON true
JOIN LATERAL (
    SELECT CASE f.type WHEN 'case_assigned' THEN f.body #>> '{fact,owner}' END AS owner FROM facts f
    WHERE f.tenant = w.tenant AND f.case_id = w.case_id AND f.seq < done.seq AND (
        f.type IN ('case_assigned', 'case_queued', 'case_reopened', 'case_remitted')
        OR f.type = 'phase_entered' AND f.body #>> '{fact,phase}' = 'appeal'
    )
    ORDER BY f.seq DESC LIMIT 1
) AS before ON before.owner IS NOT NULL
WHERE w.tenant = $1 AND w.id = ANY($2) AND w.status = 'accepted'
"""


class InstantAhead(Never):
    """An incident can neither begin nor end later than now."""

    def __init__(self) -> None:
        super().__init__("instant_refused", "This instant lies ahead; an incident begins and ends now or before.")


class TooMany(Never):
    """More cases than one bulk takes."""

    def __init__(self, limit: int) -> None:
        super().__init__("bulk_too_large", f"More than {limit:,} open cases fit; narrow the selection, and send several bulks.")


_PATIENCE_S = 30.0
"""For one statement: a thousand cases are held, and those that are judged just now are waited for."""
_AT_ONCE = 1000
"""Commands of a bulk that are looked up at once."""


@dataclass(frozen=True)
class Order:
    """What is sent to every selected case."""

    command: str
    """Its type."""
    incident: str | None
    """Of a freeze and a thaw: they go to what is not, or is, frozen for it, with one instant for all."""
    bulk_id: str
    """The same one again is the same bulk, whatever it would select now."""
    by: str
    at: datetime | None = None
    """The instant of an incident; None: when it was received."""
    more: Mapping[str, Any] | None = None
    """Further fields of the command, texts as they were written."""
    which: CaseFilter = CaseFilter()  # noqa: RUF009 - frozen
    limit: int | None = None
    """Cases at most."""


@dataclass(frozen=True)
class Member:
    """A case of a bulk, and the command it was sent."""

    case_id: str
    kind: str
    opened_at: datetime
    command_id: str


@dataclass(frozen=True)
class Placed:
    """A bulk that is on disk as a whole."""

    at: datetime | None
    received_at: datetime | None
    """Both None when there was no case to send it to; ``at`` also when it is about no incident."""
    members: Sequence[Member]
    command: str = ""
    by: str = ""


class Result(Kept):
    """How the command of one case stands."""

    case_id: str
    command_id: str
    status: Literal["pending", "accepted", "refused", "broken"]
    code: str | None = None
    detail: str | None = None


class Incident(Kept):
    """An incident for which clocks stand still."""

    incident: str
    cases: int
    waiting: int
    """Of these: the freeze is on disk and not judged yet."""
    since: Instant


class PostgresBulk:
    """Puts one command for each selected case into the inbox, all or none, with one time of receipt."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def preview(self, tenant_id: str, order: Order) -> Sequence[str]:
        """Ids of the cases that an order would go to now, oldest first. Raises :class:`TooMany` (``bulk_too_large``)."""
        async with self._database.tenant(tenant_id) as conn:
            return [row["id"] for row in await _selected(conn, tenant_id, order)]

    async def place(self, tenant_id: str, order: Order, credential: str | None) -> Placed:
        """Send an order, and by which credential it came, to every case that it selects. The same bulk again sends nothing, and
        answers what was sent.

        Raises :class:`InstantAhead` (``instant_refused``) and :class:`TooMany` (``bulk_too_large``).
        """
        stem = self._stem(tenant_id, order)
        async with self._database.tenant(tenant_id) as conn:
            known = await _placed(conn, tenant_id, stem)
            if known is not None:
                return known
            try:
                async with conn.transaction():
                    return await _place_all(conn, tenant_id, order, stem, self._vault, credential)
            except _NothingPlaced:
                # Sent by somebody else in this very moment: then theirs stands.
                return await _placed(conn, tenant_id, stem) or Placed(None, None, ())

    async def placed(self, tenant_id: str, number: str) -> Placed | None:
        """The bulk that was sent under a number of :meth:`number_of`; None when there is none."""
        async with self._database.tenant(tenant_id) as conn:
            return await _placed(conn, tenant_id, f"cmd_bulk-{number}")

    def number_of(self, tenant_id: str, bulk_id: str) -> str:
        """What the ids of a bulk's commands are made of: 32 hexadecimal digits.

        Keyed, so that nobody can guess an id and occupy it beforehand.
        """
        return self._vault.body_hash(tenant_id, bulk_id.encode()).hex()[:32]

    async def results(self, tenant_id: str, placed: Placed) -> Sequence[Result]:
        """How each command of a bulk stands now."""
        ids = [member.command_id for member in placed.members]
        async with self._database.tenant(tenant_id) as conn:
            return [Result(**dict(row)) for row in await conn.fetch(ANSWERS, tenant_id, ids, timeout=_PATIENCE_S)]

    async def owners_before(self, tenant_id: str, command_ids: Sequence[str]) -> Mapping[str, str]:
        """Who had each case before one of these commands gave it away or back, by case; those that nobody had are left out."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(OWNERS_BEFORE, tenant_id, list(command_ids), timeout=_PATIENCE_S)
        return {row["case_id"]: row["owner"] for row in rows}

    async def open_to(self, tenant_id: str, case_ids: Sequence[str], closed_to: Sequence[str]) -> frozenset[str]:
        """Of these cases those that none of these conflicts of interest closes."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(OPEN_AMONG, tenant_id, list(case_ids), list(closed_to))
        return frozenset(row["id"] for row in rows)

    async def incidents(
        self, tenant_id: str, closed_to: Sequence[str] = (), within: Sequence[str] | None = None
    ) -> Sequence[Incident]:
        """The incidents for which clocks of open cases stand still, the longest first; ``closed_to`` are conflicts of interest
        whose cases are not counted, ``within`` the queues and the person to whose cases the counts are limited (None: all)."""
        async with self._database.tenant(tenant_id) as conn:
            return [Incident(**dict(row)) for row in await conn.fetch(RUNNING, tenant_id, list(closed_to), within)]

    def _stem(self, tenant_id: str, order: Order) -> str:
        if order.incident is None:
            return f"cmd_bulk-{self.number_of(tenant_id, order.bulk_id)}"
        said = f"{order.command}\n{order.incident}\n{order.bulk_id}"
        return f"cmd_{order.command}-{self.number_of(tenant_id, said)}"


class _NothingPlaced(Exception):
    """There is no case for it, or somebody else is placing the same bulk."""


def selection(order: Order) -> tuple[str, tuple[Any, ...]]:
    """The statement that finds an order's cases, and its arguments from $2 on ($1 the tenant)."""
    where, arguments = clauses(conditions(order.which), 2)
    if order.incident is not None:
        arguments.append(order.incident)
        where.append(("NOT " if order.command == "freeze" else "") + _FROZEN.format(f"${len(arguments) + 1}"))
    tests = " AND ".join(["c.tenant = $1", "c.status = 'open'", *where])
    # One more than it may be tells that there are too many. In one order everywhere, so that two bulks wait for each other and
    # never lock each other out.
    most = f" LIMIT {order.limit + 1}" if order.limit is not None else ""
    return f"SELECT c.id, c.kind, c.opened_at FROM cases c WHERE {tests} ORDER BY c.id{most}", tuple(arguments)  # noqa: S608 - from constants


async def _selected(conn: Connection, tenant_id: str, order: Order, lock: str = "") -> Sequence[asyncpg.Record]:
    statement, arguments = selection(order)
    rows = await conn.fetch(statement + lock, tenant_id, *arguments, timeout=_PATIENCE_S)
    if order.limit is not None and len(rows) > order.limit:
        raise TooMany(order.limit)
    return rows


async def _place_all(conn: Connection, tenant_id: str, order: Order, stem: str, vault: Vault, credential: str | None) -> Placed:
    # Every row is held FOR SHARE before the clock is read, as for a single command: a record that judges a deadline of one of
    # them either is done by then, or waits and finds the command.
    rows = await _selected(conn, tenant_id, order, " FOR SHARE OF c")
    if not rows:
        # Also when somebody has sent the same bulk since it was looked for: what it went to is not selected any more.
        raise _NothingPlaced
    received_at = await conn.fetchval(NOW)
    at = None if order.incident is None else order.at or received_at
    if at is not None and at > received_at:
        raise InstantAhead
    members = [_member(row, f"{stem}-{number}") for number, row in enumerate(rows, 1)]
    boxes: dict[str, SealBox] = {}
    if "cnt_unsealed" in _command(order, members[0].command_id, at).model_dump_json():
        # Whoever orders a bulk is of the team, and so are its texts: sealed for each case, with that case's own key.
        keys = await vault.keys(conn, tenant_id, [member.case_id for member in members], STAFF)
        boxes = {case_id: SealBox(key) for case_id, key in keys.items()}
    named = await _for_ids(conn, tenant_id, order, members, vault) if boxes else {}
    people = {case_id: PartySealer(box, vault, tenant_id, case_id, named.get(case_id)) for case_id, box in boxes.items()}
    bodies = []
    for member in members:
        command = _command(order, member.command_id, at, people.get(member.case_id))
        bodies.append({"case_id": member.case_id, "id": member.command_id, "body": command.model_dump(mode="json")})
    done = await conn.execute(PLACE, tenant_id, order.command, order.by, received_at, bodies, credential, timeout=_PATIENCE_S)
    if int(done.split()[-1]) != len(members):
        raise _NothingPlaced
    await vault.keep(conn, *boxes.values())
    for brought in people.values():
        await brought.keep(conn)
    return Placed(at, received_at, members, order.command, order.by)


async def _for_ids(
    conn: Connection, tenant_id: str, order: Order, members: Sequence[Member], vault: Vault
) -> Mapping[str, SealBox]:
    """For ids of a payment provider and numbers of payments, where the order names some: they go with whoever is erased first."""
    if (order.more or {}).keys().isdisjoint({"news", "reference"}):
        return {}
    keys = await vault.keys(conn, tenant_id, [member.case_id for member in members], PLATFORM)
    return {case_id: SealBox(key) for case_id, key in keys.items()}


def _command(order: Order, command_id: str, at: datetime | None, sealer: Sealer | None = None) -> Command:
    said = {**(order.more or {}), "type": order.command, "id": command_id, "by": order.by, "channel": "api"}
    if order.incident is not None:
        said |= {"incident": order.incident, "at": at}
    return parse_command(said, sealer)


async def _placed(conn: Connection, tenant_id: str, stem: str) -> Placed | None:
    """A bulk that is on disk; None when its first command is not there, and so none is."""
    rows: list[asyncpg.Record] = []
    number = 1
    while number == len(rows) + 1:
        ids = [f"{stem}-{n}" for n in ([1] if number == 1 else range(number, number + _AT_ONCE))]
        rows += await conn.fetch(PLACED, tenant_id, ids, timeout=_PATIENCE_S)
        number += len(ids)
    if not rows:
        return None
    first = next(row for row in rows if row["command_id"] == f"{stem}-1")
    # Whoever has read the ids can send one more that fits; it was not received with the others.
    members = [_member(row, row["command_id"]) for row in rows if row["received_at"] == first["received_at"]]
    return Placed(first["at"], first["received_at"], members, first["type"], first["actor_id"])


def _member(row: asyncpg.Record, command_id: str) -> Member:
    return Member(row["id"], row["kind"], row["opened_at"], command_id)
