"""The record proves itself: every chain computed and every state folded again, compared with the tables and with signed heads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg

from activities.ports.evidence import EvidenceStore
from domain.model.case import Case, folded_otherwise
from domain.model.chain import link, root
from domain.model.facts import Recording
from domain.rules.evolve import fold as fold_facts
from storage.access.trail import Entry
from storage.postgres.pool import AWAY, Connection, Database
from storage.postgres.server import ServerAway
from storage.postgres.vault import Vault
from storage.record.heads import SignedHead, Signer, append_heads, read_heads
from storage.record.pressing import NOT_KNOWN, UNPLACED
from storage.record.records import projection
from storage.record.sql import STATE
from storage.record.surroundings import Surroundings, Texts, check_around, check_stored, referred, surroundings

PAGE = 50
"""Cases looked at with one query."""
OF_THE_TRAIL = "trail"
"""Stands among the signed heads, and in a flaw, where a case has its id: the tenant's audit trail."""
TRAILS_FOR = timedelta(seconds=30)
"""How long :func:`trails_at` looks; longer than that it is the business of :meth:`PostgresAudit.verify`."""
_ENTRIES = 5000
"""Entries of a trail looked at with one query."""

_CASES = f"""
SELECT c.id, c.turn, c.seq, c.head, {STATE} AS state, c.kind, c.category, c.phase, c.status, c.outcome, c.owner, c.queue,
    c.priority, c.waiting_on, c.wants_owner, c.needs_hands, c.next_due_at, c.next_clock, c.opened_at, c.updated_at, c.closed_at,
    c.pack, c.pack_version, c.calendars, c.legal_hold, c.campaign, c.platform_updated_at, c.pressing, c.pressing_at, c.ends_at,
    c.report_content, c.synthetic, c.source, c.open_command_id,
    c.terms_key IS NULL OR c.terms_key = encode(sha256(convert_to(c.terms::text, 'UTF8')), 'hex') AS terms_kept,
    ARRAY(SELECT jsonb_build_array(d.clock, d.instance, d.level, d.count, d.due_at) FROM deadlines d
          WHERE d.tenant = $1 AND d.case_id = c.id ORDER BY d.clock, d.instance, d.level, d.count) AS deadlines
FROM cases c
WHERE c.tenant = $1 AND {{which}}
"""  # noqa: S608 - put together from constants
CASES = _CASES.format(which="c.id > $2 ORDER BY c.id LIMIT $3")
CASE = _CASES.format(which="c.id = $2")
FACTS = """
SELECT case_id, seq, at, recorded_at, type, command_id, actor_id, body, hash, prev_hash
FROM facts
WHERE tenant = $1 AND case_id = ANY($2)
ORDER BY case_id, seq
"""
HEADS = """
SELECT c.id, c.seq, c.head, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS signed_at
FROM (
    SELECT id, seq, head FROM cases WHERE tenant = $1 AND seq > 0
    UNION ALL
    (SELECT 'trail', seq, hash FROM trail WHERE tenant = $1 ORDER BY seq DESC LIMIT 1)
) AS c
WHERE NOT EXISTS (SELECT FROM chain_heads h WHERE h.tenant = $1 AND h.case_id = c.id AND h.seq = c.seq)
ORDER BY c.id
"""
TRAIL = """
SELECT seq, at, deed, about, actor_id, credential, body, hash, prev_hash FROM trail WHERE tenant = $1 AND seq > $2
ORDER BY seq
LIMIT $3
"""
NOTE_HEADS = """
INSERT INTO chain_heads (tenant, case_id, seq, head, signature)
SELECT $1, h.case_id, h.seq, h.head, h.signature FROM jsonb_to_recordset($2) AS h
    (case_id text, seq bigint, head text, signature text)
ON CONFLICT DO NOTHING
"""

Fold = Callable[[str, Iterable[Recording]], Case]


@dataclass(frozen=True)
class Flaw:
    """Something that is not as it was recorded."""

    tenant_id: str
    case_id: str
    what: str
    """Of the chain: ``fact_missing``, ``fact_changed``, ``chain_broken``, ``columns_differ``, ``unreadable``, ``head_differs``.
    Of what follows from it: ``state_differs``, ``projection_differs``, ``deadlines_differ``. Of the signed heads:
    ``head_forged``, ``case_missing``, ``rewritten``, ``facts_lost``. Of what the facts refer to: see
    :mod:`storage.record.surroundings`. What each means and what is to be done stands in :mod:`services.audit`.
    """
    seq: int = 0
    detail: str = ""


