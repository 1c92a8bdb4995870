"""Clocks of a case, as the caller may know them: what runs until when, and how that came about."""

from __future__ import annotations

from domain.transition import calendars_of
from domain.views.explain import clocks_of, explain
from domain.views.explained import Explanation
from domain.worktime.calculator import zone_data_version
from services.cases import Seen
from services.errors import not_found
from services.parts import Parts


async def clocks(parts: Parts, seen: Seen, only: str | None = None) -> list[Explanation]:
    """Every clock that the caller may know (or the one that is named), in the order of the pack."""
    case = seen.case
    if case is None:
        return []
    names = [name for name in clocks_of(case, seen.viewer) if only in (None, name)]
    if not names:
        return []
    calendars = await parts.library.calendars(calendars_of(case))
    zone_data = zone_data_version()
    told = (explain(case, name, calendars, zone_data, seen.viewer) for name in names)
    return [explanation for explanation in told if explanation is not None]


async def explanation(parts: Parts, seen: Seen, clock: str) -> Explanation:
    """How the due date of one clock came about.

    Raises ``not_found``, the same for a clock that is not there and one that is not the caller's to know.
    """
    found = await clocks(parts, seen, only=clock)
    if not found:
        raise not_found()
    return found[0]
