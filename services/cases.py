"""Cases as a caller may see them: found, listed, and read with their texts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from pydantic import TypeAdapter

from domain.base import CaseId, Phase
from domain.model.appointments import Appointment
from domain.model.case import Case, WaitingOn
from domain.model.facts import Actor
from domain.model.ruling import Ruling
from domain.rules.audiences import UNTOLD, audience_of, seen_phase
from domain.rules.need_to_know import ACCESS, closed_to, others_of, without_others
from domain.rules.permission import refusal_of
from domain.views.actions import may_see
from domain.views.case import CaseView, view
from domain.views.references import may_know
from domain.views.urgency import STATES, ClockState
from services.callers import TEAM, Caller, reader, viewer
from services.errors import FieldError, Refused, not_found
from services.need_to_know import closed_among, noted, right_of, within
from services.pages import Cursors, Page, Part, instant, place_in, place_of
from services.parts import Parts
from services.rows import CaseRow
from services.texts import Texts, content_ids
from storage.views.cases import CaseFilter, PressingCount
from storage.views.sql import COUNTED

_CASE_ID: TypeAdapter[str] = TypeAdapter(CaseId)
_OF_THE_TEAM = (
    "owner", "queue", "campaign", "due_before", "pressing", "window", "unowned", "stuck", "waiting_on", "waits_in",
    "put_away", "tag", "ids",
)  # fmt: skip
"""Filters by what only the team may know."""
_OF_PLATFORMS = ("category", "source", "external_id", "party_ref", "matter", "priority", "updated_after", "updated_before")
"""Filters by what a party may not know."""
_ASKED_AS_THEY_ARE = (
    "category", "priority", "source", "external_id", "party_ref", "matter", "opened_after", "opened_before", "closed_after",
    "closed_before",
)  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A case that the caller may see, and as whom."""

    row: CaseRow
    viewer: Actor
    closed: frozenset[str] = frozenset()
    """Other cases that it names and that the viewer may not know (:func:`seen_by`)."""
    reads_only: bool = False
    """Whether their right to read it is an access that they took, which is good for nothing else."""

    @property
    def id(self) -> str:
        """Its id."""
        return self.row.id

    @property
    def listed(self) -> CaseView:
        """The case, which was opened, as a list shows it: without what the viewer may do."""
        if not self.closed:
            return self.row.seen_by(self.viewer)
        assert self.case is not None, "what is shown was opened"
        return view(self.case, self.viewer, with_actions=False)

    @property
    def case(self) -> Case | None:
        """The case itself, without others that the viewer may not know; None while its report waits to be judged."""
        return without_others(self.row.case, self.closed) if self.row.case is not None else None


async def find(parts: Parts, caller: Caller, case_id: str, *reading: str, to_work: bool = False) -> Seen:
    """The case, as far as it is the caller's to read. ``reading`` says what of its texts or people they are about to read, which
    is kept before they do. Raises ``not_found``, the same whether it does not exist or is another's; to people of the team also
    ``conflict_of_interest`` and ``access_needed``, and ``access_reads_only`` where they want to work on it.
    """
    seen = await located(parts, caller, case_id)
    right = await right_of(parts, caller, case_id, seen.case, seen.viewer)
    if right is None:
        raise Refused("access_needed")
    if to_work and right.why == ACCESS:
        raise Refused("access_reads_only")
    if reading and seen.case is not None:
        await noted(parts, caller, [case_id], seen.viewer, right, *reading)
    known = (await seen_by(parts, caller, [seen.row], seen.viewer))[0]
    return replace(known, reads_only=right.why == ACCESS)


async def seen_by(parts: Parts, caller: Caller, rows: Sequence[CaseRow], actor: Actor) -> tuple[Seen, ...]:
    """These cases as somebody sees them who may read each: no other one is named in them that they may not know."""
    named = frozenset[str]().union(*(others_of(row.case) for row in rows if row.case is not None))
    closed = await closed_among(parts, caller, actor, named)
    return tuple(Seen(row, actor, closed) for row in rows)


async def located(parts: Parts, caller: Caller, case_id: str) -> Seen:
    """The case, if the caller may know that it is there, whether or not they may read it. Raises ``not_found``."""
    try:
        _CASE_ID.validate_python(case_id)
    except ValueError:
        raise not_found() from None
    row = await parts.views.case(caller.tenant_id, case_id)
    if row is None:
        raise not_found()
    actor = await viewer(parts, caller, case_id)
    if actor.side is not None and row.case is None:
        raise not_found()
    if row.case is not None and not may_see(row.case, actor):
        raise not_found()
    return Seen(row, actor)


