"""The database fixtures, and one tenant's office on them, as the API's tests have them."""

from tests.api.conftest import database, log, migrated, office, postgres_server, server, stranger, tenant_id, vault

__all__ = ["database", "log", "migrated", "office", "postgres_server", "server", "stranger", "tenant_id", "vault"]
