"""Ruling, made by hand: the outcome, what it gives, the reasons, and beside them the letter that each side would read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args
from urllib.parse import urlencode

from starlette.responses import Response
from uuid_utils import uuid7

from console.kit import forms
from console.kit.refusals import Speaker
from console.kit.visit import Addresses, Form, Visit, to
from console.kit.words import in_words
from console.pages import giving, ruling_form, statement_form
from console.pages.case import Shown, may, since, stale
from console.pages.changes import taken_back
from console.pages.command import after, filled_in, kept, opened, sent, status_of, to_prove, told, why_not
from console.pages.inbox import next_of
from console.pages.live import met, of_case
from console.pages.options import options_of
from console.pages.settings import AFTER
from domain.base import Phase, Side
from domain.model.case import Case
from domain.model.ruling import Shortfall
from domain.views.ruling_needs import hindrances
from services import desk, desk_settings, drafts, evidence, templates, timelines
from services.errors import FieldError, Refused
from services.preview import Preview, preview
from services.rows import Doing

_CAME = {"message": "Something that was said", "signal": "A signal of the platform"}
_SAID_BY = frozenset({"claimant", "respondent", "platform"})
_MOST_SAID = 40
"""Words that the form lists, the newest of them: more is found on the page of the case, and named by the number of the fact."""
DECISIONS: Mapping[str, tuple[str, str]] = {
    "uphold": ("The ruling stays as it is", "u"),
    "vary": ("Another outcome, in part", "v"),
    "overturn": ("Another outcome", "o"),
    "remit": ("Somebody decides it afresh", "b"),
}
"""What an appeal can come to, and its key: numbers choose outcomes."""


_SHORTFALLS = (
    ("not_proven", "The rest was not proven"),
    ("not_owed", "The rest is not owed"),
    ("own_share", "They bear a share of it themselves"),
    ("had_already", "They have the rest already"),
)
"""Why whoever wins gets less than half of what is in question."""
ASKS: Mapping[str, tuple[str, str]] = {
    "nobody": ("add_party", "Say who it is"),
    "telling": ("disclose", "Tell them of it"),
    "answer": ("request_evidence", "Ask them now"),
    "charge": ("request_evidence", "Ask them now"),
    "not_disclosed": ("disclose", "Tell them of it"),
}
"""What is to be done about what stands against a ruling: the command and the words of the link."""


Values = Mapping[str, Sequence[str]]


async def show(visit: Visit) -> Response:
    """The form, as far as it was filled in before, and what it would come to as soon as something is chosen."""
    found = await _found(visit)
    present = await met(visit, found.seen, "writing")
    values, saved_at, others = await _filled(visit, found, kept=visit.request.query_params.get("words") == "kept")
    form = Form([(name, value) for name, each in values.items() for value in each])
    return await _page(visit, found, form, None, saved_at=saved_at, present=present, others=others)


async def _filled(visit: Visit, found: Shown, *, kept: bool) -> tuple[Values, datetime | None, datetime | None]:
    """What the form is filled in with, and since when that is kept: the caller's own ruling that came back before anybody was
    told, unless something was written since. What another tab was refused with while it stood is not what it said: it is filled
    in where they choose it (``kept``), and until then it is said since when it is kept.
    """
    draft = await drafts.find(visit.parts, visit.caller, found.seen, _command(found))
    back = taken_back(await timelines.first_entries(visit.parts, visit.caller, found.seen))
    assert found.seen.case is not None, "it was opened"
    own = back if back is not None and back.draft.data.get("decider") == visit.caller.holder else None
    if draft is not None and (kept or own is None or draft.saved_at > own.ended.at):
        return draft.values, draft.saved_at, None
    if own is None:
        return {}, None, None
    terms, command = found.seen.case.terms, _command(found)
    return (
        ruling_form.written(own.said, terms, command, visit.zones.own, visit.house.amounts),
        None,
        draft.saved_at if draft else None,
    )


async def send(visit: Visit) -> Response:
    """Send it, or without JavaScript look at what it would come to."""
    form = await visit.form()
    if form.text("do") == "preview":
        return await _page(visit, await _found(visit), form, None)
    if form.text("do") == "insert":
        found = await _found(visit)
        return await _page(visit, found, await _inserted(visit, found, form), None)
    found = await opened(visit)
    command = _command(found)
    if form.text("do") == "save":
        await _save(visit, found, form)
        return to(f"/cases/{found.seen.id}/ruling")
    if form.text("do") == "discard":
        await drafts.discard(visit.parts, visit.caller, found.seen, command)
        return to(f"/cases/{found.seen.id}/ruling")
    if (moved_on := await _moved_on(visit, found, command, form)) is not None:
        return moved_on
    try:
        state = await sent(visit, found.seen, {"type": command, **_body(visit, found, form)}, form)
    except Refused as refused:
        if refused.code in ("not_found", "form_expired"):
            raise
        if refused.code == "proof_needed":
            return await to_prove(visit, found.seen, command, form, f"/cases/{found.seen.id}/ruling")
        saved_at = await kept(visit, found.seen, command, form)
        found = await _found(visit)
        return await _page(visit, found, form, refused, status=status_of(visit, refused), saved_at=saved_at)
    await _sent_off(visit, found, command, form)
    await templates.used(visit.parts, visit.caller, form.all("written_with"), found.seen.id, state.command_id)
    at_once = form.text("do") == "next"
    then = "next" if at_once else form.text("after", "stay")
    answer = after(found.seen.id, command, state)
    sent_now = {"before": found.seen.id, "sent": state.command_id}
    if then == "list":
        answer = to(f"/inbox?{urlencode(sent_now)}")
    elif then == "next":
        answer = to(next_of(await desk.take_next(visit.parts, visit.caller, None, None), **sent_now))
    if not at_once and then in AFTER:
        await desk_settings.change(visit.parts, visit.caller, after=then)
    return answer


async def _sent_off(visit: Visit, found: Shown, command: str, form: Form) -> None:
    """Nothing of what was sent is left to be written. Sent again because its answer was lost, its draft went with the first time:
    what is kept by then is another window's."""
    if not stale(found, command, form.text("seq")):
        await drafts.discard(visit.parts, visit.caller, found.seen, command)


