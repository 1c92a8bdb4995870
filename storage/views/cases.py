"""Reading cases, for the API, the command line and the console. Who may see what is decided by :mod:`domain.views.case`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import asyncpg
from pydantic_core import from_json

from activities.ports.records import KeptAnswer
from domain.model.erasure import Erased
from domain.model.facts import Actor, DueLevel, Recording
from domain.model.report import comparable
from domain.views.references import References
from storage.postgres.pool import Database
from storage.postgres.vault import Vault, open_contact
from storage.record.archive import Archive
from storage.record.stored_case import case_of
from storage.views import sql
from storage.views.references import references
from storage.views.rows import CaseRow, CaseRows, as_shown


@dataclass(frozen=True)
class CommandRow:
    """A command of a case, with what became of it."""

    id: str
    case_id: str
    type: str
    actor_id: str
    received_at: datetime
    status: Literal["pending", "accepted", "refused", "broken"]
    answer: KeptAnswer | None
    """None while pending."""
    credential: str | None = None
    """By which it came; None for what came before that was noted."""


@dataclass(frozen=True)
class NoticeRow:
    """A notice about a case, and how far it got."""

    id: str
    seq: int
    event: str
    audience: str
    recipient: str
    channel: Literal["email", "webhook", "none"]
    state: Literal["pending", "handed_over", "sent", "failed", "unreachable"]
    attempts: int
    last_error: str | None
    receipt: str | None
    created_at: datetime
    sent_at: datetime | None
    repeats: int
    """How often it went out again after it had been sent."""


@dataclass(frozen=True)
class CaseFilter:
    """Which cases to list. Everything given must hold."""

    kind: str | None = None
    phases: tuple[str, ...] | None = None
    told_phase: str | None = None
    """The phase as somebody outside may know it (:func:`domain.rules.audiences.seen_phase`)."""
    status: Literal["open", "closed"] | None = None
    owner: str | None = None
    queue: str | None = None
    priority: str | None = None
    category: str | None = None
    campaign: str | None = None
    ids: tuple[str, ...] | None = None
    due_before: datetime | None = None
    pressing: int | None = None
    """In this state, by its place in :data:`domain.views.urgency.STATES`."""
    ends_before: datetime | None = None
    """One of their clocks that run is over before this."""
    late_since: datetime | None = None
    """Late, and not before this."""
    unowned: bool | None = None
    """True: those alone that wait for somebody to take them."""
    stuck: Literal["any", "letters", "effects", "hands", "still"] | None = None
    """Of which a letter did not arrive, what was decided is not carried out, or nothing moves."""
    waiting_on: str | None = None
    """Whose turn it is."""
    waits_in: tuple[str, ...] | None = None
    """What waits in these queues for somebody to take it."""
    put_away: str | None = None
    """A person: their own cases that are put away until later, and those that they put away themselves; not back yet."""
    tag: str | None = None
    """With this label of the team."""
    party: str | None = None
    """Cases of this party only."""
    closed_to: tuple[str, ...] | None = None
    """Digests of parties and organisations whose cases are left out: somebody's conflicts of interest."""
    within: tuple[str, ...] | None = None
    """Queues and a person: only cases of one of the queues, and those that are this person's to read by themselves."""
    source: str | None = None
    external_id: str | None = None
    party_ref: str | None = None
    """With a party that the platform calls so."""
    matter: str | None = None
    """About this matter, however it was typed."""
    opened_after: datetime | None = None
    """Ranges begin with their first instant and end before their last one."""
    opened_before: datetime | None = None
    closed_after: datetime | None = None
    closed_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None
    told_after: datetime | None = None
    """As ``updated_after``, of what the platform may know."""
    told_before: datetime | None = None


@dataclass(frozen=True)
class PressingCount:
    """How many cases are in a state of :data:`domain.views.urgency.STATES`."""

    cases: int
    more: bool
    """There are more than were counted."""
    first_at: datetime | None
    """When the most pressing one's clock ends or ended; None: there is none."""


