"""Who is away, from when until when; once it begins, their cases are back in the queues."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from starlette.responses import Response

from console.kit import forms
from console.kit.refusals import Speaker
from console.kit.visit import Addresses, Visit
from services import desk, people
from services.errors import Refused

_FIELDS = (forms.Field("from_at", "moment"), forms.Field("until_at", "moment"))


async def show(visit: Visit) -> Response:
    """The team with its absences. Raises ``not_allowed`` for whoever looks after nobody's work."""
    return await _page(visit)


async def away(visit: Visit) -> Response:
    """Note an absence."""
    form = await visit.form()
    try:
        said = forms.read(_FIELDS, form, visit.zones.own, visit.house.amounts)
        begin, end = (datetime.fromisoformat(said[name]) if name in said else None for name in ("from_at", "until_at"))
        done = await desk.away(visit.parts, visit.caller, form.text("person"), begin, end, None)
    except Refused as refused:
        return await _page(visit, refused=refused, typed={name: form.text(name) for name in ("person", "from_at", "until_at")})
    return await _page(visit, done=done)


async def back(visit: Visit) -> Response:
    """Note that somebody is there again."""
    form = await visit.form()
    try:
        await desk.back(visit.parts, visit.caller, form.text("person"), None)
    except Refused as refused:
        return await _page(visit, refused=refused)
    return await _page(visit)


async def _page(
    visit: Visit, *, done: desk.Away | None = None, refused: Refused | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    names = await people.colleagues(visit.parts, visit.caller)
    row = visit.house.problems.get(refused.code) if refused else None
    speaker = Speaker(visit.zones, visit.house.amounts, dict(names))
    return visit.page(
        "absences.html",
        (row.status if row else 422) if refused else 200,
        list="team",
        team=await desk.team(visit.parts, visit.caller),
        names=names,
        done=done,
        given=dict(done.given_back.counts) if done else {},
        refused=refused,
        typed=typed or {},
        why=" ".join([speaker.refusal(refused, row.advice if row else ""), *(e.message for e in refused.errors)])
        if refused
        else "",
    )


PAGES: Addresses = [("/absences", ["GET"], show), ("/absences", ["POST"], away), ("/absences/back", ["POST"], back)]
