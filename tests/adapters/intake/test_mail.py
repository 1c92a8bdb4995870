"""A raw e-mail becomes a report or a reply; what a machine sent back becomes nothing."""

import base64
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from adapters.intake.errors import ReportInvalid
from adapters.intake.mail import NOTHING_NEW, UNREAD, MailIntake, Reply
from adapters.intake.mail_quotes import without_quotes
from domain.base import Side
from domain.model.report import Report, ReportedParty
from tests.support.places import FIXTURES

PROGRAMME = ReportedParty(side=Side.RESPONDENT, ref="programme-88", name="Fjord Bank")
MAILS = FIXTURES / "intake" / "mail"
EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load((MAILS / "expected.yaml").read_text("utf-8"))
INTAKE = MailIntake("ombud.example", respondent=PROGRAMME)


def report_of(raw: bytes) -> Report:
    found = INTAKE.read(raw)
    assert isinstance(found, Report)
    return found


def a_mail(body: str = "The report was closed without a word.", *, headers: str = "", to: str = "utf-8") -> bytes:
    head = f"From: Jo <jo@example.net>\nSubject: Closed\nMessage-ID: <m1@example.net>\n{headers}\n"
    return (head + body).encode(to)


class TestReport:
    def test_headers_text_and_files_are_decoded(self, payload: Callable[[str], bytes]) -> None:
        report = report_of(payload("report.eml"))
        assert (report.kind, report.source, report.external_id) == ("bounty_dispute", "email", "2f81.77b0@mail.example.net")
        assert report.subject == "Report #90211 closed as duplicate – it is not"
        assert report.matter == "90211"
        assert report.statement.startswith(
            "The report that mine is said to duplicate describes another endpoint, and was filed two"
        )
        assert "1\u202f200 EUR" in report.statement
        assert report.attachments[0].name == "times.csv"
        assert report.attachments[0].data.startswith(b"report,filed\n")

    def test_the_sender_is_the_claimant(self, payload: Callable[[str], bytes]) -> None:
        claimant, respondent = report_of(payload("report.eml")).parties
        assert (claimant.ref, claimant.name, claimant.email) == ("zoe@example.net", "Zoë van der Berg", "zoe@example.net")
        assert respondent == PROGRAMME

    def test_what_a_report_quotes_stays_in_it(self, payload: Callable[[str], bytes]) -> None:
        """Nobody here has read it yet: it may be all that the report is about."""
        report = report_of(payload("report.eml"))
        assert "Zoë\n\nOn Mon, 13 Apr 2026" in report.statement
        assert "> Report #90211" in report.statement
        assert [file.name for file in report.attachments] == ["times.csv"]

    def test_html_alone_becomes_readable_text(self, payload: Callable[[str], bytes]) -> None:
        report = report_of(payload("html-only.eml"))
        assert report.statement == (
            "Somebody booked a house from my account — I never did.\n\n- Booking 5521\n- Paid with my card\n\n"
            "See the booking (https://stays.example/b/5521)."
        )
        assert report.attributes["html_only"] is True

    def test_a_wrong_charset_falls_back(self, payload: Callable[[str], bytes]) -> None:
        report = report_of(payload("latin1-as-utf8.eml"))
        assert report.statement == "Le café n'a jamais été livré, j'ai payé 40 €."

    def test_the_kind_can_be_handed_in(self) -> None:
        found = INTAKE.read(a_mail(), kind="fraud_report")
        assert isinstance(found, Report)
        assert found.kind == "fraud_report"

    def test_the_same_mail_without_an_id_is_known_again_by_its_digest(self) -> None:
        raw = b"From: jo@example.net\n\nIt was closed."
        assert report_of(raw).external_id == report_of(raw).external_id
        assert str(report_of(raw).external_id).startswith("sha256:")

    def test_more_than_ten_files_are_taken(self) -> None:
        parts = [f'--b\nContent-Disposition: attachment; filename="f{n}.txt"\n\nfile {n}\n' for n in range(60)]
        raw = a_mail("--b\n\nSee them.\n" + "".join(parts) + "--b--", headers='Content-Type: multipart/mixed; boundary="b"\n')
        report = report_of(raw)
        assert [file.name for file in report.attachments] == [f"f{n}.txt" for n in range(60)]
        assert report.statement == "See them."

    def test_files_beyond_the_limit_are_named_and_in_the_mail_that_is_kept(self) -> None:
        sizes = [9_700_000, 10, 9_700_000, 20]
        parts = [f'--b\nContent-Disposition: attachment; filename="f{n}.txt"\n\n{"x" * size}\n' for n, size in enumerate(sizes)]
        raw = a_mail("--b\n\nSee them.\n" + "".join(parts) + "--b--", headers='Content-Type: multipart/mixed; boundary="b"\n')
        report = report_of(raw + b"\n\nBehind the end.")
        assert [file.name for file in report.attachments] == ["f0.txt", "f1.txt", "f3.txt", "original.eml"]
        assert "together: f2.txt." in report.statement
        assert report.statement.startswith("See them.")

    def test_a_long_text_is_cut_and_attached_whole(self) -> None:
        report = report_of(a_mail("word " * 10_000))
        assert len(report.statement) <= 20_000
        assert [(file.name, len(file.data)) for file in report.attachments[:1]] == [("full-text.txt", 49_999)]
        assert report.attachments[1].name == "original.eml"

    def test_a_mail_inside_the_mail_is_a_file_and_is_read(self) -> None:
        raw = a_mail(
            "--b\n\nForwarded.\n--b\nContent-Type: message/rfc822\n\nFrom: x@example.net\nSubject: inner\n\nInner text.\n--b--",
            headers='Content-Type: multipart/mixed; boundary="b"\n',
        )
        report = report_of(raw)
        assert report.statement.startswith("Forwarded.\n\n---")
        assert report.statement.endswith("From: x@example.net\nSubject: inner\n\nInner text.")
        assert report.attachments[0].name == "attachment-2.eml"
        assert b"Inner text." in report.attachments[0].data

    def test_a_mail_with_files_alone_still_says_its_subject(self) -> None:
        raw = a_mail(
            '--b\nContent-Disposition: attachment; filename="../../a.txt"\n\nx\n--b--',
            headers="Content-Type: multipart/mixed; boundary=b\n",
        )
        report = report_of(raw)
        assert report.statement == "The e-mail has no text. Its subject: Closed."
        assert report.attachments[0].name == "a.txt"

    @pytest.mark.parametrize(
        ("raw", "field", "code"),
        [
            (b"", "From", "sender_missing"),
            (b"Subject: x\n\ntext", "From", "sender_missing"),
            (b"From: nobody\n\ntext", "From", "email_invalid"),
            (b"From: jo@example.net\n\n", "statement", "text_empty"),
            (b"From: jo@example.net\n\n\x00\x00", "statement", "text_empty"),
        ],
    )
    def test_a_broken_mail_names_what_is_wrong(self, raw: bytes, field: str, code: str) -> None:
        with pytest.raises(ReportInvalid) as caught:
            INTAKE.read(raw)
        assert (caught.value.errors[0].field, caught.value.errors[0].code) == (field, code)

    def test_what_a_mail_says_is_read_whoever_sent_it(self) -> None:
        said = INTAKE.words(b"From: nobody\nSubject: x\n\nThe kettle never came.")
        assert (said.sender, said.text) == ("", "The kettle never came.")

    def test_what_servers_wrote_above_it_hides_no_sender(self) -> None:
        report = INTAKE.read(b"Received: by mx.example\r\n" * 20_000 + b"From: jo@example.net\r\n\r\nThe kettle never came.")
        assert isinstance(report, Report)
        assert (report.parties[0].email, report.statement) == ("jo@example.net", "The kettle never came.")

    def test_a_mail_beyond_the_limit_is_not_read(self) -> None:
        with pytest.raises(ReportInvalid, match="too_large"):
            INTAKE.read(b"x" * 20_000_001)

    @pytest.mark.parametrize("depth", [50, 5_000])
    def test_parts_inside_parts_without_end_do_no_harm(self, depth: int) -> None:
        nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
        raw = f"From: jo@example.net\nSubject: Deep\n{nested}Content-Type: text/plain\n\nfound".encode()
        report = report_of(raw)
        assert "found" in report.statement or report.attachments[-1].name == "original.eml"

    def test_the_mail_that_is_kept_does_not_say_which_way_it_came(self) -> None:
        """Two copies of one mail are one report, whatever the servers wrote above them."""
        copies = [
            b"Received: from a by b;\n\tFri, 1 May 2026\nReturn-Path: <jo@example.net>\n" + a_mail("Café", to="latin-1"),
            b"Delivered-To: x@y.example\n" + a_mail("Café", to="latin-1"),
        ]
        first, second = (report_of(raw) for raw in copies)
        assert first == second
        assert first.attachments[-1].data.startswith(b"From: Jo")

    def test_what_only_keeps_the_mail_is_nothing_that_was_handed_in(self) -> None:
        report = report_of(a_mail("Café", to="latin-1"))
        assert [file.name for file in report.attachments] == ["original.eml"]
        assert not report.handed_in


