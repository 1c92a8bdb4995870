"""What was destroyed goes from the database's files too: tables that an erasure emptied are written anew, without it.

Postgres leaves the earlier version of a row where it was until the place is used again, and ``VACUUM`` does not wipe it. A copy
of the files made after an erasure could still have the key that it destroyed. See migration 0086.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import asyncpg

from storage.postgres.pool import AWAY, AdministrationUnavailable, Database
from storage.postgres.primary import connect
from storage.postgres.server import ServerAway

AT_ONCE = 64 * 1024 * 1024
"""Bytes: a table up to this is written anew with the erasure itself. Nobody reads or writes it meanwhile, for a second."""
AT_NIGHT = 1024**4
"""Bytes: the daily job does any table of keys or of mail; it takes a second for each 50 MB or so."""
KEYS = frozenset({"keys", "unplaced", "orders"})
"""Tables of keys: with one of theirs and the master key everything under it reads again."""
WITHIN = timedelta(minutes=20)

_NOT_NOW: tuple[type[Exception], ...] = (*AWAY, asyncpg.PostgresError, AdministrationUnavailable)

DUE = "SELECT table_name, since FROM erased_files ORDER BY table_name"
REWRITE = "SELECT rewrite_erased($1, $2)"


async def rewrite(database: Database, *, at_night: bool = False) -> Mapping[str, datetime]:
    """Write anew what may still hold something destroyed; the tables that are left, and since when.

    Left are tables that are too large, that somebody holds, or of which somebody reads by a snapshot of before. It is done
    after the erasure is on disk, so it raises nothing: what is left stays marked, and the daily job or the next one does it.
    """
    try:
        for name in await _due(database):
            await _one(database, name, AT_NIGHT if at_night and name in KEYS else AT_ONCE)
        return await _due(database)
    except _NOT_NOW:
        return {}


async def left_at(dsn: str, patience: timedelta) -> Mapping[str, datetime]:
    """The tables that may still hold something destroyed, since when. Raises ServerAway."""
    seconds = patience.total_seconds()
    try:
        connection = await connect(dsn, timeout=seconds, command_timeout=seconds)
        try:
            return {row["table_name"]: row["since"] for row in await connection.fetch(DUE)}
        finally:
            await connection.close(timeout=seconds)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise ServerAway(str(error) or type(error).__name__) from error


async def _due(database: Database) -> Mapping[str, datetime]:
    async with database.nobody() as conn:
        return {row["table_name"]: row["since"] for row in await conn.fetch(DUE)}


async def _one(database: Database, name: str, at_most: int) -> None:
    try:
        async with database.upkeep() as conn:
            # What this session itself emptied a moment ago is still to be counted; ANALYZE would take it off what it sees.
            await conn.execute("SELECT pg_stat_force_next_flush()")
            await conn.fetchval(REWRITE, name, at_most, timeout=WITHIN.total_seconds())
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
        return
