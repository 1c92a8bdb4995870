"""Earlier cases of the same people, and how each ended: of those that the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from console.kit.visit import Addresses, Visit
from console.kit.words import in_words
from console.pages.listing import titled
from services import cases, references
from services.cases import Listing, Seen
from services.pages import Page

_MOST = 10


@dataclass(frozen=True)
class Earlier:
    """Another case of somebody."""

    seen: Seen
    number: str
    kind: str
    phase: str
    part: str
    """What they were in it."""
    decided: str
    """What was decided and told, or how it ended; empty while nobody has decided."""
    at: datetime
    """When that was; else when it was opened."""


async def show(visit: Visit) -> Response:
    """By side, the newest first."""
    seen = await cases.find(visit.parts, visit.caller, visit.request.path_params["case_id"], "earlier cases")
    told = await references.references_and_people(visit.parts, visit.caller, seen)
    found = []
    for party in told.references.parties if told else ():
        if party.role != "principal" or not party.ref:
            continue
        page = await cases.page_of_cases(visit.parts, visit.caller, Listing(party_ref=party.ref), Page(_MOST + 1))
        others = [one for one in page.items if one.id != seen.id][:_MOST]
        known = await references.references_of(visit.parts, visit.caller, *others)
        named = party.name or party.ref
        found.append((party.side.value, named, [_earlier(one, known.get(one.id), party.ref) for one in others]))
    return visit.page("history.html", people=found, linked=await _linked(visit, seen), case_id=seen.id)


async def _linked(visit: Visit, seen: Seen) -> list[tuple[str, str, str, str]]:
    """The cases that this one is linked with, as far as the viewer may see them: how, id, number and what it is called."""
    how = {link.other: in_words(link.relation) for link in (seen.case.links if seen.case is not None else ())}
    if not how:
        return []
    others = (await cases.page_of_cases(visit.parts, visit.caller, Listing(ids=tuple(how)), Page(_MOST))).items
    known = await references.references_of(visit.parts, visit.caller, *others)
    return [(how[one.id], one.id, *titled(one, known.get(one.id))) for one in others]


def _earlier(one: Seen, told: references.Told | None, ref: str) -> Earlier:
    case = one.case
    assert case is not None, "what is listed was opened"
    parties = told.references.parties if told else ()
    part = next((party.side.value for party in parties if party.ref == ref), "party")
    # The last decision that was told and stands; while an appeal against it runs, the phase says so.
    told_last = next((one for one in reversed(case.rulings) if one.annulled_at is None), None)
    decided = in_words(told_last.outcome) if told_last is not None else ""
    at = (told_last.issued_at if told_last is not None else None) or one.row.opened_at
    if told_last is None and case.closed_at is not None:
        decided, at = in_words(case.outcome.value if case.outcome else "closed"), case.closed_at
    phase = case.terms.labels.get(case.phase) or in_words(case.phase.value)
    number = (told.references.external_id if told else None) or f"…{one.id[-8:]}"
    return Earlier(one, number, in_words(case.kind), phase, part, decided, at)


PAGES: Addresses = [("/cases/{case_id}/history", ["GET"], show)]
