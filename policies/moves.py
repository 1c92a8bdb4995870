"""Which deadlines newer calendars or zone data would move. Shown before a lead orders it, because nothing moves by itself."""

from __future__ import annotations

from collections.abc import Mapping

from domain.base import Instant, Kept
from domain.model.case import Case
from domain.rules.timetable import timetable
from domain.worktime.calendars import Calendar
from policies.retarget import calendar_names, newest_refs, with_newest_calendars
from policies.shelf import Shelf


class Move(Kept):
    """A level that would fall due at another instant."""

    clock: str
    instance: int
    level: str
    from_at: Instant
    to_at: Instant | None
    """None: not at all any more."""


class NewCalendar(Kept):
    """A calendar of the case that has a newer version."""

    name: str
    from_ref: str
    to_ref: str


class CaseMoves(Kept):
    """What ``retarget`` with ``newest: calendars`` would change about one case."""

    case: str
    kind: str
    calendars: tuple[NewCalendar, ...] = ()
    zone_data: tuple[str, ...] = ()
    """Releases of the zone data that its deadlines were computed with, where they are not the one of now."""
    moves: tuple[Move, ...] = ()


def moves_of(shelf: Shelf, case: Case, calendars: Mapping[str, Calendar], zone_data: str) -> CaseMoves:
    """What would move in a case. ``calendars`` are those that the case refers to now, by reference.

    Raises KeyError when one of them is not handed in.
    """
    terms = with_newest_calendars(shelf, case.terms)
    reference = {**calendars, **shelf.calendars_of(terms)}
    rows = timetable(case, case.model_copy(update={"terms": terms}), reference, afresh=True)
    newest = {row.id: row.due_at for row in rows}
    names = calendar_names(shelf, case.terms)
    return CaseMoves(
        case=case.id,
        kind=case.kind,
        calendars=tuple(
            NewCalendar(name=names[ref], from_ref=ref, to_ref=to)
            for ref, to in newest_refs(shelf, case.terms).items()
            if ref != to and ref in case.terms.references
        ),
        zone_data=tuple(sorted({c.zone_data for c in case.clocks if c.stopped_at is None and c.zone_data} - {zone_data})),
        moves=tuple(
            Move(clock=row.clock, instance=row.instance, level=row.level, from_at=row.due_at, to_at=newest.get(row.id))
            for row in case.timetable
            if newest.get(row.id) != row.due_at
        ),
    )
