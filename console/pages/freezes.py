"""Freezing the clocks of many cases for an incident, and letting them go on: looked at first, and told case by case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response
from uuid_utils import uuid7

from console.kit.refusals import Speaker
from console.kit.visit import Addresses, Form, Visit
from console.kit.words import in_words
from console.pages.bulk import named
from console.pages.listing import choices
from services import freezes, people
from services.errors import Refused, malformed
from services.freezes import Freeze, Ordered, Thaw
from services.rows import Incident

SHOWN = 50
"""Cases that are named of those that it would be, or was."""
MARGINS: Mapping[str, str] = {"": "none", "1 hour": "1 hour", "4 hours": "4 hours", "1 day": "1 day"}
"""Time on top at a thaw."""


async def show(visit: Visit) -> Response:
    """What is frozen, and the two forms."""
    return await _page(visit)


async def freeze(visit: Visit) -> Response:
    """Look at the cases that it would be, or freeze them."""
    form = await visit.form()
    try:
        order = await freezes.freeze_order(visit.parts, visit.caller, _freeze(form), None, form.text("order_id") or None)
        if form.text("do") != "send":
            found = await freezes.preview(visit.parts, visit.caller, order)
            return await _page(visit, form=form, would=list(found))
        return await _page(visit, done=await freezes.carry_out(visit.parts, visit.caller, order))
    except Refused as refused:
        return await _page(visit, form=form, refused=refused)


async def thaw(visit: Visit) -> Response:
    """Look at the cases whose clocks would go on, or let them."""
    form = await visit.form()
    incident = form.text("incident")
    margin = form.text("margin")
    try:
        said = Thaw.model_validate({"margin": margin} if margin in MARGINS and margin else {})
        order = await freezes.thaw_order(visit.parts, visit.caller, incident, said, None, form.text("order_id") or None)
        if form.text("do") != "send":
            return await _page(
                visit, form=form, thawing=incident, would=list(await freezes.preview(visit.parts, visit.caller, order))
            )
        return await _page(visit, done=await freezes.carry_out(visit.parts, visit.caller, order))
    except Refused as refused:
        return await _page(visit, form=form, refused=refused)


def _freeze(form: Form) -> Freeze:
    said: dict[str, Any] = {name: form.text(name).strip() for name in ("incident", "kind", "queue") if form.text(name).strip()}
    said["incident"] = "_".join(str(said.get("incident", "")).lower().split())
    if form.text("which") == "all":
        said = {"incident": said["incident"], "all": True}
    try:
        return Freeze.model_validate(said)
    except ValidationError as error:
        raise malformed(error) from None


async def _page(
    visit: Visit,
    *,
    form: Form | None = None,
    would: Sequence[str] | None = None,
    thawing: str = "",
    done: Ordered | None = None,
    refused: Refused | None = None,
) -> Response:
    incidents: Sequence[Incident] = await freezes.incidents(visit.parts, visit.caller)
    ids = list(would or ()) or ([one.case_id for one in done.results.each] if done else [])
    speaker = Speaker(visit.zones, visit.house.amounts, {})
    options = choices(visit, {}, await people.colleagues(visit.parts, visit.caller), ())
    row = visit.house.problems.get(refused.code) if refused else None
    return visit.page(
        "freezes.html",
        (row.status if row else 422) if refused else 200,
        list="today",
        incidents=incidents,
        values={name: form.text(name) for name in ("incident", "kind", "queue", "which", "margin")} if form else {},
        options=options,
        margins=MARGINS,
        would=would,
        thawing=thawing,
        named=await named(visit, ids[:SHOWN]),
        shown=SHOWN,
        done=done,
        each=[(one, speaker.plainly(one.detail or one.code or "")) for one in done.results.each[:SHOWN]] if done else [],
        heading=in_words(done.incident) if done else "",
        refused=refused,
        wrong=[speaker.plainly(error.message) for error in refused.errors] if refused else [],
        why=speaker.refusal(refused, row.advice if row else "") if refused else "",
        order_id=str(uuid7()),
    )


PAGES: Addresses = [
    ("/freezes", ["GET"], show),
    ("/freezes", ["POST"], freeze),
    ("/freezes/thaw", ["POST"], thaw),
]
