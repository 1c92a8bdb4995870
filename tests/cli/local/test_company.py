"""The company of `ombud up`: made once with its people and a key, found again, and never mixed up with somebody's own tenant.

All of these are about one database, one after the other.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.local.company import (
    EARLIER,
    PEOPLE,
    TENANT,
    Company,
    found,
)
from policies.shelf import Shelf
from storage.postgres.pool import (
    Database,
)
from storage.postgres.vault import (
    Vault,
)
from storage.tenants import Person, PostgresTenants, Tenant

pytestmark = pytest.mark.postgres


@pytest.fixture
def tenants(database: Database, vault: Vault) -> PostgresTenants:
    """The tenants of the module's database."""
    return PostgresTenants(database, vault)


async def test_it_is_made_with_its_people_and_a_key_and_found_again(tenants: PostgresTenants, tmp_path: Path) -> None:
    made = await found(tenants, tmp_path)
    assert made is not None
    holder = await tenants.find_key(made.api_key)
    assert holder is not None
    assert (made.tenant, holder.tenant_id) == (TENANT, TENANT)
    assert {person.id for person in await tenants.people(TENANT)} == {person.id for person in PEOPLE}
    assert await found(tenants, tmp_path) == made == Company.read(tmp_path)
    assert (tmp_path / "company.json").stat().st_mode & 0o077 == 0


async def test_whoever_is_there_stays_as_they_are(tenants: PostgresTenants, tmp_path: Path) -> None:
    await tenants.put_person(TENANT, Person(id="per_ada", name="Ada Lovelace"))
    await found(tenants, tmp_path)
    assert {person.name for person in await tenants.people(TENANT)} >= {"Ada Lovelace", "Mara"}


async def test_a_key_that_was_disabled_is_replaced(tenants: PostgresTenants, tmp_path: Path) -> None:
    made = await found(tenants, tmp_path)
    assert made is not None
    holder = await tenants.find_key(made.api_key)
    assert holder is not None
    await tenants.disable_key(TENANT, holder.key_id)
    again = await found(tenants, tmp_path)
    assert again is not None
    assert again.api_key != made.api_key
    assert await tenants.find_key(again.api_key) is not None


async def test_a_tenant_of_that_name_that_is_no_development_tenant_is_left_alone(
    tenants: PostgresTenants, tmp_path: Path
) -> None:
    await tenants.create(Tenant(id=TENANT, name="Acme Ltd."))
    assert await found(tenants, tmp_path) is None
    assert Company.read(tmp_path) is None


async def test_that_of_an_earlier_release_goes_on_under_its_name_and_gets_the_people(
    tenants: PostgresTenants, tmp_path: Path
) -> None:
    await tenants.create(Tenant(id=EARLIER, name="Local", development=True))
    made = await found(tenants, tmp_path)
    assert made is not None
    assert made.tenant == EARLIER
    assert {person.id for person in await tenants.people(EARLIER)} == {person.id for person in PEOPLE}


def test_somebody_works_every_queue_of_every_kind() -> None:
    worked = {queue for person in PEOPLE for queue in person.queues}
    packs = Shelf.load(2026, None).packs.values()
    assert {queue for pack in packs for queue in (pack.queue, pack.appeal_queue)} <= worked
