"""The part of a policy pack that binds one case. The opening fact carries it, so a later version of the pack changes nothing
here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.base import Code, Compact, Money, Phase, Priority, Side
from domain.spans import Span

MAX_TERMS_BYTES = 4096
"""Terms travel in the opening fact of every case; templates and texts stay in the pack, found by its hash."""

Audience = Literal["all", "parties", "claimant", "respondent", "owner", "drafter", "leads", "ops", "platform"]
"""Who is told: the two sides (``parties``), people of the team, the platform's webhook endpoints; ``all`` is parties and
platform.
"""

Trigger = Annotated[str, Field(pattern=r"^[a-z_]+(:[a-z_]+)?$")]
"""Something that happened, as clocks and notices name it: a fact's type, with a qualifier where it has one
(``case_opened``, ``phase_entered:review``, ``evidence_requested:respondent``)."""

DefaultAction = Literal["open_review", "proceed_on_file", "issue_ruling", "close"]
"""What a clock can do by itself when it runs out (the stated default of the pack)."""


class Level(Compact):
    """A point on a clock at which something happens, once."""

    name: Code
    at: Annotated[float, Field(gt=0, le=10)] = 1.0
    """Share of the target: 0.8 is 80 %."""
    action: Literal["warn", "escalate", "default"]
    default: DefaultAction | None = None
    audience: tuple[Audience, ...] = ()
    reassign: bool = False
    repeat: Span | None = None
    """Fires again after each such span until the clock stops: an open case must never be without a running deadline."""


class ClockTerms(Compact):
    """One service-level clock: whom it waits for, what starts, pauses, resumes and stops it, and its levels."""

    name: Code
    waits_for: Literal["staff", "approver", "claimant", "respondent", "nobody"] = "staff"
    target: Span
    calendar: str | None = None
    """Content reference of an immutable calendar, where it is another than the one of the terms."""
    during: Phase | None = None
    """Runs while the case is in this phase: starts when it is entered, stops when it is left."""
    starts: tuple[Trigger, ...] = ()
    stops: tuple[Trigger, ...] = ()
    pauses: tuple[Trigger, ...] = ()
    resumes: tuple[Trigger, ...] = ()
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]

    @property
    def all_starts(self) -> frozenset[str]:
        """Everything that starts it."""
        own = (f"phase_entered:{self.during.value}", f"phase_resumed:{self.during.value}") if self.during else ()
        return frozenset((*self.starts, *own))

    @property
    def all_stops(self) -> frozenset[str]:
        """Everything that stops it."""
        return frozenset((*self.stops, f"phase_left:{self.during.value}") if self.during else self.stops)

    def level(self, name: str) -> Level | None:
        """The definition of a level, or None."""
        return next((x for x in self.levels if x.name == name), None)


class OutcomeTerms(Compact):
    """One way a ruling can end."""

    name: Code
    lost_by: tuple[Side, ...] = ()
    """The sides that lose something by it and may therefore appeal."""
    remedies: tuple[Code, ...] = ()
    """Remedies that may go with it."""
    needs_amount: bool = False


class Terms(Compact):
    """What binds one case: resolved from a pack for one report, at most 4 KiB of JSON."""

    pack: Code
    """The kind that the pack defines."""
    version: str
    """Hash of the pack's content."""
    opens_in: Phase
    labels: dict[Phase, str]
    """The phases that this kind has and what people call them; the others are switched off."""
    calendar: str | None = None
    """Content reference of the immutable calendar of the clocks; None: around the clock, UTC."""
    queue: Code
    appeal_queue: Code
    priority: Priority
    clocks: tuple[ClockTerms, ...]
    outcomes: tuple[OutcomeTerms, ...]
    grounds: tuple[Code, ...] = ()
    """Clauses a ruling may rest on; empty: any."""
    approval_above: Money | None = None
    """A remedy above this amount needs a second person; another currency always does."""
    notices: dict[Trigger, tuple[Audience, ...]] = {}
    reopen_for: timedelta = timedelta(0)
    """How long after closing an ops lead may reopen it."""
    time_scale: float = 1.0
    """Below 1 only in a development tenant, where hours may become seconds."""

    def clock(self, name: str) -> ClockTerms | None:
        """The definition of a clock, or None when the pack has no such clock."""
        return next((c for c in self.clocks if c.name == name), None)

    def calendar_of(self, clock: ClockTerms) -> str | None:
        """Reference of the calendar that a clock runs on; None: around the clock."""
        return clock.calendar or self.calendar

    def outcome(self, name: str) -> OutcomeTerms | None:
        """The definition of an outcome, or None."""
        return next((o for o in self.outcomes if o.name == name), None)

    def has(self, phase: Phase) -> bool:
        """Whether the kind has this phase."""
        return phase in self.labels


class Routing(Compact):
    """What the gates and the routing said about a report, and why: kept with the case for ever."""

    decision: Literal["admit", "triage", "decline"]
    reason: Code | None = None
    """The gate that declined, as the pack names it."""
    trace: tuple[str, ...] = ()
    """Which row of which table matched (``gates/reason_given: pass``)."""
