"""Erasing through the API: asked for by one of ops, agreed to by another, and then nothing of it is readable anywhere."""

from __future__ import annotations

from typing import Any

import pytest

from storage.tenants import Person
from tests.support.office import Office, party

pytestmark = pytest.mark.postgres

WORDS = "They never sent the parcel, says zq0canary0qz."


async def closed(office: Office, **more: Any) -> dict[str, Any]:
    """A case whose reporter took it back, as the API tells it."""
    desk = office.desk()
    case = await desk.opened(statement=WORDS, **more)
    await desk.command(case["id"], "withdraw", party(case, "claimant"))
    read: dict[str, Any] = (await office.desk().get(f"/v1/cases/{case['id']}")).json()
    return read


async def second(office: Office) -> str:
    """Another person of ops, with a key of their own that may administer."""
    await office.tenants.put_person(office.tenant_id, Person(id="per_omar", name="Omar", roles=("ops",)))
    office.keys["omar"] = await office.key(person_id="per_omar", scopes=("cases:read", "cases:write", "admin"))
    return "omar"


async def test_a_person_is_asked_for_agreed_to_and_gone(office: Office) -> None:
    case = await closed(office)
    omar, said = await second(office), {"case": case["id"], "party": party(case, "claimant"), "reason": "request"}
    asked = await office.desk("dana").post("/v1/erasures", said)
    assert (asked.status_code, asked.json()["state"]) == (200, "waiting"), asked.text
    erasure = asked.json()["id"]
    assert (await office.desk("dana").post("/v1/erasures", said)).json()["code"] == "erasure_waits"
    assert (await office.desk("dana").post(f"/v1/erasures/{erasure}/approve")).json()["code"] == "own_erasure"
    done = await office.desk(omar).post(f"/v1/erasures/{erasure}/approve")
    assert (done.status_code, done.json()["state"], done.json()["approved_by"]) == (200, "done", "per_omar"), done.text
    assert (await office.desk(omar).post(f"/v1/erasures/{erasure}/approve")).json()["code"] == "erasure_ended"
    for path in ("", "/timeline", "/evidence"):
        read = await office.desk("dana").get(f"/v1/cases/{case['id']}{path}")
        assert read.status_code == 200, read.text
        assert "zq0canary0qz" not in read.text
    trail = (await office.desk("dana").get(f"/v1/audit-trail?about={case['id']}")).json()["data"]
    assert [entry["deed"] for entry in trail][:3] == ["contents_erased", "erasure_approved", "erasure_asked"]


async def test_a_mail_of_theirs_is_named_to_both_and_goes_with_the_rest(office: Office) -> None:
    """A case that came by mail knows its sender by the address alone: who asks, who agrees and who looks see that it is meant."""
    case, omar = await closed(office), await second(office)
    raw = (
        f"From: Kim <KIM@example.org>\r\nTo: help@acme.example\r\nMessage-ID: <zq1@example.org>\r\nSubject: It\r\n\r\n{WORDS}\r\n"
    )
    sent = await office.desk().post("/v1/intake/email", content=raw.encode(), headers={"Content-Type": "message/rfc822"})
    by_mail = sent.json()["id"]
    await office.desk().command(by_mail, "withdraw", party((await office.desk().get(f"/v1/cases/{by_mail}")).json(), "claimant"))
    said = {"case": case["id"], "party": party(case, "claimant"), "reason": "request"}
    asked = (await office.desk("dana").post("/v1/erasures", said)).json()
    (listed,) = (await office.desk(omar).get("/v1/erasures")).json()["data"]
    assert asked["cases"] == listed["cases"]
    assert [(one["case"], one["found_by"]) for one in listed["cases"]] == [(case["id"], "id"), (by_mail, "address")]
    assert (listed["case_count"], listed["cases"][1]["number"]) == (2, "zq1@example.org")
    done = (await office.desk(omar).post(f"/v1/erasures/{asked['id']}/approve")).json()
    assert (done["state"], {one["case"] for one in done["cases"]}) == ("done", {case["id"], by_mail})
    read = await office.desk("dana").get(f"/v1/cases/{by_mail}/timeline")
    assert (read.status_code, "zq0canary0qz" in read.text) == (200, False)


