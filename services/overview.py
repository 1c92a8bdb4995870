"""What whoever looks after the work of others asks of the running cases: what runs out next and what is over, who carries how
much and is there, what is stuck, and what changed since yesterday.

Every number is that of a list: each is counted by the same filter that lists its cases (:class:`services.cases.Listing`), up to
:data:`MOST`, and of more it is said that there are more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from uuid_utils import uuid7

from domain.base import Phase
from domain.views.urgency import ClockState
from domain.worktime.calculator import NeverOpens, is_open, next_opening, spans
from services import commands, freezes, saved_views, unplaced
from services.callers import LEADERS, Caller, conflicts_of, only
from services.cases import A_DAY, Listing, Seen, find, page_of_cases, pressing_counts
from services.errors import Refused, not_found
from services.pages import Page
from services.parts import Parts
from services.rows import Cell, Ending, Hitch, Incident, Load, PressingCount, QueueLoad

MOST = 1000
"""So many are counted of anything."""
AT_A_GLANCE = 5
"""Of what is stuck so much is named; the rest is behind the number."""
_WHOSE = "How the work stands is the business of leads and ops."
Stuck = Literal["any", "letters", "effects", "still"]
_WAYS: tuple[Stuck, ...] = ("letters", "effects", "still")


@dataclass(frozen=True)
class There:
    """Whether somebody is there."""

    kind: Literal["on", "off", "away", "left"]
    """On shift, off shift, absent, or not of the team any more."""
    until: datetime | None = None
    """Until when they are on, off or away; None: nobody knows, or always."""


@dataclass(frozen=True)
class Somebody:
    """A person with what they carry."""

    load: Load
    there: There

    @property
    def over(self) -> int:
        """How many cases more than they take."""
        return max(0, self.load.cases - self.load.capacity) if self.load.active else self.load.cases


@dataclass(frozen=True)
class Hour:
    """What runs out within an hour."""

    begins_at: datetime
    on: int
    """While its owner is there."""
    off: int
    """While its owner is not."""
    nobody: int
    """Nobody has it."""

    @property
    def all(self) -> int:
        """All of it."""
        return self.on + self.off + self.nobody


@dataclass(frozen=True)
class Overview:
    """All of it, as at one moment."""

    at: datetime
    by_state: Mapping[ClockState, PressingCount]
    ending: Sequence[Ending]
    """What runs out within a day, the next one first: at most :data:`MOST`, and one more where there are more."""
    hours: Sequence[Hour]
    cells: Sequence[Cell]
    queues: Sequence[QueueLoad]
    people: Sequence[Somebody]
    stuck: Mapping[Stuck, int]
    hitches: Mapping[Stuck, Sequence[tuple[Seen, Hitch | None]]]
    """The newest of what is stuck."""
    changed: Mapping[str, int]
    """By window of :data:`services.cases.WINDOWS`."""
    mails: int
    """Mail that waits to be placed."""
    frozen: Sequence[Incident]


def stuck_listing(what: Stuck) -> Listing:
    """Which cases are stuck so. What is carried out goes on in closed cases as well."""
    return Listing(stuck=what, status=None if what in ("any", "effects") else "open")


def day_listing(window: Literal["late_day", "opened_day", "closed_day"]) -> Listing:
    """Which cases changed so since yesterday."""
    return Listing(window=window, status={"late_day": "open", "closed_day": "closed"}.get(window))  # type: ignore[arg-type]  # one of two


async def overview(parts: Parts, caller: Caller) -> Overview:
    """The overview, as of now. Raises ``not_allowed`` for whoever looks after nobody's work."""
    await only(parts, caller, LEADERS, _WHOSE)
    caller.may("read", "not_allowed")
    now, tenant = datetime.now(UTC), caller.tenant_id
    closed = await conflicts_of(parts, caller, caller.viewer_id)
    ending = await parts.overview.ending(tenant, now + A_DAY, closed, MOST + 1)
    people = [Somebody(load, there(load, now)) for load in await parts.overview.people(tenant, closed, MOST + 1)]
    windows: tuple[Literal["late_day", "opened_day", "closed_day"], ...] = ("late_day", "opened_day", "closed_day")
    kinds: tuple[Stuck, ...] = ("any", *_WAYS)
    asked = [*(stuck_listing(what) for what in kinds), *(day_listing(window) for window in windows)]
    counted = await saved_views.counted(parts, caller, asked, MOST + 1)
    stuck = dict(zip(kinds, counted, strict=False))
    return Overview(
        at=now,
        by_state=await pressing_counts(parts, caller, Listing(status="open")),
        ending=ending,
        hours=_hours(ending, {one.load.id: one.load for one in people}, now),
        cells=await parts.overview.cells(tenant, [phase.value for phase in Phase], closed, MOST + 1),
        queues=await parts.overview.queues(tenant, closed, MOST + 1),
        people=people,
        stuck=stuck,
        hitches={what: await _hitches(parts, caller, what) if stuck[what] else () for what in _WAYS},
        changed=dict(zip(windows, counted[len(kinds) :], strict=True)),
        mails=await unplaced.waiting(parts, caller),
        frozen=await freezes.incidents(parts, caller),
    )


