"""A command on its way: on disk first, then to the case's workflow, and back with the answer; 202 when nobody judges it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from uuid_utils import uuid7

from api.bodies.cases import answer_body, case_body, command_links
from api.kit.idempotent import Reply
from domain.base import CaseId, CommandId
from domain.model.facts import Actor
from domain.model.reading import read_incoming
from domain.views.case import may_see
from services.callers import Caller, viewer
from services.errors import Refused, not_found, of_command
from services.parts import Answered, Parts
from storage.intake.inbox import Conflict
from storage.views.cases import CaseRow
from workflows.handles import Named, NotReached

_CASE_ID: TypeAdapter[str] = TypeAdapter(CaseId)
_COMMAND_ID: TypeAdapter[str] = TypeAdapter(CommandId)


@dataclass(frozen=True)
class Seen:
    """A case that the caller may see, and as whom."""

    held: CaseRow
    viewer: Actor


async def find(parts: Parts, caller: Caller, case_id: str) -> Seen:
    """The case, as far as it is the caller's to see. Raises ``not_found``, the same whether it does not exist or is another's."""
    try:
        _CASE_ID.validate_python(case_id)
    except ValueError:
        raise not_found() from None
    held = await parts.views.case(caller.tenant_id, case_id)
    if held is None:
        raise not_found()
    actor = await viewer(parts, caller, case_id)
    if actor.side is not None and held.case is None:
        raise not_found()
    if held.case is not None and not may_see(held.case, actor):
        raise not_found()
    return Seen(held, actor)


def whole(caller: Caller, body: dict[str, Any], command_type: str | None = None) -> dict[str, Any]:
    """The command that a body says: with an id of its own, who speaks, and the type that the address names.

    Raises a problem that names the fields when it is no command, or one that nobody outside may send.
    """
    command = {**body, "by": caller.speaker(body.get("by"))}
    command.setdefault("id", f"cmd_{uuid7()}")
    if command_type is not None:
        if body.get("type", command_type) != command_type:
            raise Refused("malformed", f"This address takes '{command_type}'; leave `type` out.", fields={"type": command_type})
        command["type"] = command_type
    command.pop("channel", None)
    letter = read_incoming(command, "api")
    if letter.refusal is not None:
        raise of_command(*letter.refusal)
    return command


async def send(
    parts: Parts, tenant_id: str, seen: Seen, command: dict[str, Any], *, key: str | None = None, channel: str = "api"
) -> Reply:
    """The answer to a command: 200 when it was accepted, 202 when it waits. Raises the problem of a refused one."""
    held = seen.held
    try:
        receipt = await parts.inbox.receive(tenant_id, held.id, command, channel=channel, idempotency_key=key)
    except Conflict as conflict:
        raise Refused(conflict.code) from None
    answer: Answered | None = receipt.answer or await judged(parts, tenant_id, held, receipt.command_id)
    if answer is not None and answer.status != "accepted":
        code = "broken" if answer.status == "broken" else answer.code
        raise of_command(code, answer.detail, answer.fields, replayed=receipt.known)
    now = await parts.views.case(tenant_id, held.id) or held
    body = {
        "command_id": receipt.command_id,
        "status": "accepted" if answer else "pending",
        "answer": answer_body(answer),
        "case": case_body(now, seen.viewer),
        "links": command_links(held.id, receipt.command_id),
    }
    return Reply(200 if answer else 202, body, replayed=receipt.known and key is not None)


async def judged(parts: Parts, tenant_id: str, held: CaseRow, command_id: str) -> Answered | None:
    """What became of a command that is on disk; None when nobody judged it in time."""
    named = Named(tenant_id=tenant_id, case_id=held.id, kind=held.kind, opened_at=held.opened_at)
    try:
        return await parts.doors.ask(named, command_id, parts.answer_for)
    except NotReached:
        # Also "already completed": whoever judged it in the meantime has left the answer in its row.
        sent = await parts.views.command(tenant_id, held.id, command_id)
        return sent.answer if sent else None


def is_command_id(text: str) -> bool:
    """Whether it can be a command's id."""
    try:
        _COMMAND_ID.validate_python(text)
    except ValueError:
        return False
    return True
