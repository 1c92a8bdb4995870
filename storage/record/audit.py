"""The record proves itself: every chain computed and every state folded again, compared with the tables and with signed heads."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from activities.ports.evidence import EvidenceStore
from domain.model.case import Case, folded_otherwise
from domain.model.chain import root
from domain.model.facts import Recording
from domain.rules.evolve import fold as fold_facts
from storage.access.trail import Entry
from storage.postgres.pool import AWAY, NOW, Connection, Database
from storage.postgres.server import ServerAway
from storage.postgres.vault import Vault
from storage.record.archive import Archive, laid_out, only_looking
from storage.record.erasure_trail import ErasuresSaid, compare_erasures, erasure_rows
from storage.record.heads import (
    OF_THE_DAY,
    OF_THE_READS,
    OF_THE_TRAIL,
    HeadFlaw,
    Heads,
    SignedHead,
    Signer,
    genuine,
    list_digest,
    read,
    too_old,
)
from storage.record.pressing import NOT_KNOWN, UNPLACED
from storage.record.reads import differing
from storage.record.records import projection
from storage.record.rights import Rights, compare, rows_of
from storage.record.stored_case import STATE, case_of
from storage.record.surroundings import Surroundings, Texts, check_around, check_stored, referred, surroundings
from storage.record.verdict import Flaw, Flaws, Verdict

__all__ = ["Chain", "Flaw", "Looked", "PostgresAudit", "Verdict", "trails", "trails_at"]

PAGE = 50
"""Cases looked at with one query."""
OF_THE_HEADS = "heads"
"""Stands in a flaw where a case has its id: the file of signed heads."""
TRAILS_FOR = timedelta(seconds=30)
"""How long :func:`trails_at` looks; longer than that it is the business of :meth:`PostgresAudit.verify`."""
_ENTRIES = 5000
"""Entries of a trail looked at with one query."""

_CASES = f"""
SELECT c.id, c.turn, c.seq, c.head, {STATE} AS state, c.kind, c.category, c.phase, c.status, c.outcome, c.owner, c.queue,
    c.priority, c.waiting_on, c.wants_owner, c.needs_hands, c.next_due_at, c.next_clock, c.opened_at, c.updated_at, c.closed_at,
    c.pack, c.pack_version, c.calendars, c.legal_hold, c.campaign, c.platform_updated_at, c.pressing, c.pressing_at, c.ends_at,
    c.report_content, c.synthetic, c.source, c.open_command_id, c.archived,
    c.terms_key IS NULL OR c.terms_key = encode(sha256(convert_to(c.terms::text, 'UTF8')), 'hex') AS terms_kept,
    ARRAY(SELECT jsonb_build_array(d.clock, d.instance, d.level, d.count, d.due_at) FROM deadlines d
          WHERE d.tenant = $1 AND d.case_id = c.id ORDER BY d.clock, d.instance, d.level, d.count) AS deadlines
