"""What people ask of the clocks of a case, and of the measures that clocks watch over.

Everything here is recorded with its reason and its author: time is what the parties' chances hang on.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.base import Code, CommandBase, Instant, Priority, Reference, Side
from domain.model.prose import SealedText
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
    reason: Code

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not any((self.priority, self.category, self.queue, self.calendar, self.newest)):
            raise PydanticCustomError(
                "retarget_empty", "Say what changes: priority, category, queue, calendar, or newest (calendars or pack)."
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


class ImposeInterim(CommandBase):
    """Impose a reversible measure before the ruling. It is reviewed, and lapses by itself when nobody does."""

    type: Literal["impose_interim"] = "impose_interim"
    measure: Code
    of: Side = Side.RESPONDENT
    reasons: SealedText


class ReviewInterim(CommandBase):
    """Look at an interim measure again: keep it, with its time beginning anew, or lift it."""

    type: Literal["review_interim"] = "review_interim"
    measure_id: Reference | None = None
    """Left out: all that are in force."""
    decision: Literal["keep", "lift"]
    reasons: SealedText
