"""What is past its time: looked at, and erased, by whoever administers."""

from __future__ import annotations

from services.callers import Caller, conflicts_of
from services.heavy import need_fresh
from services.parts import Parts
from services.trail import administrator
from storage.record.retention import Batch as Looked
from storage.record.retention import Kept

__all__ = ["Kept", "Looked", "erase", "look"]


async def look(parts: Parts, caller: Caller, after: str | None = None) -> Looked:
    """The next closed cases of which something can still be read, until when each is kept, and what keeps it; without
    those that a conflict of interest closes to the caller. Codes and ids alone. Raises ``not_allowed`` and ``scope_missing``."""
    await administrator(parts, caller)
    return await parts.retention.look(caller.tenant_id, after or "", closed_to=await _closed_to(parts, caller))


async def erase(parts: Parts, caller: Caller, after: str | None = None) -> Looked:
    """Erase those of the next closed cases that are past their time and kept by nothing. The packs said so: no second person is
    asked. What a conflict of interest closes to the caller waits for somebody else. Raises also ``proof_needed``."""
    await administrator(parts, caller)
    need_fresh(caller, "erase")
    return await parts.retention.batch(caller.tenant_id, after or "", closed_to=await _closed_to(parts, caller))


async def _closed_to(parts: Parts, caller: Caller) -> tuple[str, ...]:
    return await conflicts_of(parts, caller, caller.holder) if caller.is_somebody else ()
