"""The database fixtures, and one tenant's world on them, for services that meet Postgres."""

import pytest

from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.database import database, migrated, postgres_server, server, tenant_id, vault
from tests.support.worlds import World

__all__ = ["database", "migrated", "postgres_server", "server", "tenant_id", "vault"]


@pytest.fixture
async def world(database: Database, vault: Vault, tenant_id: str) -> World:
    """A tenant with its people."""
    made = World(database, vault, tenant_id)
    await made.staff()
    return made
