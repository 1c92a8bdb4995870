"""An alarm: somebody of the team is called because a target was missed, and says that they have it."""

from __future__ import annotations

from typing import Literal

from domain.base import CommandBase, Instant, Kept
from domain.model.refusals import Refusal

EVERYBODY = "*"
"""Stands for people in a page that went by role, because nobody was looked up."""


class Acknowledge(CommandBase):
    """Say that one has the case. Nobody else is called until the time is over; then the next rung of the ladder is."""

    type: Literal["acknowledge"] = "acknowledge"
    until: Instant | None = None
    """At most as far ahead as the pack says (``acknowledged_for``); left out: as far as that."""


class AlarmAcknowledged(Kept):
    """Somebody of the team has the case; until then nobody is called."""

    type: Literal["alarm_acknowledged"] = "alarm_acknowledged"
    person: str
    until: Instant


class Page(Kept):
    """One call to one person, by one rung of a ladder. It counts as long as the clock that called is running."""

    step: str
    person: str
    clock: str
    instance: int
    at: Instant


class Acknowledged(Kept):
    """Who said last that they have the case, when, and until when they are left alone with it."""

    person: str
    at: Instant
    until: Instant


class NoAlarm(Refusal):
    """Nobody was called."""

    code = "no_alarm"