@dataclass
class Verdict:
    """What an audit found."""

    cases: int = 0
    facts: int = 0
    deeds: int = 0
    """Entries of audit trails."""
    texts: int = 0
    """Texts that were opened and compared with their digest."""
    heads: int = 0
    flaws: list[Flaw] = field(default_factory=list)
    head: str = ""
    """Of one case that was looked at alone: the hash of its newest fact."""

    @property
    def intact(self) -> bool:
        """Nothing is amiss."""
        return not self.flaws


class PostgresAudit:
    """Verifies records, and puts signed heads outside the database."""

    def __init__(self, database: Database, vault: Vault, fold: Fold = fold_facts, store: EvidenceStore | None = None) -> None:
        self._database, self._vault, self._store = database, vault, store
        self._signer = Signer(vault)
        self._fold = fold

    @property
    def public_key(self) -> str:
        """With which the heads can be checked (hex, Ed25519)."""
        return self._signer.public_key

    async def verify(self, tenant_id: str | None = None, *, heads: Path | None = None) -> Verdict:
        """Go through one tenant, or all; compare with the signed heads in a file when one is given."""
        verdict = Verdict()
        signed = _by_case(read_heads(heads)) if heads is not None else {}
        tenants = [tenant_id] if tenant_id is not None else await self._database.tenant_ids()
        seen: set[tuple[str, str]] = set()
        for tenant in tenants:
            await self._verify_tenant(tenant, signed, seen, verdict)
            await _verify_trail(self._database, tenant, signed.get((tenant, OF_THE_TRAIL), []), self._signer, verdict)
            seen.add((tenant, OF_THE_TRAIL))
        for tenant, case_id in signed:
            if (tenant, case_id) not in seen and (tenant_id is None or tenant == tenant_id):
                verdict.flaws.append(Flaw(tenant, case_id, "case_missing", detail="signed once, not in the database"))
        return verdict

    async def verify_case(
        self, tenant_id: str, case_id: str, signed: Mapping[tuple[str, str], list[SignedHead]] | None = None
    ) -> Verdict:
        """Go through one case: its chain, and everything that follows from its facts."""
        verdict = Verdict()
        async with self._database.tenant(tenant_id) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
            cases = await conn.fetch(CASE, tenant_id, case_id)
            await self._check(conn, tenant_id, cases, signed or {}, verdict)
        verdict.head = cases[0]["head"] if cases else ""
        return verdict

    async def export_heads(self, path: Path, tenant_id: str | None = None) -> int:
        """Sign the heads that moved since the last time and add them to a file; how many."""
        written = 0
        for tenant in [tenant_id] if tenant_id is not None else await self._database.tenant_ids():
            async with self._database.tenant(tenant) as conn:
                rows = await conn.fetch(HEADS, tenant)
                heads = [self._signer.sign(tenant, row["id"], row["seq"], row["head"], row["signed_at"]) for row in rows]
                # The file first: a head that is noted and not in the file would never be written.
                written += append_heads(path, heads)
                kept = [{"case_id": h.case_id, "seq": h.seq, "head": h.head, "signature": h.signature} for h in heads]
                await conn.execute(NOTE_HEADS, tenant, kept)
        return written

    async def _verify_tenant(
        self, tenant: str, signed: Mapping[tuple[str, str], list[SignedHead]], seen: set[tuple[str, str]], verdict: Verdict
    ) -> None:
        after = ""
        while True:
            # One moment for all that is read, or a case that moves in between looks tampered with.
            async with self._database.tenant(tenant) as conn, conn.transaction(isolation="repeatable_read", readonly=True):
                cases = await conn.fetch(CASES, tenant, after, PAGE)
                await self._check(conn, tenant, cases, signed, verdict)
            seen.update((tenant, row["id"]) for row in cases)
            if not cases:
                return
            after = cases[-1]["id"]

    async def _check(
        self,
        conn: Connection,
        tenant: str,
        cases: Sequence[asyncpg.Record],
        signed: Mapping[tuple[str, str], list[SignedHead]],
        verdict: Verdict,
    ) -> None:
        """Go through a page of cases: the chain of each, what follows from it, and everything around it."""
        ids = [row["id"] for row in cases]
        facts: dict[str, list[asyncpg.Record]] = {}
        for fact in await conn.fetch(FACTS, tenant, ids):
            facts.setdefault(fact["case_id"], []).append(fact)
        around, texts = await surroundings(conn, tenant, ids), Texts(self._vault, conn, tenant)
        for row in cases:
            rows, kept = around.pop(row["id"]), signed.get((tenant, row["id"]), [])
            checked = _CaseAudit(tenant, row, facts.pop(row["id"], []), self._fold)
            # A case of thousands of facts takes a while to fold: not on the loop that answers everybody.
            await asyncio.to_thread(checked.check, self._vault, rows)
            await texts.check(list(referred(row, checked.recordings, rows)), checked.flaw)
            if self._store is not None:
                await check_stored(self._store, self._vault, tenant, rows, checked.flaw)
            checked.compare(kept, self._signer)
            verdict.cases += 1
            verdict.facts += len(checked.facts)
            verdict.heads += len(kept)
            verdict.flaws += checked.flaws
        verdict.texts += texts.looked_at


