"""The people of the demo, and the keys they speak with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from cli.demo.platform import DemoPlatform
from cli.kit.compose import prepare_database
from runtime.places import find_places
from runtime.settings import Settings
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.tenants import Person, PostgresTenants, Tenant

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


async def hire(tenant: str, platform: DemoPlatform, settings: Settings, say: Callable[[str], None]) -> dict[str, str]:
    """Make the tenant, its people and its webhook endpoints; the API key of each person and of the platform."""
    places = find_places(settings)
    for name in await prepare_database(places):
        say(f"database: applied {name}")
    vault = Vault.from_text(places.master_key)
    keys: dict[str, str] = {}
    async with await Database.connect(places.database_url, min_size=1, max_size=2) as database:
        tenants = PostgresTenants(database, vault)
        await tenants.create(
            Tenant(id=tenant, name="Demo platform", development=True, time_scale=HOUR_FOR / 3600, settings=OTHER_SIDES)
        )
        for person in PEOPLE:
            await tenants.put_person(tenant, person)
            _, keys[person.id.removeprefix("per_")] = await tenants.create_key(tenant, name=person.name, person_id=person.id)
        _, keys["platform"] = await tenants.create_key(
            tenant, name="platform", scopes=("cases:read", "cases:write", "act_as:parties")
        )
        purposes: tuple[Literal["events", "remedies"], ...] = ("events", "remedies")
        for purpose in purposes:
            endpoint = await tenants.create_endpoint(tenant, f"{platform.url}/{purpose}", purpose=purpose)
            platform.secrets[purpose] = endpoint.secret
    say(f"tenant {tenant}: one hour of the rules lasts {HOUR_FOR} s; people: {', '.join(NAMES.values())}")
    return keys
