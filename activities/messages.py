"""What crosses between the workflow and its activities. Small, without text: this is all that a Temporal history ever holds.

These models live in histories for months: fields are only ever added, and always optional. Results leave their defaults out of
their JSON, because every byte of them lies in a history; so a default never changes either.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field

from domain.base import Compact, Kept

NOTHING_DUE = datetime(9999, 12, 31, tzinfo=UTC)
"""What the lists say where nothing is due any more. An instant that was taken away goes into the next run as none at all, and the
SDK cannot read such a run's beginning: no task of it would ever be done."""


class CaseStart(Kept):
    """The start input of the workflow ``Case``. It names the case and no more: every start takes up where the record stands."""

    tenant_id: str
    case_id: str


class Arrival(Kept):
    """What has arrived: a command that is in the inbox already (its id alone), or a whole one as it came."""

    command_id: str | None = None
    command: Any = None


class RecordInput(Kept):
    """Ask how the case stands, after taking in what has arrived."""

    tenant_id: str
    case_id: str
    arrivals: tuple[Arrival, ...] = Field(default=(), alias="knocks")
    saw_seq: int = 0
    """The highest fact number this workflow saw; a record below it has lost facts."""


class Answer(Compact):
    """What became of one command."""

    command_id: str
    status: Literal["accepted", "refused", "broken"]
    code: str | None = None
    detail: str | None = None
    fields: dict[str, Any] | None = None
    seq: int = 0
    """Number of the last fact it caused; 0 when it caused none."""


class DueAt(Kept):
    """One line of the timetable."""

    clock: str
    level: str
    at: datetime


class Recorded(Compact):
    """How the case stands. The workflow's next steps depend on this alone."""

    seq: int = 0
    kind: str = ""
    phase: str = ""
    status: Literal["unknown", "open", "closed"] = "unknown"
    outcome: str | None = None
    owner: str | None = None
    queue: str | None = None
    priority: str | None = None
    waiting_on: str | None = None
    opened_at: datetime | None = None
    answers: tuple[Answer | None, ...] = ()
    """One for each arrival, in order."""
    timetable: tuple[DueAt, ...] = ()
    """The levels ahead, earliest first."""
    undelivered: int = 0
    """Number of the newest fact with an unsent notice; 0 when all are sent."""
    effects: tuple[str, ...] = ()
    """Effects to carry out that no workflow of this case has finished."""
    wants_owner: bool = False
    more: bool = False
    """Commands are left in the inbox beyond this batch's limit."""
    quiet: bool = False
    """Closed, and nothing is running any more."""
    due_at: datetime | None = None
    """When the next of its clocks that run is over."""
    lists: bool = False
    """Temporal's lists are to show how the case stands. What an earlier release recorded does not say so, and a replay finds its
    steps without them; nor is it said where the namespace does not know these search attributes."""


class CaseRef(Kept):
    """Names one case to an activity."""

    tenant_id: str
    case_id: str


class EffectRef(Kept):
    """Names one effect to ``carry_out``."""

    tenant_id: str
    case_id: str
    effect_id: str


class NoticeRef(Kept):
    """Names one notice to the workflow ``Delivery`` and its activity."""

    tenant_id: str
    case_id: str
    notice_id: str


class Delivered(Compact):
    """What ``deliver`` did: how many went out, and which are handed to a ``Delivery`` workflow of their own."""

    sent: int = 0
    failed: int = 0
    """Given up at once, because they can never be delivered."""
    slow: tuple[str, ...] = ()
    more: bool = False
    """There was no time for all of them: some are left."""
