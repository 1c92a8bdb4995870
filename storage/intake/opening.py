"""Makes a case of a report: all that the case needs is on disk in one transaction, before anybody hears that it was taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
from pydantic_core import to_json
from uuid_utils import uuid7

from domain.base import Money
from domain.model.case_import_report import MovingCase
from domain.model.chain import root
from domain.model.commands import Open, OpenedParty
from domain.model.prior_decision import as_opened
from domain.model.provider_news import ProviderDispute, ProviderNews
from domain.model.report import Report, ReportedParty
from domain.model.terms import Routing, Terms
from domain.rules.provider_news import OtherDispute, in_parts
from domain.worktime.calendars import Calendar
from storage.intake.inbox import PLACE, Conflict
from storage.intake.new_parties import KEYS, PARTIES, PartySealer, opened
from storage.policies.library import keep_calendars, keep_notices
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import PLATFORM, STAFF, SealBox, Vault, seal_contact
from storage.views.references import open_metadata, seal_metadata

CASE = """
INSERT INTO cases (tenant, id, kind, category, queue, priority, synthetic, source, external_id, open_key, open_command_id,
    opened_by, report_hash, pack, pack_version, calendars, appeal_digest, matter_digest, respondent_digest, head,
    report_content)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
ON CONFLICT DO NOTHING
RETURNING id
"""
# Two reports of one matter look for each other one after the other: the second one finds the first.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_OF_CLAIMANT = """
EXISTS (
    SELECT FROM parties p WHERE p.tenant = c.tenant AND p.case_id = c.id AND p.side = 'claimant' AND p.ref_digest = $7
        AND (c.state IS NULL OR c.state -> 'parties' @> jsonb_build_array(jsonb_build_object('id', p.id)))
)
"""
_DOUBTED = """(c.state -> 'parties' @> '[{"side": "claimant", "unproven": true}]') IS TRUE"""
# $4 the respondent, or null where the matter alone counts; $7 the claimant; $8 whether only a case of theirs will do; $9 the
# respondent. Who reports the same again and names the other side in one of the two reports alone means the same. A case whose
# reporter has not shown who they are comes last: nobody's report goes on in it.
_SAME_MATTER = f"""
SELECT id FROM cases c
WHERE tenant = $1 AND kind = $2 AND matter_digest = $3 AND status = 'open' AND synthetic = $5 AND id <> $6
    AND ($4::text IS NULL OR respondent_digest = $4 OR respondent_digest IS NULL AND $8)
    AND (NOT $8 OR {_OF_CLAIMANT})
ORDER BY {_DOUBTED}, {_OF_CLAIMANT} DESC, (respondent_digest IS NOT DISTINCT FROM $9) DESC, opened_at, id
LIMIT 1
"""  # noqa: S608 - put together from constants
# Disputes about one payment that opened cases of their own.
_DISPUTES = """
SELECT id, state -> 'amount' AS amount, state -> 'provider_disputes' AS disputes FROM cases
WHERE tenant = $1 AND kind = $2 AND matter_digest = $3 AND source = $4 AND external_id <> ALL($5::text[]) AND synthetic = $6
    AND outcome IS DISTINCT FROM 'merged'
ORDER BY opened_at, id
LIMIT 100
"""
_DECIDED = f"""
SELECT id FROM cases c
WHERE tenant = $1 AND kind = $2 AND matter_digest = $3 AND status = 'closed' AND outcome IN ('ruled', 'settled')
    AND respondent_digest IS NOT DISTINCT FROM $4 AND synthetic = $5 AND id <> $6 AND {_OF_CLAIMANT}
