"""``ombud campaign``: a client of the API."""

from __future__ import annotations

import pytest

from activities.messages import RecordInput
from api.examples.campaigns import CLOSED
from cli.tables.campaign import campaign_sheet
from tests.support.office import JudgingDoor, Office
from tests.support.shell import Shell


@pytest.mark.postgres
async def test_a_campaign_from_its_opening_to_its_close(shell: Shell, office: Office) -> None:
    case, other = await office.desk().opened(), await office.desk().in_review()
    whose = ("--as", "per_cleo", "-t", office.tenant_id)
    made = await shell.json("campaign", "open", "Skimming", "--reason", "one_merchant", "--key", "c-1", *whose)
    told = await shell.json("campaign", "add", made["id"], "--case", case["id"], *whose)
    assert (told["command"], told["counts"]) == ("join_campaign", {"pending": 1})
    dry = await shell.json("campaign", "add", made["id"], "--phase", "review", "--dry-run", *whose)
    assert dry["selected"] == [other["id"]]
    # What the worker does.
    recorder = JudgingDoor(office.records, office.inbox, office.lookups).recorder
    await recorder.record(RecordInput(tenant_id=office.tenant_id, case_id=case["id"]))
    listed = await shell.json("case", "list", "--campaign", made["id"], *whose)
    assert [one["id"] for one in listed["data"]] == [case["id"]]
    shown = await shell.type("campaign", "show", made["id"], *whose)
    assert "open: 1 (1 settlement)" in shown.stdout
    table = await shell.type("campaign", "list", "-t", office.tenant_id)
    assert "Skimming" in table.stdout
    assert (await shell.json("campaign", "close", made["id"], *whose))["status"] == "closed"


@pytest.mark.postgres
async def test_the_operator_opens_none_in_their_own_name(shell: Shell, office: Office) -> None:
    refused = await shell.type("campaign", "open", "Skimming", "--reason", "x", "-t", office.tenant_id)
    assert (refused.exit_code, refused.stdout) == (77, "")


def test_a_sheet_says_how_it_stands() -> None:
    assert list(campaign_sheet(CLOSED))[3:] == [
        "open: 3 (2 review, 1 settlement)",
        "closed: 1 (1 merged)",
        "at stake: 1,240.00 EUR in 2 open cases",
    ]
