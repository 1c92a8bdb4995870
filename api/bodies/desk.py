"""What is said and answered at the desk: what waits for somebody, the next case, absences, and how the team is doing."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from api.bodies.bulk import BulkResult
from api.bodies.cases import AcceptedCase, CaseBody, CasePage
from domain.base import ActorId, Code, Frozen, Instant


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TakeNextRequest(Frozen):
    """Ask for the next case."""

    queue: Code | None = None
    """Only of this queue; left out: of all one's queues."""
    by: ActorId | None = None
    """Who asks; left out: the holder of the key."""


class NextBody(_Body):
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


class AbsenceBody(_Body):
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


class OwnCounts(_Body):
    """How much somebody carries."""

    cases: int
    overdue: int
    due_in_a_day: int


class QueueBody(_Body):
    """How much waits in a queue for somebody to take it."""

    queue: str
    waiting: int
    overdue: int
    next_due_at: Instant | None


class DeskBody(_Body):
    """What somebody owns and what waits in their queues, the most urgent first."""

    object: Literal["desk"] = "desk"
    person: str
    absent: bool
    counts: OwnCounts
    queues: tuple[QueueBody, ...]
    own: CasePage
    waiting: CasePage


class MemberBody(_Body):
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


class TeamList(_Body):
    """Everybody who works here."""

    object: Literal["list"] = "list"
    data: tuple[MemberBody, ...]


class LeaseBody(_Body):
    """Somebody's work on a case."""

    person: str
    started_at: Instant
    until_at: Instant
    """When it ended; while it runs, when it ends unless they do something."""
    ended_because: Literal["skipped", "moved", "ruled", "closed", "timed_out"] | None
    """None while it runs."""
    reason: str | None
    """Why they skipped it."""


class WorkBody(_Body):
    """Who worked on a case, and for how long."""

    object: Literal["work"] = "work"
    case: str
    handled_seconds: int
    """The sum of the leases, those that run counted up to now."""
    leases: tuple[LeaseBody, ...]
