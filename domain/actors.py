"""Who does something in a case."""

from __future__ import annotations

from typing import Literal

from domain.base import Kept, Side


class Actor(Kept):
    """Who did it, as resolved when it was recorded; somebody who changes team later stays who they were here."""

    id: str
    role: Literal["claimant", "respondent", "mediator", "lead", "ops", "platform", "system"]
    side: Side | None = None
    team: str | None = None
    site: str | None = None
    vendor: str | None = None
    manager: str | None = None
    conflicts: tuple[str, ...] = ()
    """Keyed digests of the parties this person may not judge."""


SYSTEM = Actor(id="system", role="system")
