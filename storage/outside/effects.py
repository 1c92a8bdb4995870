"""The book of effects: what was ordered, what was begun, what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import asyncpg

from activities.ports.effects import OrderedEffect, Submission, SubmittedFile
from domain.base import Money
from domain.model.links import CrossCaseTaskOrdered
from domain.model.provider_news import ProviderDispute, revealed
from domain.rules.chargeback import SUBMISSION as CHARGEBACK_SUBMISSION
from domain.views.references import References
from storage.postgres.pool import Connection, Database
from storage.postgres.vault import Vault
from storage.views.references import open_metadata, references

BEGIN = """
UPDATE effects e SET began_at = coalesce(e.began_at, clock_timestamp()),
    metadata = CASE WHEN e.began_at IS NULL THEN c.metadata ELSE e.metadata END,
    metadata_key = CASE WHEN e.began_at IS NULL THEN c.metadata_key ELSE e.metadata_key END
FROM cases c
WHERE e.tenant = $1 AND e.id = $2 AND e.state = 'running' AND c.tenant = e.tenant AND c.id = e.case_id
RETURNING e.id, e.case_id, e.type, e.amount, e.currency, e.side, e.to_party, e.because, e.reverses, e.synthetic, e.errand,
    e.metadata, e.metadata_key
"""
KEY = "SELECT id AS key_id, holder, wrapped, $3::bytea AS metadata FROM keys WHERE tenant = $1 AND id = $2"

# What a card network is told: the draft that was sent, and the network's own id of the dispute.
SUBMISSION = """
SELECT c.source, c.external_id, f.body, c.state -> 'provider_disputes' AS disputes
FROM facts f JOIN cases c ON c.tenant = f.tenant AND c.id = f.case_id
WHERE f.tenant = $1 AND f.case_id = $2 AND f.type = 'chargeback_drafted' AND f.body -> 'fact' ->> 'draft_id' = $3
"""

# The case first, as everybody who holds several rows of a case: the record's write holds the case and then takes its effects.
FINISH = """
WITH target AS (
    SELECT c.tenant, c.id FROM cases c JOIN effects e ON e.tenant = c.tenant AND e.case_id = c.id
    WHERE c.tenant = $1 AND e.id = $2
    FOR SHARE OF c
), done AS (
    UPDATE effects e SET state = $3, result = $3, note = $4, finished_at = clock_timestamp()
    FROM target t
    -- Stopped by a legal hold or a provider's word while it was under way: what it came to is said all the same.
    WHERE e.tenant = t.tenant AND e.id = $2 AND (e.state = 'running' OR (
        e.note IN ('withheld', 'paid_by_provider', 'dispute_unverified', 'disputed_less', 'disputed_again',
            'payment_in_doubt')
        AND e.state = 'needs_hands' AND e.began_at IS NOT NULL
    ))
    RETURNING e.case_id
)
INSERT INTO commands (tenant, case_id, id, type, actor_id, channel, received_at, body, credential)
SELECT $1, d.case_id, $5, 'report_effect', 'system', 'system', clock_timestamp(), $6, 'system' FROM done d
ON CONFLICT DO NOTHING
"""


class PostgresEffects:
    """Implements :class:`activities.ports.effects.Effects`."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def begin(self, tenant_id: str, effect_id: str) -> OrderedEffect | None:
        """The effect, noted as begun; None when it is finished already, or unknown."""
        async with self._database.tenant(tenant_id) as conn:
            row = await conn.fetchrow(BEGIN, tenant_id, effect_id)
            about = await self._references(conn, tenant_id, row) if row is not None else None
            submission = await self._submission(conn, tenant_id, row, about) if row is not None else None
        if row is None:
            return None
        amount = None if row["amount"] is None else Money(amount=row["amount"], currency=row["currency"])
        return OrderedEffect(
            id=row["id"], tenant_id=tenant_id, case_id=row["case_id"], type=row["type"], amount=amount, to=row["side"],
            to_party=row["to_party"], reverses=row["reverses"], synthetic=row["synthetic"],
            task=CrossCaseTaskOrdered.model_validate(row["errand"]) if row["errand"] else None,
            submission=submission, references=about,
        )  # fmt: skip

    async def _references(self, conn: Connection, tenant_id: str, row: asyncpg.Record) -> References | None:
        """By what the platform knows the case, its notes as they stood when it was first asked; not for what we do ourselves."""
        if row["errand"]:
            return None
        case_id = row["case_id"]
        found = (await references(conn, self._vault, tenant_id, [case_id]))[case_id]
        sealed = await conn.fetchrow(KEY, tenant_id, row["metadata_key"], row["metadata"]) if row["metadata"] else None
        noted = open_metadata(self._vault, tenant_id, case_id, sealed) if sealed else {}
        return found.model_copy(update={"metadata": noted})

    async def _submission(
        self, conn: Connection, tenant_id: str, row: asyncpg.Record, about: References | None
    ) -> Submission | None:
        if row["type"] != CHARGEBACK_SUBMISSION or about is None:
            return None
        found = await conn.fetchrow(SUBMISSION, tenant_id, row["case_id"], row["because"])
        if found is None:
            return None
        fact = found["body"]["fact"]
        content_id = fact["text"]["content_id"]
        texts = await self._vault.reveal(conn, tenant_id, [content_id])
        return Submission(
            source=found["source"], external_id=about.external_id, text=texts.get(content_id), due_at=fact["due_at"],
            account=await self._account(conn, tenant_id, found["disputes"] or (), found["external_id"]),
            files=tuple(
                SubmittedFile(id=one["file"]["id"], shows=one["shows"], media_type=one["file"]["media_type"])
                for one in fact.get("files") or ()
            ),
        )  # fmt: skip

    async def _account(self, conn: Connection, tenant_id: str, disputes: Sequence[Any], dispute: str | None) -> str | None:
        """The account of its provider that a dispute is of, as the case knows it; None also where that was erased."""
        known = [ProviderDispute.model_validate(one) for one in disputes]
        said = next((one.names_account for one in known if one.newest.dispute == dispute), None)
        if said is None or not said.concealed:
            return said.account if said is not None else None
        if said.ids is None:
            return None
        ids = (await self._vault.reveal(conn, tenant_id, [said.ids.content_id])).get(said.ids.content_id)
        return revealed(said, ids).account if ids is not None else None

    async def finish(self, tenant_id: str, effect_id: str, result: str, note: str | None = None) -> None:
        """Mark as finished and report it to the case, together or not at all; a second time changes nothing."""
        command_id = _report_id(effect_id, result)
        body = {"id": command_id, "type": "report_effect", "by": "system", "channel": "system", "effect_id": effect_id,
                "result": result, "note": note}  # fmt: skip
        async with self._database.tenant(tenant_id) as conn:
            await conn.execute(FINISH, tenant_id, effect_id, result, note, command_id, body)


def _report_id(effect_id: str, result: str) -> str:
    plain = f"cmd_sys-{result}-{effect_id}"
    return plain if len(plain) <= 128 else f"cmd_sys-{result}-{hashlib.sha256(effect_id.encode()).hexdigest()}"
