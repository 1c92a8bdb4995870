"""Intake sources: where reports come in besides the API, whether something came lately, and a switch for each. For operations."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, to
from services import sources
from services.errors import Refused
from services.pages import Page
from services.rows import Provider

SHOWN = 100
SAYS: Mapping[Provider, str] = {
    "stripe": "Disputes of card payments, from Stripe",
    "paypal": "Disputes of PayPal",
    "webhook": "Signed reports, from a program",
    "form": "A form",
    "mail": "E-mail, from a mail server",
}


async def show(visit: Visit) -> Response:
    """All of them."""
    return await _page(visit, None)


async def switch(visit: Visit) -> Response:
    """Take reports from one, or none."""
    form = await visit.form()
    try:
        await sources.switch(visit.parts, visit.caller, visit.request.path_params["source_id"], active=form.text("active") == "1")
    except Refused as refused:
        return await _page(visit, refused)
    return to("/sources")


async def _page(visit: Visit, refused: Refused | None) -> Response:
    found = await sources.listed(visit.parts, visit.caller, Page(SHOWN, visit.request.query_params.get("cursor")))
    where = visit.house.public_url.rstrip("/")
    return visit.page(
        "sources.html", 422 if refused else 200, sources=found, says=SAYS, where=where, wrong=refused, list="sources"
    )


PAGES: Addresses = [
    ("/sources", ["GET"], show),
    ("/sources/{source_id}/switch", ["POST"], switch),
]
