"""Clocks: what people may ask of them, and what each may know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies.loading import load_pack
from policies.pack import PACKS_DIR
from tests.support.office import ClosedDoor, Desk, Office, a_report, party, shelf

pytestmark = pytest.mark.postgres

SOON = timedelta(hours=3)


def ahead(by: timedelta = SOON) -> str:
    """An instant that lies ahead."""
    return (datetime.now(UTC) + by).isoformat()


async def a_taken_case(office: Office, **report: Any) -> str:
    """In review, Ada's."""
    case = await office.desk().in_review(**report)
    taken = await office.desk("ada").post(f"/v1/cases/{case['id']}/take")
    assert taken.status_code == 200, taken.text
    return str(case["id"])


async def a_fraud_case(office: Office) -> str:
    """In review from the start, Ada's."""
    case = await office.desk().opened(kind="fraud_report", category="stolen_payment")
    taken = await office.desk("ada").post(f"/v1/cases/{case['id']}/take")
    assert taken.status_code == 200, taken.text
    return str(case["id"])


def as_party(office: Office, who: str) -> Desk:
    desk = office.desk()
    desk.http.headers["Ombud-Act-As"] = who
    return desk


async def clock(desk: Desk, case_id: str, name: str) -> dict[str, Any]:
    """One clock as somebody sees it."""
    answer = await desk.get(f"/v1/cases/{case_id}/clocks")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = next(one for one in answer.json()["data"] if one["clock"] == name)
    return found


class TestVerbs:
    async def test_a_clock_is_paused_and_resumed(self, office: Office) -> None:
        case_id, ada = await a_taken_case(office), office.desk("ada")
        before = await clock(ada, case_id, "ruling")
        paused = await ada.post(f"/v1/cases/{case_id}/pauses", {"clock": "ruling", "reason": "waits_for_lab"})
        assert paused.status_code == 200, paused.text
        still = await clock(ada, case_id, "ruling")
        assert (before["state"], still["state"], still["due_at"]) == ("running", "still", None)
        assert (await ada.post(f"/v1/cases/{case_id}/resumptions", {"reason": "lab_answered"})).status_code == 200
        after = await clock(ada, case_id, "ruling")
        assert after["state"] == "running"
        assert after["due_at"] >= before["due_at"]

    async def test_a_case_is_put_away_until_an_instant(self, office: Office) -> None:
        case_id, ada = await a_taken_case(office), office.desk("ada")
        until = ahead()
        answer = await ada.post(f"/v1/cases/{case_id}/snoozes", {"until": until, "reason": "hearing"})
        assert answer.status_code == 200, answer.text
        due = {one["clock"]: one["due_at"] for one in answer.json()["case"]["deadlines"]}
        assert datetime.fromisoformat(due["snooze"]) == datetime.fromisoformat(until)

    async def test_a_lead_gives_more_time(self, office: Office) -> None:
        case_id, cleo = await a_taken_case(office), office.desk("cleo")
        body = {"clock": "ruling", "for": "8 working hours", "reason": "many_attachments"}
        own = await office.desk("ada").post(f"/v1/cases/{case_id}/extensions", body)
        assert (own.status_code, own.json()["code"]) == (403, "not_allowed")
        before = await clock(cleo, case_id, "ruling")
        assert (await cleo.post(f"/v1/cases/{case_id}/extensions", body)).status_code == 200
        after = await clock(cleo, case_id, "ruling")
        assert (before["extended_to"], after["extended_to"]) == (None, "88 working hours")
        assert after["due_at"] > before["due_at"]

    async def test_a_case_is_retargeted(self, office: Office) -> None:
        case_id, cleo = await a_taken_case(office), office.desk("cleo")
        answer = await cleo.post(f"/v1/cases/{case_id}/retargets", {"priority": "urgent", "reason": "amount_corrected"})
        assert answer.json()["case"]["priority"] == "urgent"
        assert (await clock(cleo, case_id, "ruling"))["target"] == "16 working hours"

    async def test_one_case_is_frozen_and_thawed(self, office: Office) -> None:
        case_id, dana = await a_taken_case(office), office.desk("dana")
        assert (await dana.post(f"/v1/cases/{case_id}/freezes", {"incident": "i-1"})).status_code == 200
        assert (await clock(dana, case_id, "ruling"))["state"] == "still"
        thawed = await dana.post(f"/v1/cases/{case_id}/thaws", {"incident": "i-1", "margin": "2 hours"})
        assert thawed.status_code == 200, thawed.text
        assert (await clock(dana, case_id, "ruling"))["state"] == "running"

    async def test_a_measure_is_imposed_reviewed_and_lifted(self, office: Office) -> None:
        case_id, ada = await a_fraud_case(office), office.desk("ada")
        path = f"/v1/cases/{case_id}"
        imposed = await ada.post(f"{path}/interim-measures", {"measure": "payout_freeze", "reasons": "Two stolen cards."})
        assert imposed.status_code == 200, imposed.text
        assert (await clock(ada, case_id, "interim_review"))["state"] == "running"
        for decision in ("keep", "lift"):
            body = {"decision": decision, "reasons": "The bank has answered."}
            assert (await ada.post(f"{path}/interim-reviews", body)).status_code == 200
        assert (await clock(ada, case_id, "interim_review"))["state"] == "stopped"


