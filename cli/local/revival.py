"""Starting workflows again from the record: after the loss of Temporal's database, or to be sure."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import typer

from cli.kit.compose import (
    doors_of,
)
from cli.kit.exits import (
    UNAVAILABLE,
    guarded,
)
from cli.kit.operator import (
    known_tenant,
)
from runtime.places import find_places
from runtime.settings import Settings
from storage.postgres.pool import Database
from storage.record.revival import CaseToRevive, cases_to_revive, take_back
from workflows.handles import CaseDoors, Named, NotReached


def revive(case_id: str | None, tenant: str | None) -> dict[str, Any]:
    """Start what does not run; how many were started, ran already, and were looked at."""
    try:
        return guarded(lambda: asyncio.run(_revive(case_id, tenant)))
    except NotReached as fault:
        typer.echo(f"Temporal cannot be reached: {fault}", err=True)
        raise typer.Exit(UNAVAILABLE) from fault


async def _revive(case_id: str | None, tenant: str | None) -> dict[str, Any]:
    settings = Settings()
    places = find_places(settings)
    counts = {"checked": 0, "started": 0, "running": 0}
    async with (
        await Database.connect(places.database_url, min_size=1, max_size=4) as database,
        AsyncExitStack() as opened,
    ):
        known = await database.tenant_ids()
        chosen = [known_tenant(tenant, known)] if tenant else known
        doors = await opened.enter_async_context(doors_of(settings, places, lazy=False))
        for tenant_id in chosen:
            async for case in cases_to_revive(database, tenant_id, case_id):
                counts["checked"] += 1
                counts["started" if await _one(database, doors, case) else "running"] += 1
    if case_id and not counts["checked"]:
        typer.echo("There is no such case.", err=True)
        raise typer.Exit(66)
    return counts


async def _one(database: Database, doors: CaseDoors, case: CaseToRevive) -> bool:
    # A notice that a lost Delivery workflow had goes back to the case, which sends it again.
    for notice_id in case.handed_over:
        if not await doors.delivering(notice_id):
            await take_back(database, case.tenant_id, notice_id)
    return await doors.revive(Named(case.tenant_id, case.case_id, case.kind, case.opened_at))
