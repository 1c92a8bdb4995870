"""The part of a policy pack that binds one case. The opening fact carries it, so a later version of the pack changes nothing
here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from domain.base import Code, Compact, Money, Phase, Priority, Side, without_defaults
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


def _split(value: Any) -> Any:
    return tuple(value.split()) if isinstance(value, str) else value


_AsWords = (BeforeValidator(_split), PlainSerializer(" ".join, return_type=str))
"""Codes in one short text: terms travel in the opening fact of every case. A list is read just the same."""

Audiences = Annotated[tuple[Audience, ...], *_AsWords]
Triggers = Annotated[tuple[Trigger, ...], *_AsWords]
Phases = Annotated[tuple[Phase, ...], *_AsWords]

DefaultAction = Literal["open_review", "proceed_on_file", "issue_ruling", "close", "lift_interim"]
"""What a clock can do by itself when it runs out (the stated default of the pack)."""


_USUAL_NAMES = {"warn": "warn", "escalate": "breach", "default": "end"}
"""What a level is called unless it says otherwise: what goes without saying is not written into every case."""
_NEVER = object()


class Level(Compact):
    """A point on a clock at which something happens, once."""

    name: Code
    at: Annotated[float, Field(gt=0, le=10)] = 1.0
    """Share of the target: 0.8 is 80 %."""
    before: Span | None = None
    """So much before the end of the target, instead of at a share of it."""
    after: Span | None = None
    """So much after the end of the target, instead of at a share of it."""
    action: Literal["warn", "escalate", "default"]
    default: DefaultAction | None = None
    audience: Audiences = ()
    """Whom it tells. An escalation without one climbs the ladder of the pack."""
    reassign: bool = False
    raise_priority: bool = False
    repeat: Span | None = None
    """Fires again after each such span until the clock stops: an open case must never be without a running deadline."""

    @property
    def is_end(self) -> bool:
        """Whether it lies where the target is over."""
        return self.at == 1.0 and self.before is None and self.after is None

    @model_validator(mode="before")
    @classmethod
    def _implied(cls, raw: Any) -> Any:
        if not isinstance(raw, Mapping):
            return raw
        action = raw.get("action") or ("default" if raw.get("default") else "warn")
        return {"action": action, "name": _USUAL_NAMES.get(action), **raw}

    @model_serializer(mode="wrap")
    def _without_defaults(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        said = without_defaults(self, handler(self))
        implied = {"action": "default" if self.default else "warn", "name": _USUAL_NAMES[self.action]}
        return {key: value for key, value in said.items() if value != implied.get(key, _NEVER)}


class LadderStep(Compact):
    """One rung of the escalation ladder: whom a missed target lands on, and how long they have until the next rung."""

    name: Code
    audience: Audiences
    wait_for: Span
    """Until the next rung; the last one comes again after it."""
    reassign: bool = False
    """The case goes back to its queue, to be given to somebody who is there."""
    raise_priority: bool = False
    on_call: bool = False
    """Pages whatever the shifts say: for people in danger."""


class Extension(Compact):
    """By how much a statutory limit may be extended, and how often; told before the limit ends."""

    by: Span
    times: Annotated[int, Field(ge=1, le=10)] = 1


class InterimTerms(Compact):
    """A reversible measure that may be imposed before the ruling."""

    name: Code
    to: Side = Side.RESPONDENT


TargetKey = Annotated[str, Field(pattern=r"^([a-z0-9][a-z0-9_.:-]*/)?(low|normal|high|urgent)?$", min_length=1, max_length=80)]
"""What a target is for: a priority (``high``), a category (``injury/``), or both (``injury/high``)."""


class ClockTerms(Compact):
    """One service-level clock: whom it waits for, what starts, pauses, resumes and stops it, and its levels."""

    name: Code
    waits_for: Literal["staff", "approver", "claimant", "respondent", "nobody"] = "staff"
    target: Span
    targets: dict[TargetKey, Span] = {}
    """Other targets by priority and category; the closest fit counts, ``target`` where none fits."""
    roll: bool = False
    """A last day that is closed moves to the next opening (calendar days and months only)."""
    calendar: str | None = None
    """Content reference of an immutable calendar, where it is another than the one of the terms."""
    during: Phase | None = None
    """Runs while the case is in this phase: starts when it is entered, stops when it is left."""
    only_in: Phases = ()
    """Starts in these phases only; empty: in any."""
    behind: Code | None = None
    """Does not start while that clock has not stopped (a next update waits for the first response)."""
    starts: Triggers = ()
    stops: Triggers = ()
    restarts: Triggers = ()
    """Begin it afresh while it runs; they do not start one that does not."""
    pauses: Triggers = ()
    resumes: Triggers = ()
    statutory: bool = False
    """A limit of the law, or one that protects somebody like it: nobody pauses, freezes, snoozes or re-targets it."""
    extension: Extension | None = None
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]

    @property
    def is_the_teams(self) -> bool:
        """Whether it waits for somebody of the team: what pauses and snoozes are about."""
        return self.waits_for in ("staff", "approver")

    def target_for(self, priority: Priority, category: str) -> Span:
        """The target of a case: for its category and priority, else its category, else its priority, else the one of all."""
        fits = (f"{category}/{priority.value}", f"{category}/", priority.value)
        return next((self.targets[key] for key in fits if key in self.targets), self.target)

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


SNOOZE = ClockTerms(
    name="snooze",
    target=Span.wall(timedelta(0)),
    levels=(Level(name="wake", action="warn", audience=("owner",)),),
)
"""Every case has it: comes due when a snooze is over, so that whoever put the case away hears of it again."""

STANDSTILL = ClockTerms(
    name="standstill",
    target=Span.wall(timedelta(0)),
    levels=(Level(name="look", action="escalate", audience=("leads", "ops")),),
)
"""Every case has it: comes due when nothing else does, because all its clocks stand still."""

BUILT_IN = (SNOOZE, STANDSTILL)


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
    calendars: dict[Code, str] = {}
    """Content references by queue, where a queue has hours of its own."""
    names: dict[str, str] = {}
    """What the calendars are called, by reference, so that newer versions of them can be found."""
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
    """Terms of the first releases carried them; now they are found in the pack, by its version."""
    ladder: tuple[LadderStep, ...] = ()
    quiet_for: timedelta = timedelta(minutes=30)
    """Wall time: so long after the owner has answered nothing is escalated over their head."""
    standstill_for: timedelta = timedelta(days=7)
    """Wall time: a case whose clocks all stand still comes before the leads after so long, for no case is forgotten."""
    interim: tuple[InterimTerms, ...] = ()
    reopen_for: timedelta = timedelta(0)
    """How long after closing an ops lead may reopen it."""
    time_scale: float = 1.0
    """Below 1 only in a development tenant, where hours may become seconds."""

    def clock(self, name: str) -> ClockTerms | None:
        """The definition of a clock of the pack, or of the two that every case has; None when there is no such clock."""
        return next((c for c in (*self.clocks, *BUILT_IN) if c.name == name), None)

    def calendar_of(self, clock: ClockTerms, queue: str) -> str | None:
        """Reference of the calendar that a clock runs on while the case is in a queue; None: around the clock."""
        return clock.calendar or self.calendars.get(queue) or self.calendar

    @property
    def references(self) -> frozenset[str]:
        """References of all calendars that its clocks can run on."""
        return frozenset(r for r in (self.calendar, *self.calendars.values(), *(c.calendar for c in self.clocks)) if r)

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