async def _moved_on(visit: Visit, found: Shown, command: str, form: Form) -> Response | None:
    """The form with what is new, where something came since it was opened; None: nothing did, or this very ruling, which is sent
    again because its answer was lost, and is answered again."""
    if not stale(found, command, form.text("seq")):
        return None
    found = await _found(visit)
    entries = await timelines.first_entries(visit.parts, visit.caller, found.seen)
    if any(entry.command_id == form.text("command_id") for entry in entries):
        return None
    saved_at, changed = await kept(visit, found.seen, command, form), since(found, entries, form.text("seq"))
    return await _page(visit, found, form, None, changed=changed, status=409, saved_at=saved_at)


async def keep(visit: Visit) -> Response:
    """Keep what is filled in by now, while somebody goes on writing."""
    form = await visit.form()
    return visit.page("saved.html", saved_at=await _save(visit, await opened(visit), form))


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
        "given": _given(visit, form),
        "number": found.number,
        "outcome": in_words(form.text("outcome")).lower() or None,
        "ground": in_words(form.text("ground")).lower() or None,
    }


def _given(visit: Visit, form: Form) -> str | None:
    """What the chosen outcome gives, as it is written on the form so far."""
    outcome = form.text("outcome")
    names = [name for name in form.values if name == f"amount.{outcome}" or name.startswith(f"amount.{outcome}.")]
    said = next((name for name in names if form.text(name).strip()), None)
    if said is None:
        return None
    written, currency = form.text(said).strip(), form.text(said.replace("amount.", "currency.", 1)).strip().upper()
    try:
        # As the amount in question is written, beside which it stands.
        return visit.house.amounts.write(visit.house.amounts.read(written, currency), currency)
    except ValueError:
        return f"{written} {currency}".strip()


def _sides(found: Shown) -> dict[str, str]:
    """The people of each side, by name."""
    return {side.value: found.of(side) for side in Side}


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
    return visit.page("foreseen.html", **await _foreseen(visit, found, form), case=found, wrong={})


async def _found(visit: Visit) -> Shown:
    return await opened(visit, "case", "preview of letters", "evidence", named=True)


def _command(found: Shown) -> str:
    return "decide_appeal" if found.said.phase is Phase.APPEAL else "rule"