async def texts_of(parts: Parts, caller: Caller, seen: Seen) -> Texts:
    """What was said in the questions, hearings and rulings of a case: outside the team, of those alone that the viewer's own view
    refers to."""
    case = seen.case
    if case is None:
        return {}
    shown = [*case.rulings, *([case.ruling] if case.ruling else [])]
    asked = [request.what.content_id for request in (*case.requests, *case.settled_requests) if request.what]
    told = [case.disclosed.text.content_id] if case.disclosed is not None and case.disclosed.text is not None else []
    spoken = [text for one in case.appointments for text in _texts_of_hearing(one)]
    decided = [text for ruling in shown for text in _texts_of(ruling)]
    by_provider = [one.newest.ids.content_id for one in case.provider_disputes if one.newest.ids is not None]
    found = [*told, *asked, *spoken, *decided, *by_provider]
    if seen.viewer.role not in TEAM:
        theirs = frozenset(content_ids(view(case, seen.viewer, with_actions=False).model_dump(mode="json")))
        found = [one for one in found if one in theirs]
    return await parts.views.texts(caller.tenant_id, found)


def _texts_of_hearing(one: Appointment) -> list[str]:
    said = (one.about, one.protocol, *(comment.text for comment in one.comments), *(answer.reasons for answer in one.answers))
    return [text.content_id for text in said if text is not None]


def _texts_of(ruling: Ruling) -> list[str]:
    of_sanction = ruling.sanction.reasons if ruling.sanction else None
    return [said.content_id for said in (ruling.reasons, ruling.reply, of_sanction) if said]


Window = Literal["due_day", "late_day", "opened_day", "closed_day"]
"""What falls due in the next day; what got late, was opened, or was closed in the last one."""
WINDOWS: tuple[Window, ...] = get_args(Window)
A_DAY = timedelta(hours=24)


def _in_window(window: Window | None) -> dict[str, Any]:
    now = datetime.now(UTC)
    match window:
        case "due_day":
            return {"ends_before": now + A_DAY}
        case "late_day":
            return {"late_since": now - A_DAY}
        case "opened_day":
            return {"opened_after": now - A_DAY}
        case "closed_day":
            return {"closed_after": now - A_DAY}
        case None:
            return {}


@dataclass(frozen=True)
class Listing:
    """Which cases the caller asks for."""

    kind: str | None = None
    phase: Phase | None = None
    status: Literal["open", "closed"] | None = None
    owner: str | None = None
    queue: str | None = None
    campaign: str | None = None
    due_before: datetime | None = None
    pressing: ClockState | None = None
    """In this state, as it is recorded."""
    window: Window | None = None
    """Counted from now on: a cursor and an address mean it tomorrow as today."""
    unowned: bool | None = None
    """True: what waits for somebody to take it."""
    stuck: Literal["any", "letters", "effects", "hands", "still"] | None = None
    """Of which a letter did not arrive, what was decided is not carried out, or nothing moves."""
    waiting_on: WaitingOn | None = None
    waits_in: tuple[str, ...] | None = None
    """What waits in these queues for somebody to take it."""
    ids: tuple[str, ...] | None = None
    """Of these alone."""
    put_away: str | None = None
    """A person: what is theirs and put away until later, and what they put away themselves."""
    tag: str | None = None
    """With this label of the team."""
    sort: Literal["newest", "due", "ends"] = "newest"
    """``due``: the most pressing first; ``ends``: what runs out next first. Both are of open cases."""
    category: str | None = None
    priority: str | None = None
    source: str | None = None
    external_id: str | None = None
    party_ref: str | None = None
    matter: str | None = None
    opened_after: datetime | None = None
    """Ranges begin with their first instant and end before their last one."""
    opened_before: datetime | None = None
    closed_after: datetime | None = None
    closed_before: datetime | None = None
    updated_after: datetime | None = None
    updated_before: datetime | None = None

    def check(self, viewer: Actor) -> None:
        """Raises ``filter_forbidden`` for somebody who would learn from it what they may not know."""
        if viewer.role in TEAM:
            return
        of_platforms = _OF_PLATFORMS if not may_know(viewer) else ()
        used = [name for name in (*_OF_THE_TEAM, *of_platforms) if getattr(self, name) is not None]
        if used or self.sort != "newest":
            used += ["sort"] if self.sort != "newest" else []
            whose = dict.fromkeys(of_platforms, "For the platform and the team only.")
            errors = [FieldError(name, "filter_forbidden", whose.get(name, "For the team only.")) for name in used]
            theirs = [one.name for one in fields(self) if one.name not in (*_OF_THE_TEAM, *of_platforms, "sort")]
            raise Refused("filter_forbidden", f"You may list by: {', '.join(theirs)}.", errors)

    def which(self, viewer: Actor, party: str | None, within: Sequence[str] | None = None) -> CaseFilter:
        """The filter in the words of the record, whose phases are not always those that the caller sees."""
        outside = viewer.role not in TEAM
        phases: tuple[str, ...] | None = None
        if self.phase is not None:
            unseen = UNTOLD if outside and self.phase in (Phase.REVIEW, Phase.APPEAL) else ()
            phases = tuple(sorted({self.phase.value, *(p.value for p in unseen)}))
        return CaseFilter(
            kind=self.kind,
            phases=phases,
            told_phase=self.phase.value if outside and self.phase else None,
            status=self.status,
            owner=self.owner,
            queue=self.queue,
            campaign=self.campaign,
            due_before=self.due_before,
            pressing=STATES.index(self.pressing) if self.pressing is not None else None,
            **_in_window(self.window),
            unowned=self.unowned,
            stuck=self.stuck,
            waiting_on=self.waiting_on,
            # Of queues that are theirs to read.
            waits_in=self.waits_in and tuple(name for name in self.waits_in if within is None or name in within),
            put_away=self.put_away,
            tag=self.tag,
            ids=self.ids,
            party=party,
            closed_to=viewer.conflicts or None,
            within=tuple(within) if within is not None else None,
            **{name: getattr(self, name) for name in _ASKED_AS_THEY_ARE if name not in _in_window(self.window)},
            # To others than the team a case moves only with what they may know.
            **{
                f"{'updated' if viewer.role in TEAM else 'told'}_{end}": getattr(self, f"updated_{end}")
                for end in ("after", "before")
            },
        )

    def cursors(self, parts: Parts, caller: Caller) -> Cursors:
        """The cursors of this list with these filters."""
        return Cursors.of(parts, caller, "cases", json.dumps(asdict(self), default=str))


