"""Mail that could not be placed: who reads it, where it goes, and that each step is kept."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from itertools import product
from typing import Any

import pytest

from activities.ports.errors import Never
from adapters.evidence.clamd import ScannerAway
from storage.intake.unplaced import PostgresUnplaced, Taken, UnplacedMail
from storage.team.sender_letters import PostgresSenderLetters
from tests.support.office import ClosedDoor, JudgingDoor, Office, party
from workflows.handles import Named

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

    async def placed(
        self, tenant_id: str, taken: Taken, why: str, by: str, credential: str, case_id: str, *, left: bool = False
    ) -> None:
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


async def judged(office: Office, case_id: str) -> None:
    """Temporal is back: what waits at a case is judged, and the workers look at what was placed."""
    for command in await office.views.commands(office.tenant_id, case_id):
        if command.answer is None:
            named = Named(tenant_id=office.tenant_id, case_id=case_id, kind="bounty_dispute", opened_at=command.received_at)
            await JudgingDoor(office.records, office.inbox, office.lookups).ask(named, command.id, timedelta(seconds=1))
    await PostgresSenderLetters(office.database, office.vault).due(10)


def with_file(message_id: str = "<u1@example.org>", **headers: str) -> bytes:
    """A mail with words and a receipt."""
    mail = EmailMessage()
    told = {"From": KIM, "To": "disputes@ombud.example", "Subject": "My case", "Message-ID": message_id}
    for name, value in (told | headers).items():
        mail[name] = value
    mail.set_content("I found the receipt.\n")
    mail.add_attachment(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n", "application", "pdf", filename="receipt.pdf")
    return mail.as_bytes()


async def read(office: Office, mail: str) -> tuple[str, str | None, bool]:
    """How a mail stands, why, and whether its words are here."""
    found = (await office.desk("dana").get(f"/v1/unplaced/{mail}")).json()
    return found["state"], found["closed_because"], found["text"] is not None


class TestUntilItsCaseTookIt:
    """What somebody places keeps its words until they stand where they belong."""

    async def test_its_words_stay_until_the_case_has_judged_them(self, office: Office) -> None:
        case, shut = await office.desk().in_review(), office.desk("dana", doors=ClosedDoor())
        where = {"case": case["id"], "party": party(case, "claimant"), "sender_checked": True}
        mail = (await office.desk().post("/v1/intake/email", content=with_file(Precedence="bulk"))).json()["unplaced"]
        placed = await shut.post(f"/v1/unplaced/{mail}/place", where)
        assert placed.status_code == 202, placed.text
        assert (await read(office, mail))[::2] == ("taken", True)
        dismissed = await said(office, mail, "dismiss", {"reason": "spam"}, "cleo")
        assert (dismissed.status_code, dismissed.json()["code"]) == (409, "unplaced_closed")
        await PostgresSenderLetters(office.database, office.vault).due(10)
        assert (await read(office, mail))[::2] == ("taken", True), "nobody judged it"
        await judged(office, case["id"])
        assert await read(office, mail) == ("placed", "placed", False)
        assert await words(office, case) == [(party(case, "claimant"), "I found the receipt.")]
        (piece,) = (await office.desk("dana").get(f"/v1/cases/{case['id']}/evidence")).json()["data"]
        assert [file["name"] for file in piece["files"]] == ["receipt.pdf"]
        deeds = (await office.desk("dana").get(f"/v1/unplaced/{mail}")).json()["deeds"]
        assert [(one["deed"], one["by"]) for one in deeds if one["deed"] != "read"] == [("placed", "per_dana")]

    async def test_what_the_case_refuses_once_it_judges_waits_again(self, office: Office) -> None:
        case, shut = await office.desk().in_review(), office.desk("dana", doors=ClosedDoor())
        claimant = party(case, "claimant")
        assert (await office.desk().command(case["id"], "withdraw", claimant)).status_code == 200
        mail = await kept(office)
        placed = await shut.post(f"/v1/unplaced/{mail}/place", {"case": case["id"], "party": claimant, "sender_checked": True})
        assert placed.status_code == 202, placed.text
        await judged(office, case["id"])
        assert await read(office, mail) == ("waiting", None, True)
        found = (await office.desk("dana").get(f"/v1/unplaced/{mail}")).json()["deeds"]
        (back,) = [one for one in found if one["deed"] == "came_back"]
        assert (back["by"], back["case"], back["why"]) == ("per_dana", case["id"], "not_in_this_phase")
        assert (await said(office, mail, "report", {})).status_code == 201

    async def test_the_same_said_again_goes_on_with_what_nobody_had_judged(self, office: Office) -> None:
        case, shut = await office.desk().in_review(), office.desk("dana", doors=ClosedDoor())
        where = {"case": case["id"], "party": party(case, "claimant"), "sender_checked": True}
        mail = await kept(office)
        assert (await shut.post(f"/v1/unplaced/{mail}/place", where)).status_code == 202
        assert (await said(office, mail, "place", where, "cleo")).status_code == 200
        assert await read(office, mail) == ("placed", "placed", False)
        assert await words(office, case) == [(party(case, "claimant"), "I found the receipt.")]

    async def test_a_report_that_nobody_has_judged_keeps_its_words(self, office: Office) -> None:
        mail = await kept(office)
        reported = await office.desk("dana", doors=ClosedDoor()).post(f"/v1/unplaced/{mail}/report", {})
        assert reported.status_code == 202, reported.text
        assert (await read(office, mail))[::2] == ("taken", True)
        await judged(office, reported.json()["id"])
        assert await read(office, mail) == ("placed", "reported", False)

    async def test_a_report_whose_files_could_not_be_looked_at_stays_taken(self, office: Office) -> None:
        """The scanner answers when the case is opened, and is away when its files are handed in."""
        times = 0

        async def scan(data: bytes) -> None:
            nonlocal times
            times += 1
            if times > 1:
                raise ScannerAway("No answer.")

        mail = (await office.desk().post("/v1/intake/email", content=with_file(Precedence="bulk"))).json()["unplaced"]
        away = await office.desk("dana", scanner=scan).post(f"/v1/unplaced/{mail}/report", {})
        assert (away.status_code, away.json()["code"]) == (503, "scanner_away"), away.text
        assert (await read(office, mail))[::2] == ("taken", True)
        assert (await said(office, mail, "dismiss", {"reason": "spam"})).status_code == 409
        again = await said(office, mail, "report", {})
        assert again.status_code == 200, again.text
        assert await read(office, mail) == ("placed", "reported", False)
        (case,) = (await office.desk("dana").get("/v1/cases")).json()["data"]
        (piece,) = (await office.desk("dana").get(f"/v1/cases/{case['id']}/evidence")).json()["data"]
        assert [file["name"] for file in piece["files"]] == ["receipt.pdf"]

    async def test_a_file_that_stands_nowhere_else_keeps_the_mail_for_a_while(self, office: Office) -> None:
        case = await office.desk().in_review()
        where = {"case": case["id"], "party": party(case, "claimant"), "sender_checked": True}

        async def scan(data: bytes) -> None:
            raise Never("file_infected", "Eicar-Test.")

        raw = with_file(Precedence="bulk")
        mail = (await office.desk().post("/v1/intake/email", content=raw)).json()["unplaced"]
        placed = await office.desk("dana", scanner=scan).post(f"/v1/unplaced/{mail}/place", where)
        assert placed.status_code == 200, placed.text
        assert await read(office, mail) == ("dismissed", "files_left", True)
        assert (await office.desk("dana").get(f"/v1/unplaced/{mail}/original")).content == raw

    async def test_of_one_person_who_places_it_twice_at_once_one_does(self, office: Office) -> None:
        case = await office.desk().in_review()
        where = {"case": case["id"], "party": party(case, "claimant"), "sender_checked": True}
        unplaced = AtOnce(office.database, office.vault, office.store)
        unplaced.barrier = asyncio.Barrier(2)
        mail, desk = await kept(office), office.desk("dana", unplaced=unplaced)
        answers = await asyncio.gather(*(desk.post(f"/v1/unplaced/{mail}/place", where) for _ in range(2)))
        assert sorted(one.status_code for one in answers) == [200, 409]
        assert {one.json().get("code") for one in answers} == {None, "unplaced_closed"}


class TestByTwoDoors:
    """The mail comes again and is believed, while somebody of the team places it: its words stand once."""

    @staticmethod
    async def answer(office: Office, case: dict[str, Any]) -> bytes:
        notices = await office.views.notices(office.tenant_id, case["id"])
        letter = next(one.id for one in notices if one.audience == "claimant" and one.channel == "email")
        token = office.vault.reply_token(office.tenant_id, letter)
        return with_file("<two@example.org>", **{"In-Reply-To": f"<{letter}.{token}@ombud.example>"})

    @pytest.mark.parametrize("order", ["door first", "hand first", "at once"])
    async def test_its_words_stand_once(self, office: Office, order: str) -> None:
        case = await office.desk().in_review()
        raw = await self.answer(office, case)
        # Over the cap it waits; the same mail comes again on another day, and is taken by its letter's token.
        first = await office.desk(mail_caps=(0, 0, 0)).post("/v1/intake/email", content=raw)
        mail = first.json()["unplaced"]
        where = {"case": case["id"], "party": party(case, "claimant"), "sender_checked": True}
        door = partial(office.desk().post, "/v1/intake/email", content=raw)
        hand = partial(office.desk("dana").post, f"/v1/unplaced/{mail}/place", where)
        if order == "at once":
            answers = list(await asyncio.gather(door(), hand()))
        else:
            one, other = (door, hand) if order == "door first" else (hand, door)
            answers = [await one(), await other()]
        assert [one.status_code for one in answers] == [200, 200], [one.text for one in answers]
        assert await words(office, case) == [(party(case, "claimant"), "I found the receipt.")]
        (piece,) = (await office.desk("dana").get(f"/v1/cases/{case['id']}/evidence")).json()["data"]
        assert [file["name"] for file in piece["files"]] == ["receipt.pdf"]
        assert (await read(office, mail))[::2] == ("placed", False)

    async def test_what_a_closed_case_refused_is_said_there_once_it_is_open_again(self, office: Office) -> None:
        case = await office.desk().in_review()
        raw, claimant = await self.answer(office, case), party(case, "claimant")
        assert (await office.desk().command(case["id"], "withdraw", claimant)).status_code == 200
        kept = (await office.desk().post("/v1/intake/email", content=raw)).json()
        assert kept["reason"] == "case_closed"
        reopened = await office.desk("dana").command(case["id"], "reopen", "per_dana", reason="new_evidence")
        assert reopened.status_code == 200, reopened.text
        again = (await office.desk().post("/v1/intake/email", content=raw)).json()
        assert again["status"] == "message", again
        where = {"case": case["id"], "party": claimant, "sender_checked": True}
        assert (await said(office, kept["unplaced"], "place", where)).status_code == 200
        assert await read(office, kept["unplaced"]) == ("placed", "copy", False)
        assert await words(office, case) == [(claimant, "I found the receipt.")]

    @pytest.mark.parametrize("order", ["door first", "hand first", "at once"])
    async def test_a_report_becomes_one_case(self, office: Office, order: str) -> None:
        raw = with_file("<report@example.org>")
        mail = (await office.desk(mail_caps=(0, 0, 0)).post("/v1/intake/email", content=raw)).json()["unplaced"]
        door = partial(office.desk().post, "/v1/intake/email", content=raw)
        hand = partial(office.desk("dana").post, f"/v1/unplaced/{mail}/report", {})
        if order == "at once":
            answers = list(await asyncio.gather(door(), hand()))
        else:
            one, other = (door, hand) if order == "door first" else (hand, door)
            answers = [await one(), await other()]
        assert all(one.is_success for one in answers), [one.text for one in answers]
        assert len((await office.desk("dana").get("/v1/cases")).json()["data"]) == 1
        assert (await read(office, mail))[::2] == ("placed", False)