FROM cases c
WHERE c.tenant = $1 AND {{which}}
"""  # noqa: S608 - put together from constants
CASES = _CASES.format(which="c.id > $2 ORDER BY c.id LIMIT $3")
LIVE = _CASES.format(which="NOT c.archived AND c.id > $2 ORDER BY c.id LIMIT $3")
CASE = _CASES.format(which="c.id = $2")
FACTS = """
SELECT case_id, seq, at, recorded_at, type, command_id, actor_id, body, hash, prev_hash
FROM facts
WHERE tenant = $1 AND case_id = ANY($2)
ORDER BY case_id, seq
"""
SINCE = _CASES.format(which="c.id > $2 AND c.updated_at >= $4 ORDER BY c.id LIMIT $3")
COPIES_OF = "SELECT line, public_key FROM signed_heads WHERE tenant = $1 AND case_id = $2 ORDER BY id"
THERE = "SELECT id FROM cases WHERE tenant = $1 AND id = ANY($2)"
COPIES = "SELECT line FROM signed_heads WHERE tenant = $1 AND public_key = $2 ORDER BY id DESC LIMIT 20"
"""The newest heads that were signed, as the database has them."""
TRAIL = """
SELECT seq, at, deed, about, actor_id, credential, body, hash, prev_hash FROM trail WHERE tenant = $1 AND seq > $2
ORDER BY seq
LIMIT $3
"""
Fold = Callable[[str, Iterable[Recording]], Case]


@dataclass(frozen=True)
class Looked:
    """A case that was looked at."""

    row: asyncpg.Record
    around: Surroundings
    intact: bool
    all_facts: str
    """:func:`list_digest` of its facts."""


@dataclass(frozen=True)
class Chain:
    """The facts of a case as they were hashed, and the heads that were signed of them."""

    begins: str
    """What the first fact stands behind."""
    facts: list[tuple[int, dict[str, Any], str]]
    """Number, content and hash of each."""
    heads: list[tuple[SignedHead, str]]
    """What was signed of it, oldest first, each with the key that it was signed with."""
    public_key: str
    """Of whoever signs heads now."""

    def signed(self, upto: int | None = None) -> tuple[SignedHead | None, str]:
        """The newest head, and the key that it was signed with; with ``upto`` the first one that covers the fact of this number,
        the newest where none does yet."""
        covering = [one for one in self.heads if upto is not None and one[0].seq >= upto]
        # One of an earlier form proves a part only, to whom facts are closed.
        covering.sort(key=lambda one: not one[0].all_facts)
        return next(iter([*covering[:1], *self.heads[-1:]]), (None, self.public_key))


class PostgresAudit:
    """Verifies records. ``public_key`` is that of whoever signs the heads (hex); left out, it follows from the master key."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        fold: Fold = fold_facts,
        store: EvidenceStore | None = None,
        public_key: str | None = None,
    ) -> None:
        self.database, self._vault, self._store = database, vault, store
        self._archive = Archive(database, vault, store) if store is not None else None
        self._earlier_key = Signer.of(vault).public_key
        self._fold = fold
        self.public_key = public_key or self._earlier_key

    def heads(self, path: Path) -> Heads:
        """A file of signed heads, with what is wrong with it."""
        return read(path, self.public_key, self._earlier_key)

    async def verify(
        self,
        tenant_id: str | None = None,
        *,
        heads: Path | None = None,
        since: datetime | None = None,
        longest: timedelta | None = None,
    ) -> Verdict:
        """Go through one tenant, or all; compare with the signed heads in a file when one is given.

        ``since``: only the cases that moved from then on. ``longest``: the newest heads must not be older than that.
        """
        verdict = Verdict()
        signed = await asyncio.to_thread(self.heads, heads) if heads is not None else Heads()
        tenants = [tenant_id] if tenant_id is not None else await self.database.tenant_ids()
        for tenant in tenants:
            seen = {OF_THE_TRAIL, OF_THE_DAY, OF_THE_READS}
            async for page in self.pages(tenant, verdict, signed, since):
                seen.update(looked.row["id"] for looked in page)
            await self.verify_trail(tenant, signed, verdict)
            await self.verify_reads(tenant, signed, verdict, since)
            unseen = [case_id for of, case_id in signed.by_case if of == tenant and case_id not in seen]
            await self._find(tenant, unseen, verdict)
        if heads is not None:
            await self.judge(signed, tenants, verdict, longest)
        return verdict

    async def verify_trail(self, tenant: str, signed: Heads, verdict: Verdict) -> None:
        """Go through the audit trail of a tenant."""
        await _verify_trail(self.database, tenant, signed.of(tenant, OF_THE_TRAIL), verdict)

    async def verify_reads(self, tenant: str, signed: Heads, verdict: Verdict, since: datetime | None = None) -> None:
        """Hold who read what against what was signed of it; what was read since the newest head is compared with the next one."""
        kept = signed.of(tenant, OF_THE_READS)
        async with self.database.tenant(tenant) as conn:
            wrong = await differing(conn, tenant, kept, since)
        verdict.heads += len(kept)
        for head in wrong:
            verdict.flaws.append(Flaw(tenant, OF_THE_READS, "reads_differ", head.seq, f"those up to {head.until} were signed"))

    async def _find(self, tenant: str, case_ids: Sequence[str], verdict: Verdict) -> None:
        """Cases with a signed head that were not looked at must be there all the same."""
        async with self.database.tenant(tenant) as conn:
            there = {row["id"] for row in await conn.fetch(THERE, tenant, case_ids)} if case_ids else set()
        for case_id in case_ids:
            if case_id not in there:
                verdict.flaws.append(Flaw(tenant, case_id, "case_missing", detail="signed once, not in the database"))

    async def judge(self, signed: Heads, tenants: Sequence[str], verdict: Verdict, longest: timedelta | None = None) -> None:
        """What is wrong with a file of heads itself, also against what the database knows to have been signed."""
        found = [flaw for flaw in signed.flaws if not flaw.tenant or flaw.tenant in tenants]
        for tenant in tenants:
            async with self.database.tenant(tenant) as conn:
                now: datetime = await conn.fetchval(NOW)
                copies = [SignedHead(**json.loads(row["line"])) for row in await conn.fetch(COPIES, tenant, self.public_key)]
            newest = next((copy for copy in copies if genuine(copy, self.public_key)), None)
            if newest is not None and newest not in signed.of(tenant, newest.case_id):
                detail = f"number {newest.number}, signed at {newest.signed_at}, is not in it"
                found.append(HeadFlaw("heads_fewer", detail, tenant))
            if longest is not None and signed.lines:
                found += too_old(signed, tenant, now, longest)
        verdict.flaws += [Flaw(flaw.tenant, OF_THE_HEADS, flaw.what, flaw.seq, flaw.detail) for flaw in found]

    async def verify_case(self, tenant_id: str, case_id: str, heads: Path | None = None) -> Verdict:
        """Go through one case: its chain, and everything that follows from its facts."""
        signed = await asyncio.to_thread(self.heads, heads) if heads is not None else Heads()
        cases, _, verdict = await self._looked(tenant_id, CASE, (tenant_id, case_id), signed)
        verdict.head = cases[0]["head"] if cases else ""
        if heads is not None:
            await self.judge(signed, [tenant_id], verdict)
        return verdict

    async def chain(self, tenant_id: str, case_id: str) -> Chain:
        """What a stranger needs to check a case."""
        async with self.database.tenant(tenant_id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            facts = await conn.fetch(FACTS, tenant_id, [case_id])
            copies = await conn.fetch(COPIES_OF, tenant_id, case_id)
        heads = [(SignedHead(**json.loads(row["line"])), row["public_key"]) for row in copies]
        # Signed by a process with another key than this one was told of, a head is as good: who checks it knows the key.
        begins, good = (facts[0]["prev_hash"] if facts else ""), [one for one in heads if genuine(*one)]
        return Chain(begins, [(f["seq"], f["body"], f["hash"]) for f in facts], good, self.public_key)

    async def pages(
        self, tenant: str, verdict: Verdict, signed: Heads, since: datetime | None = None, *, archived: bool = True
    ) -> AsyncIterator[list[Looked]]:
        """Go through the cases of a tenant, a page at a time; what is amiss is added to the verdict. ``archived``: also through
        what lies in the archive, where nothing moves."""
        after, statement = "", CASES if archived else LIVE
        while True:
            asked = (tenant, after, PAGE) if since is None else (tenant, after, PAGE, since)
            cases, page, found = await self._looked(tenant, statement if since is None else SINCE, asked, signed)
            verdict.take(found)
            if not cases:
                return
            yield page
            after = cases[-1]["id"]

    async def _looked(
        self, tenant: str, statement: str, asked: Sequence[Any], signed: Heads
    ) -> tuple[Sequence[asyncpg.Record], list[Looked], Verdict]:
        while True:
            verdict = Verdict()
            # One moment for all that is read, or a case that moves in between looks tampered with. What lies in the archive is
            # laid out for that moment alone.
            with suppress(asyncpg.SerializationError):
                async with self.database.tenant(tenant) as conn, only_looking(conn):
                    cases = await conn.fetch(statement, *asked)
                    return cases, await self._check(conn, tenant, cases, signed, verdict), verdict

    async def _check(
        self, conn: Connection, tenant: str, cases: Sequence[asyncpg.Record], signed: Heads, verdict: Verdict
    ) -> list[Looked]:
        """Go through a page of cases: the chain of each, what follows from it, and everything around it."""
        faults = await laid_out(self._archive, conn, tenant, [row["id"] for row in cases if row["archived"]])
        verdict.cases += len(faults)
        verdict.flaws += [Flaw(tenant, case_id, fault.what, detail=str(fault)) for case_id, fault in faults.items()]
        cases = [row for row in cases if row["id"] not in faults]
        ids = [row["id"] for row in cases]
        facts: dict[str, list[asyncpg.Record]] = {}
        for fact in await conn.fetch(FACTS, tenant, ids):
            facts.setdefault(fact["case_id"], []).append(fact)
        around, texts = await surroundings(conn, tenant, ids), Texts(self._vault, conn, tenant)
        page = []
        for row in cases:
            rows, kept = around[row["id"]], signed.of(tenant, row["id"])
            checked = _CaseAudit(tenant, row, facts.pop(row["id"], []), self._fold)
            # A case of thousands of facts takes a while to fold: not on the loop that answers everybody.
            await asyncio.to_thread(checked.check, self._vault, rows)
            await texts.check(list(referred(row, checked.recordings, rows)), checked.flaw)
            if self._store is not None:
                await check_stored(self._store, self._vault, tenant, rows, checked.flaw)
            checked.compare(kept, rows)
            verdict.cases += 1
            verdict.facts += len(checked.facts)
            verdict.heads += len(kept)
            verdict.flaws += checked.flaws
            page.append(Looked(row, rows, not checked.flaws, list_digest(fact["hash"] for fact in checked.facts)))
        verdict.texts += texts.looked_at
        return page


async def trails(database: Database) -> Verdict:
    """Go through the audit trail of every tenant, without signed heads and without the master key: for whoever only asks whether
    they are whole."""
    verdict = Verdict()
    for tenant in await database.tenant_ids():
        await _verify_trail(database, tenant, [], verdict)
    return verdict


async def trails_at(dsn: str, patience: timedelta) -> Verdict:
    """The same of the database at ``dsn``. Raises ServerAway when it does not answer, or has answered only in part in time."""
    seconds = patience.total_seconds()
    try:
        async with asyncio.timeout(TRAILS_FOR.total_seconds()):
            async with await Database.connect(dsn, command_timeout=seconds, lend_within=seconds) as database:
                return await trails(database)
    except AWAY as error:
        raise ServerAway(str(error) or type(error).__name__) from error
    except asyncpg.PostgresError as error:
        raise ServerAway(str(error)) from error


async def _verify_trail(database: Database, tenant: str, signed: Sequence[SignedHead], verdict: Verdict) -> None:
    flaws = Flaws(tenant, OF_THE_TRAIL)
    async with database.tenant(tenant) as conn:
        there, said = await rows_of(conn, tenant), Rights()
        erasures, asked = await erasure_rows(conn, tenant), ErasuresSaid()
    head, last, wanted = "", 0, {s.seq for s in signed}
    kept: dict[int, str] = {}
    while True:
        async with database.tenant(tenant) as conn:
            rows = await conn.fetch(TRAIL, tenant, last, _ENTRIES)
        if not rows:
            break
        head = flaws.of_chain(rows, head, last + 1)
        for row in rows:
            entry = _check_entry(row, flaws)
            # What was done since the rows were read is not in them.
            if entry is not None and row["seq"] <= there.until:
                said.take(entry)
            if entry is not None and row["seq"] <= erasures.until:
                asked.take(entry)
        kept |= {row["seq"]: row["hash"] for row in rows if row["seq"] in wanted}
        last = rows[-1]["seq"]
        verdict.deeds += len(rows)
    compare(there, said, flaws.add)
    compare_erasures(erasures, asked, flaws.add)
    flaws.of_heads(kept, signed)
    verdict.heads += len(signed)
    verdict.flaws += flaws.found


def _check_entry(row: asyncpg.Record, flaws: Flaws) -> Entry | None:
    """The columns of an entry of the trail say what its content says; the entry, None where it cannot be read."""
    try:
        entry = Entry.model_validate(row["body"])
    except ValueError as error:
        flaws.add("unreadable", row["seq"], type(error).__name__)
        return None
    said = (entry.seq, entry.at, entry.deed, entry.about, entry.by, entry.credential)
    if said != tuple(row[name] for name in ("seq", "at", "deed", "about", "actor_id", "credential")):
        flaws.add("columns_differ", row["seq"], "the row's columns are not those of its content")
    return entry


class _CaseAudit:
    """One case under examination."""

    def __init__(self, tenant: str, row: asyncpg.Record, facts: list[asyncpg.Record], fold: Fold) -> None:
        self._tenant, self._row, self.facts, self._fold = tenant, row, facts, fold
        self._flaws = Flaws(tenant, row["id"])
        self.flaw, self.flaws = self._flaws.add, self._flaws.found
        self.recordings: list[Recording] = []

    def check(self, vault: Vault, around: Surroundings) -> None:
        """The chain from the first fact to the head, then everything that follows from the facts."""
        first = self.facts[0]["prev_hash"] if self.facts else self._row["head"]
        # Behind the empty string began what an earlier release opened; the heads that were signed say which did.
        begins = root(self._tenant, self._row["id"]) if first else ""
        head = self._flaws.of_chain(self.facts, begins)
        last = self.facts[-1]["seq"] if self.facts else 0
        if (self._row["seq"], self._row["head"]) != (last, head):
            self.flaw("head_differs", self._row["seq"], f"the last fact on record is number {last}")
        self.recordings = self._recordings()
        if self.recordings:
            case = self._check_state(self.recordings)
            if case is not None:
                check_around(vault, self._tenant, case, self.recordings, around, self.flaw)
        elif self._row["state"] is not None and not self.flaws:
            self.flaw("state_differs", 0, "there is a state and no fact")

    def compare(self, signed: Sequence[SignedHead], around: Surroundings) -> None:
        """What was signed must still be there: the facts, and beside them as much as the newest head covers."""
        self._flaws.of_heads({fact["seq"]: fact["hash"] for fact in self.facts}, signed)
        newest = signed[-1] if signed else None
        if newest and newest.around and newest.around != around.around(newest.seq, datetime.fromisoformat(newest.until)):
            self.flaw("around_differs", newest.seq, f"notices or commands are not those of {newest.signed_at}")

    def _recordings(self) -> list[Recording]:
        recordings = []
        for fact in self.facts:
            try:
                recording = Recording.model_validate(fact["body"])
            except ValueError as error:
                self.flaw("unreadable", fact["seq"], type(error).__name__)
                return []
            columns = (
                recording.seq,
                recording.at,
                recording.recorded_at,
                recording.fact.type,
                recording.command_id,
                recording.actor.id,
            )
            if columns != tuple(fact[c] for c in ("seq", "at", "recorded_at", "type", "command_id", "actor_id")):
                self.flaw("columns_differ", fact["seq"], "the row's columns are not those of its content")
            recordings.append(recording)
        return recordings

    def _check_state(self, recordings: list[Recording]) -> Case | None:
        try:
            case = self._fold(self._row["id"], recordings)
        except ValueError as error:
            self.flaw("unreadable", 0, str(error))
            return None
        try:
            stored = case_of(self._row["state"]) if self._row["state"] else None
        except ValueError:
            # What cannot be read is not what was stored.
            stored = None
        if stored is not None and stored.form < case.form:
            # An earlier release folded less; the rest must still be what the facts say.
            stored = stored.model_copy(update={name: getattr(case, name) for name in folded_otherwise(stored.form)})
        if stored != case:
            self.flaw("state_differs", case.seq, "the stored state is not the fold of the facts")
        expected = projection(case)
        if self._row["platform_updated_at"] is None:
            # Written before there was the column.
            del expected["platform_updated_at"]
        if self._row["pressing"] == UNPLACED:
            del expected["pressing"], expected["pressing_at"]
        if self._row["ends_at"] == NOT_KNOWN:
            del expected["ends_at"]
        expected |= {"synthetic": case.synthetic, "source": case.source, "open_command_id": recordings[0].command_id}
        expected["terms_kept"] = True
        differing = [name for name in expected if name != "state" and self._row[name] != expected[name]]
        if differing:
            self.flaw("projection_differs", case.seq, ", ".join(sorted(differing)))
        if _deadlines(case) != {(d[0], d[1], d[2], d[3], datetime.fromisoformat(d[4])) for d in self._row["deadlines"]}:
            self.flaw("deadlines_differ", case.seq, "the stored timetable is not the one that was recorded last")
        return case


def _deadlines(case: Case) -> set[tuple[Any, ...]]:
    return {(d.clock, d.instance, d.level, d.count, d.due_at) for d in case.timetable}
