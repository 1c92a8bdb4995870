"""Letters that did not arrive: sent again, when whoever looks after them has found out why."""

from __future__ import annotations

from uuid_utils import uuid7

from services import commands
from services.callers import LEADERS, Caller, only
from services.cases import find
from services.errors import Refused, not_found
from services.parts import Parts


async def send_again(parts: Parts, caller: Caller, case_id: str, notice_id: str, channel: str = "console") -> None:
    """Have a letter of an open case tried again, from the first try on, to where its recipient is reached now.

    A note for the team keeps who had it done; it is sent by the workers, with the key that it had, so that it arrives once.
    Raises ``not_allowed`` for whoever looks after nobody's work, ``not_found`` for what is no letter that failed, and what the
    case refuses a note with.
    """
    await only(parts, caller, LEADERS, "Letters are sent again by leads and ops.")
    seen = await find(parts, caller, case_id, to_work=True)
    if seen.case is None or not seen.case.open:
        raise Refused("phase_closed")
    failed = {one.id: one for one in await parts.overview.letters(caller.tenant_id, [seen.id])}
    if notice_id not in failed:
        raise not_found()
    what = failed[notice_id].what.replace("_", " ").partition(":")[0]
    note = {"type": "note", "text": f"The letter “{what}” did not arrive. It is sent again.", "id": f"cmd_{uuid7()}"}
    await commands.send(parts, caller, seen, commands.whole(caller, note), channel=channel)
    await parts.overview.send_again(caller.tenant_id, seen.id, notice_id)