def _body(visit: Visit, found: Shown, form: Form, *, without: Sequence[str] = ()) -> dict[str, Any]:
    """What the form says. Raises ``malformed``."""
    assert found.seen.case is not None, "it was opened"
    terms, command = found.seen.case.terms, _command(found)
    return ruling_form.body(terms, command, form, visit.zones.own, visit.house.amounts, without=without)


async def _foreseen(visit: Visit, found: Shown, form: Form) -> dict[str, Any]:
    """What would follow, or why nothing would, or that there is nothing to say yet."""
    nothing: dict[str, Any] = {"foreseen": None, "letters": (), "unready": "", "names": found.names, "less": None}
    command = _command(found)
    if not form.text("outcome") and not form.text("decision"):
        return nothing
    if (action := may(found, command)) is None or not action.allowed:
        return nothing | {"unready": why_not(visit, found, command)}
    try:
        body = _body(visit, found, form, without=["reasons"])
    except Refused as refused:
        unready = " ".join(error.message for error in refused.errors) or "Something above cannot be read yet."
        return nothing | {"unready": unready}
    # The letters are worth reading before the reasons are written: until then a mark stands where they will.
    body = {"type": command, "reasons": "[your reasons]", **body}
    less = "less_because" in body
    try:
        looked: Preview = await preview(visit.parts, visit.caller, found.seen, body)
        if looked.refused is not None and looked.refused.code == "less_than_asked":
            # Both letters, and that it is sent only with a word on why it is so little.
            less, supposed = True, {"less_because": get_args(Shortfall)[0]}
            looked = await preview(visit.parts, visit.caller, found.seen, body | supposed)
    except Refused as refused:
        said = told(visit, refused, found.names)
        words = " ".join(error.message for each in said["wrong"].values() for error in each) or said["why"]
        return nothing | {"unready": words}
    speaker = Speaker(visit.zones, visit.house.amounts, found.names)
    unready = speaker.plainly(looked.refused.detail) if looked.refused is not None else ""
    why = {"options": _SHORTFALLS, "chosen": form.text("less_because")} if less else None
    return nothing | {"foreseen": looked.foreseen, "letters": looked.letters, "unready": unready, "less": why}


async def _pieces(visit: Visit, found: Shown) -> list[tuple[str, str]]:
    """What was handed in, and what else came in that whoever loses has not answered, to be named as what the ruling rests on."""
    pieces = [
        (piece.fact.evidence_id, f"{(piece.text or '…')[:60]} ({found.names.get(piece.recording.actor.id, 'the desk')})")
        for piece in await evidence.handed_in(visit.parts, visit.caller, found.seen)
    ]
    case, known = found.seen.case, {code for code, _ in pieces}
    entries = {entry.n: entry for entry in await timelines.first_entries(visit.parts, visit.caller, found.seen)}
    said = [f"message:{n}" for n, entry in entries.items() if entry.role in _SAID_BY and entry.type in _SAID and _words(entry)]
    unanswered = [one.id for one in (case.unanswered if case is not None else ()) if not one.of_amount]
    others = dict.fromkeys(one for one in (*said[-_MOST_SAID:], *unanswered) if one not in known)
    return [*pieces, *((one, _came(one, entries, found)) for one in others)]


_SAID = frozenset({
    "message_sent", "offer_made", "appeal_lodged", "case_withdrawn", "withdrawal_explained", "claim_conceded", "return_contested",
    "interim_review_asked", "amount_stated",
})  # fmt: skip
"""What people say by words of their own, beside what they hand in."""


def _words(entry: timelines.Entry) -> str | None:
    said = entry.data.get("text") or entry.data.get("reasons")
    words = said.get("text") if isinstance(said, dict) else said
    return words if isinstance(words, str) else None


def _came(piece: str, entries: Mapping[int, timelines.Entry], found: Shown) -> str:
    what, _, number = piece.partition(":")
    if what not in _CAME:
        return f"A report that was joined (…{piece[-8:]})"
    entry = entries.get(int(number))
    if entry is None:
        return f"{_CAME[what]}, number {number} of the record"
    return f"{(_words(entry) or _CAME[what])[:60]} ({found.names.get(entry.actor_id or '', 'the platform')})"


