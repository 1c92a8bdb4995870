"""Who sees what: parties, the platform, the team, strangers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.office import Desk, Office, party

pytestmark = pytest.mark.postgres

SECRET = "The claimant's device log is forged."


async def a_ruled_case(office: Office) -> dict[str, Any]:
    """Escalated, taken, with an internal note and evidence that only one side may see, and a ruling that waits for approval."""
    platform, ada = office.desk(), office.desk("ada")
    case = await platform.in_review()
    path = f"/v1/cases/{case['id']}"
    money = {"amount": 900_000, "currency": "USD"}
    for desk, verb, body in (
        (ada, "take", {}),
        (ada, "notes", {"text": SECRET}),
        (platform, "evidence", {"by": party(case, "respondent"), "text": "Our private log.", "confidential": True}),
        (ada, "messages", {"text": "To you alone.", "to": "claimant"}),
        (
            ada,
            "rulings",
            {"outcome": "upheld", "ground": "scope", "reasons": "In scope.", "remedies": [{"type": "payout", "amount": money}]},
        ),
    ):
        answer = await desk.post(f"{path}/{verb}", body)
        assert answer.status_code == 200, answer.text
    return case


def as_party(desk: Desk, who: str) -> Desk:
    desk.http.headers["Ombud-Act-As"] = who
    return desk


async def test_each_sees_its_own(office: Office) -> None:
    case = await a_ruled_case(office)
    path = f"/v1/cases/{case['id']}"
    seen = {
        "claimant": as_party(office.desk(), party(case, "claimant")),
        "respondent": as_party(office.desk(), party(case, "respondent")),
        "platform": office.desk(),
        "team": office.desk("ben"),
    }
    bodies = {name: (await desk.get(path, params={"expand[]": "timeline"})).json() for name, desk in seen.items()}
    texts = {name: json.dumps(body["timeline"]) for name, body in bodies.items()}
    assert {name: body["phase"] for name, body in bodies.items()} == {
        "claimant": "review", "respondent": "review", "platform": "review", "team": "approval",
    }  # fmt: skip
    assert {name for name, text in texts.items() if SECRET in text} == {"team"}
    assert {name for name, text in texts.items() if "Our private log." in text} == {"respondent", "team"}
    assert "To you alone." in texts["claimant"]
    assert "To you alone." not in texts["respondent"]
    assert {name for name, text in texts.items() if "per_ada" in text or "ruling_drafted" in text} == {"team"}
    assert {name for name, body in bodies.items() if "owner" in body} == {"team"}
    assert bodies["claimant"]["your_side"] == "claimant"
    assert bodies["claimant"]["ruling"] is None
    assert bodies["team"]["ruling"]["reasons"] == "In scope."


async def test_the_opening_tells_nobody_outside_how_the_matter_is_handled(office: Office) -> None:
    case = await office.desk().opened()
    path = f"/v1/cases/{case['id']}/timeline"
    inside = (await office.desk("ada").get(path)).json()["data"][0]["data"]
    outside = (await as_party(office.desk(), party(case, "claimant")).get(path)).json()["data"][0]["data"]
    assert {"terms", "routing", "priority"} <= inside.keys()
    assert not {"terms", "routing", "priority"} & outside.keys()
    assert (
        outside["statement"] == inside["statement"] == "They closed my report as informative, and fixed the flaw two days later."
    )
    assert "ref_digest" not in json.dumps(outside)


async def test_the_numbers_of_a_partys_timeline_have_no_gaps(office: Office) -> None:
    case = await a_ruled_case(office)
    desk = as_party(office.desk(), party(case, "claimant"))
    path, seen, cursor = f"/v1/cases/{case['id']}/timeline", [], None
    while True:
        page = (await desk.get(path, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [entry["n"] for entry in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    whole = (await desk.get(path)).json()["data"]
    assert seen == [entry["n"] for entry in whole] == list(range(1, len(whole) + 1))


async def test_the_platform_filters_by_the_phase_it_sees(office: Office) -> None:
    case = await a_ruled_case(office)
    desk = office.desk()
    found = {phase: (await desk.get("/v1/cases", params={"phase": phase})).json()["data"] for phase in ("review", "approval")}
    assert [one["id"] for one in found["review"]] == [case["id"]]
    assert found["approval"] == []


async def test_a_party_lists_its_own_case_alone(office: Office) -> None:
    platform = office.desk()
    own, _ = await platform.opened(), await platform.opened()
    listed = (await as_party(office.desk(), party(own, "respondent")).get("/v1/cases")).json()["data"]
    assert [(case["id"], case["your_side"]) for case in listed] == [(own["id"], "respondent")]


GETS = ("", "/timeline", "/actions", "/commands/cmd_nothing", "/clocks", "/clocks/settlement/explanation", "/sanctions")
POSTS = ("/commands", "/messages", "/take", "/pauses", "/freezes")


async def test_a_strangers_id_is_not_found_and_looks_like_one_that_does_not_exist(office: Office, stranger: Office) -> None:
    theirs = await stranger.desk().in_review()
    mine = await office.desk().opened()
    nowhere, desk = "case_01990000-0000-7000-8000-000000000000", office.desk()
    other_party = as_party(office.desk(), party(await office.desk().opened(), "claimant"))
    same = {"Request-Id": "the-same"}
    for rest in GETS:
        answers = [
            await desk.get(f"/v1/cases/{one}{rest}", headers=same) for one in (theirs["id"], nowhere, "case_x", "%00", "é")
        ]
        answers.append(await other_party.get(f"/v1/cases/{mine['id']}{rest}", headers=same))
        assert {(a.status_code, a.content) for a in answers} == {(404, answers[0].content)}
        assert len({tuple(sorted(a.headers.items())) for a in answers}) == 1
    for rest in POSTS:
        body = {"type": "message", "text": "x"} if rest == "/commands" else {"text": "x"}
        answers = [await desk.post(f"/v1/cases/{one}{rest}", body, headers=same) for one in (theirs["id"], nowhere, "case_x")]
        answers.append(await other_party.post(f"/v1/cases/{mine['id']}{rest}", body, headers=same))
        assert {(a.status_code, a.content) for a in answers} == {(404, answers[0].content)}
    assert (await stranger.desk().get(f"/v1/cases/{theirs['id']}")).status_code == 200


async def test_a_person_reads_the_answers_to_their_own_commands_only(office: Office) -> None:
    case = await office.desk().in_review()
    path = f"/v1/cases/{case['id']}/commands"
    await office.desk("ada").post(path, {"id": "cmd_ada-1", "type": "note", "text": "Mine."})
    found = {key: (await office.desk(key).get(f"{path}/cmd_ada-1")).status_code for key in ("ada", "ben", "dana", "platform")}
    assert found == {"ada": 200, "ben": 404, "dana": 404, "platform": 404}


async def test_a_platform_reads_what_its_key_sent_and_what_it_may_know_of(office: Office) -> None:
    case = await office.desk().in_review()
    path, claimant = f"/v1/cases/{case['id']}/commands", party(case, "claimant")
    said = {"sent": ("platform", {"by": claimant, "to": "claimant"}), "shown": ("ada", {}), "kept": ("ada", {"to": "claimant"})}
    for name, (key, more) in said.items():
        message = {"id": f"cmd_{name}", "type": "message", "text": "Hello.", **more}
        assert (await office.desk(key).post(path, message)).status_code == 200
    refused = await office.desk("ada").post(path, {"id": "cmd_refused", "type": "retract"})
    assert refused.status_code == 409
    second = office.desk(await office.key(scopes=("cases:read",)))
    for desk, known in ((office.desk(), {"sent", "shown"}), (second, {"shown"})):
        names, same = (*said, "refused", "nothing"), {"Request-Id": "same"}
        told = {name: await desk.get(f"{path}/cmd_{name}", headers=same) for name in names}
        assert {name for name, answer in told.items() if answer.status_code == 200} == known
        assert len({answer.content for name, answer in told.items() if name not in known}) == 1


@pytest.mark.parametrize("value", ["per_ada", "key_x", "pty_", "pty_é", "*"])
async def test_acting_as_is_for_parties(office: Office, value: str) -> None:
    answer = await office.desk().get("/v1/cases", headers={"Ombud-Act-As": value.encode()})
    assert (answer.status_code, answer.json()["code"]) == (403, "act_as_forbidden")


async def test_a_persons_key_acts_as_nobody_else(office: Office) -> None:
    case = await office.desk().opened()
    answer = await as_party(office.desk("ada"), party(case, "claimant")).get("/v1/cases")
    assert (answer.status_code, answer.json()["code"]) == (403, "act_as_forbidden")


@pytest.mark.parametrize(
    ("header", "code"),
    [(None, "key_missing"), ("Basic abc", "key_missing"), ("Bearer ", "key_missing"),
     ("Bearer omb_nobody", "key_invalid"), ("Bearer \xe9", "key_invalid")],
)  # fmt: skip
async def test_without_a_key_there_is_nothing_to_see(office: Office, header: str | None, code: str) -> None:
    desk = office.desk(None)
    answer = await desk.get("/v1/cases", headers={"Authorization": header.encode("latin-1")} if header else {})
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert "Bearer" in answer.headers["WWW-Authenticate"]


async def test_no_party_learns_where_another_lives_what_they_speak_or_to_whom_they_belong(office: Office) -> None:
    people = [
        {"side": "claimant", "ref": "user-1", "name": "Kim", "email": "kim@example.org", "zone": "Asia/Tokyo", "locale": "ja"},
        {"side": "respondent", "ref": "p-9", "name": "Nimbus", "zone": "America/Lima", "locale": "es", "organisation": "nimbus"},
        {"side": "claimant", "ref": "w-3", "role": "witness", "name": "Lee", "zone": "Africa/Lagos", "locale": "yo"},
    ]
    case = await office.desk().in_review(parties=people)
    path = f"/v1/cases/{case['id']}"
    theirs = {"user-1": ("Asia/Tokyo", '"ja"'), "p-9": ("America/Lima", '"es"'), "w-3": ("Africa/Lagos", '"yo"')}
    row = await office.views.case(office.tenant_id, case["id"])
    assert row is not None
    assert row.case is not None
    refs = {office.vault.ref_digest(office.tenant_id, ref): ref for ref in theirs}
    for who in row.case.parties:
        desk = as_party(office.desk(), who.id)
        read = "".join(
            [(await desk.get(path + more)).text for more in ("", "?expand[]=timeline", "/timeline", "/evidence", "/clocks")]
        )
        for ref, words in theirs.items():
            assert [word in read for word in words] == [ref == refs[who.ref_digest]] * 2, (who.role, ref)
        assert "digest" not in read.replace("content_digest", "")
    for notice in await office.views.notices(office.tenant_id, case["id"]):
        if notice.recipient.startswith("pty_") or notice.audience == "platform":
            said = await sql_of(office, notice.id)
            assert not [word for words in theirs.values() for word in (*words, "digest") if word in said], notice.event


async def sql_of(office: Office, notice_id: str) -> str:
    """What a notice says, as it lies in the database."""
    async with office.database.tenant(office.tenant_id) as conn:
        statement = "SELECT data::text FROM notices WHERE tenant = $1 AND id = $2"
        return str(await conn.fetchval(statement, office.tenant_id, notice_id))
