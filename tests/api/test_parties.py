"""Whoever is added finds the case when it is theirs to find, and whoever left finds none: at every address."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.office import Office, party

pytestmark = pytest.mark.postgres

GUEST = {"side": "claimant", "ref": "guest-1", "name": "Kim Doe", "email": "kim@example.org"}
FOUND = {"side": "respondent", "ref": "host-7", "name": "Nimbus", "email": "host7@nimbus.example"}
COUNSEL = {"side": "claimant", "role": "representative", "ref": "counsel-3", "name": "Vera Lind", "email": "vera@law.example"}
FRAUD = {"kind": "fraud_report", "category": "fake_listing", "parties": [GUEST], "statement": "The flat does not exist.",
         "attributes": {}, "subject": "Flat 4"}  # fmt: skip
_READS = ("", "/timeline", "/actions", "/evidence", "/files")


async def found(office: Office, path: str, party_id: str) -> set[int]:
    """What every address below a case, and the list, answers to a party."""
    desk, headers = office.desk(), {"Ombud-Act-As": party_id}
    listed = (await desk.get("/v1/cases", headers=headers)).json()["data"]
    return {(await desk.get(path + below, headers=headers)).status_code for below in _READS} | ({200} if listed else set())


async def added(office: Office, path: str, who: str, said: dict[str, Any]) -> str:
    answer = await office.desk(who).post(f"{path}/parties", said)
    assert answer.status_code == 200, answer.text
    parties = (await office.desk().get(path)).json()["parties"]
    return str(next(one["id"] for one in parties if one["ref"] == said["party"]["ref"]))


async def test_who_was_found_finds_no_case_before_it_is_disclosed(office: Office) -> None:
    case = await office.desk().opened(**FRAUD)
    path = f"/v1/cases/{case['id']}"
    assert (await office.desk("ada").post(f"{path}/take")).status_code == 200
    host = await added(office, path, "ada", {"party": FOUND})
    assert await found(office, path, host) == {404}
    as_guest = {"Ombud-Act-As": party(case, "claimant")}
    assert [one["side"] for one in (await office.desk().get(path, headers=as_guest)).json()["parties"]] == ["claimant"]
    assert (await office.desk("ada").post(f"{path}/disclosures", {"with_statement": True})).status_code == 200
    assert await found(office, path, host) == {200}


async def test_who_left_finds_none_any_more(office: Office) -> None:
    case = await office.desk().opened(**FRAUD)
    path = f"/v1/cases/{case['id']}"
    assert (await office.desk("ada").post(f"{path}/take")).status_code == 200
    counsel = await added(office, path, "ada", {"party": COUNSEL, "represents": party(case, "claimant"), "agreed": True})
    assert await found(office, path, counsel) == {200}
    gone = await office.desk("ada").post(f"{path}/parties/remove", {"party": counsel, "reason": "mistaken"})
    assert gone.status_code == 200, gone.text
    assert await found(office, path, counsel) == {404}
    seen = (await office.desk().get(path)).json()["parties"]
    assert {one["id"]: one.get("left", False) for one in seen} == {party(case, "claimant"): False, counsel: True}