class PostgresViews:
    """Reads, tenant by tenant. An id of another tenant is answered like one that does not exist."""

    def __init__(self, database: Database, vault: Vault, archive: Archive | None = None) -> None:
        self._database, self._vault, self._archive = database, vault, archive
        self._rows = CaseRows()

    async def case(self, tenant_id: str, case_id: str) -> CaseRow | None:
        """One case. Whoever asks is about to read what belongs to it: it is brought back where it is in the archive."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(sql.CASE, tenant_id, case_id)
        if row is not None and row["archived"] and self._archive is not None:
            await self._archive.bring_back(tenant_id, case_id)
        return case_row(row) if row else None

    async def cases(self, tenant_id: str, which: CaseFilter, after: str | None = None, limit: int = 50) -> Sequence[CaseRow]:
        """Cases that match, newest first, older than the case ``after``."""
        which = await self._due(tenant_id, which)
        statement, arguments = sql.listing(self._wanted(tenant_id, which), "id < {}" if after else None, after, "id DESC", limit)
        async with self._database.tenant(tenant_id) as conn:
            return await self._rows.read(conn, tenant_id, await conn.fetch(statement, tenant_id, *arguments))

    async def ids(self, tenant_id: str, which: CaseFilter) -> frozenset[str]:
        """The ids alone of the cases that match."""
        tests, arguments = sql.clauses(self._wanted(tenant_id, which), 2)
        statement = f"{sql.IDS} AND {' AND '.join(tests)}" if tests else sql.IDS
        async with self._database.tenant(tenant_id) as conn:
            return frozenset(row["id"] for row in await conn.fetch(statement, tenant_id, *arguments))

    async def due_first(
        self, tenant_id: str, which: CaseFilter, after: tuple[int, datetime, str] | None = None, limit: int = 50
    ) -> Sequence[CaseRow]:
        """Open cases that match, by :func:`domain.views.urgency.pressing`; ``after`` is the last one's place."""
        which = await self._due(tenant_id, which)
        wanted = {**self._wanted(tenant_id, which), "status =": "open"}
        statement, arguments = sql.listing(wanted, sql.AFTER if after else None, after, sql.PRESSING_FIRST, limit)
        async with self._database.tenant(tenant_id) as conn:
            return await self._rows.read(conn, tenant_id, await conn.fetch(statement, tenant_id, *arguments))

    async def ending_first(
        self, tenant_id: str, which: CaseFilter, after: tuple[datetime, str] | None = None, limit: int = 50
    ) -> Sequence[CaseRow]:
        """Open cases that match, by when the next of their clocks is over; ``after`` is the last one's place."""
        which = await self._due(tenant_id, which)
        wanted = {**self._wanted(tenant_id, which), "status =": "open"}
        statement, arguments = sql.listing(wanted, sql.AFTER_END if after else None, after, sql.ENDS_FIRST, limit)
        async with self._database.tenant(tenant_id) as conn:
            return await self._rows.read(conn, tenant_id, await conn.fetch(statement, tenant_id, *arguments))

    async def pressing_counts(self, tenant_id: str, which: CaseFilter, most: int = sql.COUNTED) -> Sequence[PressingCount]:
        """How many open cases that match are in each state, the most pressing one first, each counted up to a bound."""
        which = await self._due(tenant_id, which)
        wanted = {**self._wanted(tenant_id, which), "status =": "open", "pressing =": None}
        statement, arguments = sql.counting(wanted, most)
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(statement, tenant_id, *arguments)
        return [PressingCount(min(row["cases"], most), row["cases"] > most, row["first_at"]) for row in rows]

    async def _due(self, tenant_id: str, which: CaseFilter) -> CaseFilter:
        """The filter with the ids of what falls due, where that is asked for and is not much: no order of a list is that of what
        falls due, so few among many would be looked for among all. Of much, the first ones are soon met in any order."""
        if which.due_before is None or which.ids is not None:
            return which
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(sql.DUE, tenant_id, which.due_before)
        return which if len(rows) > sql.COUNTED else replace(which, ids=tuple({row["case_id"] for row in rows}))

    def _wanted(self, tenant_id: str, which: CaseFilter) -> dict[str, Any]:
        """The conditions of a list. Whom and what a case is about lies there as keyed digests only."""
        matter = comparable(which.matter)
        digests: dict[str, Any] = {
            "party_ref": self._vault.ref_digest(tenant_id, which.party_ref) if which.party_ref is not None else None,
            "matter_digest =": self._vault.matter_digest(tenant_id, matter) if matter is not None else None,
        }
        if which.external_id is not None:
            # A payment provider's lies there as its digest, in cases of earlier releases as it is.
            digests |= {"external_id =": None, "external_id = ANY": self._vault.numbers_of(tenant_id, which.external_id)}
        return {**conditions(which), **digests}

    async def references(self, tenant_id: str, case_ids: Sequence[str]) -> Mapping[str, References]:
        """What the platform told us of these cases for itself, by case; the names and addresses of parties among it."""
        async with self._database.tenant(tenant_id) as conn:
            return await references(conn, self._vault, tenant_id, case_ids)

    async def actor(self, tenant_id: str, case_id: str, actor_id: str) -> Actor | None:
        """A person, key or party as ``record`` would see them on this case; None: nobody."""
        async with self._database.tenant(tenant_id) as conn:
            found = await conn.fetchval(sql.ACTOR, tenant_id, case_id, actor_id)
        return Actor.model_validate(found) if found else None

    async def timeline(self, tenant_id: str, case_id: str, after: int = 0, limit: int = 100) -> Sequence[Recording]:
        """Facts in order, those with a number above ``after``."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(sql.TIMELINE, tenant_id, case_id, after, limit)
        return [Recording.model_validate_json(row["body"]) for row in rows]

    async def mentions(self, tenant_id: str, person_id: str, since: datetime, limit: int) -> Sequence[tuple[str, Recording]]:
        """Notes of the team that name somebody, the newest first, each with its case."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(sql.MENTIONS, tenant_id, person_id, since, limit)
        return [(row["case_id"], Recording.model_validate_json(row["body"])) for row in rows]

    async def evidence(self, tenant_id: str, case_id: str) -> Sequence[Recording]:
        """What was handed in, oldest first."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(sql.EVIDENCE, tenant_id, case_id)
        return [Recording.model_validate_json(row["body"]) for row in rows]

    async def letters(self, tenant_id: str, case_id: str, party_id: str) -> Sequence[Mapping[str, Any]]:
        """What a party was written, oldest first: about what, by which channel, and when; without what waits to be sent."""
        async with self._database.tenant(tenant_id) as conn:
            return [dict(row) for row in await conn.fetch(sql.LETTERS, tenant_id, case_id, party_id)]

    async def texts(self, tenant_id: str, ids: Iterable[str]) -> Mapping[str, str | None]:
        """Decrypted texts by content id; None for one that was erased, ``Unreadable`` for one that does not open."""
        wanted = list(ids)
        if not wanted:
            return {}
        async with self._database.tenant(tenant_id) as conn:
            return await self._vault.reveal_to_readers(conn, tenant_id, wanted)

    async def gone(self, tenant_id: str, ids: Iterable[str]) -> Mapping[str, Erased]:
        """Of these texts those that were erased: when, and why."""
        async with self._database.tenant(tenant_id) as conn:
            return await self._vault.gone(conn, tenant_id, ids)

    async def attachment(self, tenant_id: str, content_id: str) -> tuple[str, str, bytes] | None:
        """Name, media type and bytes of a file; None when it is unknown or was erased."""
        async with self._database.tenant(tenant_id) as conn:
            return await self._vault.file(conn, tenant_id, content_id)

    async def report(self, tenant_id: str, case_id: str) -> dict[str, Any] | None:
        """What came with the report beside its texts and parties: the matter, and the attributes for the gates; None where that
        was erased, or does not open any more."""
        async with self._database.tenant(tenant_id) as conn:
            content_id = await conn.fetchval(sql.REPORT, tenant_id, case_id)
            found = await self._vault.reveal_bytes(conn, tenant_id, [content_id] if content_id else [], unreadable=set())
        data = next(iter(found.values()), None)
        return from_json(data) if data else None

    async def command(self, tenant_id: str, case_id: str, command_id: str) -> CommandRow | None:
        """One command of a case."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(sql.COMMAND, tenant_id, case_id, command_id)
        return _command_row(row) if row else None

    async def fact_of(self, tenant_id: str, case_id: str, command_id: str) -> Recording | None:
        """What a command did first; None: nothing, or nothing yet."""
        async with self._database.tenant(tenant_id) as conn:
            body = await conn.fetchval(sql.FACT_OF, tenant_id, case_id, command_id)
        return Recording.model_validate_json(body) if body else None

    async def commands(self, tenant_id: str, case_id: str, limit: int = 200) -> Sequence[CommandRow]:
        """All commands of a case in the order in which they came, refused ones included."""
        async with self._database.tenant(tenant_id) as conn:
            return [_command_row(row) for row in await conn.fetch(sql.COMMANDS, tenant_id, case_id, limit)]

    async def notices(self, tenant_id: str, case_id: str) -> Sequence[NoticeRow]:
        """Who was told what, in order."""
        async with self._database.tenant(tenant_id) as conn:
            return [NoticeRow(**dict(row)) for row in await conn.fetch(sql.NOTICES, tenant_id, case_id)]

    async def notice_case(self, tenant_id: str, notice_id: str) -> str | None:
        """The case that a notice is about."""
        async with self._database.tenant(tenant_id) as conn:
            found: str | None = await conn.fetchval(sql.NOTICE_CASE, tenant_id, notice_id)
        return found

    async def deadlines(self, tenant_id: str, case_id: str) -> Sequence[DueLevel]:
        """The levels ahead, earliest first."""
        async with self._database.tenant(tenant_id) as conn:
            return [DueLevel(**dict(row)) for row in await conn.fetch(sql.DEADLINES, tenant_id, case_id)]

    async def contacts(self, tenant_id: str, case_id: str) -> Mapping[str, dict[str, str | None]]:
        """``name``, ``email`` and ``ref`` by party id; a party that was erased is left out."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(sql.CONTACTS, tenant_id, case_id)
        found = {}
        for row in rows:
            key = self._vault.unwrap(tenant_id, case_id, row["holder"], row["key_id"], row["wrapped"])
            found[row["id"]] = from_json(open_contact(key, row["id"], row["contact"]))
        return found

    async def addresses(self, tenant_id: str, case_id: str) -> Mapping[str, str]:
        """E-mail addresses by party id."""
        contacts = await self.contacts(tenant_id, case_id)
        return {party_id: c["email"] for party_id, c in contacts.items() if c["email"]}

    async def counts(self, tenant_id: str) -> Mapping[tuple[str, str, str], int]:
        """How many cases there are, by kind, status and phase; synthetic ones left out."""
        async with self._database.tenant(tenant_id) as conn:
            rows = await conn.fetch(sql.COUNTS, tenant_id)
        return {(row["kind"], row["status"], row["phase"]): row["cases"] for row in rows}

    async def open_ids(self, tenant_id: str, after: str = "", limit: int = 500) -> Sequence[CaseRow]:
        """Cases that something may still happen in (open, or closed and not quiet), by id, for a revival of everything."""
        async with self._database.tenant(tenant_id) as conn:
            return [case_row(row) for row in await conn.fetch(sql.LIVING, tenant_id, after, limit)]


def conditions(which: CaseFilter) -> dict[str, Any]:
    """A filter as conditions on columns; those that are None hold for every case."""
    return {
        "kind =": which.kind,
        # One phase is asked for by equality: the index that knows it is in the order of the list.
        "phase =": which.phases[0] if which.phases is not None and len(which.phases) == 1 else None,
        "phase = ANY": list(which.phases) if which.phases is not None and len(which.phases) != 1 else None,
        "told_phase": which.told_phase,
        "status =": which.status,
        "owner =": which.owner,
        "queue =": which.queue,
        "priority =": which.priority,
        "category =": which.category,
        "campaign =": which.campaign,
        "id = ANY": list(which.ids) if which.ids is not None else None,
        "next_due_at <": which.due_before,
        "pressing =": which.pressing if which.late_since is None else 0,
        "ends_at <": which.ends_before,
        "pressing_at >=": which.late_since,
        "unowned": which.unowned or None,
        **({f"stuck_{which.stuck}": True} if which.stuck is not None else {}),
        "waiting_on =": which.waiting_on,
        "put_away": which.put_away,
        "tag": which.tag,
        "party": which.party,
        "closed_to": list(which.closed_to) if which.closed_to is not None else None,
        "waits_in": list(which.waits_in) if which.waits_in is not None else None,
        "within": list(which.within) if which.within is not None else None,
        "source =": which.source,
        "external_id =": which.external_id,
        "opened_at >=": which.opened_after,
        "opened_at <": which.opened_before,
        "closed_at >=": which.closed_after,
        "closed_at <": which.closed_before,
        "updated_at >=": which.updated_after,
        "updated_at <": which.updated_before,
        "told >=": which.told_after,
        "told <": which.told_before,
    }


def case_row(row: asyncpg.Record) -> CaseRow:
    """A row of a statement that begins with :data:`storage.views.sql.CASE_ROWS`."""
    return CaseRow(
        id=row["id"],
        kind=row["kind"],
        opened_at=row["opened_at"],
        case=as_shown(case_of(row["state"]), row["external_id"]) if row["state"] else None,
        external_id=row["external_id"],
        source=row["source"],
        turn=row["turn"],
        next_due_at=row["next_due_at"],
        next_clock=row["next_clock"],
        pressing=row["pressing"],
        pressing_at=row["pressing_at"],
        ends_at=row["ends_at"],
        priority=row["priority"],
    )


def _command_row(row: asyncpg.Record) -> CommandRow:
    answer = KeptAnswer.model_validate(row["answer"]) if row["answer"] else None
    return CommandRow(**{**dict(row), "answer": answer})
