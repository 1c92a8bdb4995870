"""Every command as a form: made from its model, filled with what the case knows, and sent once however often it is pressed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response
from uuid_utils import uuid7

from console.kit import forms
from console.kit.browser import TOKEN
from console.kit.refusals import Speaker
from console.kit.visit import Addresses, Form, Visit, to
from console.kit.words import called
from console.pages import who_reads
from console.pages.case import SAY, Shown, known, may, shown, since, stale
from console.pages.inbox import next_of
from console.pages.live import met, of_case
from console.pages.options import Option, by_hand_of, options_of, steps, steps_left
from console.pages.second_look import second_look
from console.pages.statement_form import beside
from domain.base import Side
from services import commands, desk, drafts, timelines
from services.cases import Seen
from services.commands import Sent
from services.errors import FieldError, Refused, not_found
from services.manual_work import contested, correctable, hears, hears_of_failure
from services.party_changes import one_of, said_again, waiting
from services.rows import Doing

_OF_THE_PAGE = frozenset({TOKEN, "command_id", "seq", "do", "after", "written"})
"""Fields that belong to one page and not to what is written on it."""
_ASKED = frozenset({"of", "field", "effect_id", "result", "party", "side", "role", "ref"})
"""Fields that the address of a form may fill in: a link beside a thing leads to the form about that very thing."""


async def show(visit: Visit) -> Response:
    """The form, as far as it was filled in before."""
    command, found = await _found(visit)
    draft = await drafts.find(visit.parts, visit.caller, found.seen, command)
    present = await met(visit, found.seen)
    asked = {name: [said] for name, said in visit.request.query_params.items() if name in _ASKED}
    saved_at = draft.saved_at if draft else None
    return await _page(visit, found, command, draft.values if draft else asked, present=present, saved_at=saved_at)


async def send(visit: Visit) -> Response:
    """Send it. What is refused comes back filled in, with the reasons beside the fields."""
    form = await visit.form()
    command, found = await _known(visit)
    if form.text("do") == "discard":
        await drafts.discard(visit.parts, visit.caller, found.seen, command)
        return to(f"/cases/{found.seen.id}/do/{command}")
    if stale(found, command, form.text("seq"), form=bool(form.text("written"))):
        _, shown_now = await _found(visit)
        entries = await timelines.first_entries(visit.parts, visit.caller, shown_now.seen)
        # Sent twice, it happens once: what moved the case on is this very form, and its first answer is answered again.
        if not any(entry.command_id == form.text("command_id") for entry in entries):
            changed = since(shown_now, entries, form.text("seq"))
            return await _page(visit, shown_now, command, form.values, changed=changed, status=409)
    try:
        body = _read(visit, found, command, form)
        state = await sent(visit, found.seen, {"type": command, **body}, form)
    except Refused as refused:
        if refused.code in ("not_found", "form_expired"):
            raise
        if refused.code == "proof_needed":
            return await to_prove(visit, found.seen, command, form, f"/cases/{found.seen.id}/do/{command}")
        await kept(visit, found.seen, command, form)
        _, found = await _found(visit)
        refused = _reread(visit, found, command, form) or refused
        return await _page(visit, found, command, form.values, refused=refused, status=status_of(visit, refused))
    await drafts.discard(visit.parts, visit.caller, found.seen, command)
    if command == "message":
        # It may have been begun in the case itself.
        await drafts.discard(visit.parts, visit.caller, found.seen, SAY)
    return after(found.seen.id, command, state)


def _reread(visit: Visit, found: Shown, command: str, form: Form) -> Refused | None:
    """What of the form cannot be read, in the words of a page that shows what there is to choose; None: all of it can."""
    try:
        _read(visit, found, command, form)
    except Refused as refused:
        return refused
    return None


async def to_prove(visit: Visit, seen: Seen, command: str, form: Form, back: str) -> Response:
    """Off to show who one is; what was filled in is kept, and there again afterwards."""
    await drafts.save(visit.parts, visit.caller, seen, command, filled_in(form))
    return to(f"/prove?{urlencode({'next': back})}")


async def kept(visit: Visit, seen: Seen, form_name: str, form: Form) -> datetime | None:
    """Keep what was filled in, for whoever may; when that was. Nobody is refused a page because a draft cannot be kept."""
    try:
        return await drafts.save(visit.parts, visit.caller, seen, form_name, filled_in(form))
    except Refused:
        return None


async def keep(visit: Visit) -> Response:
    """Keep what is filled in by now, while somebody goes on writing or leaves the page."""
    form = await visit.form()
    command, found = await _known(visit)
    return visit.page("saved.html", saved_at=await kept(visit, found.seen, command, form))


async def keep_words(visit: Visit) -> Response:
    """Keep what is being written in the case itself."""
    form = await visit.form()
    found = await opened(visit)
    return visit.page("saved.html", saved_at=await kept(visit, found.seen, SAY, form))


def filled_in(form: Form) -> dict[str, Sequence[str]]:
    """What somebody wrote, without what belongs to the one page on which they did."""
    return {name: each for name, each in form.values.items() if name not in _OF_THE_PAGE}


async def sent(visit: Visit, seen: Seen, body: dict[str, Any], form: Form) -> Sent:
    """The command on its way. Its id came with the form: pressed twice, or sent again by a lost connection, it happens once."""
    command = commands.whole(visit.caller, {"id": form.text("command_id") or f"cmd_{uuid7()}", **body})
    try:
        return await commands.put(visit.parts, visit.caller, seen, command, channel="console")
    except Refused as refused:
        if refused.code != "id_reused":
            raise
        # The same form with other words: what was sent first counts, and is read in the case.
        raise Refused("id_reused", "This form was sent before, with other words. Open it anew to send something else.") from None


def after(case_id: str, command: str, state: Sent) -> Response:
    """Back to the case, which says what was done, or that it waits to be judged."""
    waits = {} if state.answer else {"waits": "1"}
    return to(f"/cases/{case_id}?{urlencode({'by': state.command_id, **waits, 'done': command})}")


def status_of(visit: Visit, refused: Refused) -> int:
    """With which status the form comes back."""
    row = visit.house.problems.get(refused.code)
    return row.status if row is not None else 409


def told(visit: Visit, refused: Refused | None, names: Mapping[str, str], fields: Collection[str] = ()) -> dict[str, Any]:
    """A refusal as a page says it: why, and what is wrong by field. What is about one of these ``fields`` is said there alone."""
    speaker = Speaker(visit.zones, visit.house.amounts, names)
    row = visit.house.problems.get(refused.code) if refused else None
    advice = row.advice if row else "It cannot be done now."
    wrong: dict[str, list[FieldError]] = {}
    said = speaker.errors(refused, fields, advice)
    placed = refused is not None and not refused.errors and bool(said)
    why = speaker.refusal(refused, advice) if refused and not placed else ""
    for error in beside(said) if refused is not None and refused.code == "statement_incomplete" else said:
        wrong.setdefault(error.field, []).append(error)
    return {"refused": refused, "why": why, "wrong": wrong}


def why_not(visit: Visit, found: Shown, command: str) -> str:
    """Why it cannot be sent now; empty: it can."""
    action = may(found, command)
    if action is None and command == "report_manual_work":
        return "Nothing of this case waits for somebody's hands any more: the timeline says what became of it."
    if action is not None and _no_step_left(found, command):
        return "Every step of the procedure is done already."
    if action is None:
        return f"Nothing of the kind is done while the case is in “{found.said.phase_label}”."
    speaker = Speaker(visit.zones, visit.house.amounts, found.names)
    return "" if action.allowed else speaker.plainly(action.detail or action.code or "It cannot be done now.")


def _read(visit: Visit, found: Shown, command: str, form: Form) -> dict[str, Any]:
    """The body of the command. Raises ``malformed`` with all that cannot be read and all that is missing."""
    # What came since a draft is looked up for its page alone; what was ticked there is taken as it is.
    fields = _fields(found, command, [(one, one) for one in form.all("seen")])
    errors: list[FieldError] = []
    body: dict[str, Any] = {}
    try:
        body = forms.read(fields, form, visit.zones.own, visit.house.amounts)
    except Refused as refused:
        errors += refused.errors
    unread = {error.field.split(".")[0] for error in errors}
    if command == "complete_step" and not body.get("steps"):
        errors.append(FieldError("steps", "missing", "Tick at least one step."))
    errors += [error for error in forms.missing(fields, body) if error.field.split(".")[0] not in unread]
    if errors:
        raise Refused("malformed", errors=errors)
    return body


def _fields(found: Shown, command: str, seen: Sequence[Option] = ()) -> tuple[forms.Field, ...]:
    fields = forms.offered(forms.fields_of(command), options_of(found, command) | {"seen": seen})
    left_out = {
        # One step is several steps of which there is one: asked once.
        ("complete_step", "step"),
        # What was not said since a draft need not be read.
        *([] if seen else [("approve", "seen")]),
    }
    if _no_step_left(found, command):
        left_out |= {(command, "step"), (command, "steps")}
    shown_ = tuple(field for field in fields if (command, field.name) not in left_out)
    return tuple(_of_a_measure(field, found) for field in shown_) if command == "impose_interim" else shown_


def _no_step_left(found: Shown, command: str) -> bool:
    return command in ("complete_step", "skip_step") and bool(steps(found)) and not steps_left(found, command)


def _of_a_measure(field: forms.Field, found: Shown) -> forms.Field:
    """Whom a measure hits is said by whoever imposes it, and never assumed."""
    if field.name == "of":
        sides = tuple((side.value, found.of(side) or f"the {side.value}") for side in Side)
        return replace(field, required=True, default="", options=sides)
    return field


def _hinted(visit: Visit, found: Shown, command: str, fields: tuple[forms.Field, ...]) -> tuple[forms.Field, ...]:
    """What whoever writes has to know before they do: who reads it, and of a proposal to settle how much there is."""
    if command == "report_manual_work":
        return _of_hands(found, fields)
    fields = who_reads.hinted(found, command, fields)
    if command != "offer":
        return fields
    left = found.said.payable
    most = f" At most {visit.house.amounts.write(left.amount, left.currency)}." if left else ""
    hints = {"amount": f"Whatever gives money needs one.{most}"}
    return tuple(replace(field, hint=hints.get(field.name, field.hint)) for field in fields)


_RESULTS = (
    ("done", "It is done"),
    ("impossible", "It cannot be done"),
    ("not_done", "It was reported as done, and is not"),
)
_OF_HANDS: Mapping[str, str] = {
    "text": "For the team alone: no party reads it. How it was done, why it cannot be, or how the mistake came about; "
    "the last two have to be said.",
    "reference": "Of money: the number of the bank or the provider. For the team alone.",
    "done_at": "Of what is in question again: when it was done, if it was done before.",
}


def _of_hands(found: Shown, fields: Sequence[forms.Field]) -> tuple[forms.Field, ...]:
    """What became of something by hand, in words, and who reads what is written: of money, of what is in question and of what was
    reported already it is asked where there is any."""
    case = found.seen.case
    assert case is not None, "it was opened"
    each = [one for one, _ in by_hand_of(found)]
    without = {
        *([] if any(one.remedy.amount for one in each) else ["reference"]),
        *([] if any(contested(case, one) for one in each) else ["done_at"]),
    }
    results = _RESULTS if correctable(case) else _RESULTS[:2]
    hinted = (replace(field, hint=_OF_HANDS.get(field.name, field.hint)) for field in fields if field.name not in without)
    return tuple(replace(field, options=results) if field.name == "result" else field for field in hinted)


def _told_of(found: Shown) -> list[tuple[str, str]]:
    """Of each thing that can be reported: what it is, and who is written to at once when it is."""
    case = found.seen.case
    assert case is not None, "it was opened"

    def named(sides: Sequence[Side]) -> str:
        return " and ".join(found.of(side) or f"the {side.value}" for side in sides)

    told_ = []
    for one, said in by_hand_of(found):
        failed = named(hears_of_failure(case, one))
        told_.append(
            (
                said,
                (named(hears(case, one)) or "nobody outside the team") + (f", {failed} if it cannot be done" if failed else ""),
            )
        )
    return told_


def _command(visit: Visit) -> str:
    command: str = visit.request.path_params["command"]
    if command not in forms.commands():
        raise not_found()
    return command


async def _found(visit: Visit) -> tuple[str, Shown]:
    return _command(visit), await opened(visit, "case", named=True)


async def _known(visit: Visit) -> tuple[str, Shown]:
    return _command(visit), await opened(visit)


async def opened(visit: Visit, *reading: str, named: bool = False) -> Shown:
    """The case, with the names of its people or without. Raises ``not_opened`` while its report waits to be judged."""
    found = await (shown if named else known)(visit, visit.request.path_params["case_id"], *reading)
    if found is None:
        raise Refused("not_opened")
    return found


async def _page(
    visit: Visit,
    found: Shown,
    command: str,
    values: Mapping[str, Sequence[str]],
    *,
    refused: Refused | None = None,
    changed: Sequence[Any] = (),
    status: int = 200,
    present: Sequence[tuple[str, Doing]] = (),
    saved_at: datetime | None = None,
) -> Response:
    case = found.seen.case
    assert case is not None, "it was opened"
    look = await second_look(visit, found, command)
    fields = _hinted(visit, found, command, _fields(found, command, look["came"]))
    return visit.page(
        "command.html",
        status,
        case=found,
        command=command,
        heading=called(command),
        explained=forms.explained(command),
        fields=fields,
        **look,
        values=values,
        why_not=why_not(visit, found, command),
        **told(visit, refused, found.names, list(forms.names(fields))),
        steps_taken=[one for one in steps(found) if one.by] if command in ("complete_step", "skip_step") else (),
        told_of=_told_of(found) if command == "report_manual_work" else (),
        changed=changed,
        present=present,
        saved_at=saved_at,
        live=of_case(found.seen, "reading"),
        # A form that comes back keeps its id unless it was refused under it: then it is another command.
        command_id=f"cmd_{uuid7()}",
        seq=case.seq,
        currency=case.amount.currency if case.amount else "EUR",
    )


async def say(visit: Visit) -> Response:
    """Words to one side or both, or a note for the team: whom they reach is chosen above the text."""
    form = await visit.form()
    found = await opened(visit)
    inside = form.text("to") == "staff"
    said: dict[str, Any] = {"type": "note"} if inside else {"type": "message", "to": form.text("to")}
    if not inside and form.text("seq") and stale(found, "message", form.text("seq"), form=True):
        unread = await _unread(visit, form)
        if unread is not None:
            return unread
    if inside and form.all("mentions"):
        said["mentions"] = form.all("mentions")
    try:
        state = await sent(visit, found.seen, {**said, "text": form.text("text")}, form)
    except Refused as refused:
        values = {"text": form.all("text"), "to": form.all("to"), "mentions": form.all("mentions")}
        found = await opened(visit, "case", named=True)
        return await _page(visit, found, said["type"], values, refused=refused, status=status_of(visit, refused))
    await drafts.discard(visit.parts, visit.caller, found.seen, SAY)
    return after(found.seen.id, said["type"], state)


async def _unread(visit: Visit, form: Form) -> Response | None:
    """The form of a message with what others have said or done since its page was made, which its writer may not have read: asked
    once, and nothing was sent. None: there is nothing of the kind. The case's own clocks and letters are no news to answer to."""
    found = await opened(visit, "case", "timeline", named=True)
    entries = await timelines.first_entries(visit.parts, visit.caller, found.seen)
    others = [entry for entry in entries if entry.actor_id not in (None, "system", visit.caller.holder)]
    changed = since(found, others, form.text("seq"))
    if not changed or any(entry.command_id == form.text("command_id") for entry in entries):
        return None
    values = {"text": form.all("text"), "to": form.all("to")}
    return await _page(visit, found, "message", values, changed=changed, status=409)


