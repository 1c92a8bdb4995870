"""Freezes and thaws of many cases at once: who may order them, and what is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from uuid_utils import uuid7

from api.bodies.clocks import BulkBody, FreezeRequest, IncidentBody, ThawRequest
from api.kit.idempotent import Reply
from domain.base import Phase
from domain.rules.lifecycle import row
from services.bulk import carried_out, status_of, told
from services.callers import Caller, sender
from services.errors import Refused
from services.parts import Parts
from storage.team.bulk import Order, Placed, Result
from storage.views.cases import CaseFilter

_SHOWN = 100
_FIRST = 20


async def orderer(parts: Parts, caller: Caller, by: str | None, command: str) -> str:
    """Who gives an order to many cases, by the same table that says who gives it to one.

    Raises ``by_forbidden``, ``actor_unknown`` and ``not_allowed``.
    """
    found = row(Phase.REVIEW, command)
    return await sender(parts, caller, by, command, found.who if found else ())


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
    placed, results = await carried_out(parts, tenant_id, order)
    if order.command == "thaw" and not placed.members:
        raise Refused("incident_unknown", f"No open case is frozen for '{order.incident}'.", fields={"incident": order.incident})
    return Reply(status_of(results), _body(order, placed, results, cases=len(placed.members)))


def _body(order: Order, placed: Placed, results: Sequence[Result], **more: Any) -> dict[str, Any]:
    counts, shown = told(results)
    incident = str(order.incident)
    body = BulkBody(
        command="freeze" if order.command == "freeze" else "thaw",
        incident=incident,
        at=placed.at,
        received_at=placed.received_at,
        counts=counts,
        results=tuple(shown[:_SHOWN]),
        links={"self": "/v1/freezes", **incident_links(incident)},
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
