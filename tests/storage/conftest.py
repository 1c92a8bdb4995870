"""The database fixtures, and one tenant's world on them."""

import pytest

from storage.inbox import PostgresInbox
from storage.pool import Database
from storage.records import PostgresRecords
from storage.vault import Vault
from tests.storage.builders import World
from tests.support.database import database, migrated, postgres_server, server, tenant_id, vault

__all__ = ["database", "migrated", "postgres_server", "server", "tenant_id", "vault"]


@pytest.fixture
async def world(database: Database, vault: Vault, tenant_id: str) -> World:
    """A tenant with its people."""
    made = World(database, vault, tenant_id, PostgresRecords(database), PostgresInbox(database, vault))
    await made.staff()
    return made
