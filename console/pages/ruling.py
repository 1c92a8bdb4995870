"""Ruling, made by hand: the outcome, what it gives, the reasons, and beside them the letter that each side would read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from starlette.responses import Response
from uuid_utils import uuid7

from console.kit import forms
from console.kit.visit import Addresses, Form, Visit, to
from console.kit.words import in_words
from console.pages.case import Shown, may, shown, since, stale
from console.pages.command import after, filled_in, places, sent, status_of, to_prove
from console.pages.live import met, of_case
from console.pages.options import options_of
from console.pages.settings import AFTER
from domain.base import Phase, Side
from domain.model.terms import OutcomeTerms
from services import desk, desk_settings, drafts, evidence, templates, timelines
from services.errors import FieldError, Refused
from services.preview import Preview, preview
from services.rows import Doing

_BY_HAND = frozenset({"outcome", "remedies"})
"""Fields that are not made from the model: the outcome's cards, and what each outcome gives."""
_CAME = {"message": "A message to the desk", "signal": "A signal of the platform"}
DECISIONS = {
    "uphold": "The ruling stays as it is",
    "vary": "Another outcome, in part",
    "overturn": "Another outcome",
    "remit": "Somebody decides it afresh",
}


async def show(visit: Visit) -> Response:
    """The form, as far as it was filled in before, and what it would come to as soon as something is chosen."""
    found = await _found(visit)
    draft = await drafts.find(visit.parts, visit.caller, found.seen, _command(found))
    present = await met(visit, found.seen, "writing")
    filled = [(name, value) for name, each in draft.values.items() for value in each] if draft else []
    return await _page(visit, found, Form(filled), None, saved_at=draft.saved_at if draft else None, present=present)


async def send(visit: Visit) -> Response:
    """Send it, or without JavaScript look at what it would come to."""
    form = await visit.form()
    found = await _found(visit)
    command = _command(found)
    if form.text("do") == "preview":
        return await _page(visit, found, form, None)
    if form.text("do") == "insert":
        return await _page(visit, found, await _inserted(visit, found, form), None)
    if form.text("do") == "save":
        await _save(visit, found, form)
        return to(f"/cases/{found.seen.id}/ruling")
    if form.text("do") == "discard":
        await drafts.discard(visit.parts, visit.caller, found.seen, command)
        return to(f"/cases/{found.seen.id}/ruling")
    if stale(found, command, form.text("seq")):
        entries = await timelines.first_entries(visit.parts, visit.caller, found.seen)
        return await _page(visit, found, form, None, changed=since(found, entries, form.text("seq")), status=409)
    try:
        state = await sent(visit, found.seen, {"type": command, **_body(visit, found, form)}, form)
    except Refused as refused:
        if refused.code in ("not_found", "form_expired"):
            raise
        if refused.code == "proof_needed":
            return await to_prove(visit, found.seen, command, form, f"/cases/{found.seen.id}/ruling")
        return await _page(visit, found, form, refused, status=status_of(visit, refused))
    await drafts.discard(visit.parts, visit.caller, found.seen, command)
    await templates.used(visit.parts, visit.caller, form.all("written_with"))
    at_once = form.text("do") == "next"
    then = "next" if at_once else form.text("after", "stay")
    answer = after(found.seen.id, command, state)
    if then == "list":
        answer = to("/inbox")
    elif then == "next":
        following = await desk.take_next(visit.parts, visit.caller, None, None)
        answer = to(f"/cases/{following.seen.id}?done=take" if following.seen else "/inbox?nothing=1")
    if not at_once and then in AFTER:
        await desk_settings.change(visit.parts, visit.caller, after=then)
    return answer


async def keep(visit: Visit) -> Response:
    """Keep what is filled in by now, while somebody goes on writing."""
    form = await visit.form()
    found = await _found(visit)
    return visit.page("saved.html", saved_at=await _save(visit, found, form))


async def insert(visit: Visit) -> Response:
    """The reasons with the chosen words behind them, for whoever is still writing."""
    form = await visit.form()
    found = await _found(visit)
    form = await _inserted(visit, found, form)
    return visit.page("reasons.html", case=found, values=form.values, wrong={}, **await _templates(visit, found, form))


async def _inserted(visit: Visit, found: Shown, form: Form) -> Form:
    """The form with a template's words, as this case fills them in, at the end of the reasons."""
    known = {one.id: one for one in await templates.listed(visit.parts, visit.caller, kind=found.said.kind)}
    chosen = known.get(form.text("template"))
    if chosen is None:
        return form
    words = templates.filled(chosen.body, _places(visit, found, form))
    before = form.text("reasons").rstrip()
    more = {"reasons": [f"{before}\n\n{words}" if before else words], "written_with": [*form.all("written_with"), chosen.id]}
    return Form([(name, value) for name, each in {**form.values, **more}.items() for value in each])


