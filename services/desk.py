"""The desk of somebody of the team: what they have, what waits for them, and the next case to take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from uuid_utils import uuid7

from api.bodies.cases import case_body
from api.bodies.desk import AbsenceBody, LeaseBody, MemberBody, NextBody, OwnCounts, QueueBody, TeamList, WorkBody
from api.kit.idempotent import Reply
from domain.rules.conditions import unmet
from domain.rules.fairness import why_not
from domain.rules.lifecycle import Who
from domain.rules.skills import language_of, skill_of
from domain.views.case import may_see
from services.bulk import told, wake
from services.callers import LEADERS, Caller, only, sender
from services.commands import judged
from services.errors import FieldError, Refused, not_found
from services.listing import cursor_of, read_cursor
from services.parts import Parts
from storage.team.absences import Absence
from storage.team.desk import Worker
from storage.views.cases import CaseFilter, CaseRow

LOOK_AT = 100
"""Of the most urgent cases of somebody's queues so many are looked through for those that fit them best."""
_OPS = (Who.LEAD, Who.OPS, Who.SYSTEM)
_WHOSE = "How people work is the business of leads and ops."


async def at_desk(parts: Parts, caller: Caller, by: str | None) -> Worker:
    """Whose desk it is. Raises ``actor_unknown`` for nobody of the team, and what ``by`` can raise."""
    person = caller.speaker(by)
    found = await parts.desk.worker(caller.tenant_id, person)
    if found is None:
        raise Refused("actor_unknown", f"Nobody with the id '{person}' works here.")
    return found


async def desk(parts: Parts, caller: Caller, limit: int, own: str | None, waiting: str | None) -> dict[str, Any]:
    """The desk of the caller, a page of each list."""
    worker = await at_desk(parts, caller, None)
    tenant, person, queues = caller.tenant_id, worker.actor.id, worker.queues
    mine = await parts.views.due_first(tenant, CaseFilter(owner=person), _after(own), limit + 1)
    there = await parts.desk.waiting(tenant, queues, _after(waiting), limit + 1)
    counts = await parts.desk.own_counts(tenant, person)
    waits = await parts.desk.queue_counts(tenant, queues)
    return {
        "object": "desk",
        "person": person,
        "absent": worker.absent,
        "counts": OwnCounts(**asdict(counts)).model_dump(mode="json"),
        "queues": [QueueBody(**asdict(one)).model_dump(mode="json") for one in waits],
        "own": _page(worker, mine, limit),
        "waiting": _page(worker, there, limit),
    }


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    case_id, due_at = read_cursor(cursor, "due", 2)
    return datetime.fromisoformat(due_at), case_id


def _page(worker: Worker, found: Sequence[CaseRow], limit: int) -> dict[str, Any]:
    shown, more = found[:limit], len(found) > limit
    cursor = None
    if more and shown[-1].next_due_at is not None:
        cursor = cursor_of("due", shown[-1].id, shown[-1].next_due_at.isoformat())
    data = [case_body(one, worker.actor) for one in shown if one.case is not None and may_see(one.case, worker.actor)]
    return {"object": "list", "data": data, "has_more": more, "next_cursor": cursor}


async def take_next(parts: Parts, caller: Caller, by: str | None, queue: str | None) -> Reply:
    """The most urgent case that the caller may take, taken. Raises ``person_absent`` and ``queue_not_yours``."""
    worker = await at_desk(parts, caller, by)
    if worker.absent:
        raise Refused("person_absent")
    if queue is not None and queue not in worker.queues:
        raise Refused("queue_not_yours", errors=[FieldError("queue", "queue_not_yours", "Name one of your own queues.")])
    tenant, person = caller.tenant_id, worker.actor.id
    queues = worker.queues if queue is None else (queue,)
    offered = await parts.desk.takeable(tenant, person, queues, LOOK_AT)
    for held in sorted(offered, key=lambda one: _misfit(one, worker)):
        if held.case is None or why_not(held.case, worker.actor, "take") or unmet(held.case, worker.actor, "take"):
            continue
        reply = await _taken(parts, tenant, held, worker)
        if reply is not None:
            return reply
    return Reply(200, NextBody(status="nothing").model_dump(mode="json"))


