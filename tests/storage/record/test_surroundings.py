"""What facts refer to, and what follows from them: each kind of row is missed, and found out when it says something else."""

from __future__ import annotations

import pytest

from storage.postgres.vault import Vault
from storage.record.audit import PostgresAudit
from tests.support.database import Server
from tests.support.owners import owner_of
from tests.support.worlds import World

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
