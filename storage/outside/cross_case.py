"""What one case has ordered in another, done once: a command in the other case's inbox.

The people and the words that go along are put away anew, under the other case's keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from uuid_utils import uuid7

from activities.ports.cross_case import TaskResult
from activities.ports.errors import Never, ToldToWait
from domain.model.case import Case
from domain.model.chain import root
from domain.model.commands import Join, MirrorLink, Open
from domain.model.links import CrossCaseTaskOrdered
from domain.model.people import OpenedParty
from domain.model.prose import Prose
from domain.model.safeguards import InterimImposed
from domain.model.terms import Routing
from domain.rules.links import party_there
from storage.intake.inbox import PLACE, SYSTEM
from storage.intake.new_parties import KEYS, PARTIES
from storage.intake.opening import CASE, NOTED, keep_metadata
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import STAFF, DataKey, SealBox, Vault, open_contact, seal_contact
from storage.record.sql import LOCK
from storage.record.stored_case import STATE, case_of
from storage.views.references import open_metadata

ANSWER = "SELECT status FROM commands WHERE tenant = $1 AND case_id = $2 AND id = $3"
KNOWN = "SELECT ref_digest FROM parties WHERE tenant = $1 AND case_id = $2"
SOURCE = """
SELECT p.id, p.contact, p.has_email, p.address_digest, k.id AS key_id, k.holder, k.wrapped
FROM parties p JOIN keys k ON k.tenant = p.tenant AND k.id = p.key_id
WHERE p.tenant = $1 AND p.case_id = $2
"""
OLD = f"SELECT c.category, c.synthetic, {STATE} AS state FROM cases c WHERE c.tenant = $1 AND c.id = $2"  # noqa: S608 - constants
MADE = "SELECT id, open_command_id FROM cases WHERE tenant = $1 AND source = 'split' AND external_id = $2"

_SOON = timedelta(seconds=2)
"""When to look again whether the other case has judged what it was sent; the relay has woken it by then."""


class PostgresCrossCaseTasks:
    """Implements :class:`activities.ports.cross_case.CrossCaseTasks`."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def run(self, tenant_id: str, case_id: str, task: CrossCaseTaskOrdered) -> TaskResult:
        """Send it, and answer what became of it. Raises :class:`ToldToWait` while the other case has not judged it."""
        order = _Order(self._vault, tenant_id, case_id, task)
        async with self._database.tenant(tenant_id) as conn:
            try:
                async with conn.transaction():
                    to, command_id = await order.send(conn)
            except Never:
                return TaskResult(result="needs_hands")
            status = await conn.fetchval(ANSWER, tenant_id, to, command_id)
        if status == "pending":
            raise ToldToWait(_SOON)
        if status != "accepted":
            return TaskResult(result="needs_hands")
        return TaskResult(result="done", case=to if task.what == "split" else None)


def command_id_of(task: CrossCaseTaskOrdered) -> str:
    """The id of the command that a task becomes, which makes it come to the other case once."""
    return f"cmd_sys-{task.what}-{hashlib.sha256(task.errand_id.encode()).hexdigest()[:40]}"


