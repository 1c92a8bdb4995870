"""The people of the demo, and the keys they speak with."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cli.demo.platform import DemoPlatform
from cli.kit.compose import prepare_database
from runtime.places import find_places
from runtime.settings import Settings
from storage.access.trail import note
from storage.intake.sources import PostgresSources, Provider
from storage.outside.endpoints import PostgresEndpoints, Purpose, noted
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.tenants import Person, PostgresTenants, Tenant

_BY = ("system", "operator")
"""By whom, for the audit trail."""
HOUR_FOR = 0.5
"""Seconds that an hour of the packs lasts in the demo's tenant."""
OTHER_SIDES = {
    "default_respondent": {"ref": "programme-nimbus", "name": "Nimbus security team", "email": "security@nimbus.example"},
    "default_merchant": {"ref": "acct_pawpatrol", "name": "Paw Patrol Boarding", "email": "desk@pawpatrol.example"},
}
"""Who is on the other side when a report does not say."""
PEOPLE = (
    Person(id="per_ada", name="Ada", email="ada@team.example", queues=("mediation",), manager="per_cleo", zone="Europe/Berlin"),
    Person(id="per_ben", name="Ben", email="ben@team.example", queues=("fraud",), manager="per_finn", zone="America/New_York"),
    Person(id="per_cleo", name="Cleo", email="cleo@team.example", roles=("lead",), queues=("appeals",), zone="Europe/Berlin"),
    Person(id="per_dana", name="Dana", email="dana@team.example", roles=("ops",), zone="UTC"),
)
NAMES = {person.id: person.name for person in PEOPLE}


STRIPE_SECRET = "whsec_demo_only"  # noqa: S105 - the demo is both ends of this signature
PAYPAL_WEBHOOK = "WH-DEMO-1"
PROVIDERS: tuple[tuple[Provider, str], ...] = (("stripe", STRIPE_SECRET), ("paypal", PAYPAL_WEBHOOK))


class Hired(NamedTuple):
    """What the story speaks with."""

    keys: dict[str, str]
    """The API key of each person, and of the platform."""
    sources: dict[str, str]
    """The id of each provider's intake source."""


async def hire(tenant: str, platform: DemoPlatform, settings: Settings, say: Callable[[str], None]) -> Hired:
    """Make the tenant, its people, its webhook endpoints and its intake sources."""
    places = find_places(settings)
    for name in await prepare_database(places):
        say(f"database: applied {name}")
    vault = Vault.from_text(places.master_key)
    keys: dict[str, str] = {}
    async with await Database.connect(places.database_url, admin_dsn=places.database_admin_url, max_size=2) as database:
        tenants = PostgresTenants(database, vault)
        await tenants.create(
            Tenant(id=tenant, name="Demo platform", development=True, time_scale=HOUR_FOR / 3600, settings=OTHER_SIDES),
            by=_BY,
        )
        for person in PEOPLE:
            await tenants.put_person(tenant, person, by=_BY)
            _, keys[person.id.removeprefix("per_")] = await tenants.create_key(
                tenant, name=person.name, person_id=person.id, by=_BY
            )
        _, keys["platform"] = await tenants.create_key(
            tenant, name="platform", scopes=("cases:read", "cases:write", "act_as:parties"), by=_BY
        )
        endpoints, sources = PostgresEndpoints(database, vault), PostgresSources(database, vault)
        purposes: tuple[Purpose, ...] = ("events", "remedies")
        for purpose in purposes:
            url = f"{platform.url}/{purpose}"
            async with database.deed(tenant) as deed:
                endpoint = await endpoints.create(tenant, url, purpose=purpose, conn=deed)
                more = noted(endpoint.id, url, purpose)
                await note(deed, tenant, deed="endpoint_added", about=endpoint.id, by=_BY[0], credential=_BY[1], more=more)
            platform.secrets[purpose] = endpoint.secret
        made = [await sources.create(tenant, provider, secret=secret, created_by="per_dana") for provider, secret in PROVIDERS]
    say(f"tenant {tenant}: one hour of the rules lasts {HOUR_FOR} s; people: {', '.join(NAMES.values())}")
    return Hired(keys, {source.provider: source.id for source in made})
