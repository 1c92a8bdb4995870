"""Mail that could not be placed: who reads it, where it goes, and that each step is kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.office import Office, party

pytestmark = pytest.mark.postgres

KIM = "kim@example.org"


def a_mail(sender: str = KIM, text: str = "I found the receipt.", **headers: str) -> bytes:
    told = {"From": sender, "To": "disputes@ombud.example", "Subject": "My case", "Message-ID": "<u1@example.org>"} | headers
    return ("".join(f"{name}: {value}\r\n" for name, value in told.items()) + f"\r\n{text}\r\n").encode()


async def kept(office: Office, **headers: str) -> str:
    answer = await office.desk().post("/v1/intake/email", content=a_mail(**{"Precedence": "bulk"} | headers))
    assert answer.json()["status"] == "unplaced", answer.text
    found: str = answer.json()["unplaced"]
    return found


async def said(office: Office, unplaced: str, deed: str, body: dict[str, Any], who: str = "dana") -> Any:
    return await office.desk(who).post(f"/v1/unplaced/{unplaced}/{deed}", body)


async def test_leads_and_operations_read_it_and_nobody_else(office: Office) -> None:
    mail = await kept(office)
    listed = (await office.desk("cleo").get("/v1/unplaced")).json()
    assert [(one["id"], one["reason"], one["proven"], one["text"]) for one in listed["data"]] == [
        (mail, "machine_mail", False, "I found the receipt.")
    ]
    for who in ("ada", "platform"):
        for path in ("/v1/unplaced", f"/v1/unplaced/{mail}", f"/v1/unplaced/{mail}/original"):
            answer = await office.desk(who).get(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), (who, path)


async def test_who_read_it_is_kept(office: Office) -> None:
    mail = await kept(office)
    original = await office.desk("dana").get(f"/v1/unplaced/{mail}/original")
    assert original.content == a_mail(Precedence="bulk")
    assert original.headers["Content-Type"] == "message/rfc822"
    read = (await office.desk("cleo").get(f"/v1/unplaced/{mail}")).json()
    assert [(deed["deed"], deed["by"]) for deed in read["deeds"]] == [("original_read", "per_dana"), ("read", "per_cleo")]


async def test_it_is_placed_as_the_word_of_a_party_once_the_team_made_sure(office: Office) -> None:
    case = await office.desk().in_review()
    mail = await kept(office)
    where = {"case": case["id"], "party": party(case, "claimant")}
    unsure = await said(office, mail, "place", where)
    assert (unsure.status_code, unsure.json()["code"]) == (409, "sender_unproven")
    placed = await said(office, mail, "place", where | {"sender_checked": True})
    assert (placed.status_code, placed.json()["status"], placed.json()["id"]) == (200, "message", case["id"]), placed.text
    again = await said(office, mail, "place", where | {"sender_checked": True})
    assert (again.status_code, again.json()["code"]) == (409, "unplaced_closed")
    told = (await office.desk("dana").get(f"/v1/cases/{case['id']}/timeline")).json()["data"]
    (text,) = [entry["data"]["text"] for entry in told if entry["type"] == "message_sent"]
    assert text == (
        "[The sender of this e-mail did not prove who they are. Somebody of the team made sure of it in another way, and "
        "placed it here.]\n\nI found the receipt."
    )
    read = (await office.desk("dana").get(f"/v1/unplaced/{mail}")).json()
    assert (read["state"], read["placed_case"], read["closed_by"], read["text"]) == ("placed", case["id"], "per_dana", None)


async def test_a_proven_sender_is_the_party_s_own_word_only_from_that_party_s_address(office: Office) -> None:
    """A stranger proves their own domain: that says nothing of the party for whom somebody places the mail."""
    case, said_by = await office.desk().in_review(), {}
    where = {"case": case["id"], "party": party(case, "claimant")}
    for number, sender in enumerate(["mal@evil.example", KIM]):
        raw = a_mail(sender, f"Words of {sender}.", Precedence="bulk", **{"Message-ID": f"<p{number}@example.org>"})
        answer = await office.desk().post("/v1/intake/email", content=raw, params={"sender_proven": "true"})
        said_by[sender] = answer.json()["unplaced"]
        assert (await office.desk("dana").get(f"/v1/unplaced/{said_by[sender]}")).json()["proven"]
    unsure = await said(office, said_by["mal@evil.example"], "place", where)
    assert (unsure.status_code, unsure.json()["code"]) == (409, "sender_unproven")
    for sender, sure in ((KIM, {}), ("mal@evil.example", {"sender_checked": True})):
        assert (await said(office, said_by[sender], "place", where | sure)).status_code == 200, sender
    told = (await office.desk("dana").get(f"/v1/cases/{case['id']}/timeline")).json()["data"]
    own, strange = [entry["data"]["text"] for entry in told if entry["type"] == "message_sent"]
    assert own == f"[Somebody of the team placed this e-mail here.]\n\nWords of {KIM}."
    assert strange.startswith("[This e-mail came from another address than this party's own. Somebody of the team made sure")


@pytest.mark.parametrize("wrong", [{"party": "pty_nobody"}, {"case": "case_00000000-0000"}])
async def test_it_is_placed_nowhere_else(office: Office, wrong: dict[str, str]) -> None:
    case = await office.desk().in_review()
    where = {"case": case["id"], "party": party(case, "claimant"), "sender_checked": True} | wrong
    answer = await said(office, await kept(office), "place", where)
    assert answer.json()["code"] in ("party_unknown", "not_found")


async def test_it_becomes_a_case_of_its_own_and_is_linked(office: Office) -> None:
    case = await office.desk().in_review()
    mail = await kept(office)
    opened = await said(office, mail, "report", {"link": case["id"]})
    assert (opened.status_code, opened.json()["status"]) == (201, "opened"), opened.text
    for one, other in ((opened.json()["id"], case["id"]), (case["id"], opened.json()["id"])):
        row = await office.views.case(office.tenant_id, one)
        assert row is not None
        assert row.case is not None
        assert [link.other for link in row.case.links] == [other]


async def test_it_is_dismissed_with_a_reason_and_can_still_be_placed(office: Office) -> None:
    mail = await kept(office)
    dismissed = (await said(office, mail, "dismiss", {"reason": "spam"})).json()
    assert (dismissed["state"], dismissed["closed_because"]) == ("dismissed", "spam")
    assert (await office.desk("dana").get("/v1/unplaced")).json()["data"] == []
    assert [one["id"] for one in (await office.desk("dana").get("/v1/unplaced?state=all")).json()["data"]] == [mail]
    assert (await said(office, mail, "dismiss", {"reason": "spam"})).status_code == 409
    assert (await said(office, mail, "report", {})).status_code == 201


async def test_a_stranger_finds_nothing(office: Office, stranger: Office) -> None:
    mail = await kept(stranger)
    for path in (mail, "unp_none", "%00"):
        assert (await office.desk("dana").get(f"/v1/unplaced/{path}")).status_code == 404
    assert (await office.desk("dana").get("/v1/unplaced")).json()["data"] == []


async def test_what_has_no_sender_is_placed_with_its_words(office: Office) -> None:
    answer = await office.desk().post("/v1/intake/email", content=b"Subject: x\r\n\r\nThe kettle never came.")
    case = await office.desk().in_review()
    where = {"case": case["id"], "party": party(case, "claimant"), "sender_checked": True}
    placed = await said(office, answer.json()["unplaced"], "place", where)
    assert placed.status_code == 200, placed.text
    told = (await office.desk("dana").get(f"/v1/cases/{case['id']}/timeline")).json()["data"]
    assert any("The kettle never came." in (entry["data"].get("text") or "") for entry in told)
