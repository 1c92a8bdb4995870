"""Cases that have something waiting although Temporal was not told, so that a worker can wake them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from domain.base import Kept


class WaitingCase(Kept):
    """A case with something waiting that no workflow has looked at."""

    tenant_id: str
    case_id: str
    kind: str
    """For the lists of Temporal, should the case have to be started."""
    opened_at: datetime
    command_id: str | None = None
    """The oldest unanswered command; None: something else is overdue."""
    priority: str | None = None


class Relay(Protocol):
    """Finds what Temporal could not take when it was received."""

    async def waiting(self, older_than: timedelta, limit: int = 100, without: Collection[str] = ()) -> Sequence[WaitingCase]:
        """Cases with unanswered commands, overdue levels, unsent notices or unfinished effects, oldest first, of all tenants but
        those that are left out; ``limit`` of one tenant at most."""
        ...
