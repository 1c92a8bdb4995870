"""The record: one read, one write, gated by the turn."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from activities.ports import KeptAnswer, Standing, Transition, Unstorable
from domain.chain import canonical, chained, link
from domain.commands import read_command
from domain.decide import Voice
from domain.evolve import fold
from domain.facts import DueLevel, Recording
from domain.transition import Step, step
from tests.storage.builders import World, a_command
from tests.support.database import Server

pytestmark = pytest.mark.postgres


async def standing_of(world: World, case_id: str, **more: Any) -> Standing:
    standing = await world.records.read(world.tenant_id, case_id, **more)
    assert standing is not None
    return standing


def decided(case_id: str, standing: Standing, at: int = 0) -> Step:
    """What follows from the pending command with this number."""
    pending = standing.pending[at]
    voice = Voice(actor=pending.actor, target=pending.target)
    command = read_command(pending.body)
    return step(standing.case, case_id, command, voice, pending.received_at, standing.now, standing.calendars, "2025b")


def transition_of(standing: Standing, made: Step, **changes: Any) -> Transition:
    pending = standing.pending[0]
    answer = KeptAnswer(command_id=pending.command_id, status="accepted", seq=made.case.seq)
    facts = chained(standing.head, made.recordings)
    return Transition(
        **{"turn": standing.turn, "case": made.case, "facts": facts, "answers": (answer,), "notices": made.notices, **changes}
    )


class TestRead:
    async def test_unknown_case_is_none_and_so_is_a_strangers(self, world: World) -> None:
        opened = await world.opened()
        assert await world.records.read(world.tenant_id, "case_00000000-0000") is None
        assert await world.records.read("somebody-else", opened.case_id) is None

    async def test_new_case_has_its_opening_command_and_its_calendars(self, world: World) -> None:
        opened = await world.opened()
        standing = await standing_of(world, opened.case_id)
        assert (standing.turn, standing.case, standing.head) == (0, None, "")
        assert [p.command_id for p in standing.pending] == [opened.command_id]
        assert standing.pending[0].actor is not None
        assert standing.pending[0].actor.role == "system"
        assert list(standing.calendars) == ["cal_" + next(iter(standing.calendars)).removeprefix("cal_")]

    async def test_known_turn_leaves_the_state_out(self, world: World) -> None:
        case_id = await world.case()
        standing = await standing_of(world, case_id)
        again = await standing_of(world, case_id, known_turn=standing.turn)
        assert (again.unchanged, again.case, again.turn) == (True, None, standing.turn)
        assert list(again.calendars) == list(standing.calendars)

    async def test_actors_are_resolved_by_the_kind_of_their_id(self, world: World) -> None:
        case_id = await world.case()
        claimant = (await standing_of(world, case_id)).case.parties[0].id  # type: ignore[union-attr]
        key_id, _ = await world.tenants.create_key(world.tenant_id)
        for by in ("per_mia", "per_lee", "per_ola", "per_gone", "per_nobody", claimant, "pty_stranger", key_id):
            await world.inbox.put(world.tenant_id, case_id, a_command("note", by, text="Hm."))
        actors = [p.actor for p in (await standing_of(world, case_id)).pending]
        roles = [a.role if a else None for a in actors]
        assert roles == ["mediator", "lead", "ops", None, None, "claimant", None, "platform"]
        assert actors[0] is not None
        assert (actors[0].team, actors[0].manager) == ("emea", "per_lee")

    async def test_target_of_an_assignment_is_looked_up(self, world: World) -> None:
        case_id = await world.case()
        await world.inbox.put(world.tenant_id, case_id, a_command("assign", "per_ola", owner="per_max"))
        pending = (await standing_of(world, case_id)).pending[0]
        assert pending.target is not None
        assert pending.target.id == "per_max"

    async def test_limit_says_that_there_is_more(self, world: World) -> None:
        case_id = await world.case()
        ids = [await world.inbox.put(world.tenant_id, case_id, a_command("note", "per_mia", text=str(n))) for n in range(4)]
        standing = await standing_of(world, case_id, limit=3)
        assert ([p.command_id for p in standing.pending], standing.more) == (ids[:3], True)
        assert not (await standing_of(world, case_id, limit=4)).more

    async def test_asked_ids_are_answered_and_strange_ones_do_no_harm(self, world: World) -> None:
        opened = await world.opened()
        await world.record(opened.case_id)
        standing = await standing_of(world, opened.case_id, ask=[opened.command_id, "cmd_none", "cmd_\x00", "cmd_\ud800"])
        assert [a.status for a in standing.answers.values()] == ["accepted"]


class TestWrite:
    async def test_state_is_the_fold_of_the_facts_read_back(self, world: World) -> None:
        case_id = await world.case()
        await world.record(
            case_id, a_command("assign", "per_ola", owner="per_mia"), a_command("note", "per_mia", text="Looks old.")
        )
        async with world.database.tenant(world.tenant_id) as conn:
            rows = await conn.fetch("SELECT seq, body, hash, prev_hash FROM facts WHERE case_id = $1 ORDER BY seq", case_id)
        standing = await standing_of(world, case_id)
        assert [r["seq"] for r in rows] == list(range(1, len(rows) + 1))
        assert fold(case_id, [Recording.model_validate(r["body"]) for r in rows]) == standing.case
        head = ""
        for row in rows:
            assert (row["prev_hash"], row["hash"]) == (head, link(head, row["body"]))
            assert canonical(Recording.model_validate(row["body"])) == canonical(row["body"])
            head = row["hash"]
        assert standing.head == head

    async def test_moved_turn_writes_nothing(self, world: World) -> None:
        opened = await world.opened()
        standing = await standing_of(world, opened.case_id)
        made = transition_of(standing, decided(opened.case_id, standing))
        assert await world.records.write(world.tenant_id, opened.case_id, made)
        assert not await world.records.write(world.tenant_id, opened.case_id, made)
        assert (await standing_of(world, opened.case_id)).turn == 1

    async def test_of_many_writers_one_wins(self, world: World) -> None:
        opened = await world.opened()
        standing = await standing_of(world, opened.case_id)
        made = transition_of(standing, decided(opened.case_id, standing))
        results = await asyncio.gather(*(world.records.write(world.tenant_id, opened.case_id, made) for _ in range(10)))
        assert sorted(results) == [False] * 9 + [True]

    async def test_facts_must_follow_the_last_on_record(self, world: World) -> None:
        case_id = await world.case()
        await world.inbox.put(world.tenant_id, case_id, a_command("note", "per_mia", text="One."))
        standing = await standing_of(world, case_id)
        made = decided(case_id, standing)
        with pytest.raises(Unstorable):
            await world.records.write(
                world.tenant_id, case_id, transition_of(standing, made, facts=chained("00", made.recordings))
            )
        gap = tuple(r.model_copy(update={"seq": r.seq + 1}) for r in made.recordings)
        with pytest.raises(Unstorable):
            await world.records.write(world.tenant_id, case_id, transition_of(standing, made, facts=chained(standing.head, gap)))

    async def test_refusal_moves_the_turn_and_nothing_else(self, world: World) -> None:
        case_id = await world.case()
        before = await standing_of(world, case_id)
        recorded = await world.record(case_id, a_command("approve", "per_mia"))
        after = await standing_of(world, case_id)
        assert recorded.answers[0] is not None
        assert recorded.answers[0].status == "refused"
        assert (after.turn, after.case, after.head) == (before.turn + 1, before.case, before.head)

    async def test_answer_is_given_once(self, world: World) -> None:
        case_id = await world.case()
        command = a_command("approve", "per_mia")
        first = await world.record(case_id, command)
        standing = await standing_of(world, case_id)
        other = KeptAnswer(command_id=command["id"], status="accepted")
        assert await world.records.write(world.tenant_id, case_id, Transition(turn=standing.turn, answers=(other,)))
        assert (await world.record(case_id, command)).answers == first.answers

    async def test_deadlines_follow_the_timetable(self, world: World) -> None:
        case_id = await world.case()
        standing = await standing_of(world, case_id)
        assert standing.case is not None
        async with world.database.tenant(world.tenant_id) as conn:
            rows = await conn.fetch("SELECT clock, instance, level, count, due_at FROM deadlines WHERE case_id = $1", case_id)
            due = await conn.fetchval("SELECT next_due_at FROM cases WHERE id = $1", case_id)
        stored = sorted((DueLevel(**dict(r)) for r in rows), key=lambda d: (d.due_at, d.level))
        assert stored == sorted(standing.case.timetable, key=lambda d: (d.due_at, d.level))
        assert due == standing.case.timetable[0].due_at

    async def test_closing_leaves_no_deadline_and_says_when(self, world: World) -> None:
        case_id = await world.case()
        await world.record(case_id, a_command("close", "per_ola", reason="spam", reasons="This is advertising."))
        async with world.database.tenant(world.tenant_id) as conn:
            assert await conn.fetchval("SELECT count(*) FROM deadlines WHERE case_id = $1", case_id) == 0
            row = await conn.fetchrow("SELECT status, outcome, closed_at, next_due_at FROM cases WHERE id = $1", case_id)
        assert row is not None
        assert (row["status"], row["outcome"], row["next_due_at"]) == ("closed", "expired", None)
        assert row["closed_at"] is not None

    async def test_deadline_that_was_decided_is_archived_with_its_answer(self, world: World) -> None:
        case_id = await world.case()
        standing = await standing_of(world, case_id)
        due = DueLevel(clock="ruling", instance=1, level="warning", due_at=datetime(2025, 1, 2, tzinfo=UTC))
        answer = KeptAnswer(command_id=due.id, status="refused", code="deadline_moot")
        transition = Transition(turn=standing.turn, answers=(answer,), deadlines=(due,))
        assert await world.records.write(world.tenant_id, case_id, transition)
        again = await standing_of(world, case_id, ask=[due.id])
        assert (again.answers[due.id].code, again.pending) == ("deadline_moot", ())


class TestNotices:
    async def told(self, world: World, case_id: str, event: str) -> list[tuple[str, str, str, str]]:
        async with world.database.tenant(world.tenant_id) as conn:
            rows = await conn.fetch(
                "SELECT audience, recipient, channel, state FROM notices WHERE case_id = $1 AND event = $2", case_id, event
            )
        return sorted((r["audience"], r["recipient"], r["channel"], r["state"]) for r in rows)

    async def test_each_party_and_each_endpoint_is_told(self, world: World) -> None:
        await world.tenants.create_endpoint(world.tenant_id, "https://one.example/hook")
        await world.tenants.create_endpoint(world.tenant_id, "https://two.example/hook")
        await world.tenants.create_endpoint(world.tenant_id, "https://pay.example/hook", purpose="remedies")
        case_id = await world.case()
        told = await self.told(world, case_id, "case_opened")
        assert [t[0] for t in told] == ["claimant", "platform", "platform", "respondent"]
        assert {t[2:] for t in told if t[0] == "platform"} == {("webhook", "pending")}
        assert (await standing_of(world, case_id)).undelivered

    async def test_team_is_told_once_each_and_who_has_no_address_is_unreachable(self, world: World) -> None:
        case_id = await world.case()
        claimant = (await standing_of(world, case_id)).case.parties[0].id  # type: ignore[union-attr]
        await world.record(case_id, a_command("assign", "per_ola", owner="per_lee"))
        await world.record(case_id, a_command("message", claimant, text="Any news?"))
        staff = [t for t in await self.told(world, case_id, "message_sent") if t[0] == "staff"]
        assert staff == [("staff", "per_lee", "email", "pending"), ("staff", "per_ola", "none", "unreachable")]


class TestPoison:
    async def test_data_that_postgres_refuses_is_unstorable_and_changes_nothing(self, world: World) -> None:
        case_id = await world.case()
        standing = await standing_of(world, case_id)
        for bad in ("\x00", "\ud800"):
            answer = KeptAnswer(command_id="cmd_bad1", status="refused", fields={"what": bad})
            with pytest.raises(Unstorable):
                await world.records.write(world.tenant_id, case_id, Transition(turn=standing.turn, answers=(answer,)))
        assert (await standing_of(world, case_id)).turn == standing.turn

    async def test_substitute_writes_the_answers_alone(self, world: World) -> None:
        case_id = await world.case()
        await world.inbox.put(world.tenant_id, case_id, a_command("note", "per_mia", text="One."))
        standing = await standing_of(world, case_id)
        broken = KeptAnswer(command_id=standing.pending[0].command_id, status="broken", code="broken")
        assert await world.records.write(
            world.tenant_id, case_id, Transition(turn=standing.turn, answers=(broken,), substitute=True)
        )
        after = await standing_of(world, case_id)
        assert (after.turn, after.pending, after.head, after.case) == (standing.turn + 1, (), standing.head, standing.case)


class TestExactness:
    """A command that was received before a level fell due is seen by the record that judges the level."""

    async def test_locked_read_waits_for_a_command_being_received(self, world: World) -> None:
        case_id = await world.case()
        async with world.database.tenant(world.tenant_id) as conn:
            holding = conn.transaction()
            await holding.start()
            await conn.fetchval("SELECT 1 FROM cases WHERE id = $1 FOR SHARE", case_id)
            reading = asyncio.create_task(standing_of(world, case_id, lock=True))
            plain = await standing_of(world, case_id)
            await asyncio.sleep(0.1)
            assert not reading.done()
            stamped = await conn.fetchval(
                "INSERT INTO commands (tenant, case_id, id, type, actor_id, channel, received_at, body) "
                "VALUES ($1, $2, 'cmd_late', 'note', 'per_mia', 'api', clock_timestamp(), $3) RETURNING received_at",
                world.tenant_id, case_id, {"id": "cmd_late"},
            )  # fmt: skip
            await holding.commit()
        standing = await reading
        assert plain.pending == ()
        assert [p.command_id for p in standing.pending] == ["cmd_late"]
        assert stamped < standing.now

    async def test_command_received_after_a_locked_read_is_stamped_later(self, world: World) -> None:
        case_id = await world.case()
        async with world.database.tenant(world.tenant_id) as conn, conn.transaction():
            await conn.fetchval("SELECT 1 FROM cases WHERE id = $1 FOR UPDATE", case_id)
            putting = asyncio.create_task(world.inbox.put(world.tenant_id, case_id, a_command("note", "per_mia", text="Later.")))
            await asyncio.sleep(0.1)
            now = await conn.fetchval("SELECT clock_timestamp()")
            assert not putting.done()
        await putting
        assert (await standing_of(world, case_id)).pending[0].received_at > now


class TestSafety:
    async def test_facts_cannot_be_changed_even_by_their_owner(self, world: World, server: Server) -> None:
        await world.case()
        conn = await asyncpg.connect(server.owner_dsn)
        for statement in ("UPDATE facts SET at = now()", "DELETE FROM facts", "TRUNCATE facts"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(statement)
        await conn.close()

    async def test_every_table_with_a_tenant_forces_row_security(self, server: Server) -> None:
        conn = await asyncpg.connect(server.owner_dsn)
        rows = await conn.fetch(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced FROM pg_class c "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r' "
            "AND (c.relname = 'tenants' OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant'))"
        )
        await conn.close()
        assert len(rows) >= 14
        assert [r["relname"] for r in rows if not r["forced"]] == []

    async def test_foreign_tenant_and_no_tenant_see_nothing(self, world: World) -> None:
        await world.case()
        tables = ["cases", "parties", "facts", "commands", "contents", "keys", "deadlines", "notices", "people", "tenants"]
        for table in tables:
            async with world.database.tenant("somebody-else") as conn:
                assert await conn.fetchval(f"SELECT count(*) FROM {table}") == 0
            async with world.database.nobody() as conn:
                assert await conn.fetchval(f"SELECT count(*) FROM {table}") == 0
        async with world.database.tenant("somebody-else") as conn:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute("INSERT INTO deliveries (tenant, notice_id, result) VALUES ($1, 'n', 'sent')", world.tenant_id)

    async def test_ids_of_tenants_are_all_that_shows_without_one(self, world: World) -> None:
        assert world.tenant_id in await world.database.tenant_ids()
