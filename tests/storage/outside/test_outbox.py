"""The outbox: what is sent, sent once, and given up, and what a notice still says of somebody who was erased."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from activities.ports.notices import OutgoingNotice
from adapters.letters.composer import Composer
from storage.outside.endpoints import PostgresEndpoints
from storage.outside.outbox import PostgresOutbox
from storage.postgres.vault import STAFF
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

    async def test_a_letter_brings_the_newest_translation_into_its_readers_language(self, world: World) -> None:
        case_id = await world.case()
        await world.record(case_id, a_command("message", "per_mia", text="Bitte erklären Sie das."))
        row = await PostgresViews(world.database, world.vault).case(world.tenant_id, case_id)
        assert row is not None
        assert row.case is not None
        said = {"of": row.case.seq, "from_language": "de"}
        for into, text in (("en", "Explain."), ("fr", "Expliquez."), ("en-GB", "Please explain.")):
            more = {"machine": "Lingua 3"} if into == "en-GB" else {}
            await world.record(case_id, a_command("translate", "per_mia", into_language=into, text=text, **said, **more))
        found = await PostgresOutbox(world.database, world.vault).undelivered(world.tenant_id, case_id)
        letters = [one for one in found if one.event == "message_sent" and one.channel == "email"]
        assert letters
        for one in letters:
            (beside,) = one.translations.values()
            assert (beside.by, beside.name, beside.text) == ("machine", "Lingua 3", "Please explain.")
        assert all(not one.translations for one in found if one.event != "message_sent")

    async def test_a_letter_says_of_a_text_that_it_was_erased_and_when(self, world: World) -> None:
        case_id = await world.case()
        await world.record(case_id, a_command("message", "per_mia", text="Please explain."))
        async with world.database.deed(world.tenant_id) as conn:
            assert await world.vault.erase(conn, world.tenant_id, case_id, STAFF)
        found = await PostgresOutbox(world.database, world.vault).undelivered(world.tenant_id, case_id)
        letters = [one for one in found if one.event == "message_sent" and one.channel == "email"]
        assert letters
        for one in letters:
            assert (one.texts, set(one.erased)) == ({}, {"text"})
            told = Composer(replies=True).compose(one)
            day = one.erased["text"].astimezone(ZoneInfo(one.zone))
            assert f"[What stood here was erased on {day:%A}, {day.day} {day:%B %Y}" in told.text

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
        async with world.database.deed(world.tenant_id) as conn:
            await world.vault.erase(conn, world.tenant_id, case_id, notice.recipient)
        after = (await self.notices(world, case_id))["claimant"]
        assert (after.address, after.name) == (None, None)


class TestDigest:
    """One party's flood is few letters, and none of its messages is lost."""

    async def told(self, world: World, case_id: str) -> list[OutgoingNotice]:
        found = await PostgresOutbox(world.database, world.vault).undelivered(world.tenant_id, case_id)
        return [notice for notice in found if notice.event == "message_sent" and notice.audience == "respondent"]

    async def says(self, world: World, case_id: str, text: str, by: str = "per_mia") -> None:
        await world.record(case_id, a_command("message", by, text=text))

    async def states(self, world: World, case_id: str) -> list[str]:
        rows = await PostgresViews(world.database, world.vault).notices(world.tenant_id, case_id)
        return [row.state for row in rows if row.event == "message_sent" and row.audience == "respondent"]

    async def test_after_the_first_letter_the_next_ones_are_one(self, world: World) -> None:
        case_id, outbox = await world.case(), PostgresOutbox(world.database, world.vault)
        await self.says(world, case_id, "First.")
        (first,) = await self.told(world, case_id)
        assert first.folded == ()
        await outbox.sent(world.tenant_id, first.id, "<one@mail>", first.folded)
        for number in range(20):
            await self.says(world, case_id, f"More {number}.")
            assert await self.told(world, case_id) == []
        named = await outbox.handed(world.tenant_id, case_id)
        heads = [await outbox.one(world.tenant_id, one) for one in named]
        (head,) = [notice for notice in heads if notice and notice.audience == "respondent"]
        assert (head.texts, len(head.folded or ())) == ({"text": "More 0."}, 19)
        assert head.wait_for is not None
        assert timedelta(minutes=9) < head.wait_for <= timedelta(minutes=10)
        await outbox.sent(world.tenant_id, head.id, "<two@mail>", head.folded)
        assert await self.states(world, case_id) == ["sent"] * 21

    async def test_what_comes_while_a_letter_is_on_its_way_is_told_by_the_next(self, world: World) -> None:
        case_id, outbox = await world.case(), PostgresOutbox(world.database, world.vault)
        await self.says(world, case_id, "First.")
        (first,) = await self.told(world, case_id)
        await self.says(world, case_id, "Second.")
        (again,) = await self.told(world, case_id)
        assert (again.id, len(again.folded or ())) == (first.id, 1)
        # The letter that goes out was worded before the second message came.
        await outbox.sent(world.tenant_id, first.id, "<one@mail>", first.folded)
        assert await self.states(world, case_id) == ["sent", "pending"]
        assert await self.told(world, case_id) == []
        assert await self.states(world, case_id) == ["sent", "handed_over"]
        assert len(await outbox.handed(world.tenant_id, case_id)) >= 1

    async def test_another_persons_message_has_a_letter_of_its_own(self, world: World) -> None:
        case_id, outbox = await world.case(), PostgresOutbox(world.database, world.vault)
        await self.says(world, case_id, "First.")
        (first,) = await self.told(world, case_id)
        await outbox.sent(world.tenant_id, first.id, "<one@mail>", first.folded)
        await self.says(world, case_id, "From somebody else.", by="per_lee")
        (other,) = await self.told(world, case_id)
        assert other.texts == {"text": "From somebody else."}

    async def test_many_messages_at_once_are_one_letter(self, world: World) -> None:
        """Recorded while letters are looked for, sent and noted by several: between any two statements of theirs."""
        case_id, outbox = await world.case(), PostgresOutbox(world.database, world.vault)
        letters, over = set[str](), asyncio.Event()

        async def deliver() -> None:
            while not over.is_set():
                for letter in await self.told(world, case_id):
                    letters.add(letter.id)
                    await outbox.sent(world.tenant_id, letter.id, "<mail>", letter.folded)

        deliverers = [asyncio.create_task(deliver()) for _ in range(3)]
        for number in range(40):
            await self.says(world, case_id, f"Message {number}.")
        over.set()
        await asyncio.gather(*deliverers)
        while "pending" in await self.states(world, case_id):
            assert await self.told(world, case_id) == []
        assert len(letters) == 1, "one letter is enough for ten minutes"
        assert set(await self.states(world, case_id)) == {"sent", "handed_over"}, "and the next one brings the others"

    async def test_what_asks_or_decides_is_never_folded(self, world: World) -> None:
        case_id = await world.case()
        found = await PostgresOutbox(world.database, world.vault).undelivered(world.tenant_id, case_id)
        assert {notice.folded for notice in found} == {None}
        assert {"case_opened"} == {notice.event for notice in found}

    async def test_given_up_is_given_up_with_all_that_it_stood_for(self, world: World) -> None:
        case_id, outbox = await world.case(), PostgresOutbox(world.database, world.vault)
        await self.says(world, case_id, "First.")
        await self.says(world, case_id, "Second.")
        (letter,) = await self.told(world, case_id)
        await outbox.failed(world.tenant_id, letter.id, "address_refused")
        assert await self.states(world, case_id) == ["failed", "failed"]
