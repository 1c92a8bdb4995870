"""Trusted flaggers: who has the status, what became of their notices, and whether somebody should tell the coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from starlette.responses import Response

from console.kit import forms
from console.kit.refusals import Speaker
from console.kit.visit import Addresses, Visit, to
from services import trusted_flaggers
from services.callers import role
from services.errors import Refused

_TYPED = ("name", "ref", "authority", "area", "since_at", "until_at")
_TIMES = (forms.Field("since_at", "moment"), forms.Field("until_at", "moment"))
_CHANGES: Mapping[str, trusted_flaggers.Change] = {"suspend": "suspend", "resume": "resume", "end": "end"}


async def show(visit: Visit) -> Response:
    """All of them. Raises ``not_allowed`` for who is nobody of the team."""
    return await _page(visit)


async def add(visit: Visit) -> Response:
    """Somebody has been awarded the status."""
    form = await visit.form()
    try:
        said = forms.read(_TIMES, form, visit.zones.own, visit.house.amounts)
        begin, end = (datetime.fromisoformat(said[name]) if name in said else None for name in ("since_at", "until_at"))
        who = (form.text("name"), form.text("ref"), form.text("authority"))
        await trusted_flaggers.add(visit.parts, visit.caller, *who, area=form.text("area"), since_at=begin, until_at=end)
    except Refused as refused:
        return await _page(visit, refused, {name: form.text(name) for name in _TYPED})
    return to("/trusted-flaggers")


async def change(visit: Visit) -> Response:
    """What became of somebody's status."""
    form = await visit.form()
    try:
        what = _CHANGES.get(form.text("change"))
        if what is None:
            raise Refused("malformed")
        await trusted_flaggers.change(visit.parts, visit.caller, visit.request.path_params["flagger_id"], what)
    except Refused as refused:
        return await _page(visit, refused)
    return to("/trusted-flaggers")


async def _page(visit: Visit, refused: Refused | None = None, typed: Mapping[str, str] | None = None) -> Response:
    found = await trusted_flaggers.listed(visit.parts, visit.caller)
    row = visit.house.problems.get(refused.code) if refused else None
    speaker = Speaker(visit.zones, visit.house.amounts, {})
    return visit.page(
        "trusted_flaggers.html",
        (row.status if row else 422) if refused else 200,
        list="sources",
        found=[(one, one.state(visit.zones.now)) for one in found],
        sets=await role(visit.parts, visit.caller) == "ops",
        why=speaker.refusal(refused, row.advice if row else "") if refused else "",
        typed=typed or {},
    )


PAGES: Addresses = [
    ("/trusted-flaggers", ["GET"], show),
    ("/trusted-flaggers", ["POST"], add),
    ("/trusted-flaggers/{flagger_id}", ["POST"], change),
]
