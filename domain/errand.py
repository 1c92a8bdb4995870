"""What a case has to do with others, as it stands."""

from __future__ import annotations

from typing import Literal

from domain.base import Kept
from domain.model.links import Relation
from domain.model.prose import Prose


class CaseLink(Kept):
    """What this case has to do with another."""

    id: str
    other: str
    relation: Relation
    mirrored: bool = False
    note: Prose | None = None


class Errand(Kept):
    """Something that is or was to happen in another case."""

    id: str
    what: Literal["join", "link", "unlink", "split"]
    to: str | None = None
    parties: tuple[str, ...] = ()
    state: Literal["running", "done", "needs_hands"] = "running"