REFUSED: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("ada", "pauses", {"clock": "no_such", "reason": "x"}, 409, "clock_unknown"),
    ("ada", "pauses", {"reason": "x", "until": "2020-01-01T00:00:00Z"}, 422, "instant_refused"),
    ("ada", "snoozes", {"reason": "x", "until": "2099-01-01T00:00:00Z"}, 422, "instant_refused"),
    ("ada", "resumptions", {}, 409, "not_paused"),
    ("cleo", "extensions", {"clock": "ruling", "for": "2 hours", "reason": "x"}, 409, "extension_refused"),
    ("cleo", "extensions", {"clock": "ruling", "for": "3 days", "reason": "x"}, 409, "extension_refused"),
    ("cleo", "extensions", {"clock": "ruling", "reason": "x"}, 409, "extension_refused"),
    ("cleo", "extensions", {"clock": "ruling", "for": "2 hours", "to": "2099-01-01T00:00:00Z", "reason": "x"}, 422, "malformed"),
    ("cleo", "retargets", {"priority": "normal", "reason": "x"}, 409, "nothing_changes"),
    ("cleo", "retargets", {"reason": "x"}, 422, "malformed"),
    ("cleo", "retargets", {"calendar": "mars-office", "reason": "x"}, 422, "calendar_unknown"),
    ("ada", "retargets", {"priority": "high", "reason": "x"}, 403, "not_allowed"),
    ("cleo", "freezes", {"incident": "i-1"}, 403, "not_allowed"),
    ("dana", "freezes", {"incident": "i-1", "at": "2099-01-01T00:00:00Z"}, 422, "instant_refused"),
    ("dana", "thaws", {"incident": "i-1"}, 409, "incident_unknown"),
    ("dana", "thaws", {"incident": "i-1", "margin": "3 days"}, 422, "malformed"),
    ("ada", "interim-measures", {"measure": "suspend", "reasons": "x"}, 422, "measure_not_allowed"),
    ("ada", "interim-reviews", {"decision": "keep", "reasons": "x"}, 409, "interim_unknown"),
]


