"""The inbox: what somebody has, what waits in their queues, and all that they may see; the most pressing first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, to
from console.kit.words import KINDS, ORDERS, called, in_words
from console.pages.afterwards import sent_before
from console.pages.listing import FILTERS, SAID_ONCE, VIEWS, View, choices, listing_of, query_of, refuse_unknown, titled, wrong
from console.pages.listing import ORDERS as LIST_ORDERS
from console.pages.live import of_list
from domain.base import Phase, Side
from domain.model.case import Case
from domain.model.clocks import Hold
from domain.views.case import CaseView
from domain.views.urgency import NO_END, STATES, ClockStanding, ClockState, standings
from services import cases, desk, people, references, saved_views, tags
from services.bulk import OF_ONES_OWN
from services.cases import Listing, Seen, may_send
from services.pages import Page
from services.rows import PressingCount

TITLES: Mapping[View, str] = {"mine": "Mine", "queues": "My queues", "away": "Put away", "all": "All I may see"}
AT_ONCE = 50
"""Cases on a page of a list: the most pressing ones, and the next ones behind *More cases*."""
CLOCK_WORDS: Mapping[ClockState, tuple[str, str]] = {
    "late": ("flame", "Late"),
    "risk": ("triangle-alert", "At risk"),
    "on_track": ("circle-check", "On track"),
    "paused": ("circle-pause", "Paused"),
}
"""Icon and word: never a colour alone."""


ORDERED: Mapping[str, str] = {"due": LIST_ORDERS["pressing"], "newest": LIST_ORDERS["newest"], "ends": "What runs out next first"}


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
    owner: str | None = None
    away_until: datetime | None = None
    """Until when it is put away."""
    away_by: str = ""
    """Who put it away, and why, in words."""
    tags: Sequence[str] = ()

    @property
    def clock(self) -> ClockStanding | None:
        """The most pressing one."""
        return self.clocks[0] if self.clocks else None

    @property
    def state(self) -> ClockState:
        """How pressing it is; a case without a clock waits for nobody."""
        return self.clock.state if self.clock else "paused"


async def show(visit: Visit) -> Response:
    """The list. Its address holds every filter, so that it can be kept and passed on."""
    said = dict(visit.request.query_params)
    which = _which(said)
    listing = listing_of(visit, which, said)
    found = await cases.page_of_cases(visit.parts, visit.caller, listing, _page(said))
    names = await people.colleagues(visit.parts, visit.caller)
    rows = await _rows(visit, found.items, names, sort=listing.sort)
    leads = await saved_views.may_share(visit.parts, visit.caller)
    query = query_of({**said, "view": which})
    options = choices(visit, said, names, await tags.in_use(visit.parts, visit.caller))
    counts = await cases.pressing_counts(visit.parts, visit.caller, listing) if listing.status == "open" else {}
    return visit.page(
        "inbox.html",
        view=which,
        list=said["phase"] if which == "all" and said.get("phase") in ("approval", "appeal") else which,
        heading=TITLES[which],
        groups=_groups(rows, listing),
        total=len(rows),
        of_all=_of_all(counts, listing),
        order=ORDERED[listing.sort].lower(),
        more=_address(said, cursor=found.next_cursor) if found.next_cursor else None,
        stats=[
            (state, *CLOCK_WORDS[state], counts[state], _address(said, clock=state, cursor=None)) for state in STATES if counts
        ],
        ahead=next((counts[state].first_at for state in ("risk", "on_track") if counts and counts[state].cases), None),
        far=NO_END,
        clock=listing.pressing,
        everything=_address(said, clock=None, cursor=None),
        used=[
            (name, dict(options[name]).get(said[name], said[name]), _address(said, **{name: None}, cursor=None))
            for name in FILTERS
            if said.get(name)
        ],
        said=said,
        options=options,
        words=CLOCK_WORDS,
        nothing="nothing" in said,
        sent_before=await sent_before(visit),
        unticked="unticked" in said,
        query=query,
        saved=next((saved for saved in visit.views if saved.query == query), None),
        live=of_list(visit, _address(said)),
        may_share=leads,
        table=f"/inbox.csv?{query}",
        orders=_orders(which, leads=leads),
        tagged=_tagged(said),
    )


def _orders(which: View, *, leads: bool) -> dict[str, str]:
    """What can be done with many at once: whoever leads gives orders about all cases, whoever mediates about their own."""
    theirs = OF_ONES_OWN if which in ("mine", "away") else ()
    return {name: called(name) for name in ORDERS if leads or name in theirs} | {"tag": "Tag"}


def _tagged(said: Mapping[str, str]) -> str:
    """What was just done with a tag, in words; empty: nothing."""
    n, left, tag = (said.get(name, "")[:40] for name in ("tagged", "left", "as"))
    if not (n.isdecimal() and left.isdecimal() and tag):
        return ""
    done = f"{n} {'case has' if n == '1' else 'cases have'} the tag “{in_words(tag)}” now."
    return done if left == "0" else f"{done} {left} left out: closed to you, or with too many tags already."


def _groups(rows: Sequence[Row], listing: Listing) -> list[tuple[str, list[Row]]]:
    if listing.sort != "due":
        return [(ORDERED[listing.sort], list(rows))] if rows else []
    here = [row for row in rows if row.away_until is None]
    groups = [
        ("Act now", [row for row in here if row.state in ("late", "risk")]),
        ("Later", [row for row in here if row.state == "on_track"]),
        ("Paused", [row for row in here if row.state == "paused"]),
        ("Put away", [row for row in rows if row.away_until is not None]),
    ]
    return [group for group in groups if group[1]]


def _of_all(counts: Mapping[ClockState, PressingCount], listing: Listing) -> str | None:
    """How many cases the whole list has, over all its pages; None where they were not counted."""
    asked = [count for state, count in counts.items() if listing.pressing in (None, state)]
    return f"{sum(count.cases for count in asked)}{'+' if any(count.more for count in asked) else ''}" if asked else None


async def rows_of(visit: Visit, said: Mapping[str, str], most: int = AT_ONCE) -> tuple[list[Row], str | None]:
    """A page of the list that an address means, and where the next one begins. Raises ``parameter_invalid``."""
    which = _which(said)
    listing = listing_of(visit, which, said)
    found = await cases.page_of_cases(visit.parts, visit.caller, listing, Page(most, said.get("cursor") or None))
    names = await people.colleagues(visit.parts, visit.caller)
    return await _rows(visit, found.items, names, sort=listing.sort), found.next_cursor


def _which(said: Mapping[str, str]) -> View:
    refuse_unknown(said)
    which = next((view_ for view_ in TITLES if view_ == said.get("view", "mine")), None)
    if which is None:
        raise wrong("view", TITLES)
    return which


def _page(said: Mapping[str, str]) -> Page:
    return Page(AT_ONCE, said.get("cursor") or None)


def next_of(following: desk.Next, **more: str) -> str:
    """The address of the next case, or of the list that says that there is none."""
    if following.seen is None:
        return f"/inbox?{urlencode({**more, 'nothing': '1'})}"
    why = {"because": following.because} if following.because is not None else {}
    said = {**more, **why, "by": following.command_id or "", "done": "take"}
    return f"/cases/{following.seen.id}?{urlencode(said)}"


async def take_next(visit: Visit) -> Response:
    """Take the most pressing case that one may take, and open it."""
    await visit.form()
    found = await desk.take_next(visit.parts, visit.caller, None, None)
    return to(next_of(found) if found.seen is not None else "/inbox?view=queues&nothing=1")


def _address(said: Mapping[str, str], **changes: str | None) -> str:
    after = {**{name: value for name, value in said.items() if name not in SAID_ONCE}, **changes}
    return f"/inbox?{urlencode({name: value for name, value in after.items() if value})}"


async def _rows(visit: Visit, shown: Sequence[Seen], names: Mapping[str, str], *, sort: str) -> list[Row]:
    told = await references.references_of(visit.parts, visit.caller, *shown)
    tagged = await tags.of_cases(visit.parts, visit.caller, shown)
    opened = [seen for seen in shown if seen.case is not None]
    rows = [replace(_row(visit, seen, told.get(seen.id), names), tags=tagged.get(seen.id, ())) for seen in opened]
    if sort == "ends":
        # The clock that brings a case into this list, whatever is more pressing in it.
        return [replace(row, clocks=tuple(sorted(row.clocks, key=_end_of))) for row in rows]
    if sort != "due":
        return rows
    # As they come, but for a clock whose level has passed this very moment and is not recorded yet.
    return sorted(rows, key=lambda row: (STATES.index(row.state), (row.clock.due_at if row.clock else None) or NO_END, row.id))


def _end_of(standing: ClockStanding) -> tuple[bool, datetime]:
    return standing.state not in ("risk", "on_track"), standing.due_at or NO_END


def _row(visit: Visit, seen: Seen, told: references.Told | None, names: Mapping[str, str]) -> Row:
    case = seen.case
    assert case is not None, "what is listed was opened"
    said = seen.listed
    known = told.references if told is not None else None
    refs = [party.ref for party in known.parties if party.ref and party.role == "principal"] if known else []
    number, title = titled(seen, told)
    words, side = turn_of(seen, said, visit.caller.holder, names)
    return Row(
        id=seen.id,
        number=number,
        title=title,
        about=f"{number} · {' and '.join(refs)}" if refs else number,
        icon=KINDS.get(said.kind, "scroll-text"),
        phase=said.phase_label,
        kind=_words(said.kind),
        turn=words,
        turn_side=side,
        amount=said.amount.model_dump() if said.amount else None,
        clocks=standings(case, visit.zones.now),
        owner=case.owner,
        away_until=away_until(case, visit.zones.now),
        away_by=away_by(case, visit.zones.now, names),
    )


def away_until(case: Case, now: datetime) -> datetime | None:
    """Until when somebody has put the case away; None: nobody has, or it is back."""
    return max((hold.until for hold in _away(case, now) if hold.until), default=None)


def away(case: Case, now: datetime, names: Mapping[str, str]) -> dict[str, Any]:
    """Until when a case is put away (None: it is not), and by whom and why."""
    return {"away_until": away_until(case, now), "away_by": away_by(case, now, names)}


def away_by(case: Case, now: datetime, names: Mapping[str, str]) -> str:
    """Who has put the case away, and why: whoever owns it is not always the one."""
    return "; ".join(f"by {names.get(one.by, 'the team')}: {in_words(one.reason).lower()}" for one in _away(case, now))


def _away(case: Case, now: datetime) -> list[Hold]:
    return [hold for hold in case.holds if hold.why == "snooze" and hold.until and hold.until > now]


def turn_of(seen: Seen, said: CaseView, me: str, names: Mapping[str, str]) -> tuple[str, str | None]:
    """Whose turn it is in words, and the side if it is one's. A second look waits for whoever may approve, and nobody else."""
    match said.waiting_on:
        case "claimant" | "respondent":
            return said.waiting_on.capitalize(), said.waiting_on
        case "both":
            return "Both sides", None
        case "nobody":
            return "Nobody", None
        case _ if said.phase is Phase.APPROVAL:
            return "You" if may_send(seen, "approve") else "A second person", None
        case _ if asked := _asked_by_the_team(said):
            return ("Both sides", None) if len(asked) > 1 else (asked[0].value.capitalize(), asked[0].value)
        case _:
            return ("You" if said.owner == me else names.get(said.owner, said.owner)) if said.owner else "Nobody yet", None


def _asked_by_the_team(said: CaseView) -> tuple[Side, ...]:
    """The sides that have not answered yet what the team proposes to both: until then nobody of the team has to do anything."""
    proposed = next((one for one in said.proposals if one.became == "open"), None)
    return tuple(side for side in Side if side not in proposed.answered_by) if proposed is not None else ()


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()


assert set(TITLES) == set(VIEWS)
PAGES: Addresses = [("/inbox", ["GET"], show), ("/take-next", ["POST"], take_next)]
