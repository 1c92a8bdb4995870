"""How somebody wants their desk: times, pictures that hurt, what comes after sending."""

from __future__ import annotations

from zoneinfo import available_timezones

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, to
from services import desk_settings
from services.errors import FieldError, Refused

AFTER = {"stay": "stay with the case", "next": "take the next case", "list": "back to the list"}
BLUR = {"graphic": "Where people are hurt", "always": "Always", "never": "Never"}


async def show(visit: Visit) -> Response:
    """The form."""
    company = visit.person.zone if visit.person else "UTC"
    said = {"zones_known": _known(), "afters": AFTER, "blurs": BLUR, "company_zone": company}
    return visit.page("settings.html", settings=visit.settings, kept="saved" in visit.request.query_params, **said)


async def save(visit: Visit) -> Response:
    """Keep it."""
    form = await visit.form()
    zone = form.text("zone").strip() or None
    if zone is not None and zone not in _known():
        raise Refused("parameter_invalid", errors=[FieldError("zone", "parameter_invalid", "Choose a zone of the list.")])
    await desk_settings.change(
        visit.parts,
        visit.caller,
        blur=form.text("blur", "graphic"),
        grey="grey" in form,
        muted="muted" in form,
        zone=zone,
        hours=form.text("hours", "24"),
        after=form.text("after", "stay"),
    )
    return to("/settings?saved=1")


def _known() -> list[str]:
    return [*sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))), "UTC"]


PAGES: Addresses = [("/settings", ["GET"], show), ("/settings", ["POST"], save)]
