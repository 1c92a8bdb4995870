"""Who does something in a case."""

from __future__ import annotations

from typing import Literal

from domain.base import Instant, Kept, Side


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
    """Keyed digests of the parties, and of the organisations of parties, that this person may not judge."""


SYSTEM = Actor(id="system", role="system")


class Colleague(Kept):
    """Somebody of the team whom an escalation could land on, as looked up at that moment."""

    actor: Actor
    roles: tuple[str, ...]
    on_shift: bool = True
    free: bool = True
    """Carries fewer open cases than they can."""
    next_shift_at: Instant | None = None
    """When their next shift begins; None while they are there, and for somebody who always is."""
