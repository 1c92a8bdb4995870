"""Signs the heads of the chains, after everything was verified, with a key that no process which serves anybody has."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from storage.postgres.pool import NOW
from storage.record.audit import Flaw, Looked, PostgresAudit, Verdict
from storage.record.heads import OF_THE_DAY, OF_THE_READS, OF_THE_TRAIL, Heads, SignedHead, Signer, append_heads
from storage.record.reads import read_until

SETTLED_FOR = timedelta(minutes=5)
"""How long after it was answered a command is covered by a head: whatever answered it is on disk by then, or was given up."""
LAST_OF_TRAIL = "SELECT seq, hash FROM trail WHERE tenant = $1 ORDER BY seq DESC LIMIT 1"
NOTE = """
INSERT INTO signed_heads (tenant, case_id, seq, line, public_key)
SELECT $1, h.case_id, h.seq, h.line, $3 FROM jsonb_to_recordset($2) AS h (case_id text, seq bigint, line text)
"""


@dataclass
class Signed:
    """What a signing came to."""

    heads: int = 0
    """Lines added to the file, one of the day for each tenant among them."""
    cases: int = 0
    """Cases that were verified before."""
    flaws: list[Flaw] = field(default_factory=list)
    """What was found: nothing of such a case was signed."""


class Signing:
    """Signs what moved since the last time."""

    def __init__(self, audit: PostgresAudit, signer: Signer, settled_for: timedelta = SETTLED_FOR) -> None:
        self._audit, self._signer, self._settled_for = audit, signer, settled_for

    async def sign(self, path: Path, tenant_id: str | None = None, *, anew: bool = False) -> Signed:
        """Verify, then sign into the file the head of each case that is whole and has moved since it was signed last. What lies
        in the archive has not moved.

        What was signed before is read from the file, never from the database. With a file that is not whole, or that lacks what
        the database knows to have been signed, nothing is signed. ``anew``: there is no file yet, and another was there before.
        """
        told = Signed()
        tenants = [tenant_id] if tenant_id is not None else await self._audit.database.tenant_ids()
        verdict = Verdict()
        heads = await asyncio.to_thread(self._audit.heads, path)
        # No file is how it begins, as long as nothing was ever signed.
        heads.flaws = [flaw for flaw in heads.flaws if flaw.what not in ("heads_missing", "heads_empty")]
        await self._audit.judge(heads, () if anew and not heads.lines else tenants, verdict)
        told.flaws = verdict.flaws
        if not told.flaws:
            for tenant in tenants:
                await self._sign_tenant(path, heads, tenant, told)
        return told

    async def _sign_tenant(self, path: Path, heads: Heads, tenant: str, told: Signed) -> None:
        verdict = Verdict()
        async for page in self._audit.pages(tenant, verdict, heads, archived=False):
            async with self._audit.database.tenant(tenant) as conn:
                now: datetime = await conn.fetchval(NOW)
            moved = [self._said(looked, now) for looked in page if looked.intact and _moved(heads, tenant, looked)]
            told.heads += await self._add(path, heads, tenant, moved, now)
        await self._audit.verify_trail(tenant, heads, verdict)
        await self._audit.verify_reads(tenant, heads, verdict)
        told.cases += verdict.cases
        told.flaws += verdict.flaws
        async with self._audit.database.tenant(tenant) as conn:
            now = await conn.fetchval(NOW)
            last = await conn.fetchrow(LAST_OF_TRAIL, tenant)
            until, of_reads = now - self._settled_for, [*heads.of(tenant, OF_THE_READS)]
            reads, read_hash = await read_until(conn, tenant, of_reads[-1] if of_reads else None, until)
        of_trail = heads.of(tenant, OF_THE_TRAIL)
        amiss, said = {flaw.case_id for flaw in verdict.flaws}, list[dict[str, Any]]()
        if last is not None and OF_THE_TRAIL not in amiss and (not of_trail or of_trail[-1].seq < last["seq"]):
            said.append({"case_id": OF_THE_TRAIL, "seq": last["seq"], "head": last["hash"]})
        if OF_THE_READS not in amiss and reads > (of_reads[-1].seq if of_reads else 0):
            said.append({"case_id": OF_THE_READS, "seq": reads, "head": read_hash, "until": until.isoformat()})
        told.heads += await self._add(path, heads, tenant, said, now)
        of_day = {"case_id": OF_THE_DAY, "seq": heads.cases.get(tenant, 0), "head": ""}
        told.heads += await self._add(path, heads, tenant, [of_day], now)

    def _said(self, looked: Looked, now: datetime) -> dict[str, Any]:
        until, row = now - self._settled_for, looked.row
        return {
            "case_id": row["id"], "seq": row["seq"], "head": row["head"], "turn": row["turn"],
            "around": looked.around.around(row["seq"], until), "until": until.isoformat(),
            "all_facts": looked.all_facts,
        }  # fmt: skip

    async def _add(self, path: Path, heads: Heads, tenant: str, said: list[dict[str, Any]], now: datetime) -> int:
        signed: list[SignedHead] = []
        for one in said:
            signed_at = f"{now:%Y-%m-%dT%H:%M:%S}+00:00"
            head = self._signer.sign(tenant=tenant, signed_at=signed_at, number=heads.number + 1, prev=heads.last, **one)
            heads.take(head, self._signer.public_key, self._signer.public_key)
            signed.append(head)
        if signed:
            # The file first: a head that is noted and not in the file would count as lost.
            append_heads(path, signed)
            async with self._audit.database.tenant(tenant) as conn:
                kept = [{"case_id": head.case_id, "seq": head.seq, "line": head.line} for head in signed]
                await conn.execute(NOTE, tenant, kept, self._signer.public_key)
        return len(signed)


def _moved(heads: Heads, tenant: str, looked: Looked) -> bool:
    """Whether the case was written since its head was signed, or the head is of a release that did not sign the list of its
    facts; one that nobody has judged yet has none."""
    signed = heads.of(tenant, looked.row["id"])
    if not looked.row["seq"]:
        return False
    return not signed or not signed[-1].all_facts or (signed[-1].seq, signed[-1].turn) != (looked.row["seq"], looked.row["turn"])
