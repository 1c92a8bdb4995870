"""The bodies of answers about clocks: what runs, how a due date came about, and freezes of many cases at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import Field

from api.bodies.base import Body
from api.bodies.bulk import BulkResult, result_bodies
from domain.base import ActorId, Instant
from domain.views.explained import Explanation, LevelSaid
from policies.moves import CaseMoves
from services.calendars import Moves
from services.freezes import Freeze, Ordered, Thaw
from services.rows import Incident


class ClockBody(Body):
    """A clock, as the caller may know it."""

    clock: str
    instance: int
    state: Literal["running", "still", "stopped"]
    """``still``: paused, snoozed, frozen, or waiting for evidence, with no end in sight."""
    waits_for: str
    statutory: bool
    target: str
    """In words, as the pack says it; ``extended_to`` where it was given more."""
    extended_to: str | None = None
    started_at: Instant
    stopped_at: Instant | None = None
    due_at: Instant | None = None
    """When the target is over; null while the clock stands still."""
    levels: tuple[LevelSaid, ...] = ()
    links: dict[str, str]


class ClockList(Body):
    """Every clock of a case that the caller may know, in the order of the pack."""

    object: Literal["list"] = "list"
    data: tuple[ClockBody, ...]


class ExplanationBody(Explanation):
    """How a due date came about, in numbers and in words."""

    object: Literal["explanation"] = "explanation"
    case: str


class FreezeRequest(Freeze):
    """Let the clocks of every open case that fits stand still for an incident: name at least one filter, or `all: true` alone."""

    dry_run: bool = False
    """Only say which cases it would be."""
    by: ActorId | None = None
    """Who orders it; left out: the holder of the key."""


class ThawRequest(Thaw):
    """Let the clocks go on of every case that is frozen for the incident."""

    dry_run: bool = False
    by: ActorId | None = None


class BulkBody(Body):
    """What was sent to how many cases, and what became of it so far."""

    object: Literal["bulk"] = "bulk"
    command: Literal["freeze", "thaw"]
    incident: str
    dry_run: bool
    at: Instant | None
    """The instant that counts in every case; null where there is no case, and for a dry run."""
    received_at: Instant | None
    cases: int
    counts: dict[str, int] = Field(default_factory=dict)
    """By status: pending, accepted, refused, broken."""
    results: tuple[BulkResult, ...] = ()
    """At most a hundred, those that were not accepted first."""
    first: tuple[str, ...] = ()
    """Of a dry run: ids of the first cases."""
    links: dict[str, str]


class IncidentBody(Body):
    """An incident for which clocks stand still."""

    incident: str
    cases: int
    waiting: int
    """Of these: the freeze is on disk, and not judged yet."""
    since: Instant
    links: dict[str, str]


class IncidentList(Body):
    """Incidents that are not over, the longest first."""

    object: Literal["list"] = "list"
    data: tuple[IncidentBody, ...]


class MovesPage(Body):
    """Cases among those looked at whose deadlines newer calendars or zone data would move."""

    object: Literal["list"] = "list"
    zone_data: str
    """Release of the zone data in use now."""
    data: tuple[CaseMoves, ...]
    looked_at: int
    """Open cases on this page; most of them usually would not change."""
    has_more: bool
    next_cursor: str | None = None


_LISTED = frozenset(ClockBody.model_fields) - {"links"}
_SHOWN = 100
_FIRST = 20


def clock_body(case_id: str, said: Explanation) -> dict[str, Any]:
    """A clock in the list of its case, as JSON."""
    links = {"explanation": f"/v1/cases/{case_id}/clocks/{said.clock}/explanation"}
    return ClockBody(**said.model_dump(include=set(_LISTED)), links=links).model_dump(mode="json")


def explanation_body(case_id: str, said: Explanation) -> dict[str, Any]:
    """How a due date came about, as JSON."""
    return ExplanationBody(case=case_id, **said.model_dump()).model_dump(mode="json")


def ordered_body(ordered: Ordered) -> dict[str, Any]:
    """A freeze or a thaw, and what became of it so far, as JSON."""
    body = BulkBody(
        command=ordered.command,
        incident=ordered.incident,
        dry_run=False,
        at=ordered.at,
        received_at=ordered.received_at,
        cases=ordered.cases,
        counts=dict(ordered.results.counts),
        results=result_bodies(ordered.results)[:_SHOWN],
        links={"self": "/v1/freezes", **_incident_links(ordered.incident)},
    )
    return body.model_dump(mode="json")


def would_go_to(command: Literal["freeze", "thaw"], incident: str, cases: Sequence[str]) -> dict[str, Any]:
    """What a dry run of a freeze or a thaw found, as JSON."""
    body = BulkBody(
        command=command,
        incident=incident,
        dry_run=True,
        at=None,
        received_at=None,
        cases=len(cases),
        first=tuple(cases[:_FIRST]),
        links={"self": "/v1/freezes", **_incident_links(incident)},
    )
    return body.model_dump(mode="json")


def incident_bodies(found: Iterable[Incident]) -> list[dict[str, Any]]:
    """Incidents as JSON."""
    return [
        IncidentBody(**incident.model_dump(), links=_incident_links(incident.incident)).model_dump(mode="json")
        for incident in found
    ]


def _incident_links(incident: str) -> dict[str, str]:
    return {"thaw": f"/v1/freezes/{incident}/thaw"}


def moves_body(moves: Moves) -> dict[str, Any]:
    """What newer calendars and zone data would move, as JSON."""
    return {
        "object": "list",
        "zone_data": moves.zone_data,
        "data": [found.model_dump(mode="json") for found in moves.cases.items],
        "looked_at": moves.looked_at,
        "has_more": moves.cases.has_more,
        "next_cursor": moves.cases.next_cursor,
    }
