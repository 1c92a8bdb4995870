"""What people ask of the clocks of a case, and of the measures that clocks watch over.

Everything here is recorded with its reason and its author: time is what the parties' chances hang on.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.base import Code, CommandBase, Instant, Kept, PartyId, Priority
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal
from domain.model.terms import Terms
from domain.worktime.spans import Span


def _amount_of_time(value: Span) -> Span:
    if not value.is_clock_time:
        raise PydanticCustomError("span_not_time", "Give hours or minutes (`2 hours`, `4 working hours`), not days or months.")
    return value


TimeSpan = Annotated[Span, AfterValidator(_amount_of_time)]
"""An amount of wall or working time."""


class Pause(CommandBase):
    """Let clocks stand still, with a reason: one clock, or all that wait for the team. Ends with the phase at the latest."""

    type: Literal["pause"] = "pause"
    clock: Code | None = None
    """Left out: every clock that waits for the team."""
    until: Instant | None = None
    """Left out: until somebody resumes, or the case moves on to another phase."""
    reason: Code


class Resume(CommandBase):
    """Let clocks go on that were paused or snoozed."""

    type: Literal["resume"] = "resume"
    clock: Code | None = None
    """Left out: whatever was paused or snoozed."""
    reason: Code = "resumed"


class Snooze(CommandBase):
    """Put the case away until an instant; a party's word or evidence wakes it earlier."""

    type: Literal["snooze"] = "snooze"
    until: Instant
    reason: Code


class Extend(CommandBase):
    """Give a clock more time before it runs out, by so much or to an instant. A statutory limit only as its law allows."""

    type: Literal["extend"] = "extend"
    clock: Code
    by_span: Annotated[Span | None, Field(alias="for", default=None)]
    """So much longer, in the unit that the clock counts in; left out for a statutory limit: what the law allows."""
    to: Instant | None = None
    reason: Code
    reasons: SealedText | None = None
    """What the parties are told."""

    model_config = {"frozen": True, "extra": "forbid", "populate_by_name": True, "serialize_by_alias": True}

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.by_span is not None and self.to is not None:
            raise PydanticCustomError("extension_ambiguous", "Say either for how long (`for`) or to when (`to`), not both.")
        return self


class Retarget(CommandBase):
    """Change what the targets follow from: priority, category, queue, a calendar, or the version of the pack. Pauses that were
    earned stay.
    """

    type: Literal["retarget"] = "retarget"
    priority: Priority | None = None
    category: Code | None = None
    queue: Code | None = None
    calendar: Code | None = None
    """Name of the calendar that the case runs on from now."""
    newest: Literal["calendars", "pack"] | None = None
    """``calendars``: their newest versions, every deadline computed afresh with the zone data of now. ``pack``: that too, and the
    newest version of the pack."""
    minors: tuple[PartyId, ...] = Field(default=(), max_length=10)
    """Principals who turned out to be under age: from now on as if the report had said so. The case is at least as urgent as
    one of a child, a guardian settles for them, and what is kept is kept as long as of a child. It protects at once; nothing is
    agreed on until a lead or ops who did not say it first says it too."""
    adults: tuple[PartyId, ...] = Field(default=(), max_length=10)
    """Principals who count as under age and are not. The first word proposes it, and the same of a lead or ops who did not makes
    it so."""
    reason: Code

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any((self.priority, self.category, self.queue, self.calendar, self.newest, self.minors, self.adults)):
            raise PydanticCustomError(
                "retarget_empty", "Say what changes: priority, category, queue, calendar, minors, adults, or newest."
            )
        return self


class Freeze(CommandBase):
    """Let every clock of the case stand still for an incident. Sent to all cases that it touches, with one instant for all."""

    type: Literal["freeze"] = "freeze"
    incident: Code
    at: Instant | None = None
    """Since when; left out: since it was received."""
    reason: Code = "incident"


class Thaw(CommandBase):
    """Let the clocks of an incident go on, after a margin in which people find their feet."""

    type: Literal["thaw"] = "thaw"
    incident: Code
    at: Instant | None = None
    margin: TimeSpan | None = None
    reason: Code = "incident_over"


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
    """The people it landed on; empty: this rung has called them all before; None: by role, as far as anybody has one."""
    withheld: Literal["owner_answered", "nobody_there", "withdrawal_pending", "reported", "acknowledged"] | None = None
    """Why it was not done, and comes again: the owner had just answered, nobody was on shift with room for it, or somebody said
    that they have the case, and nobody was told; or the respondent would have learned of the case while somebody wants to take
    the report back, or although they are reported to an authority, and the leads were told instead."""
    again_at: Instant | None = None
    """When it comes again, if it was withheld, or called nobody."""


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
    goes_on_at: Instant | None = None
    """When the margin is over for what no clock counts, by the calendar of the case's queue."""
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


