"""What is said and answered about who is on call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from api.bodies.base import Body
from domain.base import ActorId, Code, Frozen, Instant, PersonId
from services.rows import Turn


class TurnRequest(Frozen):
    """Somebody is on call for a queue."""

    queue: Code
    person: PersonId
    place: Annotated[int, Field(ge=1, le=5)] = 1
    """1 is called first, 2 when nobody has answered, and so on."""
    from_at: AwareDatetime | None = None
    """Left out: from now on."""
    until_at: AwareDatetime
    by: ActorId | None = None


class TurnHandOver(Frozen):
    """What is left of a turn goes to somebody else."""

    to: PersonId
    at: AwareDatetime | None = None
    """From when on; left out: from now, or from the beginning of the turn where that is later."""
    by: ActorId | None = None


class TurnEnd(Frozen):
    """A turn ends now."""

    by: ActorId | None = None


class TurnBody(Body):
    """One turn on call."""

    object: Literal["on_call_turn"] = "on_call_turn"
    id: str
    queue: str
    person: str
    place: int
    from_at: Instant
    until_at: Instant
    handed_from: str | None
    """The turn from which it was taken over."""
    made_by: str
    ended_by: str | None


class TurnList(Body):
    """Turns, by when they begin."""

    object: Literal["list"] = "list"
    data: tuple[TurnBody, ...]


def turn_body(turn: Turn) -> dict[str, Any]:
    """A turn as JSON."""
    return _made(turn).model_dump(mode="json")


def turn_list(turns: Iterable[Turn]) -> dict[str, Any]:
    """Turns as JSON."""
    return TurnList(data=tuple(_made(turn) for turn in turns)).model_dump(mode="json")


def _made(turn: Turn) -> TurnBody:
    said = asdict(turn)
    return TurnBody(person=said.pop("person_id"), **said)
