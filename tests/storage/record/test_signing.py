"""Heads are signed of what is whole, by a key of its own; a file that was touched, cut, emptied or taken away is found out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.model.people import Actor
from storage.record.audit import Looked, PostgresAudit
from storage.record.heads import Signer, new_key
from storage.record.signing import Signing
from storage.team.reading import PostgresReading
from tests.support.database import Server
from tests.support.owners import owner_of
from tests.support.worlds import World, a_command

pytestmark = pytest.mark.postgres
SIGNER = Signer.from_pem(new_key())


def audit_of(world: World) -> PostgresAudit:
    return PostgresAudit(world.database, world.vault, public_key=SIGNER.public_key)


def signing(world: World) -> Signing:
    return Signing(audit_of(world), SIGNER, settled_for=timedelta(0))


class Earlier(Signing):
    """As the release before signed: no list of the facts."""

    def _said(self, looked: Looked, now: datetime) -> dict[str, Any]:
        return {**super()._said(looked, now), "all_facts": ""}


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def put(file: Path, told: list[str]) -> None:
    file.write_text("".join(f"{line}\n" for line in told))


async def found(world: World, heads: Path, longest: timedelta | None = None) -> set[tuple[str, str]]:
    verdict = await audit_of(world).verify(world.tenant_id, heads=heads, longest=longest)
    return {("heads" if flaw.case_id == "heads" else "case", flaw.what) for flaw in verdict.flaws}


@pytest.fixture
async def case_id(world: World) -> str:
    return await world.case_with_words()


@pytest.fixture
async def heads(world: World, case_id: str, tmp_path: Path) -> Path:
    """Signed on two days."""
    path = tmp_path / "heads.jsonl"
    await signing(world).sign(path, world.tenant_id)
    await world.record(case_id, a_command("note", "per_mia", text="More."))
    assert (await signing(world).sign(path, world.tenant_id)).flaws == []
    assert len(lines(path)) == 4
    return path


async def test_what_was_signed_is_compared(world: World, heads: Path) -> None:
    verdict = await audit_of(world).verify(world.tenant_id, heads=heads, longest=timedelta(days=1))
    assert (verdict.flaws, verdict.heads) == ([], 2)


@pytest.mark.parametrize(
    ("touch", "flaws"),
    [
        (lambda lines: [], {"heads_empty", "heads_fewer"}),
        (lambda lines: lines[:-1], {"heads_fewer"}),
        (lambda lines: lines[1:], {"heads_cut"}),
        (lambda lines: [lines[0], *lines[2:]], {"heads_cut"}),
        (lambda lines: [lines[1], lines[0], *lines[2:]], {"heads_cut"}),
        (lambda lines: [json.dumps({**json.loads(lines[0]), "seq": 1}), *lines[1:]], {"head_forged", "heads_cut"}),
        (lambda lines: ["no head", *lines[1:]], {"head_unreadable", "heads_cut"}),
        (lambda lines: [*lines[:-1], "[" * 9000, lines[-1]], {"head_unreadable"}),
        (lambda lines: [*lines, '{"seq": "1"}', '"\u00e9"', "\u00e9", "null", "1" * 5000], {"head_unreadable"}),
        (lambda lines: [*lines, json.dumps({**json.loads(lines[0]), "signed_at": "then"})], {"head_unreadable"}),
        (lambda lines: [*lines, json.dumps({**json.loads(lines[0]), "until": "2026-12-01T16:54:08+a0:00"})], {"head_unreadable"}),
        (lambda lines: [*lines, json.dumps({**json.loads(lines[0]), "seq": "1"})], {"head_unreadable"}),
    ],
    ids=[
        "emptied",
        "the last one gone",
        "the first one gone",
        "one gone",
        "two changed round",
        "one changed",
        "the first is none",
        "one is deep",
        "some are none",
        "no instant",
        "a spoilt one",
        "no number",
    ],
)
async def test_a_file_that_was_touched_is_found_out_and_not_signed_into(
    world: World, heads: Path, touch: Callable[[list[str]], list[str]], flaws: set[str]
) -> None:
    put(heads, touch(lines(heads)))
    assert flaws <= {what for where, what in await found(world, heads) if where == "heads"}
    before = lines(heads)
    told = await signing(world).sign(heads, world.tenant_id)
    assert told.flaws
    assert (told.heads, lines(heads)) == (0, before)


async def test_a_file_that_is_gone_is_begun_again_only_when_told_so(world: World, heads: Path, tmp_path: Path) -> None:
    heads = tmp_path / "gone.jsonl"
    assert {("heads", "heads_missing"), ("heads", "heads_fewer")} <= await found(world, heads)
    assert (await signing(world).sign(heads, world.tenant_id)).heads == 0
    assert lines(heads) == []
    assert (await signing(world).sign(heads, world.tenant_id, anew=True)).heads == 2
    assert await found(world, heads) == set()


async def test_heads_that_are_too_old_are_none(world: World, heads: Path) -> None:
    assert await found(world, heads, timedelta(0)) == {("heads", "heads_old")}


async def test_another_key_signs_nothing(world: World, heads: Path, case_id: str) -> None:
    thief = Signer.of(world.vault)
    audit = PostgresAudit(world.database, world.vault, public_key=thief.public_key)
    assert (await Signing(audit, thief).sign(heads, world.tenant_id)).heads == 0, "what API and worker hold signs nothing here"
    other = Signer.from_pem(new_key())
    line = json.loads(lines(heads)[-1])
    said = {name: line[name] for name in ("tenant", "case_id", "seq", "head", "signed_at")}
    forged = other.sign(**said, number=5, prev="")
    put(heads, [*lines(heads), forged.line])
    assert {("heads", "head_forged"), ("heads", "heads_cut")} <= await found(world, heads)


async def test_a_case_that_is_not_whole_is_not_signed_and_the_others_are(
    world: World, heads: Path, case_id: str, server: Server
) -> None:
    whole = await world.case()
    async with owner_of(server, world.tenant_id) as conn:
        await conn.execute("UPDATE facts SET at = at + interval '1 s' WHERE seq = 2 AND case_id = $1", case_id)
    await world.record(case_id, a_command("note", "per_mia", text="It goes on."))
    told = await signing(world).sign(heads, world.tenant_id)
    assert {flaw.case_id for flaw in told.flaws} == {case_id}
    assert [json.loads(line)["case_id"] for line in lines(heads)[4:]] == [whole, "day"]


async def test_a_case_that_was_signed_in_the_earlier_form_is_signed_once_more(world: World, case_id: str, tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    await Earlier(audit_of(world), SIGNER, settled_for=timedelta(0)).sign(path, world.tenant_id)
    assert "all_facts" not in lines(path)[0]
    assert await found(world, path) == set()
    told = await signing(world).sign(path, world.tenant_id)
    assert (told.heads, told.flaws) == (2, [])
    assert len(json.loads(lines(path)[2])["all_facts"]) == 64
    assert (await signing(world).sign(path, world.tenant_id)).heads == 1, "the line of the day"


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM notices WHERE seq = 1",
        "UPDATE notices SET data = '{}' WHERE seq = 1",
        "DELETE FROM commands WHERE status = 'refused'",
        """UPDATE commands SET answer = jsonb_set(answer, '{code}', '"another"') WHERE status = 'refused'""",
    ],
)
async def test_what_no_fact_says_is_missed_too(world: World, case_id: str, server: Server, tmp_path: Path, change: str) -> None:
    path = tmp_path / "heads.jsonl"
    await world.record(case_id, a_command("assign", "per_mia", owner="per_nobody"))
    assert (await signing(world).sign(path, world.tenant_id)).heads == 2
    assert await found(world, path) == set()
    async with owner_of(server, world.tenant_id) as conn:
        assert await conn.execute(change) not in ("UPDATE 0", "DELETE 0")
    assert await found(world, path) == {("case", "around_differs")}


class TestWhoReadWhat:
    @staticmethod
    async def reads(world: World, case_id: str, *who: str) -> None:
        for one in who:
            reading = Actor(id=one, role="lead")
            await PostgresReading(world.database, world.vault).note(
                world.tenant_id, [case_id], reading, "key_1", ["case", "timeline"], "lead", None
            )

    @pytest.mark.parametrize(
        "change",
        [
            "DELETE FROM reads WHERE who = 'per_eve'",
            "UPDATE reads SET who = 'per_mia' WHERE who = 'per_eve'",
            "UPDATE reads SET at = at + interval '1 day' WHERE who = 'per_eve'",
            """INSERT INTO reads (tenant, case_id, at, who, role, credential, what, why)
            SELECT tenant, case_id, at, 'per_put_in', role, credential, what, why FROM reads WHERE who = 'per_eve'""",
        ],
    )
    async def test_a_read_that_is_gone_or_another_one_is_found(
        self, world: World, case_id: str, server: Server, tmp_path: Path, change: str
    ) -> None:
        path = tmp_path / "heads.jsonl"
        for who in ("per_eve", "per_mia", "per_ola"):
            await self.reads(world, case_id, who)
            assert (await signing(world).sign(path, world.tenant_id)).flaws == []
        # A day on which nobody read anything has no line of it.
        await signing(world).sign(path, world.tenant_id)
        signed = [json.loads(line) for line in lines(path) if json.loads(line)["case_id"] == "reads"]
        assert [line["seq"] for line in signed] == [2, 4, 6]
        assert await found(world, path) == set()
        async with owner_of(server, world.tenant_id) as conn:
            assert await conn.execute(change) not in ("UPDATE 0", "DELETE 0", "INSERT 0 0")
        assert await found(world, path) == {("case", "reads_differ")}
        verdict = await audit_of(world).verify(world.tenant_id, heads=path)
        assert [flaw.seq for flaw in verdict.flaws][:1] == [2], "it says in which span of time"
        # Nothing is signed over it.
        before = len(lines(path))
        await self.reads(world, case_id, "per_new")
        assert {flaw.what for flaw in (await signing(world).sign(path, world.tenant_id)).flaws} == {"reads_differ"}
        assert "reads" not in {json.loads(line)["case_id"] for line in lines(path)[before:]}

    async def test_only_what_was_signed_since_a_moment_is_looked_at(
        self, world: World, case_id: str, server: Server, tmp_path: Path
    ) -> None:
        path = tmp_path / "heads.jsonl"
        await self.reads(world, case_id, "per_eve")
        await signing(world).sign(path, world.tenant_id)
        since = datetime.now(UTC)
        await self.reads(world, case_id, "per_mia")
        await signing(world).sign(path, world.tenant_id)

        async def differs() -> bool:
            verdict = await audit_of(world).verify(world.tenant_id, heads=path, since=since)
            return "reads_differ" in {flaw.what for flaw in verdict.flaws}

        assert not await differs()
        async with owner_of(server, world.tenant_id) as conn:
            await conn.execute("DELETE FROM reads WHERE who = 'per_eve'")
            assert not await differs(), "older ones show in a whole run"
            await conn.execute("DELETE FROM reads WHERE who = 'per_mia'")
        assert await differs()
