"""What has happened to the clocks of a case, and to the measures that clocks watch over."""

from __future__ import annotations

from typing import Literal

from domain.base import Instant, Kept, Priority
from domain.model.commands import Remedy
from domain.model.prose import Prose
from domain.model.terms import Terms
from domain.worktime.spans import Span


class LevelReached(Kept):
    """A clock came to one of its levels."""

    type: Literal["level_reached"] = "level_reached"
    clock: str
    instance: int
    level: str
    count: int
    action: Literal["warn", "escalate", "default"]
    due_at: Instant
    step: str | None = None
    """The rung of the ladder that an escalation came to."""
    told: tuple[str, ...] | None = None
    """The people it landed on; None: by role, as far as anybody has one."""
    withheld: Literal["owner_answered", "nobody_there"] | None = None
    """Why nobody was told: the owner had just answered, or nobody was on shift with room for it. It comes again."""
    again_at: Instant | None = None
    """When it comes again, if it was withheld."""


class ClocksPaused(Kept):
    """Clocks stand still because somebody said so."""

    type: Literal["clocks_paused"] = "clocks_paused"
    hold_id: str
    why: Literal["pause", "snooze"]
    of: str
    """Name of a clock, or ``team``: all that wait for the team."""
    until: Instant | None = None
    reason: str


class ClocksResumed(Kept):
    """What people had paused goes on."""

    type: Literal["clocks_resumed"] = "clocks_resumed"
    hold_ids: tuple[str, ...]
    reason: str


class ClocksFrozen(Kept):
    """Every clock stands still for an incident, since an instant that all its cases have in common."""

    type: Literal["clocks_frozen"] = "clocks_frozen"
    hold_id: str
    incident: str
    since: Instant
    reason: str


class ClocksThawed(Kept):
    """The incident is over for this case."""

    type: Literal["clocks_thawed"] = "clocks_thawed"
    hold_id: str
    incident: str
    until: Instant
    margin: Span | None = None
    reason: str


class ClockExtended(Kept):
    """A clock has more time than it began with."""

    type: Literal["clock_extended"] = "clock_extended"
    clock: str
    instance: int
    by_span: Span | None = None
    to: Instant | None = None
    from_at: Instant | None = None
    """When it would have run out; None where it stood still."""
    to_at: Instant | None = None
    """When it runs out now; None while it stands still."""
    reason: str
    reasons: Prose | None = None


class CaseRetargeted(Kept):
    """What the targets follow from has changed."""

    type: Literal["case_retargeted"] = "case_retargeted"
    priority: Priority | None = None
    category: str | None = None
    queue: str | None = None
    terms: Terms | None = None
    """New terms, where calendars or the pack changed."""
    refreshed: bool = False
    """Every deadline was computed afresh, with the calendars and the zone data of now."""
    reason: str


class InterimImposed(Kept):
    """A reversible measure was imposed before the ruling; ``effect_ordered`` carries it out."""

    type: Literal["interim_imposed"] = "interim_imposed"
    measure_id: str
    remedy: Remedy
    reasons: Prose


class InterimReviewed(Kept):
    """Somebody looked at it again and kept it: its time begins anew."""

    type: Literal["interim_reviewed"] = "interim_reviewed"
    measure_ids: tuple[str, ...]
    reasons: Prose


class InterimEnded(Kept):
    """Lifted on review, lapsed because nobody reviewed it, or overtaken by the ruling or the end of the case."""

    type: Literal["interim_ended"] = "interim_ended"
    measure_ids: tuple[str, ...]
    because: Literal["lifted", "lapsed", "ruled", "closed"]
    reasons: Prose | None = None
