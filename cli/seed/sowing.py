"""The company and its cases, put together on this machine's database: what ``ombud up`` and ``ombud seed`` do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from activities.lookups import Lookups
from activities.record import RecordActivities
from cli.kit.compose import evidence_store, shelf
from cli.seed import harbor
from cli.seed.plan import HARBOR
from cli.seed.writer import Desk, Made, Seeder
from domain.base import Side
from domain.worktime.calculator import zone_data_version
from policies.published import PublishedPacks
from runtime.errors import ServiceFault
from runtime.places import Places
from runtime.settings import Settings
from services.errors import OperatorRefused
from storage.access.party_links import PostgresPartyLinks
from storage.intake.evidence import PostgresEvidenceFiles, PostgresFiles
from storage.intake.inbox import PostgresInbox
from storage.intake.opening import PostgresIntake
from storage.policies.library import PostgresLibrary
from storage.policies.publications import PostgresPublications
from storage.postgres.pool import Database
from storage.postgres.server import count_anew
from storage.postgres.vault import Vault
from storage.record.other_cases import PostgresOtherCases
from storage.record.records import PostgresRecords
from storage.record.sanctions import PostgresSanctions
from storage.team.roster import PostgresRoster
from storage.tenants import PostgresTenants, Tenant
from storage.views.cases import CaseFilter, PostgresViews
from workers.policies import ShelfPolicies

SEED = 7
"""The number that all chance follows from, unless another one is named."""


async def sow(
    places: Places,
    settings: Settings,
    *,
    tenant: str = harbor.TENANT,
    cases: int = HARBOR,
    seed: int = SEED,
    say: Callable[[int], None] = lambda done: None,
) -> Made:
    """Until the tenant has so many made-up cases; what it has stays as it is.

    Harbor itself is made where it is missing. Raises :class:`OperatorRefused` ``tenant_not_development``, and ServiceFault
    ``tenant_unknown`` for another one that is not there.
    """
    vault = Vault.from_text(places.master_key)
    async with await Database.connect(places.database_url, admin_dsn=places.database_admin_url, max_size=6) as database:
        publications = PostgresPublications(database)
        company = await _company(PostgresTenants(database, vault), publications, tenant)
        links, views = PostgresPartyLinks(database, vault), PostgresViews(database, vault)
        if await _complete(PostgresIntake(database, vault), tenant, cases):
            return Made(known=cases, ways_in=await ways_in(links, views, tenant))
        in_force = await publications.in_force(tenant)
        policies = await PublishedPacks().on(shelf(settings), in_force, partial(publications.text, tenant))
        lookups = Lookups(
            PostgresRoster(database),
            ShelfPolicies(lambda: policies, PostgresLibrary(database), publications),
            PostgresSanctions(database),
            PostgresOtherCases(database),
            PostgresEvidenceFiles(database),
        )
        inbox = PostgresInbox(database, vault)
        desk = Desk(
            shelf=policies,
            intake=PostgresIntake(database, vault),
            inbox=inbox,
            recorder=RecordActivities(PostgresRecords(database), inbox, zone_data_version(), lookups=lookups),
            files=PostgresFiles(database, vault, evidence_store(settings)),
            views=PostgresViews(database, vault),
        )
        made = await Seeder(desk, company).up_to(cases, datetime.now(UTC), seed, say)
        await count_anew(places.database_owner_url)
        return replace(made, ways_in=await ways_in(links, views, tenant))


async def ways_in(links: PostgresPartyLinks, views: PostgresViews, tenant: str) -> tuple[tuple[str, str], ...]:
    """Where the pages of parties can be tried: a new link for each side of one payment that they settle; none: nobody does.
    One in which the claimant has an offer to answer comes first: there is something to press."""
    settling = CaseFilter(kind="payment_dispute", phases=("settlement",), status="open")
    found = [row.case for row in await views.cases(tenant, settling, limit=100) if row.case is not None]
    for case in sorted(found, key=lambda one: one.offer is None or one.offer.side is not Side.RESPONDENT):
        both = [case.principals(side)[0] for side in Side if case.principals(side)]
        if len(both) == 2:
            made = [(one.side.value, await links.create(tenant, case.id, one.id, "team")) for one in both]
            return tuple((side, f"/l/{secret}") for side, secret in made)
    return ()


async def _company(tenants: PostgresTenants, publications: PostgresPublications, name: str) -> Tenant:
    try:
        if name == harbor.TENANT:
            return await harbor.founded(tenants, publications)
        found = await tenants.tenant(name)
        if found is None:
            raise ServiceFault(
                "tenant_unknown",
                f"There is no tenant '{name}'. Make one with `ombud tenant create ID --name NAME --hour-lasts 3600`.",
            )
        harbor.check(found)
    except harbor.NoDevelopment as refused:
        raise OperatorRefused(refused.code, str(refused)) from refused
    return found


async def _complete(intake: PostgresIntake, tenant: str, cases: int) -> bool:
    """Whether the last one is here: then all are, and no pack need be read to know it."""
    names = [f"HBR-{number:06d}" for number in range(max(1, cases - 500), cases + 1)]
    return len(await intake.known_among(tenant, harbor.SOURCE, names)) == len(names)
