"""The desk through the API: what waits, the next case, absences, and who may look at whom."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from storage.tenants import Person
from tests.support.office import ClosedDoor, Desk, Office, party

pytestmark = pytest.mark.postgres


async def next_of(desk: Desk, **said: Any) -> dict[str, Any]:
    answer = await desk.post("/v1/take-next", said)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def waiting_cases(office: Office, count: int, **changes: Any) -> list[str]:
    """Cases in review that nobody has, the most urgent first."""
    return [(await office.desk().in_review(**changes))["id"] for _ in range(count)]


class TestTakeNext:
    async def test_the_most_urgent_first_until_nothing_waits(self, office: Office) -> None:
        first, second = await waiting_cases(office, 2)
        ada = office.desk("ada")
        taken = await next_of(ada)
        assert (taken["status"], taken["case"]["id"], taken["case"]["owner"]) == ("taken", first, "per_ada")
        assert (await next_of(ada))["case"]["id"] == second
        assert await next_of(ada) == {"object": "next_case", "status": "nothing", "command_id": None, "case": None}

    async def test_two_who_ask_at_once_get_different_cases(self, office: Office) -> None:
        cases = await waiting_cases(office, 4)
        desks = [office.desk("ada"), office.desk("ben")] * 3
        got = await asyncio.gather(*(next_of(desk) for desk in desks))
        ids = [one["case"]["id"] for one in got if one["case"]]
        assert sorted(ids) == sorted(cases)

    async def test_it_is_theirs_alone_also_when_nobody_judges_it_yet(self, office: Office) -> None:
        first, second = await waiting_cases(office, 2)
        ada, ben = office.desk("ada", doors=ClosedDoor()), office.desk("ben", doors=ClosedDoor())
        kept = await ada.post("/v1/take-next", {})
        assert (kept.status_code, kept.json()["status"], kept.json()["case"]["id"]) == (202, "pending", first)
        assert (await ben.post("/v1/take-next", {})).json()["case"]["id"] == second
        assert (await ben.post("/v1/take-next", {})).json()["status"] == "nothing"

    async def test_while_the_parties_talk_no_case_waits_for_anybody(self, office: Office) -> None:
        await office.desk().opened()
        assert (await next_of(office.desk("ada")))["status"] == "nothing"

    async def test_what_fits_skill_and_language_comes_before_what_is_more_urgent(self, office: Office) -> None:
        english, german = await waiting_cases(office, 1), await waiting_cases(office, 1, parties=_german())
        able = Person(id="per_ada", name="Ada", queues=("mediation",), languages=("de",))
        await office.tenants.put_person(office.tenant_id, able)
        ada = office.desk("ada")
        assert (await next_of(ada))["case"]["id"] == german[0]
        assert (await next_of(ada))["case"]["id"] == english[0], "what fits nobody better is taken all the same"

    async def test_nobody_is_offered_their_own_case(self, office: Office) -> None:
        (case,) = await waiting_cases(office, 1)
        friend = Person(
            id="per_ada", name="Ada", queues=("mediation",), conflicts=office.tenants.conflicts(office.tenant_id, ["programme-9"])
        )
        await office.tenants.put_person(office.tenant_id, friend)
        assert (await next_of(office.desk("ada")))["status"] == "nothing"
        assert (await next_of(office.desk("ben")))["case"]["id"] == case

    async def test_a_skipped_case_goes_to_somebody_else(self, office: Office) -> None:
        (case,) = await waiting_cases(office, 1)
        ada = office.desk("ada")
        await next_of(ada)
        skipped = await ada.post(f"/v1/cases/{case}/skips", {"reason": "too_technical"})
        assert skipped.status_code == 200
        assert skipped.json()["case"]["owner"] is None
        assert (await next_of(ada))["status"] == "nothing"
        assert (await next_of(office.desk("ben")))["case"]["id"] == case

    async def test_the_same_key_is_the_same_case(self, office: Office) -> None:
        await waiting_cases(office, 2)
        ada = office.desk("ada")
        answers = [await ada.post("/v1/take-next", {}, headers={"Idempotency-Key": "once"}) for _ in range(2)]
        assert answers[0].json()["case"]["id"] == answers[1].json()["case"]["id"]

    async def test_only_of_ones_own_queues(self, office: Office) -> None:
        await waiting_cases(office, 1)
        refused = await office.desk("ada").post("/v1/take-next", {"queue": "appeals"})
        assert (refused.status_code, refused.json()["code"]) == (422, "queue_not_yours")
        assert (await next_of(office.desk("ada"), queue="fraud"))["status"] == "nothing"
        assert (await next_of(office.desk("ada"), queue="mediation"))["status"] == "taken"

    async def test_is_for_people_of_the_team(self, office: Office) -> None:
        case = await office.desk().in_review()
        refused = await office.desk().post("/v1/take-next", {"by": party(case, "claimant")})
        assert (refused.status_code, refused.json()["code"]) == (403, "actor_unknown")
        assert (await office.desk().post("/v1/take-next")).json()["code"] == "actor_unknown"
        assert (await office.desk("ada").post("/v1/take-next", {"by": "per_ben"})).json()["code"] == "by_forbidden"
        assert (await next_of(office.desk(), by="per_ben"))["case"]["id"] == case["id"], "a platform's key speaks for its people"


def _german() -> list[dict[str, Any]]:
    return [
        {"side": "claimant", "ref": "user-2", "name": "Uli Doe", "locale": "de-AT"},
        {"side": "respondent", "ref": "programme-9", "name": "Nimbus"},
    ]


class TestDesk:
    async def test_shows_what_one_has_and_what_waits_by_urgency(self, office: Office) -> None:
        first, second, third = await waiting_cases(office, 3)
        ada = office.desk("ada")
        await next_of(ada)
        found = (await ada.get("/v1/desk")).json()
        assert [one["id"] for one in found["own"]["data"]] == [first]
        assert [one["id"] for one in found["waiting"]["data"]] == [second, third]
        assert found["counts"] == {"cases": 1, "overdue": 0, "due_in_a_day": found["counts"]["due_in_a_day"]}
        assert [(q["queue"], q["waiting"]) for q in found["queues"]] == [("fraud", 0), ("mediation", 2)]

    async def test_pages_of_what_waits_follow_each_other(self, office: Office) -> None:
        cases = await waiting_cases(office, 3)
        ada, cursor, seen = office.desk("ada"), None, []
        for _ in range(3):
            params = {"limit": 1, **({"waiting_cursor": cursor} if cursor else {})}
            page = (await ada.get("/v1/desk", params=params)).json()["waiting"]
            seen += [one["id"] for one in page["data"]]
            cursor = page["next_cursor"]
        assert (seen, cursor) == (cases, None)

    async def test_a_made_up_cursor_is_refused(self, office: Office) -> None:
        answer = await office.desk("ada").get("/v1/desk", params={"own_cursor": "nonsense"})
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")

    async def test_nobody_else_has_a_desk(self, office: Office) -> None:
        answer = await office.desk().get("/v1/desk")
        assert (answer.status_code, answer.json()["code"]) == (403, "actor_unknown")


class TestAbsence:
    async def test_gives_each_case_back_and_says_what_became_of_it(self, office: Office) -> None:
        taken, ruled = await waiting_cases(office, 2)
        ada = office.desk("ada")
        for _ in range(2):
            await next_of(ada)
        reasons = {"outcome": "invalid", "ground": "scope", "reasons": "The asset is not part of the programme."}
        assert (await ada.post(f"/v1/cases/{ruled}/rulings", reasons)).status_code == 200
        said = await office.desk("dana").post("/v1/people/per_ada/absences", {"until_at": "2099-01-01T00:00:00Z"})
        assert said.status_code == 200, said.text
        results = {one["case"]: (one["status"], one["code"]) for one in said.json()["results"]}
        assert results == {taken: ("accepted", None), ruled: ("refused", "not_in_this_phase")}
        back_in_queue = (await ada.get(f"/v1/cases/{taken}")).json()
        assert (back_in_queue["owner"], back_in_queue["queue"]) == (None, "mediation")
        assert (await ada.post("/v1/take-next")).json()["code"] == "person_absent"
        assert (await next_of(office.desk("ben")))["case"]["id"] == taken
        assert (await ada.post("/v1/people/per_ada/returns")).status_code == 200
        assert (await next_of(ada))["status"] == "nothing"

    async def test_that_lies_ahead_moves_nothing_yet(self, office: Office) -> None:
        (case,) = await waiting_cases(office, 1)
        await next_of(office.desk("ada"))
        said = await office.desk("cleo").post("/v1/people/per_ada/absences", {"from_at": "2098-12-24T08:00:00Z"})
        assert (said.status_code, said.json()["begun"], said.json()["results"]) == (200, False, [])
        assert (await office.desk("ada").get(f"/v1/cases/{case}")).json()["owner"] == "per_ada"

    async def test_is_said_by_leads_and_ops_of_people_who_work_here(self, office: Office) -> None:
        assert (await office.desk("ben").post("/v1/people/per_ada/absences")).json()["code"] == "not_allowed"
        assert (await office.desk("dana").post("/v1/people/per_nobody/absences")).status_code == 404
        over = await office.desk("dana").post("/v1/people/per_ada/absences", {"until_at": "2020-01-01T00:00:00Z"})
        assert over.json()["code"] == "instant_refused"
        assert (await office.desk("dana").post("/v1/people/per_ada/returns")).json()["code"] == "not_absent"
        assert (await office.desk("ben").post("/v1/people/per_ada/returns")).json()["code"] == "not_allowed"


class TestTeam:
    async def test_leads_and_ops_see_who_carries_skips_and_works(self, office: Office) -> None:
        (case,) = await waiting_cases(office, 1)
        ada = office.desk("ada")
        await next_of(ada)
        await ada.post(f"/v1/cases/{case}/skips", {"reason": "too_technical"})
        await next_of(office.desk("ben"))
        team = {one["person"]: one for one in (await office.desk("dana").get("/v1/team")).json()["data"]}
        assert (team["per_ada"]["skipped"], team["per_ada"]["skip_reasons"]) == (1, ["too_technical"])
        assert (team["per_ben"]["open_cases"], team["per_ben"]["skipped"]) == (1, 0)
        work = (await office.desk("cleo").get(f"/v1/cases/{case}/work")).json()
        assert [(one["person"], one["ended_because"]) for one in work["leases"]] == [("per_ada", "skipped"), ("per_ben", None)]

    async def test_nobody_else_does(self, office: Office) -> None:
        (case,) = await waiting_cases(office, 1)
        for path in ("/v1/team", f"/v1/cases/{case}/work"):
            for who in ("ada", "platform"):
                assert (await office.desk(who).get(path)).json()["code"] == "not_allowed", (path, who)


class TestPartiesSee:
    async def test_nothing_of_a_skip(self, office: Office) -> None:
        case = await office.desk().in_review()
        await next_of(office.desk("ada"))
        await office.desk("ada").post(f"/v1/cases/{case['id']}/skips", {"reason": "too_technical"})
        headers = {"Ombud-Act-As": party(case, "claimant")}
        told = (await office.desk().get(f"/v1/cases/{case['id']}/timeline", headers=headers)).json()["data"]
        assert {"case_skipped", "case_queued", "case_assigned"}.isdisjoint({one["type"] for one in told})
