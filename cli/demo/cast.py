"""The people of the demo, and the keys they speak with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.compose import prepare_database
from runtime.places import find_places
from runtime.settings import Settings
from storage.pool import Database
from storage.tenants import Person, PostgresTenants, Tenant
from storage.vault import Vault

if TYPE_CHECKING:
    from cli.demo.stage import Stage

PEOPLE = (
    Person(id="per_ada", name="Ada", email="ada@team.example", queues=("mediation",), manager="per_cleo", zone="Europe/Berlin"),
    Person(id="per_ben", name="Ben", email="ben@team.example", queues=("fraud",), manager="per_finn", zone="America/New_York"),
    Person(id="per_cleo", name="Cleo", email="cleo@team.example", roles=("lead",), queues=("appeals",), zone="Europe/Berlin"),
    Person(id="per_dana", name="Dana", email="dana@team.example", roles=("ops",), zone="UTC"),
)
NAMES = {person.id: person.name for person in PEOPLE}


async def hire(stage: Stage, settings: Settings) -> None:
    """Make the tenant, its people, their keys and its webhook endpoints."""
    places = find_places(settings)
    for name in await prepare_database(places):
        stage.say(f"database: applied {name}")
    from cli.demo.stage import HOUR_FOR

    vault = Vault.from_text(places.master_key)
    async with await Database.connect(places.database_url, min_size=1, max_size=2) as database:
        tenants = PostgresTenants(database, vault)
        respondent = {"ref": "programme-nimbus", "name": "Nimbus security team", "email": "security@nimbus.example"}
        merchant = {"ref": "acct_pawpatrol", "name": "Paw Patrol Boarding", "email": "desk@pawpatrol.example"}
        await tenants.create(
            Tenant(
                id=stage.tenant,
                name="Demo platform",
                development=True,
                time_scale=HOUR_FOR / 3600,
                settings={"default_respondent": respondent, "default_merchant": merchant},
            )
        )
        for person in PEOPLE:
            await tenants.put_person(stage.tenant, person)
            _, stage.keys[person.id.removeprefix("per_")] = await tenants.create_key(
                stage.tenant, name=person.name, person_id=person.id
            )
        _, stage.keys["platform"] = await tenants.create_key(
            stage.tenant, name="platform", scopes=("cases:read", "cases:write", "act_as")
        )
        for purpose in ("events", "remedies"):
            endpoint = await tenants.create_endpoint(stage.tenant, f"{stage.platform.url}/{purpose}", purpose=purpose)
            stage.platform.secrets[purpose] = endpoint.secret
    stage.say(f"tenant {stage.tenant}: one hour of the rules lasts {HOUR_FOR} s; people: {', '.join(NAMES.values())}")
