"""The command line on a database of its own, in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.database import Server, database, migrated, postgres_server, server, tenant_id, vault
from tests.support.office import Office
from tests.support.shell import Shell

__all__ = ["database", "migrated", "postgres_server", "server", "tenant_id", "vault"]


@pytest.fixture
def shell(server: Server, tmp_path: Path) -> Shell:
    """A shell on the module's database."""
    return Shell(server, tmp_path)


@pytest.fixture
async def office(database: Database, vault: Vault, tenant_id: str) -> Office:
    """A tenant with its people and keys."""
    made = Office(database, vault, tenant_id)
    await made.hire()
    return made
