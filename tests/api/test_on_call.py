"""The rota through the API, the command line and the pages: one service behind three doors."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.office import Office

pytestmark = pytest.mark.postgres

TURN = {"queue": "mediation", "person": "per_ada", "until_at": "2099-01-01T00:00:00Z"}
SOON = {**TURN, "from_at": "2098-12-24T00:00:00Z"}


async def test_leads_put_people_on_call_and_everybody_of_the_team_sees_who_is(office: Office) -> None:
    said = await office.desk("dana").post("/v1/on-call", {**SOON, "until_at": "2099-01-02T00:00:00Z"})
    assert (said.status_code, said.json()["person"], said.json()["place"]) == (200, "per_ada", 1), said.text
    for at, found in (("2098-12-25T00:00:00Z", ["per_ada"]), ("2098-12-23T00:00:00Z", [])):
        listed = (await office.desk("ben").get(f"/v1/on-call?queue=mediation&at={at}")).json()["data"]
        assert [turn["person"] for turn in listed] == found
    assert (await office.desk("ben").get("/v1/on-call?queue=nowhere")).json()["data"] == []


async def test_a_turn_is_handed_over_by_whoever_has_it_and_ended_by_leads(office: Office) -> None:
    turn = (await office.desk("cleo").post("/v1/on-call", SOON)).json()["id"]
    refused = await office.desk("ben").post(f"/v1/on-call/{turn}/hand-over", {"to": "per_ben"})
    assert refused.json()["code"] == "not_allowed"
    taken = await office.desk("ada").post(f"/v1/on-call/{turn}/hand-over", {"to": "per_ben"})
    assert (taken.json()["person"], taken.json()["handed_from"], taken.json()["from_at"]) == (
        "per_ben", turn, "2098-12-24T00:00:00Z",
    )  # fmt: skip
    gone = await office.desk("cleo").post(f"/v1/on-call/{turn}/end")
    assert gone.json()["code"] == "turn_over"
    ended = await office.desk("cleo").post(f"/v1/on-call/{taken.json()['id']}/end")
    assert (ended.status_code, ended.json()["ended_by"]) == (200, "per_cleo")
    assert (await office.desk("cleo").get("/v1/on-call")).json()["data"] == []


async def test_what_somebody_was_called_for_goes_along_with_the_turn(office: Office) -> None:
    """And whoever has it now is told of it at once, not at the next look; what nobody was called for stays where it is."""
    turn = (await office.desk("dana").post("/v1/on-call", {**TURN, **month()})).json()
    quiet = await with_ada(office)
    async with office.database.deed(office.tenant_id) as conn:
        await conn.execute("UPDATE tenants SET development = true, time_scale = 0.0000001 WHERE id = $1", office.tenant_id)
    late = await with_ada(office)
    await asyncio.sleep(0.3)
    await office.desk("ada").post(f"/v1/cases/{late}/notes", {"text": "I am on my way."})
    assert [await owner(office, case) for case in (late, quiet)] == ["per_ada", "per_ada"]
    given = await office.desk("ada").post(f"/v1/on-call/{turn['id']}/hand-over", {"to": "per_ben"})
    assert given.json()["person"] == "per_ben", given.text
    assert [await owner(office, case) for case in (late, quiet)] == ["per_ben", "per_ada"]
    told = (await office.desk("dana").get(f"/v1/cases/{late}/timeline?limit=100")).json()["data"]
    assert [entry["data"]["reason"] for entry in told if entry["type"] == "case_assigned"][-1] == "on_call"


async def with_ada(office: Office) -> str:
    """An urgent case of the queue in which she is on call, and hers."""
    parties = [{"side": "claimant", "ref": "owner-1"}, {"side": "respondent", "ref": "sitter-9"}]
    report = {"kind": "safety_incident", "category": "assault", "statement": "He hit me in the face.", "parties": parties}
    case = str((await office.desk().post("/v1/cases", report)).json()["id"])
    for who, command in (
        ("cleo", {"type": "retarget", "queue": "mediation", "reason": "their_team"}),
        ("cleo", {"type": "assign", "owner": "per_ada"}),
    ):
        said = await office.desk(who).post(f"/v1/cases/{case}/commands", command)
        assert said.is_success or said.json()["code"] in ("owner_missing", "owner_mismatch"), said.text
    return case


async def owner(office: Office, case: str) -> str:
    return str((await office.desk("dana").get(f"/v1/cases/{case}")).json()["owner"])


def month() -> dict[str, str]:
    return {"until_at": (datetime.now(UTC) + timedelta(days=30)).isoformat()}


@pytest.mark.parametrize(
    ("who", "said", "code"),
    [
        ("ada", TURN, "not_allowed"),
        ("dana", {**TURN, "until_at": "2020-01-01T00:00:00Z"}, "instant_refused"),
        ("dana", TURN, "instant_refused"),
        ("dana", {**SOON, "person": "per_nobody"}, "not_on_rota"),
        ("dana", {**SOON, "queue": "nowhere"}, "not_on_rota"),
    ],
    ids=["a mediator", "over", "longer than three months", "nobody", "not their queue"],
)
async def test_what_is_refused(office: Office, who: str, said: dict[str, str], code: str) -> None:
    assert (await office.desk(who).post("/v1/on-call", said)).json()["code"] == code


async def test_one_that_nobody_has_is_not_found(office: Office) -> None:
    for deed, body in (("end", {}), ("hand-over", {"to": "per_ben"})):
        assert (await office.desk("dana").post(f"/v1/on-call/oct_none/{deed}", body)).status_code == 404
