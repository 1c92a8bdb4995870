"""What is said and answered about commands for many cases at once."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from domain.base import ActorId, CampaignId, CaseId, Code, Frozen, Instant, PersonId, Phase, Priority

_WHICH = "Say which cases: name at least one filter, or `all: true` alone for every open case."


class BulkSelection(Frozen):
    """Which open cases. Everything given must hold."""

    kind: Code | None = None
    queue: Code | None = None
    phase: Phase | None = None
    owner: PersonId | None = None
    priority: Priority | None = None
    category: Code | None = None
    campaign: CampaignId | None = None
    case_ids: tuple[CaseId, ...] | None = Field(default=None, min_length=1)
    """Of these cases, those that are open (and fit the rest)."""
    all: bool = False
    """Every open case, said on purpose. Goes with no filter."""

    @model_validator(mode="after")
    def _said_on_purpose(self) -> Self:
        named = any(value is not None for value in self.model_dump(exclude={"all"}).values())
        if named == self.all:
            raise PydanticCustomError("selection_unclear", _WHICH)
        return self


class BulkRequest(Frozen):
    """Send one command to every selected case."""

    command: dict[str, Any]
    """Its type and its fields; without `id` and `by`."""
    selection: BulkSelection
    dry_run: bool = False
    """Only say which cases it would be."""
    by: ActorId | None = None
    """Who orders it; left out: the holder of the key."""


class BulkResult(BaseModel):
    """How it stands with one case."""

    model_config = ConfigDict(extra="forbid")

    case: str
    command_id: str
    status: Literal["pending", "accepted", "refused", "broken"]
    code: str | None = None
    detail: str | None = None


class BulkAction(BaseModel):
    """What was sent to which cases, and what became of it so far."""

    model_config = ConfigDict(extra="forbid")

    object: Literal["bulk"] = "bulk"
    id: str | None
    """Under which it can be read again; null where nothing was sent."""
    command: str
    """Its type."""
    by: str
    dry_run: bool = False
    received_at: Instant | None
    """One for all; null where nothing was sent."""
    cases: int
    counts: dict[str, int] = Field(default_factory=dict)
    """By status: pending, accepted, refused, broken."""
    results: tuple[BulkResult, ...] = ()
    """One for each case, those that were not accepted first."""
    selected: tuple[str, ...] = ()
    """Of a dry run: the cases."""
    left_out: tuple[str, ...] = ()
    """Of the cases that were named: those that are not there, not open, or do not fit the other filters."""
    links: dict[str, str] = Field(default_factory=dict)
