"""Activities that hold cases up: paused by somebody in Temporal, or failing again and again. For whoever runs Ombud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from storage.outside.backlog import under_way
from storage.postgres.pool import Database
from workflows.handles import RefusedByTemporal, workflow_id
from workflows.runs import PendingActivity, delivery_id

OLDER_THAN = timedelta(minutes=1)
"""What waits no longer than this is probably being done."""
LOOKED_AT = 20
"""Runs that are looked at, the longest waiting first: each is a question to Temporal."""
FAILED_OFTEN = 5
"""Tries after which a failure is no accident: for a remedy half a minute, for a letter of its own three days."""


class Runs(Protocol):
    """A look at runs; :class:`workflows.runs.CaseRuns` is one. Raises :class:`workflows.handles.NotReached`."""

    async def pending(self, workflow_id: str) -> Sequence[PendingActivity]:
        """What the newest run with this id waits for."""

    async def paused(self, at_most: int) -> Sequence[str]:
        """Runs in which somebody paused an activity."""

    async def pinned(self, at_most: int) -> Sequence[str]:
        """Runs that somebody pinned to a build, and that no worker takes up."""


@dataclass(frozen=True)
class HeldUp:
    """What was found."""

    paused: Sequence[PendingActivity] = ()
    failing: Sequence[PendingActivity] = ()
    """Those that failed often, the most often first."""
    pinned: Sequence[str] = ()
    """Runs that wait for a build whose workers are away."""
    listed: bool = True
    """False: the server lists neither paused activities nor pinned runs, so those alone are known of which something waits by the
    record."""


async def held_up(database: Database, runs: Runs, *, older_than: timedelta = OLDER_THAN, often: int = FAILED_OFTEN) -> HeldUp:
    """Look at the runs of which something waits by the record, and at those in which something is paused."""
    waiting = await under_way(database, older_than, LOOKED_AT)
    ids = [delivery_id(one.notice_id) if one.notice_id else workflow_id(one.tenant_id, one.case_id) for one in waiting]
    try:
        ids, listed = [*await runs.paused(LOOKED_AT), *ids], True
        pinned = await runs.pinned(LOOKED_AT)
    except RefusedByTemporal:
        pinned, listed = (), False
    found = [one for run in dict.fromkeys(ids) for one in await runs.pending(run)]
    failing = [one for one in found if one.failed >= often and not one.paused]
    failing.sort(key=lambda one: -one.failed)
    return HeldUp([one for one in found if one.paused], failing, pinned, listed)
