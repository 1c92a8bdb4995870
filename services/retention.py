"""What is past its time: looked at, and erased, by whoever administers."""

from __future__ import annotations

from services.callers import Caller
from services.heavy import need_fresh
from services.need_to_know import closed_among
from services.pages import Cursors
from services.parts import Parts
from services.trail import Administrator, administrator
from storage.record.retention import Batch as Looked
from storage.record.retention import Kept

__all__ = ["Kept", "Looked", "erase", "look"]


async def look(parts: Parts, caller: Caller, after: str | None = None) -> Looked:
    """The next closed cases of which something can still be read, until when each is kept, and what keeps it. Codes and ids
    alone, and none of a case that a conflict of interest closes to the reader. ``after``: the cursor of the answer before.

    Raises ``not_allowed``, ``scope_missing`` and ``cursor_invalid``."""
    who, cursors = await administrator(parts, caller), Cursors.of(parts, caller, "retention")
    found = await parts.retention.look(caller.tenant_id, cursors.read(after)[0] if after else "")
    return await _shown(parts, caller, who, cursors, found)


async def erase(parts: Parts, caller: Caller, after: str | None = None) -> Looked:
    """Erase those of the next closed cases that are past their time and kept by nothing. The packs said so: no second person is
    asked. It is told as by :func:`look`, whatever was erased. Raises also ``proof_needed``."""
    who, cursors = await administrator(parts, caller), Cursors.of(parts, caller, "retention")
    need_fresh(caller, "erase")
    found = await parts.retention.batch(caller.tenant_id, cursors.read(after)[0] if after else "")
    return await _shown(parts, caller, who, cursors, found)


async def _shown(parts: Parts, caller: Caller, who: Administrator, cursors: Cursors, found: Looked) -> Looked:
    reader = await parts.views.actor(caller.tenant_id, "", who.by)
    closed = await closed_among(parts, caller, reader, (kept.case_id for kept in found.cases)) if reader else frozenset[str]()
    cases = [kept for kept in found.cases if kept.case_id not in closed]
    after = cursors.write(found.after) if found.after is not None else None
    return Looked(cases, after, [case_id for case_id in found.erased if case_id not in closed])
