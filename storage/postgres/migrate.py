"""Brings a database to the newest schema: numbered SQL files, each run once, in order, by the owner role."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from storage.postgres.primary import connect

FOLDER = Path(__file__).parents[1] / "migrations"

_LOCK = "SELECT pg_advisory_lock(hashtext('ombud.migrations'))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('ombud.migrations'))"
_TABLE = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number bigint PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
_APPLIED = "SELECT number, name, checksum FROM schema_migrations ORDER BY number"
_NOTE = "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)"
_ROLES = {"ombud_app": ("app_role_missing", "application"), "ombud_admin": ("admin_role_missing", "administrator's")}
"""The roles that have to be there, with the code and the name of each that is not."""
_THERE = "SELECT rolname FROM pg_roles WHERE rolname = ANY($1)"
# A migration that waits for a lock stops everybody behind it: rather give up and be run again.
_TIMEOUTS = "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = '10min'"


class MigrationFault(Exception):
    """The schema cannot be brought up to date. ``code`` is stable; the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{message} [{code}]")
        self.code = code


@dataclass(frozen=True)
class Migration:
    """One numbered file."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file as it was run."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def before_code(self) -> bool:
        """Whether it runs before the new code is rolled out (``pre``) or after (``post``)."""
        return "_pre_" in self.name


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """The files of a folder in order. Raises MigrationFault when two share a number or one is misnamed."""
    found: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        number, _, rest = path.stem.partition("_")
        if not number.isdigit() or not rest.startswith(("pre_", "post_")):
            raise MigrationFault("migration_misnamed", f"{path.name}: name it 0001_pre_what.sql or 0001_post_what.sql.")
        if int(number) in found:
            raise MigrationFault("migration_number_twice", f"{path.name} and {found[int(number)].name} share a number.")
        found[int(number)] = Migration(int(number), path.name, path.read_text(encoding="utf-8"))
    return [found[number] for number in sorted(found)]


async def migrate(owner_dsn: str, folder: Path = FOLDER) -> list[str]:
    """Run what has not been run yet and return its names; nothing to do is no error.

    Whoever comes second waits. Raises MigrationFault (``migration_changed``, ``migration_unknown``, ``app_role_missing``,
    ``admin_role_missing``).
    """
    conn = await connect(owner_dsn)
    try:
        await conn.execute(_LOCK)
        await conn.execute(_TABLE)
        todo = _outstanding(migrations(folder), await conn.fetch(_APPLIED))
        for migration in todo:
            await _run(conn, migration)
        await conn.execute(_UNLOCK)
        return [migration.name for migration in todo]
    finally:
        await conn.close()


async def outstanding(dsn: str, folder: Path = FOLDER) -> list[str]:
    """The names of what has not been run yet, changing nothing (for ``doctor`` and readiness)."""
    conn = await connect(dsn)
    try:
        there = await conn.fetchval("SELECT to_regclass('schema_migrations') IS NOT NULL")
        applied = await conn.fetch(_APPLIED) if there else []
        return [migration.name for migration in _outstanding(migrations(folder), applied)]
    finally:
        await conn.close()


def _outstanding(known: list[Migration], applied: list[asyncpg.Record]) -> list[Migration]:
    by_number = {migration.number: migration for migration in known}
    for row in applied:
        migration = by_number.pop(row["number"], None)
        if migration is None:
            raise MigrationFault(
                "migration_unknown", f"The database has run {row['name']}, which this release does not know: use a newer release."
            )
        if migration.checksum != row["checksum"]:
            raise MigrationFault(
                "migration_changed",
                f"{migration.name} was changed after it was run: restore it, and put the change into a new file.",
            )
    return list(by_number.values())


async def _run(conn: asyncpg.Connection[asyncpg.Record], migration: Migration) -> None:
    try:
        async with conn.transaction():
            await conn.execute(_TIMEOUTS)
            await conn.execute(migration.sql)
            await conn.execute(_NOTE, migration.number, migration.name, migration.checksum)
    except asyncpg.InsufficientPrivilegeError as error:
        there = {row["rolname"] for row in await conn.fetch(_THERE, list(_ROLES))}
        missing = [role for role in _ROLES if role not in there]
        if not missing:
            raise
        code, name = _ROLES[missing[0]]
        raise MigrationFault(
            code, f"Make the {name} role first: CREATE ROLE {missing[0]} LOGIN NOBYPASSRLS PASSWORD '…'."
        ) from error
