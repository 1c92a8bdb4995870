"""Finding a case by what somebody remembers of it.

By ids all cases that they may see are looked through, by an index; by words their own open ones, for what a case is about lies in
the database where nobody reads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.callers import Caller
from services.cases import Listing, Seen, find, page_of_cases
from services.errors import Refused
from services.pages import Page
from services.parts import Parts
from services.references import Told, references_of

LONGEST = 200
_SHOWN = 8
_OWN = 100
_FROM = 3
"""Characters from which on words are looked for: two are in every sentence."""


@dataclass(frozen=True)
class Found:
    """A case, and what it is called."""

    seen: Seen
    title: str
    number: str


async def found(parts: Parts, caller: Caller, asked: str) -> Sequence[Found]:
    """The cases that somebody may mean, of those that they may see."""
    asked = asked.strip()[:LONGEST]
    if not asked:
        return ()
    exact = await _by_ids(parts, caller, asked)
    own = []
    if len(asked) >= _FROM:
        own = list((await page_of_cases(parts, caller, Listing(owner=caller.holder, status="open"), Page(_OWN))).items)
    told = await references_of(parts, caller, *{one.id: one for one in (*exact, *own)}.values())
    meant = {one.id: one for one in (*exact, *(one for one in own if _says(told.get(one.id), asked)))}
    return tuple(_called(one, told.get(one.id)) for one in list(meant.values())[:_SHOWN])


async def _by_ids(parts: Parts, caller: Caller, asked: str) -> list[Seen]:
    exact: list[Seen] = []
    if asked.startswith("case_"):
        try:
            one = await find(parts, caller, asked)
        except Refused:
            # Not theirs to know of, or not there: the same to whoever looks.
            return []
        return [one] if one.case is not None else []
    for listing in (Listing(external_id=asked), Listing(matter=asked), Listing(party_ref=asked)):
        exact += (await page_of_cases(parts, caller, listing, Page(_SHOWN))).items
    return exact


def _says(told: Told | None, asked: str) -> bool:
    if told is None:
        return False
    known = told.references
    said = (known.subject, known.matter, known.external_id, *(party.ref for party in known.parties))
    return any(asked.casefold() in one.casefold() for one in said if one)


def _called(seen: Seen, told: Told | None) -> Found:
    known = told.references if told else None
    assert seen.case is not None, "what is found was opened"
    title = (known.subject or known.matter if known else None) or f"{seen.case.kind} {seen.case.category}".replace("_", " ")
    return Found(seen, title, (known.external_id if known else None) or f"…{seen.id[-8:]}")
