"""The database fixtures, and on them one tenant's office, as the API's tests have it, or its world."""

import pytest

from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.api.conftest import database, log, migrated, office, postgres_server, server, stranger, tenant_id, vault
from tests.support.worlds import World

__all__ = ["database", "log", "migrated", "office", "postgres_server", "server", "stranger", "tenant_id", "vault"]


@pytest.fixture
async def world(database: Database, vault: Vault, tenant_id: str) -> World:
    """A tenant with its people."""
    made = World(database, vault, tenant_id)
    await made.staff()
    return made
