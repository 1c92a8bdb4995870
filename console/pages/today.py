"""Today: the page that whoever looks after the work of others keeps open. Every number on it is the way to its list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlencode

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, to
from console.kit.words import in_words
from console.pages.inbox import CLOCK_WORDS, Row, rows_of
from console.pages.listing import NOBODY, STUCK, WHEN, phase_called, titled
from console.pages.live import of_list
from domain.base import Phase
from services import cases, commands, orders, overview, references
from services.errors import Refused
from services.overview import MOST, Hour, Overview, Somebody, There
from services.rows import Hitch

AT_A_GLANCE = 6
"""Cases, people and queues of each card; the rest is behind its number."""
_BAR = 72
"""Pixels of the highest bar."""


@dataclass(frozen=True)
class Number:
    """A number that is a list."""

    words: str
    address: str

    @classmethod
    def of(cls, count: int, **filters: str) -> Number:
        """Of these cases."""
        return cls(counted(count), listed(**filters))


@dataclass(frozen=True)
class Bar:
    """An hour of the day ahead."""

    hour: Hour
    height: int
    kind: str
    words: str


@dataclass(frozen=True)
class Line:
    """Something that is stuck, in words."""

    case_id: str
    title: str
    number: str
    what: str
    why: str
    since: datetime | None
    letter: str = ""
    """Its id, where it can be sent again."""


def counted(count: int) -> str:
    """A number as far as anything is counted."""
    return f"{count:,}" if count <= MOST else f"{MOST:,}+"


def listed(**filters: str) -> str:
    """The address of a list of all cases."""
    return f"/inbox?{urlencode({'view': 'all', **filters})}"


async def show(visit: Visit) -> Response:
    """The page. Raises ``not_allowed`` for whoever looks after nobody's work."""
    found = await overview.overview(visit.parts, visit.caller)
    owners = {one.load.id: one for one in found.people}
    late = await _rows(visit, clock="late")
    next_ones = await _rows(visit, when="due_day")
    off = [one for one in found.ending[:MOST] if _off(owners.get(one.owner or ""), one.ends_at, found.at)]
    return visit.page(
        "today.html",
        list="today",
        live=of_list(visit, "/today"),
        found=found,
        numbers=_numbers(found, len(off)),
        finding=_finding(found, len(off)),
        bars=_bars(visit, found.hours),
        off=[one.case_id for one in off],
        late=[(row, *_owner(visit, row, owners)) for row in late],
        next_ones=[(row, *_owner(visit, row, owners)) for row in next_ones],
        table=_table(visit, found),
        queues=_queues(found),
        people=_people(visit, found),
        stuck=await _stuck(visit, found),
        orders=await orders.counted(visit.parts, visit.caller),
        changed=[(WHEN[window], Number.of(count, when=window)) for window, count in found.changed.items()],
        presences={one.load.id: presence(visit, one.there) for one in found.people},
        words=CLOCK_WORDS,
        glance=AT_A_GLANCE,
        reminded=visit.request.query_params.get("reminded"),
        again="again" in visit.request.query_params,
    )


async def remind(visit: Visit) -> Response:
    """A note for the team that names the owner of a case, who is told by letter: once an hour, however often it is pressed."""
    form = await visit.form()
    seen = await cases.find(visit.parts, visit.caller, form.text("case"), to_work=True)
    owner = seen.case.owner if seen.case is not None else None
    if owner is None:
        raise Refused("owner_missing")
    note = {"type": "note", "text": "This is over its time. Please look at it, or say what keeps it.", "mentions": [owner]}
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0).isoformat()
    once = sha256(f"{visit.caller.credential}\n{seen.row.id}\n{owner}\n{hour}".encode()).hexdigest()[:32]
    command = commands.whole(visit.caller, {"id": f"cmd_remind-{once}", **note})
    sent = await commands.put(visit.parts, visit.caller, seen, command, key=f"remind-{once}", channel="console")
    return to(f"/today?reminded={'before' if sent.known else 'now'}")


