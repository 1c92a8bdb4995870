"""A command on its way: on disk first, then to the case's workflow, and back with the answer; it waits when nobody judges it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter
from uuid_utils import uuid7

from domain.base import CommandId
from domain.model.reading import read_incoming
from domain.views.case import visible
from services import letter_secrets
from services.callers import Caller
from services.cases import Seen, find, seen_by
from services.errors import Refused, not_found, of_command
from services.heavy import need_proof
from services.need_to_know import cases_named, closed_among, without
from services.parts import Answered, Parts
from services.repeats import own_key
from services.rows import CaseRow, CommandRow
from storage.intake.inbox import Conflict
from workflows.handles import Named, NotReached

_COMMAND_ID: TypeAdapter[str] = TypeAdapter(CommandId)


@dataclass(frozen=True)
class Sent:
    """A command that is on disk."""

    command_id: str
    answer: Answered | None
    """None: nobody has judged it yet; it will be, by the time at which it was received."""
    known: bool
    """It was sent before, and nothing happened again."""


@dataclass(frozen=True)
class CommandState(Sent):
    """A command that is on disk, and the case as it stands after it."""

    seen: Seen


def whole(caller: Caller, body: dict[str, Any], command_type: str | None = None, *, sent: bool = True) -> dict[str, Any]:
    """The command that was said, with an id of its own, who speaks, and the type that the address names, if one does.

    With ``sent`` false it is only looked at, and decides nothing.

    Raises ``malformed`` and the like, naming the fields, when it is no command, or one that nobody outside may send.
    """
    said = (command_type or body.get("type")) if sent else ""
    command = {**body, "by": caller.speaker(body.get("by"), said if isinstance(said, str) else "")}
    command.setdefault("id", f"cmd_{uuid7()}")
    if command_type is not None:
        if body.get("type", command_type) != command_type:
            raise Refused("malformed", f"This address takes '{command_type}'; leave `type` out.", fields={"type": command_type})
        command["type"] = command_type
    command.pop("channel", None)
    incoming = read_incoming(command, "api")
    if incoming.refusal is not None:
        raise of_command(*incoming.refusal)
    return command


async def send(
    parts: Parts, caller: Caller, seen: Seen, command: dict[str, Any], *, key: str | None = None, channel: str = "api"
) -> CommandState:
    """What became of a command, and of its case. Raises as :func:`put`."""
    sent = await put(parts, caller, seen, command, key=key, channel=channel)
    now = await parts.views.case(caller.tenant_id, seen.row.id) or seen.row
    (seen_now,) = await seen_by(parts, caller, [now], seen.viewer)
    return CommandState(sent.command_id, sent.answer, sent.known, seen_now)


async def put(
    parts: Parts, caller: Caller, seen: Seen, command: dict[str, Any], *, key: str | None = None, channel: str = "api"
) -> Sent:
    """What became of a command: accepted, or waiting. Raises the refusal of a refused one; ``id_reused`` for an id that was used
    before, in the same words whoever used it, in whatever case, for whatever; ``proof_needed`` (:mod:`services.heavy`)."""
    await need_proof(parts, caller, seen.case, command)
    row, tenant_id = seen.row, caller.tenant_id
    command = await letter_secrets.of_command(parts, tenant_id, row.id, command)
    own = own_key(caller, key) if key is not None else None
    try:
        receipt = await parts.inbox.receive(
            tenant_id, row.id, command, channel=channel, idempotency_key=own, credential=caller.credential
        )
    except Conflict as conflict:
        raise Refused(conflict.code) from None
    answer: Answered | None = receipt.answer or await judged(parts, tenant_id, row, receipt.command_id)
    if answer is not None and answer.status != "accepted":
        # Which cases they named themselves is no news to them.
        named = cases_named(answer.fields) - cases_named(command)
        closed = await closed_among(parts, caller, seen.viewer, named)
        refused = refusal_in(answer, replayed=receipt.known, closed=closed)
        raise refused if caller.may_read else refused.bare()
    return Sent(receipt.command_id, answer, known=receipt.known and key is not None)


def refusal_in(answer: Answered, *, replayed: bool = False, closed: frozenset[str] = frozenset()) -> Refused:
    """The answer to a command that was not accepted, as the reason why not, without the cases that are ``closed`` to them."""
    code = "broken" if answer.status == "broken" else answer.code
    return of_command(code, answer.detail, without(answer.fields, closed), replayed=replayed)


async def judged(parts: Parts, tenant_id: str, row: CaseRow, command_id: str) -> Answered | None:
    """What became of a command that is on disk; None when nobody judged it in time."""
    named = Named(tenant_id, row.id, row.kind, row.opened_at, row.priority)
    try:
        return await parts.doors.ask(named, command_id, parts.answer_for)
    except NotReached:
        # Also "already completed": whoever judged it in the meantime has left the answer in its row.
        sent = await parts.views.command(tenant_id, row.id, command_id)
        return sent.answer if sent else None


async def read(parts: Parts, caller: Caller, case_id: str, command_id: str) -> CommandRow:
    """A command and what became of it: everybody reads their own; a platform also what its key sent for others, and those of
    which it may know what they did. Raises ``not_found``, the same for what is not there and what is not theirs."""
    seen = await find(parts, caller, case_id)
    sent = await parts.views.command(caller.tenant_id, case_id, command_id) if _is_command_id(command_id) else None
    if sent is None or not await _may_know(parts, caller, seen, sent):
        raise not_found()
    if sent.answer is None or not sent.answer.fields:
        return sent
    closed = await closed_among(parts, caller, seen.viewer, cases_named(sent.answer.fields))
    return replace(sent, answer=sent.answer.model_copy(update={"fields": without(sent.answer.fields, closed)}))


async def _may_know(parts: Parts, caller: Caller, seen: Seen, sent: CommandRow) -> bool:
    if sent.actor_id == caller.viewer_id or seen.viewer.role == "system":
        return True
    if seen.viewer.role != "platform" or seen.case is None:
        return False
    if sent.credential == caller.credential:
        return True
    # What a command is called tells what it did, also where it was refused or waits: then nobody else is told.
    fact = await parts.views.fact_of(caller.tenant_id, seen.id, sent.id)
    return fact is not None and visible(seen.case, fact, seen.viewer)


def _is_command_id(text: str) -> bool:
    try:
        _COMMAND_ID.validate_python(text)
    except ValueError:
        return False
    return True