class TestEveryKind:
    """Each file went wrong once, or is one of its kind; ``expected.yaml`` says what is right."""

    @pytest.mark.parametrize("name", sorted(EXPECTED))
    def test_it_is_read_as_it_should(self, name: str) -> None:
        wanted = {"files": [], **EXPECTED[name]}
        report = MailIntake("desk.example", ours={"help@desk.example"}).read((MAILS / f"{name}.eml").read_bytes())
        assert isinstance(report, Report)
        claimant = report.parties[0]
        found = {"address": claimant.email, "statement": report.statement, "files": [file.name for file in report.attachments]}
        assert found | ({"name": claimant.name} if "name" in wanted else {}) == wanted


class TestUnread:
    def test_a_mail_that_cannot_be_read_is_kept_whole(self) -> None:
        found = INTAKE.unread(a_mail("hard to read"))
        assert isinstance(found, Report)
        assert (found.parties[0].email, found.statement) == ("jo@example.net", UNREAD)
        assert [(file.name, file.data[-12:]) for file in found.attachments] == [("original.eml", b"hard to read")]

    def test_an_answer_stays_one(self) -> None:
        found = INTAKE.unread(a_mail(headers="In-Reply-To: <ntc_1@ombud.example>\n"))
        assert isinstance(found, Reply)
        assert (found.notice_id, found.doubts) == ("ntc_1", ("unread",))


