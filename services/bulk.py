"""One command for many cases: which can be sent so, by whom, and what is told of it. Each case judges it by its own rules."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from uuid_utils import uuid7

from api.bodies.bulk import BulkAction, BulkRequest, BulkResult
from api.kit.callers import identify
from api.kit.idempotent import Once, Reply, canonical, key_of
from api.kit.reading import read_object
from api.kit.replies import answer
from domain.model.commands import SYSTEM_COMMANDS, parse_command
from domain.model.reading import field_errors
from domain.rules.lifecycle import TABLE, Who
from services.callers import Caller, overseer, sender
from services.errors import FieldError, Refused, not_found
from services.parts import Parts
from storage.team.bulk import InstantAhead, Member, Order, Placed, Result, TooMany
from storage.views.cases import CaseFilter
from workflows.handles import Named, NotReached

Body = TypeVar("Body", bound=BaseModel)
Work = Callable[[], Awaitable[Reply]]
Ordering = Callable[[Parts, Caller, str | None, dict[str, Any]], Awaitable[tuple[str, Work]]]
"""What a request orders: who speaks, and the work that answers it."""

MAX_CASES = 1000
"""Of one bulk. All of them are held while it is put on disk, and more than a lead can look over is no decision of theirs."""
IN_BULK = (
    "assign", "snooze", "request_evidence", "close", "pause", "resume", "retarget", "join_campaign", "leave_campaign",
)  # fmt: skip
"""Commands that can be meant for many cases at once: none of them decides the matter."""

_DECIDING = frozenset({"rule", "decide_appeal", "approve", "return_ruling", "retract", "decline", "admit"})
_OF_PARTIES = {Who.CLAIMANT, Who.RESPONDENT, Who.WITNESS, Who.APPELLANT, Who.PLATFORM}
_BULK_ID = re.compile(r"bulk_[0-9a-f]{32}")
_AT_A_TIME = 8
"""Cases that are woken at the same time: enough to be quick, too few to crowd out other callers."""


def why_not_in_bulk(command: object) -> str | None:
    """Why a command is never sent to many cases at once; None when it can be, and for what is no command."""
    who = {one for row in TABLE if row.command == command for one in row.who}
    if not isinstance(command, str) or command in IN_BULK or not (who or command in SYSTEM_COMMANDS):
        return None
    if command in _DECIDING:
        return f"'{command}' decides a case, and each case is decided by itself, on what was said in it."
    if command in SYSTEM_COMMANDS:
        return f"'{command}' is sent by the system only."
    if command in ("freeze", "thaw"):
        return "Clocks are frozen and thawed for an incident: see POST /v1/freezes."
    if who <= _OF_PARTIES:
        return f"'{command}' is a party's word, and parties speak for themselves, in their own case."
    return f"'{command}' is about one case; send it there. In bulk go: {', '.join(IN_BULK)}."


def parsed(shape: type[Body], body: dict[str, Any]) -> Body:
    """The body as what it has to be. Raises ``malformed``, with each wrong field."""
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        raise _malformed(error) from None


def _malformed(error: ValidationError, below: str = "") -> Refused:
    found = [(f"{below}.{one['field']}".strip(".") or "body", one) for one in field_errors(error)]
    return Refused("malformed", errors=[FieldError(field, one["code"], one["message"]) for field, one in found])


async def ordered(request: Request, route: str, ordering: Ordering) -> Response:
    """The answer to an order for many cases, once for each key."""
    caller = await identify(request)
    caller.need("cases:write")
    key, body = key_of(request), await read_object(request, may_be_empty=True)
    by, work = await ordering(request.app.state.parts, caller, key, body)
    once: Once = request.app.state.once
    return answer(await once.do(caller.tenant_id, key, route, canonical({**body, "by": by}), work))


async def carried_out(parts: Parts, tenant_id: str, order: Order) -> tuple[Placed, Sequence[Result]]:
    """Send an order to its cases, and how it stands with each. Raises ``instant_refused`` and ``bulk_too_large``."""
    try:
        placed = await parts.bulk.place(tenant_id, order)
    except (InstantAhead, TooMany) as refused:
        raise Refused(refused.code, str(refused).partition(": ")[2]) from None
    await wake(parts, tenant_id, placed.members)
    return placed, await parts.bulk.results(tenant_id, placed)


def status_of(results: Sequence[Result]) -> int:
    """200 when all cases have judged it, 202 while some have not."""
    return 202 if any(one.status == "pending" for one in results) else 200


def told(results: Sequence[Result]) -> tuple[dict[str, int], list[BulkResult]]:
    """Counts by status, and each result, those that were not accepted first."""
    in_order = sorted(results, key=lambda one: (one.status == "accepted", one.status == "pending", one.case_id))
    counts: dict[str, int] = dict(Counter(one.status for one in results))
    return counts, [BulkResult(case=one.case_id, **one.model_dump(exclude={"case_id"})) for one in in_order]


async def wake(parts: Parts, tenant_id: str, members: Sequence[Member]) -> None:
    """Have the cases judge it now, as far as they get to it in the time that a caller waits; the relay wakes the others."""
    a_few = asyncio.Semaphore(_AT_A_TIME)

    async def one(member: Member) -> None:
        named = Named(tenant_id=tenant_id, case_id=member.case_id, kind=member.kind, opened_at=member.opened_at)
        async with a_few:
            try:
                await parts.doors.ask(named, member.command_id, parts.answer_for)
            except NotReached:
                return

    try:
        async with asyncio.timeout(parts.answer_for.total_seconds()):
            await asyncio.gather(*(one(member) for member in members))
    except TimeoutError:
        return


async def action(parts: Parts, caller: Caller, key: str | None, body: dict[str, Any]) -> tuple[str, Work]:
    """What a request for a bulk orders.

    Raises ``bulk_forbidden``, ``malformed``, and what :func:`sender` raises.
    """
    said = parsed(BulkRequest, body)
    command = said.command.get("type")
    if why := why_not_in_bulk(command):
        raise Refused("bulk_forbidden", why, fields={"command": command, "in_bulk": list(IN_BULK)})
    by = await sender(parts, caller, said.by, str(command), _senders(command))
    _check(said.command, by)
    # Part of it is what was asked: with the same key, only the same request finds this bulk again.
    bulk_id = f"key:{key}\n{canonical({**body, 'by': by}).decode()}" if key is not None else str(uuid7())
    fields = {name: value for name, value in said.command.items() if name != "type"}
    order = Order(str(command), None, bulk_id, by, more=fields, which=_which(said), limit=MAX_CASES)
    named = said.selection.case_ids or ()

    async def work() -> Reply:
        return await (_preview if said.dry_run else _act)(parts, caller.tenant_id, order, named)

    return by, work


def _senders(command: object) -> set[Who]:
    """Leads and ops; the system's operator where some phase lets the system send it."""
    return {Who.LEAD, Who.OPS} | {Who.SYSTEM for row in TABLE if row.command == command and Who.SYSTEM in row.who}