class _Order:
    """One task on its way into the other case."""

    def __init__(self, vault: Vault, tenant_id: str, case_id: str, task: CrossCaseTaskOrdered) -> None:
        self._vault, self._tenant, self._from, self._task = vault, tenant_id, case_id, task
        self._command_id = command_id_of(task)

    async def send(self, conn: Connection) -> tuple[str, str]:
        """Put it on disk, if it is not; the other case and the command to wait for. Raises :class:`Never` where it cannot be."""
        if self._task.what == "split":
            return await self._split(conn)
        to = self._task.to or ""
        if await conn.fetchval(LOCK, self._tenant, to) is None:
            raise Never("other_case_unknown")
        if await conn.fetchval(ANSWER, self._tenant, to, self._command_id) is None:
            said = await self._join(conn, to) if self._task.what == "join" else self._mirrored()
            await self._tell(conn, to, said)
        return to, self._command_id

    async def _tell(self, conn: Connection, to: str, said: Join | MirrorLink) -> None:
        await conn.execute(SYSTEM, self._tenant, to, said.id, said.type, said.model_dump(mode="json"))

    def _mirrored(self) -> MirrorLink:
        task = self._task
        return MirrorLink(
            id=self._command_id, by="system", channel="system", link_id=task.link_id or task.errand_id, other=self._from,
            relation=task.relation or "related", gone=task.what == "unlink", asked_by=task.asked_by,
            recused=task.recused if task.what == "link" else (),
        )  # fmt: skip

    async def _join(self, conn: Connection, to: str) -> Join:
        """Whoever is no party there yet becomes one, with their address and their words."""
        there = {row["ref_digest"] for row in await conn.fetch(KNOWN, self._tenant, to)}
        come = [p for p in self._task.parties if p.ref_digest not in there]
        parties, keys = await self._move(conn, to, come)
        box = SealBox(keys[parties[0].id]) if parties else await self._vault.sealer(conn, self._tenant, to, STAFF)
        statement = await self._reseal(conn, box, self._task.statement)
        await self._vault.keep(conn, box)
        task = self._task
        return Join(
            id=self._command_id, by="system", channel="system", merge_id=task.errand_id, of=self._from, parties=parties,
            statement=statement, reason=task.reason or "by_hand", asked_by=task.asked_by,
            priority=task.priority, recused=task.recused,
        )  # fmt: skip

    async def _reseal(self, conn: Connection, box: SealBox, prose: Prose | None) -> Prose | None:
        """What was said, under a key of the other case; None when it was erased."""
        found = await self._vault.reveal(conn, self._tenant, [prose.content_id]) if prose else {}
        text = next(iter(found.values()), None)
        return box(text) if text is not None else None

    async def _move(
        self, conn: Connection, to: str, parties: Sequence[OpenedParty]
    ) -> tuple[tuple[OpenedParty, ...], dict[str, DataKey]]:
        """The parties as they are in the other case, on disk there, each with a key of their own."""
        rows = {row["id"]: row for row in await conn.fetch(SOURCE, self._tenant, self._from)}
        moved = [(rows[p.id], self._there(p, parties)) for p in parties]
        keys = {new.id: self._vault.new_key(self._tenant, to, new.id) for _, new in moved}
        made = list(keys.values())
        await conn.execute(KEYS, self._tenant, to, [k.id for k in made], [k.holder for k in made], [k.wrapped for k in made])
        told: list[dict[str, Any]] = []
        contacts: list[bytes] = []
        for row, new in moved:
            known = row["wrapped"] is not None
            contacts.append(self._contact(row, keys[new.id], new.id))
            told.append({
                **new.model_dump(mode="json"), "key_id": keys[new.id].id, "has_email": row["has_email"] and known,
                "address_digest": row["address_digest"] if known else None,
            })  # fmt: skip
        await conn.execute(PARTIES, self._tenant, to, told, [new.id for _, new in moved], contacts)
        return tuple(new for _, new in moved), keys

    def _there(self, party: OpenedParty, parties: Sequence[OpenedParty]) -> OpenedParty:
        """A party as it is there: with an id of its own, and so has whom it represents, where they come along."""
        known = {p.id: party_there(self._task.errand_id, p.id) for p in parties}
        whom = party.represents and known.get(party.represents, party.represents)
        return party.model_copy(update={"id": known[party.id], "represents": whom})

    def _contact(self, row: Any, key: DataKey, party_id: str) -> bytes:
        """Name and address under the new key; nothing of somebody who was erased."""
        if row["wrapped"] is None:
            return seal_contact(key, party_id, None, None, "")
        old = self._vault.unwrap(self._tenant, self._from, row["holder"], row["key_id"], row["wrapped"])
        return key.seal(f"contact/{party_id}", open_contact(old, row["id"], row["contact"]))

    # --- a case of its own

    async def _split(self, conn: Connection) -> tuple[str, str]:
        """The new case, made from the old one's terms, and its opening command."""
        # The old one is held, so that two who try at once make one case.
        await conn.fetchval(LOCK, self._tenant, self._from)
        made = await conn.fetchrow(MADE, self._tenant, self._task.errand_id)
        if made is not None:
            return made["id"], made["open_command_id"]
        row = await conn.fetchrow(OLD, self._tenant, self._from)
        if row is None:
            raise Never("other_case_unknown")
        new_id, command_id = f"case_{uuid7()}", f"cmd_{uuid7()}"
        old = case_of(row["state"])
        await self._claim(conn, row, old, new_id, command_id)
        parties, keys = await self._move(conn, new_id, self._task.parties)
        box = await self._vault.sealer(conn, self._tenant, new_id, STAFF)
        statement = await self._reseal(conn, box, self._task.statement)
        if statement is None:
            raise Never("text_erased")
        subject = await self._subject(conn, old, parties, keys)
        await self._metadata(conn, new_id)
        command = self._opening(old, command_id, parties, statement, subject)
        command = command.model_copy(update={"measures": await self._measures(conn, box)})
        await conn.fetchval(
            PLACE, self._tenant, new_id, command_id, "open", "system", "system", command.model_dump(mode="json"), None, None,
            None, "pending", None, box.key.id, [r[0] for r in box.rows], [r[1] for r in box.rows], "system", None,
        )  # fmt: skip
        await self._tell(conn, new_id, self._mirrored())
        return new_id, command_id

    async def _subject(
        self, conn: Connection, old: Case, parties: Sequence[OpenedParty], keys: Mapping[str, DataKey]
    ) -> Prose | None:
        """The claimant's subject goes along with them, under their own key; it is not given to another claimant."""
        whose = next((p.ref_digest for p in old.parties if p.side == "claimant" and p.role == "principal"), None)
        claimant = next((p.id for p in parties if p.side == "claimant" and p.role == "principal"), None)
        same = any(p.id == claimant and p.ref_digest == whose for p in parties)
        if old.subject is None or claimant is None or not same:
            return None
        text = (await self._vault.reveal(conn, self._tenant, [old.subject.content_id])).get(old.subject.content_id)
        if text is None:
            return None
        box = SealBox(keys[claimant])
        subject = box(text)
        await self._vault.keep(conn, box)
        return subject

    async def _measures(self, conn: Connection, box: SealBox) -> tuple[InterimImposed, ...]:
        """The measures of the part, on whoever they hit there, with their words put away anew."""
        found: list[InterimImposed] = []
        for one in self._task.measures:
            reasons, told = await self._reseal(conn, box, one.reasons), await self._reseal(conn, box, one.told)
            if reasons is None:
                raise Never("text_erased")
            whom = one.remedy.party and party_there(self._task.errand_id, one.remedy.party)
            remedy = one.remedy.model_copy(update={"party": whom})
            found.append(one.model_copy(update={"remedy": remedy, "reasons": reasons, "told": told}))
        return tuple(found)

    async def _metadata(self, conn: Connection, new_id: str) -> None:
        """What the platform noted for itself is noted in both; from here on each goes its own way."""
        row = await conn.fetchrow(NOTED, self._tenant, self._from)
        noted = open_metadata(self._vault, self._tenant, self._from, row) if row is not None else {}
        await keep_metadata(conn, self._vault, self._tenant, new_id, noted)

    async def _claim(self, conn: Connection, row: Any, old: Case, new_id: str, command_id: str) -> None:
        terms, category = old.terms, self._task.category or row["category"]
        digest = self._vault.body_hash(self._tenant, self._task.errand_id.encode())
        against = (p.ref_digest for p in self._task.parties if p.side == "respondent" and p.role == "principal")
        await conn.fetchval(
            CASE, self._tenant, new_id, old.kind, category, terms.queue, old.priority, row["synthetic"], "split",
            self._task.errand_id, None, command_id, "system", digest, terms.pack, terms.version, sorted(terms.references),
            None, None, next(against, None), root(self._tenant, new_id), None,
        )  # fmt: skip

    def _opening(
        self, old: Case, command_id: str, parties: tuple[OpenedParty, ...], statement: Prose, subject: Prose | None
    ) -> Open:
        category = self._task.category or old.category
        listed = old.category_listed and category == old.category
        return Open(
            id=command_id, by="system", channel="system", kind=old.kind, source="split", category=category,
            priority=old.priority, terms=old.terms,
            routing=Routing(decision="admit", trace=(f"split: {self._from}",), category_listed=listed),
            parties=parties, statement=statement, subject=subject, amount=self._task.amount, synthetic=old.synthetic,
            recused=self._task.recused, filed_as=self._task.filed_as, limits_since=self._task.limits_since,
            holds=self._task.holds,
        )  # fmt: skip
