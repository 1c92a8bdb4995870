"""The shape of an explanation of a deadline."""

from __future__ import annotations

from datetime import date
from typing import Literal

from domain.base import Instant, Kept, Priority


class SpanUsed(Kept):
    """Open time that was used up, in one piece."""

    start: Instant
    end: Instant
    minutes: float


class PauseMet(Kept):
    """Time in which the clock stood still."""

    start: Instant
    end: Instant | None
    why: Literal["evidence", "pause", "snooze", "freeze", "closed"]
    minutes: float | None
    """Open time that it kept from being used; None while it lasts."""
    margin: str | None = None
    by: str | None = None
    reason: str | None = None
    incident: str | None = None


class DayMet(Kept):
    """A date on the way whose hours are not those of its weekday."""

    day: date
    zone: str
    why: Literal["holiday", "exception", "break"]
    hours: tuple[tuple[str, str], ...] = ()


class Shift(Kept):
    """A change of local clocks on the way."""

    day: date
    zone: str
    minutes: float
    """By how much clocks went forward; negative: back."""


class LevelSaid(Kept):
    """A level, where it lies, and what became of it."""

    name: str
    action: Literal["warn", "escalate", "default"]
    where: str
    computed_at: Instant | None = None
    """By the calendar and the zone data of now."""
    due_at: Instant | None = None
    """As recorded."""
    reached_at: Instant | None = None
    recorded_at: Instant | None = None
    withheld: bool = False


class Explanation(Kept):
    """How a clock came to its deadlines."""

    clock: str
    instance: int
    state: Literal["running", "still", "stopped"]
    waits_for: str
    statutory: bool = False
    target: str
    extended_to: str | None = None
    extensions: tuple[str, ...] = ()
    priority: Priority | None = None
    started_at: Instant
    stopped_at: Instant | None = None
    due_at: Instant | None = None
    """When the target is over; None while the clock stands still."""
    calendar: str | None = None
    """Reference of the calendar; None: around the clock."""
    calendar_name: str | None = None
    zone: str
    zone_data: str | None = None
    """Release of the zone data with which its deadlines were computed."""
    zone_data_now: str
    spans: tuple[SpanUsed, ...] = ()
    """Pieces of open time used, of a clock that counts time."""
    days: tuple[date, ...] = ()
    """Days counted, of a clock that counts business days."""
    pauses: tuple[PauseMet, ...] = ()
    closed: tuple[DayMet, ...] = ()
    shifts: tuple[Shift, ...] = ()
    levels: tuple[LevelSaid, ...] = ()
    agrees: bool = True
    """Whether the deadlines on record are those that the calendar and the zone data of now give."""
    words: tuple[str, ...] = ()
    """The same in plain sentences."""
