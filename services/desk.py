"""The desk of somebody of the team: what they have, what waits for them, the next case; who is away, and how everybody does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from uuid_utils import uuid7

from domain.rules.lifecycle import Who
from domain.rules.permission import refusal_of
from domain.rules.skills import language_of, skill_of
from domain.views.actions import may_see
from domain.views.urgency import pressing
from services.bulk import Results, woken
from services.callers import LEADERS, Caller, conflicts_of, only, sender
from services.cases import Seen, seen_by
from services.commands import judged, refusal_in
from services.errors import FieldError, Refused, not_found
from services.pages import Cursors, Page, Part, place_in, place_of
from services.parts import Parts
from services.rows import Absence, CaseRow, QueueCounts, TeamMember
from storage.team.desk import Counts, Worker
from storage.views.cases import CaseFilter

LOOK_AT = 100
"""Of the most urgent cases of somebody's queues so many are looked through for those that fit them best."""
_OPS = (Who.LEAD, Who.OPS, Who.SYSTEM)
_WHOSE = "How people work is the business of leads and ops."


@dataclass(frozen=True)
class Desk:
    """What somebody owns and what waits in their queues, the most urgent first."""

    person: str
    absent: bool
    counts: Counts
    queues: Sequence[QueueCounts]
    own: Part[Seen]
    waiting: Part[Seen]


@dataclass(frozen=True)
class Next:
    """The case that somebody got, or that nothing waits for them. ``pending``: kept for them, and theirs when it is judged."""

    status: Literal["taken", "pending", "nothing"]
    command_id: str | None = None
    seen: Seen | None = None
    because: Literal["pressing", "fits"] | None = None
    """Why it is this one: the most pressing that they may take, or the most pressing of those in the same state that fit their
    skills and languages."""


@dataclass(frozen=True)
class Away:
    """Somebody's absence, and what became of the cases that they had."""

    person: str
    absence: Absence
    given_back: Results = Results()  # noqa: RUF009 - frozen


@dataclass(frozen=True)
class Stretch:
    """Somebody's work on a case."""

    person: str
    started_at: datetime
    until_at: datetime
    """When it ended; while it runs, when it ends unless they do something."""
    ended_because: str | None
    """None while it runs."""
    reason: str | None
    """Why they skipped it."""


@dataclass(frozen=True)
class Work:
    """Who worked on a case, and for how long."""

    case_id: str
    handled_seconds: int
    """The sum of the stretches, those that run counted up to now."""
    stretches: tuple[Stretch, ...]


async def at_desk(parts: Parts, caller: Caller, by: str | None) -> Worker:
    """Whose desk it is. Raises ``actor_unknown`` for nobody of the team, and what ``by`` can raise."""
    person = caller.speaker(by, "take")
    found = await parts.desk.worker(caller.tenant_id, person)
    if found is None:
        raise Refused("actor_unknown", f"Nobody with the id '{person}' works here.")
    return found


async def desk(parts: Parts, caller: Caller, own: Page, waiting: Page) -> Desk:
    """The desk of the caller, a page of each list."""
    worker = await at_desk(parts, caller, None)
    tenant, person, queues, conflicts = caller.tenant_id, worker.actor.id, worker.queues, worker.actor.conflicts
    its = Cursors.of(parts, caller, "own")
    which = CaseFilter(owner=person, closed_to=conflicts or None)
    mine = await parts.views.due_first(tenant, which, _after(its, own), own.limit + 1)
    counts = await parts.desk.own_counts(tenant, person, conflicts)
    waits = await parts.desk.queue_counts(tenant, queues, conflicts)
    lists = (
        await _part(parts, caller, worker, its, mine, own.limit),
        await _waiting(parts, caller, worker, waiting),
    )
    return Desk(person, worker.absent, counts, waits, *lists)


async def waiting(parts: Parts, caller: Caller, page: Page) -> Part[Seen]:
    """What waits in the caller's queues, the most urgent first, and nothing else of their desk: nothing is counted for it."""
    return await _waiting(parts, caller, await at_desk(parts, caller, None), page)


async def _waiting(parts: Parts, caller: Caller, worker: Worker, page: Page) -> Part[Seen]:
    cursors = Cursors.of(parts, caller, "waiting", *worker.queues)
    after, conflicts = _after(cursors, page), worker.actor.conflicts
    found = await parts.desk.waiting(caller.tenant_id, worker.queues, after, page.limit + 1, conflicts)
    return await _part(parts, caller, worker, cursors, found, page.limit)


def _after(cursors: Cursors, page: Page) -> tuple[int, datetime, str] | None:
    return place_in(cursors.read(page.cursor)) if page.cursor is not None else None


async def _part(
    parts: Parts, caller: Caller, worker: Worker, cursors: Cursors, found: Sequence[CaseRow], limit: int
) -> Part[Seen]:
    shown, more = found[:limit], len(found) > limit
    cursor = cursors.write(*place_of(shown[-1])) if more else None
    rows = [row for row in shown if row.case is not None and may_see(row.case, worker.actor)]
    return Part(await seen_by(parts, caller, rows, worker.actor), more, cursor)


