"""Past cases of a tenant under a changed pack: read from the database, and nothing written to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policies.pack import PACKS_DIR
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from tests.support.past_cases import a_judged_case
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres

TEXT = (PACKS_DIR / "bounty_dispute.yaml").read_text("utf-8")


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The bounty pack with a gate for reports closed a month ago."""
    path = tmp_path / "stricter.yaml"
    path.write_text(TEXT.replace("closed_days_ago > 92", "closed_days_ago > 30"))
    return path


async def test_attributes_are_read_again_and_nothing_is_written(
    shell: Shell, database: Database, vault: Vault, tenant_id: str, stricter: Path
) -> None:
    late = await a_judged_case(database, vault, tenant_id)
    early = await a_judged_case(database, vault, tenant_id, attributes={"closed_days_ago": 3})
    gold = await a_judged_case(database, vault, tenant_id, synthetic=True)
    erased = await a_judged_case(database, vault, tenant_id)
    async with database.tenant(tenant_id) as conn:
        held = await conn.fetchval("SELECT holder FROM keys WHERE case_id = $1 AND holder IN "
                                   "(SELECT id FROM parties WHERE side = 'claimant')", erased)  # fmt: skip
    async with database.deed(tenant_id) as conn:
        await vault.erase(conn, tenant_id, erased, held)
    async with database.tenant(tenant_id) as conn:
        before = await conn.fetchval("SELECT count(*) + sum(turn) FROM cases")
    done = await shell.type("policy", "simulate", str(stricter), "--tenant", tenant_id, "--json")
    assert done.exit_code == 0, f"{done.output}\n{done.exception!r}"
    found = {one["case"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert found.keys() == {late, early, erased}, gold
    assert found[early]["status"] == "same"
    assert (found[erased]["status"], found[erased]["code"]) == ("not_simulated", "report_erased")
    routing = next(one for one in found[late]["changed"] if one["about"] == "routing")
    assert (routing["old"], routing["new"]) == ("admit", "decline closed_too_long_ago")
    async with database.tenant(tenant_id) as conn:
        assert await conn.fetchval("SELECT count(*) + sum(turn) FROM cases") == before
