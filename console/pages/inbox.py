"""The inbox: what somebody has, what waits in their queues, and all that they may see; the most pressing first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, to
from console.kit.words import KINDS, ORDERS, called
from console.pages.afterwards import sent_before
from console.pages.listing import FILTERS, VIEWS, View, listing_of, wrong
from console.pages.live import of_list
from console.pages.views import query_of
from domain.base import Phase, Priority
from domain.views.case import view
from domain.views.urgency import STATES, ClockStanding, ClockState, standings
from services import cases, desk, people, references, saved_views
from services.cases import Seen
from services.pages import Page

TITLES: Mapping[View, str] = {"mine": "Mine", "queues": "My queues", "all": "All I may see"}
LOOK_AT = 100
"""One's own cases are few and shown whole; of the other lists so many of the most pressing are."""
CLOCK_WORDS: Mapping[ClockState, tuple[str, str]] = {
    "late": ("flame", "Late"),
    "risk": ("triangle-alert", "At risk"),
    "on_track": ("circle-check", "On track"),
    "paused": ("circle-pause", "Paused"),
}
"""Icon and word: never a colour alone."""


@dataclass(frozen=True)
class Row:
    """A case as the list shows it."""

    id: str
    number: str
    title: str
    about: str
    icon: str
    phase: str
    kind: str
    turn: str
    turn_side: str | None
    amount: Mapping[str, Any] | None
    clocks: tuple[ClockStanding, ...]

    @property
    def clock(self) -> ClockStanding | None:
        """The most pressing one."""
        return self.clocks[0] if self.clocks else None

    @property
    def state(self) -> ClockState:
        """How pressing it is; a case without a clock waits for nobody."""
        return self.clock.state if self.clock else "paused"


_ONCE = ("nothing", "before", "sent")
"""What is said of one moment, and no part of the list."""


async def show(visit: Visit) -> Response:
    """The list. Its address holds every filter, so that it can be kept and passed on."""
    said = dict(visit.request.query_params)
    which, wanted = _which(said), _clock(said)
    shown, cursor = await _read(visit, which, said)
    rows = await _rows(visit, shown)
    leads = await saved_views.may_share(visit.parts, visit.caller)
    counts = Counter(row.state for row in rows)
    query = query_of({**said, "view": which})
    first = {state: next((row for row in rows if row.state == state), None) for state in STATES}
    rows = [row for row in rows if wanted in (None, row.state)]
    groups = [
        ("Act now", [row for row in rows if row.state in ("late", "risk")]),
        ("Later", [row for row in rows if row.state == "on_track"]),
        ("Paused", [row for row in rows if row.state == "paused"]),
    ]
    return visit.page(
        "inbox.html",
        view=which,
        list=said["phase"] if which == "all" and said.get("phase") in ("approval", "appeal") else which,
        heading=TITLES[which],
        groups=[group for group in groups if group[1]],
        total=len(rows),
        more=_address(said, cursor=cursor) if cursor else None,
        stats=[
            (state, *CLOCK_WORDS[state], counts[state], first[state], _address(said, clock=state, cursor=None))
            for state in STATES
        ],
        clock=wanted,
        everything=_address(said, clock=None, cursor=None),
        used=[(name, said[name], _address(said, **{name: None}, cursor=None)) for name in FILTERS if said.get(name)],
        said=said,
        kinds=sorted(visit.parts.packs),
        phases=[phase.value for phase in Phase],
        priorities=[priority.value for priority in Priority],
        words=CLOCK_WORDS,
        nothing="nothing" in said,
        sent_before=await sent_before(visit),
        query=query,
        saved=next((saved for saved in visit.views if saved.query == query), None),
        live=of_list(visit, _address(said)),
        may_share=leads,
        table=f"/inbox.csv?{query}",
        orders={name: called(name) for name in ORDERS} if leads else {},
    )