def _places(visit: Visit, found: Shown, form: Form) -> dict[str, str | None]:
    amount = found.said.amount
    return {
        **_sides(found),
        "amount": visit.house.amounts.write(amount.amount, amount.currency) if amount else None,
        "number": found.number,
        "outcome": in_words(form.text("outcome")).lower() or None,
        "ground": in_words(form.text("ground")).lower() or None,
    }


def _sides(found: Shown) -> dict[str, str]:
    """The people of each side, by name."""
    parties = [party for party in (found.told.references.parties if found.told else ()) if party.role == "principal"]
    return {side.value: " and ".join(found.names[party.id] for party in parties if party.side is side) for side in Side}


async def _templates(visit: Visit, found: Shown, form: Form) -> dict[str, Any]:
    """What can be put in, those for the chosen outcome first; and what was."""
    outcome = form.text("outcome")
    every = await templates.listed(visit.parts, visit.caller, kind=found.said.kind)
    fits = [one for one in every if one.outcome is None or not outcome or one.outcome == outcome]
    first = sorted(fits, key=lambda one: one.outcome is None)
    return {"templates": first, "written_with": list(dict.fromkeys(form.all("written_with")))}


async def _save(visit: Visit, found: Shown, form: Form) -> datetime:
    return await drafts.save(visit.parts, visit.caller, found.seen, _command(found), filled_in(form))


async def foresee(visit: Visit) -> Response:
    """The part of the page that says what would follow, for whoever is still filling it in."""
    form = await visit.form()
    found = await _found(visit)
    return visit.page("foreseen.html", **await _foreseen(visit, found, form), case=found)


async def _found(visit: Visit) -> Shown:
    found = await shown(visit, visit.request.path_params["case_id"], "case", "preview of letters", "evidence")
    if found is None:
        raise Refused("not_opened")
    return found


def _command(found: Shown) -> str:
    return "decide_appeal" if found.said.phase is Phase.APPEAL else "rule"


def _body(visit: Visit, found: Shown, form: Form) -> dict[str, Any]:
    """What the form says, of the chosen outcome alone. Raises ``malformed``."""
    case, outcome = found.seen.case, form.text("outcome")
    assert case is not None, "it was opened"
    fields = [field for field in forms.fields_of(_command(found)) if field.name not in _BY_HAND]
    body = forms.read(fields, form, visit.zones.own, visit.house.amounts)
    if "relies_on_none" in form:
        body["relies_on"] = []
    if outcome:
        body["outcome"] = outcome
    terms = case.terms.outcome(outcome)
    if terms is None:
        return body
    chosen = terms.remedies if len(terms.remedies) == 1 and terms.needs_amount else form.all(f"remedy.{outcome}")
    remedies: list[dict[str, Any]] = []
    for name in chosen:
        remedy: dict[str, Any] = {"type": name}
        if (goes := _concerns(found, terms, name, form)) is not None:
            remedy["to"] = goes
        said, currency = form.text(f"amount.{outcome}").strip(), form.text(f"currency.{outcome}").strip().upper()
        if said and (terms.needs_amount or case.terms.remedy(name).bounded_by):
            remedy["amount"] = _amount(visit, f"amount.{outcome}", said, currency)
        if f"after_return.{outcome}" in form:
            remedy["after_return"] = True
        remedies.append(remedy)
    return {**body, **({"remedies": remedies} if remedies else {})}


def _concerns(found: Shown, terms: OutcomeTerms, remedy: str, form: Form) -> str | None:
    """The side that gets something, or that it hits. Raises ``malformed`` where nobody said: what is meant for the respondent
    must never befall the claimant."""
    assert found.seen.case is not None, "it was opened"
    if (alone := found.seen.case.terms.remedy(remedy).to) is not None:
        return alone.value
    name = f"to.{terms.name}.{remedy}"
    if (said := form.text(name)) in (side.value for side in Side):
        return said
    if terms.sanctions is not None:
        # What comes with a sanction goes the same way.
        return terms.sanctions.value
    if terms.needs_amount:
        # Money goes to the claimant unless somebody says otherwise.
        return None
    raise Refused("malformed", errors=[FieldError(name, "text_empty", f"Say whom “{in_words(remedy)}” concerns.")])


def _amount(visit: Visit, name: str, said: str, currency: str) -> dict[str, Any]:
    try:
        return {"amount": visit.house.amounts.read(said, currency), "currency": currency}
    except ValueError as error:
        raise Refused("malformed", errors=[FieldError(name, "amount_not_exact", str(error))]) from None


