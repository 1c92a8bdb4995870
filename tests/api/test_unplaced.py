"""Mail that could not be placed: who reads it, where it goes, and that each step is kept."""

from __future__ import annotations

import asyncio
from itertools import product
from typing import Any

import pytest

from storage.intake.unplaced import PostgresUnplaced, Taken, UnplacedMail
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


class AtOnce(PostgresUnplaced):
    """All have read the mail before the first of them does anything."""

    barrier: asyncio.Barrier

    async def take(self, tenant_id: str, mail: UnplacedMail, *, by: str, deed: str, case_id: str | None) -> Taken | None:
        await self.barrier.wait()
        return await super().take(tenant_id, mail, by=by, deed=deed, case_id=case_id)

    async def dismiss(self, tenant_id: str, unplaced_id: str, why: str, *, by: str, credential: str) -> bool:
        await self.barrier.wait()
        return await super().dismiss(tenant_id, unplaced_id, why, by=by, credential=credential)


class Stops(PostgresUnplaced):
    """The process ends after the words were said (or before it, with ``early``), and before the mail is closed."""

    early = False

    async def take(self, tenant_id: str, mail: UnplacedMail, *, by: str, deed: str, case_id: str | None) -> Taken | None:
        taken = await super().take(tenant_id, mail, by=by, deed=deed, case_id=case_id)
        if self.early:
            raise ConnectionError("stopped")
        return taken

    async def placed(self, tenant_id: str, taken: Taken, why: str, by: str, credential: str, case_id: str) -> None:
        raise ConnectionError("stopped")


async def words(office: Office, case: dict[str, Any]) -> list[tuple[str, str]]:
    """Who said what on a case."""
    told = (await office.desk("dana").get(f"/v1/cases/{case['id']}/timeline?limit=100")).json()["data"]
    return [(one["actor"]["id"], one["data"]["text"].rpartition("\n")[2]) for one in told if one["type"] == "message_sent"]


async def test_of_all_who_act_at_once_one_does_it_and_the_others_have_done_nothing(office: Office) -> None:
    cases = [await office.desk().in_review(external_id=f"PAY-{number}") for number in range(2)]
    deeds: list[tuple[str, dict[str, Any]]] = [
        ("place", {"case": case["id"], "party": party(case, side), "sender_checked": True})
        for case, side in product(cases, ("claimant", "respondent"))
    ]
    deeds += [("report", {}), ("dismiss", {"reason": "erasure", "erase": True})]
    unplaced = AtOnce(office.database, office.vault, office.store)
    unplaced.barrier = asyncio.Barrier(len(deeds))
    desks = [office.desk(who, unplaced=unplaced) for who in ("cleo", "dana")]
    for turn in range(3):
        mail = await kept(office, **{"Message-ID": f"<at-once-{turn}@example.org>"})
        before = [await words(office, case) for case in cases]
        said_by = [
            desks[number % 2].post(f"/v1/unplaced/{mail}/{deed}", body)
            for number, (deed, body) in enumerate(deeds[turn:] + deeds[:turn])
        ]
        answers = await asyncio.gather(*said_by)
        done = [answer for answer in answers if answer.status_code < 300]
        assert len(done) == 1, [answer.text for answer in answers]
        assert {answer.json()["code"] for answer in answers if answer not in done} == {"unplaced_closed"}
        new = [one[len(was) :] for one, was in zip([await words(office, case) for case in cases], before, strict=True)]
        assert sum(len(one) for one in new) == (done[0].json().get("status") == "message"), new
        read = (await office.desk("dana").get(f"/v1/unplaced/{mail}")).json()
        assert [deed["deed"] for deed in read["deeds"] if deed["deed"] != "read"] in (["placed"], ["reported"], ["dismissed"])


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("deed", ["place", "report"])
async def test_what_stopped_half_way_is_gone_on_with_by_the_same_deed_alone(office: Office, deed: str, early: bool) -> None:
    case = await office.desk().in_review()
    place = {"case": case["id"], "party": party(case, "claimant"), "sender_checked": True}
    body = place if deed == "place" else {"kind": "bounty_dispute"}
    mail = await kept(office)
    stops = Stops(office.database, office.vault, office.store)
    stops.early = early
    assert (await office.desk("dana", unplaced=stops).post(f"/v1/unplaced/{mail}/{deed}", body)).status_code >= 500
    listed = (await office.desk("cleo").get("/v1/unplaced")).json()["data"]
    assert [(one["id"], one["state"], one["closed_by"]) for one in listed] == [(mail, "taken", "per_dana")]
    others = [
        ("place", place | {"party": party(case, "respondent")}),
        ("dismiss", {"reason": "spam", "erase": True}),
        (deed, body),
    ]
    for other, said_so in others:
        answer = await said(office, mail, other, said_so, "cleo")
        assert (answer.status_code, answer.json()["code"], answer.json()["fields"]["state"]) == (
            409,
            "unplaced_closed",
            "taken",
        ), answer.text
    async with office.database.tenant(office.tenant_id) as conn:
        await conn.execute("UPDATE unplaced SET closed_at = closed_at - interval '61 seconds'")
    again = await said(office, mail, deed, body, "cleo")
    assert again.status_code in (200, 201), again.text
    assert await words(office, case) == ([(party(case, "claimant"), "I found the receipt.")] if deed == "place" else [])
    assert (await office.desk("dana").get("/v1/unplaced")).json()["data"] == []
    cases = (await office.desk("dana").get("/v1/cases")).json()["data"]
    assert len(cases) == (1 if deed == "place" else 2)


async def test_what_a_case_does_not_take_waits_as_before(office: Office) -> None:
    case = await office.desk().in_review()
    claimant = party(case, "claimant")
    assert (await office.desk().command(case["id"], "withdraw", claimant)).status_code == 200
    mail = await kept(office)
    assert (await said(office, mail, "dismiss", {"reason": "spam"})).status_code == 200
    refused = await said(office, mail, "place", {"case": case["id"], "party": claimant, "sender_checked": True})
    assert refused.status_code == 409, refused.text
    read = (await office.desk("dana").get(f"/v1/unplaced/{mail}")).json()
    assert (read["state"], read["closed_because"], read["placed_case"]) == ("dismissed", "spam", None)


async def test_the_same_mail_by_two_ways_stands_once(office: Office) -> None:
    """A mail waits twice, for two reasons; and once more with the same id and other words, which anybody can write."""
    case = await office.desk().in_review()
    where = {"case": case["id"], "party": party(case, "claimant"), "sender_checked": True}
    first, second = await kept(office), await kept(office, Subject="My case again")
    raw = a_mail(text="Other words.", Precedence="bulk")
    third = (await office.desk().post("/v1/intake/email", content=raw)).json()["unplaced"]
    assert len({first, second, third}) == 3
    for mail in (first, second, third):
        assert (await said(office, mail, "place", where)).status_code == 200
    claimant = where["party"]
    assert await words(office, case) == [(claimant, "I found the receipt."), (claimant, "Other words.")]