async def _beforehand(visit: Visit, found: Shown, case: Case) -> dict[str, Any]:
    """What is to be known before anything is written: a draft that came back, and whom nobody can decide against yet."""
    entries = await timelines.first_entries(visit.parts, visit.caller, found.seen)
    speaker = Speaker(visit.zones, visit.house.amounts, found.names)
    stands = [(one, speaker.plainly(one.detail)) for one in hindrances(case, visit.zones.now)]
    return {"back": taken_back(entries), "hindrances": stands, "asks": ASKS}


async def _happened_at(visit: Visit, found: Shown) -> str | None:
    """When it happened, as the report says."""
    entries = await timelines.first_entries(visit.parts, visit.caller, found.seen)
    said = next((entry.data.get("occurred_at") for entry in entries if entry.type == "case_opened"), None)
    return said if isinstance(said, str) else None


def _afterwards(form: Form, visit: Visit) -> dict[str, Any]:
    """Where to go once it is sent."""
    then = form.text("after") or visit.settings.after
    return {"after": then if then in AFTER else "stay", "afters": AFTER}


def _money(visit: Visit, found: Shown, case: Case) -> dict[str, Any]:
    """In which currency amounts are written, and how much there is."""
    left = found.said.payable
    currency = left.currency if left else case.amount.currency if case.amount else "EUR"
    return {"currency": currency, "most": visit.house.amounts.write(left.amount, left.currency) if left else None}


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
    others: datetime | None = None,
) -> Response:
    case, command = found.seen.case, _command(found)
    assert case is not None, "it was opened"
    fields = await _offered(visit, found, case, command)
    values: Mapping[str, Sequence[str]] = form.values
    if case.terms.statement is not None and not any(name.startswith("statement.") for name in values):
        values = {**statement_form.filled_in(case, visit.zones.now, await _happened_at(visit, found)), **values}
    # A form that was refused is sent again as another command: the refusal of the first one is its answer for ever.
    return visit.page(
        "ruling.html",
        status,
        case=found,
        terms=case.terms,
        command=command,
        why_not=why_not(visit, found, command),
        fields=fields,
        values=values,
        **_told(visit, found, form, refused, [name for name in fields if name != "remedies"]),
        changed=changed,
        present=present,
        **await _beforehand(visit, found, case),
        live=of_case(found.seen, "writing"),
        decisions=DECISIONS,
        statement_groups=statement_form.GROUPS,
        given={outcome.name: giving.given(case.terms, outcome) for outcome in case.terms.outcomes},
        sides=_sides(found),
        command_id=form.text("command_id") if refused is None and "command_id" in form else f"cmd_{uuid7()}",
        seq=case.seq,
        **_afterwards(form, visit),
        saved_at=saved_at,
        others=others,
        **_money(visit, found, case),
        **await _foreseen(visit, found, form),
        **await _templates(visit, found, form),
    )


async def _offered(visit: Visit, found: Shown, case: Case, command: str) -> dict[str, forms.Field]:
    """The fields of a ruling in this case, by name."""
    options = options_of(found, command) | {"relies_on": await _pieces(visit, found) if case.terms.late else []}
    # A ruling ends every measure but for what an authority that was told may still say.
    options["stays"] = options["measure_id"] if case.reports else []
    fields = {field.name: field for field in forms.offered(forms.fields_of(command), options)}
    if case.terms.grounds:
        # Optional to the model, which knows no kind; here no ruling is without one.
        fields["ground"] = replace(fields["ground"], required=True)
    return fields


def _told(visit: Visit, found: Shown, form: Form, refused: Refused | None, fields: Sequence[str]) -> dict[str, Any]:
    """A refusal as the form says it; of an amount, beside the amount of the chosen outcome."""
    said = told(visit, refused, found.names, [*fields, "amount"])
    wrong: dict[str, list[FieldError]] = said["wrong"]
    if (about := wrong.pop("amount", None)) is not None:
        names = [name for name in form.values if name.startswith(f"amount.{form.text('outcome')}") and form.text(name).strip()]
        wrong[names[0] if names else "outcome"] = about
    return said


PAGES: Addresses = [
    ("/cases/{case_id}/ruling", ["GET"], show),
    ("/cases/{case_id}/ruling", ["POST"], send),
    ("/cases/{case_id}/ruling/preview", ["POST"], foresee),
    ("/cases/{case_id}/ruling/draft", ["POST"], keep),
    ("/cases/{case_id}/ruling/insert", ["POST"], insert),
]
