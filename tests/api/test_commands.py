"""Commands: judged, refused, kept for later, repeated."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from api.routes.commands import VERBS
from domain.rules.lifecycle import TABLE, Who
from services.callers import Caller
from services.repeats import canonical, own_key
from tests.support.office import AlreadyCompleted, ClosedDoor, Office, a_report, party

pytestmark = pytest.mark.postgres


async def test_a_life_by_verbs(office: Office) -> None:
    platform, ada, cleo = office.desk(), office.desk("ada"), office.desk("cleo")
    case = await platform.opened()
    path, claimant, respondent = f"/v1/cases/{case['id']}", party(case, "claimant"), party(case, "respondent")
    money = {"amount": 900_000, "currency": "USD"}
    steps = [
        (platform, "messages", {"by": claimant, "text": "Please look again."}),
        (platform, "offers", {"by": respondent, "remedy": "payout", "amount": {**money, "amount": 100}}),
        (platform, "offers/decline", {"by": claimant}),
        (platform, "escalate", {"by": claimant}),
        (ada, "take", None),
        (ada, "notes", {"text": "Looks like scope."}),
        (ada, "evidence-requests", {"of": "respondent", "what": "Which version?"}),
        (platform, "evidence", {"by": respondent, "text": "Version 4."}),
        (ada, "rulings", _ruling(money)),
        (cleo, "returns", {"reasons": "Say more."}),
        (ada, "rulings", _ruling(money)),
        (cleo, "approvals", None),
        (ada, "retractions", None),
    ]
    for desk, verb, body in steps:
        answer = await desk.post(f"{path}/{verb}", body)
        assert answer.status_code == 200, (verb, answer.text)
        assert answer.json()["answer"]["status"] == "accepted"
        assert {"deadlines", "available_actions"} <= answer.json()["case"].keys()
    assert (await ada.get(path)).json()["phase"] == "review"


def _ruling(money: dict[str, object]) -> dict[str, object]:
    reasons = "The asset was in scope on the day of the report."
    return {"outcome": "upheld", "ground": "scope", "reasons": reasons, "remedies": [{"type": "payout", "amount": money}]}


async def test_every_command_from_outside_has_a_verb(office: Office) -> None:
    assert {verb.command for verb in VERBS} == {row.command for row in TABLE if row.who != {Who.SYSTEM}}


async def test_a_refusal_is_a_problem_with_its_code(office: Office) -> None:
    platform = office.desk()
    case = await platform.in_review()
    answer = await platform.command(case["id"], "escalate", party(case, "claimant"))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "not_in_this_phase")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["type"] == "https://disputes.example/problems/not_in_this_phase"
    assert problem["request_id"] == answer.headers["Request-Id"]
    assert problem["fields"] == {"phase": "review", "command": "escalate"}


async def test_nobody_approves_their_own_ruling(office: Office) -> None:
    platform, cleo = office.desk(), office.desk("cleo")
    case = await platform.in_review(heard=True)
    await cleo.post(f"/v1/cases/{case['id']}/take")
    drafted = await cleo.post(f"/v1/cases/{case['id']}/rulings", _ruling({"amount": 900_000, "currency": "USD"}))
    assert drafted.json()["case"]["phase"] == "approval"
    answer = await cleo.post(f"/v1/cases/{case['id']}/approvals")
    assert (answer.status_code, answer.json()["code"]) == (403, "own_ruling")


async def test_with_nobody_to_judge_a_command_is_kept_and_answered_later(office: Office) -> None:
    case = await office.desk().opened()
    claimant = party(case, "claimant")
    taken = await office.desk(doors=ClosedDoor()).command(case["id"], "escalate", claimant, id="cmd_later-1")
    assert taken.status_code == 202
    assert (taken.json()["status"], taken.json()["answer"]) == ("pending", None)
    path = taken.json()["links"]["self"]
    waiting = (await office.desk().get(path)).json()
    assert (waiting["status"], waiting["answer"]) == ("pending", None)
    again = await office.desk().command(case["id"], "escalate", claimant, id="cmd_later-1")
    assert again.status_code == 200
    assert again.json()["case"]["phase"] == "review"
    judged = (await office.desk().get(path)).json()
    assert (judged["status"], judged["answer"]["status"]) == ("accepted", "accepted")


async def test_an_answer_lost_on_its_way_back_is_read_from_the_row(office: Office) -> None:
    desk = office.desk(doors=AlreadyCompleted(office.records, office.inbox))
    case = await desk.opened()
    answer = await desk.command(case["id"], "escalate", party(case, "claimant"))
    assert (answer.status_code, answer.json()["case"]["phase"]) == (200, "review")


async def test_the_same_id_has_one_effect(office: Office) -> None:
    desk = office.desk()
    case = await desk.opened()
    said = {"by": party(case, "claimant"), "id": "cmd_once-1", "text": "Once."}
    answers = await asyncio.gather(*(desk.command(case["id"], "message", **said) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {200}
    other = await desk.command(case["id"], "message", **{**said, "text": "Twice."})
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    told = (await desk.get(f"/v1/cases/{case['id']}/timeline")).json()["data"]
    assert [entry["data"]["text"] for entry in told if entry["type"] == "message_sent"] == ["Once."]


async def test_the_same_key_has_one_effect(office: Office) -> None:
    desk, key = office.desk(), {"Idempotency-Key": "say-1"}
    case = await desk.opened()
    path, said = f"/v1/cases/{case['id']}/messages", {"by": party(case, "claimant"), "text": "Once."}
    answers = await asyncio.gather(*(desk.post(path, said, headers=key) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    other = await desk.post(path, {**said, "text": "Twice."}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    somebody = await desk.post(path, {**said, "by": party(case, "respondent")}, headers=key)
    assert (somebody.status_code, somebody.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_refused_command_under_a_key_is_refused_the_same_way_again(office: Office) -> None:
    desk, key = office.desk(), {"Idempotency-Key": "refused-1"}
    case = await desk.in_review()
    body = {"by": party(case, "claimant")}
    path = f"/v1/cases/{case['id']}/escalate"
    first, again = [await desk.post(path, body, headers=key | {"Request-Id": "same"}) for _ in range(2)]
    assert first.status_code == 409
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(await office.views.commands(office.tenant_id, case["id"])) == 3


async def test_an_answer_is_given_again_to_its_own_caller_alone(office: Office) -> None:
    ada, key = office.desk("ada"), {"Idempotency-Key": "shared-1"}
    case = await office.desk().in_review()
    await ada.post(f"/v1/cases/{case['id']}/notes", {"text": "Looks forged."})
    report = a_report(external_id="T-1", source="shop")
    first = await ada.post("/v1/cases", report, headers=key)
    again = await ada.post("/v1/cases", report, headers=key)
    other = await office.desk().post("/v1/cases", report, headers=key)
    assert (first.status_code, again.headers.get("Idempotent-Replayed")) == (201, "true")
    assert first.json()["id"] == again.json()["id"] == other.json()["id"]
    assert "queue" in again.json()
    assert "queue" not in other.json(), "the case as a platform may see it, not what a person of the team was told"


async def test_a_key_is_its_callers_and_nobody_else_can_use_it_up(office: Office) -> None:
    platform, ada, key = office.desk(), office.desk("ada"), {"Idempotency-Key": "shared-2"}
    second = office.desk(await office.key(scopes=("cases:read", "cases:write")))
    case = await platform.in_review()
    path = f"/v1/cases/{case['id']}"
    for desk, text in ((ada, "Ours."), (platform, "Mine."), (second, "Also mine."), (second, "Also mine.")):
        answer = await desk.post(f"{path}/messages", {"text": text}, headers=key)
        assert answer.status_code == 200, answer.text
    assert len([c for c in await office.views.commands(office.tenant_id, case["id"]) if c.type == "message"]) == 3
    reports = ((platform, "One"), (second, "Two"), (ada, "Two"))
    key = {"Idempotency-Key": "shared-3"}
    opened = [await desk.post("/v1/cases", a_report(subject=subject), headers=key) for desk, subject in reports]
    assert len({answer.json()["id"] for answer in opened}) == 3


async def test_orders_for_many_cases_are_their_callers_too(office: Office) -> None:
    await office.desk().in_review()
    key, freeze = {"Idempotency-Key": "shared-4"}, {"incident": "outage", "all": True}
    first = (await office.desk("dana").post("/v1/freezes", freeze, headers=key)).json()
    by_platform = (await office.desk().post("/v1/freezes", {**freeze, "by": "per_dana"}, headers=key)).json()
    assert (first["cases"], by_platform["cases"]) == (1, 0), "what Dana froze is no answer to somebody else's request"
    names, key = {"name": "Outage", "reason": "one_cause"}, {"Idempotency-Key": "shared-5"}
    asked: tuple[tuple[Any, dict[str, str]], ...] = (
        (office.desk("dana"), {}),
        (office.desk(), {"by": "per_dana"}),
        (office.desk("dana"), {}),
    )
    opened = [await desk.post("/v1/campaigns", {**names, **more}, headers=key) for desk, more in asked]
    assert len({answer.json()["id"] for answer in opened}) == 2


async def test_an_id_that_was_used_says_nothing_of_whose_it_is(office: Office) -> None:
    platform, ada = office.desk(), office.desk("ada")
    mine, other = await platform.in_review(), await platform.in_review()
    for case, used in ((other, "cmd_there"), (mine, "cmd_here")):
        assert (await ada.command(case["id"], "note", id=used, text="Internal.")).status_code == 200
    assert (await platform.command(mine["id"], "message", id="cmd_own", text="First.")).status_code == 200
    told = []
    for used in ("cmd_there", "cmd_here", "cmd_own"):
        said = {"type": "message", "id": used, "text": "Hello."}
        answer = await platform.post(f"/v1/cases/{mine['id']}/commands", said, headers={"Request-Id": "same"})
        told.append((answer.status_code, answer.text.replace(used, "(id)")))
    assert len(set(told)) == 1
    assert told[0][0] == 409


async def test_a_first_request_that_never_ends_makes_the_second_wait_and_say_so(office: Office) -> None:
    desk = office.desk(api={"repeat_for": timedelta(milliseconds=100)})
    holder = await office.tenants.find_key(office.keys["platform"])
    assert holder is not None
    kept = own_key(Caller.holding(holder), "stuck")
    await office.parts().idempotency.begin(office.tenant_id, kept, "POST /v1/cases", canonical(a_report()))
    answer = await desk.post("/v1/cases", a_report(), headers={"Idempotency-Key": "stuck"})
    assert (answer.status_code, answer.json()["code"]) == (409, "request_in_flight")
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize(
    ("key", "body", "code"),
    [
        ("ada", {"by": "per_ben", "text": "x"}, "by_forbidden"),
        ("ada", {"by": "key_other", "text": "x"}, "by_forbidden"),
        ("platform", {"by": "key_other", "text": "x"}, "by_forbidden"),
        ("platform", {"by": "system", "text": "x"}, "system_only"),
        ("platform", {"by": "pty_nobody", "text": "x"}, "actor_unknown"),
        ("reader", {"text": "x"}, "scope_missing"),
        ("writer", {"by": "per_ada", "text": "x"}, "scope_missing"),
    ],
)
async def test_who_may_speak_for_whom(office: Office, key: str, body: dict[str, str], code: str) -> None:
    office.keys["reader"] = await office.key(scopes=("cases:read", "act_as"))
    office.keys["writer"] = await office.key(scopes=("cases:write",))
    case = await office.desk().opened()
    answer = await office.desk(key).post(f"/v1/cases/{case['id']}/messages", body)
    assert (answer.status_code, answer.json()["code"]) == (403, code)


async def test_a_person_and_a_platform_speak_for_themselves(office: Office) -> None:
    platform, ada = office.desk(), office.desk("ada")
    case = await platform.in_review()
    for desk in (platform, ada):
        assert (await desk.command(case["id"], "message", text="Hello.")).status_code == 200
    told = (await office.desk("dana").get(f"/v1/cases/{case['id']}/timeline")).json()["data"]
    assert [e["actor"]["role"] for e in told if e["type"] == "message_sent"] == ["platform", "mediator"]
