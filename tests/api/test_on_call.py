"""The rota through the API, the command line and the pages: one service behind three doors."""

from __future__ import annotations

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