ORDER BY {_DOUBTED}, id DESC
LIMIT 1
"""  # noqa: S608 - put together from constants
_EXISTING = """
SELECT id, open_command_id, report_hash, open_key = $2 AS by_key
FROM cases
WHERE tenant = $1 AND (open_key = $2 OR source = $3 AND external_id = ANY($4::text[]))
ORDER BY open_key = $2 DESC NULLS LAST
LIMIT 1
"""
_KNOWN_AMONG = "SELECT external_id, id FROM cases WHERE tenant = $1 AND source = $2 AND external_id = ANY($3::text[])"
NOTED = """
SELECT c.metadata, k.id AS key_id, k.holder, k.wrapped
FROM cases c LEFT JOIN keys k ON k.tenant = c.tenant AND k.id = c.metadata_key
WHERE c.tenant = $1 AND c.id = $2
FOR NO KEY UPDATE OF c
"""
NOTE = "UPDATE cases SET metadata = $3, metadata_key = $4 WHERE tenant = $1 AND id = $2"
_STORED_APART: dict[str, Any] = {
    "parties": True, "statement": True, "subject": True, "attachments": True, "decision": {"reasons"}, "metadata": True,
}  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """A case that is on disk, with its opening command waiting in the inbox."""

    case_id: str
    command_id: str
    created: bool
    """False: the same report was here before, and this is its case."""


class PostgresIntake:
    """Opens cases."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        # Calendars by reference and packs by version that are on disk for certain: they need not travel with every report.
        self._kept: set[str] = set()

    async def known(self, tenant_id: str, source: str, external_id: str) -> str | None:
        """The case that a report with this id from there has become; None when it was never here."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(_EXISTING, tenant_id, None, source, self._vault.numbers_of(tenant_id, external_id))
        return row["id"] if row else None

    async def opened_as(self, tenant_id: str, source: str, external_id: str) -> Opened | None:
        """The same, with the command that opens it."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(_EXISTING, tenant_id, None, source, self._vault.numbers_of(tenant_id, external_id))
        return Opened(row["id"], row["open_command_id"], created=False) if row else None

    async def known_among(self, tenant_id: str, source: str, external_ids: Sequence[str]) -> dict[str, str]:
        """The cases that reports with these ids from there have become, by the id; those that were never here are left out."""
        async with self._database.tenant(tenant_id) as conn:
            names = {name: one for one in external_ids for name in self._vault.numbers_of(tenant_id, one)}
            rows = await conn.fetch(_KNOWN_AMONG, tenant_id, source, list(names))
        return {names[row["external_id"]]: row["id"] for row in rows}

    async def open(
        self,
        tenant_id: str,
        report: Report,
        terms: Terms,
        routing: Routing,
        *,
        calendars: Mapping[str, Calendar] | None = None,
        notices: Mapping[str, Sequence[str]] | None = None,
        idempotency_key: str | None = None,
        opened_by: str = "system",
        channel: str = "api",
        credential: str | None = None,
        past: MovingCase | None = None,
        notify: bool = False,
        news: ProviderNews | None = None,
        unproven: bool = False,
    ) -> Opened:
        """Put a report on disk as a case.

        The same report under the same idempotency key or (source, external id) is the same case. Raises
        :class:`~storage.intake.inbox.Conflict` (``idempotency_key_reused``, ``external_id_reused``) when it is another report.
        ``calendars`` and ``notices`` (of the pack, whom it tells of what) are kept with it: whoever judges it finds them.
        ``past`` is that of a case that ran in another system; ``credential`` is by what the report came; ``notify`` tells
        its parties that it is here now. ``news`` is how a dispute stands with the provider that reports it: then the same dispute
        is the same case, whatever its snapshot says by now. ``unproven``: whoever reported it has not shown that they are who the
        report names.
        """
        draft = _Draft(self._vault, tenant_id, report, terms, routing, past, notify, news, unproven)
        new = {ref: calendar for ref, calendar in (calendars or {}).items() if ref not in self._kept}
        async with self._database.tenant(tenant_id) as conn:
            async with conn.transaction():
                await draft.wait_for_same_matter(conn)
                await draft.tell_apart(conn)
                claimed = await draft.claim(conn, idempotency_key, opened_by)
                if claimed:
                    await keep_calendars(conn, new)
                    if notices is not None and terms.version not in self._kept:
                        await keep_notices(conn, terms.version, terms.pack, {}, notices)
                    await draft.store(conn, channel, credential)
            if claimed:
                self._kept.update(new, () if notices is None else (terms.version,))
                return Opened(draft.case_id, draft.command_id, created=True)
            # The row that was in the way is committed by now: the insert has waited for it.
            return await draft.existing(conn, idempotency_key)

    async def note(
        self, tenant_id: str, case_id: str, changed: Callable[[dict[str, str]], dict[str, str]]
    ) -> dict[str, str] | None:
        """Change what the platform noted for itself; what stands there then, or None when there is no such case."""
        async with self._database.tenant(tenant_id) as conn, conn.transaction():
            return await _change_metadata(conn, self._vault, tenant_id, case_id, changed)


