"""Which cases an address of the inbox means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from console.kit.visit import Visit
from domain.base import Phase, Priority
from services.cases import Listing
from services.errors import FieldError, Refused

View = Literal["mine", "queues", "all"]
VIEWS: tuple[View, ...] = get_args(View)
FILTERS = ("kind", "phase", "priority", "queue", "status")


def listing_of(visit: Visit, which: str, said: Mapping[str, str]) -> Listing:
    """What an address asks for. Raises ``parameter_invalid`` for what there is not."""
    status = said.get("status") or "open"
    if status not in ("open", "closed"):
        raise wrong("status", ("open", "closed"))
    return Listing(
        kind=said.get("kind") or None,
        phase=_one(Phase, "phase", said),
        priority=_one(Priority, "priority", said),
        queue=said.get("queue") or None,
        status=status,  # type: ignore[arg-type]  # one of the two, as was asked
        owner=visit.caller.holder if which == "mine" else None,
        # Of one's own also those in which nothing falls due: they are few.
        sort="due" if which != "mine" and status == "open" else "newest",
    )


def _one(kind: Any, name: str, said: Mapping[str, str]) -> Any:
    value = said.get(name)
    if not value:
        return None
    if value not in (known := [one.value for one in kind]):
        raise wrong(name, known)
    return kind(value)


def wrong(name: str, allowed: Any) -> Refused:
    """The refusal of a value that there is not."""
    error = FieldError(name, "parameter_invalid", f"One of: {', '.join(allowed)}.")
    return Refused("parameter_invalid", errors=[error])