async def test_a_mail_that_nobody_placed_is_named_to_both_and_goes_too(office: Office) -> None:
    """A list's mail of an erased person is taken for a machine's and waits: it is theirs all the same."""
    case, omar = await closed(office), await second(office)
    raw = (
        "From: Kim <KIM@example.org>\r\nTo: help@acme.example\r\nMessage-ID: <zq2@example.org>\r\nPrecedence: bulk\r\n"
        f"List-Id: <x.y>\r\nSubject: It\r\n\r\n{WORDS}\r\n"
    )
    await office.desk().post("/v1/intake/email", content=raw.encode(), headers={"Content-Type": "message/rfc822"})
    (mail,) = (await office.desk("dana").get("/v1/unplaced")).json()["data"]
    said = {"case": case["id"], "party": party(case, "claimant"), "reason": "request"}
    asked = (await office.desk("dana").post("/v1/erasures", said)).json()
    (listed,) = (await office.desk(omar).get("/v1/erasures")).json()["data"]
    assert asked["mails"] == listed["mails"] == [mail["id"]]
    assert (await office.desk(omar).post(f"/v1/erasures/{asked['id']}/approve")).json()["state"] == "done"
    assert (await office.desk("dana").get("/v1/unplaced")).json()["data"] == []
    gone = (await office.desk("dana").get(f"/v1/unplaced/{mail['id']}")).text
    assert ("zq0canary0qz" in gone, "kim@example.org" in gone.lower()) == (False, False)


@pytest.mark.parametrize("who", ["ada", "cleo", "platform"])
async def test_it_is_the_business_of_ops(office: Office, who: str) -> None:
    said = {"case": (await closed(office))["id"], "reason": "order"}
    for refused in (
        await office.desk(who).post("/v1/erasures", said),
        await office.desk(who).get("/v1/erasures"),
        await office.desk(who).get("/v1/retention"),
        await office.desk(who).post("/v1/retention", {}),
    ):
        assert refused.json()["code"] in ("scope_missing", "not_allowed")


async def test_what_is_open_or_held_stays(office: Office) -> None:
    case = await office.desk().opened()
    said = {"case": case["id"], "reason": "request"}
    assert (await office.desk("dana").post("/v1/erasures", said)).json()["code"] == "erasure_case_open"
    assert (await office.desk("dana").post("/v1/erasures", {**said, "though_open": "unlawful"})).status_code == 422
    person = {**said, "party": party(case, "claimant"), "though_open": "unlawful"}
    waiting = await office.desk("dana").post("/v1/erasures", person)
    assert waiting.json()["state"] == "waiting", waiting.text
    await office.desk("dana").command(case["id"], "place_hold", "per_dana", reason="litigation", reasons="We are sued.")
    refused = await office.desk(await second(office)).post(f"/v1/erasures/{waiting.json()['id']}/approve")
    assert refused.json()["code"] == "legal_hold"
    (listed,) = (await office.desk("dana").get("/v1/erasures")).json()["data"]
    assert (listed["state"], listed["approved_by"]) == ("waiting", None)
    dropped = await office.desk("dana").post(f"/v1/erasures/{listed['id']}/drop")
    assert dropped.json()["state"] == "dropped"


async def test_retention_says_what_keeps_a_case_and_changes_nothing(office: Office) -> None:
    case = await closed(office)
    found = await office.desk("dana").get("/v1/retention")
    assert found.status_code == 200, found.text
    assert {row["case"]: row["kept_because"] for row in found.json()["data"]} == {case["id"]: "not_yet"}
    done = await office.desk("dana").post("/v1/retention", {})
    assert [row["erased"] for row in done.json()["data"]] == [False]
