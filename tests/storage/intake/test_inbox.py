"""The inbox: nothing that came is lost, nothing is kept twice, no text lies open."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import asyncpg
import pytest

from activities.ports.errors import Never
from domain.model.case import Case
from storage.intake.inbox import Conflict, PostgresInbox, Receipt
from tests.support.worlds import World, a_command

pytestmark = pytest.mark.postgres


@pytest.fixture
async def case_id(world: World) -> str:
    return await world.case()


async def rows(world: World, case_id: str) -> dict[str, asyncpg.Record]:
    async with world.database.tenant(world.tenant_id) as conn:
        found = await conn.fetch("SELECT * FROM commands WHERE case_id = $1 AND type <> 'open' ORDER BY received_at", case_id)
    return {row["id"]: row for row in found}


async def receive(world: World, case_id: str, raw: object, **more: Any) -> Receipt:
    return await PostgresInbox(world.database, world.vault).receive(world.tenant_id, case_id, raw, **more)


async def state_of(world: World, case_id: str) -> Case:
    snapshot = await world.records.read(world.tenant_id, case_id)
    assert snapshot is not None
    assert snapshot.case is not None
    return snapshot.case


class TestPut:
    async def test_text_is_sealed_under_its_author(self, world: World, case_id: str) -> None:
        claimant = (await state_of(world, case_id)).parties[0].id
        for by, holder in ((claimant, claimant), ("per_mia", "staff")):
            command_id = await world.inbox.put(world.tenant_id, case_id, a_command("message", by, text="The dog bit first."))
            body = (await rows(world, case_id))[command_id]["body"]
            assert "dog" not in json.dumps(body)
            async with world.database.tenant(world.tenant_id) as conn:
                texts = await world.vault.reveal(conn, world.tenant_id, [body["text"]["content_id"]])
                stored = await conn.fetchval(
                    "SELECT k.holder FROM contents c JOIN keys k ON k.id = c.key_id WHERE c.id = $1", body["text"]["content_id"]
                )
            assert list(texts.values()) == ["The dog bit first."]
            assert stored == holder

    async def test_whoever_is_added_has_their_contact_under_a_key_of_their_own(self, world: World, case_id: str) -> None:
        claimant = (await state_of(world, case_id)).parties[0].id
        named = {"ref": "counsel-3", "name": "A. Nwosu", "email": "a@law.example"}
        counsel = {"side": "claimant", "role": "representative", **named}
        command = a_command("add_party", claimant, party=counsel)
        for _ in range(2):
            await world.inbox.put(world.tenant_id, case_id, command)
        body = (await rows(world, case_id))[command["id"]]["body"]
        assert not [said for said in ("Nwosu", "law.example", "counsel-3") if said in json.dumps(body)]
        async with world.database.tenant(world.tenant_id) as conn:
            kept = await conn.fetch(
                "SELECT p.id, p.has_email, k.holder FROM parties p JOIN keys k ON k.id = p.key_id "
                "WHERE p.case_id = $1 AND p.role = $2",
                case_id, "representative",
            )  # fmt: skip
        assert [tuple(row) for row in kept] == [(body["party"]["id"], True, body["party"]["id"])]

    async def test_a_translation_is_sealed_under_the_key_of_its_original_and_goes_with_it(
        self, world: World, case_id: str
    ) -> None:
        case = await state_of(world, case_id)
        said = {"of": 1, "field": "statement", "from_language": "de", "into_language": "en", "translator": "Ines Roth"}
        command_id = await world.inbox.put(
            world.tenant_id, case_id, a_command("translate", "per_mia", text="The dog bit first.", **said)
        )
        body = (await rows(world, case_id))[command_id]["body"]
        assert (body["original"], body["field"]) == (case.statement.model_dump(), "statement")
        ids = [body[name]["content_id"] for name in ("text", "translator", "original")]
        async with world.database.tenant(world.tenant_id) as conn:
            assert None not in (await world.vault.reveal(conn, world.tenant_id, ids)).values()
        async with world.database.deed(world.tenant_id) as conn:
            await world.vault.erase(conn, world.tenant_id, case_id, case.parties[0].id)
        async with world.database.tenant(world.tenant_id) as conn:
            assert set((await world.vault.reveal(conn, world.tenant_id, ids)).values()) == {None}
        late = a_command("translate", "per_mia", text="The dog bit second.", **said)
        answer = (await receive(world, case_id, late)).answer
        assert answer is not None
        assert answer.code == "text_erased"
        kept = [row["raw_content"] for row in (await rows(world, case_id)).values() if row["raw_content"]]
        async with world.database.tenant(world.tenant_id) as conn:
            texts = await world.vault.reveal(conn, world.tenant_id, kept)
        assert kept
        assert not [text for text in texts.values() if text and ("second" in text or "Ines" in text)]

    async def test_a_translation_of_no_text_is_refused(self, world: World, case_id: str) -> None:
        said = {"of": 99, "from_language": "de", "into_language": "en", "text": "The dog bit first."}
        answer = (await receive(world, case_id, a_command("translate", "per_mia", **said))).answer
        assert answer is not None
        assert answer.code == "text_unknown"

    async def test_same_command_five_times_is_one(self, world: World, case_id: str) -> None:
        command = a_command("message", "per_mia", text="Once.")
        receipts = await asyncio.gather(*(receive(world, case_id, command) for _ in range(5)))
        assert len({r.command_id for r in receipts}) == 1
        assert sorted(r.known for r in receipts) == [False, True, True, True, True]
        assert len({r.received_at for r in receipts}) == 1
        async with world.database.tenant(world.tenant_id) as conn:
            held = await conn.fetchval("SELECT count(*) FROM contents c JOIN keys k ON k.id = c.key_id WHERE k.holder = 'staff'")
        assert held == 1

    async def test_door_order_of_keys_and_channel_make_no_other_body(self, world: World, case_id: str) -> None:
        command = a_command("message", "per_mia", text="Once.")
        await receive(world, case_id, command, channel="api")
        again = dict(reversed(list(command.items()))) | {"channel": "cli"}
        assert (await receive(world, case_id, again, channel="temporal")).known
        assert (await rows(world, case_id))[command["id"]]["channel"] == "api"

    async def test_answer_comes_with_a_known_command(self, world: World, case_id: str) -> None:
        command = a_command("approve", "per_mia")
        assert (await receive(world, case_id, command)).answer is None
        await world.record(case_id)
        answer = (await receive(world, case_id, command)).answer
        assert answer is not None
        assert answer.code == "not_in_this_phase"

    async def test_unknown_case_and_a_strangers_case_are_refused_alike(self, world: World, case_id: str) -> None:
        for tenant, case in ((world.tenant_id, "case_00000000-0000"), ("somebody-else", case_id)):
            for raw in (a_command("take", "per_mia"), "nonsense"):
                with pytest.raises(Never) as never:
                    await world.inbox.put(tenant, case, raw)
                assert never.value.code == "case_unknown"

    async def test_idempotency_key_names_the_first_command(self, world: World, case_id: str) -> None:
        command = a_command("message", "per_mia", text="Once.")
        first = await receive(world, case_id, command, idempotency_key="k-1")
        again = await receive(world, case_id, {**command, "id": "cmd_other-id"}, idempotency_key="k-1")
        assert (again.command_id, again.known) == (first.command_id, True)
        with pytest.raises(Conflict) as conflict:
            await receive(world, case_id, a_command("message", "per_mia", text="Twice."), idempotency_key="k-1")
        assert conflict.value.code == "idempotency_key_reused"


class TestRefusedAtTheDoor:
    async def refused(self, world: World, case_id: str, raw: object, **more: Any) -> asyncpg.Record:
        receipt = await receive(world, case_id, raw, **more)
        row = (await rows(world, case_id))[receipt.command_id]
        assert row["status"] == "refused"
        assert receipt.answer is not None
        assert row["answer"]["code"] == receipt.answer.code
        return row

    async def test_other_body_under_a_known_id(self, world: World, case_id: str) -> None:
        command = a_command("message", "per_mia", text="One.")
        await receive(world, case_id, command)
        row = await self.refused(world, case_id, {**command, "text": "Two."})
        assert row["answer"]["code"] == "id_reused"
        assert row["id"] != command["id"]
        assert len(await rows(world, case_id)) == 2

    async def test_id_of_another_case(self, world: World, case_id: str) -> None:
        command = a_command("take", "per_mia")
        await receive(world, await world.case(), command)
        assert (await self.refused(world, case_id, command))["answer"]["code"] == "id_reused"

    async def test_what_is_no_command_is_kept_as_it_came(self, world: World, case_id: str) -> None:
        deep: Any = "x"
        for _ in range(200):
            deep = [deep]
        strange = {"nul": "\x00", "half": "\ud800"}
        raws: list[Any] = [None, 7, "rule!", [], {}, {"type": "rule"}, {"id": "cmd_1", "type": "dance"}, strange, deep]
        for raw in raws:
            row = await self.refused(world, case_id, raw)
            assert row["answer"]["code"] == "malformed"
            async with world.database.tenant(world.tenant_id) as conn:
                kept = await world.vault.reveal(conn, world.tenant_id, [row["raw_content"]])
            assert json.loads(kept[row["raw_content"]] or "") == raw

    async def test_deepest_and_largest_bodies_do_not_break_the_door(self, world: World, case_id: str) -> None:
        deep: Any = "x"
        for _ in range(100_000):
            deep = [deep]
        for raw in (
            deep,
            {"id": "cmd_big-1", "type": "note", "by": "per_mia", "text": "x" * 2_000_000},
            {"n": 10**5000},
            float("nan"),
        ):
            await self.refused(world, case_id, raw)

    async def test_wrong_fields_are_named_without_their_content(self, world: World, case_id: str) -> None:
        raw = {"id": "cmd_wrong-1", "type": "rule", "by": "per_mia", "outcome": "UPHELD secret", "reasons": " ", "extra\x00": 1}
        row = await self.refused(world, case_id, raw)
        errors = {e["field"]: e["code"] for e in row["answer"]["fields"]["errors"]}
        assert errors == {"outcome": "string_pattern_mismatch", "reasons": "text_empty", "extra?": "extra_forbidden"}
        assert "secret" not in json.dumps(row["answer"])

    async def test_corrected_command_may_use_the_id_again(self, world: World, case_id: str) -> None:
        await self.refused(world, case_id, {"id": "cmd_again-1", "type": "note", "by": "per_mia"})
        receipt = await receive(world, case_id, {"id": "cmd_again-1", "type": "note", "by": "per_mia", "text": "Now."})
        assert (receipt.command_id, receipt.known) == ("cmd_again-1", False)

    async def test_same_nonsense_twice_is_one_row(self, world: World, case_id: str) -> None:
        first = await self.refused(world, case_id, {"id": "cmd_1", "type": "dance"})
        assert (await self.refused(world, case_id, {"id": "cmd_1", "type": "dance"}))["id"] == first["id"]

    async def test_nul_in_a_field_is_refused_and_named(self, world: World, case_id: str) -> None:
        row = await self.refused(world, case_id, a_command("accept_offer", "per_mia", offer_id="off_\x00"))
        assert row["answer"]["fields"]["errors"][0]["field"] == "offer_id"

    @pytest.mark.parametrize(
        "raw",
        [
            {"id": "cmd_forge-1", "type": "report_effect", "by": "system", "effect_id": "eff_1", "result": "done"},
            {"id": "cmd_forge-2", "type": "report_effect", "by": "per_ola", "effect_id": "eff_1", "result": "done"},
            {"id": "cmd_forge-3", "type": "assign", "by": "system", "owner": "per_mia"},
            {"id": "dl_ruling:1:breach:0", "type": "take", "by": "per_mia"},
            {"id": "cmd_sys-done-eff_1", "type": "take", "by": "per_mia"},
            {"id": "cmd_assign.case.1", "type": "take", "by": "per_mia"},
        ],
    )
    async def test_what_only_the_system_may_send(self, world: World, case_id: str, raw: dict[str, Any]) -> None:
        assert (await self.refused(world, case_id, {**raw, "channel": "system"}))["answer"]["code"] == "system_only"

    async def test_system_itself_enters_by_its_own_door_and_once(self, world: World, case_id: str) -> None:
        command = {"id": "cmd_assign.case.2", "type": "assign", "by": "system", "owner": "per_mia"}
        assert await world.inbox.put(world.tenant_id, case_id, command, channel="system") == command["id"]
        assert await world.inbox.put(world.tenant_id, case_id, {**command, "owner": "per_max"}, channel="system") == command["id"]
        assert (await rows(world, case_id))[command["id"]]["body"]["owner"] == "per_mia"
