"""Cases in the database under the policies that are shipped, judged once: past cases for whoever decides them again."""

from __future__ import annotations

from functools import cache

from activities.messages import RecordInput
from activities.record import RecordActivities
from domain.model.report import Report
from domain.worktime.calculator import zone_data_version
from policies.shelf import Shelf
from storage.intake.inbox import PostgresInbox
from storage.intake.opening import PostgresIntake
from storage.postgres.pool import Database
from storage.postgres.vault import Vault
from storage.record.records import PostgresRecords


@cache
def shipped() -> Shelf:
    """The shipped policies, loaded once a session."""
    return Shelf.load(2026)


async def a_judged_case(database: Database, vault: Vault, tenant_id: str, **changes: object) -> str:
    """A bounty dispute on disk, judged; ``changes`` replace parts of its report."""
    report = Report.model_validate({
        "kind": "bounty_dispute", "statement": "They closed my report as a duplicate of nothing.",
        "attributes": {"closed_days_ago": 60},
        "parties": [{"side": "claimant", "ref": "kim"}, {"side": "respondent", "ref": "acme"}], **changes,
    })  # fmt: skip
    shelf = shipped()
    terms, routing = shelf.terms(report)
    made = await PostgresIntake(database, vault).open(
        tenant_id, report, terms, routing, calendars=shelf.calendars_of(terms), notices=shelf.packs[report.kind].notices
    )
    recorder = RecordActivities(PostgresRecords(database), PostgresInbox(database, vault), zone_data_version())
    await recorder.record(RecordInput(tenant_id=tenant_id, case_id=made.case_id))
    return made.case_id
