"""Every command as a form: made from its model, filled with what the case knows, and sent once however often it is pressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response
from uuid_utils import uuid7

from console.kit import forms
from console.kit.browser import TOKEN
from console.kit.visit import Addresses, Form, Visit, to
from console.kit.words import called
from console.pages.case import Shown, may, shown, since, stale
from console.pages.options import options_of
from services import commands, drafts, timelines
from services.cases import Seen
from services.commands import CommandState
from services.errors import FieldError, Refused, not_found

_OF_THE_PAGE = frozenset({TOKEN, "command_id", "seq", "do", "after"})
"""Fields that belong to one page and not to what is written on it."""


async def show(visit: Visit) -> Response:
    """The form, as far as it was filled in before."""
    command, found = await _found(visit)
    draft = await drafts.find(visit.parts, visit.caller, found.seen, command)
    return _page(visit, found, command, draft.values if draft else {})


async def send(visit: Visit) -> Response:
    """Send it. What is refused comes back filled in, with the reasons beside the fields."""
    form = await visit.form()
    command, found = await _found(visit)
    if stale(found, command, form.text("seq")):
        entries = await timelines.first_entries(visit.parts, visit.caller, found.seen)
        changed = since(found, entries, form.text("seq"))
        return _page(visit, found, command, form.values, changed=changed, status=409)
    try:
        body = forms.read(_fields(found, command, visit), form, visit.zones.own, visit.house.amounts)
        state = await sent(visit, found.seen, {"type": command, **body}, form)
    except Refused as refused:
        if refused.code in ("not_found", "form_expired"):
            raise
        if refused.code == "proof_needed":
            return await to_prove(visit, found.seen, command, form, f"/cases/{found.seen.id}/do/{command}")
        return _page(visit, found, command, form.values, refused=refused, status=status_of(visit, refused))
    await drafts.discard(visit.parts, visit.caller, found.seen, command)
    return after(found.seen.id, command, state)


async def to_prove(visit: Visit, seen: Seen, command: str, form: Form, back: str) -> Response:
    """Off to show who one is; what was filled in is kept, and there again afterwards."""
    await drafts.save(visit.parts, visit.caller, seen, command, filled_in(form))
    return to(f"/prove?{urlencode({'next': back})}")


def filled_in(form: Form) -> dict[str, Sequence[str]]:
    """What somebody wrote, without what belongs to the one page on which they did."""
    return {name: each for name, each in form.values.items() if name not in _OF_THE_PAGE}


async def sent(visit: Visit, seen: Seen, body: dict[str, Any], form: Form) -> CommandState:
    """The command on its way. Its id came with the form: pressed twice, or sent again by a lost connection, it happens once."""
    command = commands.whole(visit.caller, {"id": form.text("command_id") or f"cmd_{uuid7()}", **body})
    try:
        return await commands.send(visit.parts, visit.caller, seen, command, channel="console")
    except Refused as refused:
        if refused.code != "id_reused":
            raise
        # The same form with other words: what was sent first counts, and is read in the case.
        raise Refused("id_reused", "This form was sent before, with other words. Open it anew to send something else.") from None


def after(case_id: str, command: str, state: CommandState) -> Response:
    """Back to the case, which says what was done, or that it waits to be judged."""
    return to(f"/cases/{case_id}?{urlencode({'done': command, **({} if state.answer else {'waits': '1'})})}")


def status_of(visit: Visit, refused: Refused) -> int:
    """With which status the form comes back."""
    row = visit.house.problems.get(refused.code)
    return row.status if row is not None else 409


def places(refused: Refused | None) -> Mapping[str, Sequence[FieldError]]:
    """What is wrong, by field."""
    found: dict[str, list[FieldError]] = {}
    for error in refused.errors if refused else ():
        found.setdefault(error.field, []).append(error)
    return found


def _fields(found: Shown, command: str, visit: Visit) -> tuple[forms.Field, ...]:
    return forms.offered(forms.fields_of(command), options_of(found, command))


async def _found(visit: Visit) -> tuple[str, Shown]:
    command = visit.request.path_params["command"]
    if command not in forms.commands():
        raise not_found()
    found = await shown(visit, visit.request.path_params["case_id"], "case")
    if found is None:
        raise Refused("not_opened")
    return command, found


def _page(
    visit: Visit,
    found: Shown,
    command: str,
    values: Mapping[str, Sequence[str]],
    *,
    refused: Refused | None = None,
    changed: Sequence[Any] = (),
    status: int = 200,
) -> Response:
    case, action = found.seen.case, may(found, command)
    assert case is not None, "it was opened"
    return visit.page(
        "command.html",
        status,
        case=found,
        command=command,
        heading=called(command),
        explained=forms.explained(command),
        fields=_fields(found, command, visit),
        values=values,
        action=action,
        refused=refused,
        wrong=places(refused),
        changed=changed,
        # A form that comes back keeps its id unless it was refused under it: then it is another command.
        command_id=f"cmd_{uuid7()}",
        seq=case.seq,
        currency=case.amount.currency if case.amount else "EUR",
    )


async def say(visit: Visit) -> Response:
    """Words to one side or both, or a note for the team: whom they reach is chosen above the text."""
    form = await visit.form()
    found = await shown(visit, visit.request.path_params["case_id"], "case")
    if found is None:
        raise Refused("not_opened")
    inside = form.text("to") == "staff"
    said = {"type": "note"} if inside else {"type": "message", "to": form.text("to")}
    try:
        state = await sent(visit, found.seen, {**said, "text": form.text("text")}, form)
    except Refused as refused:
        values = {"text": form.all("text"), "to": form.all("to")}
        return _page(visit, found, said["type"], values, refused=refused, status=status_of(visit, refused))
    return after(found.seen.id, said["type"], state)


PAGES: Addresses = [
    ("/cases/{case_id}/do/{command}", ["GET"], show),
    ("/cases/{case_id}/do/{command}", ["POST"], send),
    ("/cases/{case_id}/say", ["POST"], say),
]
