"""The record: one read, one write, gated by the turn."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from activities.ports.records import CaseSnapshot
from domain.model.chain import canonical, link, root
from domain.model.facts import DueLevel, Recording
from domain.rules.evolve import fold
from storage.outside.endpoints import PostgresEndpoints
from storage.outside.outbox import PostgresOutbox
from storage.team import people
from tests.support.database import Server
from tests.support.worlds import World, a_command, some_terms

pytestmark = pytest.mark.postgres


async def standing_of(world: World, case_id: str, **more: Any) -> CaseSnapshot:
    snapshot = await world.records.read(world.tenant_id, case_id, **more)
    assert snapshot is not None
    return snapshot


class TestWrite:
    async def test_state_is_the_fold_of_the_facts_read_back(self, world: World) -> None:
        case_id = await world.case()
        await world.record(
            case_id, a_command("assign", "per_ola", owner="per_mia"), a_command("note", "per_mia", text="Looks old.")
        )
        async with world.database.tenant(world.tenant_id) as conn:
            rows = await conn.fetch("SELECT seq, body, hash, prev_hash FROM facts WHERE case_id = $1 ORDER BY seq", case_id)
        snapshot = await standing_of(world, case_id)
        assert [r["seq"] for r in rows] == list(range(1, len(rows) + 1))
        assert fold(case_id, [Recording.model_validate(r["body"]) for r in rows]) == snapshot.case
        head = root(world.tenant_id, case_id)
        for row in rows:
            assert (row["prev_hash"], row["hash"]) == (head, link(head, row["body"]))
            assert canonical(Recording.model_validate(row["body"])) == canonical(row["body"])
            head = row["hash"]
        assert snapshot.head == head

    async def test_deadlines_follow_the_timetable(self, world: World) -> None:
        case_id = await world.case()
        snapshot = await standing_of(world, case_id)
        assert snapshot.case is not None
        async with world.database.tenant(world.tenant_id) as conn:
            rows = await conn.fetch("SELECT clock, instance, level, count, due_at FROM deadlines WHERE case_id = $1", case_id)
            due = await conn.fetchval("SELECT next_due_at FROM cases WHERE id = $1", case_id)
        stored = sorted((DueLevel(**dict(r)) for r in rows), key=lambda d: (d.due_at, d.level))
        assert stored == sorted(snapshot.case.timetable, key=lambda d: (d.due_at, d.level))
        assert due == snapshot.case.timetable[0].due_at

    async def test_closing_leaves_no_deadline_and_says_when(self, world: World) -> None:
        case_id = await world.case()
        await world.record(case_id, a_command("close", "per_ola", reason="spam", reasons="This is advertising."))
        async with world.database.tenant(world.tenant_id) as conn:
            assert await conn.fetchval("SELECT count(*) FROM deadlines WHERE case_id = $1", case_id) == 0
            row = await conn.fetchrow("SELECT status, outcome, closed_at, next_due_at FROM cases WHERE id = $1", case_id)
        assert row is not None
        assert (row["status"], row["outcome"], row["next_due_at"]) == ("closed", "expired", None)
        assert row["closed_at"] is not None


class TestNotices:
    async def told(self, world: World, case_id: str, event: str) -> list[tuple[str, str, str, str]]:
        async with world.database.tenant(world.tenant_id) as conn:
            rows = await conn.fetch(
                "SELECT audience, recipient, channel, state FROM notices WHERE case_id = $1 AND event = $2", case_id, event
            )
        return sorted((r["audience"], r["recipient"], r["channel"], r["state"]) for r in rows)

    async def test_each_party_and_each_endpoint_is_told(self, world: World) -> None:
        endpoints = PostgresEndpoints(world.database, world.vault)
        await endpoints.create(world.tenant_id, "https://one.example/hook")
        await endpoints.create(world.tenant_id, "https://two.example/hook")
        await endpoints.create(world.tenant_id, "https://pay.example/hook", purpose="remedies")
        case_id = await world.case()
        told = await self.told(world, case_id, "case_opened")
        assert [t[0] for t in told] == ["claimant", "platform", "platform", "respondent"]
        assert {t[2:] for t in told if t[0] == "platform"} == {("webhook", "pending")}
        assert (await standing_of(world, case_id)).undelivered

    async def test_team_is_told_once_each_and_who_has_no_address_is_unreachable(self, world: World) -> None:
        case_id = await world.case()
        claimant = (await standing_of(world, case_id)).case.parties[0].id  # type: ignore[union-attr]  # it was just opened
        await world.record(case_id, a_command("assign", "per_ola", owner="per_lee"))
        await world.record(case_id, a_command("message", claimant, text="Any news?"))
        staff = [t for t in await self.told(world, case_id, "message_sent") if t[0] == "staff"]
        assert staff == [("staff", "per_lee", "email", "pending"), ("staff", "per_ola", "none", "unreachable")]

    async def put_in_conflict(self, world: World, *people: str) -> None:
        conflicts = world.tenants.conflicts(world.tenant_id, ["program-9"])
        for person in await world.tenants.people(world.tenant_id):
            if person.id in people:
                await world.tenants.put_person(world.tenant_id, person.model_copy(update={"conflicts": conflicts}))

    async def test_nobody_in_a_conflict_of_interest_is_told_of_the_case(self, world: World) -> None:
        case_id = await world.case()
        claimant = await world.claimant(case_id)
        await world.record(case_id, a_command("assign", "per_ola", owner="per_mia"))
        await self.put_in_conflict(world, "per_lee")
        await world.record(case_id, a_command("message", claimant, text="Any news?"))
        staff = [t[1] for t in await self.told(world, case_id, "message_sent") if t[0] == "staff"]
        assert staff == ["per_mia", "per_ola"]

    async def test_where_a_conflict_leaves_nobody_operations_is_told(self, world: World) -> None:
        case_id = await world.case(terms=some_terms(notices={"message_sent": ["owner"]}))
        claimant = await world.claimant(case_id)
        await world.record(case_id, a_command("assign", "per_ola", owner="per_mia"))
        await self.put_in_conflict(world, "per_mia")
        await world.record(case_id, a_command("message", claimant, text="Any news?"))
        assert [t[1] for t in await self.told(world, case_id, "message_sent")] == ["per_ola"]
        await self.put_in_conflict(world, "per_ola")
        await world.record(case_id, a_command("message", claimant, text="Any news now?"))
        assert [t[1] for t in await self.told(world, case_id, "message_sent")] == ["per_ola"]

    async def test_a_letter_that_waits_does_not_go_to_whoever_declares_a_conflict_meanwhile(self, world: World) -> None:
        case_id = await world.case(terms=some_terms(notices={"message_sent": ["owner"]}))
        await world.record(case_id, a_command("assign", "per_ola", owner="per_mia"))
        await world.record(case_id, a_command("message", await world.claimant(case_id), text="Any news?"))
        outbox = PostgresOutbox(world.database, world.vault)
        letters = {n.recipient: n.address for n in await outbox.undelivered(world.tenant_id, case_id)}
        assert letters["per_mia"] == "mia@team.example"
        await self.put_in_conflict(world, "per_mia")
        letters = {n.recipient: n.address for n in await outbox.undelivered(world.tenant_id, case_id)}
        assert letters["per_mia"] is None


class TestAssignments:
    async def test_whoever_is_deactivated_at_that_moment_is_not_given_the_case(self, world: World) -> None:
        case_id = await world.case()
        async with world.database.deed(world.tenant_id) as conn:
            await people.deactivate(conn, world.tenant_id, "per_mia")
            assigning = asyncio.create_task(world.record(case_id, a_command("assign", "per_ola", owner="per_mia")))
            # It has read that she works here, and waits for the deactivation with its write.
            await asyncio.sleep(0.3)
            assert not assigning.done()
        (answer,) = (await assigning).answers
        assert answer is not None
        assert (answer.status, answer.code) == ("refused", "actor_unknown")
        assert (await world.snapshot(case_id)).case.owner is None  # type: ignore[union-attr]  # it was just opened

    async def test_many_cases_are_given_to_one_person_at_once(self, world: World) -> None:
        cases = [await world.case() for _ in range(6)]
        given = (world.record(case_id, a_command("assign", "per_ola", owner="per_mia")) for case_id in cases)
        answers = [answer for recorded in await asyncio.gather(*given) for answer in recorded.answers]
        assert [answer.status for answer in answers if answer] == ["accepted"] * 6


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
        snapshot = await reading
        assert plain.pending == ()
        assert [p.command_id for p in snapshot.pending] == ["cmd_late"]
        assert stamped < snapshot.now

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
