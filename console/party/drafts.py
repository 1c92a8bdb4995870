"""What a party has begun to write and not sent: it goes along to the server with another language, another page, or the end of
the visit, and stands in its form again, for a day at most."""

from __future__ import annotations

from starlette.responses import Response

from console.party.language import languages
from console.party.story import DEEDS
from console.party.visit import LANGUAGE, PartyAddresses, PartyVisit, go
from services import outside_drafts, party_addresses
from services.errors import not_found

FIELDS = ("text", "to", "amount", "remedy", "carrier", "tracking")
"""What is kept of a form; files are chosen again."""
MOST_TEXT = 50_000
"""Characters of one field that are read, of what is kept as of what is sent."""
_CHOICES = ("to", "remedy")


async def keep(visit: PartyVisit) -> Response:
    """Keep it, and go where they wanted to go: their page in another language, another deed, or the same form."""
    deed = visit.request.path_params["deed"]
    if deed not in DEEDS:
        raise not_found()
    sent = await visit.upload()
    try:
        filled = {name: sent.get(name) for name in FIELDS}
        said = {name: text[:MOST_TEXT].replace("\r\n", "\n") for name, text in filled.items() if isinstance(text, str)}
        code, then = str(sent.get("speak") or ""), str(sent.get("then") or "")
    finally:
        await sent.close()
    assert visit.session is not None, "asked for with a session"
    await visit.case()
    # A choice alone is nothing that somebody wrote.
    written = any(value.strip() for name, value in said.items() if name not in _CHOICES)
    await outside_drafts.keep(visit.parts, visit.session, deed, said if written else {})
    here = "/my" if deed == "write" else f"/my/do/{deed}"
    answer = go(f"/my/do/{then}" if then in DEEDS else here)
    if code in languages():
        visit.house.cookies.give(answer, LANGUAGE, code, 365 * 24 * 3600)
        await party_addresses.speak(visit.parts, visit.session, code)
    return answer


PAGES: PartyAddresses = [("/my/keep/{deed}", ["POST"], keep)]
