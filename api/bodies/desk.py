"""What is said and answered at the desk: what waits for somebody, the next case, absences, and how the team is doing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, Literal

from pydantic import AwareDatetime

from api.bodies.base import Body, page_in_turns
from api.bodies.bulk import BulkResult, result_bodies
from api.bodies.cases import AcceptedCase, CaseBody, CasePage, case_body
from domain.base import ActorId, Code, Frozen, Instant
from services.cases import Seen
from services.desk import Away, Desk, Next, Work
from services.rows import TeamMember


class TakeNextRequest(Frozen):
    """Ask for the next case."""

    queue: Code | None = None
    """Only of this queue; left out: of all one's queues."""
    by: ActorId | None = None
    """Who asks; left out: the holder of the key."""


class NextBody(Body):
    """The case that somebody got, or that nothing waits for them."""

    object: Literal["next_case"] = "next_case"
    status: Literal["taken", "pending", "nothing"]
    """``pending``: the case is kept for them, and theirs when the workers are there."""
    command_id: str | None = None
    case: CaseBody | AcceptedCase | None = None


class AbsenceRequest(Frozen):
    """Say that somebody is away."""

    from_at: AwareDatetime | None = None
    """Left out: from now on."""
    until_at: AwareDatetime | None = None
    """Left out: nobody knows until when."""
    by: ActorId | None = None


class ReturnRequest(Frozen):
    """Say that somebody is there again."""

    by: ActorId | None = None


class AbsenceBody(Body):
    """An absence, and what became of the cases of whoever is away."""

    object: Literal["absence"] = "absence"
    person: str
    from_at: Instant
    until_at: Instant | None
    begun: bool
    """If not, their cases go back to the queues when it begins."""
    counts: dict[str, int] = {}
    """Cases by what became of the command to go back to their queue."""
    results: tuple[BulkResult, ...] = ()


class OwnCounts(Body):
    """How much somebody carries."""

    cases: int
    overdue: int
    due_in_a_day: int


class QueueBody(Body):
    """How much waits in a queue for somebody to take it."""

    queue: str
    waiting: int
    overdue: int
    next_due_at: Instant | None


class DeskBody(Body):
    """What somebody owns and what waits in their queues, the most urgent first."""

    object: Literal["desk"] = "desk"
    person: str
    absent: bool
    counts: OwnCounts
    queues: tuple[QueueBody, ...]
    own: CasePage
    waiting: CasePage


class MemberBody(Body):
    """How somebody of the team is doing; figures over the last 30 days."""

    person: str
    name: str
    queues: tuple[str, ...]
    capacity: int
    open_cases: int
    absent: bool
    absent_until: Instant | None
    skipped: int
    """Cases that they gave back."""
    skip_reasons: tuple[str, ...]
    worked_seconds: int
    """Handling time: the sum of their leases."""


class TeamList(Body):
    """Everybody who works here."""

    object: Literal["list"] = "list"
    data: tuple[MemberBody, ...]


class LeaseBody(Body):
    """Somebody's work on a case."""

    person: str
    started_at: Instant
    until_at: Instant
    """When it ended; while it runs, when it ends unless they do something."""
    ended_because: Literal["skipped", "moved", "ruled", "closed", "timed_out"] | None
    """None while it runs."""
    reason: str | None
    """Why they skipped it."""


class WorkBody(Body):
    """Who worked on a case, and for how long."""

    object: Literal["work"] = "work"
    case: str
    handled_seconds: int
    """The sum of the leases, those that run counted up to now."""
    leases: tuple[LeaseBody, ...]


async def desk_body(desk: Desk, shape: Callable[[Seen], dict[str, Any]]) -> dict[str, Any]:
    """A desk as JSON, each case in the shape given."""
    return {
        "object": "desk",
        "person": desk.person,
        "absent": desk.absent,
        "counts": OwnCounts(**asdict(desk.counts)).model_dump(mode="json"),
        "queues": [QueueBody(**asdict(queue)).model_dump(mode="json") for queue in desk.queues],
        "own": await page_in_turns(desk.own, shape),
        "waiting": await page_in_turns(desk.waiting, shape),
    }


def next_body(found: Next) -> dict[str, Any]:
    """The case that somebody got, as JSON."""
    case = case_body(found.seen) if found.seen is not None else None
    return {"object": "next_case", "status": found.status, "command_id": found.command_id, "case": case}


def absence_body(away: Away) -> dict[str, Any]:
    """An absence as JSON."""
    absence, given_back = away.absence, away.given_back
    made = AbsenceBody(
        person=away.person,
        from_at=absence.from_at,
        until_at=absence.until_at,
        begun=absence.begun,
        counts=dict(given_back.counts),
        results=result_bodies(given_back),
    )
    return made.model_dump(mode="json")


def team_body(members: Iterable[TeamMember]) -> dict[str, Any]:
    """How everybody is doing, as JSON."""
    rows = [
        {**asdict(member), "person": member.id, "worked_seconds": int(member.worked_for.total_seconds())} for member in members
    ]
    data = tuple(MemberBody(**{name: value for name, value in row.items() if name in MemberBody.model_fields}) for row in rows)
    return TeamList(data=data).model_dump(mode="json")


def work_body(work: Work) -> dict[str, Any]:
    """Who worked on a case, as JSON."""
    leases = tuple(LeaseBody.model_validate(asdict(stretch)) for stretch in work.stretches)
    return WorkBody(case=work.case_id, handled_seconds=work.handled_seconds, leases=leases).model_dump(mode="json")
