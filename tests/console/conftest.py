"""The database fixtures, one tenant's office on them, and the console on that office."""

import pytest

from tests.api.conftest import database, log, migrated, office, postgres_server, server, tenant_id, vault
from tests.support.browsing import Lobby
from tests.support.office import Office

__all__ = ["database", "log", "migrated", "office", "postgres_server", "server", "tenant_id", "vault"]


@pytest.fixture
def lobby(office: Office) -> Lobby:
    """The console, on a development machine."""
    return Lobby(office)
