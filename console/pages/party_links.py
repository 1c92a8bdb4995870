"""The ways of a case's parties to their pages: when a link was sent and used, a new one, and all of them taken back; and the
address to which letters go, mended."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import Response

from console.kit.visit import Addresses, Form, Visit, to
from services import party_addresses, party_links
from services.errors import Refused


async def show(visit: Visit, *, typed: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """Whoever has a link, what became of it, and whether letters arrive."""
    case_id = visit.request.path_params["case_id"]
    parties = await party_links.listed(visit.parts, visit.caller, case_id)
    said = visit.request.query_params
    return visit.page(
        "party_links.html", status, case_id=case_id, parties=parties, done=said.get("done", ""), said=said, typed=typed
    )


async def change(visit: Visit) -> Response:
    """Send a new link to the address on record, end every link and session of a party at once, or mend its address."""
    case_id = visit.request.path_params["case_id"]
    form = await visit.form()
    party, do = form.text("party"), form.text("do")
    if do == "mend":
        return await _mend(visit, case_id, party, form)
    if do == "send":
        await party_links.send_anew(visit.parts, visit.caller, case_id, party)
    else:
        await party_links.revoke(visit.parts, visit.caller, case_id, party)
    return to(f"/cases/{case_id}/party-links?done={'sent' if do == 'send' else 'revoked'}")


async def _mend(visit: Visit, case_id: str, party: str, form: Form) -> Response:
    email, reason = form.text("email"), form.text("reason")
    try:
        mended = await party_addresses.mend(visit.parts, visit.caller, case_id, party, email, reason)
    except Refused as refused:
        if refused.code == "proof_needed":
            return to(f"/prove?{urlencode({'next': f'/cases/{case_id}/party-links'})}")
        if not refused.errors:
            raise
        typed = {"party": party, "email": email, "reason": reason, "why": refused.errors[0].message}
        return await show(visit, typed=typed, status=422)
    said = {"done": "mended", "letters": mended.letters, "told": "1" if mended.old_told else ""}
    return to(f"/cases/{case_id}/party-links?{urlencode(said)}")


PAGES: Addresses = [
    ("/cases/{case_id}/party-links", ["GET"], show),
    ("/cases/{case_id}/party-links", ["POST"], change),
]
