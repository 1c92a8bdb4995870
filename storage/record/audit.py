"""The record proves itself: every chain computed and every state folded again, compared with the tables and with signed heads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg

from domain.model.case import Case, folded_otherwise
from domain.model.chain import link
from domain.model.facts import Recording
from domain.rules.evolve import fold as fold_facts
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault
from storage.record.heads import SignedHead, Signer, append_heads, read_heads
from storage.record.records import projection
from storage.record.sql import STATE

PAGE = 200
"""Cases looked at with one query."""

CASES = f"""
SELECT c.id, c.turn, c.seq, c.head, {STATE} AS state, c.kind, c.category, c.phase, c.status, c.outcome, c.owner, c.queue,
    c.priority, c.waiting_on, c.wants_owner, c.needs_hands, c.next_due_at, c.next_clock, c.opened_at, c.updated_at, c.closed_at,
    c.pack, c.pack_version, c.calendars, c.legal_hold, c.campaign, c.platform_updated_at,
    ARRAY(SELECT jsonb_build_array(d.clock, d.instance, d.level, d.count, d.due_at) FROM deadlines d
          WHERE d.tenant = $1 AND d.case_id = c.id ORDER BY d.clock, d.instance, d.level, d.count) AS deadlines
FROM cases c
WHERE c.tenant = $1 AND c.id > $2
ORDER BY c.id
LIMIT $3
"""  # noqa: S608 - put together from constants
FACTS = """
SELECT case_id, seq, at, recorded_at, type, command_id, actor_id, body, hash, prev_hash
FROM facts
WHERE tenant = $1 AND case_id = ANY($2)
ORDER BY case_id, seq
"""
HEADS = """
SELECT c.id, c.seq, c.head, to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS signed_at
FROM cases c
WHERE c.tenant = $1 AND c.seq > 0
    AND NOT EXISTS (SELECT FROM chain_heads h WHERE h.tenant = $1 AND h.case_id = c.id AND h.seq = c.seq)
