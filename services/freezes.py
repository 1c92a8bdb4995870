"""Incidents: the clocks of many cases stand still from one instant on, and go on from another; who may order it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError
from uuid_utils import uuid7

from domain.base import Code, Frozen, Instant, PersonId, Phase
from domain.model.clocks import TimeSpan
from domain.rules.lifecycle import row
from services.bulk import SAY_WHICH, Results, place
from services.callers import TEAM, Caller, conflicts_of, only, reader, sender
from services.errors import Refused
from services.need_to_know import within
from services.parts import Parts
from services.repeats import own_key
from services.rows import Incident
from storage.team.bulk import Order
from storage.views.cases import CaseFilter


class Freeze(Frozen):
    """Let the clocks of every open case that fits stand still for an incident."""

    incident: Code
    reason: Code = "incident"
    at: Instant | None = None
    """Since when, the same instant for all; left out: the instant of receipt."""
    kind: Code | None = None
    queue: Code | None = None
    phase: Phase | None = None
    owner: PersonId | None = None
    all: bool = False
    """Every open case, said on purpose. Goes with no filter."""

    @model_validator(mode="after")
    def _said_on_purpose(self) -> Self:
        named = any(value is not None for value in (self.kind, self.queue, self.phase, self.owner))
        if named == self.all:
            raise PydanticCustomError("selection_unclear", SAY_WHICH)
        return self


class Thaw(Frozen):
    """Let the clocks go on of every case that is frozen for the incident."""

    at: Instant | None = None
    """When it was over, the same instant for all; left out: the instant of receipt."""
    margin: TimeSpan | None = None
    """Time on top, in which people find their feet."""
    reason: Code = "incident_over"


@dataclass(frozen=True)
class Ordered:
    """A freeze or a thaw of many cases, and how it stands with each."""

    command: Literal["freeze", "thaw"]
    incident: str
    at: datetime | None
    """The instant that counts in every case; None where there is no case."""
    received_at: datetime | None
    cases: int
    results: Results


async def freeze_order(parts: Parts, caller: Caller, freeze: Freeze, by: str | None, key: str | None) -> Order:
    """The order that a freeze is, from whoever may give it. Raises ``by_forbidden``, ``actor_unknown`` and ``not_allowed``."""
    speaker = await _orderer(parts, caller, by, "freeze")
    phases = (freeze.phase.value,) if freeze.phase else None
    closed = await conflicts_of(parts, caller, speaker) or None
    which = CaseFilter(kind=freeze.kind, queue=freeze.queue, phases=phases, owner=freeze.owner, closed_to=closed)
    return Order("freeze", freeze.incident, _bulk_id(caller, key), speaker, freeze.at, {"reason": freeze.reason}, which)


async def thaw_order(parts: Parts, caller: Caller, incident: str, thaw: Thaw, by: str | None, key: str | None) -> Order:
    """The order that a thaw is, from whoever may give it. Raises the same."""
    speaker = await _orderer(parts, caller, by, "thaw")
    which = CaseFilter(closed_to=await conflicts_of(parts, caller, speaker) or None)
    more = {"reason": thaw.reason, "margin": thaw.margin}
    return Order("thaw", incident, _bulk_id(caller, key), speaker, thaw.at, more, which)


async def _orderer(parts: Parts, caller: Caller, by: str | None, command: str) -> str:
    """Who gives the order, by the same table that says who gives it to one case."""
    found = row(Phase.REVIEW, command)
    return await sender(parts, caller, by, command, found.who if found else ())


def _bulk_id(caller: Caller, key: str | None) -> str:
    """Repeated with its key, a request whose answer was lost is the same bulk."""
    return f"key:{own_key(caller, key)}" if key is not None else str(uuid7())


async def preview(parts: Parts, caller: Caller, order: Order) -> Sequence[str]:
    """The cases that an order would go to, oldest first. That is reading. Raises ``scope_missing``."""
    caller.may("read", "not_allowed")
    return await parts.bulk.preview(caller.tenant_id, order)


async def carry_out(parts: Parts, caller: Caller, order: Order) -> Ordered:
    """Send an order to its cases. Raises ``instant_refused``; ``incident_unknown`` for a thaw of what is not frozen."""
    placed, results = await place(parts, caller, order)
    if order.command == "thaw" and not placed.members:
        raise Refused("incident_unknown", f"No open case is frozen for '{order.incident}'.", fields={"incident": order.incident})
    command: Literal["freeze", "thaw"] = "freeze" if order.command == "freeze" else "thaw"
    return Ordered(command, str(order.incident), placed.at, placed.received_at, len(placed.members), results)


async def incidents(parts: Parts, caller: Caller) -> Sequence[Incident]:
    """What is frozen now, for the team, as far as it is in cases that they may read. Raises ``not_allowed``."""
    await only(parts, caller, TEAM, "Incidents are the team's business.")
    looker = await reader(parts, caller)
    return await parts.bulk.incidents(caller.tenant_id, looker.conflicts, await within(parts, caller, looker))
