"""What goes out: notices, effects, the relay; and requests that come twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from activities.ports.notices import OutgoingNotice
from storage.outside.effects import PostgresEffects
from storage.outside.outbox import PostgresOutbox
from storage.outside.relay import PostgresRelay
from storage.postgres.idempotency import PostgresIdempotency
from storage.views.cases import PostgresViews
from tests.support.database import Server
from tests.support.worlds import World, a_command, a_report, some_terms

pytestmark = pytest.mark.postgres

NOW = timedelta(0)


async def sql(world: World, statement: str, *arguments: Any) -> list[asyncpg.Record]:
    async with world.database.tenant(world.tenant_id) as conn:
        return list(await conn.fetch(statement, *arguments))


class TestOutbox:
    async def notices(self, world: World, case_id: str) -> dict[str, OutgoingNotice]:
        found = await PostgresOutbox(world.database, world.vault).undelivered(world.tenant_id, case_id)
        return {notice.audience: notice for notice in found}

    async def test_everything_to_send_is_resolved(self, world: World) -> None:
        endpoint = await world.tenants.create_endpoint(world.tenant_id, "https://hooks.example/in")
        case_id = await world.case()
        notices = await self.notices(world, case_id)
        claimant, platform = notices["claimant"], notices["platform"]
        assert (claimant.address, claimant.name, claimant.zone, claimant.channel) == (
            "kim@example.org",
            "Kim Doe",
            "Europe/Berlin",
            "email",
        )
        assert (claimant.kind, claimant.pack_version, claimant.tenant_id) == (
            "bounty_dispute",
            "pack_0123456789abcdef",
            world.tenant_id,
        )
        assert (platform.address, platform.secret, platform.channel) == ("https://hooks.example/in", endpoint.secret, "webhook")

    async def test_quoted_texts_are_opened_and_the_thread_is_the_first_notice(self, world: World) -> None:
        case_id = await world.case()
        first = (await self.notices(world, case_id))["respondent"]
        await world.record(case_id, a_command("message", "per_mia", text="Please explain."))
        found = await PostgresOutbox(world.database, world.vault).undelivered(world.tenant_id, case_id)
        second = next(n for n in found if n.event.startswith("message_sent") and n.audience == "respondent")
        assert "Please explain." in second.texts.values()
        assert (first.thread, second.thread) == (first.id, first.id)

    async def test_sent_once_and_a_repeat_is_counted_apart(self, world: World) -> None:
        case_id = await world.case()
        outbox = PostgresOutbox(world.database, world.vault)
        notice = (await self.notices(world, case_id))["claimant"]
        await outbox.attempt(world.tenant_id, notice.id, "ConnectionRefusedError")
        await outbox.sent(world.tenant_id, notice.id, "<one@mail>")
        await outbox.sent(world.tenant_id, notice.id, "<two@mail>")
        assert await outbox.one(world.tenant_id, notice.id) is None
        told = {t.id: t for t in await PostgresViews(world.database, world.vault).notices(world.tenant_id, case_id)}[notice.id]
        assert (told.state, told.attempts, told.repeats) == ("sent", 3, 1)

    async def test_handed_over_is_named_until_somebody_takes_it(self, world: World) -> None:
        case_id = await world.case()
        outbox = PostgresOutbox(world.database, world.vault)
        notice = (await self.notices(world, case_id))["claimant"]
        await outbox.handed_over(world.tenant_id, [notice.id])
        assert notice.id not in {n.id for n in await outbox.undelivered(world.tenant_id, case_id)}
        assert await outbox.handed(world.tenant_id, case_id) == [notice.id]
        taken = await outbox.one(world.tenant_id, notice.id)
        assert taken == notice
        assert await outbox.handed(world.tenant_id, case_id) == []
        assert await outbox.one(world.tenant_id, notice.id) == notice

    async def test_given_up_is_told_to_the_case_once(self, world: World) -> None:
        case_id = await world.case()
        outbox = PostgresOutbox(world.database, world.vault)
        notice = (await self.notices(world, case_id))["claimant"]
        for _ in range(2):
            await outbox.failed(world.tenant_id, notice.id, "Mailbox Full!")
        await world.record(case_id)
        snapshot = await world.records.read(world.tenant_id, case_id)
        assert snapshot is not None
        assert snapshot.case is not None
        assert snapshot.case.manual_work == (notice.id,)
        assert await outbox.one(world.tenant_id, notice.id) is None

    async def test_erased_party_has_no_address_and_its_words_are_gone(self, world: World) -> None:
        case_id = await world.case()
        notice = (await self.notices(world, case_id))["claimant"]
        async with world.database.tenant(world.tenant_id) as conn:
            await world.vault.erase(conn, world.tenant_id, case_id, notice.recipient)
        after = (await self.notices(world, case_id))["claimant"]
        assert (after.address, after.name) == (None, None)


class TestEffects:
    async def test_a_card_network_is_told_the_draft_that_was_sent(self, world: World) -> None:
        report = a_report(external_id="dp_1", source="stripe")
        case_id = await world.case(report=report, terms=some_terms(chargeback={}))
        draft = {"type": "draft_chargeback_evidence", "by": "per_lee", "due_at": "2099-01-01T00:00:00Z"}
        for number, text in enumerate(("A first try.", "The parcel was signed for.")):
            await world.record(case_id, {**draft, "id": f"cmd_draft-{number}-{case_id[-12:]}", "text": text})
        await world.record(case_id, {"id": f"cmd_now-{case_id[-12:]}", "type": "submit_chargeback_evidence", "by": "per_lee"})
        case = (await world.snapshot(case_id)).case
        assert case is not None
        effects = PostgresEffects(world.database, world.vault)
        effect = await effects.begin(world.tenant_id, case.effects[-1].id)
        assert effect is not None
        assert effect.submission is not None
        told = effect.submission
        assert (told.source, told.external_id, told.text) == ("stripe", "dp_1", "The parcel was signed for.")
        assert told.due_at.isoformat() == "2099-01-01T00:00:00+00:00"

    async def ordered(self, world: World, effect_id: str) -> str:
        """A running effect on a fresh case."""
        case_id = await world.case()
        await sql(
            world,
            "INSERT INTO effects (tenant, id, case_id, seq, type, amount, currency, side, because) "
            "VALUES ($1, $2, $3, 1, 'refund', 500, 'USD', 'claimant', 'rul_1')",
            world.tenant_id, effect_id, case_id,
        )  # fmt: skip
        return case_id

    async def test_begun_twice_is_the_same_and_finished_once_is_reported_once(self, world: World) -> None:
        effects = PostgresEffects(world.database, world.vault)
        case_id = await self.ordered(world, "eff_1")
        first = await effects.begin(world.tenant_id, "eff_1")
        assert first is not None
        assert first.amount is not None
        assert (first.case_id, first.amount.amount, first.to) == (case_id, 500, "claimant")
        assert await effects.begin(world.tenant_id, "eff_1") == first
        for _ in range(2):
            await effects.finish(world.tenant_id, "eff_1", "done")
        assert await effects.begin(world.tenant_id, "eff_1") is None
        reports = await sql(world, "SELECT body FROM commands WHERE case_id = $1 AND type = 'report_effect'", case_id)
        assert [row["body"]["effect_id"] for row in reports] == ["eff_1"]

    async def test_report_of_a_long_id_still_is_a_command(self, world: World) -> None:
        effects = PostgresEffects(world.database, world.vault)
        effect_id = "eff_" + "x" * 124
        case_id = await self.ordered(world, effect_id)
        await effects.finish(world.tenant_id, effect_id, "needs_hands", "no_account")
        recorded = await world.record(case_id)
        assert recorded.seq > 0
        row = (
            await sql(world, "SELECT id, status, answer FROM commands WHERE type = 'report_effect' AND case_id = $1", case_id)
        )[0]
        assert len(row["id"]) <= 128
        assert row["answer"]["code"] != "broken"

    async def test_ruling_orders_its_remedy_when_the_grace_is_over_and_the_report_closes_it(self, world: World) -> None:
        case_id = await world.case(terms=some_terms(grace="0.2 seconds"))
        await world.record(case_id, a_command("assign", "per_ola", owner="per_mia"))
        money = {"amount": 500, "currency": "USD"}
        ruling = a_command(
            "rule", "per_mia", outcome="upheld", reasons="It is so.", remedies=[{"type": "refund", "amount": money}]
        )
        assert (await world.record(case_id, ruling)).effects == ()
        await asyncio.sleep(0.25)
        (effect_id,) = (await world.record(case_id)).effects
        effects = PostgresEffects(world.database, world.vault)
        effect = await effects.begin(world.tenant_id, effect_id)
        assert effect is not None
        assert (effect.type, effect.to, effect.to_party is not None) == ("refund", "claimant", True)
        await effects.finish(world.tenant_id, effect_id, "done")
        assert (await world.record(case_id)).effects == ()
        rows = await sql(world, "SELECT state, result FROM effects WHERE id = $1", effect_id)
        assert [tuple(row) for row in rows] == [("done", "done")]
        archived = await sql(world, "SELECT status FROM commands WHERE case_id = $1 AND id LIKE 'dl%'", case_id)
        assert [row["status"] for row in archived] == ["accepted"]

    async def test_unknown_and_strange_effects_are_none(self, world: World) -> None:
        effects = PostgresEffects(world.database, world.vault)
        await self.ordered(world, "eff_2")
        assert await effects.begin(world.tenant_id, "eff_none") is None
        assert await effects.begin("somebody-else", "eff_2") is None


class TestRelay:
    async def waiting(self, world: World) -> dict[str, str | None]:
        found = await PostgresRelay(world.database).waiting(NOW)
        return {p.case_id: p.command_id for p in found if p.tenant_id == world.tenant_id}

    async def test_unanswered_command_wakes_its_case(self, world: World) -> None:
        opened = await world.opened()
        assert await self.waiting(world) == {opened.case_id: opened.command_id}

    async def test_quiet_case_is_left_alone(self, world: World) -> None:
        case_id = await world.case()
        await sql(world, "UPDATE notices SET state = 'sent' WHERE case_id = $1", case_id)
        assert await self.waiting(world) == {}

    async def test_overdue_level_unsent_notice_and_effect_that_nobody_began(self, world: World) -> None:
        late, unsent, unbegun = [await world.case() for _ in range(3)]
        await sql(world, "UPDATE notices SET state = 'sent' WHERE case_id <> $1", unsent)
        await sql(world, "UPDATE deadlines SET due_at = clock_timestamp() - interval '1 min' WHERE case_id = $1", late)
        await sql(
            world,
            "INSERT INTO effects (tenant, id, case_id, seq, type, side, because) "
            "VALUES ($1, 'eff_3', $2, 1, 'refund', 'claimant', 'r')",
            world.tenant_id, unbegun,
        )  # fmt: skip
        assert set(await self.waiting(world)) == {late, unsent, unbegun}

    async def test_poked_case_rests_until_it_moves(self, world: World) -> None:
        opened = await world.opened()
        relay = PostgresRelay(world.database)
        long = timedelta(milliseconds=200)
        await asyncio.sleep(0.25)
        assert [p.case_id for p in await relay.waiting(long) if p.tenant_id == world.tenant_id] == [opened.case_id]
        assert [p for p in await relay.waiting(long) if p.tenant_id == world.tenant_id] == []
        await asyncio.sleep(0.45)
        assert [p.case_id for p in await relay.waiting(long) if p.tenant_id == world.tenant_id] == [opened.case_id]


class TestIdempotency:
    async def test_one_of_many_goes_on_and_the_others_get_its_answer(self, world: World) -> None:
        keys = PostgresIdempotency(world.database, world.vault)
        begun = await asyncio.gather(*(keys.begin(world.tenant_id, "k", "POST /v1/cases", b"{}") for _ in range(10)))
        assert sorted(b.state for b in begun) == ["mine"] + ["running"] * 9
        await keys.finish(world.tenant_id, "k", 201, {"id": "case_1"})
        done = await keys.begin(world.tenant_id, "k", "POST /v1/cases", b"{}")
        assert (done.state, done.status_code, done.response) == ("done", 201, {"id": "case_1"})

    async def test_other_body_or_route_is_other(self, world: World) -> None:
        keys = PostgresIdempotency(world.database, world.vault)
        await keys.begin(world.tenant_id, "k", "POST /v1/cases", b"{}")
        assert (await keys.begin(world.tenant_id, "k", "POST /v1/cases", b"[]")).state == "other"
        assert (await keys.begin(world.tenant_id, "k", "POST /v1/other", b"{}")).state == "other"

    async def test_key_that_was_given_up_or_left_behind_is_free_again(self, world: World) -> None:
        keys = PostgresIdempotency(world.database, world.vault)
        await keys.begin(world.tenant_id, "k", "r", b"")
        await keys.forget(world.tenant_id, "k")
        assert (await keys.begin(world.tenant_id, "k", "r", b"")).state == "mine"
        await sql(world, "UPDATE idempotency SET began_at = began_at - interval '2 min'")
        assert (await keys.begin(world.tenant_id, "k", "r", b"")).state == "mine"
        assert (await keys.begin(world.tenant_id, "k", "r", b"")).state == "running"
        assert await keys.sweep(world.tenant_id, timedelta(days=1)) == 0


class TestKeys:
    async def test_secret_finds_its_holder_and_nothing_else(self, world: World) -> None:
        key_id, secret = await world.tenants.create_key(world.tenant_id, name="ci", scopes=("cases:read",), person_id="per_mia")
        holder = await world.tenants.find_key(secret)
        assert holder is not None
        assert (holder.tenant_id, holder.key_id, holder.actor_id, holder.scopes) == (
            world.tenant_id,
            key_id,
            "per_mia",
            ("cases:read",),
        )
        assert secret.startswith("omb_")
        for wrong in ("", secret[:-1], "omb_é", "\ud800"):
            assert await world.tenants.find_key(wrong) is None
        assert await world.tenants.disable_key(world.tenant_id, key_id)
        assert await world.tenants.find_key(secret) is None


class TestPool:
    async def test_connection_is_given_back_without_its_tenant(self, world: World) -> None:
        async def seen() -> str:
            async with world.database.nobody() as conn:
                await asyncio.sleep(0.01)
                return str(await conn.fetchval("SELECT current_setting('ombud.tenant', true)") or "")

        async with world.database.tenant(world.tenant_id):
            pass
        assert set(await asyncio.gather(*(seen() for _ in range(10)))) == {""}

    async def test_broken_connections_are_replaced(self, world: World, server: Server) -> None:
        conn = await asyncpg.connect(server.app_dsn)
        await conn.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ombud_app' AND pid <> pg_backend_pid()"
        )
        await conn.close()
        await asyncio.sleep(0.1)
        assert world.tenant_id in await world.database.tenant_ids()
