"""The preview of a ruling: what would follow and what each party would read, and no trace of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.office import Office, party

pytestmark = pytest.mark.postgres

REASONS = "The fix shipped two days later shows that the report was taken up."
PAYOUT = {"type": "payout", "amount": {"amount": 90000, "currency": "USD"}, "to": "claimant"}
RULING: dict[str, Any] = {"outcome": "upheld", "ground": "scope", "reasons": REASONS, "remedies": [PAYOUT]}


async def adas(office: Office) -> dict[str, Any]:
    """A case that Ada mediates."""
    case = await office.desk().in_review(heard=True)
    assert (await office.desk("ada").post(f"/v1/cases/{case['id']}/take")).status_code == 200
    return case


class TestPreview:
    async def test_says_what_would_follow_and_what_each_party_would_read(self, office: Office) -> None:
        case = await adas(office)
        answer = await office.desk("ada").post(f"/v1/cases/{case['id']}/rulings/preview", RULING)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert (found["refused"], found["approval_because"], found["phase_then"]) == (None, None, "appealable")
        assert found["effects"] == [{"does": "order", "remedy": {**PAYOUT, "party": None, "after_return": False}}]
        assert {right["side"]: right["allowed"] for right in found["rights"]} == {"claimant": False, "respondent": True}
        letters = {one["side"]: one for one in found["letters"]}
        assert letters["claimant"]["party"] == party(case, "claimant")
        assert "Kim Doe" in letters["claimant"]["text"]
        assert "Nimbus" in letters["respondent"]["text"]
        assert all(REASONS.split()[-1] in one["text"] for one in letters.values())
        assert letters["claimant"]["text"] != letters["respondent"]["text"]

    async def test_leaves_no_trace(self, office: Office) -> None:
        case, ada = await adas(office), office.desk("ada")
        before = (await ada.get(f"/v1/cases/{case['id']}?expand[]=timeline")).json()
        sent = await office.views.commands(office.tenant_id, case["id"])
        await ada.post(f"/v1/cases/{case['id']}/rulings/preview", RULING)
        assert (await ada.get(f"/v1/cases/{case['id']}?expand[]=timeline")).json() == before
        assert await office.views.commands(office.tenant_id, case["id"]) == sent

    async def test_a_refusal_is_part_of_the_answer(self, office: Office) -> None:
        case = await adas(office)
        for who, fields, code in (
            ("ada", {"ground": "vibes"}, "ground_unknown"),
            ("ben", {}, "not_your_case"),
            ("dana", {}, "not_allowed"),
        ):
            answer = await office.desk(who).post(f"/v1/cases/{case['id']}/rulings/preview", {**RULING, **fields})
            assert (answer.status_code, answer.json()["refused"]["code"]) == (200, code), who
            assert answer.json()["letters"] == []

    async def test_what_is_no_ruling_is_malformed(self, office: Office) -> None:
        case = await adas(office)
        answer = await office.desk("ada").post(f"/v1/cases/{case['id']}/rulings/preview", {"outcome": "upheld"})
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed")

    async def test_is_not_for_parties_nor_strangers(self, office: Office, stranger: Office) -> None:
        case = await adas(office)
        path, headers = f"/v1/cases/{case['id']}/rulings/preview", {"Ombud-Act-As": party(case, "claimant")}
        assert (await office.desk().post(path, RULING, headers=headers)).json()["code"] == "not_allowed"
        assert (await stranger.desk("ada").post(path, RULING)).status_code == 404
