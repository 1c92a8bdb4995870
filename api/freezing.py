"""Freezes and thaws of many cases at once: who may order them, how they are sent, and what is told of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from uuid_utils import uuid7

from api.callers import Caller, viewer
from api.clock_answers import BulkBody, BulkResult, FreezeRequest, IncidentBody, ThawRequest
from api.idempotent import Reply
from api.parts import Parts
from api.problems import FieldProblem, Problem
from domain.base import Phase
from domain.facts import SYSTEM, Actor
from domain.letters import field_errors
from domain.lifecycle import row
from storage.bulk import InstantAhead, Member, Order, Placed, Result
from storage.views import CaseFilter
from workflows.handles import Named, NotReached

Body = TypeVar("Body", bound=BaseModel)

_AT_A_TIME = 8
"""Cases that are woken at the same time: enough to be quick, too few to crowd out other callers."""
_SHOWN = 100
_FIRST = 20


def parsed(shape: type[Body], body: dict[str, Any]) -> Body:
    """The body as what it has to be. Raises ``malformed``, with each wrong field."""
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        errors = [FieldProblem(one["field"] or "body", one["code"], one["message"]) for one in field_errors(error)]
        raise Problem("malformed", errors=errors) from None


async def orderer(parts: Parts, caller: Caller, by: str | None, command: str) -> str:
    """Who gives an order to many cases, by the same table that says who gives it to one.

    Raises ``by_forbidden``, ``actor_unknown`` and ``not_allowed``.
    """
    speaker = caller.speaker(by)
    actor = await _as_somebody(parts, caller, speaker)
    if actor is None:
        raise Problem("actor_unknown", f"Nobody with the id '{speaker}' works here.")
    found = row(Phase.REVIEW, command)
    allowed = sorted(who.value for who in found.who) if found else []
    if actor.role not in allowed:
        raise Problem("not_allowed", f"'{command}' can be sent by: {', '.join(allowed)}.", fields={"command": command})
    return speaker


async def _as_somebody(parts: Parts, caller: Caller, speaker: str) -> Actor | None:
    if speaker == caller.viewer_id:
        return Actor(id=speaker, role="claimant") if caller.party else await viewer(parts, caller, "")
    return await parts.views.actor(caller.tenant_id, "", speaker) if speaker != SYSTEM.id else None


def freeze_order(said: FreezeRequest, by: str, key: str | None) -> Order:
    """The order that a request for a freeze is."""
    phases = (said.phase.value,) if said.phase else None
    which = CaseFilter(kind=said.kind, queue=said.queue, phases=phases, owner=said.owner)
    return Order("freeze", said.incident, _bulk_id(key), by, said.at, {"reason": said.reason}, which)


def thaw_order(incident: str, said: ThawRequest, by: str, key: str | None) -> Order:
    """The order that a request for a thaw is."""
    return Order("thaw", incident, _bulk_id(key), by, said.at, {"reason": said.reason, "margin": said.margin})


def _bulk_id(key: str | None) -> str:
    """Repeated with its key, a request whose answer was lost is the same bulk."""
    return f"key:{key}" if key is not None else str(uuid7())


async def preview(parts: Parts, tenant_id: str, order: Order) -> Reply:
    """What an order would do."""
    ids = await parts.bulk.preview(tenant_id, order)
    return Reply(200, _body(order, Placed(None, None, ()), (), dry_run=True, cases=len(ids), first=tuple(ids[:_FIRST])))


async def carry_out(parts: Parts, tenant_id: str, order: Order) -> Reply:
    """Send an order to its cases: 200 when all have judged it, 202 while some have not.

    Raises ``instant_refused``; ``incident_unknown`` for a thaw of what is not frozen.
    """
    try:
        placed = await parts.bulk.place(tenant_id, order)
    except InstantAhead as ahead:
        raise Problem(ahead.code, str(ahead).partition(": ")[2]) from None
    if order.command == "thaw" and not placed.members:
        raise Problem("incident_unknown", f"No open case is frozen for '{order.incident}'.", fields={"incident": order.incident})
    await _wake(parts, tenant_id, placed.members)
    results = await parts.bulk.results(tenant_id, placed)
    waits = any(one.status == "pending" for one in results)
    return Reply(202 if waits else 200, _body(order, placed, results, cases=len(placed.members)))


async def _wake(parts: Parts, tenant_id: str, members: Sequence[Member]) -> None:
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


def _body(order: Order, placed: Placed, results: Sequence[Result], **more: Any) -> dict[str, Any]:
    shown = sorted(results, key=lambda one: (one.status == "accepted", one.status == "pending", one.case_id))[:_SHOWN]
    body = BulkBody(
        command=order.command,
        incident=order.incident,
        at=placed.at,
        received_at=placed.received_at,
        counts=dict(Counter(one.status for one in results)),
        results=tuple(BulkResult(case=one.case_id, **one.model_dump(exclude={"case_id"})) for one in shown),
        links={"self": "/v1/freezes", **incident_links(order.incident)},
        **{"dry_run": False, **more},
    )
    return body.model_dump(mode="json")


def incident_links(incident: str) -> dict[str, str]:
    """Where an incident is ended."""
    return {"thaw": f"/v1/freezes/{incident}/thaw"}


async def incidents(parts: Parts, tenant_id: str) -> dict[str, Any]:
    """What is frozen now."""
    found = await parts.bulk.incidents(tenant_id)
    data = [IncidentBody(**one.model_dump(), links=incident_links(one.incident)).model_dump(mode="json") for one in found]
    return {"object": "list", "data": data}
