"""The audit trail: numbered without gaps, chained, never changed, on disk with its deed or not at all."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.doctor import judged_trails
from services.errors import refusal_of
from storage.access.trail import PostgresTrail, Sought, TrailNotWhole, note
from storage.record.audit import PostgresAudit, trails
from storage.record.heads import Signer
from storage.record.signing import Signing
from tests.support.database import Server
from tests.support.worlds import World

pytestmark = pytest.mark.postgres


async def noted(world: World, about: str = "key_1", **more: Any) -> int:
    async with PostgresTrail(world.database).deed(world.tenant_id) as conn:
        return await note(conn, world.tenant_id, deed="source_added", about=about, by="per_ola", credential="key_9", more=more)


async def flaws(world: World, heads: Path | None = None) -> set[tuple[str, str, int]]:
    verdict = await PostgresAudit(world.database, world.vault).verify(world.tenant_id, heads=heads)
    return {(flaw.case_id, flaw.what, flaw.seq) for flaw in verdict.flaws}


async def tampered(server: Server, tenant_id: str, statement: str) -> None:
    """Somebody with the owner's password, who takes the guards away."""
    conn = await asyncpg.connect(server.owner_dsn)
    await conn.execute("ALTER TABLE trail DISABLE TRIGGER USER")
    await conn.fetchval("SELECT set_config('ombud.tenant', $1, false)", tenant_id)
    assert await conn.execute(statement) != "UPDATE 0"
    await conn.execute("ALTER TABLE trail ENABLE TRIGGER USER")
    await conn.close()


class TestNumbers:
    async def test_many_at_once_leave_no_gap_and_one_chain(self, world: World) -> None:
        numbers = await asyncio.gather(*(noted(world, f"key_{n}", scopes=["cases:read"], cases=n) for n in range(12)))
        assert sorted(numbers) == list(range(1, 13))
        verdict = await PostgresAudit(world.database, world.vault).verify(world.tenant_id)
        assert (verdict.intact, verdict.deeds) == (True, 12)

    async def failing(self, world: World, trail: PostgresTrail) -> None:
        async with trail.deed(world.tenant_id) as conn:
            await note(conn, world.tenant_id, deed="source_deleted", about="key_1", by="per_ola", credential="key_9", more={})
            raise RuntimeError

    async def test_a_deed_that_fails_leaves_neither_note_nor_gap(self, world: World) -> None:
        await noted(world)
        trail = PostgresTrail(world.database)
        with pytest.raises(RuntimeError):
            await self.failing(world, trail)
        assert await noted(world) == 2
        assert [entry.deed for entry in await trail.listed(world.tenant_id, 10)] == ["source_added", "source_added"]

    async def test_listed_from_the_newest_on_and_by_whom_it_is_about(self, world: World) -> None:
        for about in ("key_1", "key_2", "key_1"):
            await noted(world, about)
        trail = PostgresTrail(world.database)
        assert [entry.seq for entry in await trail.listed(world.tenant_id, 2)] == [3, 2]
        assert [entry.seq for entry in await trail.listed(world.tenant_id, 2, before=2)] == [1]
        assert [entry.seq for entry in await trail.listed(world.tenant_id, 9, Sought(about="key_1"))] == [3, 1]


class TestWhatNobodyCanRead:
    """Of an installation in which somebody wrote past Ombud before the database looked at each entry."""

    FORGED = (
        "INSERT INTO trail (tenant, seq, at, deed, about, actor_id, credential, body, hash, prev_hash)"
        " VALUES (current_setting('ombud.tenant'), {seq}, now(), 'endpoint_disabled', 'whk_x', 'system', 'system',"
        " '{{\"deed\": \"endpoint_disabled\"}}', '', '')"
    )

    async def test_is_listed_with_what_its_columns_say(self, world: World, server: Server) -> None:
        await noted(world)
        await tampered(server, world.tenant_id, self.FORGED.format(seq=2))
        last, first = await PostgresTrail(world.database).listed(world.tenant_id, 10)
        assert (last.seq, last.deed, last.about, last.by, last.more) == (
            2, "endpoint_disabled", "whk_x", "system", {"unreadable": True}
        )  # fmt: skip
        assert first.deed == "source_added"
        found = judged_trails(await trails(world.database))
        assert (found.verdict, world.tenant_id in found.found) == ("fail", True)

    async def test_the_highest_number_is_told_as_what_it_is(self, world: World, server: Server) -> None:
        await tampered(server, world.tenant_id, self.FORGED.format(seq=2**63 - 1))
        with pytest.raises(TrailNotWhole) as told:
            await noted(world)
        refusal = refusal_of(told.value)
        assert refusal is not None
        assert refusal.code == "trail_not_whole"


class TestNobodyChangesOne:
    @pytest.mark.parametrize("statement", ["UPDATE trail SET deed = 'x'", "DELETE FROM trail", "TRUNCATE trail"])
    async def test_the_application_cannot(self, world: World, statement: str) -> None:
        await noted(world)
        async with world.database.tenant(world.tenant_id) as conn:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(statement)

    async def test_another_tenant_sees_none_of_it(self, world: World) -> None:
        await noted(world)
        async with world.database.tenant("somebody-else") as conn:
            assert await conn.fetchval("SELECT count(*) FROM trail") == 0

    @pytest.mark.parametrize(
        ("change", "found"),
        [
            (
                """UPDATE trail SET body = body || '{"by": "per_mia"}' WHERE seq = 2""",
                {("fact_changed", 2), ("columns_differ", 2)},
            ),
            ("UPDATE trail SET actor_id = 'per_mia' WHERE seq = 2", {("columns_differ", 2)}),
            ("UPDATE trail SET prev_hash = 'x' WHERE seq = 2", {("chain_broken", 2), ("fact_changed", 2)}),
            ("DELETE FROM trail WHERE seq = 2", {("fact_missing", 2)}),
        ],
    )
    async def test_the_owner_is_found_out(self, world: World, server: Server, change: str, found: set[tuple[str, int]]) -> None:
        for _ in range(3):
            await noted(world)
        await tampered(server, world.tenant_id, change)
        assert await flaws(world) == {("trail", what, seq) for what, seq in found}

    async def test_what_was_signed_is_missed_when_it_is_gone(self, world: World, server: Server, tmp_path: Path) -> None:
        for _ in range(3):
            await noted(world)
        audit, heads = PostgresAudit(world.database, world.vault), tmp_path / "heads.jsonl"
        signing = Signing(audit, Signer.of(world.vault))
        assert (await signing.sign(heads, world.tenant_id)).heads == 2, "and the one of the day"
        assert (await signing.sign(heads, world.tenant_id)).heads == 1, "it has not moved"
        assert await flaws(world, heads) == set()
        await tampered(server, world.tenant_id, "DELETE FROM trail WHERE seq = 3")
        assert await flaws(world) == set(), "a chain that was cut off is a chain"
        assert await flaws(world, heads) == {("trail", "facts_lost", 3)}
