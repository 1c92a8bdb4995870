"""The ways of a case's parties to their pages: when a link was sent and used, a new one, and all of them taken back."""

from __future__ import annotations

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, to
from services import party_links


async def show(visit: Visit) -> Response:
    """Whoever has a link, and what became of it."""
    case_id = visit.request.path_params["case_id"]
    parties = await party_links.listed(visit.parts, visit.caller, case_id)
    done = visit.request.query_params.get("done", "")
    return visit.page("party_links.html", case_id=case_id, parties=parties, done=done)


async def change(visit: Visit) -> Response:
    """Send a new link to the address on record, or end every link and session of a party at once."""
    case_id = visit.request.path_params["case_id"]
    form = await visit.form()
    party, send = form.text("party"), form.text("do") == "send"
    if send:
        await party_links.send_anew(visit.parts, visit.caller, case_id, party)
    else:
        await party_links.revoke(visit.parts, visit.caller, case_id, party)
    return to(f"/cases/{case_id}/party-links?done={'sent' if send else 'revoked'}")


PAGES: Addresses = [
    ("/cases/{case_id}/party-links", ["GET"], show),
    ("/cases/{case_id}/party-links", ["POST"], change),
]
