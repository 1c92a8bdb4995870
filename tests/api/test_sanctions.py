"""What counts against the parties of a case: for the team alone, with what the ladder would say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.support.cases import STATEMENT
from tests.support.office import Office, party

pytestmark = pytest.mark.postgres

REPORT: dict[str, Any] = {
    "kind": "conduct_report", "category": "insult", "statement": "He called me an idiot, twice, in front of everybody.",
    "attributes": {},
}  # fmt: skip


@pytest.fixture(autouse=True)
async def _conduct(office: Office) -> None:
    """Ada works these reports."""
    await office.works("ada", "conduct")


async def before(office: Office, case: dict[str, Any], **more: Any) -> None:
    """A warning that this case has imposed on its respondent, a month ago."""
    row = {"id": f"san_{case['id']}", "weight": 1, "counts_for": timedelta(days=365), **more}
    async with office.database.tenant(office.tenant_id) as conn:
        await conn.execute(
            """
            INSERT INTO sanctions (tenant, id, case_id, party, ref_digest, category, sanction, weight, imposed_at, counts_until)
            SELECT tenant, $3, case_id, id, ref_digest, 'unprofessional', 'warning', $4, clock_timestamp() - interval '30 days',
                clock_timestamp() - interval '30 days' + $5
            FROM parties WHERE tenant = $1 AND id = $2
            """,
            office.tenant_id, party(case, "respondent"), row["id"], row["weight"], row["counts_for"],
        )  # fmt: skip


async def respondent_of(office: Office, case: dict[str, Any], key: str = "ada") -> dict[str, Any]:
    answer = await office.desk(key).get(f"/v1/cases/{case['id']}/sanctions")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = next(one for one in answer.json()["parties"] if one["side"] == "respondent")
    return found


def says(found: dict[str, Any]) -> dict[str, tuple[int, str]]:
    return {one["category"]: (one["count"], one["says"]) for one in found["ladder"]}


async def test_whoever_decides_sees_what_counts_and_what_would_follow(office: Office) -> None:
    first, second = await office.desk().opened(**REPORT), await office.desk().opened(**REPORT)
    await before(office, first)
    found = await respondent_of(office, second)
    assert [(one["case"], one["sanction"], one["counts"]) for one in found["sanctions"]] == [(first["id"], "warning", True)]
    assert says(found) == {
        "unprofessional": (1, "final_warning"),
        "harassment": (0, "final_warning"),
        "threats": (0, "temporary_ban"),
        "extortion": (0, "long_ban"),
    }


async def test_what_has_expired_is_listed_and_does_not_count(office: Office) -> None:
    first, second = await office.desk().opened(**REPORT), await office.desk().opened(**REPORT)
    await before(office, first, counts_for=timedelta(days=1))
    found = await respondent_of(office, second)
    assert [one["counts"] for one in found["sanctions"]] == [False]
    assert says(found)["unprofessional"] == (0, "warning")


async def test_the_reporter_has_no_ladder(office: Office) -> None:
    case = await office.desk().opened(**REPORT)
    answer = (await office.desk("ada").get(f"/v1/cases/{case['id']}/sanctions")).json()
    assert [one["ladder"] for one in answer["parties"] if one["side"] == "claimant"] == [[]]


async def test_nobody_outside_the_team_sees_it(office: Office) -> None:
    case = await office.desk().opened(**REPORT)
    # Whoever was told nothing of the case is told nothing of it here either.
    for side, refused in (("claimant", (403, "not_allowed")), ("respondent", (404, "not_found"))):
        headers = {"Ombud-Act-As": party(case, side)}
        answer = await office.desk().get(f"/v1/cases/{case['id']}/sanctions", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == refused
    assert (await office.desk().get(f"/v1/cases/{case['id']}/sanctions")).status_code == 403


async def test_a_ruling_before_the_accused_was_asked_is_a_conflict(office: Office) -> None:
    case, ada = await office.desk().opened(**REPORT), office.desk("ada")
    assert (await ada.post(f"/v1/cases/{case['id']}/take")).status_code == 200
    for step in ("evidence_secured", "record_checked"):
        assert (await ada.command(case["id"], "complete_step", step=step)).status_code == 200
    ruling = {"outcome": "violation", "ground": "insult", "reasons": "It is on the screen shots."}
    answer = await ada.command(case["id"], "rule", **ruling)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_heard")


async def test_a_drafted_sanction_shows_the_team_how_it_came_about(office: Office) -> None:
    first, case, ada = await office.desk().opened(**REPORT), await office.desk().opened(**REPORT), office.desk("ada")
    await before(office, first)
    await ada.post(f"/v1/cases/{case['id']}/take")
    for step in ("evidence_secured", "record_checked"):
        await ada.command(case["id"], "complete_step", step=step)
    await ada.command(case["id"], "request_evidence", of="respondent", what="What do you say?", ground="insult")
    await office.desk().command(case["id"], "submit_evidence", party(case, "respondent"), text="I was angry.")
    ruling: dict[str, Any] = {
        "outcome": "violation",
        "ground": "insult",
        "reasons": "It is on the screen shots.",
        "sanction": "temporary_ban",
        "statement": STATEMENT,
    }
    bare = await ada.command(case["id"], "rule", **ruling)
    assert (bare.status_code, bare.json()["code"]) == (422, "sanction_reasons_missing")
    assert bare.json()["fields"]["ladder_says"] == "final_warning"
    why: dict[str, Any] = {"sanction_reason": "planned", "sanction_reasons": "He had it prepared."}
    assert (await ada.command(case["id"], "rule", **ruling, **why)).status_code == 200
    read = (await ada.get(f"/v1/cases/{case['id']}")).json()["ruling"]["sanction"]
    assert (read["sanction"], read["ladder_says"], read["count"], read["departs"]) == (
        "temporary_ban",
        "final_warning",
        1,
        "harsher",
    )
    assert read["reasons"] == "He had it prepared."
