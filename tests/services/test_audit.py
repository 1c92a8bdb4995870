"""Whoever runs Ombud is told what was checked and, one by one, what does not agree; heads are signed into a file they keep."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.audit import MEANS, sign_heads, verify
from storage.record import archive, audit, erasure_trail, heads, rights, surroundings, verdict
from storage.record.audit import PostgresAudit
from storage.record.heads import Signer, read_heads
from storage.tenants import PostgresTenants, Tenant
from tests.support.database import Server
from tests.support.worlds import World

pytestmark = pytest.mark.postgres


@pytest.fixture
async def case_id(world: World) -> str:
    return await world.case_with_words()


@pytest.fixture
async def neighbour(world: World) -> World:
    """Another tenant of the same database, with a case of its own."""
    tenant_id = f"{world.tenant_id}-next"
    await PostgresTenants(world.database, world.vault).create(Tenant(id=tenant_id, name="Next", development=True))
    made = World(world.database, world.vault, tenant_id)
    await made.staff()
    await made.case()
    return made


@asynccontextmanager
async def owner_of(server: Server, tenant_id: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """Somebody with the owner's password, who takes the guards away."""
    conn = await asyncpg.connect(server.owner_dsn)
    await conn.execute("ALTER TABLE facts DISABLE TRIGGER facts_never_change")
    await conn.fetchval("SELECT set_config('ombud.tenant', $1, false)", tenant_id)
    try:
        yield conn
    finally:
        await conn.execute("ALTER TABLE facts ENABLE TRIGGER facts_never_change")
        await conn.close()


async def signed(world: World, heads: Path) -> dict[str, Any]:
    """Heads signed with the key of earlier releases."""
    return await sign_heads(record_of(world), world.tenant_id, heads, Signer.of(world.vault))


def record_of(world: World) -> PostgresAudit:
    return PostgresAudit(world.database, world.vault)


class TestVerify:
    async def test_a_whole_record_is_told_with_how_much_was_looked_at(self, world: World, case_id: str) -> None:
        found = await verify(record_of(world), world.tenant_id, None)
        (facts,) = await self.counted(world)
        assert found == {"cases": 1, "facts": facts, "texts": 5, "heads": 0, "deeds": 0, "problems": []}

    async def counted(self, world: World) -> list[int]:
        async with world.database.tenant(world.tenant_id) as conn:
            return [await conn.fetchval("SELECT count(*) FROM facts")]

    async def test_each_problem_says_whose_case_it_is_and_which_fact(self, world: World, case_id: str, server: Server) -> None:
        async with owner_of(server, world.tenant_id) as conn:
            await conn.execute("UPDATE facts SET body = jsonb_set(body, '{actor,id}', '\"per_max\"') WHERE seq = 3")
        found = await verify(record_of(world), world.tenant_id, None)
        changed = next(problem for problem in found["problems"] if problem["code"] == "fact_changed")
        assert changed.keys() == {"tenant", "case_id", "code", "seq", "detail", "means", "next_step"}
        assert (changed["tenant"], changed["case_id"], changed["seq"]) == (world.tenant_id, case_id, 3)

    async def test_one_tenant_is_not_told_of_anothers(self, world: World, case_id: str, neighbour: World, server: Server) -> None:
        async with owner_of(server, neighbour.tenant_id) as conn:
            await conn.execute("UPDATE cases SET queue = 'elsewhere'")
        assert (await verify(record_of(world), world.tenant_id, None))["problems"] == []
        of_all = await verify(record_of(world), None, None)
        assert {problem["tenant"] for problem in of_all["problems"]} >= {neighbour.tenant_id}
        assert of_all["cases"] >= 2

    async def test_heads_kept_outside_are_counted_and_compared(
        self, world: World, case_id: str, server: Server, tmp_path: Path
    ) -> None:
        heads = tmp_path / "heads.jsonl"
        await signed(world, heads)
        assert (await verify(record_of(world), world.tenant_id, heads))["heads"] == 1
        async with owner_of(server, world.tenant_id) as conn:
            await conn.execute("DELETE FROM facts WHERE seq = (SELECT max(seq) FROM facts)")
        codes = {problem["code"] for problem in (await verify(record_of(world), world.tenant_id, heads))["problems"]}
        assert "facts_lost" in codes

    async def test_one_case_alone_and_only_those_that_moved(self, world: World, case_id: str) -> None:
        another = await world.case()
        assert (await verify(record_of(world), None, None, case=another))["cases"] == 1
        unknown = await verify(record_of(world), world.tenant_id, None, case="case_unknown")
        assert [problem["code"] for problem in unknown["problems"]] == ["case_missing"]
        async with world.database.tenant(world.tenant_id) as conn:
            moved_at = await conn.fetchval("SELECT updated_at FROM cases WHERE id = $1", another)
        found = await verify(record_of(world), world.tenant_id, None, since=moved_at)
        assert (found["cases"], found["problems"]) == (1, [])


def test_every_finding_has_its_words() -> None:
    sources = [
        Path(module.__file__ or "").read_text()
        for module in (archive, audit, erasure_trail, heads, rights, surroundings, verdict)
    ]
    codes = {
        code
        for source in sources
        for code in re.findall(r'(?:add|flaw|_flaw|Flaw|ArchiveFault)\((?:tenant, \w+, )?"([a-z_]+)"', source)
    }
    assert codes == MEANS.keys()


class TestSignHeads:
    async def test_what_is_told_is_what_lies_in_the_file(self, world: World, case_id: str, tmp_path: Path) -> None:
        heads = tmp_path / "heads.jsonl"
        assert await signed(world, heads) == {"signed": 2, "cases": 1, "file": str(heads), "problems": []}
        assert [(head.tenant, head.case_id) for _, head in read_heads(heads) if head] == [
            (world.tenant_id, i) for i in (case_id, "day")
        ]

    async def test_one_tenants_file_names_no_case_of_another(
        self, world: World, case_id: str, neighbour: World, tmp_path: Path
    ) -> None:
        heads = tmp_path / "heads.jsonl"
        await signed(world, heads)
        assert {head.tenant for _, head in read_heads(heads) if head} == {world.tenant_id}
        everybodys = tmp_path / "all.jsonl"
        await sign_heads(record_of(world), None, everybodys, Signer.of(world.vault), anew=True)
        assert neighbour.tenant_id in {head.tenant for _, head in read_heads(everybodys) if head}
