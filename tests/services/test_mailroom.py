"""What becomes of a mail: whose word it is, what is kept for people, and that nothing answers a machine."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import pytest

from activities.ports.errors import Never
from adapters.delivery.smtp import MailServer, SmtpNotifier
from adapters.letters.composer import Composer
from cli.kit.parsers import outcome, parsers
from policies.loading import load_pack
from storage.outside.outbox import PostgresOutbox
from storage.team.sender_letters import PostgresSenderLetters
from tests.support.errands import carried_out
from tests.support.office import Office, party, settings
from tests.support.packs import source, text_of

pytestmark = pytest.mark.postgres

KIM, NIMBUS = "kim@example.org", "security@nimbus.example"
PDF = b"%PDF-1.4\n%\xe2\xe3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def a_mail(sender: str = KIM, text: str = "I was charged twice.", **headers: str) -> bytes:
    told = {"From": sender, "To": "disputes@ombud.example", "Subject": "My case", "Message-ID": "<m1@example.org>"}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    return ("".join(f"{name}: {value}\r\n" for name, value in told.items()) + f"\r\n{text}\r\n").encode()


async def letter(office: Office, case_id: str, side: str = "claimant", *, token: bool = True) -> str:
    """The Message-ID of the first letter to a side, as it stands in an answer."""
    notices = await office.views.notices(office.tenant_id, case_id)
    found = next(one.id for one in notices if one.audience == side and one.channel == "email")
    proof = f".{office.vault.reply_token(office.tenant_id, found)}" if token else ""
    return f"<{found}{proof}@ombud.example>"


async def taken(office: Office, raw: bytes, key: str = "platform", **params: Any) -> dict[str, Any]:
    answer = await office.desk(key).post("/v1/intake/email", content=raw, params=params)
    assert answer.is_success, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def words(office: Office, case_id: str, kind: str = "message_sent") -> list[tuple[str, str]]:
    told = (await office.desk("dana").get(f"/v1/cases/{case_id}/timeline")).json()["data"]
    return [(entry["actor"]["id"], entry["data"].get("text")) for entry in told if entry["type"] == kind]


def with_relay(office: Office) -> Any:
    return parsers(settings().model_copy(update={"mail_relay": "mx.ombud.example"}))


class TestWhoSpeaks:
    async def test_whoever_has_the_letter_answers_it(self, office: Office) -> None:
        case = await office.desk().in_review()
        said = await taken(office, a_mail(In_Reply_To=await letter(office, case["id"])))
        assert (said["status"], said["id"]) == ("message", case["id"])
        assert await words(office, case["id"]) == [(party(case, "claimant"), "I was charged twice.")]

    @pytest.mark.parametrize(
        ("sender", "side", "token", "reason"),
        [
            (NIMBUS, "claimant", True, "not_the_recipient"),
            ("Kim <kim@elsewhere.example>", "claimant", True, "not_the_recipient"),
            (KIM, "claimant", False, "unproven"),
            (NIMBUS, "respondent", False, "unproven"),
        ],
    )
    async def test_nobody_else_does(self, office: Office, sender: str, side: str, token: bool, reason: str) -> None:
        case = await office.desk().in_review()
        before = await office.views.timeline(office.tenant_id, case["id"])
        said = await taken(office, a_mail(sender, In_Reply_To=await letter(office, case["id"], side, token=token)))
        assert (said["status"], said["reason"]) == ("unplaced", reason)
        assert await office.views.timeline(office.tenant_id, case["id"]) == before

    async def test_a_letter_whose_sender_is_shown_to_be_forged_is_not_theirs(self, office: Office) -> None:
        case = await office.desk().in_review()
        raw = a_mail(
            NIMBUS,
            In_Reply_To=await letter(office, case["id"], "respondent"),
            Authentication_Results="mx.example; dmarc=fail; spf=fail",
        )
        assert (await taken(office, raw))["reason"] == "unproven"
        assert await words(office, case["id"]) == []

    @pytest.mark.parametrize(
        "seen",
        [
            "dmarc=none header.from=example.org; spf=none",
            "spf=pass smtp.mailfrom=bo@evil.example; dkim=pass header.d=evil.example",
            "dmarc=none header.from=example.org; spf=pass smtp.mailfrom=bo@evil.example; dkim=pass header.d=evil.example",
            "dmarc=none; spf=softfail smtp.mailfrom=kim@example.org",
        ],
    )
    async def test_a_token_in_other_hands_is_no_proof(self, office: Office, seen: str) -> None:
        case = await office.desk().in_review()
        raw = a_mail(In_Reply_To=await letter(office, case["id"]), Authentication_Results=f"mx.ombud.example; {seen}")
        said = (await office.desk(parsers=with_relay(office)).post("/v1/intake/email", content=raw)).json()
        assert (said["status"], said["reason"]) == ("unplaced", "unproven")
        assert await words(office, case["id"]) == []
        # The address is the one that the letter went to: they hear that somebody has it.
        assert await told(office) == ["unproven"]

    async def test_a_token_alone_is_no_proof_where_a_relay_should_have_spoken(self, office: Office) -> None:
        case = await office.desk().in_review()
        before = await office.views.timeline(office.tenant_id, case["id"])
        for number in range(2):
            raw = a_mail(In_Reply_To=await letter(office, case["id"]), Message_ID=f"<m{number}@example.org>")
            said = (await office.desk(parsers=with_relay(office)).post("/v1/intake/email", content=raw)).json()
            assert (said["status"], said["reason"]) == ("unplaced", "unproven")
        assert await office.views.timeline(office.tenant_id, case["id"]) == before
        assert await told(office) == ["unproven"]

    async def test_without_a_relay_a_token_is_proof_in_development_alone(self, office: Office) -> None:
        tenant = await office.tenants.tenant(office.tenant_id)
        assert tenant is not None
        raw = a_mail(In_Reply_To=f"<ntc_x.{'0' * 20}@ombud.example>")
        verdicts = [
            office.parts().parsers.marks(tenant.model_copy(update={"development": development})).read(raw).verdict
            for development in (True, False)
        ]
        assert verdicts == ["none", "unproven"]

    @pytest.mark.parametrize(
        ("header", "verdict", "became"),
        [
            ({"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, "dmarc=pass header.from=example.org", "message"),
            ({"List_Unsubscribe": "<mailto:off@example.org>"}, "dmarc=pass header.from=example.org", "message"),
            ({"Precedence": "list", "List_Id": "<team.example.org>"}, "dmarc=pass header.from=example.org", "message"),
            ({"X_Auto_Response_Suppress": "All"}, "dmarc=none; spf=none", "unplaced"),
            ({"Precedence": "bulk"}, "dmarc=pass header.from=example.org", "unplaced"),
            ({"Auto_Submitted": "auto-replied"}, "dmarc=pass header.from=example.org", "ignored"),
        ],
    )
    async def test_what_programs_write_on_mail_of_people_does_not_make_a_proven_answer_a_machines(
        self, office: Office, header: dict[str, str], verdict: str, became: str
    ) -> None:
        case = await office.desk().in_review()
        seen = {"Authentication_Results": f"mx.ombud.example; {verdict}"}
        raw = a_mail(In_Reply_To=await letter(office, case["id"]), **seen, **header)
        said = (await office.desk(parsers=with_relay(office)).post("/v1/intake/email", content=raw)).json()
        assert said["status"] == became
        assert len(await words(office, case["id"])) == (became == "message")

    async def test_our_relay_proves_an_address_and_nobody_else_does(self, office: Office) -> None:
        case = await office.desk().in_review()
        desk = office.desk(parsers=with_relay(office))
        verdict = "dmarc=pass header.from=example.org"
        for number, (relay, became) in enumerate([("mx.attacker.example", "unplaced"), ("mx.ombud.example", "message")]):
            raw = a_mail(
                In_Reply_To=await letter(office, case["id"], token=False), Authentication_Results=f"{relay}; {verdict}",
                Message_ID=f"<m{number}@example.org>",
            )  # fmt: skip
            assert (await desk.post("/v1/intake/email", content=raw)).json()["status"] == became

    async def test_a_caller_that_may_speak_for_parties_may_vouch_and_no_other(self, office: Office) -> None:
        case = await office.desk().in_review()
        raw = a_mail(In_Reply_To=await letter(office, case["id"], token=False))
        office.keys["writer"] = await office.key(scopes=("cases:write",))
        refused = await office.desk("writer").post("/v1/intake/email", content=raw, params={"sender_proven": "true"})
        assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
        assert (await taken(office, raw, sender_proven="true"))["status"] == "message"

    async def test_a_case_in_the_subject_is_found_for_a_proven_party_of_it(self, office: Office) -> None:
        case = await office.desk().in_review()
        subject = f"RE: We have your bounty dispute (case {case['id'][-8:]})"
        kept = await taken(office, a_mail(Subject=subject))
        stranger = await taken(office, a_mail("eve@example.net", Subject=subject, Message_ID="<m2@example.net>"))
        nowhere = await taken(office, a_mail("eve@example.net", Subject="Re: (case 00000000)", Message_ID="<m4@example.net>"))
        found = await taken(office, a_mail(Subject=subject, Message_ID="<m3@example.org>"), sender_proven="true")
        assert [(one["status"], one.get("reason")) for one in (kept, stranger, nowhere, found)] == [
            ("unplaced", "unproven"), ("unplaced", "case_unknown"), ("unplaced", "case_unknown"), ("message", None),
        ]  # fmt: skip
        assert found["id"] == case["id"]

    async def test_a_word_of_the_desk_to_one_side_is_answered_to_the_desk(self, office: Office) -> None:
        case = await office.desk().in_review()
        await office.desk("dana").command(case["id"], "message", text="Which card was it?", to="claimant")
        notices = await office.views.notices(office.tenant_id, case["id"])
        asked = next(one.id for one in notices if one.event.startswith("message_sent") and one.audience == "claimant")
        token = office.vault.reply_token(office.tenant_id, asked)
        assert (await taken(office, a_mail(In_Reply_To=f"<{asked}.{token}@ombud.example>")))["status"] == "message"
        told = await office.views.timeline(office.tenant_id, case["id"])
        assert [one.fact.to for one in told if one.fact.type == "message_sent"] == ["claimant", "desk"]


class TestTriedWithoutAServer:
    """Whoever tries a mail (`ombud intake read`) is told what the door would do: one judgement serves both."""

    @pytest.mark.parametrize(
        ("raw", "becomes"),
        [
            (a_mail(), "report"),
            (a_mail('"kim roe"@example.org'), "report"),
            (a_mail(Authentication_Results="mx.ombud.example; dmarc=fail"), "unplaced"),
            (a_mail(Authentication_Results="mx.ombud.example; dmarc=pass header.from=example.org"), "report"),
            (a_mail("Kim <>"), "unplaced"),
            (a_mail("").replace(b"From: \r\n", b""), "unplaced"),
            (b"Received: by mx.example\r\n" * 20_000 + a_mail(), "report"),
            (a_mail(text=""), "report"),
            (b"no header at all", "refused"),
            (a_mail(X_Ombud_Case="case_1"), "ignored"),
            (a_mail(To=KIM), "unplaced"),
            (a_mail(Auto_Submitted="auto-replied"), "ignored"),
            (a_mail(List_Id="<talk.lists.example>"), "unplaced"),
            (a_mail(Subject="Automatic reply: my case"), "unplaced"),
            (a_mail(Subject="Re: (case 00000000)", Authentication_Results="mx.ombud.example; dmarc=fail"), "unplaced"),
        ],
    )
    async def test_it_says_what_the_door_does(self, office: Office, raw: bytes, becomes: str) -> None:
        read = outcome(settings().model_copy(update={"mail_relay": "mx.ombud.example"}), "mail", raw, None)
        answer = await office.desk(parsers=with_relay(office)).post("/v1/intake/email", content=raw)
        status = answer.json().get("status") if answer.status_code == 200 else {201: "report", 422: "refused"}[answer.status_code]
        assert (read["outcome"], status) == (becomes, becomes), (read["why"], answer.text)

    async def test_of_what_nobody_is_named_in_the_words_are_kept_and_can_be_placed(self, office: Office) -> None:
        case = await office.desk().in_review()
        said = await taken(office, a_mail("nobody", "The kettle never came."))
        assert said["reason"] == "unreadable"
        desk = office.desk("dana")
        mail = (await desk.get(f"/v1/unplaced/{said['unplaced']}")).json()
        assert mail["text"] == "The kettle never came."
        body = {"case": case["id"], "party": party(case, "claimant"), "sender_checked": True}
        assert (await desk.post(f"/v1/unplaced/{said['unplaced']}/place", json=body)).is_success
        assert "The kettle never came." in (await words(office, case["id"]))[0][1]


class TestMachines:
    @pytest.mark.parametrize(
        ("headers", "status", "reason"),
        [
            ({"Auto-Submitted": "auto-replied"}, "ignored", "auto_replied"),
            ({"X-Autoreply": "yes"}, "ignored", "autoreply"),
            ({"X-Ombud-Case": "case_1"}, "ignored", "own_notice"),
            ({"From": "Desk <disputes@ombud.example>"}, "ignored", "own_sender"),
            ({"From": "a@b.example", "To": "a@b.example"}, "unplaced", "own_address"),
            ({"Precedence": "bulk"}, "unplaced", "machine_mail"),
            ({"Subject": "Automatic reply: your case"}, "unplaced", "machine_mail"),
        ],
    )
    async def test_they_open_nothing_and_are_told_nothing(
        self, office: Office, headers: dict[str, str], status: str, reason: str
    ) -> None:
        said = await taken(office, a_mail(**headers))
        assert (said["status"], said["reason"]) == (status, reason)
        assert (await office.desk("dana").get("/v1/cases")).json()["data"] == []
        assert await told(office) == []

    @pytest.mark.parametrize(
        ("senders", "kept"),
        [
            (["t+1@x.example", "t+2@x.example", "T+3@x.example", "t+4@y.example"], [False, False, True, False]),
            (["ticket1@x.example", "ticket22@x.example", "ticket333@x.example"], [False, False, True]),
            (["a@x.example", "b@x.example", "c@x.example", "d@x.example"], [False, False, False, True]),
        ],
    )
    async def test_addresses_of_one_machine_or_one_domain_are_counted_together(
        self, office: Office, senders: list[str], kept: list[bool]
    ) -> None:
        desk = office.desk(mail_caps=(2, 99, 3))
        became = [
            (await desk.post("/v1/intake/email", content=a_mail(who, Message_ID=f"<{n}@x.example>"))).json()
            for n, who in enumerate(senders)
        ]
        assert [one.get("reason") == "over_cap" for one in became] == kept
        assert await told(office) == []

    async def test_answers_to_one_case_are_counted_together(self, office: Office) -> None:
        case = await office.desk().in_review()
        desk = office.desk(mail_caps=(1, 99, 99))
        ours = [await letter(office, case["id"], side) for side in ("claimant", "respondent", "claimant")]
        for who, answered in zip((KIM, NIMBUS), ours, strict=False):
            said = await desk.post("/v1/intake/email", content=a_mail(who, In_Reply_To=answered, Message_ID=f"<{who}>"))
            assert said.json()["status"] == "message", said.text
        assert (await office.parts().unplaced.count(office.tenant_id, KIM, case["id"])).case == 3

    async def test_beyond_the_cap_of_a_day_mail_is_kept_and_causes_no_letter(self, office: Office) -> None:
        desk = office.desk(mail_caps=(2, 3, 9))
        senders = [KIM, KIM, KIM, "lee@example.net", "max@example.net"]
        became = [
            (await desk.post("/v1/intake/email", content=a_mail(who, Message_ID=f"<{n}@x.example>"))).json()
            for n, who in enumerate(senders)
        ]
        assert [one.get("reason") for one in became] == [None, None, "over_cap", "over_cap", "over_cap"]
        assert await told(office) == []


async def told(office: Office) -> list[str]:
    """Reasons of kept mail whose senders are told."""
    async with office.database.tenant(office.tenant_id) as conn:
        return [row["reason"] for row in await conn.fetch("SELECT reason FROM unplaced WHERE tell <> 'none' ORDER BY id")]


class TestWordsInFiles:
    async def test_a_report_whose_words_are_in_its_file_waits_for_a_person_with_the_file(self, office: Office) -> None:
        raw = a_mail(
            text="--b\r\nContent-Type: text/plain\r\n\r\nSee attached.\r\n--b\r\nContent-Type: text/plain; name=letter.txt\r\n"
            "Content-Disposition: attachment; filename=letter.txt\r\n\r\nThe kettle never came.\r\n--b--",
            MIME_Version="1.0", Content_Type="multipart/mixed; boundary=b",
        )  # fmt: skip
        said = await taken(office, raw)
        case = (await office.desk("dana").get(f"/v1/cases/{said['id']}")).json()
        files = (await office.desk("dana").get(f"/v1/cases/{said['id']}/files")).json()["data"]
        assert (case["phase"], [one["name"] for one in files]) == ("intake", ["letter.txt"])


class TestBounces:
    async def test_a_bounce_finds_its_letter_and_the_window_stands_still(self, office: Office) -> None:
        case = await office.desk().in_review()
        ours = await letter(office, case["id"], "respondent")
        notice = ours.strip("<>").partition(".")[0]
        async with office.database.tenant(office.tenant_id) as conn:
            await conn.execute("UPDATE notices SET state = 'sent' WHERE id = $1", notice)
        raw = a_mail(
            "MAILER-DAEMON@mx.example.net",
            f"I was unable to deliver.\r\n\r\nMessage-ID: {ours}\r\n",
            Subject="failure notice",
            Return_Path="<>",
        )
        assert [(await taken(office, raw))["reason"] for _ in range(2)] == ["bounce", "bounce"]
        (row,) = [one for one in await office.views.notices(office.tenant_id, case["id"]) if one.id == notice]
        assert (row.state, row.last_error) == ("failed", "bounced")
        told = await office.views.timeline(office.tenant_id, case["id"])
        failed = [one.fact for one in told if one.fact.type in ("delivery_failed", "clocks_paused")]
        assert next((one.type, one.reason) for one in failed) == ("delivery_failed", "bounced")
        assert {one.reason for one in failed} == {"bounced", "not_told"}

    @pytest.mark.parametrize(("action", "reason"), [("failed", "bounce"), ("delayed", "delivery_report")])
    async def test_a_report_that_gives_back_nothing_is_known_by_what_it_answers(
        self, office: Office, action: str, reason: str
    ) -> None:
        case = await office.desk().in_review()
        ours = await letter(office, case["id"], "respondent")
        async with office.database.tenant(office.tenant_id) as conn:
            await conn.execute("UPDATE notices SET state = 'sent' WHERE id = $1", ours.strip("<>").partition(".")[0])
        raw = a_mail(
            "MAILER-DAEMON@mx.example",
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
            f"Final-Recipient: rfc822; {NIMBUS}\r\nAction: {action}\r\n\r\n--b--", Return_Path="<>", In_Reply_To=ours,
            Content_Type="multipart/report; report-type=delivery-status; boundary=b",
        )  # fmt: skip
        assert (await taken(office, raw))["reason"] == reason

    @pytest.mark.parametrize(
        "shown",
        [
            {"Received": "by mx.ombud.example (Postfix) id 1F; Mon, 4 May 2026 10:00:00 +0000"},
            {
                "sender": "MAILER-DAEMON@nimbus.example",
                "Authentication_Results": "mx.ombud.example; dmarc=pass header.from=nimbus.example",
            },
        ],
    )
    async def test_our_relay_and_the_recipients_own_server_are_believed(self, office: Office, shown: dict[str, str]) -> None:
        case = await office.desk().in_review()
        ours = await letter(office, case["id"], "respondent")
        async with office.database.tenant(office.tenant_id) as conn:
            await conn.execute("UPDATE notices SET state = 'sent' WHERE id = $1", ours.strip("<>").partition(".")[0])
        said = {"sender": "MAILER-DAEMON@mx.ombud.example", "Subject": "failure notice", "Return_Path": "<>", **shown}
        raw = a_mail(said.pop("sender"), f"Message-ID: {ours}", **said)
        answer = await office.desk(parsers=with_relay(office)).post("/v1/intake/email", content=raw)
        assert answer.json()["reason"] == "bounce"
        assert "clocks_paused" in [one.fact.type for one in await office.views.timeline(office.tenant_id, case["id"])]

    async def test_a_forged_bounce_without_the_letter_marks_nothing(self, office: Office) -> None:
        case = await office.desk().in_review()
        ours = await letter(office, case["id"], "respondent", token=False)
        raw = a_mail("MAILER-DAEMON@mx.example.net", f"Message-ID: {ours}\r\n", Subject="failure notice")
        assert (await taken(office, raw))["reason"] == "mailer_daemon"
        assert {one.state for one in await office.views.notices(office.tenant_id, case["id"])} <= {"pending", "unreachable"}

    @pytest.mark.parametrize(
        "forged",
        [
            {"sender": NIMBUS},
            {"Return_Path": "<eve@evil.example>"},
            {"Authentication_Results": "mx.ombud.example; dmarc=fail"},
            {"Authentication_Results": "mx.ombud.example; spf=pass smtp.mailfrom=eve@evil.example"},
            {"Authentication_Results": "mx.ombud.example; spf=fail smtp.helo=mx.example.net; dmarc=none"},
            {"Authentication_Results": "mx.evil.example; none"},
            {"Return_Path": ""},
            {"Return_Path": "<>\r\nReturn-Path: <>"},
            {"sender": "Mail Delivery <security+x@nimbus.example>"},
            {"sender": "Bo <bo@nimbus.example>"},
            {"sender": f"MAILER-DAEMON@nimbus.example, {NIMBUS}"},
            {"sender": f"MAILER-DAEMON@nimbus.example\r\nFrom: {NIMBUS}"},
            {"sender": "<>"},
            {"Sender": NIMBUS},
            {"Reply_To": NIMBUS},
            {},
            {
                "sender": "postmaster@evil.example",
                "Authentication_Results": "mx.ombud.example; dmarc=pass header.from=evil.example",
            },
            {"Authentication_Results": "mx.ombud.example; none"},
            {"Received": "by mx.ombud.example id 1\r\nReceived: from vps.evil.example by mx.ombud.example id 2"},
            {
                "Authentication_Results": "",
                "Received": "from vps.evil.example by mx.ombud.example\r\nReceived: by mx.ombud.example",
            },
        ],
    )
    async def test_nobody_gains_time_by_a_bounce_of_their_own(self, office: Office, forged: dict[str, str]) -> None:
        case = await office.desk().in_review()
        ours = await letter(office, case["id"], "respondent")
        said = {
            "sender": "MAILER-DAEMON@mx.example.net", "Subject": "failure notice", "Return_Path": "<>",
            "Authentication_Results": "mx.ombud.example; spf=none smtp.helo=mx.example.net; dmarc=none", **forged,
        }  # fmt: skip
        kind = "multipart/report; report-type=delivery-status; boundary=b"
        text = f"--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b\n\nMessage-ID: {ours}\n--b--"
        raw = a_mail(said.pop("sender"), text, Content_Type=kind, **said)
        answer = await office.desk(parsers=with_relay(office)).post("/v1/intake/email", content=raw)
        assert (answer.json()["status"], answer.json()["reason"]) == ("unplaced", "machine_mail")
        # Whoever looks after the mail sees which case it is about.
        kept = (await office.desk("dana").get(f"/v1/unplaced/{answer.json()['unplaced']}")).json()
        assert (kept["case"], kept["party"]) == (case["id"], None)
        assert "clocks_paused" not in [one.fact.type for one in await office.views.timeline(office.tenant_id, case["id"])]


class TestMerged:
    async def test_an_answer_goes_to_the_case_that_goes_on(self, office: Office) -> None:
        desk, cleo = office.desk(), office.desk("cleo")
        sides = [
            {"side": "claimant", "ref": "user-1", "email": "lee@example.org"},
            {"side": "respondent", "ref": "programme-9", "email": NIMBUS},
        ]
        first, second = await desk.opened(), await desk.opened(matter="report-4711", parties=sides)
        answered = await letter(office, second["id"])
        # Two say that they are one matter, and nobody's claim ends in another's: the claimant is the same.
        noted = await office.desk("dana").post(f"/v1/cases/{second['id']}/links", {"to": first["id"], "relation": "duplicate"})
        assert noted.status_code == 200, noted.text
        await carried_out(office, second["id"], first["id"])
        merged = await cleo.post(f"/v1/cases/{second['id']}/merges", {"into": first["id"], "reasons": "The same."})
        assert merged.status_code == 200, merged.text
        await carried_out(office, second["id"], first["id"])
        said = await taken(office, a_mail("lee@example.org", "It happened to me as well.", In_Reply_To=answered))
        assert (said["status"], said["id"]) == ("message", first["id"])
        assert "It happened to me as well." in [text for _, text in await words(office, first["id"])]

    async def test_so_does_that_of_its_respondent_who_is_reached_elsewhere_there(self, office: Office) -> None:
        desk, cleo = office.desk(), office.desk("cleo")
        sides = [
            {"side": "claimant", "ref": "user-1", "email": "lee@example.org"},
            {"side": "respondent", "ref": "programme-9", "email": "triage@nimbus.example"},
        ]
        first, second = await desk.in_review(), await desk.in_review(matter="report-4711", parties=sides)
        answered = await letter(office, second["id"], "respondent")
        # Two say that they are one matter, and nobody's claim ends in another's: the claimant is the same.
        noted = await office.desk("dana").post(f"/v1/cases/{second['id']}/links", {"to": first["id"], "relation": "duplicate"})
        assert noted.status_code == 200, noted.text
        await carried_out(office, second["id"], first["id"])
        merged = await cleo.post(f"/v1/cases/{second['id']}/merges", {"into": first["id"], "reasons": "The same."})
        assert merged.status_code == 200, merged.text
        await carried_out(office, second["id"], first["id"])
        said = await taken(office, a_mail("triage@nimbus.example", "We fixed it in May.", In_Reply_To=answered))
        assert (said["status"], said["id"]) == ("message", first["id"])
        assert (party(first, "respondent"), "We fixed it in May.") in await words(office, first["id"])


class TestClosed:
    async def test_an_answer_to_a_declined_case_is_a_linked_report(self, office: Office) -> None:
        case = await office.desk().opened(statement="Short.", attributes={"closed_days_ago": 400})
        assert case["outcome"] == "declined", case
        raw = a_mail(In_Reply_To=await letter(office, case["id"]), text="I forgot: it was closed yesterday, see the steps.")
        said = await taken(office, raw)
        assert said["id"] != case["id"]
        (link,) = (await office.views.case(office.tenant_id, said["id"])).case.links  # type: ignore[union-attr]  # it was opened
        assert link.other == case["id"]

    async def test_an_answer_to_any_other_closed_case_is_kept_and_its_sender_told(self, office: Office) -> None:
        case = await office.desk().in_review()
        await office.desk().command(case["id"], "withdraw", party(case, "claimant"))
        said = await taken(office, a_mail(In_Reply_To=await letter(office, case["id"])))
        assert (said["status"], said["reason"]) == ("unplaced", "case_closed")
        assert await told(office) == ["case_closed"]


class TestFiles:
    @pytest.mark.parametrize(
        ("gate", "changes"),
        [("report.source == 'email'", {}), ("report.statement_length < 2000", {"phase": "intake"})],
    )
    async def test_no_gate_loses_what_came_with_a_report(self, office: Office, gate: str, changes: dict[str, str]) -> None:
        """It is evidence of the case that waits for a person, or in the mail that is kept beside a case that was turned away."""
        rows = [{"name": "turned_away", "when": gate, "then": "decline", "reason": "not_ours"}]
        pack = load_pack(text_of({**source("bounty_dispute"), "gates": rows}), "mine")
        desk = office.desk(packs={"bounty_dispute": pack})
        raw = with_files("", ("receipt.pdf", PDF)).replace(b"In-Reply-To: \n", b"")
        said = (await desk.post("/v1/intake/email", content=raw)).json()
        files = [one.name for one in await office.parts().files.of_case(office.tenant_id, said["id"])]
        waiting = (await office.desk("dana").get("/v1/unplaced")).json()["data"]
        assert (files or waiting[0]["files"]) == ["receipt.pdf"]
        assert said["phase"] == changes.get("phase", "closed")
        assert [(one["reason"], one["case"]) for one in waiting] == ([] if changes else [("files_left", said["id"])])
        assert await told(office) == []

    async def test_the_same_report_again_after_its_case_was_closed_leaves_nothing_over(self, office: Office) -> None:
        raw = with_files("", ("receipt.pdf", PDF)).replace(b"In-Reply-To: \n", b"")
        said = await taken(office, raw)
        (claimant,) = [one["id"] for one in said["parties"] if one["side"] == "claimant"]
        closed = await office.desk().command(said["id"], "withdraw", claimant)
        assert closed.json()["case"]["phase"] == "closed", closed.text
        again = await taken(office, raw)
        assert again["id"] == said["id"]
        assert (await office.desk("dana").get("/v1/unplaced")).json()["data"] == []

    async def test_a_file_of_a_report_that_is_refused_is_kept_with_the_mail(self, office: Office) -> None:
        raw = with_files("", ("odd.bin", b"\x7fELF\x00")).replace(b"In-Reply-To: \n", b"")
        said = await taken(office, raw)
        (kept,) = (await office.desk("dana").get("/v1/unplaced")).json()["data"]
        assert (kept["reason"], kept["case"], kept["files"]) == ("file_refused", said["id"], ["odd.bin"])
        assert await told(office) == ["file_refused"]
        assert (await taken(office, raw))["id"] == said["id"]
        assert len((await office.desk("dana").get("/v1/unplaced")).json()["data"]) == 1

    async def test_files_of_an_answer_are_evidence_and_what_is_refused_is_kept_whole(self, office: Office) -> None:
        case = await office.desk().in_review()
        said = await taken(
            office, with_files(await letter(office, case["id"]), ("receipt.pdf", PDF), ("odd.bin", b"\x7fELF\x00"))
        )
        assert said["status"] == "message"
        files = await office.parts().files.of_case(office.tenant_id, case["id"])
        assert [one.name for one in files] == ["receipt.pdf"]
        assert len(await words(office, case["id"], "evidence_submitted")) == 1
        ((_, text),) = await words(office, case["id"])
        assert "receipt.pdf" not in text, "what was kept is a piece of the case, and stands in nobody's own words"
        assert text.endswith("\n\n(These files of the e-mail could not be kept: odd.bin)")
        assert await told(office) == ["file_refused"]

    async def test_no_other_party_learns_by_a_file_how_to_speak_as_its_sender(self, office: Office) -> None:
        case = await office.desk().in_review()
        ours = await letter(office, case["id"])
        token = ours.rpartition(".")[0].rpartition("@")[0].rpartition(".")[2]
        quoted = (
            f"Here is more.\r\n\r\nOn 4 May 2026 at 10:00 Desk <reply@ombud.example> wrote:\r\n> Message-ID: {ours}\r\n> Hello"
        )
        said = await taken(office, a_mail(text=quoted, In_Reply_To=ours, To=f"reply+{'a' * 26}{token}@ombud.example"))
        assert said["status"] == "message"
        files = await office.parts().files.of_case(office.tenant_id, case["id"])
        assert {one.name for one in files} == {"quoted-text.txt", "original.eml"}
        # Nobody attached them, so the words do not say that the mail had files.
        assert [text for _, text in await words(office, case["id"])] == ["Here is more."]
        other = {"Ombud-Act-As": party(case, "respondent")}
        for one in files:
            data = await office.parts().files.read(office.tenant_id, case["id"], one.id)
            assert data is not None
            assert token.encode() not in data
            assert (await office.desk().get(f"/v1/cases/{case['id']}/files/{one.id}", headers=other)).status_code == 404
            assert (await office.desk("dana").get(f"/v1/cases/{case['id']}/files/{one.id}")).status_code == 200
        assert token not in str(await words(office, case["id"]))

    async def test_a_letter_that_is_handed_in_stays_with_its_sender_and_the_team(self, office: Office) -> None:
        case = await office.desk().in_review()
        ours = await letter(office, case["id"])
        printed = PDF.replace(b"%%EOF", f"% Message-ID: {ours}\n%%EOF".encode())
        said = await taken(office, with_files(ours, ("letter.pdf", printed), ("receipt.pdf", PDF)))
        assert said["status"] == "message"
        found = {one.name: one.id for one in await office.parts().files.of_case(office.tenant_id, case["id"])}
        answers = {
            (who, name): await office.desk("dana" if who == "team" else "platform").get(
                f"/v1/cases/{case['id']}/files/{found[name]}",
                headers={} if who == "team" else {"Ombud-Act-As": party(case, who)},
            )
            for who in ("team", "claimant", "respondent")
            for name in ("letter.pdf", "receipt.pdf")
        }
        withheld = answers.pop(("respondent", "letter.pdf"))
        assert {one.status_code for one in answers.values()} == {200}
        assert answers["claimant", "letter.pdf"].content == printed
        assert (withheld.status_code, withheld.json()["code"]) == (403, "file_withheld")

    async def test_neither_a_name_nor_the_words_nor_another_spelling_hand_it_on(self, office: Office) -> None:
        case = await office.desk().in_review()
        ours = await letter(office, case["id"])
        token = ours.partition("@")[0].rpartition(".")[2]
        spelled = ("notes.txt", b64encode(f"Write to {token}, please.".encode()))
        raw = with_files(ours, (f"{token}.pdf", PDF), (f"{'.'.join(token)}.exe", b"\x7fELF\x00"), spelled)
        said = await taken(
            office, raw.replace(b"Here is the receipt", f"Mine is {' '.join(token)}, here is the receipt".encode())
        )
        assert said["status"] == "message"
        found = {one.name: one.id for one in await office.parts().files.of_case(office.tenant_id, case["id"])}
        assert {"file.pdf", "notes.txt"} <= found.keys()
        other = {"Ombud-Act-As": party(case, "respondent")}
        answer = await office.desk().get(f"/v1/cases/{case['id']}/files/{found['notes.txt']}", headers=other)
        assert answer.json()["code"] == "file_withheld"
        shown = str((await office.desk().get(f"/v1/cases/{case['id']}/timeline", headers=other)).json()) + str(found)
        assert token not in "".join(sign for sign in shown if sign.isalnum())

    async def test_files_of_a_report_are_evidence_of_its_claimant_once(self, office: Office) -> None:
        raw = with_files("", ("receipt.pdf", PDF)).replace(b"In-Reply-To: \n", b"")
        first, again = [await taken(office, raw) for _ in range(2)]
        assert first["id"] == again["id"]
        (one,) = await office.parts().files.of_case(office.tenant_id, first["id"])
        assert one.name == "receipt.pdf"
        assert len(await words(office, first["id"], "evidence_submitted")) == 1

    async def test_what_a_scanner_finds_is_not_taken(self, office: Office) -> None:
        async def scan(data: bytes) -> None:
            if data == PDF:
                raise Never("file_infected", "Found.")

        desk, case = office.desk(scanner=scan), await office.desk().in_review()
        raw = with_files(await letter(office, case["id"]), ("receipt.pdf", PDF))
        assert (await desk.post("/v1/intake/email", content=raw)).json()["status"] == "message"
        assert await office.parts().files.of_case(office.tenant_id, case["id"]) == []
        report = await desk.post("/v1/intake/email", content=with_files("", ("receipt.pdf", PDF)).replace(b"<f1@", b"<f2@"))
        assert (report.json()["status"], report.json()["reason"]) == ("unplaced", "file_infected")


def with_files(answers: str, *files: tuple[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Message-ID"], message["In-Reply-To"] = (
        KIM,
        "d@ombud.example",
        "<f1@example.org>",
        answers,
    )
    message.set_content("Here is the receipt you asked for.")
    for name, data in files:
        kind = ("application", "pdf") if name.endswith(".pdf") else ("application", "octet-stream")
        message.add_attachment(data, maintype=kind[0], subtype=kind[1], filename=name)
    return message.as_bytes()


def _answer(letter: EmailMessage, text: str = "I am away until Monday.", **headers: str) -> bytes:
    told = {
        "From": str(letter["To"]), "To": str(letter["Reply-To"] or letter["From"]), "Subject": f"Re: {letter['Subject']}",
        "Message-ID": f"<{uuid4()}@away.example>", "In-Reply-To": str(letter["Message-ID"]), **headers,
    }  # fmt: skip
    return ("".join(f"{name}: {value}\n" for name, value in told.items() if value) + f"\n{text}\n").encode()


def _bounce(letter: EmailMessage) -> bytes:
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: {letter['From']}\nSubject: Undelivered Mail Returned to Sender\n"
        "Auto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nNo such user.\n--b\nContent-Type: message/delivery-status\n\n"
        f"Final-Recipient: rfc822; kim@example.org\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\n"
        f"{letter.as_string()}\n--b--\n"
    ).encode()


def _new_address(letter: EmailMessage) -> dict[str, str]:
    """As ticket systems and lists answer (VERP): from an address that is new for each mail."""
    return {"From": f"ticket+{uuid4().hex[:6]}@{str(letter['To']).rpartition('@')[2].strip('>')}"}


FORGETS = "one that forgets what it answers"
FORGETS_ALL = "from a new address, and forgets what it answers"
AUTOMATIC: dict[str, Callable[[EmailMessage], bytes]] = {
    "the letter itself": lambda letter: letter.as_bytes(),
    "redirected": lambda letter: b"Resent-From: kim@example.org\nReceived: from x\n" + letter.as_bytes(),
    "RFC 3834": lambda letter: _answer(letter, **{"Auto-Submitted": "auto-replied"}),
    "Exchange": lambda letter: _answer(
        letter, Subject="Automatic reply: x", **{"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    ),
    "X-Autoreply": lambda letter: _answer(letter, **{"X-Autoreply": "yes"}),
    "vacation(1)": lambda letter: _answer(letter, Precedence="bulk", Subject="away from my mail"),
    "by its subject alone": lambda letter: _answer(letter, Subject="Out of office"),
    "a null sender": lambda letter: _answer(letter, **{"Return-Path": "<>"}),
    "a bounce with a report": _bounce,
    "a bounce of qmail": lambda letter: _answer(
        letter, f"{letter['Message-ID']}", From="MAILER-DAEMON@mx.example", Subject="failure notice"
    ),
    "a list": lambda letter: _answer(letter, **{"List-Id": "<all.example.org>"}),
    "from ourselves": lambda letter: _answer(letter, From=str(letter["From"])),
    "a desk of theirs, without any sign": lambda letter: _answer(letter, "Thank you, ticket 81 is open.", Subject="Ticket 81"),
    FORGETS: lambda letter: _answer(
        letter, "Thank you, ticket 82 is open.", Subject="Ticket 82", To="disputes@ombud.example", **{"In-Reply-To": ""}
    ),
    "from an address that is new each time": lambda letter: _answer(letter, **_new_address(letter)),
    "from a new address, to where the letter is answered": lambda letter: _answer(
        letter, Subject="Ticket", **{"In-Reply-To": ""}, **_new_address(letter)
    ),
    "from a new address, with the letter's subject": lambda letter: _answer(
        letter, To="disputes@ombud.example", **{"In-Reply-To": ""}, **_new_address(letter)
    ),
    FORGETS_ALL: lambda letter: _answer(
        letter, Subject="Ticket", To="disputes@ombud.example", **{"In-Reply-To": ""}, **_new_address(letter)
    ),
}


class TestPump:
    """Every letter comes back, and an automatic answer of each style to it: it comes to rest, whatever they are."""

    @pytest.mark.parametrize("style", AUTOMATIC)
    async def test_it_comes_to_rest(self, office: Office, style: str) -> None:
        desk = office.desk(mail_caps=(3, 9, 5))
        await office.desk().in_review()
        rounds = 0
        while letters := await self.out(office):
            rounds += 1
            assert rounds < 9, style
            for letter in letters:
                answer = await desk.post("/v1/intake/email", content=AUTOMATIC[style](letter))
                assert answer.is_success, answer.text
        assert rounds >= 1
        caused = {"a desk of theirs, without any sign", FORGETS, FORGETS_ALL}
        if style not in caused:
            assert rounds == 1, "no letter answers what answers a letter"
            assert len((await office.desk("dana").get("/v1/cases")).json()["data"]) == 1

    async def out(self, office: Office) -> list[EmailMessage]:
        """Every letter that waits, as it goes out."""
        outbox, senders = PostgresOutbox(office.database, office.vault), PostgresSenderLetters(office.database, office.vault)
        mailer = SmtpNotifier(
            Composer(replies=True),
            MailServer("127.0.0.1"),
            sender="Ombud <disputes@ombud.example>",
            reply_to="disputes@ombud.example",
        )
        found = []
        for case in (await office.desk("dana").get("/v1/cases?limit=100")).json()["data"]:
            for notice in await outbox.undelivered(office.tenant_id, case["id"]):
                if notice.channel == "email" and notice.address is not None:
                    found.append(mailer.message_of(notice))
                await outbox.sent(office.tenant_id, notice.id, "sent", notice.folded)
        for letter in await senders.due(100):
            if letter.tenant_id == office.tenant_id:
                found.append(mailer.team_message_of(letter))
                await senders.sent(letter.tenant_id, letter.id)
        return found