class RightRenamed(Kept):
    """A request over data counts as another right from now on: whoever asked is told, and may say that it is not theirs."""

    type: Literal["right_renamed"] = "right_renamed"
    before: str
    """What it was called; may be no right at all."""
    now: str


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
    keeps: tuple[tuple[str, Instant], ...] = ()
    """Clocks of sides that are heard which would have run out sooner by it, and limits of the law that would have run out later,
    with the ends that they keep; and clocks of the team that a more urgent case would have put before now, with new ends."""
    minors: tuple[str, ...] = ()
    """Principals who turned out to be under age."""
    reason: str


class Fired(Kept):
    """A level that was reached."""

    level: str
    count: int
    due_at: Instant
    recorded_at: Instant
    failed: bool = Field(default=False, alias="held")
    """The rule that belongs to it broke: it comes due again until it goes through."""
    withheld: bool = False
    """Nobody was told: it takes the same rung of the ladder again."""
    again_at: Instant | None = None
    """When it comes again, if it was withheld."""
    before_more_time: bool = False
    """More time was given after it, on the last day: it comes again at the new end."""


class Extended(Kept):
    """More time than a clock began with."""

    at: Instant
    by_span: Span | None = None
    to: Instant | None = None
    stood_still: bool = False
    """With no end in sight when it was extended: what follows of the pause counts on top of ``to``."""
    kept: bool = False
    """Nobody asked for more time: the end was kept where it was when something else changed."""


class Hold(Kept):
    """Why clocks of this case stand still, beside what the pack pauses by itself. It belongs to the case and survives whatever
    changes about its targets; a clock that starts under it stands still from its first moment.
    """

    id: str
    why: Literal["pause", "snooze", "freeze", "closed"]
    of: str
    """Name of a clock, ``team`` (all that wait for the team) or ``all``."""
    since: Instant
    until: Instant | None = None
    margin: Span | None = None
    """Time that is given on top once it is over."""
    goes_on_at: Instant | None = None
    """When that time is over, by the calendar of the case's queue; clocks count it by their own."""
    reason: str
    by: str
    incident: str | None = None
    woken: bool = False
    """A snooze whose end has been told."""

    @property
    def stood_still(self) -> tuple[Instant, Instant | None]:
        """Since when, and until when with what is given on top; None: it goes on."""
        return self.since, self.goes_on_at or self.until

    def lasts_at(self, at: Instant) -> bool:
        """Whether it is not over at an instant."""
        return self.until is None or self.until > at


class Clock(Kept):
    """A clock that was started on this case."""

    name: str
    instance: int
    started_at: Instant
    stopped_at: Instant | None = None
    pauses: tuple[tuple[Instant, Instant | None], ...] = ()
    """Those that the pack makes by itself, while evidence is asked for; the holds of the case come on top."""
    fired: tuple[Fired, ...] = ()
    extensions: tuple[Extended, ...] = ()
    ran_on: tuple[Span, str | None] | None = None
    """Target and calendar when it ran out or stopped: what changes later does not change what was."""
    keeps_calendar: bool = False
    """The case was handed over: it runs on the ``calendar`` by which it was promised, whatever hours the new queue keeps."""
    calendar: str | None = None
    closed: bool = False
    """The end of the case stopped it: it goes on if the case is taken up again."""
    zone_data: str | None = None
    """The zone data with which its deadlines were computed last."""

    @property
    def waiting(self) -> bool:
        """Paused by the pack until something resumes it."""
        return self.stopped_at is None and bool(self.pauses) and self.pauses[-1][1] is None


class DueLevel(Kept):
    """One line of a timetable: which level of which clock falls due when."""

    clock: str
    instance: int
    level: str
    count: int = 0
    due_at: Instant

    @property
    def id(self) -> str:
        """The deadline's command id: the same level can be recorded only once."""
        return f"dl_{self.clock}:{self.instance}:{self.level}:{self.count}"


Timetable = tuple[DueLevel, ...]
"""All levels still ahead, earliest first."""


class ClockUnknown(Refusal):
    """No clock of this name is running in the case."""

    code = "clock_unknown"


class ClockStatutory(Refusal):
    """A limit of the law ignores pauses, snoozes and freezes."""

    code = "clock_statutory"


class AlreadyHeld(Refusal):
    """What is to stand still stands still already."""

    code = "already_held"


class NotPaused(Refusal):
    """Nothing was paused or snoozed that could go on."""

    code = "not_paused"


class ExtensionRefused(Refusal):
    """The clock cannot be given this time; ``because`` says why (``ran_out``, ``backwards``, ``unit``, ``how_long``, ``law``)."""

    code = "extension_refused"


class CalendarUnknown(Refusal):
    """There is no calendar of this name (or the pack is gone)."""

    code = "calendar_unknown"


class IncidentUnknown(Refusal):
    """The case is not frozen for this incident."""

    code = "incident_unknown"
