"""One command for many cases: which can be sent so, by whom, and what is told of it. Each case judges it by its own rules."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from uuid_utils import uuid7

from domain.base import CampaignId, CaseId, Code, Frozen, PersonId, Phase, Priority
from domain.model.commands import SYSTEM_COMMANDS, parse_command
from domain.model.refusals import Refusal
from domain.rules.lifecycle import TABLE, Who
from domain.rules.permission import refusal_of
from services.authority import DECIDING
from services.callers import Caller, conflicts_of, overseer, sender, speaking
from services.errors import FieldError, Refused, malformed, not_found
from services.parts import Parts
from services.repeats import Asked, own_key
from services.rows import Result
from storage.team.bulk import InstantAhead, Member, Order, Placed, TooMany
from storage.views.cases import CaseFilter
from workflows.handles import Named, NotReached

MAX_CASES = 1000
"""Of one bulk. All of them are held while it is put on disk, and more than a lead can look over is no decision of theirs."""
IN_BULK = (
    "assign", "snooze", "request_evidence", "close", "pause", "resume", "retarget", "join_campaign", "leave_campaign",
)  # fmt: skip
"""Commands that can be meant for many cases at once: none decides the matter. ``close`` in bulk ends cases that nobody can
decide; with the outcome ``declined`` it turns a report away, as ``decline`` does, and goes to one case at a time."""

OF_ONES_OWN = ("snooze", "request_evidence", "pause", "resume")
"""Of these what whoever has a case may order for it: a mediator for many of their own at once, and for nobody else's."""
_DECIDING = DECIDING
_OF_PARTIES = {Who.CLAIMANT, Who.RESPONDENT, Who.REPORTER, Who.WITNESS, Who.APPELLANT, Who.PLATFORM}
_BULK_ID = re.compile(r"bulk_[0-9a-f]{32}")
_AT_A_TIME = 8
"""Cases that are woken at the same time: enough to be quick, too few to crowd out other callers."""
SAY_WHICH = "Say which cases: name at least one filter, or `all: true` alone for every open case."
"""To whoever names neither a filter nor everything, or both."""


class BulkSelection(Frozen):
    """Which open cases. Everything given must hold."""

    kind: Code | None = None
    queue: Code | None = None
    phase: Phase | None = None
    owner: PersonId | None = None
    priority: Priority | None = None
    category: Code | None = None
    campaign: CampaignId | None = None
    case_ids: tuple[CaseId, ...] | None = Field(default=None, min_length=1)
    """Of these cases, those that are open (and fit the rest)."""
    all: bool = False
    """Every open case, said on purpose. Goes with no filter."""

    @model_validator(mode="after")
    def _said_on_purpose(self) -> Self:
        named = any(value is not None for value in self.model_dump(exclude={"all"}).values())
        if named == self.all:
            raise PydanticCustomError("selection_unclear", SAY_WHICH)
        return self


class Bulk(Frozen):
    """Send one command to every selected case."""

    command: dict[str, Any]
    """Its type and its fields; without `id` and `by`."""
    selection: BulkSelection