async def _foreseen(visit: Visit, found: Shown, form: Form) -> dict[str, Any]:
    """What would follow, or why nothing would, or that there is nothing to say yet."""
    chosen = bool(form.text("outcome") or form.text("decision"))
    if not chosen or (action := may(found, _command(found))) is None or not action.allowed:
        return {"foreseen": None, "letters": (), "unready": "", "names": found.names}
    try:
        body = _body(visit, found, form)
    except Refused as refused:
        unready = " ".join(error.message for error in refused.errors) or "Something above cannot be read yet."
        return {"foreseen": None, "letters": (), "unready": unready, "names": found.names}
    # The letters are worth reading before the reasons are written: until then a mark stands where they will.
    body.setdefault("reasons", "[your reasons]")
    try:
        looked: Preview = await preview(visit.parts, visit.caller, found.seen, {"type": _command(found), **body})
    except Refused as refused:
        words = refused.detail or "; ".join(f"{error.field}: {error.message}" for error in refused.errors)
        return {"foreseen": None, "letters": (), "unready": words, "names": found.names}
    unready = looked.refused.detail if looked.refused is not None else ""
    return {"foreseen": looked.foreseen, "letters": looked.letters, "unready": unready, "names": found.names}


async def _pieces(visit: Visit, found: Shown) -> list[tuple[str, str]]:
    """What was handed in, and what else came in that whoever loses has not answered, to be named as what the ruling rests on."""
    pieces = [
        (piece.fact.evidence_id, f"{(piece.text or '…')[:60]} ({found.names.get(piece.recording.actor.id, 'the desk')})")
        for piece in await evidence.handed_in(visit.parts, visit.caller, found.seen)
    ]
    case, known = found.seen.case, {code for code, _ in pieces}
    others = dict.fromkeys(one.id for one in (case.unanswered if case is not None else ()) if one.id not in known)
    if not others:
        return pieces
    entries = {entry.n: entry for entry in await timelines.first_entries(visit.parts, visit.caller, found.seen)}
    return [*pieces, *((one, _came(one, entries, found)) for one in others)]


def _came(piece: str, entries: Mapping[int, timelines.Entry], found: Shown) -> str:
    what, _, number = piece.partition(":")
    if what not in _CAME:
        return f"A report that was joined (…{piece[-8:]})"
    entry = entries.get(int(number))
    if entry is None:
        return f"{_CAME[what]}, number {number} of the record"
    said = entry.data.get("text")
    words = said.get("text") if isinstance(said, dict) else said
    return f"{(words if isinstance(words, str) else _CAME[what])[:60]} ({found.names.get(entry.actor_id or '', 'the platform')})"


async def _page(
    visit: Visit,
    found: Shown,
    form: Form,
    refused: Refused | None,
    *,
    changed: Sequence[Any] = (),
    status: int = 200,
    saved_at: datetime | None = None,
    present: Sequence[tuple[str, Doing]] = (),
) -> Response:
    case, command = found.seen.case, _command(found)
    assert case is not None, "it was opened"
    options = options_of(found, command) | {"relies_on": await _pieces(visit, found) if case.terms.late else []}
    fields = {field.name: field for field in forms.offered(forms.fields_of(command), options)}
    if case.terms.grounds:
        # Optional to the model, which knows no kind; here no ruling is without one.
        fields["ground"] = replace(fields["ground"], required=True)
    values: Mapping[str, Sequence[str]] = form.values
    kept = form.text("after") or visit.settings.after
    return visit.page(
        "ruling.html",
        status,
        case=found,
        terms=case.terms,
        command=command,
        action=may(found, command),
        fields=fields,
        values=values,
        wrong=places(refused),
        refused=refused,
        changed=changed,
        present=present,
        live=of_case(found.seen, "writing"),
        decisions=DECISIONS,
        sides=_sides(found),
        # A form that was refused is sent again as another command: the refusal of the first one is its answer for ever.
        command_id=form.text("command_id") if refused is None and "command_id" in form else f"cmd_{uuid7()}",
        seq=case.seq,
        after=kept if kept in AFTER else "stay",
        afters=AFTER,
        saved_at=saved_at,
        currency=found.said.payable.currency if found.said.payable else case.amount.currency if case.amount else "EUR",
        most=visit.house.amounts.write(found.said.payable.amount, found.said.payable.currency) if found.said.payable else None,
        **await _foreseen(visit, found, form),
        **await _templates(visit, found, form),
    )


PAGES: Addresses = [
    ("/cases/{case_id}/ruling", ["GET"], show),
    ("/cases/{case_id}/ruling", ["POST"], send),
    ("/cases/{case_id}/ruling/preview", ["POST"], foresee),
    ("/cases/{case_id}/ruling/draft", ["POST"], keep),
    ("/cases/{case_id}/ruling/insert", ["POST"], insert),
]
