"""Starting workflows again from the record: after the loss of Temporal's database, or to be sure. For whoever runs Ombud."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from services.errors import not_found
from storage.postgres.pool import Database
from storage.record.revival import CaseToRevive, cases_to_revive, take_back
from workflows.handles import Named


class RevivalDoors(Protocol):
    """The workflows of cases and notices."""

    async def delivering(self, notice_id: str) -> bool:
        """Whether a ``Delivery`` workflow has this notice."""

    async def revive(self, case: Named) -> bool:
        """Start a case's workflow unless it runs; True when it was started."""


async def revive(database: Database, doors: RevivalDoors, tenants: Iterable[str], case_id: str | None) -> dict[str, int]:
    """Start what does not run, of one case or of all of these tenants: how many were looked at, were started, and ran already.

    Harmless for those that run. Raises ``not_found`` for a case that nobody has.
    """
    counts = {"checked": 0, "started": 0, "running": 0}
    for tenant_id in tenants:
        async for case in cases_to_revive(database, tenant_id, case_id):
            counts["checked"] += 1
            counts["started" if await _started(database, doors, case) else "running"] += 1
    if case_id and not counts["checked"]:
        raise not_found()
    return counts


async def _started(database: Database, doors: RevivalDoors, case: CaseToRevive) -> bool:
    # A notice that a lost Delivery workflow had goes back to the case, which sends it again.
    for notice_id in case.handed_over:
        if not await doors.delivering(notice_id):
            await take_back(database, case.tenant_id, notice_id)
    return await doors.revive(Named(case.tenant_id, case.case_id, case.kind, case.opened_at))
