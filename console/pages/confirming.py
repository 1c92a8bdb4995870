"""A second person says what one of the team has changed about the parties: a button that sends the same command once more."""

from __future__ import annotations

from starlette.responses import Response

from console.kit.visit import Addresses, Visit
from console.pages.command import after, opened, sent
from services.errors import Refused
from services.party_changes import one_of, said_again, waiting


async def confirm(visit: Visit) -> Response:
    """Send the same command. Raises what the case refuses it with, and ``not_in_this_phase`` where nothing waits any more."""
    form = await visit.form()
    found = await opened(visit, named=True)
    case = found.seen.case
    assert case is not None, "it was opened"
    one = one_of(waiting(case, found.seen.viewer), form.text("party"), form.text("change"))
    body = said_again(case, found.told, one) if one is not None else None
    if body is None:
        raise Refused("not_in_this_phase", "It waits no longer: somebody confirmed it, or it was undone. Open the case again.")
    state = await sent(visit, found.seen, body, form)
    return after(found.seen.id, body["type"], state)


PAGES: Addresses = [("/cases/{case_id}/confirm", ["POST"], confirm)]
