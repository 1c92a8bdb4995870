"""The outbox: what is sent, sent once, and given up, and what a notice still says of somebody who was erased."""

from __future__ import annotations

import pytest

from activities.ports.notices import OutgoingNotice
from storage.outside.endpoints import PostgresEndpoints
from storage.outside.outbox import PostgresOutbox
from storage.views.cases import PostgresViews
from tests.support.worlds import World, a_command, a_report

pytestmark = pytest.mark.postgres


class TestOutbox:
    async def notices(self, world: World, case_id: str) -> dict[str, OutgoingNotice]:
        found = await PostgresOutbox(world.database, world.vault).undelivered(world.tenant_id, case_id)
        return {notice.audience: notice for notice in found}

    async def test_everything_to_send_is_resolved(self, world: World) -> None:
        endpoint = await PostgresEndpoints(world.database, world.vault).create(world.tenant_id, "https://hooks.example/in")
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
        assert (platform.address, platform.secrets, platform.channel) == (
            "https://hooks.example/in",
            (endpoint.secret,),
            "webhook",
        )

    async def test_the_platforms_machines_are_told_by_what_it_knows_the_case_and_nobody_else_is(self, world: World) -> None:
        await PostgresEndpoints(world.database, world.vault).create(world.tenant_id, "https://hooks.example/in")
        case_id = await world.case(report=a_report(external_id="R-1", metadata={"order": "A-1"}))
        notices = await self.notices(world, case_id)
        told = notices["platform"].references
        assert told is not None
        assert (told.source, told.external_id, told.matter, told.subject) == ("api", "R-1", "report-4711", "Report 4711")
        assert told.metadata == {"order": "A-1"}
        assert {party.ref for party in told.parties} == {"user-1", "program-9"}
        assert {name for name, notice in notices.items() if notice.references is not None} == {"platform"}

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