def _misfit(held: CaseRow, worker: Worker) -> tuple[bool, bool]:
    """Cases that need what they can come first; in the order of urgency among themselves, for the sort keeps it."""
    if held.case is None:
        return True, True
    skill, language = skill_of(held.case), language_of(held.case)
    return skill is not None and skill not in worker.skills, language is not None and language not in worker.languages


async def _taken(parts: Parts, tenant: str, held: CaseRow, worker: Worker) -> Reply | None:
    """The answer when the case is theirs now; None when somebody was faster, or the case takes nobody any more."""
    command = {"id": f"cmd_{uuid7()}", "type": "take", "by": worker.actor.id}
    receipt = await parts.desk.claim(tenant, held.id, command)
    if receipt is None:
        return None
    answer = receipt.answer or await judged(parts, tenant, held, receipt.command_id)
    if answer is not None and answer.status != "accepted":
        return None
    now = await parts.views.case(tenant, held.id) or held
    body = {
        "object": "next_case",
        "status": "taken" if answer else "pending",
        "command_id": receipt.command_id,
        "case": case_body(now, worker.actor),
    }
    return Reply(200 if answer else 202, body)


async def away(
    parts: Parts, caller: Caller, person: str, from_at: datetime | None, until_at: datetime | None, by: str | None
) -> Reply:
    """Note an absence and, once it has begun, give the person's cases back to their queues."""
    speaker = await sender(parts, caller, by, "assign", _OPS)
    if until_at is not None and until_at <= (from_at or datetime.now(UTC)):
        wrong = FieldError("until_at", "instant_refused", "An absence ends after it begins, and ahead of now.")
        raise Refused("instant_refused", errors=[wrong])
    absence = await parts.absences.away(caller.tenant_id, person, from_at, until_at)
    if absence is None:
        raise not_found()
    if not absence.begun:
        return Reply(200, _absence(person, absence).model_dump(mode="json"))
    placed = await parts.absences.give_back(caller.tenant_id, person, absence.from_at, speaker)
    await wake(parts, caller.tenant_id, placed.members)
    results = await parts.bulk.results(caller.tenant_id, placed)
    counts, shown = told(results)
    made = _absence(person, absence).model_copy(update={"counts": counts, "results": tuple(shown)})
    return Reply(202 if counts.get("pending") else 200, made.model_dump(mode="json"))


async def back(parts: Parts, caller: Caller, person: str, by: str | None) -> Reply:
    """Note that somebody is there again."""
    if caller.speaker(by) != person:
        await sender(parts, caller, by, "assign", _OPS)
    absence = await parts.absences.back(caller.tenant_id, person)
    if absence is None:
        raise Refused("not_absent", f"'{person}' is not away.")
    return Reply(200, _absence(person, absence).model_dump(mode="json"))


def _absence(person: str, absence: Absence) -> AbsenceBody:
    return AbsenceBody(person=person, from_at=absence.from_at, until_at=absence.until_at, begun=absence.begun)


async def team(parts: Parts, caller: Caller) -> dict[str, Any]:
    """How everybody is doing, for leads and ops."""
    await only(parts, caller, LEADERS, _WHOSE)
    found = await parts.desk.team(caller.tenant_id, datetime.now(UTC))
    rows = [{**asdict(one), "person": one.id, "worked_seconds": int(one.worked_for.total_seconds())} for one in found]
    data = tuple(MemberBody(**{k: v for k, v in row.items() if k in MemberBody.model_fields}) for row in rows)
    return TeamList(data=data).model_dump(mode="json")


async def work(parts: Parts, caller: Caller, held: CaseRow) -> dict[str, Any]:
    """Who worked on a case and for how long, for leads and ops."""
    await only(parts, caller, LEADERS, _WHOSE)
    now, leases, seconds = datetime.now(UTC), [], 0.0
    for one in await parts.desk.leases(caller.tenant_id, held.id):
        seconds += max(0.0, (min(one.until_at, now) - one.started_at).total_seconds())
        because = one.ended_because or ("timed_out" if one.over else None)
        leases.append(
            LeaseBody.model_validate(
                {
                    "person": one.person_id,
                    "started_at": one.started_at,
                    "until_at": one.until_at,
                    "ended_because": because,
                    "reason": one.reason,
                }
            )
        )
    return WorkBody(case=held.id, handled_seconds=int(seconds), leases=tuple(leases)).model_dump(mode="json")
