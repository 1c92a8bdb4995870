"""The way in: a link that is confirmed before it opens anything, a new one for who lost theirs, and the way out.

Programs that look through mail open links before people do. So looking at one changes nothing, and says nothing of the case.
"""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

from starlette.responses import Response

from console.party.case import ELSEWHERE, QUICKLY
from console.party.language import languages
from console.party.visit import LANGUAGE, PartyAddresses, PartyVisit, go, tenant_of
from services import party_addresses, party_links

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
MY_CASE = "/my"


async def arrive(visit: PartyVisit) -> Response:
    """Where the link of a letter leads: a button, and nothing of the case."""
    secret = visit.request.path_params["token"]
    link = await party_links.meant(visit.parts, secret)
    if link is not None and visit.session is not None and visit.session.link_id == link.id:
        # They have opened it here before, and are there still.
        return go(MY_CASE)
    tenant = await visit.parts.tenants.tenant(link.tenant_id) if link else None
    visit = replace(visit, session=None, tenant=tenant)
    good = link is not None and link.used_at is None and link.revoked_at is None and link.expires_at > visit.now
    return visit.page("open.html" if good else "used.html", 200 if good else 410)


async def enter(visit: PartyVisit) -> Response:
    """Open it, once."""
    secret = visit.request.path_params["token"]
    visit = replace(visit, session=None)
    await visit.form()
    link = await party_links.meant(visit.parts, secret)
    device = visit.request.headers.get("user-agent", "")
    own = await party_links.exchange(visit.parts, link, secret, device, visit.place) if link else None
    if link is None or own is None:
        tenant = await visit.parts.tenants.tenant(link.tenant_id) if link else None
        return replace(visit, tenant=tenant).page("used.html", 410)
    answer = go(MY_CASE)
    cookies = visit.house.cookies
    cookies.give(answer, cookies.party, own, int(party_links.SESSION_FOR.total_seconds()))
    return answer


async def leave(visit: PartyVisit) -> Response:
    """Sign out here, at once."""
    await visit.form()
    assert visit.session is not None, "asked for with a session"
    await party_links.end(visit.parts, visit.session)
    answer = replace(visit, session=None).page("left.html")
    visit.house.cookies.take(answer, visit.house.cookies.party)
    return answer


async def leave_quickly(visit: PartyVisit) -> Response:
    """Away at once, and who has the device next does not come back in: a new link alone opens the page again."""
    return await led_away(visit)


async def led_away(visit: PartyVisit) -> Response:
    """To a page that says nothing of anybody, with the session of this device ended. A link on another site signs nobody out."""
    away = go(ELSEWHERE)
    away.headers["Referrer-Policy"] = "no-referrer"
    if visit.session is not None and visit.request.headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        await party_links.end(visit.parts, visit.session)
        visit.house.cookies.take(away, visit.house.cookies.party)
    return away


async def lost(visit: PartyVisit) -> Response:
    """Ask for a new link."""
    tenant = await tenant_of(visit, visit.request.path_params["tenant"])
    return replace(visit, tenant=tenant, session=None).page("lost.html", number="", address="", missing=())


async def ask_again(visit: PartyVisit) -> Response:
    """The same answer to everybody, whether there is such a case or not; nobody is looked for while they wait for it."""
    tenant = await tenant_of(visit, visit.request.path_params["tenant"])
    visit = replace(visit, tenant=tenant, session=None)
    form = await visit.form()
    number, address = form.text("number").strip()[:100], form.text("address").strip()[:254]
    missing = [name for name, fits in (("number", bool(number)), ("address", bool(_ADDRESS.fullmatch(address)))) if not fits]
    if missing:
        return visit.page("lost.html", 422, number=number, address=address, missing=missing)
    await party_links.ask_again(visit.parts, tenant.id, number, address, visit.place)
    return visit.page("asked.html")


async def speak(visit: PartyVisit) -> Response:
    """Another language from now on, on this device; and of whoever is at their case, in the letters to them.

    Only a page of ours says what letters are in: a link on another site, or in somebody's mail, changes the page alone.
    """
    code = visit.request.path_params["code"]
    back = visit.request.query_params.get("back", "/")
    parts = urlsplit(back)
    within = back.startswith("/") and not back.startswith(("//", "/\\")) and "\\" not in back and back.isprintable()
    answer = go(back if within and not parts.netloc else "/")
    if code in languages():
        visit.house.cookies.give(answer, LANGUAGE, code, 365 * 24 * 3600)
        if visit.session is not None and visit.request.headers.get("sec-fetch-site") == "same-origin":
            await party_addresses.speak(visit.parts, visit.session, code)
    return answer


OPEN: PartyAddresses = [
    ("/l/{token}", ["GET"], arrive),
    ("/l/{token}", ["POST"], enter),
    ("/lost/{tenant}", ["GET"], lost),
    ("/lost/{tenant}", ["POST"], ask_again),
    ("/language/{code}", ["GET"], speak),
    (QUICKLY, ["GET"], leave_quickly),
]
"""For everybody."""
PAGES: PartyAddresses = [("/my/leave", ["POST"], leave)]
