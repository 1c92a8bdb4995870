"""What newer calendars and zone data would change about open cases, for whoever looks after them."""

from __future__ import annotations

from dataclasses import dataclass

from domain.model.case import Case
from domain.rules.need_to_know import closed_to
from domain.transition import calendars_of
from domain.worktime.calculator import zone_data_version
from policies.moves import CaseMoves, moves_of
from policies.shelf import Shelf
from services.callers import LEADERS, Caller, viewer
from services.errors import Refused
from services.pages import Cursors, Page, Part
from services.parts import Parts


@dataclass(frozen=True)
class Moves:
    """Open cases whose deadlines the newest data would move."""

    zone_data: str
    """Release of the zone data of now."""
    looked_at: int
    """Open cases of this page; most of them usually would not change."""
    cases: Part[CaseMoves]


async def moves(parts: Parts, caller: Caller, page: Page) -> Moves:
    """What would move in the open cases of a page; nothing moves by itself. Raises ``not_allowed`` and ``cursor_invalid``."""
    looker = await viewer(parts, caller, "")
    if looker.role not in LEADERS:
        raise Refused("not_allowed", "This is for leads and ops.")
    cursors = Cursors.of(parts, caller, "moves")
    after = cursors.read(page.cursor)[0] if page.cursor else ""
    # Read on until the page is full: what is closed to the reader neither shortens it nor shows in its end.
    cases: list[Case] = []
    while len(cases) <= page.limit:
        rows = await parts.views.open_ids(caller.tenant_id, after, page.limit + 1)
        cases += [row.case for row in rows if row.case is not None and row.case.open and not closed_to(row.case.parties, looker)]
        if len(rows) <= page.limit:
            break
        after = rows[-1].id
    more, cases = len(cases) > page.limit, cases[: page.limit]
    shelf = Shelf(packs=parts.packs, calendars={**parts.calendars, **await parts.library.newest()})
    zone_data = zone_data_version()
    calendars = await parts.library.calendars({ref for case in cases for ref in calendars_of(case)})
    each = (moves_of(shelf, case, calendars, zone_data) for case in cases)
    moved = tuple(found for found in each if found.moves or found.calendars or found.zone_data)
    return Moves(zone_data, len(cases), Part(moved, more, cursors.write(cases[-1].id) if more else None))
