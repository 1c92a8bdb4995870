"""What the application's role may do to each table, written down: whoever reads its password can do no more."""

from __future__ import annotations

import asyncpg
import pytest

from tests.support.database import Server

EVERYTHING = {"deadlines", "idempotency"}
"""Tables whose rows it also deletes: what is due, and kept answers."""
CHANGED = {
    "api_keys", "budgets", "cases", "effects", "intake_sources", "leases", "notices", "people", "pokes", "sanctions", "tenants",
    "webhook_endpoints",
}  # fmt: skip
"""Tables whose rows it adds and changes in whatever column."""
ADDED = {
    "calendar_versions", "calendars", "campaigns", "case_access", "chain_heads", "commands", "contents", "deliveries", "facts",
    "files", "keys", "pack_versions", "packs", "parties", "reads", "signing_keys", "trail",
}  # fmt: skip
"""Tables to whose rows it adds; of these it changes no more than the columns below."""
COLUMNS = {
    "campaigns": "closed_at closed_by",
    "commands": "answer answered_at status",
    "keys": "destroyed_at wrapped",
    "pack_versions": "approved_at approved_by approved_with",
    "packs": "body notices",
    "signing_keys": "revoked_at",
}
READ = {"schema_migrations", "tenant_ids"}

pytestmark = pytest.mark.postgres

TABLE_WIDE = """
SELECT c.relname AS name, (SELECT string_agg(a.privilege_type, ' ' ORDER BY a.privilege_type)
    FROM aclexplode(c.relacl) AS a JOIN pg_roles r ON r.oid = a.grantee WHERE r.rolname = 'ombud_app') AS verbs
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm') ORDER BY c.relname
"""
BY_COLUMN = """
SELECT c.relname AS name, string_agg(t.attname, ' ' ORDER BY t.attname) AS columns
FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid CROSS JOIN LATERAL aclexplode(t.attacl) AS a
JOIN pg_roles r ON r.oid = a.grantee
WHERE r.rolname = 'ombud_app' AND a.privilege_type = 'UPDATE' GROUP BY c.relname ORDER BY c.relname
"""


async def test_are_those_that_were_reviewed(server: Server, migrated: None) -> None:
    conn = await asyncpg.connect(server.owner_dsn)
    try:
        found = {row["name"]: row["verbs"] for row in await conn.fetch(TABLE_WIDE)}
        columns = {row["name"]: row["columns"] for row in await conn.fetch(BY_COLUMN)}
    finally:
        await conn.close()
    expected = {
        **dict.fromkeys(EVERYTHING, "DELETE INSERT SELECT UPDATE"),
        **dict.fromkeys(CHANGED, "INSERT SELECT UPDATE"),
        **dict.fromkeys(ADDED, "INSERT SELECT"),
        **dict.fromkeys(READ, "SELECT"),
    }
    assert (found, columns) == (expected, COLUMNS)
