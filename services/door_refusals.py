"""What Temporal's door did not let in, for operations: whoever reaches the namespace can try to speak in anybody's name."""

from __future__ import annotations

from services.callers import Caller, conflicts_of
from services.pages import Cursors, Page, Part
from services.parts import Parts
from services.trail import administrator
from storage.intake.refusals import DoorRefusal


async def listed(parts: Parts, caller: Caller, page: Page) -> Part[DoorRefusal]:
    """The newest first. Raises what :func:`administrator` raises, and ``cursor_invalid``."""
    who = await administrator(parts, caller)
    cursors = Cursors.of(parts, caller, "door-refusals")
    before = int(cursors.read(page.cursor)[0]) if page.cursor is not None else None
    closed = await conflicts_of(parts, caller, who.by)
    found = await parts.door_refusals.listed(who.tenant_id, page.limit + 1, before=before, closed_to=closed)
    shown, more = found[: page.limit], len(found) > page.limit
    return Part(tuple(shown), more, cursors.write(str(shown[-1].id)) if more else None)
