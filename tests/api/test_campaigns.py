"""Campaigns through the API: leads and ops open, fill, read and close them, and nobody else learns of them."""

from __future__ import annotations

import asyncio
from typing import Any

import jsonschema_rs
import pytest

from tests.support.office import Desk, Office, party, some_cases

pytestmark = pytest.mark.postgres

SAID = {"name": "Skimming at Nimbus Parking", "reason": "one_merchant"}


async def opened(desk: Desk, **more: Any) -> dict[str, Any]:
    answer = await desk.post("/v1/campaigns", {**SAID, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def bulk(desk: Desk, command: dict[str, Any], **selection: Any) -> dict[str, Any]:
    answer = await desk.post("/v1/bulk", {"command": command, "selection": selection})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def joined(desk: Desk, campaign: dict[str, Any], **selection: Any) -> dict[str, Any]:
    return await bulk(desk, {"type": "join_campaign", "campaign": campaign["id"]}, **selection)


class TestLife:
    async def test_opened_filled_summed_up_and_closed(self, office: Office) -> None:
        cases, cleo = await some_cases(office), office.desk("cleo")
        campaign = await opened(cleo)
        assert (campaign["opened_by"], campaign["status"], campaign["cases"]) == ("per_cleo", "open", {"open": 0, "closed": 0})
        told = await joined(cleo, campaign, kind="bounty_dispute")
        assert (told["cases"], told["counts"]) == (3, {"accepted": 3})
        desk = office.desk()
        settled = (await desk.get(f"/v1/cases/{cases['settlement']}")).json()
        await desk.command(settled["id"], "withdraw", party(settled, "claimant"))
        found = (await cleo.get(campaign["links"]["self"])).json()
        assert (found["by_phase"], found["by_outcome"]) == ({"review": 2}, {"withdrawn": 1})
        assert found["cases"] == {"open": 2, "closed": 1}
        closed = (await office.desk("dana").post(f"{campaign['links']['self']}/close")).json()
        assert (closed["status"], closed["closed_by"], closed["cases"]) == ("closed", "per_dana", {"open": 2, "closed": 1})
        again = (await cleo.post(f"{campaign['links']['self']}/close")).json()
        assert (again["closed_by"], again["closed_at"]) == ("per_dana", closed["closed_at"])
        late = await joined(cleo, campaign, case_ids=[cases["fraud"]])
        assert [(one["status"], one["code"]) for one in late["results"]] == [("refused", "campaign_closed")]

    async def test_money_at_stake_is_that_of_open_cases_by_currency(self, office: Office) -> None:
        desk, cleo = office.desk(), office.desk("cleo")
        amounts = ((1250, "EUR"), (750, "EUR"), (99, "USD"), (5000, "EUR"))
        cases = [await desk.opened(amount={"amount": amount, "currency": currency}) for amount, currency in amounts]
        campaign = await opened(cleo)
        await joined(cleo, campaign, case_ids=[case["id"] for case in (*cases, await desk.opened())])
        await desk.command(cases[3]["id"], "withdraw", party(cases[3], "claimant"))
        found = (await cleo.get(campaign["links"]["self"])).json()
        assert found["at_stake"] == [
            {"amount": 2000, "currency": "EUR", "cases": 2},
            {"amount": 99, "currency": "USD", "cases": 1},
        ]

    async def test_cases_leave_it_in_bulk_chosen_by_their_campaign(self, office: Office) -> None:
        cases, cleo = await some_cases(office), office.desk("cleo")
        first, second = await opened(cleo), await opened(cleo)
        await joined(cleo, first, case_ids=[cases["fraud"], cases["adas"]])
        await joined(cleo, second, case_ids=[cases["waiting"]])
        told = await bulk(cleo, {"type": "leave_campaign"}, campaign=first["id"])
        assert {one["case"] for one in told["results"]} == {cases["fraud"], cases["adas"]}
        listed = (await cleo.get("/v1/campaigns")).json()["data"]
        assert [(one["id"], one["cases"]["open"]) for one in listed] == [(second["id"], 1), (first["id"], 0)]

    async def test_a_list_shows_open_ones_first(self, office: Office) -> None:
        dana = office.desk("dana")
        first, second = await opened(dana), await opened(dana)
        await dana.post(f"/v1/campaigns/{second['id']}/close", {})
        for status, ids in ((None, [first, second]), ("open", [first]), ("closed", [second])):
            listed = (await dana.get("/v1/campaigns", params={"status": status} if status else {})).json()["data"]
            assert [one["id"] for one in listed] == [one["id"] for one in ids]

    async def test_the_same_key_is_one_campaign(self, office: Office) -> None:
        cleo, key = office.desk("cleo"), {"Idempotency-Key": "campaign-1"}
        answers = await asyncio.gather(*(cleo.post("/v1/campaigns", SAID, headers=key) for _ in range(4)))
        assert len({one.json()["id"] for one in answers}) == 1
        other = await cleo.post("/v1/campaigns", {**SAID, "name": "Another"}, headers=key)
        assert other.json()["code"] == "idempotency_key_reused"
        # The kept answer is lost: the same request finds its campaign.
        async with office.database.tenant(office.tenant_id) as conn:
            await conn.execute("DELETE FROM idempotency WHERE tenant = $1", office.tenant_id)
        assert (await cleo.post("/v1/campaigns", SAID, headers=key)).json()["id"] == answers[0].json()["id"]
        assert len((await cleo.get("/v1/campaigns")).json()["data"]) == 1


class TestCasesOfOne:
    async def test_are_listed_for_the_team(self, office: Office) -> None:
        cases, cleo = await some_cases(office), office.desk("cleo")
        campaign = await opened(cleo)
        await joined(cleo, campaign, case_ids=[cases["fraud"], cases["adas"]])
        listed = (await office.desk("ada").get(campaign["links"]["cases"])).json()["data"]
        assert {one["id"] for one in listed} == {cases["fraud"], cases["adas"]}
        assert {one["campaign"] for one in listed} == {campaign["id"]}

    async def test_a_party_can_neither_ask_for_them_nor_see_it(self, office: Office) -> None:
        desk, cleo = office.desk(), office.desk("cleo")
        case, campaign = await desk.opened(), await opened(cleo)
        await joined(cleo, campaign, case_ids=[case["id"]])
        for side in ("claimant", "respondent"):
            mine = {"Ombud-Act-As": party(case, side)}
            asked = await desk.get("/v1/cases", params={"campaign": campaign["id"]}, headers=mine)
            assert (asked.json()["code"], asked.json()["errors"][0]["field"]) == ("filter_forbidden", "campaign")
            seen = await desk.get(f"/v1/cases/{case['id']}", params={"expand[]": "timeline"}, headers=mine)
            assert seen.status_code == 200
            assert "campaign" not in seen.text
            for path in ("/v1/campaigns", campaign["links"]["self"]):
                answer = await desk.get(path, headers=mine)
                assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


class TestWho:
    async def test_nobody_but_leads_and_ops(self, office: Office) -> None:
        campaign = await opened(office.desk("cleo"))
        path = campaign["links"]["self"]
        case = await office.desk().opened()
        mine = {"Ombud-Act-As": party(case, "claimant")}
        for who, headers in (("ada", {}), ("platform", {}), ("platform", mine)):
            desk = office.desk(who)
            for answer in (
                await desk.post("/v1/campaigns", SAID, headers=headers),
                await desk.post(f"{path}/close", headers=headers),
            ):
                assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        for one in ("/v1/campaigns", path):
            assert (await office.desk("ada").get(one)).json()["code"] == "not_allowed"
        (listed,) = (await office.desk("dana").get("/v1/campaigns")).json()["data"]
        assert listed["status"] == "open"

    async def test_a_platforms_key_opens_it_for_a_lead_and_a_person_for_nobody_else(self, office: Office) -> None:
        assert (await opened(office.desk(), by="per_cleo"))["opened_by"] == "per_cleo"
        for who, by, code in (("ada", "per_dana", "by_forbidden"), ("platform", "per_nobody", "actor_unknown")):
            answer = await office.desk(who).post("/v1/campaigns", {**SAID, "by": by})
            assert (answer.status_code, answer.json()["code"]) == (403, code)

    async def test_another_tenants_is_not_there(self, office: Office, stranger: Office) -> None:
        campaign, theirs = await opened(office.desk("cleo")), stranger.desk("cleo")
        path = campaign["links"]["self"]
        for answer in (await theirs.get(path), await theirs.post(f"{path}/close"), await theirs.get("/v1/campaigns/cmp_none")):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert (await theirs.get("/v1/campaigns")).json()["data"] == []
        case = await stranger.desk().opened()
        told = await joined(theirs, campaign, case_ids=[case["id"]])
        assert [one["code"] for one in told["results"]] == ["campaign_unknown"]
        assert (await office.desk("cleo").get(path)).json()["status"] == "open"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "  ", "reason": "x"}, "name"),
        ({"name": "a\nb", "reason": "x"}, "name"),
        ({"name": "n" * 201, "reason": "x"}, "name"),
        ({"name": "n", "reason": "Not a code"}, "reason"),
        ({**SAID, "id": "cmp_mine"}, "id"),
    ],
)
async def test_what_is_wrong_is_named(office: Office, body: dict[str, Any], field: str) -> None:
    answer = await office.desk("cleo").post("/v1/campaigns", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert field in [error["field"] for error in answer.json()["errors"]]


async def test_answers_are_as_described(office: Office) -> None:
    cleo = office.desk("cleo")
    campaign = await opened(cleo)
    description = (await office.desk(None).get("/v1/openapi.json")).json()
    for path, name in (("/v1/campaigns", "CampaignList"), (campaign["links"]["self"], "CampaignSummary")):
        shape = {"$ref": f"#/components/schemas/{name}", "components": description["components"]}
        jsonschema_rs.validator_for(shape).validate((await cleo.get(path)).json())
