"""After an erasure the destroyed keys are in none of the database's files, so that no copy of them made later has one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from storage.record.erased_files import left_at, rewrite
from storage.record.erasures import PostgresErasures, ToErase
from tests.support.database import Server
from tests.support.worlds import World, a_command, a_report, sql

pytestmark = pytest.mark.postgres
NUMBER = "QzNumberOfKim"
WITHIN = timedelta(seconds=10)


async def closed_case(world: World, number: str = NUMBER) -> str:
    case_id = await world.case(report=a_report(external_id=number))
    await world.record(case_id, a_command("withdraw", await world.claimant(case_id)))
    return case_id


async def erase(world: World, case_id: str) -> None:
    kept = PostgresErasures(world.database)
    async with world.database.deed(world.tenant_id) as conn:
        wanted = ToErase(case_id, None, "request", needs_second=False)
        made = await kept.ask(conn, world.tenant_id, wanted, "per_ola", "key_1")
        assert made is not None
        await kept.carry_out(conn, world.tenant_id, made, "per_ola", "key_1")


async def wrapped_of(world: World, case_id: str) -> list[bytes]:
    rows = await sql(world, "SELECT wrapped FROM keys WHERE tenant = $1 AND case_id = $2", world.tenant_id, case_id)
    return [row["wrapped"] for row in rows]


async def on_disk(server: Server) -> Path:
    """The folder of this database's files, with everything in it that was committed."""
    conn = await asyncpg.connect(server.owner_dsn)
    try:
        number = await conn.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
        # Whoever owns no server asks for a checkpoint so: the files are copied, so they are written first.
        await conn.execute("CREATE DATABASE written_out TEMPLATE template1 STRATEGY file_copy")
        await conn.execute("DROP DATABASE written_out")
    finally:
        await conn.close()
    (folder,) = server.postgres.log.parent.glob(f"data/base/{number}")
    return folder


def found_in(folder: Path, words: Iterable[bytes]) -> set[bytes]:
    files = [file.read_bytes() for file in folder.iterdir() if file.is_file()]
    return {word for word in words if any(word in file for file in files)}


async def all_rewritten(world: World) -> Collection[str]:
    """What is left; autovacuum may hold a table just now."""
    left = await rewrite(world.database)
    for _ in range(20):
        if not left:
            break
        left = await rewrite(world.database)
    return left


async def test_a_destroyed_key_is_in_no_file_of_the_database(world: World, server: Server) -> None:
    gone, stays = await closed_case(world), await closed_case(world, "of another")
    keys, others = await wrapped_of(world, gone), await wrapped_of(world, stays)
    words = {*keys, NUMBER.encode()}
    assert found_in(await on_disk(server), words) == words
    await erase(world, gone)
    assert {"keys", "cases", "commands"} <= (await left_at(server.app_dsn, WITHIN)).keys()
    assert await all_rewritten(world) == {}
    folder = await on_disk(server)
    assert found_in(folder, words) == set()
    assert await wrapped_of(world, stays) == others
    assert found_in(folder, others) == set(others), "what was not erased is there"
    assert await left_at(server.app_dsn, WITHIN) == {}


async def test_while_somebody_reads_by_an_older_snapshot_it_stays_marked(world: World, server: Server) -> None:
    case_id = await closed_case(world)
    keys = await wrapped_of(world, case_id)
    reader = await asyncpg.connect(server.owner_dsn)
    try:
        async with reader.transaction(isolation="repeatable_read"):
            await reader.fetchval("SELECT count(*) FROM tenants")
            await erase(world, case_id)
            # At once, in the same session: what it emptied itself it must count too.
            assert "keys" in await rewrite(world.database)
            assert found_in(await on_disk(server), keys) == set(keys)
    finally:
        await reader.close()
    assert await all_rewritten(world) == {}


async def test_a_table_that_somebody_holds_is_left_for_later(world: World, server: Server) -> None:
    case_id = await closed_case(world)
    await erase(world, case_id)
    reader = await asyncpg.connect(server.owner_dsn)
    try:
        async with reader.transaction():
            await reader.fetchval("SELECT count(*) FROM keys")
            assert set(await rewrite(world.database)) == {"keys"}
    finally:
        await reader.close()
    left = await left_at(server.app_dsn, WITHIN)
    assert left["keys"] < datetime.now(UTC)
    assert await all_rewritten(world) == {}