async def news(visit: Visit) -> Response:
    """What happened in a case since somebody began to write: shown beside what they write, which stays as it is."""
    found = await opened(visit, "timeline", named=True)
    entries = await timelines.first_entries(visit.parts, visit.caller, found.seen)
    changed = since(found, entries, visit.request.query_params.get("since", ""))
    return visit.page("news.html", changed=changed, case=found)


async def skip_and_next(visit: Visit) -> Response:
    """Give the case back, with the reason, and take the next one."""
    form = await visit.form()
    found = await opened(visit)
    try:
        await sent(visit, found.seen, {"type": "skip", "reason": form.text("reason")}, form)
    except Refused as refused:
        if refused.code in ("not_found", "form_expired"):
            raise
        found = await opened(visit, "case", named=True)
        return await _page(
            visit, found, "skip", {"reason": form.all("reason")}, refused=refused, status=status_of(visit, refused)
        )
    following = await desk.take_next(visit.parts, visit.caller, None, None)
    return to(next_of(following))


async def confirm(visit: Visit) -> Response:
    """Send the same command. Raises what the case refuses it with, and ``not_in_this_phase`` where nothing waits any more."""
    form = await visit.form()
    found = await opened(visit, named=True)
    case = found.seen.case
    assert case is not None, "it was opened"
    one = one_of(waiting(case, found.seen.viewer), form.text("party"), form.text("change"))
    body = said_again(case, found.told, one) if one is not None else None
    if body is None:
        raise Refused("not_in_this_phase", "It waits no longer: somebody confirmed it, or it was undone. Open the case again.")
    state = await sent(visit, found.seen, body, form)
    return after(found.seen.id, body["type"], state)


PAGES: Addresses = [
    ("/cases/{case_id}/confirm", ["POST"], confirm),
    ("/cases/{case_id}/do/{command}", ["GET"], show),
    ("/cases/{case_id}/do/{command}", ["POST"], send),
    ("/cases/{case_id}/do/{command}/draft", ["POST"], keep),
    ("/cases/{case_id}/say", ["POST"], say),
    ("/cases/{case_id}/say/draft", ["POST"], keep_words),
    ("/cases/{case_id}/skip-and-next", ["POST"], skip_and_next),
    ("/cases/{case_id}/news", ["GET"], news),
]