async def send_again(visit: Visit) -> Response:
    """Have a letter that did not arrive tried again."""
    form = await visit.form()
    await overview.send_again(visit.parts, visit.caller, form.text("case"), form.text("letter"))
    return to("/today?again=1")


async def _rows(visit: Visit, **filters: str) -> Sequence[Row]:
    return (await rows_of(visit, {"view": "all", **filters}, AT_A_GLANCE))[0]


def _off(owner: Somebody | None, at: datetime, now: datetime) -> bool:
    return owner is not None and overview.there(owner.load, max(at, now)).kind != "on"


def _numbers(found: Overview, off: int) -> list[tuple[str, str, Number, str]]:
    """State of the number, what it is of, the number and what is said below it."""
    late, rest = found.by_state["late"], found.by_state.values()
    opened = sum(one.cases for one in rest)
    due, stuck = len(found.ending), found.stuck["any"]
    more = any(one.more for one in rest)
    gone = found.changed["closed_day"]
    return [
        ("late" if late.cases else "on", "Overdue", Number(_up_to(late.cases, late.more), listed(clock="late")), _since(found)),
        ("risk" if due else "on", "Due in 24 hours", Number.of(due, when="due_day"), _off_words(off)),
        ("risk" if stuck else "paused", "Stuck", Number.of(stuck, stuck="any"), _stuck_words(found)),
        (
            "paused",
            "Open",
            Number(_up_to(opened, more), listed()),
            f"{counted(found.changed['opened_day'])} opened, {counted(gone)} closed since yesterday",
        ),
    ]


def _up_to(count: int, more: bool) -> str:
    return f"{count:,}{'+' if more else ''}"


def _since(found: Overview) -> str:
    count = found.changed["late_day"]
    return f"{counted(count)} of them since yesterday" if count else "none of them new since yesterday"


def _stuck_words(found: Overview) -> str:
    letters, effects, still = (found.stuck[what] for what in ("letters", "effects", "still"))
    said = [f"{counted(letters)} by letters" if letters else "", f"{counted(effects)} not carried out" if effects else ""]
    return ", ".join([*filter(None, said), *([f"{counted(still)} that do not move"] if still else [])]) or "nothing"


def _finding(found: Overview, off: int) -> str:
    due = len(found.ending)
    if not due:
        return "Nothing runs out in the next 24 hours"
    said = "One deadline falls" if due == 1 else f"{counted(due)} deadlines fall"
    if not off:
        nobody = sum(hour.nobody for hour in found.hours)
        return f"{said} within 24 hours{f', {counted(nobody)} of them in cases that nobody has' if nobody else ''}"
    return f"{off} of the next {counted(due)} deadlines {'falls' if off == 1 else 'fall'} while the owner is off shift"


def _bars(visit: Visit, hours: Sequence[Hour]) -> list[Bar]:
    most = max((hour.all for hour in hours), default=0)
    return [
        Bar(
            hour,
            max(4, round(_BAR * hour.all / most)) if hour.all else 0,
            "off" if hour.off else "nobody" if hour.nobody else "on",
            visit.zones.clock(hour.begins_at),
        )
        for hour in hours
    ]


def _owner(visit: Visit, row: Row, owners: Mapping[str, Somebody]) -> tuple[Somebody | None, str]:
    owner = owners.get(row.owner or "")
    return owner, presence(visit, owner.there) if owner is not None else "waits for somebody"


def presence(visit: Visit, there: There) -> str:
    """Whether somebody is there, in words."""
    until = visit.zones.words(there.until) if there.until is not None else None
    match there.kind:
        case "on":
            return f"on shift until {until}" if until else "on shift"
        case "off":
            return f"off shift, back {until}" if until else "off shift"
        case "away":
            return f"away until {until}" if until else "away"
        case _:
            return "works here no more"