class TestProcesses:
    @pytest.mark.parametrize("headers", ["", "In-Reply-To: <ntc_1@ombud.example>\n"])
    def test_what_was_read_goes_from_one_process_to_another(self, headers: str) -> None:
        raw = a_mail(headers=headers)
        assert pickle.loads(pickle.dumps(INTAKE.opened(raw))) == INTAKE.opened(raw)
        assert pickle.loads(pickle.dumps(INTAKE.read(raw))) == INTAKE.read(raw)


class TestReply:
    def test_an_answer_to_our_notice_belongs_to_its_case(self, payload: Callable[[str], bytes]) -> None:
        reply = INTAKE.read(payload("reply.eml"))
        assert isinstance(reply, Reply)
        assert (reply.notice_id, reply.sender) == ("ntc_0196a7c2-evidence-2", "Security@fjord.example")
        assert (reply.text, reply.message_id) == ("Here is the log of 1 April.", "reply-1@fjord.example")
        assert "Please send the log." in reply.attachments[0].data.decode()
        assert [file.name for file in reply.attachments] == ["quoted-text.txt", "original.eml"]

    def test_what_an_answer_hands_on_stays_in_it(self) -> None:
        raw = a_mail(
            "This is it.\n\n-----Original Message-----\nYour order.",
            headers="In-Reply-To: <ntc_1@ombud.example>\n",
        ).replace(b"Subject: Closed", b"Subject: Fwd: order")
        reply = INTAKE.read(raw)
        assert isinstance(reply, Reply)
        assert (reply.text, reply.attachments) == ("This is it.\n\n-----Original Message-----\nYour order.", ())

    def test_the_newest_of_our_references_counts(self) -> None:
        raw = a_mail(headers="References: <ntc_first@ombud.example> <x@y> <ntc_second@OMBUD.example>\n")
        reply = INTAKE.read(raw)
        assert isinstance(reply, Reply)
        assert reply.notice_id == "ntc_second"

    def test_somebody_elses_notice_is_a_new_report(self) -> None:
        assert isinstance(INTAKE.read(a_mail(headers="In-Reply-To: <ntc_1@elsewhere.example>\n")), Report)

    def test_an_empty_answer_is_refused(self) -> None:
        with pytest.raises(ReportInvalid) as caught:
            INTAKE.read(a_mail(" ", headers="In-Reply-To: <ntc_1@ombud.example>\n"))
        assert (caught.value.errors[0].field, caught.value.errors[0].code) == ("body", "text_empty")