async def take_next(parts: Parts, caller: Caller, by: str | None, queue: str | None) -> Next:
    """The most urgent case that the caller may take, taken. Raises ``scope_missing``, ``person_absent`` and
    ``queue_not_yours``."""
    # What is answered is the case: nothing else would tell whose it is now.
    caller.may("read", "not_allowed")
    worker = await at_desk(parts, caller, by)
    if worker.absent:
        raise Refused("person_absent")
    if queue is not None and queue not in worker.queues:
        raise Refused("queue_not_yours", errors=[FieldError("queue", "queue_not_yours", "Name one of your own queues.")])
    tenant, person = caller.tenant_id, worker.actor.id
    queues = worker.queues if queue is None else (queue,)
    offered = await parts.desk.takeable(tenant, person, queues, LOOK_AT)
    may = [row for row in offered if row.case is not None and not refusal_of(row.case, worker.actor, "take")]
    # What is late is late for everybody: what somebody can better comes first among cases of one state alone.
    for row in sorted(may, key=lambda row: (pressing(row.case)[0] if row.case is not None else 0, *_misfit(row, worker))):
        taken = await _taken(parts, caller, row, worker)
        if taken is not None:
            return replace(taken, because="pressing" if row is may[0] else "fits")
    return Next("nothing")


async def taken_since(parts: Parts, caller: Caller, by: str | None, case_id: str, command_id: str) -> Next:
    """What became of a case that was kept for the caller. Raises ``not_found``, and the refusal when it was not given to them."""
    worker = await at_desk(parts, caller, by)
    row = await parts.views.case(caller.tenant_id, case_id)
    if row is None:
        raise not_found()
    answer = await judged(parts, caller.tenant_id, row, command_id)
    if answer is not None and answer.status != "accepted":
        raise refusal_in(answer, replayed=True)
    now = await parts.views.case(caller.tenant_id, case_id) or row
    (found,) = await seen_by(parts, caller, [now], worker.actor)
    return Next("taken" if answer else "pending", command_id, found)


def _misfit(row: CaseRow, worker: Worker) -> tuple[bool, bool]:
    """Cases that need what they can come first; in the order of urgency among themselves, for the sort keeps it."""
    if row.case is None:
        return True, True
    skill, language = skill_of(row.case), language_of(row.case)
    return skill is not None and skill not in worker.skills, language is not None and language not in worker.languages


async def _taken(parts: Parts, caller: Caller, row: CaseRow, worker: Worker) -> Next | None:
    """The case when it is theirs now; None when somebody was faster, or the case takes nobody any more."""
    command = {"id": f"cmd_{uuid7()}", "type": "take", "by": worker.actor.id}
    receipt = await parts.desk.claim(caller.tenant_id, row.id, command, caller.credential)
    if receipt is None:
        return None
    answer = receipt.answer or await judged(parts, caller.tenant_id, row, receipt.command_id)
    if answer is not None and answer.status != "accepted":
        return None
    now = await parts.views.case(caller.tenant_id, row.id) or row
    (found,) = await seen_by(parts, caller, [now], worker.actor)
    return Next("taken" if answer else "pending", receipt.command_id, found)


async def away(
    parts: Parts, caller: Caller, person: str, from_at: datetime | None, until_at: datetime | None, by: str | None
) -> Away:
    """Note an absence and, once it has begun, give the person's cases back to their queues."""
    speaker = await sender(parts, caller, by, "assign", _OPS)
    if until_at is not None and until_at <= (from_at or datetime.now(UTC)):
        wrong = FieldError("until_at", "instant_refused", "An absence ends after it begins, and ahead of now.")
        raise Refused("instant_refused", errors=[wrong])
    absence = await parts.absences.away(caller.tenant_id, person, from_at, until_at)
    if absence is None:
        raise not_found()
    if not absence.begun:
        return Away(person, absence)
    placed = await parts.absences.give_back(caller.tenant_id, person, absence.from_at, speaker, caller.credential)
    return Away(person, absence, await woken(parts, caller, placed))


async def back(parts: Parts, caller: Caller, person: str, by: str | None) -> Away:
    """Note that somebody is there again."""
    if caller.speaker(by, "assign") != person:
        await sender(parts, caller, by, "assign", _OPS)
    absence = await parts.absences.back(caller.tenant_id, person)
    if absence is None:
        raise Refused("not_absent", f"'{person}' is not away.")
    return Away(person, absence)


async def team(parts: Parts, caller: Caller) -> Sequence[TeamMember]:
    """How everybody is doing, for leads and ops."""
    await only(parts, caller, LEADERS, _WHOSE)
    return await parts.desk.team(caller.tenant_id, datetime.now(UTC), await conflicts_of(parts, caller, caller.viewer_id))


async def work(parts: Parts, caller: Caller, seen: Seen) -> Work:
    """Who worked on a case and for how long, for leads and ops."""
    await only(parts, caller, LEADERS, _WHOSE)
    now, stretches, seconds = datetime.now(UTC), [], 0.0
    for lease in await parts.desk.leases(caller.tenant_id, seen.id):
        seconds += max(0.0, (min(lease.until_at, now) - lease.started_at).total_seconds())
        because = lease.ended_because or ("timed_out" if lease.over else None)
        stretches.append(Stretch(lease.person_id, lease.started_at, lease.until_at, because, lease.reason))
    return Work(seen.id, int(seconds), tuple(stretches))
