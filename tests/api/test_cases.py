"""Opening, reading and listing cases."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.office import ClosedDoor, Office, a_report, party

pytestmark = pytest.mark.postgres


async def test_a_report_becomes_a_case_with_deadlines_and_actions(office: Office) -> None:
    answer = await office.desk().post("/v1/cases", a_report())
    case = answer.json()
    assert answer.status_code == 201
    assert (case["kind"], case["phase"], case["status"]) == ("bounty_dispute", "settlement", "open")
    assert [due["by_default"] for due in case["deadlines"]] == ["open_review"]
    assert {"command": "message", "allowed": True, "code": None, "detail": None} in case["available_actions"]
    assert answer.headers["Location"] == f"/v1/cases/{case['id']}"
    assert answer.headers["Ombud-Version"]
    of_the_team = (await office.desk("dana").get(f"/v1/cases/{case['id']}")).json()
    assert [due["by_default"] for due in of_the_team["deadlines"]] == ["open_review"]


async def test_with_nobody_to_judge_the_report_is_on_disk_and_the_answer_is_202(office: Office) -> None:
    answer = await office.desk(doors=ClosedDoor()).post("/v1/cases", a_report())
    told = answer.json()
    assert answer.status_code == 202
    assert told["status"] == "accepted"
    read = (await office.desk(doors=ClosedDoor()).get(told["links"]["self"])).json()
    assert {**read, "parties": [{k: v for k, v in one.items() if k not in ("name", "email")} for one in read["parties"]]} == told
    held = await office.views.case(office.tenant_id, told["id"])
    assert held is not None
    assert held.case is None


async def test_a_report_taken_while_nobody_judged_is_judged_when_it_comes_again(office: Office) -> None:
    report = a_report(external_id="R-1")
    first = await office.desk(doors=ClosedDoor()).post("/v1/cases", report)
    second = await office.desk().post("/v1/cases", report)
    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json()["id"] == second.json()["id"]
    assert second.json()["phase"] == "settlement"


async def test_the_same_external_id_is_the_same_case(office: Office) -> None:
    desk = office.desk()
    first = await desk.post("/v1/cases", a_report(external_id="R-2"))
    again = await desk.post("/v1/cases", a_report(external_id="R-2"))
    other = await desk.post("/v1/cases", a_report(external_id="R-2", category="scope"))
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == again.json()
    assert other.json()["code"] == "external_id_reused"


async def test_the_same_key_gets_the_same_answer(office: Office) -> None:
    desk, key = office.desk(), {"Idempotency-Key": "open-1"}
    first = await desk.post("/v1/cases", a_report(), headers=key)
    again = await desk.post("/v1/cases", a_report(), headers=key)
    other = await desk.post("/v1/cases", a_report(category="scope"), headers=key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("by", ["key", "external id"])
async def test_fifty_at_once_are_one_case(office: Office, by: str) -> None:
    desk = office.desk()
    report = a_report(**({"external_id": "R-50"} if by == "external id" else {}))
    headers = {"Idempotency-Key": "fifty"} if by == "key" else {}
    answers = await asyncio.gather(*(desk.post("/v1/cases", report, headers=headers) for _ in range(50)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    listed = (await desk.get("/v1/cases")).json()
    assert [case["id"] for case in listed["data"]] == [answers[0].json()["id"]]


async def test_a_gate_declines_with_its_reason(office: Office) -> None:
    case = await office.desk().opened(attributes={"closed_days_ago": 200})
    assert (case["status"], case["outcome"], case["close_reason"]) == ("closed", "declined", "closed_too_long_ago")


async def test_an_etag_says_when_nothing_has_changed(office: Office) -> None:
    desk = office.desk()
    case = await desk.opened()
    first = await desk.get(f"/v1/cases/{case['id']}")
    same = await desk.get(f"/v1/cases/{case['id']}", headers={"If-None-Match": first.headers["ETag"]})
    any_version = await desk.get(f"/v1/cases/{case['id']}", headers={"If-None-Match": 'W/"other", *'})
    await desk.command(case["id"], "escalate", party(case, "claimant"))
    changed = await desk.get(f"/v1/cases/{case['id']}", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, same.status_code, changed.status_code) == (200, 304, 200)
    assert (same.content, any_version.status_code) == (b"", 304)
    assert changed.headers["ETag"] != first.headers["ETag"]


async def test_pages_follow_each_other_without_gap_or_repetition(office: Office) -> None:
    desk = office.desk()
    opened = [(await desk.opened())["id"] for _ in range(5)]
    seen, cursor, page = [], None, {}
    for _ in range(3):
        page = (await desk.get("/v1/cases", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [case["id"] for case in page["data"]]
        cursor = page["next_cursor"]
    assert seen == opened[::-1]
    assert cursor is None
    assert page["has_more"] is False


async def test_the_team_lists_what_falls_due_first(office: Office) -> None:
    desk, ops = office.desk(), office.desk("dana")
    slow, fast = await desk.opened(), await desk.in_review(priority="urgent")
    page = (await ops.get("/v1/cases", params={"sort": "due", "limit": 1})).json()
    rest = (await ops.get("/v1/cases", params={"sort": "due", "limit": 1, "cursor": page["next_cursor"]})).json()
    assert [case["id"] for case in page["data"] + rest["data"]] == [fast["id"], slow["id"]]


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"kind": "bounty_dispute"}, 2),
        ({"kind": "fraud_report"}, 0),
        ({"phase": "review"}, 1),
        ({"status": "closed"}, 0),
        ({"owner": "per_ada"}, 1),
        ({"queue": "mediation", "phase": "settlement"}, 1),
        ({"due_before": "2035-01-01T00:00:00Z"}, 2),
        ({"due_before": "2020-01-01T00:00:00Z"}, 0),
    ],
    ids=str,
)
async def test_the_team_filters(office: Office, params: dict[str, str], count: int) -> None:
    desk = office.desk()
    await desk.opened()
    case = await desk.in_review()
    assert (await office.desk("ada").post(f"/v1/cases/{case['id']}/take")).status_code == 200
    listed = (await office.desk("dana").get("/v1/cases", params=params)).json()["data"]
    assert len(listed) == count


_FOR_THE_TEAM = ({"owner": "per_ada"}, {"queue": "mediation"}, {"due_before": "2035-01-01T00:00:00Z"}, {"sort": "due"})


@pytest.mark.parametrize("params", _FOR_THE_TEAM, ids=str)
async def test_the_platform_does_not_filter_by_what_it_may_not_know(office: Office, params: dict[str, str]) -> None:
    answer = await office.desk().get("/v1/cases", params=params)
    assert (answer.status_code, answer.json()["code"]) == (403, "filter_forbidden")


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "x"}, "limit"),
        ({"phase": "nowhere"}, "phase"),
        ({"due_before": "yesterday"}, "due_before"),
        ({"due_before": "0001-01-01T00:00:00+14:00"}, "due_before"),
        ({"kind": "a\x00b"}, "kind"),
        ({"cursor": "bm90aGluZw"}, "cursor"),
        ({"cursor": "é"}, "cursor"),
        ({"cursor": "W1wiXCJd" * 50}, "cursor"),
    ],
    ids=str,
)
async def test_a_wrong_parameter_is_named(office: Office, params: dict[str, str], field: str) -> None:
    answer = await office.desk("dana").get("/v1/cases", params=params)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_list_says_what_the_caller_may_do_only_when_asked(office: Office) -> None:
    desk, ada = office.desk(), office.desk("ada")
    case = await desk.opened()
    (plain,) = (await desk.get("/v1/cases")).json()["data"]
    (whole,) = (await desk.get("/v1/cases", params={"expand[]": "available_actions"})).json()["data"]
    read = (await desk.get(f"/v1/cases/{case['id']}")).json()
    assert "available_actions" not in plain
    assert whole["available_actions"] == read["available_actions"] != []
    assert {name: value for name, value in whole.items() if name != "available_actions"} == plain
    await desk.command(case["id"], "escalate", party(case, "claimant"))
    assert all("available_actions" not in one for one in (await ada.get("/v1/desk")).json()["waiting"]["data"])
    (waiting,) = (await ada.get("/v1/desk", params={"expand[]": "available_actions"})).json()["waiting"]["data"]
    assert waiting["available_actions"]
    unknown = await desk.get("/v1/cases", params={"expand[]": "timeline"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "parameter_invalid")
