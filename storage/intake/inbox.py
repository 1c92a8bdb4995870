"""Where commands land before anything else happens: on disk, stamped by Postgres's clock, their texts sealed."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import asyncpg

from activities.ports.errors import Never
from activities.ports.records import KeptAnswer
from domain.model.commands import parse_command
from domain.model.manual_work import ReportManualWork
from domain.model.reading import MAX_KEPT, Incoming, read_incoming, unstorable
from domain.model.refusals import Refusal
from domain.model.safeguards import Signal
from domain.model.translations import TextErased, TextUnknown, Translate, with_original
from storage.intake.new_parties import PartySealer
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import PLATFORM, STAFF, SealBox, Vault
from storage.record.archive import Archive

# $3 the command's id, $4 an idempotency key (or null), $5 who speaks. A party's words are sealed under the party's key.
LOOK = """
WITH speaker AS (
    SELECT coalesce((SELECT p.id FROM parties p WHERE p.tenant = $1 AND p.case_id = $2 AND p.id = $5), 'staff') AS holder
)
SELECT s.holder, k.id AS key_id, k.wrapped,
    EXISTS (SELECT FROM cases c WHERE c.tenant = $1 AND c.id = $2) AS case_known,
    (SELECT i.case_id FROM archived_ids i WHERE i.tenant = $1 AND i.id = $3) AS archived_with,
    c.id, c.case_id, c.body_hash, c.received_at, c.answer
FROM speaker s
LEFT JOIN keys k ON k.tenant = $1 AND k.case_id = $2 AND k.holder = s.holder AND k.destroyed_at IS NULL
LEFT JOIN commands c ON c.tenant = $1
    AND (c.id = $3 AND c.id LIKE 'cmd\\_%' OR c.case_id = $2 AND c.idempotency_key = $4 AND c.idempotency_key IS NOT NULL)
ORDER BY c.id = $3 DESC NULLS LAST
LIMIT 1
"""

ORIGINAL = "SELECT (body -> 'fact')::text FROM facts WHERE tenant = $1 AND case_id = $2 AND seq = $3"
# The key of a text of the case: of whom the text is, and how it is erased.
KEY_OF_TEXT = """
SELECT k.id AS key_id, k.holder, k.wrapped FROM contents c JOIN keys k ON k.tenant = c.tenant AND k.id = c.key_id
WHERE c.tenant = $1 AND c.case_id = $2 AND c.id = $3
"""

# Whether the record of a case has a payment provider's ids as they are: an earlier release opened it, and it goes on as it began.
IDS_AS_THEY_ARE = """
SELECT (c.state IS NULL AND c.source IN ('stripe', 'paypal') AND c.external_id NOT LIKE 'pid\\_%')
    OR jsonb_path_exists(c.state, '$.provider_disputes[*].newest.dispute ? (!(@ starts with "pid_"))')
