"""Migrations: once each, in order, and never changed afterwards."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest

from storage.postgres.migrate import FOLDER, MigrationFault, migrate, migrations, outstanding
from tests.support.database import Server

pytestmark = pytest.mark.postgres


async def test_second_run_does_nothing(server: Server) -> None:
    assert await migrate(server.owner_dsn) == []
    assert await outstanding(server.app_dsn) == []


async def test_changed_file_is_refused_by_its_checksum(server: Server, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "migrations")
    first = next(iter(sorted(folder.glob("*.sql"))))
    first.write_text(first.read_text() + "\n-- changed\n")
    with pytest.raises(MigrationFault) as fault:
        await migrate(server.owner_dsn, folder)
    assert fault.value.code == "migration_changed"


async def test_older_release_refuses_a_newer_database(server: Server, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "migrations")
    max(folder.glob("*.sql")).unlink()
    with pytest.raises(MigrationFault) as fault:
        await migrate(server.owner_dsn, folder)
    assert fault.value.code == "migration_unknown"


async def test_many_at_once_run_each_file_once(migrated: Server) -> None:
    copy = await migrated.copy()
    try:
        conn = await asyncpg.connect(copy.owner_dsn)
        await conn.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await conn.close()
        ran = await asyncio.gather(*(migrate(copy.owner_dsn) for _ in range(4)))
        assert sorted(map(len, ran)) == [0, 0, 0, len(migrations())]
    finally:
        await copy.drop()


async def test_failing_file_leaves_nothing_behind(server: Server, tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "migrations")
    (folder / "9000_pre_broken.sql").write_text("CREATE TABLE half (id text); SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(server.owner_dsn, folder)
    assert await outstanding(server.owner_dsn, folder) == ["9000_pre_broken.sql"]
    conn = await asyncpg.connect(server.owner_dsn)
    assert await conn.fetchval("SELECT to_regclass('half')") is None
    await conn.close()


def test_misnamed_and_doubled_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "0001_pre_a.sql").write_text("")
    (tmp_path / "0001_post_b.sql").write_text("")
    with pytest.raises(MigrationFault, match="share a number"):
        migrations(tmp_path)
    (tmp_path / "0001_post_b.sql").rename(tmp_path / "0002_later_b.sql")
    with pytest.raises(MigrationFault, match="name it"):
        migrations(tmp_path)
