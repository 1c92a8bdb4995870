"""One order for many cases, for leads and operations: what became of it is said case by case. Nothing is ruled so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl

from pydantic import ValidationError
from starlette.responses import Response
from uuid_utils import uuid7

from console.kit import forms
from console.kit.refusals import Speaker
from console.kit.visit import Addresses, Form, Visit, to
from console.kit.words import ORDERS, called
from console.pages import tags
from console.pages.command import status_of, told
from console.pages.listing import query_of, titled
from domain.model.refusals import Refusal
from services import bulk, cases, people, references
from services.bulk import Bulk, BulkSelection, Selected
from services.cases import Listing
from services.errors import FieldError, Refused
from services.pages import Page
from services.repeats import Asked

TAG = "tag"
"""Beside the orders: a label of the team, which is no command of any case."""
QUEUE = "queue"
"""In the place of a colleague: the cases go back to where somebody takes them."""
MOST = 100
"""Cases that are ticked at once: those of one page."""


async def ask(visit: Visit) -> Response:
    """The form of the order, with the cases that were ticked in the list."""
    form = await visit.form()
    if not form.all("case") and form.text("command") in (*ORDERS, TAG):
        # The list says so itself: a form about no case is no answer.
        _, _, query = form.text("list").partition("?")
        return to(f"/inbox?{query_of(dict(parse_qsl(query)))}&unticked=1")
    if form.text("command") == TAG:
        return await tags.ask(visit, form)
    return await _page(visit, form, _without_case(form))


async def send(visit: Visit) -> Response:
    """Put it on disk for all of them, and go on to what became of it in each."""
    form = await visit.form()
    command, ids = form.text("command"), tuple(dict.fromkeys(form.all("case")))[:MOST]
    if (missing := _without_case(form)) is not None:
        return await _page(visit, form, missing)
    try:
        fields = await _fields(visit, command)
        body = forms.read(fields, form, visit.zones.own, visit.house.amounts)
        if wanted := forms.missing(fields, body):
            raise Refused("malformed", errors=wanted)
        if body.get("owner") == QUEUE:
            del body["owner"]
        # Its key came with the form: pressed twice, it is one order.
        asked = Bulk(command={"type": command, **body}, selection=BulkSelection(case_ids=ids))
        said = {"command": asked.command, "selection": {"case_ids": list(ids)}}
        order = await bulk.order(visit.parts, visit.caller, Asked(said, form.text("order_id") or str(uuid7())), asked, None)
        if form.text("do") == "look":
            return await _page(visit, form, None, foreseen=await bulk.foreseen(visit.parts, visit.caller, order))
        state = await bulk.carry_out(visit.parts, visit.caller, order)
    except ValidationError:
        raise Refused("malformed", "These are no ids of cases.") from None
    except Refused as refused:
        if not refused.errors:
            raise
        return await _page(visit, form, refused)
    if state.id is None:
        return await _page(
            visit, form, Refused("malformed", errors=[FieldError("case", "not_in_this_phase", "None of them is open.")])
        )
    return to(f"/bulk/{state.id}?left_out={len(state.left_out)}")


async def done(visit: Visit) -> Response:
    """What became of an order in each case, those first in which it was not taken."""
    state = await bulk.state(visit.parts, visit.caller, visit.request.path_params["bulk_id"])
    digits = visit.request.query_params.get("left_out", "")[:4]
    left_out = int(digits) if digits.isdecimal() else 0
    speaker = Speaker(visit.zones, visit.house.amounts, {})
    each = [(result, speaker.plainly(result.detail or result.code or "")) for result in state.results.each]
    found = await named(visit, [result.case_id for result in state.results.each])
    names = await people.colleagues(visit.parts, visit.caller)
    before = {
        case_id: names.get(who, who) for case_id, who in (await bulk.owners_before(visit.parts, visit.caller, state)).items()
    }
    said = {"heading": called(state.command), "each": each, "left_out": left_out, "named": found, "before": before}
    return visit.page("bulk_done.html", **said)


async def named(visit: Visit, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Number and title of the cases that one may see."""
    which = Listing(ids=tuple(ids))
    seen = (await cases.page_of_cases(visit.parts, visit.caller, which, Page(MOST))).items if ids else ()
    known = await references.references_of(visit.parts, visit.caller, *seen)
    return {one.id: titled(one, known.get(one.id)) for one in seen}


def _without_case(form: Form) -> Refused | None:
    if form.text("command") not in ORDERS:
        raise Refused("bulk_forbidden", "Choose one of those that are offered.")
    if form.all("case"):
        return None
    return Refused("malformed", errors=[FieldError("case", "text_empty", "Tick at least one case in the list.")])


async def _fields(visit: Visit, command: str) -> tuple[forms.Field, ...]:
    team: Mapping[str, str] = await people.colleagues(visit.parts, visit.caller)
    options: Sequence[tuple[str, str]] = ((QUEUE, "Back to the queue: nobody has them"), *team.items())
    found = forms.offered(forms.fields_of(command), {"owner": options})
    # Whoever forgot to choose takes nobody's cases away: back to the queue is a choice as every other.
    return tuple(replace(field, required=True) if field.name == "owner" else field for field in found)


async def _page(
    visit: Visit, form: Form, refused: Refused | None, *, foreseen: tuple[Selected, Mapping[str, Refusal]] | None = None
) -> Response:
    command, speaker = form.text("command"), Speaker(visit.zones, visit.house.amounts, {})
    ids = list(dict.fromkeys(form.all("case")))[:MOST]
    would = {
        case_id: speaker.plainly(refusal.detail or refusal.code) for case_id, refusal in (foreseen[1] if foreseen else {}).items()
    }
    return visit.page(
        "bulk.html",
        status_of(visit, refused) if refused else 200,
        command=command,
        heading=called(command),
        explained=forms.explained(command),
        fields=await _fields(visit, command),
        values=form.values,
        **told(visit, refused, {}),
        changed=(),
        ids=ids,
        order_id=str(uuid7()),
        currency="EUR",
        foreseen=foreseen[0] if foreseen else None,
        would=would,
        named=await named(visit, foreseen[0].cases if foreseen else ids),
    )


PAGES: Addresses = [
    ("/bulk", ["POST"], ask),
    ("/bulk/send", ["POST"], send),
    ("/bulk/{bulk_id}", ["GET"], done),
]