class TestMachines:
    @pytest.mark.parametrize("name", ["bounce.eml", "holiday.eml"])
    def test_what_a_machine_sent_back_is_ignored(self, payload: Callable[[str], bytes], name: str) -> None:
        assert INTAKE.read(payload(name)) is None

    def test_a_web_forms_mail_is_a_report(self) -> None:
        assert isinstance(INTAKE.read(a_mail(headers="Auto-Submitted: auto-generated\n")), Report)

    def test_a_machines_answer_to_a_notice_is_ignored(self) -> None:
        assert INTAKE.read(a_mail(headers="Auto-Submitted: auto-generated\nIn-Reply-To: <ntc_1@ombud.example>\n")) is None


class TestQuotes:
    def test_an_attribution_in_two_lines_is_found(self) -> None:
        assert without_quotes("New.\n\nOn Monday, Jo <jo@x.example>\nwrote:\n\n> Old.") == (
            "New.",
            "On Monday, Jo <jo@x.example>\nwrote:\n\n> Old.",
        )

    def test_the_answer_below_the_quote_is_found(self) -> None:
        assert without_quotes("Am 1. Mai schrieb Jo:\n> Alt.\n\nNeu.")[0] == "Neu."

    def test_answers_between_quoted_lines_keep_them(self) -> None:
        text = "> First?\nYes.\n> Second?\nNo."
        assert without_quotes(text) == (text, "")

    def test_a_sentence_that_looks_like_an_attribution_stays(self) -> None:
        text = "On Tuesday the triager wrote:\nThis is a duplicate.\nIt is not."
        assert without_quotes(text) == (text, "")

    def test_nothing_but_a_quote_has_no_own_words(self) -> None:
        assert without_quotes("> Old.\n> Older.") == ("", "> Old.\n> Older.")

    def test_what_is_given_back_is_nobodys_answer(self) -> None:
        said = INTAKE.read(a_mail("> Hello, do you agree?\n", headers="In-Reply-To: <ntc_1@ombud.example>\n"))
        assert isinstance(said, Reply)
        assert (said.text, [file.name for file in said.attachments]) == (NOTHING_NEW, ["quoted-text.txt", "original.eml"])


class TestQuotedLetters:
    """What programs that mark no line put below an answer."""

    OURS = ("reply@desk.example",)

    @pytest.mark.parametrize(
        "above",
        [
            "    On Monday, November 30, 2026 at 02:10:11 AM GMT+1, Acme <reply+abc@desk.example> wrote:  ",
            "On Mon, Nov 30, 2026 at 2:10 AM Acme\n<reply@desk.example> wrote:",
            "2026年11月30日(月) 2:10 Acme <reply@desk.example>:",
            "W dniu 30.11.2026 o 02:10, Acme <reply@desk.example> pisze:",
            "_________\nVan: Acme <reply@desk.example>\nVerzonden: maandag\nAan: Al <al@x.example>\nOnderwerp: x",
        ],
    )
    def test_go_into_a_file_and_own_words_stay(self, above: str) -> None:
        for own in ("The second charge was on 9 May, and I want 500 back.", "It was\non 9 May:\n- twice"):
            for between in ("\n\n", "\n"):
                said = without_quotes(f"{own}{between}{above}\n \n Hello Al,\nThank you.", self.OURS)
                assert said[0] == own
                assert "Hello Al," in said[1]

    def test_of_anybody_else_stay_what_the_sender_says(self) -> None:
        text = "He wrote:\n\nOn 3 May 2026 at 10:00 Bo <bo@y.example> wrote:\nI never sent it.\n\nSo there."
        assert without_quotes(text, self.OURS) == (text, "")


def test_no_sign_in_a_name_turns_the_words_beside_it() -> None:
    name, subject = (base64.b64encode(said.encode()).decode() for said in ("Mia \u202eeoR\u2069\u061c", "The \u2067kettle\u200b"))
    heads = f"From: =?utf-8?b?{name}?= <mia@x.example>\nSubject: =?utf-8?b?{subject}?=\n"
    raw = f"{heads}Content-Type: application/pdf; name*=utf-8''in%E2%80%AEvoice%E2%80%8E.pdf\n\n%PDF-1".encode()
    report = MailIntake("ombud.example").read(raw)
    assert isinstance(report, Report)
    assert (report.parties[0].name, report.subject) == ("Mia eoR", "The kettle")
    assert "invoice.pdf" in [file.name for file in report.attachments]
