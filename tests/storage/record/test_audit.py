"""The audit: an untouched record passes, and every way of touching it shows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from domain.model.case import FORM
from domain.model.chain import link, root
from storage.record.audit import PostgresAudit
from storage.record.heads import Signer, read_heads
from storage.record.signing import Signing
from tests.support.database import Server
from tests.support.worlds import World, a_command

pytestmark = pytest.mark.postgres


@pytest.fixture
async def case_id(world: World) -> str:
    return await world.case_with_words()


@asynccontextmanager
async def master(server: Server, tenant_id: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """Somebody with the owner's password, who takes the guards away."""
    conn = await asyncpg.connect(server.owner_dsn)
    await conn.execute("ALTER TABLE facts DISABLE TRIGGER facts_never_change")
    await conn.fetchval("SELECT set_config('ombud.tenant', $1, false)", tenant_id)
    try:
        yield conn
    finally:
        await conn.execute("ALTER TABLE facts ENABLE TRIGGER facts_never_change")
        await conn.close()


async def sign(world: World, heads: Path) -> int:
    """Sign what moved; how many lines, the one of the day apart."""
    audit = PostgresAudit(world.database, world.vault)
    told = await Signing(audit, Signer.of(world.vault)).sign(heads, world.tenant_id)
    assert told.flaws == []
    return told.heads - 1


async def found(world: World, heads: Path | None = None) -> set[str]:
    verdict = await PostgresAudit(world.database, world.vault).verify(world.tenant_id, heads=heads)
    assert verdict.intact == (not verdict.flaws)
    return {flaw.what for flaw in verdict.flaws}


async def test_untouched_record_is_intact(world: World, case_id: str) -> None:
    verdict = await PostgresAudit(world.database, world.vault).verify(world.tenant_id)
    assert (verdict.intact, verdict.cases) == (True, 1)
    assert verdict.facts > 3


async def test_one_case_is_looked_at_alone(world: World, case_id: str, server: Server) -> None:
    other = await world.case()
    async with master(server, world.tenant_id) as conn:
        await conn.execute("UPDATE facts SET at = at + interval '1 s' WHERE seq = 2 AND case_id = $1", case_id)
    audit = PostgresAudit(world.database, world.vault)
    touched, whole = await audit.verify_case(world.tenant_id, case_id), await audit.verify_case(world.tenant_id, other)
    assert {flaw.what for flaw in touched.flaws} == {"columns_differ"}
    assert whole.intact
    assert (whole.cases, len(whole.head)) == (1, 64)
    assert whole.facts > 0
    assert (await audit.verify_case("another", other)).cases == 0


async def test_case_that_waits_to_be_opened_is_intact(world: World) -> None:
    await world.opened()
    assert await found(world) == set()


@pytest.mark.parametrize(
    ("statement", "flaws"),
    [
        (
            "UPDATE facts SET body = jsonb_set(body, '{actor,id}', '\"per_max\"') WHERE seq = 3",
            {"fact_changed", "columns_differ"},
        ),
        ("UPDATE facts SET at = at + interval '1 s' WHERE seq = 2", {"columns_differ"}),
        ("DELETE FROM facts WHERE seq = 2", {"fact_missing", "head_differs"}),
        ("DELETE FROM facts WHERE seq = (SELECT max(seq) FROM facts)", {"head_differs", "state_differs", "projection_differs"}),
        ("UPDATE facts SET prev_hash = 'x' WHERE seq = 2", {"chain_broken", "fact_changed"}),
        ("UPDATE cases SET state = jsonb_set(state, '{owner}', '\"per_max\"')", {"state_differs"}),
        ("UPDATE cases SET queue = 'elsewhere'", {"projection_differs"}),
        ("UPDATE deadlines SET due_at = due_at + interval '1 day'", {"deadlines_differ"}),
        ("DELETE FROM deadlines", {"deadlines_differ"}),
        ("UPDATE facts SET body = body - 'fact' WHERE seq = 1", {"fact_changed", "unreadable"}),
    ],
)
async def test_tampering_shows(world: World, case_id: str, server: Server, statement: str, flaws: set[str]) -> None:
    async with master(server, world.tenant_id) as conn:
        await conn.execute(statement)
    assert flaws <= await found(world)


async def chain_behind(conn: asyncpg.Connection[asyncpg.Record], case_id: str, head: str) -> None:
    """Somebody who knows the algorithm lets the chain of a case begin behind something else, and every hash fit again."""
    for row in await conn.fetch("SELECT seq, body::text AS body FROM facts WHERE case_id = $1 ORDER BY seq", case_id):
        digest = link(head, json.loads(row["body"]))
        put = "UPDATE facts SET prev_hash = $3, hash = $4 WHERE case_id = $1 AND seq = $2"
        await conn.execute(put, case_id, row["seq"], head, digest)
        head = digest
    await conn.execute("UPDATE cases SET head = $2 WHERE id = $1", case_id, head)