async def page_of_cases(parts: Parts, caller: Caller, listing: Listing, page: Page) -> Part[Seen]:
    """One page of the cases that the caller may see, filled with those alone: what is hidden from them neither shortens a page
    nor moves its cursor. Raises ``filter_forbidden`` and ``cursor_invalid``."""
    looker = await reader(parts, caller)
    listing.check(looker)
    cursors, which = listing.cursors(parts, caller), listing.which(looker, caller.party, await within(parts, caller, looker))
    after: Sequence[str] | None = cursors.read(page.cursor) if page.cursor else None
    found: list[Seen] = []
    while len(found) <= page.limit:
        rows = await _rows(parts, caller.tenant_id, which, listing.sort, after, page.limit + 1)
        found += [seen for row in rows if (seen := await _seen(parts, caller, looker, listing.phase, row))]
        if len(rows) <= page.limit:
            break
        # The statement finds what the caller may see and hardly ever more; where it does, it is read on until the page is full.
        after = _place(listing.sort, rows[-1])
    more, shown = len(found) > page.limit, found[: page.limit]
    if caller.party is None:
        shown = list(await seen_by(parts, caller, [seen.row for seen in shown], looker))
    return Part(tuple(shown), more, cursors.write(*_place(listing.sort, shown[-1].row)) if more else None)


def may_send(seen: Seen, command: str) -> bool:
    """Whether whoever looks at a case could send this command to it now."""
    return seen.case is not None and not seen.reads_only and refusal_of(seen.case, seen.viewer, command) is None


async def pressing_counts(
    parts: Parts, caller: Caller, listing: Listing, most: int = COUNTED
) -> Mapping[ClockState, PressingCount]:
    """How many of the open cases that the caller may see, and that match, are in each state, counted up to ``most``. Raises
    ``filter_forbidden``."""
    looker = await reader(parts, caller)
    listing.check(looker)
    which = listing.which(looker, caller.party, await within(parts, caller, looker))
    return dict(zip(STATES, await parts.views.pressing_counts(caller.tenant_id, which, most), strict=True))


async def _seen(parts: Parts, caller: Caller, looker: Actor, phase: Phase | None, row: CaseRow) -> Seen | None:
    actor = await viewer(parts, caller, row.id) if caller.party else looker
    if row.case is None or not may_see(row.case, actor) or closed_to(row.case.parties, actor):
        return None
    return Seen(row, actor) if phase in (None, seen_phase(row.case, audience_of(actor))) else None


async def _rows(
    parts: Parts, tenant: str, which: CaseFilter, sort: str, after: Sequence[str] | None, limit: int
) -> Sequence[CaseRow]:
    if sort == "newest":
        return await parts.views.cases(tenant, which, after[0] if after else None, limit)
    if sort == "ends":
        return await parts.views.ending_first(tenant, which, (instant(after[0]), after[1]) if after else None, limit)
    return await parts.views.due_first(tenant, which, place_in(after) if after else None, limit)


def _place(sort: str, last: CaseRow) -> tuple[str, ...]:
    if sort == "ends":
        return last.ends_at.isoformat(), last.id
    return place_of(last) if sort == "due" else (last.id,)
