"""The bodies of answers about clocks: what runs, how a due date came about, and freezes of many cases at once."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.bodies.bulk import BulkResult
from domain.base import ActorId, Code, Frozen, Instant, PersonId, Phase
from domain.model.clocks import TimeSpan
from domain.views.explained import Explanation, LevelSaid
from policies.moves import CaseMoves


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClockBody(_Body):
    """A clock, as the caller may know it."""

    clock: str
    instance: int
    state: Literal["running", "still", "stopped"]
    """``still``: paused, snoozed, frozen, or waiting for evidence, with no end in sight."""
    waits_for: str
    statutory: bool
    target: str
    """In words, as the pack says it; ``extended_to`` where it was given more."""
    extended_to: str | None = None
    started_at: Instant
    stopped_at: Instant | None = None
    due_at: Instant | None = None
    """When the target is over; null while the clock stands still."""
    levels: tuple[LevelSaid, ...] = ()
    links: dict[str, str]


class ClockList(_Body):
    """Every clock of a case that the caller may know, in the order of the pack."""

    object: Literal["list"] = "list"
    data: tuple[ClockBody, ...]


class ExplanationBody(Explanation):
    """How a due date came about, in numbers and in words."""

    object: Literal["explanation"] = "explanation"
    case: str


class FreezeRequest(Frozen):
    """Let the clocks of every open case that fits stand still for an incident. Whatever filter is left out fits every case."""

    incident: Code
    reason: Code = "incident"
    at: Instant | None = None
    """Since when, the same instant for all; left out: the instant of receipt."""
    kind: Code | None = None
    queue: Code | None = None
    phase: Phase | None = None
    owner: PersonId | None = None
    dry_run: bool = False
    """Only say which cases it would be."""
    by: ActorId | None = None
    """Who orders it; left out: the holder of the key."""


class ThawRequest(Frozen):
    """Let the clocks go on of every case that is frozen for the incident."""

    at: Instant | None = None
    """When it was over, the same instant for all; left out: the instant of receipt."""
    margin: TimeSpan | None = None
    """Time on top, in which people find their feet."""
    reason: Code = "incident_over"
    dry_run: bool = False
    by: ActorId | None = None


class BulkBody(_Body):
    """What was sent to how many cases, and what became of it so far."""

    object: Literal["bulk"] = "bulk"
    command: Literal["freeze", "thaw"]
    incident: str
    dry_run: bool
    at: Instant | None
    """The instant that counts in every case; null where there is no case, and for a dry run."""
    received_at: Instant | None
    cases: int
    counts: dict[str, int] = Field(default_factory=dict)
    """By status: pending, accepted, refused, broken."""
    results: tuple[BulkResult, ...] = ()
    """At most a hundred, those that were not accepted first."""
    first: tuple[str, ...] = ()
    """Of a dry run: ids of the first cases."""
    links: dict[str, str]


class IncidentBody(_Body):
    """An incident for which clocks stand still."""

    incident: str
    cases: int
    waiting: int
    """Of these: the freeze is on disk, and not judged yet."""
    since: Instant
    links: dict[str, str]


class IncidentList(_Body):
    """Incidents that are not over, the longest first."""

    object: Literal["list"] = "list"
    data: tuple[IncidentBody, ...]


class MovesPage(_Body):
    """Cases among those looked at whose deadlines newer calendars or zone data would move."""

    object: Literal["list"] = "list"
    zone_data: str
    """Release of the zone data in use now."""
    data: tuple[CaseMoves, ...]
    looked_at: int
    """Open cases on this page; most of them usually would not change."""
    has_more: bool
    next_cursor: str | None = None
