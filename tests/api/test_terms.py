"""Why a case stands under its terms: told to the team, not found by anybody else."""

from __future__ import annotations

import pytest

from tests.support.office import Office

pytestmark = pytest.mark.postgres


async def test_the_team_reads_which_rows_matched_and_the_targets_in_force(office: Office) -> None:
    case = await office.desk().in_review()
    answer = await office.desk("ada").get(f"/v1/cases/{case['id']}/terms")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["version"] == said["current"] == said["opened_under"]
    assert {"table": "priority", "row": "everything_else", "said": "normal", "when": None} in said["rows"]
    settled = next(one for one in said["clocks"] if one["clock"] == "settlement")
    assert (settled["target"], settled["because"]) == ("3 business days", "every case")
    assert said["approval_above"] == {"amount": 500000, "currency": "USD"}
    assert said["changes"] == []


async def test_what_a_command_changed_names_who_and_why(office: Office) -> None:
    case = await office.desk().in_review()
    ops = office.desk("dana")
    moved = await ops.post(f"/v1/cases/{case['id']}/retargets", {"priority": "urgent", "reason": "press"})
    assert moved.status_code == 200, moved.text
    said = (await ops.get(f"/v1/cases/{case['id']}/terms")).json()
    (change,) = said["changes"]
    assert (change["role"], change["reason"], change["changed"]) == ("ops", "press", {"priority": ["normal", "urgent"]})
    ruling = next(one for one in said["clocks"] if one["clock"] == "ruling")
    assert (ruling["target"], ruling["because"]) == ("16 working hours", "urgent")


async def test_to_a_party_and_to_the_platform_it_is_not_found(office: Office) -> None:
    case = await office.desk().in_review()
    assert (await office.desk().get(f"/v1/cases/{case['id']}/terms")).status_code == 404
    claimant = office.desk()
    claimant.http.headers["Ombud-Act-As"] = next(p["id"] for p in case["parties"] if p["side"] == "claimant")
    assert (await claimant.get(f"/v1/cases/{case['id']}/terms")).status_code == 404
