"""A platform finds its own objects again, and no party ever sees by what."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from tests.support.office import ClosedDoor, Desk, Office, a_report, party

pytestmark = pytest.mark.postgres

NOTED = {"order": "ORDER-SECRET", "plan": "gold"}
REPORT: dict[str, Any] = {
    "external_id": "EXT-SECRET", "matter": "MATTER-SECRET", "metadata": NOTED,
    "parties": [
        {"side": "claimant", "ref": "REF-CLAIMANT", "name": "Kim Doe", "email": "kim@example.org"},
        {"side": "respondent", "ref": "REF-RESPONDENT", "name": "Nimbus", "email": "security@nimbus.example"},
        {"side": "respondent", "role": "witness", "ref": "REF-WITNESS", "name": "Wil", "email": "wil@example.org"},
    ],
}  # fmt: skip
REFS = ["REF-CLAIMANT", "REF-RESPONDENT", "REF-WITNESS"]
TOLD = {"source": "api", "external_id": "EXT-SECRET", "matter": "MATTER-SECRET", "subject": "Report 4711", "metadata": NOTED}


def told_in(case: dict[str, Any]) -> dict[str, Any]:
    return {name: case.get(name) for name in TOLD}


def refs_in(case: dict[str, Any]) -> list[str | None]:
    return [one.get("ref") for one in case["parties"]]


def as_party(office: Office, who: str) -> Desk:
    desk = office.desk()
    desk.http.headers["Ombud-Act-As"] = who
    return desk


async def patched(desk: Desk, case_id: str, changes: dict[str, str | None]) -> httpx2.Response:
    return await desk.http.patch(f"/v1/cases/{case_id}/metadata", json={"metadata": changes})


class TestComeBack:
    async def test_on_the_case_its_list_its_opening_and_a_commands_answer(self, office: Office) -> None:
        desk = office.desk()
        opened = await desk.opened(**REPORT)
        read = (await desk.get(f"/v1/cases/{opened['id']}")).json()
        (listed,) = (await desk.get("/v1/cases")).json()["data"]
        sent = (await desk.command(opened["id"], "escalate", party(opened, "claimant"))).json()["case"]
        for case in (opened, read, listed, sent):
            assert told_in(case) == TOLD
            assert refs_in(case) == REFS

    async def test_at_the_desk_and_with_the_next_case(self, office: Office) -> None:
        platform, ada = office.desk(), office.desk("ada")
        # The same matter again would go on in the first case.
        for matter in (REPORT["matter"], "another"):
            report = {name: value for name, value in REPORT.items() if name != "external_id"}
            case = await platform.opened(**report | {"matter": matter})
            await platform.command(case["id"], "escalate", party(case, "claimant"))
        key = {"Idempotency-Key": "next-one"}
        taken, again = [(await ada.post("/v1/take-next", {}, headers=key)).json()["case"] for _ in range(2)]
        desk = (await ada.get("/v1/desk")).json()
        for found in (taken, again, *desk["own"]["data"], *desk["waiting"]["data"]):
            matter = found["matter"] if found["matter"] == "another" else TOLD["matter"]
            assert told_in(found) == {**TOLD, "external_id": None, "matter": matter}
            assert refs_in(found) == REFS
            assert all("email" not in one for one in found["parties"])
        assert (len(desk["own"]["data"]), len(desk["waiting"]["data"])) == (1, 1)
        async with office.database.tenant(office.tenant_id) as conn:
            kept = await conn.fetch("SELECT response, sealed FROM idempotency")
        assert kept
        assert all(row["response"] is None and b"REF-CLAIMANT" not in row["sealed"] for row in kept)

    async def test_names_and_addresses_with_the_case_that_is_read_by_itself_alone(self, office: Office) -> None:
        case = await office.desk().opened(**REPORT)
        for desk in (office.desk(), office.desk("ada")):
            read = (await desk.get(f"/v1/cases/{case['id']}")).json()
            assert [one["email"] for one in read["parties"]] == ["kim@example.org", "security@nimbus.example", "wil@example.org"]
            assert read["parties"][0]["name"] == "Kim Doe"
            assert "kim@example.org" not in (await desk.get("/v1/cases")).text
        assert "kim@example.org" not in json.dumps(case)

    async def test_while_nobody_has_judged_the_report_too(self, office: Office) -> None:
        answer = await office.desk(doors=ClosedDoor()).post("/v1/cases", a_report(**REPORT))
        assert answer.status_code == 202
        assert (answer.json()["external_id"], answer.json()["metadata"]) == ("EXT-SECRET", NOTED)
        assert refs_in(answer.json()) == REFS

    async def test_whoever_acts_as_a_party_of_another_case_still_opens_one(self, office: Office) -> None:
        other = await office.desk().opened()
        answer = await as_party(office, party(other, "claimant")).post("/v1/cases", a_report(**REPORT))
        assert answer.status_code == 201
        assert refs_in(answer.json()) == [None, None, None]

    async def test_nothing_that_is_kept_to_be_answered_again_holds_them(self, office: Office) -> None:
        desk = office.desk()
        first = await desk.post("/v1/cases", a_report(**REPORT), headers={"Idempotency-Key": "k"})
        again = await desk.post("/v1/cases", a_report(**REPORT), headers={"Idempotency-Key": "k"})
        assert first.json() == again.json()
        assert told_in(again.json()) == TOLD
        async with office.database.tenant(office.tenant_id) as conn:
            (kept,) = await conn.fetch("SELECT response, sealed FROM idempotency")
        assert kept["response"] is None
        assert not [
            secret for secret in ("EXT-SECRET", "ORDER-SECRET", "MATTER-SECRET", *REFS) if secret.encode() in kept["sealed"]
        ]


class TestParties:
    async def test_no_view_of_a_party_has_the_platforms_notes_ids_or_the_others_ref(self, office: Office) -> None:
        platform, ada = office.desk(), office.desk("ada")
        case = await platform.in_review(**REPORT)
        path, who = f"/v1/cases/{case['id']}", {ref: one["id"] for ref, one in zip(REFS, case["parties"], strict=True)}
        await ada.post(f"{path}/take")
        await ada.post(f"{path}/evidence-requests", {"of": "claimant", "what": "Which version?"})
        description = (await office.desk(None).get("/v1/openapi.json")).json()
        gets = [place for place, methods in description["paths"].items() if "get" in methods]
        known = {"case_id": case["id"], "command_id": "cmd_x", "clock": "settlement", "file_id": "fil_x"}
        for person in who.values():
            desk, seen = as_party(office, person), 0
            for place in gets:
                filled = place.format_map({name: known.get(name, "x") for name in _names(place)})
                answer = await desk.get(filled, params={"expand[]": "timeline"} if place == "/v1/cases/{case_id}" else {})
                found = [secret for secret in ("ORDER-SECRET", "EXT-SECRET", "MATTER-SECRET", *REFS) if secret in answer.text]
                assert found == [], (place, found)
                assert '"metadata"' not in answer.text or place == "/v1/openapi.json", place
                seen += answer.status_code == 200
            assert seen > 5
            message = await desk.post(f"{path}/messages", {"text": "Hello."})
            assert message.status_code == 200, message.text
            assert not [secret for secret in ("ORDER-SECRET", "EXT-SECRET", "MATTER-SECRET", *REFS) if secret in message.text]

    async def test_no_party_lists_by_them(self, office: Office) -> None:
        case = await office.desk().opened(**REPORT)
        desk = as_party(office, party(case, "respondent"))
        for name in ("source", "external_id", "party_ref", "matter", "updated_after", "updated_before", "priority", "category"):
            value = "2026-01-01T00:00:00Z" if name.startswith("updated") else "high" if name == "priority" else "x"
            answer = await desk.get("/v1/cases", params={name: value})
            assert (answer.status_code, answer.json()["code"]) == (403, "filter_forbidden"), name
        for params, count in (
            ({"kind": "bounty_dispute"}, 1),
            ({"kind": "fraud_report"}, 0),
            ({"opened_after": "2020-01-01T00:00Z"}, 1),
        ):
            assert len((await desk.get("/v1/cases", params=params)).json()["data"]) == count

    async def test_no_party_and_nobody_of_the_team_changes_the_notes(self, office: Office) -> None:
        case = await office.desk().opened(**REPORT)
        for desk in (as_party(office, party(case, "claimant")), office.desk("ada"), office.desk("dana")):
            answer = await patched(desk, case["id"], {"order": "mine"})
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
        assert (await office.desk().get(f"/v1/cases/{case['id']}")).json()["metadata"] == NOTED


def _names(place: str) -> list[str]:
    return [part[1:-1] for part in place.split("/") if part.startswith("{")]


class TestMetadata:
    async def test_a_key_is_set_or_taken_away_and_the_others_stay(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.opened(**REPORT)
        answer = await patched(desk, case["id"], {"plan": None, "ticket": "ZD-1", "never": None})
        assert answer.status_code == 200
        assert answer.json() == {
            "object": "metadata",
            "case": case["id"],
            "metadata": {"order": "ORDER-SECRET", "ticket": "ZD-1"},
        }
        read = await desk.get(f"/v1/cases/{case['id']}")
        assert read.json()["metadata"] == answer.json()["metadata"]
        assert (await patched(desk, case["id"], {"order": None, "ticket": None})).json()["metadata"] == {}
        assert (await desk.get(f"/v1/cases/{case['id']}")).headers["ETag"] != read.headers["ETag"]

    async def test_a_case_has_fifty_at_most(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.opened(metadata={str(number): "" for number in range(50)})
        too_many = await patched(desk, case["id"], {"one more": "x"})
        exchanged = await patched(desk, case["id"], {"one more": "x", "0": None})
        assert (too_many.status_code, too_many.json()["code"]) == (422, "metadata_full")
        assert len(exchanged.json()["metadata"]) == 50

    @pytest.mark.parametrize("said", [{}, {"metadata": {}}, {"metadata": {"k": 1}}, {"metadata": {"k" * 41: "v"}}, {"more": 1}])
    async def test_what_is_no_metadata_is_refused(self, office: Office, said: dict[str, Any]) -> None:
        desk = office.desk()
        case = await desk.opened()
        answer = await desk.http.patch(f"/v1/cases/{case['id']}/metadata", json=said)
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed")

    async def test_another_tenants_case_is_not_found(self, office: Office, stranger: Office) -> None:
        case = await office.desk().opened(**REPORT)
        assert (await patched(stranger.desk(), case["id"], {"k": "v"})).status_code == 404
        assert (await stranger.desk().get("/v1/cases", params={"external_id": "EXT-SECRET"})).json()["data"] == []

    async def test_it_lies_sealed_and_goes_with_the_first_person_who_is_erased(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.opened(**REPORT)
        async with office.database.tenant(office.tenant_id) as conn:
            sealed = await conn.fetchval("SELECT metadata FROM cases WHERE id = $1", case["id"])
            assert sealed
            assert b"ORDER-SECRET" not in sealed
        async with office.database.deed(office.tenant_id) as conn:
            await office.vault.erase(conn, office.tenant_id, case["id"], party(case, "claimant"))
        read = (await desk.get(f"/v1/cases/{case['id']}")).json()
        assert (read["metadata"], read["matter"], read["subject"]) == ({}, None, None)
        assert refs_in(read) == [None, *REFS[1:]]
        assert (read["parties"][0]["name"], read["external_id"]) == (None, "EXT-SECRET")
        assert (await patched(desk, case["id"], {"after": "all"})).json()["metadata"] == {"after": "all"}


FINDS = [
    {"external_id": "EXT-SECRET"},
    {"external_id": "EXT-SECRET", "source": "api"},
    {"party_ref": "REF-RESPONDENT"},
    {"party_ref": "REF-WITNESS"},
    {"matter": "  matter-secret "},
    {"category": "scope"},
    {"source": "shop"},
]


class TestFilters:
    @pytest.mark.parametrize("params", FINDS, ids=str)
    async def test_the_platform_finds_its_own(self, office: Office, params: dict[str, str]) -> None:
        desk = office.desk()
        await desk.opened()
        case = await desk.opened(**{**REPORT, "category": "scope", "source": params.get("source", "api")})
        for who in (desk, office.desk("dana")):
            assert [one["id"] for one in (await who.get("/v1/cases", params=params)).json()["data"]] == [case["id"]]
        for name in params:
            none = await desk.get("/v1/cases", params={**params, name: "nothing"})
            assert none.json()["data"] == []

    async def test_by_ranges_of_dates(self, office: Office) -> None:
        desk = office.desk()
        case = await desk.opened()
        gone = await desk.command(case["id"], "withdraw", party(case, "claimant"))
        closed, still = gone.json()["case"], await desk.opened()

        async def found(**params: str) -> set[str]:
            return {one["id"] for one in (await desk.get("/v1/cases", params=params)).json()["data"]}

        assert await found(opened_after=still["opened_at"]) == {still["id"]}
        assert await found(opened_before=still["opened_at"]) == {case["id"]}
        assert await found(closed_after=closed["closed_at"]) == {case["id"]}
        assert await found(closed_before=closed["closed_at"]) == set()
        assert await found(updated_after=closed["updated_at"], updated_before=still["updated_at"]) == {case["id"]}

    async def test_by_priority_for_the_platform_and_the_team(self, office: Office) -> None:
        case, _ = await office.desk().opened(priority="urgent"), await office.desk().opened()
        for desk in (office.desk(), office.desk("dana")):
            (listed,) = (await desk.get("/v1/cases", params={"priority": "urgent"})).json()["data"]
            assert (listed["id"], listed["priority"]) == (case["id"], "urgent")
        claimant = as_party(office, party(case, "claimant"))
        assert "priority" not in (await claimant.get(f"/v1/cases/{case['id']}")).json()

    async def test_whoever_may_not_use_a_filter_is_told_which_they_may(self, office: Office) -> None:
        case = await office.desk().opened()
        common = "kind, phase, status"
        for desk, name, more in (
            (office.desk(), "owner", ", category, priority, source, external_id, party_ref, matter"),
            (as_party(office, party(case, "claimant")), "priority", ""),
        ):
            asked = await desk.get("/v1/cases", params={name: "high" if name == "priority" else "per_ada"})
            assert (asked.status_code, asked.json()["code"]) == (403, "filter_forbidden")
            assert f"You may list by: {common}{more}, opened_after" in asked.json()["detail"]
            assert name not in asked.json()["detail"]

    @pytest.mark.parametrize("written_before", [False, True])
    async def test_to_the_platform_a_case_moves_only_with_what_it_may_know(self, office: Office, written_before: bool) -> None:
        desk, ada = office.desk(), office.desk("ada")
        case = await desk.in_review()
        before = (await desk.get(f"/v1/cases/{case['id']}")).json()["updated_at"]
        await ada.post(f"/v1/cases/{case['id']}/take")
        after = (await ada.get(f"/v1/cases/{case['id']}")).json()["updated_at"]
        assert before < after
        if written_before:
            async with office.database.tenant(office.tenant_id) as conn:
                await conn.execute("UPDATE cases SET platform_updated_at = NULL WHERE id = $1", case["id"])
        for who, at in ((desk, before), (ada, after)):
            for params, count in (({"updated_after": at}, 1), ({"updated_before": at}, 0)):
                assert len((await who.get("/v1/cases", params=params)).json()["data"]) == count, (at, params)
        assert (await desk.get("/v1/cases", params={"updated_after": after})).json()["data"] == []

    async def test_a_date_outside_the_calendar_names_its_parameter(self, office: Office) -> None:
        answer = await office.desk().get("/v1/cases", params={"opened_after": "9999-12-31T23:59:59-23:00"})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "opened_after")


class TestAnswersThatCameLater:
    async def test_a_command_taken_with_202_is_answered_by_its_key_with_what_became_of_it(self, office: Office) -> None:
        case, key = await office.desk().opened(), {"Idempotency-Key": "later"}
        said = {"type": "escalate", "by": party(case, "claimant")}
        path = f"/v1/cases/{case['id']}/commands"
        waiting = await office.desk(doors=ClosedDoor()).post(path, said, headers=key)
        still = await office.desk(doors=ClosedDoor()).post(path, said, headers=key)
        judged = await office.desk().post(path, said, headers=key)
        kept = await office.desk(doors=ClosedDoor()).post(path, said, headers=key)
        assert [one.status_code for one in (waiting, still, judged, kept)] == [202, 202, 200, 200]
        assert (judged.json()["status"], judged.json()["command_id"]) == ("accepted", waiting.json()["command_id"])
        assert judged.json()["case"]["phase"] == "review"
        assert judged.headers["Idempotent-Replayed"] == "true"
        assert kept.json() == judged.json()

    async def test_a_refusal_that_came_later_is_told_each_time(self, office: Office) -> None:
        case, key = await office.desk().opened(), {"Idempotency-Key": "later"}
        said = {"type": "accept_offer", "offer_id": "off_none", "by": party(case, "claimant")}
        path = f"/v1/cases/{case['id']}/commands"
        waiting = await office.desk(doors=ClosedDoor()).post(path, said, headers=key)
        told = [await office.desk().post(path, said, headers=key) for _ in range(2)]
        assert waiting.status_code == 202
        assert {(one.status_code, one.json()["code"]) for one in told} == {(409, "no_such_offer")}
        assert {one.headers["Idempotent-Replayed"] for one in told} == {"true"}

    async def test_a_report_taken_with_202_too(self, office: Office) -> None:
        key = {"Idempotency-Key": "later"}
        waiting = await office.desk(doors=ClosedDoor()).post("/v1/cases", a_report(**REPORT), headers=key)
        judged = await office.desk().post("/v1/cases", a_report(**REPORT), headers=key)
        assert (waiting.status_code, judged.status_code) == (202, 200)
        assert (judged.json()["id"], judged.json()["phase"]) == (waiting.json()["id"], "settlement")
        assert told_in(judged.json()) == TOLD

    async def test_a_case_taken_with_202_is_the_same_case_and_never_the_next(self, office: Office) -> None:
        platform, key = office.desk(), {"Idempotency-Key": "next"}
        first, _ = await platform.in_review(), await platform.in_review()
        waiting = await office.desk("ada", doors=ClosedDoor()).post("/v1/take-next", headers=key)
        taken = await office.desk("ada").post("/v1/take-next", headers=key)
        assert (waiting.status_code, taken.status_code) == (202, 200)
        assert (taken.json()["status"], taken.json()["case"]["id"]) == ("taken", waiting.json()["case"]["id"])
        owned = (await office.desk("dana").get("/v1/cases", params={"owner": "per_ada"})).json()["data"]
        assert [one["id"] for one in owned] == [first["id"]]


class TestDeadlines:
    async def test_the_platform_sees_those_of_both_sides_and_none_of_the_teams(self, office: Office) -> None:
        platform, ada = office.desk(), office.desk("ada")
        case = await platform.in_review(heard=True)
        path = f"/v1/cases/{case['id']}"
        await ada.post(f"{path}/take")
        assert {due["clock"] for due in (await ada.get(path)).json()["deadlines"]} >= {"ruling"}
        assert (await platform.get(path)).json()["deadlines"] == []
        await ada.post(f"{path}/evidence-requests", {"of": "claimant", "what": "Which version?"})
        await ada.post(f"{path}/evidence-requests", {"of": "respondent", "what": "Which fix?"})
        seen = {due["clock"]: due for due in (await platform.get(path)).json()["deadlines"]}
        assert set(seen) == {"claimant_response", "respondent_response"}
        for side in ("claimant", "respondent"):
            (own,) = (await as_party(office, party(case, side)).get(path)).json()["deadlines"]
            assert own == seen[f"{side}_response"]