@dataclass(frozen=True)
class Results:
    """How it stands with each case of an order, those that were not accepted first."""

    each: tuple[Result, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    """By status."""

    @classmethod
    def of(cls, found: Sequence[Result]) -> Results:
        """In the order in which they are told."""
        in_order = sorted(found, key=lambda result: (result.status == "accepted", result.status == "pending", result.case_id))
        return cls(tuple(in_order), tuple(Counter(result.status for result in found).items()))

    def bare(self) -> Results:
        """The same for a credential that may not read: what became of each command, by its code."""
        return Results(tuple(result.model_copy(update={"detail": None}) for result in self.each), self.counts)

    @property
    def waits(self) -> bool:
        """Whether some case has not judged it yet."""
        return any(result.status == "pending" for result in self.each)


@dataclass(frozen=True)
class BulkState:
    """How far a bulk came."""

    id: str | None
    """Under which it can be read again; None where there was no case to send it to."""
    command: str
    by: str
    received_at: datetime | None
    """One for all cases."""
    cases: int
    results: Results
    left_out: tuple[str, ...] = ()
    """Of the cases that were named: those that are not there, not open, or do not fit the other filters."""


@dataclass(frozen=True)
class Selected:
    """Which cases an order would go to now."""

    command: str
    by: str
    cases: tuple[str, ...]
    left_out: tuple[str, ...]


def why_not_in_bulk(command: object, outcome: object = None) -> str | None:
    """Why a command, with the outcome that it names, is never sent to many cases at once; None when it can be, and for what is
    no command."""
    if command == "close" and outcome == "declined":
        return "To close a case as declined turns its report away, and each is turned away by itself, on what was said in it."
    who = {sender for row in TABLE if row.command == command for sender in row.who}
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


async def order(parts: Parts, caller: Caller, asked: Asked, bulk: Bulk, by: str | None) -> Order:
    """The order that a bulk is, from whoever may give it.

    Raises ``bulk_forbidden``, ``malformed``, ``by_forbidden``, ``actor_unknown`` and ``not_allowed``.
    """
    command = bulk.command.get("type")
    if why := why_not_in_bulk(command, bulk.command.get("outcome")):
        raise Refused("bulk_forbidden", why, fields={"command": command, "in_bulk": list(IN_BULK)})
    speaker, of_own = await _sender(parts, caller, by, str(command))
    _check(bulk.command, speaker)
    # Part of it is what was asked: with the same key, only the same request finds this bulk again.
    bulk_id = f"key:{own_key(caller, asked.key)}\n{asked.by(speaker).decode()}" if asked.key is not None else str(uuid7())
    fields = {name: value for name, value in bulk.command.items() if name != "type"}
    which = _which(bulk.selection, await conflicts_of(parts, caller, speaker))
    if of_own:
        # Whatever they named: of theirs alone. Those of others are left out, like those that are not there.
        which = replace(which, owner=speaker, ids=which.ids if which.owner in (None, speaker) else ())
    return Order(str(command), None, bulk_id, speaker, more=fields, which=which, limit=MAX_CASES)


async def _sender(parts: Parts, caller: Caller, by: str | None, command: str) -> tuple[str, bool]:
    """Who gives the order, and whether it is for cases of their own alone. Raises ``by_forbidden``, ``actor_unknown`` and
    ``not_allowed``."""
    if command in OF_ONES_OWN:
        speaker, found = await speaking(parts, caller, by, command)
        if found == "mediator":
            return speaker, True
    return await sender(parts, caller, by, command, _senders(command)), False


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
        raise malformed(error, "command") from None


def _which(selection: BulkSelection, conflicts: tuple[str, ...]) -> CaseFilter:
    """What was selected, without the cases that a conflict of interest closes to whoever gives the order."""
    return CaseFilter(
        kind=selection.kind,
        queue=selection.queue,
        phases=(selection.phase.value,) if selection.phase else None,
        owner=selection.owner,
        priority=selection.priority.value if selection.priority else None,
        category=selection.category,
        campaign=selection.campaign,
        ids=selection.case_ids,
        closed_to=conflicts or None,
    )


async def preview(parts: Parts, caller: Caller, order: Order) -> Selected:
    """Which cases an order would go to. That is reading. Raises ``scope_missing`` and ``bulk_too_large``."""
    caller.may("read", "not_allowed")
    try:
        found = await parts.bulk.preview(caller.tenant_id, order)
    except TooMany as refused:
        raise Refused(refused.code, refused.detail) from None
    return Selected(order.command, order.by, tuple(found), _left_out(order, found))


async def foreseen(parts: Parts, caller: Caller, order: Order) -> tuple[Selected, Mapping[str, Refusal]]:
    """Which cases an order would go to, and of these what would refuse it: by their phase, and by the part that whoever gives it
    has in them. What else a case may hold against it, it says itself when it judges. Raises as :func:`preview`."""
    found = await preview(parts, caller, order)
    rows = await parts.views.cases(caller.tenant_id, CaseFilter(ids=found.cases), limit=MAX_CASES) if found.cases else ()
    refused = {}
    for row in rows:
        actor = await parts.views.actor(caller.tenant_id, row.id, order.by)
        refusal = refusal_of(row.case, actor, order.command) if row.case is not None and actor is not None else None
        if refusal is not None:
            refused[row.id] = refusal
    return found, refused


async def carry_out(parts: Parts, caller: Caller, order: Order) -> BulkState:
    """Send an order to its cases, and how it stands with each. Raises ``bulk_too_large``."""
    placed, results = await place(parts, caller, order)
    number = parts.bulk.number_of(caller.tenant_id, order.bulk_id) if placed.members else None
    left_out = _left_out(order, [member.case_id for member in placed.members])
    return _state(number, order.command, order.by, placed, results, left_out)


async def place(parts: Parts, caller: Caller, order: Order) -> tuple[Placed, Results]:
    """Put an order on disk as a whole and wake its cases. Raises ``instant_refused`` and ``bulk_too_large``."""
    try:
        placed = await parts.bulk.place(caller.tenant_id, order, caller.credential)
    except (InstantAhead, TooMany) as refused:
        raise Refused(refused.code, refused.detail) from None
    return placed, await woken(parts, caller, placed)


async def woken(parts: Parts, caller: Caller, placed: Placed) -> Results:
    """Have the cases judge it now, as far as they get to it in the time that a caller waits; the relay wakes the others."""
    a_few = asyncio.Semaphore(_AT_A_TIME)

    async def wake(member: Member) -> None:
        named = Named(tenant_id=caller.tenant_id, case_id=member.case_id, kind=member.kind, opened_at=member.opened_at)
        async with a_few:
            try:
                await parts.doors.ask(named, member.command_id, parts.answer_for)
            except NotReached:
                return

    try:
        async with asyncio.timeout(parts.answer_for.total_seconds()):
            await asyncio.gather(*(wake(member) for member in placed.members))
    except TimeoutError:
        pass
    results = Results.of(await parts.bulk.results(caller.tenant_id, placed))
    return results if caller.may_read else results.bare()


async def owners_before(parts: Parts, caller: Caller, state: BulkState) -> Mapping[str, str]:
    """Of an order that gave cases to somebody, or back: who had each before, by case. Empty for any other order."""
    if state.command != "assign":
        return {}
    return await parts.bulk.owners_before(caller.tenant_id, [one.command_id for one in state.results.each])


def _left_out(order: Order, found: Sequence[str]) -> tuple[str, ...]:
    there = set(found)
    return tuple(case_id for case_id in dict.fromkeys(order.which.ids or ()) if case_id not in there)


def _state(
    number: str | None, command: str, by: str, placed: Placed, results: Results, left_out: tuple[str, ...] = ()
) -> BulkState:
    bulk_id = f"bulk_{number}" if number else None
    return BulkState(bulk_id, command, by, placed.received_at, len(placed.members), results, left_out)


async def state(parts: Parts, caller: Caller, bulk_id: str) -> BulkState:
    """How far a bulk came: for leads and operations, and for whoever ordered it. Raises ``not_found``, and ``not_allowed`` for
    whoever could not have sent one."""
    number = bulk_id.removeprefix("bulk_")
    placed = await parts.bulk.placed(caller.tenant_id, number) if _BULK_ID.fullmatch(bulk_id) else None
    if placed is None or placed.by != caller.holder:
        await overseer(parts, caller, "What is done in bulk is the business of leads and ops, and of whoever ordered it.")
    if placed is None:
        raise not_found()
    found = await parts.bulk.results(caller.tenant_id, placed)
    conflicts = await conflicts_of(parts, caller, caller.viewer_id)
    if conflicts:
        shown = await parts.bulk.open_to(caller.tenant_id, [result.case_id for result in found], conflicts)
        found = [result for result in found if result.case_id in shown]
        placed = replace(placed, members=[member for member in placed.members if member.case_id in shown])
    results = Results.of(found)
    return _state(number, placed.command, placed.by, placed, results)