def _table(visit: Visit, found: Overview) -> dict[str, object]:
    """Kinds and phases, with the number of each pair, and of each kind; a sum of what was not counted to its end says so."""
    phases = [phase for phase in Phase if any(cell.phase == phase.value for cell in found.cells)]
    rows = []
    for kind in dict.fromkeys(cell.kind for cell in found.cells):
        own = {cell.phase: cell.cases for cell in found.cells if cell.kind == kind}
        numbers = [Number.of(own[p.value], kind=kind, phase=p.value) if p.value in own else None for p in phases]
        rows.append((in_words(kind), numbers, Number(_sum(own.values()), listed(kind=kind))))
    return {"phases": [(phase.value, phase_called(visit, phase, None), in_words(phase.value)) for phase in phases], "rows": rows}


def _sum(counts: Iterable[int]) -> str:
    each = list(counts)
    return _up_to(sum(min(one, MOST) for one in each), any(one > MOST for one in each))


def _queues(found: Overview) -> list[tuple[str, Number, Number | None, Number | None]]:
    return [
        (
            in_words(one.queue),
            Number.of(one.cases, queue=one.queue),
            Number.of(one.unowned, queue=one.queue, owner=NOBODY) if one.unowned else None,
            Number.of(one.late, queue=one.queue, clock="late") if one.late else None,
        )
        for one in found.queues
    ]


def _people(visit: Visit, found: Overview) -> list[tuple[Somebody, Number, str, str, int]]:
    """Whoever carries most against what they take first; what is said of it, its state, and the width of its bar."""

    def full(one: Somebody) -> tuple[float, str]:
        return -(one.load.cases / max(one.load.capacity, 1)), one.load.name

    shown = sorted((one for one in found.people if one.load.cases or one.there.kind != "left"), key=full)[: AT_A_GLANCE + 2]
    return [
        (one, Number.of(one.load.cases, owner=one.load.id), *_load(one), _width(one.load.cases, one.load.capacity))
        for one in shown
    ]


def _off_words(off: int) -> str:
    return f"{off} of them while their owner is off" if off else "none of them while its owner is off"


def _width(cases_: int, capacity: int) -> int:
    return min(100, round(100 * cases_ / max(capacity, 1)))


def _load(one: Somebody) -> tuple[str, str]:
    late, risk = one.load.late, one.load.risk
    if one.there.kind in ("away", "left") and one.load.cases:
        return f"{counted(one.load.cases)} still theirs", "risk"
    if one.over:
        return f"{one.over} more than fit", "late"
    said = [f"{late} late" if late else "", f"{risk} at risk" if risk else ""]
    room = one.load.capacity - one.load.cases
    return ", ".join(filter(None, said)) or (f"room for {room}" if room > 0 else "full"), "late" if late else "on"


async def _stuck(visit: Visit, found: Overview) -> Sequence[tuple[str, str, Number, list[Line]]]:
    seen = {one.id: one for hitches in found.hitches.values() for one, _ in hitches}
    told = await references.references_of(visit.parts, visit.caller, *seen.values())
    cards = []
    for what, hitches in found.hitches.items():
        if not hitches:
            continue
        lines = [_line(what, one.id, *titled(one, told.get(one.id)), hitch) for one, hitch in hitches if one.case is not None]
        cards.append((what, STUCK[what], Number.of(found.stuck[what], stuck=what), lines))
    return cards


def _line(way: str, case_id: str, number: str, title: str, hitch: Hitch | None) -> Line:
    if hitch is None:
        return Line(case_id, title, number, "A command or a deadline waits to be judged", "", None)
    tries = f", {hitch.attempts} {'try' if hitch.attempts == 1 else 'tries'}" if hitch.attempts else ""
    why = f"{in_words(hitch.why or 'takes_long')}{tries}"
    return Line(
        case_id, title, number, in_words(hitch.what.partition(":")[0]), why, hitch.since, hitch.id if way == "letters" else ""
    )


PAGES: Addresses = [("/today", ["GET"], show), ("/today/remind", ["POST"], remind), ("/today/send-again", ["POST"], send_again)]
