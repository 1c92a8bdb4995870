"""What facts refer to, and what follows from them: each kind of row is missed, and found out when it says something else."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.model.facts import SYSTEM, NoteAdded, Recording
from domain.model.prose import Prose
from storage.postgres.vault import Vault
from storage.record.audit import PostgresAudit
from storage.record.surroundings import received_as_said
from tests.support.database import Server
from tests.support.owners import owner_of
from tests.support.worlds import World, a_command, sql

pytestmark = pytest.mark.postgres


@pytest.fixture
async def case_id(world: World) -> str:
    return await world.case_with_words()


async def found(world: World, vault: Vault | None = None) -> set[str]:
    verdict = await PostgresAudit(world.database, vault or world.vault).verify(world.tenant_id)
    return {flaw.what for flaw in verdict.flaws}


async def test_texts_are_opened_and_counted(world: World, case_id: str) -> None:
    verdict = await PostgresAudit(world.database, world.vault).verify(world.tenant_id)
    assert (verdict.flaws, verdict.texts) == ([], 5), "statement, subject, attachment, message, and the report"


AN_EFFECT = """
INSERT INTO effects (tenant, id, case_id, seq, type, side, because)
SELECT tenant, 'eff_made_up', id, 1, 'refund', 'claimant', 'rul_made_up' FROM cases
"""
A_SANCTION = """
INSERT INTO sanctions (tenant, id, case_id, party, ref_digest, category, sanction, weight, imposed_at)
SELECT tenant, 'san_made_up', id, 'pty_made_up', 'x', 'x', 'warning', 1, now() FROM cases
"""
ONE_TEXT = "(SELECT body -> 'fact' -> 'text' ->> 'content_id' FROM facts WHERE type = 'message_sent')"


@pytest.mark.parametrize(
    ("change", "flaws"),
    [
        (f"DELETE FROM contents WHERE id = {ONE_TEXT}", {"text_missing"}),
        ("DELETE FROM contents", {"text_missing"}),
        (f"UPDATE contents SET ciphertext = ciphertext || 'x' WHERE id = {ONE_TEXT}", {"text_unreadable"}),
        ("UPDATE keys SET wrapped = wrapped || 'x' WHERE holder = 'staff'", {"key_unreadable"}),
        ("UPDATE keys SET wrapped = NULL, destroyed_at = now() WHERE holder = 'staff'", {"erased_unsaid"}),
        ("UPDATE parties SET side = 'respondent' WHERE side = 'claimant'", {"party_differs"}),
        ("UPDATE parties SET ref_digest = repeat('0', 64) WHERE side = 'claimant'", {"party_differs"}),
        ("UPDATE parties SET has_email = NOT has_email WHERE side = 'claimant'", {"party_differs"}),
        ("UPDATE parties SET address_digest = repeat('0', 64) WHERE side = 'claimant'", {"party_differs"}),
        ("UPDATE parties SET contact = contact || 'x' WHERE side = 'claimant'", {"contact_unreadable"}),
        ("DELETE FROM parties WHERE side = 'claimant'", {"party_missing"}),
        ("DELETE FROM commands WHERE type = 'message'", {"command_missing"}),
        ("UPDATE commands SET received_at = received_at + interval '1 s' WHERE type = 'message'", {"command_differs"}),
        ("UPDATE commands SET actor_id = 'per_max' WHERE type = 'message'", {"command_differs"}),
        ("UPDATE notices SET seq = 99", {"notice_unknown"}),
        ("UPDATE cases SET source = 'elsewhere'", {"projection_differs"}),
        ("UPDATE cases SET synthetic = true", {"projection_differs"}),
        (AN_EFFECT, {"effect_unknown"}),
        (A_SANCTION, {"sanction_unknown"}),
    ],
)  # fmt: skip
async def test_tampering_shows(world: World, case_id: str, server: Server, change: str, flaws: set[str]) -> None:
    async with owner_of(server, world.tenant_id) as conn:
        await conn.execute(change)
    assert flaws <= await found(world)


async def test_another_master_key_opens_nothing(world: World, case_id: str) -> None:
    assert await found(world, Vault(b"another master key of 32 bytes!!")) >= {"key_unreadable"}


async def test_a_command_that_is_judged_after_a_later_one_is_whole(world: World, case_id: str) -> None:
    """As under many senders: stamped first, on disk only when the later one was read already."""
    early, late = (a_command("message", "per_mia", text=text) for text in ("First.", "Second."))
    async with world.database.tenant(world.tenant_id) as conn, conn.transaction():
        await world.inbox.receive_on(conn, world.tenant_id, case_id, early)
        recorded = asyncio.create_task(world.record(case_id, late))
        while not await sql(world, "SELECT FROM commands WHERE id = $1", late["id"]):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        assert not recorded.done(), "it waits for the row that the other holds"
    await recorded
    await world.record(case_id)
    order = (
        "SELECT f.command_id, f.at, c.received_at FROM facts f JOIN commands c ON c.id = f.command_id ORDER BY f.seq DESC LIMIT 2"
    )
    last, before = await sql(world, order)
    assert (before["command_id"], last["command_id"]) == (late["id"], early["id"]), "judged out of the order of arrival"
    assert last["received_at"] < before["received_at"] == before["at"] == last["at"]
    assert not await found(world)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    moments=st.lists(st.integers(0, 4), min_size=2, max_size=5),
    altered=st.integers(0, 4),
    by=st.sampled_from((-1_000_000, -3, -2, -1, 1, 2, 3, 1_000_000)),
)
async def test_any_order_of_arrival_is_whole_and_any_other_moment_shows(
    world: World, server: Server, moments: list[int], altered: int, by: int
) -> None:
    case_id = await world.case()
    commands = []
    async with owner_of(server, world.tenant_id) as conn:
        for moment in moments:
            commands.append(await world.inbox.put(world.tenant_id, case_id, a_command("note", "per_mia", text="So.")))
            stamp = "UPDATE commands SET received_at = (SELECT opened_at FROM cases WHERE id = $1) + $2 WHERE id = $3"
            await conn.execute(stamp, case_id, timedelta(microseconds=moment), commands[-1])
            await world.record(case_id)
        assert not await found(world)
        move = "UPDATE commands SET received_at = received_at + $1::interval WHERE id = $2"
        one = commands[altered % len(commands)]
        await conn.execute(move, timedelta(microseconds=by), one)
        assert await found(world) == {"command_differs"}
        await conn.execute(move, timedelta(microseconds=-by), one)
    assert not await found(world)


def test_of_an_earlier_release_a_fact_does_not_say_when_its_command_was_received() -> None:
    at = datetime(2026, 5, 4, 12, tzinfo=UTC)
    said = {
        "seq": 2, "at": at, "recorded_at": at, "command_id": "cmd_2", "actor": SYSTEM, "channel": "api", "round": 0,
        "fact": NoteAdded(text=Prose(content_id="cnt_1", digest="0", length=1)),
    }  # fmt: skip
    fact, moment = Recording.model_validate(said), timedelta(microseconds=1)
    before, long_before = (fact.model_copy(update={"at": at - gap}) for gap in (timedelta(0), moment))
    assert received_as_said(at, fact, long_before)
    assert received_as_said(at - moment, fact, before), "it took the instant of its neighbour"
    assert not received_as_said(at - moment, fact, long_before)
    assert not received_as_said(at - moment, fact, None)
    assert not received_as_said(at + moment, fact, before)
    now = Recording.model_validate({**said, "received_at": None})
    assert received_as_said(at, now, before)
    assert not received_as_said(at - moment, now, before)