class _Draft:
    """One report on its way to disk."""

    def __init__(
        self,
        vault: Vault,
        tenant_id: str,
        report: Report,
        terms: Terms,
        routing: Routing,
        past: MovingCase | None = None,
        notify: bool = False,
        news: ProviderNews | None = None,
        unproven: bool = False,
    ) -> None:
        self._vault, self._tenant = vault, tenant_id
        self._report, self._terms, self._routing = report, terms, routing
        self._past, self._notify, self._news, self._unproven = past, notify, news, unproven
        self._number = vault.number_kept(tenant_id, report.source, report.external_id)
        self._numbers = vault.numbers_of(tenant_id, report.external_id) if report.external_id is not None else []
        self._hash = vault.body_hash(tenant_id, to_json(report if past is None else past))
        self.case_id, self.command_id = f"case_{uuid7()}", f"cmd_{uuid7()}"
        self._parties = [(f"pty_{uuid7()}", party) for party in report.parties]
        self._matter = vault.matter_digest(tenant_id, report.matter_key) if report.matter_key else None
        against = (p.ref for p in report.parties if p.side == "respondent" and p.role == "principal")
        self._respondent = next((vault.ref_digest(tenant_id, ref) for ref in against), None)
        self._same_as: str | None = None
        self._decided_in: str | None = None
        holders = [party_id for party_id, _ in self._parties] + ([STAFF] if past is not None else [])
        holders += [PLATFORM] if news is not None else []
        self._keys = {holder: vault.new_key(tenant_id, self.case_id, holder) for holder in holders}
        self._boxes = {holder: SealBox(key) for holder, key in self._keys.items()}

    @property
    def _joins(self) -> bool:
        """Whether this report goes on in an open case of the same matter, where there is one."""
        told = self._matter is not None and (self._respondent is not None or self._terms.joins != "same_person_and_matter")
        return self._terms.joins is not None and told and self._routing.decision != "decline"

    async def wait_for_same_matter(self, conn: Connection) -> None:
        """Until other reports of the same matter that are on their way are on disk."""
        if self._joins or (self._news is not None and self._matter is not None):
            await conn.execute(_ONE_AT_A_TIME, f"{self._tenant}/{self._report.kind}/{self._matter}")

    async def tell_apart(self, conn: Connection) -> None:
        """Of a payment that is disputed in parts each dispute is a matter of its own: nothing of one answers another."""
        report, news = self._report, self._news
        if news is None or self._matter is None:
            return
        asked = (self._tenant, report.kind, self._matter, report.source, self._numbers, report.synthetic)
        others = [
            OtherDispute(
                row["amount"] and Money.model_validate(row["amount"]),
                tuple(ProviderDispute.model_validate(one) for one in row["disputes"] or ()),
            )
            for row in await conn.fetch(_DISPUTES, *asked)
        ]
        if in_parts(report.amount, news, others):
            self._matter = self._vault.matter_digest(self._tenant, f"{report.matter_key} {news.dispute}")

    async def _find_same(self, conn: Connection) -> str | None:
        if not self._joins:
            return None
        person = None if self._terms.joins == "same_matter" else self._respondent
        own = self._terms.joins == "same_claimant_and_matter"
        asked = (self._tenant, self._report.kind, self._matter, person, self._report.synthetic, self.case_id)
        # Of several the one that is most alike: their own case first, then the one against the same person, then the oldest.
        found: str | None = await conn.fetchval(_SAME_MATTER, *asked, self._reporter, own, self._respondent)
        return found

    async def _find_decided(self, conn: Connection) -> str | None:
        """The last case that decided this matter between these two, where the pack asks for it."""
        if self._terms.decided_matter is None or self._matter is None or self._routing.decision == "decline":
            return None
        asked = (self._tenant, self._report.kind, self._matter, self._respondent, self._report.synthetic, self.case_id)
        found: str | None = await conn.fetchval(_DECIDED, *asked, self._reporter)
        return found

    @property
    def _reporter(self) -> str:
        claimant = next(party for party_id, party in self._parties if party_id == self._claimant)
        return self._vault.ref_digest(self._tenant, claimant.ref)

    async def claim(self, conn: Connection, idempotency_key: str | None, opened_by: str) -> bool:
        """Make the case's row; False when the report has a case already."""
        report, terms = self._report, self._terms
        calendars = sorted(terms.references)
        if self._number != report.external_id and await conn.fetchval(
            _EXISTING, self._tenant, None, report.source, self._numbers
        ):
            # A case of an earlier release has the number as it is, which the unique one of now does not meet.
            return False
        made = await conn.fetchval(
            CASE, self._tenant, self.case_id, report.kind, report.category, terms.queue, terms.priority, report.synthetic,
            report.source, self._number, idempotency_key, self.command_id, opened_by, self._hash, terms.pack, terms.version,
            calendars, self._appeal_digest, self._matter, self._respondent, root(self._tenant, self.case_id),
            self._boxes[self._claimant].put(self._report.model_dump_json(exclude=_STORED_APART).encode()),
        )  # fmt: skip
        return made is not None

    async def existing(self, conn: Connection, idempotency_key: str | None) -> Opened:
        """The case that the report has already, when it is the same report."""
        row = await conn.fetchrow(_EXISTING, self._tenant, idempotency_key, self._report.source, self._numbers)
        if row is None:
            raise ConnectionError("the case that was in the way is gone; try again")
        if row["report_hash"] != self._hash and self._news is None:
            raise _conflict(row)
        return Opened(row["id"], row["open_command_id"], created=False)

    async def store(self, conn: Connection, channel: str, credential: str | None) -> None:
        """Keys, parties, texts and the opening command."""
        keys = list(self._keys.values())
        await conn.execute(
            KEYS, self._tenant, self.case_id, [k.id for k in keys], [k.holder for k in keys], [k.wrapped for k in keys]
        )
        await self._store_parties(conn)
        self._same_as = await self._find_same(conn)
        self._decided_in = await self._find_decided(conn)
        boxes = dict(self._boxes)
        box = boxes.pop(self._claimant)
        command = self._command(box, boxes)
        body = {**command.model_dump(mode="json"), "channel": channel}
        await conn.fetchval(
            PLACE, self._tenant, self.case_id, self.command_id, "open", "system", channel, body, None, self._hash, None,
            "pending", None, box.key.id, [r[0] for r in box.rows], [r[1] for r in box.rows], credential, None,
        )  # fmt: skip
        await self._vault.keep(conn, *boxes.values())
        if self._report.metadata:
            await keep_metadata(conn, self._vault, self._tenant, self.case_id, self._report.metadata)

    @property
    def _claimant(self) -> str:
        return next(i for i, p in self._parties if p.side == "claimant" and p.role == "principal")

    async def _store_parties(self, conn: Connection) -> None:
        rows = [self._party_row(party_id, party) for party_id, party in self._parties]
        contacts = [seal_contact(self._keys[i], i, party.name, party.email, party.ref) for i, party in self._parties]
        await conn.execute(PARTIES, self._tenant, self.case_id, rows, [i for i, _ in self._parties], contacts)

    def _party_row(self, party_id: str, party: ReportedParty) -> dict[str, Any]:
        opened = self._opened(party_id, party)
        return {**opened.model_dump(mode="json"), "key_id": self._keys[party_id].id, "has_email": party.email is not None}

    def _opened(self, party_id: str, party: ReportedParty) -> OpenedParty:
        doubted = self._unproven and party.side == "claimant"
        return opened(self._vault, self._tenant, party_id, party, unproven=doubted)

    def _command(self, box: SealBox, others: Mapping[str, SealBox]) -> Open:
        report, past = self._report, self._past
        sealer = PartySealer(box, self._vault, self._tenant, self.case_id, others.get(PLATFORM))
        parties = {party.ref: (party_id, party.side) for party_id, party in self._parties}
        return Open(
            id=self.command_id,
            by="system",
            kind=report.kind,
            source=report.source,
            category=report.category,
            priority=self._terms.priority,
            terms=self._terms,
            routing=self._routing,
            parties=tuple(self._opened(party_id, party) for party_id, party in self._parties),
            statement=box(report.statement),
            subject=box(report.subject) if report.subject else None,
            attachments=tuple(box.file(a.name, a.media_type, a.data) for a in report.attachments),
            amount=report.amount,
            occurred_at=report.occurred_at,
            synthetic=report.synthetic,
            outside_due_at=report.outside_due_at,
            decision=as_opened(report.decision, self._content_digest or "", box),
            same_as=self._same_as,
            decided_in=self._decided_in,
            new_fact=report.brings_new_fact,
            history=past.history(parties, lambda holder: others.get(holder, box), notify=self._notify) if past else None,
            owner=past.owner if past else None,
            provider=sealer.conceal(self._news) if self._news is not None else None,
        )

    @property
    def _content_digest(self) -> str | None:
        brought = self._report.decision
        return self._vault.ref_digest(self._tenant, f"content\x1f{brought.content}") if brought is not None else None

    @property
    def _appeal_digest(self) -> str | None:
        """Equal for appeals of one person against decisions on the same content; None for what is no appeal."""
        person = next(p.ref for i, p in self._parties if i == self._claimant)
        told = self._content_digest
        return self._vault.ref_digest(self._tenant, f"appeal\x1f{person}\x1f{told}") if told is not None else None


