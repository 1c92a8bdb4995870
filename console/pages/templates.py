"""Words for reasons that everybody of the team uses: read by all, written by leads and operations."""

from __future__ import annotations

from starlette.responses import Response

from console.kit.visit import Addresses, Form, Visit, to
from services import people, templates
from services.errors import Refused

ENOUGH = 10
"""Appeals from which on a rate says something."""


async def show(visit: Visit) -> Response:
    """The list, and for whoever may the form for more."""
    return await _page(visit, Form([]), None)


async def add(visit: Visit) -> Response:
    """Keep new words."""
    form = await visit.form()
    kind, outcome = form.text("kind") or None, "_".join(form.text("outcome").lower().split()) or None
    try:
        await templates.add(visit.parts, visit.caller, form.text("name"), form.text("body"), kind=kind, outcome=outcome)
    except Refused as refused:
        if not refused.errors:
            raise
        return await _page(visit, form, refused)
    return to("/templates")


async def retire(visit: Visit) -> Response:
    """Take one out of use."""
    form = await visit.form()
    await templates.retire(visit.parts, visit.caller, form.text("id"))
    return to("/templates")


async def _page(visit: Visit, form: Form, refused: Refused | None) -> Response:
    return visit.page(
        "templates.html",
        422 if refused else 200,
        templates=await templates.listed(visit.parts, visit.caller),
        became=await templates.became(visit.parts, visit.caller),
        last=templates.LAST,
        enough=ENOUGH,
        may_write=await templates.may_write(visit.parts, visit.caller),
        names=await people.colleagues(visit.parts, visit.caller),
        places=templates.PLACES,
        kinds=sorted(visit.parts.packs),
        values=form.values,
        wrong={error.field: error.message for error in refused.errors} if refused else {},
        list="templates",
    )


PAGES: Addresses = [
    ("/templates", ["GET"], show),
    ("/templates", ["POST"], add),
    ("/templates/retire", ["POST"], retire),
]
