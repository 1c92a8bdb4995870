"""The fixtures of the real server and of the real database."""

from tests.support.database import database, migrated, postgres_server, server, tenant_id, vault
from tests.support.logged import lines
from tests.support.temporal import client, house, temporal_program, temporal_server

__all__ = [
    "client", "database", "house", "lines", "migrated", "postgres_server", "server", "temporal_program", "temporal_server",
    "tenant_id", "vault",
]  # fmt: skip
