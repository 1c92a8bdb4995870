"""Who is on call for which queue, and handing a turn over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.responses import Response

from console.kit import forms
from console.kit.refusals import Speaker
from console.kit.visit import Addresses, Visit
from services import desk, on_call, people
from services.callers import LEADERS, role
from services.errors import FieldError, Refused
from services.rows import Turn

_FIELDS = (forms.Field("from_at", "moment"), forms.Field("until_at", "moment"))
_TYPED = ("queue", "person", "place", "from_at", "until_at")
_AT = (forms.Field("at", "moment"),)


async def show(visit: Visit) -> Response:
    """The turns that run and those ahead. Raises ``not_allowed`` for who is nobody of the team."""
    return await _page(visit)


async def put(visit: Visit) -> Response:
    """Somebody is on call."""
    form = await visit.form()
    try:
        said = forms.read(_FIELDS, form, visit.zones.own, visit.house.amounts)
        begin, end = (datetime.fromisoformat(said[name]) if name in said else None for name in ("from_at", "until_at"))
        if end is None:
            raise Refused("instant_refused", errors=[FieldError("until_at", "instant_refused", "Say until when.")])
        place = int(form.text("place")) if form.text("place") in ("1", "2", "3", "4", "5") else 1
        queue, person = form.text("queue").strip(), form.text("person")
        made = await on_call.put(visit.parts, visit.caller, queue, person, place, begin, end, None)
    except Refused as refused:
        return await _page(visit, refused=refused, typed={name: form.text(name) for name in _TYPED})
    return await _page(visit, done=made)


async def hand_over(visit: Visit) -> Response:
    """What is left of a turn goes to somebody else."""
    form = await visit.form()
    try:
        said = forms.read(_AT, form, visit.zones.own, visit.house.amounts)
        at = datetime.fromisoformat(said["at"]) if "at" in said else None
        made = await on_call.hand_over(visit.parts, visit.caller, form.text("turn"), form.text("to"), at, None)
    except Refused as refused:
        return await _page(visit, refused=refused)
    return await _page(visit, done=made)


async def end(visit: Visit) -> Response:
    """A turn ends."""
    form = await visit.form()
    try:
        await on_call.end(visit.parts, visit.caller, form.text("turn"), None)
    except Refused as refused:
        return await _page(visit, refused=refused)
    return await _page(visit)


async def _page(
    visit: Visit, *, done: Turn | None = None, refused: Refused | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    turns = await on_call.turns(visit.parts, visit.caller)
    sets = await role(visit.parts, visit.caller) in LEADERS
    names = await people.colleagues(visit.parts, visit.caller)
    team = await desk.team(visit.parts, visit.caller) if sets else ()
    row = visit.house.problems.get(refused.code) if refused else None
    speaker = Speaker(visit.zones, visit.house.amounts, dict(names))
    advice = speaker.refusal(refused, row.advice if row else "") if refused else ""
    return visit.page(
        "on_call.html",
        (row.status if row else 422) if refused else 200,
        list="team",
        turns=turns,
        now=datetime.now(UTC),
        own=visit.caller.holder,
        sets=sets,
        names=names,
        team=team,
        queues=sorted({queue for one in team for queue in one.queues} | {turn.queue for turn in turns}),
        done=done,
        refused=refused,
        typed=typed or {},
        why=" ".join([advice, *(e.message for e in refused.errors)]) if refused else "",
    )


PAGES: Addresses = [
    ("/on-call", ["GET"], show),
    ("/on-call", ["POST"], put),
    ("/on-call/hand-over", ["POST"], hand_over),
    ("/on-call/end", ["POST"], end),
]
