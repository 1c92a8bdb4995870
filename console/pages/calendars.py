"""Calendars, each with a view of its year."""

from __future__ import annotations

from calendar import month_name

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, to
from services import calendar_years

_SHAPES = {"open": "", "closed": "", "holiday": "×", "other": "~"}
"""What a day shows beside its colour."""


async def show(visit: Visit) -> Response:
    """The first of them."""
    found = await calendar_years.names(visit.parts, visit.caller)
    return to(f"/calendars/{found[0]}") if found else visit.page("calendars.html", list="administration", names=(), year=None)


async def one(visit: Visit) -> Response:
    """One, with the year of the address, else this one. Raises ``not_found``."""
    said = visit.request.query_params.get("year", "")
    number = int(said) if said.isdecimal() and len(said) == 4 else visit.zones.now.year
    year = await calendar_years.year_of(visit.parts, visit.caller, visit.request.path_params["name"], number)
    return visit.page(
        "calendars.html",
        list="administration",
        names=await calendar_years.names(visit.parts, visit.caller),
        year=year,
        months=[(month_name[number + 1], days[0].date.weekday(), days) for number, days in enumerate(year.months)],
        shapes=_SHAPES,
        others=[day for days in year.months for day in days if day.state in ("holiday", "other")],
    )


PAGES: Addresses = [("/calendars", ["GET"], show), ("/calendars/{name}", ["GET"], one)]
