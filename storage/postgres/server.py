"""How the database server stands, for whoever runs Ombud: its version, our role on it, and whether it may lose commits."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

import asyncpg

from storage.postgres.primary import connect

_FACTS = """
SELECT current_setting('server_version_num')::int AS version, current_user::text AS role,
       (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user) AS sees_all_tenants,
       current_setting('fsync') = 'off' OR current_setting('synchronous_commit') = 'off' AS may_lose_commits,
       to_regclass('public.schema_migrations') IS NOT NULL AS migrated,
       coalesce(has_table_privilege(to_regclass('public.api_keys'), 'INSERT'), false) AS may_administer
"""


class ServerAway(Exception):
    """The server did not answer, or did not let us in; the text says how."""


class ServerFacts(NamedTuple):
    """What a server says of itself and of our role."""

    version: int
    """As Postgres numbers it: 150004 is 15.4."""
    role: str
    sees_all_tenants: bool
    """Row-level security does not bind the role."""
    may_lose_commits: bool
    """It confirms what is not on disk yet."""
    migrated: bool
    may_administer: bool
    """The role can make API keys, and with them whatever administrators can."""


async def server_facts(dsn: str, patience: timedelta) -> ServerFacts:
    """What the server at ``dsn`` says; nothing is changed. Raises ServerAway when it has not answered in time, or refused."""
    seconds = patience.total_seconds()
    try:
        connection = await connect(dsn, timeout=seconds, command_timeout=seconds)
        try:
            row = await connection.fetchrow(_FACTS)
        finally:
            await connection.close(timeout=seconds)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise ServerAway(str(error) or type(error).__name__) from error
    assert row is not None  # a query without FROM has one row
    return ServerFacts(*row)


async def count_anew(owner_dsn: str) -> None:
    """Have the server count what its tables hold (``ANALYZE``), as is due after a bulk load: until then it plans as if they were
    as empty as before. It is for the owner to ask: tables of others are passed over without an error.
    """
    connection = await connect(owner_dsn)
    try:
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
