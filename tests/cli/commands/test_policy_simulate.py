"""Past cases of a tenant under a changed pack: read from the database, and nothing written to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from activities.messages import RecordInput
from activities.record import RecordActivities
from domain.model.report import Report
from domain.worktime.calculator import zone_data_version
from policies.pack import PACKS_DIR
from policies.shelf import Shelf
from storage.intake.inbox import PostgresInbox
from storage.intake.opening import PostgresIntake
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.records import PostgresRecords
from tests.support.shell import Shell

pytestmark = pytest.mark.postgres

TEXT = (PACKS_DIR / "bounty_dispute.yaml").read_text("utf-8")


async def opened(database: Database, vault: Vault, tenant_id: str, **changes: object) -> str:
    """A case on disk, judged."""
    report = Report.model_validate({
        "kind": "bounty_dispute", "statement": "They closed my report as a duplicate of nothing.",
        "attributes": {"closed_days_ago": 60},
        "parties": [{"side": "claimant", "ref": "kim"}, {"side": "respondent", "ref": "acme"}], **changes,
    })  # fmt: skip
    shelf = Shelf.load(2026)
    terms, routing = shelf.terms(report)
    made = await PostgresIntake(database, vault).open(
        tenant_id, report, terms, routing, calendars=shelf.calendars_of(terms), notices=shelf.packs[report.kind].notices
    )
    recorder = RecordActivities(PostgresRecords(database), PostgresInbox(database, vault), zone_data_version())
    await recorder.record(RecordInput(tenant_id=tenant_id, case_id=made.case_id))
    return made.case_id


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The bounty pack with a gate for reports closed a month ago."""
    path = tmp_path / "stricter.yaml"
    path.write_text(TEXT.replace("closed_days_ago > 92", "closed_days_ago > 30"))
    return path


async def test_attributes_are_read_again_and_nothing_is_written(
    shell: Shell, database: Database, vault: Vault, tenant_id: str, stricter: Path
) -> None:
    late = await opened(database, vault, tenant_id)
    early = await opened(database, vault, tenant_id, attributes={"closed_days_ago": 3})
    gold = await opened(database, vault, tenant_id, synthetic=True)
    erased = await opened(database, vault, tenant_id)
    async with database.tenant(tenant_id) as conn:
        held = await conn.fetchval("SELECT holder FROM keys WHERE case_id = $1 AND holder IN "
                                   "(SELECT id FROM parties WHERE side = 'claimant')", erased)  # fmt: skip
        await vault.erase(conn, tenant_id, erased, held)
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