async def rows_of(visit: Visit, said: Mapping[str, str]) -> tuple[list[Row], str | None]:
    """A page of the list that an address means, and where the next one begins. Raises ``parameter_invalid``."""
    shown, cursor = await _read(visit, _which(said), said)
    wanted = _clock(said)
    return [row for row in await _rows(visit, shown) if wanted in (None, row.state)], cursor


def _which(said: Mapping[str, str]) -> View:
    which = next((view_ for view_ in TITLES if view_ == said.get("view", "mine")), None)
    if which is None:
        raise wrong("view", TITLES)
    return which


def _clock(said: Mapping[str, str]) -> str | None:
    wanted = said.get("clock")
    if wanted is not None and wanted not in STATES:
        raise wrong("clock", STATES)
    return wanted


async def take_next(visit: Visit) -> Response:
    """Take the most pressing case that one may take, and open it."""
    await visit.form()
    found = await desk.take_next(visit.parts, visit.caller, None, None)
    return to(
        f"/cases/{found.seen.id}?by={found.command_id}&done=take" if found.seen is not None else "/inbox?view=queues&nothing=1"
    )


async def _read(visit: Visit, which: str, said: Mapping[str, str]) -> tuple[Sequence[Seen], str | None]:
    parts, caller, page = visit.parts, visit.caller, Page(LOOK_AT if which == "mine" else 50, said.get("cursor") or None)
    if which == "queues" and not any(said.get(name) for name in FILTERS):
        found = await desk.waiting(parts, caller, page)
    else:
        found = await cases.page_of_cases(parts, caller, listing_of(visit, which, said), page)
    return found.items, found.next_cursor


def _address(said: Mapping[str, str], **changes: str | None) -> str:
    after = {**{name: value for name, value in said.items() if name not in _ONCE}, **changes}
    return f"/inbox?{urlencode({name: value for name, value in after.items() if value})}"


async def _rows(visit: Visit, shown: Sequence[Seen]) -> list[Row]:
    told = await references.references_of(visit.parts, visit.caller, *shown)
    names = await people.colleagues(visit.parts, visit.caller)
    rows = [_row(visit, seen, told.get(seen.id), names) for seen in shown if seen.case is not None]
    far = visit.zones.now.replace(year=9998)
    return sorted(rows, key=lambda row: (STATES.index(row.state), (row.clock.due_at if row.clock else None) or far, row.id))


def _row(visit: Visit, seen: Seen, told: references.Told | None, names: Mapping[str, str]) -> Row:
    case = seen.case
    assert case is not None, "what is listed was opened"
    said = view(case, seen.viewer, with_actions=False)
    known = told.references if told is not None else None
    refs = [party.ref for party in known.parties if party.ref and party.role == "principal"] if known else []
    number = (known.external_id if known else None) or f"…{seen.id[-8:]}"
    words, side = turn_of(said.waiting_on, said.owner, visit.caller.holder, names)
    return Row(
        id=seen.id,
        number=number,
        title=(known.subject or known.matter if known else None) or f"{_words(said.kind)}: {_words(said.category).lower()}",
        about=f"{number} · {' and '.join(refs)}" if refs else number,
        icon=KINDS.get(said.kind, "scroll-text"),
        phase=said.phase_label,
        kind=_words(said.kind),
        turn=words,
        turn_side=side,
        amount=said.amount.model_dump() if said.amount else None,
        clocks=standings(case, visit.zones.now),
    )


def turn_of(waiting_on: str, owner: str | None, me: str, names: Mapping[str, str]) -> tuple[str, str | None]:
    """Whose turn it is in words, and the side if it is one's."""
    match waiting_on:
        case "claimant" | "respondent":
            return waiting_on.capitalize(), waiting_on
        case "both":
            return "Both sides", None
        case "nobody":
            return "Nobody", None
        case _:
            return ("You" if owner == me else names.get(owner, owner)) if owner else "Nobody yet", None


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()


assert set(TITLES) == set(VIEWS)
PAGES: Addresses = [("/inbox", ["GET"], show), ("/take-next", ["POST"], take_next)]
