"""Finding a case by what somebody remembers of it.

By ids all cases that they may see are looked through, by an index; by words, and by the names of people, their own open ones
and the most pressing ones beside them that they may see: whom and what a case is about lies in the database where nobody reads
it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.views.references import References
from services.callers import Caller
from services.cases import Listing, Seen, find, page_of_cases
from services.errors import Refused
from services.pages import Page
from services.parts import Parts
from services.references import Told, looked_through, references_of

LONGEST = 200
_SHOWN = 8
_OWN = 100
OTHERS = 200
"""Open cases beside one's own that are opened and looked through, the most pressing ones first."""
_FROM = 3
"""Characters from which on words are looked for: two are in every sentence."""
_NUMBER = re.compile(r"(?P<before>(?:[A-Za-z]+-)?)(?P<digits>\d{1,12})")
_WIDEST = 8
"""Digits that a platform's number is filled up to with noughts, at most."""


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
    exact, looked = await _by_ids(parts, caller, asked), list[Seen]()
    if len(asked) >= _FROM or asked.isdecimal():
        own = await page_of_cases(parts, caller, Listing(owner=caller.holder, status="open"), Page(_OWN))
        others = await page_of_cases(parts, caller, Listing(status="open", sort="due"), Page(OTHERS))
        looked = list({one.id: one for one in (*own.items, *others.items)}.values())
    known = await looked_through(parts, caller, looked)
    meant = {one.id: one for one in (*exact, *(one for one in looked if _says(known.get(one.id), asked)))}
    shown = list(meant.values())[:_SHOWN]
    told = await references_of(parts, caller, *shown)
    return tuple(_called(one, told.get(one.id)) for one in shown)


async def _by_ids(parts: Parts, caller: Caller, asked: str) -> list[Seen]:
    exact: list[Seen] = []
    if asked.startswith("case_"):
        try:
            one = await find(parts, caller, asked)
        except Refused:
            # Not theirs to know of, or not there: the same to whoever looks.
            return []
        return [one] if one.case is not None else []
    numbers = (Listing(external_id=number) for number in _numbers(asked))
    for listing in (Listing(external_id=asked), Listing(matter=asked), Listing(party_ref=asked), *numbers):
        exact += (await page_of_cases(parts, caller, listing, Page(_SHOWN))).items
    return exact


def _numbers(asked: str) -> list[str]:
    """The numbers that somebody may mean who leaves out what every number has: ``HBR-36`` is ``HBR-000036``."""
    parts = _NUMBER.fullmatch(asked)
    if parts is None or not parts["before"]:
        return []
    before, digits = parts["before"].upper(), parts["digits"].lstrip("0") or "0"
    made = (before + digits.zfill(width) for width in range(len(digits), _WIDEST + 1))
    return [number for number in made if number != asked]


def _same_number(asked: str, known: str | None) -> bool:
    """Whether a number is the one that is asked for by its end, as people say it: ``36`` and ``hbr-36`` are ``HBR-000036``."""
    mine, its = _NUMBER.fullmatch(asked), _NUMBER.fullmatch(known or "")
    if mine is None or its is None or mine["before"].upper() not in ("", its["before"].upper()):
        return False
    return mine["digits"].lstrip("0") == its["digits"].lstrip("0") != ""


def names(one: Found, asked: str) -> bool:
    """Whether what is asked for is the number of a case that was found, or the case's id, and nothing that it is about."""
    asked = asked.strip()
    same = asked.casefold() in (one.number.casefold(), one.number.removeprefix("…").casefold(), one.seen.id.casefold())
    return same or _same_number(asked, one.number)


def _says(known: References | None, asked: str) -> bool:
    if known is None:
        return False
    if _same_number(asked, known.external_id):
        return True
    if len(asked) < _FROM:
        return False
    # The names of parties as well: what is found is shown without them.
    of_people = (word for party in known.parties for word in (party.ref, party.name))
    said = (known.subject, known.matter, known.external_id, *of_people)
    return any(asked.casefold() in one.casefold() for one in said if one)


def _called(seen: Seen, told: Told | None) -> Found:
    known = told.references if told else None
    assert seen.case is not None, "what is found was opened"
    title = (known.subject or known.matter if known else None) or f"{seen.case.kind} {seen.case.category}".replace("_", " ")
    return Found(seen, title, (known.external_id if known else None) or f"…{seen.id[-8:]}")
