"""Where colleagues have named somebody in a note, the newest first."""

from __future__ import annotations

from starlette.responses import Response

from console.kit.visit import Addresses, Visit
from console.pages.inbox import titled
from services import mentions, people, references


async def show(visit: Visit) -> Response:
    """The notes that name whoever is signed in, each with the way to it."""
    found = await mentions.mentions(visit.parts, visit.caller)
    names = await people.colleagues(visit.parts, visit.caller)
    told = await references.references_of(visit.parts, visit.caller, *{one.seen.id: one.seen for one in found}.values())
    lines = [
        (one, names.get(one.note.actor_id or "", "Somebody"), *titled(one.seen, told.get(one.seen.id)), one.note.data.get("text"))
        for one in found
    ]
    return visit.page("mentions.html", lines=lines, list="mentions", days=mentions.KEPT_FOR.days)


PAGES: Addresses = [("/mentions", ["GET"], show)]