class TestWhereAChainBegins:
    async def test_a_chain_of_another_case_does_not_fit(self, world: World, case_id: str, server: Server) -> None:
        async with master(server, world.tenant_id) as conn:
            await chain_behind(conn, case_id, root(world.tenant_id, "case_another"))
        assert await found(world) == {"chain_broken"}

    async def test_one_of_an_earlier_release_verifies_as_before(self, world: World, case_id: str, server: Server) -> None:
        waiting = await world.opened()
        async with master(server, world.tenant_id) as conn:
            await chain_behind(conn, case_id, "")
            await conn.execute("UPDATE cases SET head = '' WHERE id = $1", waiting.case_id)
        assert await found(world) == set()
        await world.record(case_id, a_command("note", "per_mia", text="It goes on as it began."))
        await world.record(waiting.case_id)
        assert await found(world) == set()


BEFORE_FORMS = "UPDATE cases SET state = (state - 'form') #- '{seen_at,third_parties}'"
"""The stored state as the release before forms were counted left it."""


class TestStateOfAnEarlierRelease:
    async def test_is_no_flaw(self, world: World, case_id: str, server: Server) -> None:
        async with master(server, world.tenant_id) as conn:
            await conn.execute(BEFORE_FORMS)
        assert await found(world) == set()

    async def test_is_still_compared_in_what_it_holds(self, world: World, case_id: str, server: Server) -> None:
        async with master(server, world.tenant_id) as conn:
            await conn.execute(BEFORE_FORMS)
            await conn.execute("UPDATE cases SET state = jsonb_set(state, '{owner}', '\"per_max\"')")
        assert await found(world) == {"state_differs"}

    async def test_is_folded_again_when_the_case_goes_on(self, world: World, case_id: str, server: Server) -> None:
        async with master(server, world.tenant_id) as conn:
            await conn.execute(BEFORE_FORMS)
            await world.record(case_id, a_command("note", "per_mia", text="Later."))
            state = json.loads(await conn.fetchval("SELECT state::text FROM cases WHERE id = $1", case_id))
        assert state["form"] == FORM
        assert "third_parties" in state["seen_at"]
        assert await found(world) == set()


class TestSignedHeads:
    async def rewrite(self, world: World, server: Server) -> None:
        """A forger who knows the algorithm makes the last fact say something else, and the chain fit again."""
        async with master(server, world.tenant_id) as conn:
            row = await conn.fetchrow("SELECT seq, body::text AS body, prev_hash FROM facts ORDER BY seq DESC LIMIT 1")
            assert row is not None
            body = json.loads(row["body"])
            body["actor"]["team"] = "apac"
            digest = link(row["prev_hash"], body)
            await conn.execute(
                "UPDATE facts SET body = $1::jsonb, hash = $2 WHERE seq = $3", json.dumps(body), digest, row["seq"]
            )
            await conn.execute("UPDATE cases SET head = $1", digest)

    async def test_rewritten_chain_passes_without_heads_and_fails_with_them(
        self, world: World, case_id: str, server: Server, tmp_path: Path
    ) -> None:
        heads = tmp_path / "heads.jsonl"
        assert await sign(world, heads) == 1
        assert await found(world, heads) == set()
        await self.rewrite(world, server)
        assert await found(world) == set()
        assert await found(world, heads) == {"rewritten"}

    async def test_unmoved_heads_are_not_signed_again(self, world: World, case_id: str, tmp_path: Path) -> None:
        heads = tmp_path / "heads.jsonl"
        await sign(world, heads)
        assert await sign(world, heads) == 0
        await world.record(case_id, a_command("note", "per_mia", text="More."))
        assert await sign(world, heads) == 1
        assert [h.case_id for _, h in read_heads(heads) if h] == [case_id, "day", "day", case_id, "day"]

    async def test_a_vanished_case_shows(self, world: World, case_id: str, server: Server, tmp_path: Path) -> None:
        heads = tmp_path / "heads.jsonl"
        await sign(world, heads)
        line = json.loads(heads.read_text().splitlines()[0])
        heads.write_text(heads.read_text() + json.dumps({**line, "case_id": "case_vanished-1"}) + "\n")
        assert {"head_forged", "case_missing"} <= await found(world, heads)

    async def test_lost_facts_show(self, world: World, case_id: str, server: Server, tmp_path: Path) -> None:
        heads = tmp_path / "heads.jsonl"
        await sign(world, heads)
        async with master(server, world.tenant_id) as conn:
            await conn.execute("DELETE FROM facts WHERE seq = (SELECT max(seq) FROM facts)")
        assert "facts_lost" in await found(world, heads)
