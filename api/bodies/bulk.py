"""What is said and answered about commands for many cases at once."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from api.bodies.base import Body
from domain.base import ActorId, Instant
from services.bulk import Bulk, BulkState, Results, Selected


class BulkRequest(Bulk):
    """Send one command to every selected case."""

    dry_run: bool = False
    """Only say which cases it would be."""
    by: ActorId | None = None
    """Who orders it; left out: the holder of the key."""


class BulkResult(Body):
    """How it stands with one case."""

    case: str
    command_id: str
    status: Literal["pending", "accepted", "refused", "broken"]
    code: str | None = None
    detail: str | None = None


class BulkAction(Body):
    """What was sent to which cases, and what became of it so far."""

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


def bulk_body(state: BulkState) -> dict[str, Any]:
    """How far a bulk came, as JSON."""
    made = BulkAction(
        id=state.id,
        command=state.command,
        by=state.by,
        received_at=state.received_at,
        cases=state.cases,
        counts=dict(state.results.counts),
        results=result_bodies(state.results),
        left_out=state.left_out,
        links={"self": f"/v1/bulk/{state.id}"} if state.id else {},
    )
    return made.model_dump(mode="json")


def selected_body(selected: Selected) -> dict[str, Any]:
    """What a dry run found, as JSON."""
    made = BulkAction(
        id=None,
        command=selected.command,
        by=selected.by,
        dry_run=True,
        received_at=None,
        cases=len(selected.cases),
        selected=selected.cases,
        left_out=selected.left_out,
    )
    return made.model_dump(mode="json")


def result_bodies(results: Results) -> tuple[BulkResult, ...]:
    """How it stands with each case."""
    return tuple(BulkResult(case=result.case_id, **result.model_dump(exclude={"case_id"})) for result in results.each)
