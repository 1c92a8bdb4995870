"""Orders of authorities: what is to be done about which, what each lacks, the letters to copy, and who is still to be told."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from starlette.responses import Response

from console.kit import forms
from console.kit.refusals import Speaker
from console.kit.visit import Addresses, Form, Visit, to
from console.pages.export import safe
from services import orders, people
from services.callers import role
from services.errors import Refused
from services.orders import Although, Because, Effect, OrderWords, Whom
from services.pages import Page

SHOWN, MOST = 50, 5000
"""On a page; and rows of a table for other programs."""
WORDS: Mapping[str, tuple[str, str, bool]] = {
    "authority": ("Issued by", "", False),
    "reference": ("Their number", "", False),
    "answer_to": ("Where the word of its effect goes", "an address of theirs, or the authority that it names", False),
    "legal_basis": ("Legal basis", "", True),
    "reasons": ("Statement of reasons", "", True),
    "where": ("Where exactly the content is", "article 9", True),
    "whom": ("About whom", "article 10: who is to be identified; article 9: whose content it is, where known", True),
    "scope": ("Territorial scope", "article 9", True),
    "redress": ("Redress", "what you and the person concerned can do against it", True),
}
"""What an order says: what it is called, a hint, and whether it takes room. In the order of the form."""
SAYS: Mapping[str, str] = {
    "confirm_receipt": "confirm its receipt to the authority", "give_effect_or_say_why_not": "give effect to it, or say why not",
    "tell_authority": "tell the authority what effect it was given", "tell_person": "tell the person concerned",
    "tell_person_later": "tell the person concerned, later",
}  # fmt: skip
TOLD: Mapping[Whom, str] = {
    "authority_receipt": "The authority, that it came",
    "authority": "The authority, what effect it was given",
    "person": "The person concerned",
    "coordinator": "The coordinator, by a copy",
}
EFFECTS: Mapping[Effect, str] = {"given": "given", "in_part": "given in part", "not_given": "not given"}
REASONS: Mapping[Because, str] = {
    "not_specified": "It does not say what is needed",
    "outside_scope": "It goes beyond its territory, or beyond the service",
    "not_held": "The information was not collected, or is not within your control",
    "gone": "What it is about was not there any more",
    "challenged": "Redress against it is under way",
    "other": "Another one, in words",
}
ALTHOUGH: Mapping[Although, str] = {
    "asked_back": "The authority was asked for the rest, and has not sent it",
    "not_needed": "Nothing of what is missing is needed to carry it out",
    "danger": "Somebody's life or safety is in danger",
}
_CODES = ("country", "language", "about", "keeper")
_TICKS = ("declared_language", "reasons_withheld")
_TIMES = ("received_at", "due_at", "hold_until")


async def show(visit: Visit) -> Response:
    """The list. Raises ``not_allowed`` for who is neither lead nor ops."""
    return await _list(visit)


async def table(visit: Visit) -> Response:
    """All of the list as a table for other programs."""
    names = await people.colleagues(visit.parts, visit.caller)
    out = io.StringIO()
    written = csv.writer(out)
    written.writerow(orders.HEAD)
    cursor, many = None, 0
    while many < MOST:
        found = await orders.listed(visit.parts, visit.caller, Page(100, cursor), all_of_them=_all(visit))
        for looked in found.items:
            written.writerow([safe(cell) for cell in orders.line(looked, names)])
        many, cursor = many + len(found.items), found.next_cursor
        if cursor is None:
            break
    if cursor is not None:
        written.writerow([f"There are more: these are the first {many}."])
    headers = {"Content-Disposition": 'attachment; filename="orders.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


async def add(visit: Visit) -> Response:
    """An order has come in."""
    form = await visit.form()
    try:
        article = {"9": 9, "10": 10}.get(form.text("article"))
        if article is None:
            raise Refused("malformed", "Choose what it orders.")
        said = {name: value for name, value in _said(visit, form).items() if name not in ("country", "language")}
        if not form.text("keeper"):
            said.pop("keeper", None)
        country, language = form.text("country").strip().upper(), form.text("language").strip().lower()
        made = await orders.add(visit.parts, visit.caller, article, country, language, said)
    except Refused as refused:
        return await _list(visit, refused, {name: form.text(name) for name in (*WORDS, *_CODES, *_TIMES, "article")})
    return to(f"/orders/{made.order.id}")


async def look(visit: Visit) -> Response:
    """One of them."""
    return await _one(visit)


async def change(visit: Visit) -> Response:
    """What the authority added, when it is due, until when the person is not told, who looks after it."""
    form = await visit.form()
    try:
        said = _said(visit, form)
        if "lift" in form:
            said["hold_until"] = None
        said |= {"lift_reason": form.text("lift_reason")} if form.text("lift_reason") else {}
        said |= {"authority_allows": True} if "authority_allows" in form else {}
        await orders.change(visit.parts, visit.caller, _id(visit), said)
    except Refused as refused:
        return await _one(visit, refused)
    return to(f"/orders/{_id(visit)}")


async def answer(visit: Visit) -> Response:
    """Whether and when effect was given to it, or why not."""
    form = await visit.form()
    try:
        effect = next((one for one in get_args(Effect) if one == form.text("effect")), None)
        because = next((one for one in get_args(Because) if one == form.text("because")), None)
        if effect is None:
            raise Refused("malformed", "Choose what effect it was given.")
        at = _times(visit, form, ("at",)).get("at")
        although = next((one for one in get_args(Although) if one == form.text("although")), None)
        await orders.answer(visit.parts, visit.caller, _id(visit), effect, because, form.text("answer"), at, although)
    except Refused as refused:
        return await _one(visit, refused)
    return to(f"/orders/{_id(visit)}")


async def told(visit: Visit) -> Response:
    """Somebody was told."""
    form = await visit.form()
    try:
        whom = next((one for one in get_args(Whom) if one == form.text("whom")), None)
        if whom is None:
            raise Refused("malformed", "Choose who was told.")
        at = _times(visit, form, ("at",)).get("at")
        await orders.told(visit.parts, visit.caller, _id(visit), whom, at, unreachable="unreachable" in form)
    except Refused as refused:
        return await _one(visit, refused)
    return to(f"/orders/{_id(visit)}")


async def erase(visit: Visit) -> Response:
    """Destroy what it says, once nothing is left to be done."""
    await visit.form()
    try:
        await orders.erase(visit.parts, visit.caller, _id(visit))
    except Refused as refused:
        return await _one(visit, refused)
    return to(f"/orders/{_id(visit)}")


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["order_id"])


def _all(visit: Visit) -> bool:
    return visit.request.query_params.get("which") == "all"


def _said(visit: Visit, form: Form) -> dict[str, Any]:
    """What a form says of an order; a tick that its form has and that is not set says no."""
    said: dict[str, Any] = {name: form.text(name) for name in (*WORDS, *_CODES) if name in form}
    if "keeper" in said:
        said["keeper"] = said["keeper"] or None
    said |= {name: name in form for name in _TICKS if f"asks_{name}" in form}
    return said | _times(visit, form, _TIMES)


def _times(visit: Visit, form: Form, names: tuple[str, ...]) -> dict[str, datetime]:
    fields = tuple(forms.Field(name, "moment") for name in names)
    read = forms.read(fields, form, visit.zones.own, visit.house.amounts)
    return {name: datetime.fromisoformat(value) for name, value in read.items()}


def _why(visit: Visit, refused: Refused | None) -> tuple[str, int]:
    if refused is None:
        return "", 200
    row = visit.house.problems.get(refused.code)
    said = Speaker(visit.zones, visit.house.amounts, {}).refusal(refused, row.advice if row else "")
    return said, row.status if row else 422


async def _list(visit: Visit, refused: Refused | None = None, typed: Mapping[str, str] | None = None) -> Response:
    cursor = visit.request.query_params.get("cursor") or None
    found = await orders.listed(visit.parts, visit.caller, Page(SHOWN, cursor), all_of_them=_all(visit))
    count, late = await orders.counted(visit.parts, visit.caller)
    why, status = _why(visit, refused)
    names = await people.colleagues(visit.parts, visit.caller)
    return visit.page(
        "orders.html", status, list="orders", found=found, everything=_all(visit), count=count, late=late, why=why,
        typed=typed or {}, fields=WORDS, says=SAYS, names=names,
    )  # fmt: skip


async def _one(visit: Visit, refused: Refused | None = None) -> Response:
    looked = await orders.one(visit.parts, visit.caller, _id(visit))
    why, status = _why(visit, refused)
    return visit.page(
        "order.html", status, list="orders", looked=looked, order=looked.order, said=looked.order.words or OrderWords(), why=why,
        fields=WORDS, says=SAYS, told=TOLD, effects=EFFECTS, reasons=REASONS, although=ALTHOUGH,
        names=await people.colleagues(visit.parts, visit.caller), erases=await role(visit.parts, visit.caller) == "ops",
    )  # fmt: skip


PAGES: Addresses = [
    ("/orders", ["GET"], show),
    ("/orders.csv", ["GET"], table),
    ("/orders", ["POST"], add),
    ("/orders/{order_id}", ["GET"], look),
    ("/orders/{order_id}/change", ["POST"], change),
    ("/orders/{order_id}/answer", ["POST"], answer),
    ("/orders/{order_id}/told", ["POST"], told),
    ("/orders/{order_id}/erase", ["POST"], erase),
]
