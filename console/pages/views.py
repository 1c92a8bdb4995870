"""Saved views: the inbox's address, kept under a name in the menu."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response

from console.kit.visit import Addresses, Visit, to
from services import saved_views

_OF_THE_VIEW = ("view", "kind", "phase", "priority", "queue", "status", "clock")
"""What of an address makes the view; where one is in it, and what was just done, does not."""


def query_of(said: Mapping[str, str]) -> str:
    """The view that an address shows, written always the same."""
    return urlencode({name: said[name] for name in _OF_THE_VIEW if said.get(name)})


async def keep(visit: Visit) -> Response:
    """Keep what the list shows, and go on with it."""
    form = await visit.form()
    query = query_of(dict(parse_qsl(form.text("query"))))
    await saved_views.keep(visit.parts, visit.caller, form.text("name"), query, shared="shared" in form)
    return to(f"/inbox?{query}")


async def forget(visit: Visit) -> Response:
    """Forget one of one's own."""
    form = await visit.form()
    await saved_views.forget(visit.parts, visit.caller, form.text("id"))
    return to("/inbox")


PAGES: Addresses = [("/views", ["POST"], keep), ("/views/forget", ["POST"], forget)]