ORDER BY c.id
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
    ``head_forged``, ``case_missing``, ``rewritten``, ``facts_lost``.
    """
    seq: int = 0
    detail: str = ""


@dataclass
class Verdict:
    """What an audit found."""

    cases: int = 0
    facts: int = 0
    heads: int = 0
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        """Nothing is amiss."""
        return not self.flaws


class PostgresAudit:
    """Verifies records, and puts signed heads outside the database."""

    def __init__(self, database: Database, vault: Vault, fold: Fold = fold_facts) -> None:
        self._database = database
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
        for tenant, case_id in signed:
            if (tenant, case_id) not in seen and (tenant_id is None or tenant == tenant_id):
                verdict.flaws.append(Flaw(tenant, case_id, "case_missing", detail="signed once, not in the database"))
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
            async with self._database.tenant(tenant) as conn:
                cases, facts = await _page(conn, tenant, after)
            if not cases:
                return
            for row in cases:
                seen.add((tenant, row["id"]))
                checked = _CaseAudit(tenant, row, facts.get(row["id"], []), self._fold)
                checked.check()
                checked.compare(signed.get((tenant, row["id"]), []), self._signer)
                verdict.cases += 1
                verdict.facts += len(checked.facts)
                verdict.heads += len(signed.get((tenant, row["id"]), []))
                verdict.flaws += checked.flaws
            after = cases[-1]["id"]


async def _page(conn: Connection, tenant: str, after: str) -> tuple[list[asyncpg.Record], dict[str, list[asyncpg.Record]]]:
    # One moment for both queries, or a case that moves in between looks tampered with.
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        cases = await conn.fetch(CASES, tenant, after, PAGE)
        rows = await conn.fetch(FACTS, tenant, [row["id"] for row in cases])
    facts: dict[str, list[asyncpg.Record]] = {}
    for row in rows:
        facts.setdefault(row["case_id"], []).append(row)
    return cases, facts


class _CaseAudit:
    """One case under examination."""

    def __init__(self, tenant: str, row: asyncpg.Record, facts: list[asyncpg.Record], fold: Fold) -> None:
        self._tenant, self._row, self.facts, self._fold = tenant, row, facts, fold
        self.flaws: list[Flaw] = []

    def check(self) -> None:
        """The chain from the first fact to the head, then everything that follows from the facts."""
        head = ""
        for expected, fact in enumerate(self.facts, start=1):
            if fact["seq"] != expected:
                self._flaw("fact_missing", expected, f"the next one is number {fact['seq']}")
                break
            if fact["prev_hash"] != head:
                self._flaw("chain_broken", expected, "it does not follow the fact before it")
            if link(fact["prev_hash"], fact["body"]) != fact["hash"]:
                self._flaw("fact_changed", expected, "its hash is not that of its content")
            head = fact["hash"]
        last = self.facts[-1]["seq"] if self.facts else 0
        if (self._row["seq"], self._row["head"]) != (last, head):
            self._flaw("head_differs", self._row["seq"], f"the last fact on record is number {last}")
        recordings = self._recordings()
        if recordings:
            self._check_state(recordings)
        elif self._row["state"] is not None and not self.flaws:
            self._flaw("state_differs", 0, "there is a state and no fact")

    def compare(self, signed: list[SignedHead], signer: Signer) -> None:
        """What was signed must still be there."""
        by_seq = {fact["seq"]: fact["hash"] for fact in self.facts}
        for head in signed:
            if not signer.genuine(head):
                self._flaw("head_forged", head.seq, "its signature is not ours")
            elif head.seq not in by_seq:
                self._flaw("facts_lost", head.seq, f"signed at {head.signed_at}, not in the database")
            elif by_seq[head.seq] != head.head:
                self._flaw("rewritten", head.seq, f"another fact was signed at {head.signed_at}")

    def _recordings(self) -> list[Recording]:
        recordings = []
        for fact in self.facts:
            try:
                recording = Recording.model_validate(fact["body"])
            except ValueError as error:
                self._flaw("unreadable", fact["seq"], type(error).__name__)
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
                self._flaw("columns_differ", fact["seq"], "the row's columns are not those of its content")
            recordings.append(recording)
        return recordings

    def _check_state(self, recordings: list[Recording]) -> None:
        try:
            case = self._fold(self._row["id"], recordings)
        except ValueError as error:
            self._flaw("unreadable", 0, str(error))
            return
        stored = Case.model_validate_json(self._row["state"]) if self._row["state"] else None
        if stored is not None and stored.form < case.form:
            # An earlier release folded less; the rest must still be what the facts say.
            stored = stored.model_copy(update={name: getattr(case, name) for name in folded_otherwise(stored.form)})
        if stored != case:
            self._flaw("state_differs", case.seq, "the stored state is not the fold of the facts")
        expected = projection(case)
        if self._row["platform_updated_at"] is None:
            # Written before there was the column.
            del expected["platform_updated_at"]
        differing = [name for name in expected if name != "state" and self._row[name] != expected[name]]
        if differing:
            self._flaw("projection_differs", case.seq, ", ".join(sorted(differing)))
        if _deadlines(case) != {(d[0], d[1], d[2], d[3], datetime.fromisoformat(d[4])) for d in self._row["deadlines"]}:
            self._flaw("deadlines_differ", case.seq, "the stored timetable is not the one that was recorded last")

    def _flaw(self, what: str, seq: int, detail: str) -> None:
        self.flaws.append(Flaw(self._tenant, self._row["id"], what, seq, detail))


def _deadlines(case: Case) -> set[tuple[Any, ...]]:
    return {(d.clock, d.instance, d.level, d.count, d.due_at) for d in case.timetable}


def _by_case(heads: Iterable[SignedHead]) -> dict[tuple[str, str], list[SignedHead]]:
    found: dict[tuple[str, str], list[SignedHead]] = {}
    for head in heads:
        found.setdefault((head.tenant, head.case_id), []).append(head)
    return found