@pytest.mark.parametrize(("who", "verb", "body", "status", "code"), REFUSED, ids=[f"{c[1]}-{c[4]}" for c in REFUSED])
async def test_what_cannot_be_done_says_why(
    office: Office, who: str, verb: str, body: dict[str, Any], status: int, code: str
) -> None:
    case_id = await a_taken_case(office)
    answer = await office.desk(who).post(f"/v1/cases/{case_id}/{verb}", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_what_stands_still_is_not_paused_again(office: Office) -> None:
    case_id, ada = await a_taken_case(office), office.desk("ada")
    path, body = f"/v1/cases/{case_id}/pauses", {"reason": "waits_for_lab"}
    first, again = [await ada.post(path, body) for _ in range(2)]
    assert (first.status_code, again.status_code, again.json()["code"]) == (200, 409, "already_held")


LIMIT = """  - name: answer_by_law
    statutory: true
    target: 30 days
    extension: {by: 60 days, times: 1}
    starts: [case_opened]
    stops: [ruling_issued]
    levels:
      - {name: end, action: escalate, audience: [leads]}
"""


async def test_a_limit_of_the_law_stands_still_for_nobody_and_is_extended_as_the_law_says(office: Office) -> None:
    before, clocks, after = (PACKS_DIR / "fraud_report.yaml").read_text(encoding="utf-8").partition("\nclocks:\n")
    text = before + clocks + LIMIT + after
    packs = {**shelf().packs, "fraud_report": load_pack(text, "fraud_report")}
    case = await office.desk(packs=packs).opened(kind="fraud_report", category="stolen_payment")
    path, ada, cleo = f"/v1/cases/{case['id']}", office.desk("ada"), office.desk("cleo")
    await ada.post(f"{path}/take")
    paused = await ada.post(f"{path}/pauses", {"clock": "answer_by_law", "reason": "x"})
    assert (paused.status_code, paused.json()["code"]) == (403, "clock_statutory")
    longer, again = [await cleo.post(f"{path}/extensions", {"clock": "answer_by_law", "reason": "complex"}) for _ in range(2)]
    assert longer.status_code == 200, longer.text
    assert (again.status_code, again.json()["code"], again.json()["fields"]["because"]) == (409, "extension_refused", "law")
    assert (await clock(ada, case["id"], "answer_by_law"))["extended_to"] == "90 days"


class TestExplanations:
    async def test_the_team_sees_every_clock_and_how_each_is_due(self, office: Office) -> None:
        case_id, ada = await a_taken_case(office), office.desk("ada")
        listed = (await ada.get(f"/v1/cases/{case_id}/clocks")).json()["data"]
        assert {"settlement", "first_response", "ruling"} <= {one["clock"] for one in listed}
        for one in listed:
            told = (await ada.get(one["links"]["explanation"])).json()
            assert told["clock"] == one["clock"]
            assert told["due_at"] == one["due_at"]
            assert told["agrees"] is True
            assert told["words"][0].startswith("The clock “")
            assert (told["calendar"] is None) == (told["calendar_name"] is None)

    async def test_the_words_alone(self, office: Office) -> None:
        case_id = await a_taken_case(office)
        path = f"/v1/cases/{case_id}/clocks/ruling/explanation"
        both = [await office.desk("ada").get(path, headers={"Accept": one}) for one in ("text/plain", "application/json")]
        assert both[0].headers["Content-Type"].startswith("text/plain")
        assert both[0].text.splitlines() == both[1].json()["words"]
        assert {answer.headers["Vary"] for answer in both} == {"Accept"}

    async def test_a_party_knows_its_own_clock_and_not_the_teams(self, office: Office) -> None:
        case = await office.desk().in_review()
        path, ada = f"/v1/cases/{case['id']}", office.desk("ada")
        await ada.post(f"{path}/take")
        await ada.post(f"{path}/evidence-requests", {"of": "claimant", "what": "Which version?"})
        claimant, respondent = (as_party(office, party(case, side)) for side in ("claimant", "respondent"))
        seen = {
            name: {one["clock"] for one in (await desk.get(f"{path}/clocks")).json()["data"]}
            for name, desk in (("claimant", claimant), ("respondent", respondent), ("platform", office.desk()))
        }
        assert "claimant_response" in seen["claimant"]
        assert "claimant_response" not in seen["respondent"]
        assert not seen["platform"]
        for desk, name in ((claimant, "ruling"), (claimant, "first_response"), (respondent, "claimant_response")):
            hidden = await desk.get(f"{path}/clocks/{name}/explanation", headers={"Request-Id": "same"})
            nothing = await desk.get(f"{path}/clocks/nothing/explanation", headers={"Request-Id": "same"})
            assert (hidden.status_code, hidden.content) == (404, nothing.content)
        assert (await claimant.get(f"{path}/clocks/claimant_response/explanation")).status_code == 200

    async def test_a_party_does_not_learn_who_let_its_clock_stand_still(self, office: Office) -> None:
        case = await office.desk().in_review()
        path, ada = f"/v1/cases/{case['id']}", office.desk("ada")
        await ada.post(f"{path}/take")
        await ada.post(f"{path}/evidence-requests", {"of": "claimant", "what": "Which version?"})
        paused = await ada.post(f"{path}/pauses", {"clock": "claimant_response", "reason": "secret_plan"})
        assert paused.status_code == 200, paused.text
        claimant = as_party(office, party(case, "claimant"))
        told = await claimant.get(f"{path}/clocks/claimant_response/explanation")
        inside = await ada.get(f"{path}/clocks/claimant_response/explanation")
        timeline = await claimant.get(f"{path}/timeline")
        assert [pause["why"] for pause in told.json()["pauses"]] == ["pause"]
        for text in (told.text, timeline.text):
            assert "secret_plan" not in text
            assert "per_ada" not in text
        assert "secret_plan" in inside.text
        assert told.json()["state"] == "still"

    async def test_a_witness_sees_no_clock_of_a_side(self, office: Office) -> None:
        witness = {"side": "claimant", "role": "witness", "ref": "user-7", "name": "Wim"}
        parties = [
            {"side": "claimant", "ref": "user-1", "name": "Kim Doe", "email": "kim@example.org"},
            {"side": "respondent", "ref": "programme-9", "name": "Nimbus", "email": "security@nimbus.example"},
            witness,
        ]
        case = await office.desk().opened(parties=parties)
        who = next(one["id"] for one in case["parties"] if one["role"] == "witness")
        listed = await as_party(office, who).get(f"/v1/cases/{case['id']}/clocks")
        assert listed.json()["data"] == []

    async def test_of_a_case_that_waits_to_be_judged_there_is_nothing_to_tell(self, office: Office) -> None:
        taken = await office.desk(doors=ClosedDoor()).post("/v1/cases", a_report())
        answer = await office.desk("ada").get(f"/v1/cases/{taken.json()['id']}/clocks")
        assert (answer.status_code, answer.json()["data"]) == (200, [])

    async def test_a_stranger_learns_nothing(self, office: Office, stranger: Office) -> None:
        case_id = await a_taken_case(stranger)
        same = {"Request-Id": "the-same"}
        for rest in ("clocks", "clocks/ruling/explanation"):
            theirs, nowhere = [
                await office.desk("ada").get(f"/v1/cases/{one}/{rest}", headers=same)
                for one in (case_id, "case_01990000-0000-7000-8000-000000000000")
            ]
            assert (theirs.status_code, theirs.content) == (404, nowhere.content)
