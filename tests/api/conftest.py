"""The database fixtures, and one tenant's office on them."""

from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import LogCapture

from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.database import database, migrated, postgres_server, server, tenant_id, vault
from tests.support.office import Office

__all__ = ["database", "migrated", "postgres_server", "server", "tenant_id", "vault"]


@pytest.fixture
async def office(database: Database, vault: Vault, tenant_id: str) -> Office:
    """A tenant with its people and keys."""
    made = Office(database, vault, tenant_id)
    await made.hire()
    return made


@pytest.fixture
async def stranger(database: Database, vault: Vault, tenant_id: str) -> Office:
    """Another tenant on the same database."""
    made = Office(database, vault, f"{tenant_id}-other")
    await made.hire()
    return made


@pytest.fixture(autouse=True)
def log() -> Iterator[LogCapture]:
    """What is logged; nothing is printed, which would take longer than all the rest."""
    capture = LogCapture()
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[capture])
    yield capture
    structlog.configure(processors=before)