def _check(command: dict[str, Any], by: str) -> None:
    """Raises ``malformed`` for what is no command, and for one that names its own id, speaker or door."""
    if own := [name for name in ("id", "by", "channel") if name in command]:
        raise Refused("malformed", errors=[FieldError(f"command.{n}", "extra_forbidden", "Leave it out here.") for n in own])
    try:
        parse_command({**command, "id": "cmd_bulk", "by": by, "channel": "api"})
    except ValidationError as error:
        raise _malformed(error, "command") from None


def _which(said: BulkRequest) -> CaseFilter:
    of = said.selection
    return CaseFilter(
        kind=of.kind,
        queue=of.queue,
        phases=(of.phase.value,) if of.phase else None,
        owner=of.owner,
        priority=of.priority.value if of.priority else None,
        category=of.category,
        campaign=of.campaign,
        ids=of.case_ids,
    )


async def _preview(parts: Parts, tenant_id: str, order: Order, named: Sequence[str]) -> Reply:
    try:
        ids = await parts.bulk.preview(tenant_id, order)
    except TooMany as refused:
        raise Refused(refused.code, str(refused).partition(": ")[2]) from None
    left = _left_out(named, ids)
    made = BulkAction(
        id=None,
        command=order.command,
        by=order.by,
        dry_run=True,
        received_at=None,
        cases=len(ids),
        selected=tuple(ids),
        left_out=left,
    )
    return Reply(200, made.model_dump(mode="json"))


async def _act(parts: Parts, tenant_id: str, order: Order, named: Sequence[str]) -> Reply:
    placed, results = await carried_out(parts, tenant_id, order)
    number = parts.bulk.number_of(tenant_id, order.bulk_id) if placed.members else None
    left = _left_out(named, [one.case_id for one in placed.members])
    made = _state(number, placed, results, command=order.command, by=order.by, left_out=left)
    return Reply(status_of(results), made)


def _left_out(named: Sequence[str], found: Sequence[str]) -> tuple[str, ...]:
    there = set(found)
    return tuple(one for one in dict.fromkeys(named) if one not in there)


def _state(number: str | None, placed: Placed, results: Sequence[Result], **more: Any) -> dict[str, Any]:
    counts, shown = told(results)
    bulk_id = f"bulk_{number}" if number else None
    made = BulkAction(
        id=bulk_id,
        received_at=placed.received_at,
        cases=len(placed.members),
        counts=counts,
        results=tuple(shown),
        links={"self": f"/v1/bulk/{bulk_id}"} if bulk_id else {},
        **more,
    )
    return made.model_dump(mode="json")


async def state(parts: Parts, caller: Caller, bulk_id: str) -> dict[str, Any]:
    """How far a bulk came. Raises ``not_found``, and ``not_allowed`` for whoever could not have sent one."""
    await overseer(parts, caller, "What is done in bulk is the business of leads and ops.")
    number = bulk_id.removeprefix("bulk_")
    placed = await parts.bulk.placed(caller.tenant_id, number) if _BULK_ID.fullmatch(bulk_id) else None
    if placed is None:
        raise not_found()
    results = await parts.bulk.results(caller.tenant_id, placed)
    return _state(number, placed, results, command=placed.command, by=placed.by)