class _Flaws:
    """What is amiss with one chain."""

    def __init__(self, tenant: str, chain_id: str) -> None:
        self._tenant, self._chain_id = tenant, chain_id
        self.found: list[Flaw] = []

    def add(self, what: str, seq: int, detail: str) -> None:
        """One more."""
        self.found.append(Flaw(self._tenant, self._chain_id, what, seq, detail))

    def of_chain(self, rows: Iterable[asyncpg.Record], head: str = "", first: int = 1) -> str:
        """Follow the links from ``head`` on; the head that they come to."""
        for expected, row in enumerate(rows, start=first):
            if row["seq"] != expected:
                self.add("fact_missing", expected, f"the next one is number {row['seq']}")
                break
            if row["prev_hash"] != head:
                self.add("chain_broken", expected, "it does not follow the one before it")
            if link(row["prev_hash"], row["body"]) != row["hash"]:
                self.add("fact_changed", expected, "its hash is not that of its content")
            head = row["hash"]
        return head

    def of_heads(self, kept: Mapping[int, str], signed: Iterable[SignedHead], signer: Signer) -> None:
        """What was signed must still be there; ``kept`` are the hashes by number."""
        for head in signed:
            if not signer.genuine(head):
                self.add("head_forged", head.seq, "its signature is not ours")
            elif head.seq not in kept:
                self.add("facts_lost", head.seq, f"signed at {head.signed_at}, not in the database")
            elif kept[head.seq] != head.head:
                self.add("rewritten", head.seq, f"another one was signed at {head.signed_at}")


async def trails(database: Database) -> Verdict:
    """Go through the audit trail of every tenant, without signed heads and without the master key: for whoever only asks whether
    they are whole."""
    verdict = Verdict()
    for tenant in await database.tenant_ids():
        await _verify_trail(database, tenant, [], None, verdict)
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


async def _verify_trail(
    database: Database, tenant: str, signed: list[SignedHead], signer: Signer | None, verdict: Verdict
) -> None:
    flaws = _Flaws(tenant, OF_THE_TRAIL)
    head, last, wanted = "", 0, {s.seq for s in signed}
    kept: dict[int, str] = {}
    while True:
        async with database.tenant(tenant) as conn:
            rows = await conn.fetch(TRAIL, tenant, last, _ENTRIES)
        if not rows:
            break
        head = flaws.of_chain(rows, head, last + 1)
        for row in rows:
            _check_entry(row, flaws)
        kept |= {row["seq"]: row["hash"] for row in rows if row["seq"] in wanted}
        last = rows[-1]["seq"]
        verdict.deeds += len(rows)
    if signer is not None:
        flaws.of_heads(kept, signed, signer)
    verdict.heads += len(signed)
    verdict.flaws += flaws.found


def _check_entry(row: asyncpg.Record, flaws: _Flaws) -> None:
    """The columns of an entry of the trail say what its content says."""
    try:
        entry = Entry.model_validate(row["body"])
    except ValueError as error:
        flaws.add("unreadable", row["seq"], type(error).__name__)
        return
    said = (entry.seq, entry.at, entry.deed, entry.about, entry.by, entry.credential)
    if said != tuple(row[name] for name in ("seq", "at", "deed", "about", "actor_id", "credential")):
        flaws.add("columns_differ", row["seq"], "the row's columns are not those of its content")


class _CaseAudit:
    """One case under examination."""

    def __init__(self, tenant: str, row: asyncpg.Record, facts: list[asyncpg.Record], fold: Fold) -> None:
        self._tenant, self._row, self.facts, self._fold = tenant, row, facts, fold
        self._flaws = _Flaws(tenant, row["id"])
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

    def compare(self, signed: list[SignedHead], signer: Signer) -> None:
        """What was signed must still be there."""
        self._flaws.of_heads({fact["seq"]: fact["hash"] for fact in self.facts}, signed, signer)

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
        stored = Case.model_validate_json(self._row["state"]) if self._row["state"] else None
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


def _by_case(heads: Iterable[SignedHead]) -> dict[tuple[str, str], list[SignedHead]]:
    found: dict[tuple[str, str], list[SignedHead]] = {}
    for head in heads:
        found.setdefault((head.tenant, head.case_id), []).append(head)
    return found