FROM cases c WHERE c.tenant = $1 AND c.id = $2
"""

# The case's row is held FOR SHARE before the clock is read: a record that holds it FOR UPDATE to judge a deadline sees every
# command that was stamped before it, and stamps after it are later. Nothing is stored when the id is taken.
PLACE = """
WITH target AS (
    SELECT tenant, id FROM cases WHERE tenant = $1 AND id = $2 FOR SHARE
), placed AS (
    INSERT INTO commands (tenant, case_id, id, type, actor_id, channel, received_at, body, raw_content, body_hash,
        idempotency_key, status, answer, answered_at, credential, signature)
    SELECT t.tenant, t.id, $3, $4, $5, $6, clock_timestamp(), $7, $8, $9, $10, $11, $12,
        CASE WHEN $12::jsonb IS NOT NULL THEN clock_timestamp() END, $16, $17
    FROM target t
    ON CONFLICT DO NOTHING
    RETURNING received_at
), texts AS (
    INSERT INTO contents (tenant, id, case_id, key_id, ciphertext)
    SELECT $1, c.id, $2, $13, c.ciphertext FROM placed, unnest($14::text[], $15::bytea[]) AS c (id, ciphertext)
)
SELECT received_at FROM placed
"""

# A command that the system sends itself. It locks the case first, as everybody does who then locks other rows of it.
SYSTEM = """
WITH target AS (
    SELECT tenant, id FROM cases WHERE tenant = $1 AND id = $2 FOR SHARE
)
INSERT INTO commands (tenant, case_id, id, type, actor_id, channel, received_at, body, credential)
SELECT t.tenant, t.id, $3, $4, 'system', 'system', clock_timestamp(), $5, 'system' FROM target t
ON CONFLICT DO NOTHING
"""

Refused = tuple[str, str, dict[str, Any]]
_TRIES = 5
_BLAMES_THE_DATA = ("22", "54")


class Conflict(Never):
    """The same key was used for something else. ``code`` says which key, ``of`` what it belongs to."""

    def __init__(self, code: str, detail: str, of: str) -> None:
        super().__init__(code, detail)
        self.of = of


@dataclass(frozen=True)
class Receipt:
    """That a command is on disk."""

    command_id: str
    received_at: datetime
    known: bool
    """It was here before, word for word."""
    answer: KeptAnswer | None = None
    """What became of it, when that is known already."""


@dataclass(frozen=True)
class Came:
    """How a command came."""

    channel: str
    key: str | None = None
    """Its idempotency key."""
    credential: str | None = None
    signature: dict[str, str] | None = None
    refusal: Refused | None = None
    """Why the door does not let it in: code, detail and fields."""


class PostgresInbox:
    """Implements :class:`activities.ports.records.Inbox`, and :meth:`receive` for the API."""

    def __init__(self, database: Database, vault: Vault, archive: Archive | None = None) -> None:
        self._database, self._vault, self._archive = database, vault, archive

    async def put(self, tenant_id: str, case_id: str, raw: object, *, channel: str = "temporal") -> str:
        """Keep a command as it came and return the id under which it is kept."""
        credential = "system" if channel == "system" else "temporal"
        return (await self.receive(tenant_id, case_id, raw, channel=channel, credential=credential)).command_id

    async def receive(
        self,
        tenant_id: str,
        case_id: str,
        raw: object,
        *,
        channel: str = "api",
        idempotency_key: str | None = None,
        credential: str | None = None,
        signature: dict[str, str] | None = None,
        refusal: Refused | None = None,
    ) -> Receipt:
        """Keep a command as it came.

        The same id with the same body changes nothing. What is no command, or comes under an id that is taken, is kept as refused
        under an id of its own; so is what the door refuses (``refusal``). ``credential`` is by what it came, ``signature`` what
        shows it (the id of a signing key, and the signature itself). Raises :class:`Never` (``case_unknown``) and
        :class:`Conflict` (``idempotency_key_reused``).
        """
        async with self._database.tenant(tenant_id) as conn:
            incoming = read_incoming(raw, channel)
            came = Came(channel, idempotency_key, credential, signature, refusal)
            return await self._receive(conn, tenant_id, case_id, incoming, came)

    async def receive_on(
        self,
        conn: Connection,
        tenant_id: str,
        case_id: str,
        raw: object,
        *,
        channel: str = "api",
        credential: str | None = None,
    ) -> Receipt:
        """The same on a connection that is in use, as a part of what goes on there."""
        came = Came(channel, credential=credential)
        return await self._receive(conn, tenant_id, case_id, read_incoming(raw, channel), came)

    async def _receive(self, conn: Connection, tenant_id: str, case_id: str, incoming: Incoming, came: Came) -> Receipt:
        arrival = _Arrival(self._vault, tenant_id, case_id, incoming, came)
        for _ in range(_TRIES):
            receipt = await arrival.keep(conn)
            if receipt is not None:
                return receipt
            if arrival.archived and self._archive is not None:
                await self._archive.bring_back(tenant_id, case_id)
        raise ConnectionError("the inbox is contended; try again")


class _Arrival:
    """One command being kept."""

    def __init__(self, vault: Vault, tenant_id: str, case_id: str, incoming: Incoming, came: Came) -> None:
        self._vault = vault
        self._tenant, self._case = tenant_id, case_id
        self._incoming, self._came = incoming, came
        self._hash = vault.body_hash(tenant_id, incoming.canonical)
        self.archived = False
        """It was told before, and what became of it lies in the archive."""

    async def keep(self, conn: Connection) -> Receipt | None:
        """The receipt; None when somebody else took the id in this very moment, or where it is :attr:`archived`."""
        refusal = self._incoming.refusal or self._came.refusal
        if self._incoming.command is None or refusal is not None:
            code, detail, fields = refusal or unstorable()
            return await self._refused(conn, code, detail, fields)
        command_id = self._incoming.command.id
        row = await self._look(conn, command_id)
        self.archived = row["archived_with"] == self._case
        if self.archived:
            return None
        if row["archived_with"] is not None:
            return await self._refused(conn, *_taken(command_id))
        if row["id"] is not None:
            # What the system tells itself is meant once, whatever it would say the second time.
            same = row["body_hash"] == self._hash or self._came.channel == "system"
            if row["id"] == command_id and (row["case_id"] != self._case or not same):
                return await self._refused(conn, *_taken(command_id))
            if not same:
                raise Conflict("idempotency_key_reused", "This key was used with another body.", row["id"])
            return _known_receipt(row)
        try:
            return await self._accept(conn, row)
        except asyncpg.PostgresError as error:
            if (error.sqlstate or "")[:2] not in _BLAMES_THE_DATA:
                raise
        return await self._refused(conn, *unstorable())

    async def _look(self, conn: Connection, command_id: str) -> asyncpg.Record:
        row = await conn.fetchrow(LOOK, self._tenant, self._case, command_id, self._came.key, self._incoming.actor_id)
        if row is None or not row["case_known"]:
            raise Never("case_unknown", "There is no such case.")
        return row

    async def _accept(self, conn: Connection, row: asyncpg.Record) -> Receipt | None:
        command, box = self._incoming.command, None
        if isinstance(command, Translate):
            try:
                command, row = await self._beside_original(conn, command)
            except Refusal as refusal:
                return await self._refused(conn, refusal.code, refusal.detail, refusal.fields)
        found = {name: getattr(command, name) for name in ("field", "original")} if isinstance(command, Translate) else {}
        if self._incoming.texts and isinstance(self._incoming.raw, dict):
            box = await self._box(conn, row)
            people = PartySealer(box, self._vault, self._tenant, self._case, await self._for_ids(conn))
            command = parse_command({**self._incoming.raw, "channel": self._came.channel}, people).model_copy(update=found)
            # One statement alone is a transaction by itself.
            async with conn.transaction() if people.brought else nullcontext():
                receipt = await self._insert(conn, command.id, body=command.model_dump(mode="json"), box=box)
                if receipt is not None:
                    await people.keep(conn)
            return receipt
        assert command is not None
        return await self._insert(conn, command.id, body=command.model_dump(mode="json"), box=box)

    async def _beside_original(self, conn: Connection, command: Translate) -> tuple[Translate, asyncpg.Record]:
        """The command with the text that it translates, and that text's key: what is erased with the original lies under it."""
        said = await conn.fetchval(ORIGINAL, self._tenant, self._case, command.of)
        found = with_original(command, json.loads(said) if said else None)
        assert found.original is not None
        key = await conn.fetchrow(KEY_OF_TEXT, self._tenant, self._case, found.original.content_id)
        if key is None:
            raise TextUnknown("This text lies with another case: translate it there.", allowed=[])
        if key["wrapped"] is None:
            raise TextErased("The text was erased, and so is every translation of it.")
        return found, key

    async def _for_ids(self, conn: Connection) -> SealBox | None:
        """For the ids of a payment provider and the number of a payment, which go with whichever person of the case is erased
        first; None: it names none, or stands where ids are kept as they are."""
        command = self._incoming.command
        news = isinstance(command, Signal) and command.news is not None
        if not news and not (isinstance(command, ReportManualWork) and command.reference is not None):
            return None
        if news and await conn.fetchval(IDS_AS_THEY_ARE, self._tenant, self._case):
            return None
        return await self._vault.sealer(conn, self._tenant, self._case, PLATFORM)

    async def _refused(self, conn: Connection, code: str, detail: str, fields: dict[str, Any]) -> Receipt | None:
        own_id = self._incoming.own_id(self._case, partial(self._vault.body_hash, self._tenant))
        row = await self._look(conn, own_id)
        if row["id"] == own_id:
            return _known_receipt(row)
        box = await self._box(conn, row)
        content_id = box.put(_kept(_without_translation(self._incoming.raw)))
        answer = KeptAnswer(command_id=own_id, status="refused", code=code, detail=detail, fields=fields)
        return await self._insert(conn, own_id, raw_content=content_id, box=box, answer=answer)

    async def _box(self, conn: Connection, row: asyncpg.Record) -> SealBox:
        holder = row["holder"] or STAFF
        if row["key_id"] is None:
            return await self._vault.sealer(conn, self._tenant, self._case, holder)
        return SealBox(self._vault.unwrap(self._tenant, self._case, holder, row["key_id"], row["wrapped"]))

    async def _insert(
        self,
        conn: Connection,
        command_id: str,
        *,
        body: dict[str, Any] | None = None,
        raw_content: str | None = None,
        box: SealBox | None = None,
        answer: KeptAnswer | None = None,
    ) -> Receipt | None:
        rows = box.rows if box else []
        key = None if answer else self._came.key
        received_at = await conn.fetchval(
            PLACE, self._tenant, self._case, command_id, self._incoming.type, self._incoming.actor_id, self._came.channel,
            body, raw_content, self._hash, key, "refused" if answer else "pending", answer,
            box.key.id if box else None, [r[0] for r in rows], [r[1] for r in rows], self._came.credential, self._came.signature,
        )  # fmt: skip
        return None if received_at is None else Receipt(command_id, received_at, known=False, answer=answer)


def _taken(command_id: str) -> Refused:
    return "id_reused", "This id belongs to another command; choose a new one.", {"id": command_id}


def _known_receipt(row: asyncpg.Record) -> Receipt:
    answer = KeptAnswer.model_validate(row["answer"]) if row["answer"] else None
    return Receipt(row["id"], row["received_at"], known=True, answer=answer)


def _without_translation(raw: object) -> object:
    """What came, without the words of somebody else: a translation that was refused has no original with which it is erased."""
    if not isinstance(raw, dict) or raw.get("type") != "translate":
        return raw
    return {name: said for name, said in raw.items() if name not in ("text", "translator")}


def _kept(raw: object) -> bytes:
    """What came, bounded; escaped, so that NUL characters and halves of surrogate pairs survive."""
    try:
        text = json.dumps(raw, ensure_ascii=True, default=repr)
    except (ValueError, TypeError, RecursionError):
        text = f"(not JSON: {type(raw).__name__})"
    return text.encode("ascii", "backslashreplace")[:MAX_KEPT]
