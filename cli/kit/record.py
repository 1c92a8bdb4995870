"""The record and the workflows of this machine's database itself, for whoever has its password."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from cli.kit.compose import doors_of
from cli.kit.operator import known_tenant
from runtime.errors import ServiceFault
from runtime.places import find_places
from runtime.settings import Settings
from services.errors import Refused
from services.revival import revive
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.audit import PostgresAudit
from workflows.handles import NotReached

Result = TypeVar("Result")


async def with_record(
    work: Callable[[PostgresAudit], Awaitable[Result]], tenant: str | None, *, state_dir: Path | None = None
) -> Result:
    """Do something with the record. Raises ServiceFault ``tenant_unknown``: of nobody everything would be whole."""
    places = find_places(Settings(state_dir=state_dir) if state_dir else Settings())
    async with await Database.connect(places.database_url, min_size=1, max_size=4) as database:
        await _tenants(database, tenant)
        return await work(PostgresAudit(database, Vault.from_text(places.master_key)))


async def revive_cases(case_id: str | None, tenant: str | None) -> dict[str, int]:
    """Start what does not run; how many were started, ran already, and were looked at.

    Raises ServiceFault ``tenant_unknown``, ``case_unknown`` and, while Temporal does not answer, ``temporal_unreachable``.
    """
    settings = Settings()
    places = find_places(settings)
    async with await Database.connect(places.database_url, min_size=1, max_size=4) as database:
        chosen = await _tenants(database, tenant)
        async with doors_of(settings, places, lazy=False) as doors:
            try:
                return await revive(database, doors, chosen, case_id)
            except NotReached as away:
                raise ServiceFault("temporal_unreachable", f"Temporal cannot be reached: {away}") from away
            except Refused as refused:
                raise ServiceFault("case_unknown", "There is no such case.") from refused


async def _tenants(database: Database, tenant: str | None) -> Sequence[str]:
    """All of them, or the one that is named and there."""
    known = await database.tenant_ids()
    return [known_tenant(tenant, known)] if tenant is not None else known
