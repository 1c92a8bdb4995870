"""A raw e-mail becomes a report or a reply; what a machine sent back becomes nothing."""

import contextlib
from collections.abc import Callable

import pytest

from adapters.intake.errors import ReportInvalid
from adapters.intake.mail import MailIntake, Reply
from adapters.intake.mail_html import text_of_html
from adapters.intake.mail_quotes import without_quotes
from domain.base import Side
from domain.model.report import Report, ReportedParty

PROGRAMME = ReportedParty(side=Side.RESPONDENT, ref="programme-88", name="Fjord Bank")
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

    def test_the_quoted_mail_is_taken_out_and_kept(self, payload: Callable[[str], bytes]) -> None:
        report = report_of(payload("report.eml"))
        assert report.statement.endswith("Zoë")
        quoted = report.attachments[-1]
        assert quoted.name == "quoted-text.txt"
        assert quoted.data.decode().startswith("On Mon, 13 Apr 2026")
        assert "> Report #90211" in quoted.data.decode()

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

    def test_files_beyond_the_limits_are_left_out_and_named(self) -> None:
        parts = [f'--b\nContent-Disposition: attachment; filename="f{n}.txt"\n\nfile {n}\n' for n in range(12)]
        parts += [f'--b\nContent-Disposition: attachment; filename="big.bin"\n\n{"x" * 1_000_001}\n']
        raw = a_mail(
            "--b\n\nSee the files.\n" + "".join(parts) + "--b--", headers='Content-Type: multipart/mixed; boundary="b"\n'
        )
        report = report_of(raw)
        assert len(report.attachments) == 10
        assert "big.bin, f10.txt, f11.txt" in report.statement
        assert report.statement.endswith("See the files.")

    def test_a_long_text_is_cut_and_attached_whole(self) -> None:
        report = report_of(a_mail("word " * 10_000))
        assert len(report.statement) <= 20_000
        assert (report.attachments[0].name, len(report.attachments[0].data)) == ("full-text.txt", 49_999)

    def test_a_mail_inside_the_mail_is_a_file(self) -> None:
        raw = a_mail(
            "--b\n\nForwarded.\n--b\nContent-Type: message/rfc822\n\nFrom: x@example.net\nSubject: inner\n\nInner text.\n--b--",
            headers='Content-Type: multipart/mixed; boundary="b"\n',
        )
        report = report_of(raw)
        assert report.statement == "Forwarded."
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

    def test_a_mail_beyond_the_limit_is_not_read(self) -> None:
        with pytest.raises(ReportInvalid, match="too_large"):
            INTAKE.read(b"x" * 20_000_001)

    @pytest.mark.parametrize("depth", [50, 5_000])
    def test_parts_inside_parts_without_end_do_no_harm(self, depth: int) -> None:
        nested = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
        raw = f"From: jo@example.net\nSubject: Deep\n{nested}Content-Type: text/plain\n\nfound".encode()
        with contextlib.suppress(ReportInvalid):
            assert isinstance(INTAKE.read(raw), Report)


class TestReply:
    def test_an_answer_to_our_notice_belongs_to_its_case(self, payload: Callable[[str], bytes]) -> None:
        reply = INTAKE.read(payload("reply.eml"))
        assert isinstance(reply, Reply)
        assert (reply.notice_id, reply.sender) == ("ntc_0196a7c2-evidence-2", "Security@fjord.example")
        assert (reply.text, reply.message_id) == ("Here is the log of 1 April.", "reply-1@fjord.example")
        assert "Please send the log." in reply.attachments[0].data.decode()

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

    def test_nothing_but_a_quote_is_the_statement(self) -> None:
        assert without_quotes("> Old.\n> Older.") == ("> Old.\n> Older.", "")


class TestHtml:
    def test_quotations_keep_their_mark(self) -> None:
        assert text_of_html("<p>New</p><blockquote>Old<br>older</blockquote>") == "New\n\n> Old\n> older"

    def test_preformatted_lines_stay(self) -> None:
        assert text_of_html("<pre>a\n  b</pre>c") == "a\n  b\n\nc"

    @pytest.mark.parametrize(
        "markup", ["<![", "<!-", "</", "<a", "&#xffffffff;", "<![if x]>text<![endif]>", "</blockquote></a>x"]
    )
    def test_broken_markup_is_no_error(self, markup: str) -> None:
        assert isinstance(text_of_html(markup), str)
