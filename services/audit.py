"""The record proves itself: recompute it, and sign the heads of its chains. For whoever runs Ombud; no key is asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from services.callers import Caller
from services.cases import Seen
from services.parts import Parts
from storage.record.audit import PostgresAudit, Verdict

Work = Callable[[PostgresAudit], Awaitable[dict[str, Any]]]
"""Something to do with the record, once it is open: one of the functions below with the rest of its arguments."""


async def verify(record: PostgresAudit, tenant: str | None, heads: Path | None) -> dict[str, Any]:
    """How many cases, facts, deeds and signed heads were checked, and what does not agree: of one tenant, or of all."""
    verdict = await record.verify(tenant, heads=heads)
    problems = [
        {"tenant": flaw.tenant_id, "case_id": flaw.case_id, "code": flaw.what, "seq": flaw.seq, "detail": flaw.detail}
        for flaw in verdict.flaws
    ]
    return {"cases": verdict.cases, "facts": verdict.facts, "deeds": verdict.deeds, "heads": verdict.heads, "problems": problems}


async def of_case(parts: Parts, caller: Caller, seen: Seen) -> Verdict:
    """What does not agree in the record of one case that somebody of the team reads."""
    return await parts.audit.verify_case(caller.tenant_id, seen.id)


async def export_heads(record: PostgresAudit, tenant: str | None, file: Path) -> dict[str, Any]:
    """Sign the head of every chain into a file, to be kept where the database's owners cannot change it; how many."""
    return {"signed": await record.export_heads(file, tenant), "file": str(file)}
