"""Who works here, and who could take a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.base import Kept
from domain.model.people import Actor, Colleague


class Candidate(Kept):
    """Somebody who works a queue, with what they carry now."""

    actor: Actor
    open_cases: int
    capacity: int
    last_assigned_at: datetime | None = None
    on_shift: bool = True
    next_shift_at: datetime | None = None
    """When their next shift begins; None while they are there, and for somebody who always is."""
    on_call: int | None = None
    """On call for the queue: 1 is called first; None: they are not."""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class Roster(Protocol):
    """Who is there to take a case, and whom an escalation can land on."""

    async def candidates(self, tenant_id: str, queue: str, at: datetime) -> Sequence[Candidate]:
        """Active people of the queue who are not absent, and their shifts at ``at``, in no particular order."""
        ...

    async def colleagues(
        self, tenant_id: str, people: Sequence[str], roles: Sequence[str], at: datetime, queue: str | None = None
    ) -> Sequence[Colleague]:
        """Active people with one of the ids or one of the roles (``lead``, ``ops``), as they stand at ``at``; with a queue, those
        who are on call for it too."""
        ...
