"""A case that was not disclosed is not there for its respondent, at any address; and nothing else of theirs says that it is."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.support.office import Office, a_report, party

pytestmark = pytest.mark.postgres

UNKNOWN = "case_0196a7c2-0000-7000-8000-00000000dead"
HOST = {"side": "respondent", "ref": "host-9", "name": "Nimbus", "email": "host@nimbus.example"}
GUEST = {"side": "claimant", "ref": "guest-1", "name": "Kim Doe", "email": "kim@example.org"}
FRAUD = {"kind": "fraud_report", "category": "fake_listing", "parties": [GUEST, HOST], "statement": "The flat does not exist.",
         "attributes": {}, "subject": "Flat 4"}  # fmt: skip
_READS = (
    "",
    "/timeline",
    "/proof",
    "/timeline?thread=respondent",
    "/actions",
    "/evidence",
    "/files",
    "/clocks",
    "/terms",
    "/commands/cmd_1234",
)
_WORDS: dict[str, dict[str, Any]] = {
    "messages": {"text": "Is there anything about me?"}, "evidence": {"text": "My deed."}, "appeals": {"reasons": "No."},
    "interim-reviews/ask": {"text": "I need it."}, "withdrawals": {},
}  # fmt: skip


async def hidden(office: Office) -> dict[str, Any]:
    """A fraud report that Ada works, of which the host was told nothing."""
    case = await office.desk().opened(**FRAUD)
    assert (await office.desk("ada").post(f"/v1/cases/{case['id']}/take")).status_code == 200
    return case


def as_host(case: dict[str, Any]) -> dict[str, str]:
    return {"Ombud-Act-As": party(case, "respondent")}


def told(answer: Any, case_id: str) -> tuple[int, str]:
    """An answer without what differs in every one."""
    body = re.sub(r'"(request_id|instance)":"[^"]*"', "", answer.text).replace(case_id, "-")
    return answer.status_code, body


async def test_to_the_respondent_it_is_like_one_that_does_not_exist(office: Office) -> None:
    case, desk = await hidden(office), office.desk()
    headers = as_host(case)
    for path in _READS:
        here = await desk.get(f"/v1/cases/{case['id']}{path}", headers=headers)
        there = await desk.get(f"/v1/cases/{UNKNOWN}{path}", headers=headers)
        assert told(here, case["id"]) == told(there, UNKNOWN), path
        assert here.status_code == 404, path
    for verb, words in _WORDS.items():
        here = await desk.post(f"/v1/cases/{case['id']}/{verb}", words, headers=headers)
        there = await desk.post(f"/v1/cases/{UNKNOWN}/{verb}", words, headers=headers)
        assert told(here, case["id"]) == told(there, UNKNOWN), verb
    for which in ({}, {"status": "open"}, {"kind": "fraud_report"}, {"limit": 1}):
        listed = (await desk.get("/v1/cases", params=which, headers=headers)).json()
        assert (listed["data"], listed["has_more"], listed["next_cursor"]) == ([], False, None)


async def test_the_claimant_the_platform_and_the_team_see_that_it_is_not_disclosed(office: Office) -> None:
    case, desk = await hidden(office), office.desk()
    path = f"/v1/cases/{case['id']}"
    as_guest = {"Ombud-Act-As": party(case, "claimant")}
    for answer in (await desk.get(path), await desk.get(path, headers=as_guest), await office.desk("ada").get(path)):
        assert answer.json()["disclosed_at"] is None
    assert (await office.desk("ben").post(f"{path}/disclosures")).json()["code"] == "not_your_case"
    said = await office.desk("ada").post(f"{path}/disclosures", {"text": "Guests say that your flat does not exist."})
    assert said.status_code == 200, said.text
    seen = (await desk.get(path, headers=as_host(case))).json()
    assert (seen["told"], seen["words"]) == ("Guests say that your flat does not exist.", "desk")
    assert seen["disclosed_at"] is not None
    assert (await desk.get(path, headers=as_guest)).json()["told"] is None


async def test_telling_takes_the_persons_own_credential(office: Office) -> None:
    case = await hidden(office)
    answer = await office.desk().command(case["id"], "disclose", "per_ada")
    assert answer.json()["code"] == "own_credential_needed"


async def test_once_told_they_read_the_report_only_if_it_was_disclosed_too(office: Office) -> None:
    for with_statement in (False, True):
        case, desk = await hidden(office), office.desk()
        told = {"text": "Guests say something of you.", "with_statement": with_statement}
        await office.desk("ada").post(f"/v1/cases/{case['id']}/disclosures", told)
        entries = (await desk.get(f"/v1/cases/{case['id']}/timeline", headers=as_host(case))).json()["data"]
        assert [entry["type"] for entry in entries] == ["case_opened", "case_disclosed"]
        assert ("The flat does not exist." in str(entries)) is with_statement
        assert "Flat 4" not in str(entries) or with_statement


async def their_world(office: Office, accused: bool) -> Any:
    """Everything that a host meets in a case of their own, while there is a report about them or none."""
    desk = office.desk()
    if accused:
        await hidden(office)
    own = a_report(
        kind="fraud_report",
        category="fake_listing",
        statement="I was never paid for the flat.",
        parties=[{**HOST, "side": "claimant"}, {**GUEST, "side": "respondent"}],
        attributes={},
    )
    opened = await desk.post("/v1/cases", own)
    case = opened.json()
    me, path = {"Ombud-Act-As": party(case, "claimant")}, f"/v1/cases/{case['id']}"
    answers = [opened, await desk.get("/v1/cases", headers=me), await desk.get(f"{path}/timeline", headers=me)]
    answers += [await desk.get(path, headers=me), await desk.get("/v1/measures", headers=me)]
    answers += [await desk.post(f"{path}/messages", {"text": "Well?"}, headers=me), await desk.get(f"{path}/actions", headers=me)]
    shown = [(answer.status_code, re.sub(r"(case|pty|cmd|cnt)_[0-9a-f-]+", r"\1", answer.text)) for answer in answers]
    return re.sub(r'\d{4}-\d\d-\d\dT[\d:.]+Z|"[\w=-]{40,}"', "-", str(shown))


async def test_a_case_of_their_own_is_the_same_whether_or_not_they_are_reported(office: Office, stranger: Office) -> None:
    assert await their_world(office, accused=True) == await their_world(stranger, accused=False)


async def test_a_measure_is_theirs_to_see_and_to_have_looked_at_again_and_the_case_is_not(office: Office) -> None:
    case, desk, ada = await hidden(office), office.desk(), office.desk("ada")
    headers, said = (
        as_host(case),
        {"measure": "payout_freeze", "reasons": "Three guests, one flat.", "told": "We check your account."},
    )
    assert (await desk.get("/v1/measures", headers=headers)).json() == {"object": "list", "data": []}
    assert (await ada.post(f"/v1/cases/{case['id']}/interim-measures", said)).status_code == 200
    (measure,) = (await desk.get("/v1/measures", headers=headers)).json()["data"]
    assert (measure["measure"], measure["told"]) == ("payout_freeze", "We check your account.")
    assert case["id"] not in str(measure)
    asked = await desk.post(f"/v1/measures/{measure['id']}/reviews", {"text": "It pays my mortgage."}, headers=headers)
    assert asked.json() == {"object": "measure_review", "measure": measure["id"], "status": "accepted"}
    assert (await desk.get("/v1/measures", headers=headers)).json()["data"][0]["asked_at"] is not None
    assert (await desk.get(f"/v1/cases/{case['id']}", headers=headers)).status_code == 404
    as_guest = {"Ombud-Act-As": party(case, "claimant")}
    refused = await desk.post(f"/v1/measures/{measure['id']}/reviews", {"text": "No."}, headers=as_guest)
    assert refused.status_code == 404
    assert (await desk.get("/v1/measures")).json()["code"] == "party_needed"


async def test_a_private_talk_is_a_thread_that_the_other_side_does_not_have(office: Office) -> None:
    case, desk, ada = await office.desk().in_review(), office.desk(), office.desk("ada")
    path = f"/v1/cases/{case['id']}"
    mine, other = ({"Ombud-Act-As": party(case, side)} for side in ("claimant", "respondent"))
    await ada.post(f"{path}/take")
    before = (await desk.get(path, headers=other)).json()
    await desk.post(f"{path}/messages", {"text": "I would take less.", "to": "desk"}, headers=mine)
    await ada.post(f"{path}/messages", {"text": "How much less?", "to": "claimant"})
    assert (await desk.get(path, headers=other)).json() == before
    thread = f"{path}/timeline?thread=claimant"
    for asked in (desk.get(thread, headers=mine), ada.get(thread)):
        entries = (await asked).json()["data"]
        assert [entry["data"]["text"] for entry in entries] == ["I would take less.", "How much less?"]
        assert {entry["caucus"] for entry in entries} == {"claimant"}
    for asked in (desk.get(thread, headers=other), desk.get(thread), ada.get(f"{path}/timeline?thread=respondent")):
        assert (await asked).json()["data"] == []
    assert [talk["said"] for talk in (await desk.get(path, headers=mine)).json()["caucus"]] == [2]
