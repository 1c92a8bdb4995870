"""Where a party is signed in at its case, and how it ends what is open elsewhere: on a phone that was lent, by a lost letter."""

from __future__ import annotations

from starlette.responses import Response

from console.kit.browser import device_of
from console.party.case import QUICK_EXIT, QUICKLY
from console.party.language import Language
from console.party.visit import PartyAddresses, PartyVisit, go
from services import party_links

DEVICES = "/my/devices"


async def show(visit: PartyVisit) -> Response:
    """Every device on which this party is at its case now."""
    assert visit.session is not None, "asked for with a session"
    found = await party_links.sessions_of(visit.parts, visit.session)
    places = [(one, called(visit.words, one.device), one.id == visit.session.id) for one in found]
    case = (await visit.case()).case
    quick = QUICKLY if case is not None and case.kind in QUICK_EXIT else None
    return visit.page("devices.html", places=places, ended="ended" in visit.request.query_params, quick_exit=quick)


async def end(visit: PartyVisit) -> Response:
    """End one of the others, or all of them. This one is ended by signing out."""
    form = await visit.form()
    assert visit.session is not None, "asked for with a session"
    await party_links.end_others(visit.parts, visit.session, form.text("session") or None)
    return go(f"{DEVICES}?ended=1")


def called(words: Language, agent: str) -> str:
    """What a device is called, as far as its browser says it: ``Firefox on Android``."""
    browser, system = device_of(agent)
    named = browser or words.say("devices.browser")
    return words.say("devices.named", browser=named, system=system) if system else named


PAGES: PartyAddresses = [(DEVICES, ["GET"], show), (DEVICES, ["POST"], end)]
