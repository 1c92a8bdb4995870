"""What the API says of an interim measure to whoever it hits."""

from __future__ import annotations

from typing import Any, Literal

from api.bodies.base import Body
from domain.base import Frozen, Instant
from services.commands import CommandState
from services.measures import Measure


class MeasureReviewRequest(Frozen):
    """Why a measure should be looked at again."""

    text: str


class MeasureBody(Body):
    """A temporary measure that is in force against the party who asks."""

    object: Literal["measure"] = "measure"
    id: str
    measure: str
    imposed_at: Instant
    ends_at: Instant | None
    """When it ends by itself, unless somebody looks at it again and keeps it."""
    told: str | None
    """What they were to be told of it; null where nothing was, or once it was erased."""
    asked_at: Instant | None
    """When they last asked that it be looked at again."""


class MeasureList(Body):
    """All that are in force."""

    object: Literal["list"] = "list"
    data: tuple[MeasureBody, ...]


class MeasureReviewBody(Body):
    """That a measure be looked at again was asked; ``pending``: it is on disk, and comes before somebody later."""

    object: Literal["measure_review"] = "measure_review"
    measure: str
    status: Literal["pending", "accepted"]


def measure_body(one: Measure) -> dict[str, Any]:
    """A measure as JSON."""
    return MeasureBody(
        id=one.id, measure=one.measure, imposed_at=one.imposed_at, ends_at=one.ends_at, told=one.told, asked_at=one.asked_at
    ).model_dump(mode="json")


def review_body(measure_id: str, state: CommandState) -> dict[str, Any]:
    """What became of asking, as JSON."""
    return MeasureReviewBody(measure=measure_id, status="accepted" if state.answer else "pending").model_dump(mode="json")
