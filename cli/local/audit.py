"""What ``ombud audit`` does: recompute the record, sign its heads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cli.kit.operator import (
    known_tenant,
)
from runtime.places import find_places
from runtime.settings import Settings
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.audit import PostgresAudit


async def verify(tenant: str | None, heads: Path | None, *, state_dir: Path | None = None) -> dict[str, Any]:
    """How many cases, facts and signed heads were checked, and what does not agree."""
    async with _database(tenant, state_dir) as (database, vault):
        verdict = await PostgresAudit(database, vault).verify(tenant, heads=heads)
    problems = [
        {"tenant": f.tenant_id, "case_id": f.case_id, "code": f.what, "seq": f.seq, "detail": f.detail} for f in verdict.flaws
    ]
    return {"cases": verdict.cases, "facts": verdict.facts, "heads": verdict.heads, "problems": problems}


async def export(tenant: str | None, file: Path) -> int:
    """Sign the head of every chain into a file; how many."""
    async with _database(tenant, None) as (database, vault):
        return await PostgresAudit(database, vault).export_heads(file, tenant)


@asynccontextmanager
async def _database(tenant: str | None, state_dir: Path | None) -> AsyncIterator[tuple[Database, Vault]]:
    """The database and the keys. Raises ServiceFault ``tenant_unknown``: of nobody everything would be whole."""
    places = find_places(Settings(state_dir=state_dir) if state_dir else Settings())
    async with await Database.connect(places.database_url, min_size=1, max_size=4) as database:
        if tenant is not None:
            known_tenant(tenant, await database.tenant_ids())
        yield database, Vault.from_text(places.master_key)