def _conflict(row: asyncpg.Record) -> Conflict:
    if row["by_key"]:
        return Conflict("idempotency_key_reused", "This Idempotency-Key was used with another report.", row["id"])
    return Conflict("external_id_reused", "This external id belongs to a case that was opened with another report.", row["id"])


async def keep_metadata(conn: Connection, vault: Vault, tenant_id: str, case_id: str, metadata: Mapping[str, str]) -> None:
    """Put metadata in the place of what was there; nothing noted is nothing kept."""
    if not metadata:
        await conn.execute(NOTE, tenant_id, case_id, None, None)
        return
    key = await vault.key(conn, tenant_id, case_id, PLATFORM)
    await conn.execute(NOTE, tenant_id, case_id, seal_metadata(key, metadata), key.id)


async def _change_metadata(
    conn: Connection, vault: Vault, tenant_id: str, case_id: str, changed: Callable[[dict[str, str]], dict[str, str]]
) -> dict[str, str] | None:
    """What stands there after the change, which is one at a time; None when there is no such case. Wants a transaction: what
    ``changed`` raises leaves everything as it was."""
    row = await conn.fetchrow(NOTED, tenant_id, case_id)
    if row is None:
        return None
    noted = changed(open_metadata(vault, tenant_id, case_id, row))
    await keep_metadata(conn, vault, tenant_id, case_id, noted)
    return noted
