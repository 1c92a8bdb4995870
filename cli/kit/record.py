"""The record and the workflows of this machine's database itself, for whoever has its password."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from cli.kit.compose import doors_of, evidence_store, shelf
from cli.kit.logins import known_login
from cli.kit.operator import OPERATOR, OperatorKeys, known_tenant
from cli.kit.target import Target
from policies.published import PublishedPacks
from runtime.errors import ServiceFault
from runtime.places import find_places
from runtime.settings import Settings
from services.callers import Caller
from services.case_import import Movers
from services.errors import Refused
from services.logins import development_key
from services.revival import begin_anew, restart_stuck, revive
from storage.policies.library import PostgresLibrary
from storage.policies.publications import PostgresPublications
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.archive import Archive
from storage.record.audit import PostgresAudit
from storage.record.past_cases import PostgresPastCases
from storage.tenants import PostgresTenants, Tenant
from workflows.handles import NotReached
from workflows.runs import CaseRuns

Result = TypeVar("Result")


async def with_record(
    work: Callable[[PostgresAudit], Awaitable[Result]],
    tenant: str | None,
    *,
    state_dir: Path | None = None,
    public_key: str | None = None,
) -> Result:
    """Do something with the record; ``public_key`` is that of whoever signs its heads.

    Raises ServiceFault ``tenant_unknown``: of nobody everything would be whole.
    """
    settings = Settings(state_dir=state_dir) if state_dir else Settings()
    places = find_places(settings)
    async with await Database.connect(places.database_url, min_size=1, max_size=4) as database:
        await _tenants(database, tenant)
        vault, store = Vault.from_text(places.master_key), evidence_store(settings)
        return await work(PostgresAudit(database, vault, store=store, public_key=public_key))


async def revive_cases(case_id: str | None, tenant: str | None) -> dict[str, int]:
    """Start what does not run; how many were started, ran already, and were looked at.

    Raises ServiceFault ``tenant_unknown``, ``case_unknown`` and, while Temporal does not answer, ``temporal_unreachable``.
    """
    try:
        return await _with_runs(tenant, lambda database, runs, chosen: revive(database, runs, chosen, case_id))
    except Refused as refused:
        raise ServiceFault("case_unknown", "There is no such case.") from refused


async def restart_stuck_cases(tenant: str | None) -> dict[str, int]:
    """Begin anew what fails again and again; how many were looked at, begun anew, and refused by Temporal.

    Raises ServiceFault ``tenant_unknown`` and, while Temporal does not answer, ``temporal_unreachable``.
    """
    return await _with_runs(tenant, restart_stuck)


async def begin_cases_anew(tenant: str | None, before: datetime) -> dict[str, int]:
    """End and begin anew what began before an instant; how many cases, deliveries, and refused by Temporal. Raises the same."""
    return await _with_runs(tenant, lambda database, runs, chosen: begin_anew(database, runs, chosen, before))


async def _with_runs(
    tenant: str | None, work: Callable[[Database, CaseRuns, Sequence[str]], Awaitable[dict[str, int]]]
) -> dict[str, int]:
    settings = Settings()
    places = find_places(settings)
    async with await Database.connect(places.database_url, min_size=1, max_size=4) as database:
        chosen = await _tenants(database, tenant)
        async with doors_of(settings, places, lazy=False) as runs:
            try:
                return await work(database, runs, chosen)
            except NotReached as away:
                raise ServiceFault("temporal_unreachable", f"Temporal cannot be reached: {away}") from away


async def _tenants(database: Database, tenant: str | None) -> Sequence[str]:
    """All of them, or the one that is named and there."""
    known = await database.tenant_ids()
    return [known_tenant(tenant, known)] if tenant is not None else known


async def with_publications(
    work: Callable[[PostgresPublications, Caller], Awaitable[Result]], tenant: str | None, by: str | None = None
) -> Result:
    """Do something with the packs that a tenant has published, as somebody of it. Raises Refused ``key_invalid``."""
    async with _tenant(tenant, by) as (database, vault, found):
        keys = await OperatorKeys.of(PostgresTenants(database, vault), Target(found.id, by))
        holder = await keys.find_key(known_login(Target(found.id, by)) or OPERATOR)
        if holder is None:
            raise Refused("key_invalid", f"The login of {by} is over: it expired or was revoked. Log in again: ombud login {by}")
        return await work(PostgresPublications(database), Caller.holding(holder))


async def with_past_cases(
    work: Callable[[PostgresPastCases, PostgresLibrary, str], Awaitable[Result]], tenant: str | None
) -> Result:
    """Do something with a tenant's past cases and the calendars that they ran on."""
    async with _tenant(tenant) as (database, vault, found):
        return await work(PostgresPastCases(database, vault), PostgresLibrary(database), found.id)


def put_away(case_id: str, tenant: str | None) -> tuple[str | None, int]:
    """Put a case into the archive; what keeps it (None: nothing), and how many bytes it has there.

    Raises ServiceFault ``tenant_unclear`` and ``tenant_unknown``, and AdministrationUnavailable.
    """
    return asyncio.run(_with_archive(tenant, lambda archive, chosen: archive.put_away(chosen, case_id)))


def brought_back(case_id: str, tenant: str | None) -> bool:
    """Bring a case back; False: it is not in the archive. Raises as :func:`put_away`, and ArchiveFault."""
    return asyncio.run(_with_archive(tenant, lambda archive, chosen: archive.bring_back(chosen, case_id)))


async def _with_archive(tenant: str | None, work: Callable[[Archive, str], Awaitable[Result]]) -> Result:
    async with _tenant(tenant) as (database, vault, found):
        return await work(Archive(database, vault, evidence_store(Settings())), found.id)


async def with_movers(work: Callable[[Movers], Awaitable[Result]], tenant: str | None) -> Result:
    """Do something with what takes cases of elsewhere over into a tenant, under the packs in force there."""
    async with _tenant(tenant) as (database, vault, found):
        publications = PostgresPublications(database)
        in_force = await publications.in_force(found.id)
        policies = await PublishedPacks().on(shelf(Settings()), in_force, partial(publications.text, found.id))
        return await work(Movers(database, vault, policies, found))


async def log_in_for_development(tenant: str | None, person: str | None) -> tuple[str, str, datetime] | None:
    """A key of a person's own, made on the spot: the tenant's id, the secret and until when it lives; None where nobody is named.

    Raises ServiceFault ``tenant_unclear``, ``tenant_unknown``, ``person_unknown``, and Refused ``login_needs_key`` outside
    development.
    """
    async with _tenant(tenant, named=person) as (database, vault, found):
        if person is None:
            return None
        return found.id, *(await development_key(PostgresTenants(database, vault), found, person))


@asynccontextmanager
async def _tenant(
    tenant: str | None, by: str | None = None, named: str | None = None
) -> AsyncIterator[tuple[Database, Vault, Tenant]]:
    places = find_places(Settings())
    vault = Vault.from_text(places.master_key)
    async with await Database.connect(places.database_url, admin_dsn=places.database_admin_url, max_size=2) as database:
        tenants = PostgresTenants(database, vault)
        holder = await (await OperatorKeys.of(tenants, Target(tenant, by, named))).find_key("")
        found = await tenants.tenant(holder.tenant_id) if holder else None
        assert found is not None  # the operator speaks for a tenant that is there
        yield database, vault, found
