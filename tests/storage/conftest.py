"""The database fixtures, and one tenant's world on them."""

import pytest

from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.database import database, migrated, postgres_server, server, tenant_id, vault
from tests.support.worlds import Life, MemoryWorld, World

__all__ = ["database", "migrated", "postgres_server", "server", "tenant_id", "vault"]


@pytest.fixture
async def world(database: Database, vault: Vault, tenant_id: str) -> World:
    """A tenant with its people."""
    made = World(database, vault, tenant_id)
    await made.staff()
    return made


@pytest.fixture
async def memory_world() -> MemoryWorld:
    """A tenant with its people, without a database."""
    made = MemoryWorld()
    await made.staff()
    return made


@pytest.fixture(
    params=[pytest.param("world", marks=pytest.mark.postgres, id="postgres"), pytest.param("memory_world", id="memory")]
)
def life(request: pytest.FixtureRequest) -> Life:
    """Both worlds, one after the other: what holds for one holds for the other."""
    found: Life = request.getfixturevalue(request.param)
    return found