def there(load: Load, at: datetime) -> There:
    """Whether somebody is there at an instant."""
    if not load.active:
        return There("left")
    if load.absent_from is not None and load.absent_from <= at and (load.absent_until is None or load.absent_until > at):
        return There("away", load.absent_until)
    if load.calendar is None:
        return There("on")
    try:
        if is_open(load.calendar, at):
            return There("on", next((end for _, end in spans(load.calendar, at, at + timedelta(days=8))), None))
        return There("off", next_opening(load.calendar, at))
    except NeverOpens:
        return There("off")


def _hours(ending: Sequence[Ending], people: Mapping[str, Load], now: datetime) -> list[Hour]:
    """The day ahead hour by hour, beginning with the one that runs; what has run out this moment is in it."""
    first = now.replace(minute=0, second=0, microsecond=0)
    counts = [[0, 0, 0] for _ in range(25)]
    for one in ending[:MOST]:
        place = min(24, max(0, int((one.ends_at - first) // timedelta(hours=1))))
        owner = people.get(one.owner) if one.owner is not None else None
        kind = 2 if owner is None else 0 if there(owner, max(one.ends_at, now)).kind == "on" else 1
        counts[place][kind] += 1
    return [Hour(first + timedelta(hours=number), *three) for number, three in enumerate(counts)]


async def _hitches(parts: Parts, caller: Caller, what: Stuck) -> list[tuple[Seen, Hitch | None]]:
    found = (await page_of_cases(parts, caller, stuck_listing(what), Page(AT_A_GLANCE))).items
    ids = [seen.id for seen in found]
    if what == "letters":
        known = await parts.overview.letters(caller.tenant_id, ids)
    else:
        known = await parts.overview.effects(caller.tenant_id, ids) if what == "effects" else ()
    first = {one.case_id: one for one in reversed(known)}
    return [(seen, first.get(seen.id)) for seen in found]


async def send_again(parts: Parts, caller: Caller, case_id: str, notice_id: str, channel: str = "console") -> None:
    """Have a letter of an open case tried again, from the first try on, to where its recipient is reached now.

    A note for the team keeps who had it done; it is sent by the workers, with the key that it had, so that it arrives once.
    Raises ``not_allowed`` for whoever looks after nobody's work, ``not_found`` for what is no letter that failed, and what the
    case refuses a note with.
    """
    await only(parts, caller, LEADERS, "Letters are sent again by leads and ops.")
    seen = await find(parts, caller, case_id, to_work=True)
    if seen.case is None or not seen.case.open:
        raise Refused("not_in_this_phase")
    failed = {one.id: one for one in await parts.overview.letters(caller.tenant_id, [seen.id])}
    if notice_id not in failed:
        raise not_found()
    what = failed[notice_id].what.replace("_", " ").partition(":")[0]
    note = {"type": "note", "text": f"The letter “{what}” did not arrive. It is sent again.", "id": f"cmd_{uuid7()}"}
    await commands.send(parts, caller, seen, commands.whole(caller, note), channel=channel)
    await parts.overview.send_again(caller.tenant_id, seen.id, notice_id)
