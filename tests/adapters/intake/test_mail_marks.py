"""Whose a mail is, what it answers, and whether it came from ourselves."""

from email.message import EmailMessage

import pytest

from adapters.intake.mail_marks import Answered, MarksReader, reply_address
from tests.support.places import FIXTURES

NOTICE, TOKEN = "ntc_01a22387-bd32-7416-84f4-3206aa2e23e9", "0123456789abcdef0123"
READER = MarksReader("desk.example", frozenset({"disputes@desk.example"}), ("mx.desk.example",))


def a_mail(**headers: str) -> bytes:
    told = {"From": "Kim <kim@example.net>", "To": "disputes@desk.example", "Message-ID": "<m1@example.net>"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return "".join(f"{name}: {value}\r\n" for name, value in told.items()).encode() + b"\r\nHello.\r\n"


def test_a_persons_mail_is_theirs() -> None:
    marks = READER.read(a_mail(Subject="=?utf-8?q?Re=3A_Your_case_=28case_981E004b=29?="))
    assert (marks.author, marks.message_id, marks.case_token) == ("kim@example.net", "m1@example.net", "981e004b")
    assert (marks.sign, marks.own, marks.answers, marks.verdict) == (None, None, (), "unproven")


class TestAnswers:
    def test_a_letter_is_named_by_its_id_with_its_token(self) -> None:
        marks = READER.read(a_mail(In_Reply_To=f"<{NOTICE}.{TOKEN.upper()}@DESK.example>", References=f"<{NOTICE}@desk.example>"))
        assert marks.answers == (Answered(NOTICE, TOKEN), Answered(NOTICE, None))

    def test_a_letter_is_named_by_the_address_that_is_its_own(self) -> None:
        address = reply_address("disputes@desk.example", NOTICE, TOKEN)
        assert address is not None
        assert READER.read(a_mail(To=f"Desk <{address}>")).answers == (Answered(NOTICE, TOKEN),)
        assert READER.read(a_mail(Delivered_To=address.upper())).answers == (Answered(NOTICE, TOKEN),)

    def test_another_domains_ids_are_not_ours(self) -> None:
        for domain in ("elsewhere.example", "desk.example.net", "desk.exampleX"):
            assert READER.read(a_mail(In_Reply_To=f"<{NOTICE}.{TOKEN}@{domain}>")).answers == ()

    def test_an_address_has_room_or_is_not_made(self) -> None:
        assert reply_address("a-long-name-for-disputes@desk.example", NOTICE, TOKEN) is None
        assert reply_address("disputes@desk.example", f"{NOTICE}-1", TOKEN) is None


class TestOwn:
    @pytest.mark.parametrize(
        ("headers", "own"),
        [
            ({"X_Ombud_Case": "case_1"}, "own_notice"),
            ({"Message_ID": f"<{NOTICE}.{TOKEN}@desk.example>"}, "own_notice"),
            ({"Message_ID": f"<{NOTICE}@desk.example>"}, "own_notice"),
            ({"From": "Desk <Disputes@desk.example>", "To": "kim@example.net"}, "own_sender"),
            ({"From": "Desk <disputes+abc@desk.example>", "To": "kim@example.net"}, "own_sender"),
            ({"From": "ACME <help@acme.example>", "To": "help@acme.example"}, "own_address"),
            ({"From": "ACME <help@acme.example>", "Delivered_To": "help@acme.example"}, "own_address"),
            ({"From": "Kim <kim@example.net>", "Cc": "kim@example.net"}, None),
            ({"From": "Kim <kim@example.net>", "To": "kim@example.net, disputes@desk.example"}, None),
        ],
    )
    def test_what_bears_our_marks_is_ours(self, headers: dict[str, str], own: str | None) -> None:
        assert READER.read(a_mail(**headers)).own == own

    def test_whoever_wrote_to_a_group_is_the_author_and_not_the_group(self) -> None:
        marks = READER.read((FIXTURES / "intake" / "mail-by-a-group.eml").read_bytes())
        assert (marks.author, marks.own, marks.sign) == ("kim@example.net", None, None)


@pytest.mark.parametrize(
    ("between", "verdict"),
    [
        ("{spf}{dmarc}Received: from x by mx.desk.example\n", "pass"),
        ("{spf}{dmarc}", "pass"),
        ("{spf}Received: from x by mx.desk.example\n{dmarc}", "unproven"),
        ("Received: from x by mx.desk.example\n{spf}{dmarc}", "unproven"),
        ("{spf}X-Note: 1\n{dmarc}", "unproven"),
    ],
)
def test_only_above_what_came_are_several_verdicts_read_together(between: str, verdict: str) -> None:
    name = "Authentication-Results: mx.desk.example;\n "
    told = {"spf": f"{name}spf=pass smtp.mailfrom=bounce.example\n", "dmarc": f"{name}dmarc=pass header.from=example.net\n"}
    reader = MarksReader("desk.example", relays=("mx.desk.example",))
    raw = between.format(**told) + "From: kim@example.net\nSubject: x\n\nAuthentication-Results: y\n"
    assert reader.read(raw.encode()).verdict == verdict


class TestBounces:
    def test_what_it_gives_back_of_ours_is_found_also_where_a_line_was_broken(self) -> None:
        report = EmailMessage()
        report["From"], report["Subject"] = "MAILER-DAEMON@mx.example.net", "Undelivered Mail"
        report.set_content(f"Message-ID: <{NOTICE}.{TOKEN}@desk.example>\nSubject: {'x' * 90}", cte="quoted-printable")
        raw = report.as_bytes().replace(b"7416-", b"74=\n16-")
        assert READER.read(raw).returned == (Answered(NOTICE, TOKEN),)

    def test_a_person_who_quotes_one_gives_nothing_back(self) -> None:
        assert READER.read(a_mail(References=f"<{NOTICE}@desk.example>")).returned == ()


@pytest.mark.parametrize(
    "raw",
    [b"", b"no header at all", b"\x00\xff" * 500, b"From: \xff\xfe<a@b>\n\n", b"From: " + b"(" * 50_000, b"\n" * 9],
    ids=range(6),
)
def test_whatever_came_has_marks(raw: bytes) -> None:
    assert READER.read(raw).message_id.startswith("sha256:")


AUTHORS = [
    ("Kim <kim@example.net>", "kim@example.net", True),
    ("kim@example.net <kim@example.net>", "kim@example.net", True),
    ('"kim@elsewhere.example" <kim@example.net>', "kim@example.net", True),
    ("Kim (kim@elsewhere.example) <kim@example.net>", "kim@example.net", True),
    ("kim@example.net <eve@evil.example>", "eve@evil.example", False),
    ("kim@example.net, Dana <eve@evil.example>", "eve@evil.example", False),
    ("<kim@example.net> <eve@evil.example>", "kim@example.net", False),
    ("Dana <kim@example.net>eve@evil.example", "kim@example.net", False),
    ("G: kim@example.net, eve@evil.example;", "kim@example.net", False),
    ("Kim <kim@example.net>, Eve <eve@evil.example>", "kim@example.net", False),
    ("Kim <kim@example.net>\r\nFrom: eve@evil.example", "kim@example.net", False),
    ("disputes@desk.example\r\nX-Original-From: kim@example.net", "kim@example.net", False),
    ("<\u212aim@example.net>", "\u212aim@example.net", True),
]


@pytest.mark.parametrize(("field", "author", "one"), AUTHORS)
def test_only_an_author_alone_can_be_proven(field: str, author: str, one: bool) -> None:
    marks = READER.read(a_mail(From=field))
    assert (marks.author, marks.one_author) == (author, one)


def test_a_verdict_about_another_author_speaks_against_the_mail() -> None:
    said = "mx.desk.example; dmarc=pass header.from"
    assert READER.read(a_mail(Authentication_Results=f"{said}=example.net")).verdict == "pass"
    assert READER.read(a_mail(Authentication_Results=f"{said}=evil.example")).verdict == "fail"


def test_a_lone_return_makes_no_header() -> None:
    marks = READER.read(a_mail(X_Note="a\rAuthentication-Results: mx.desk.example; dmarc=pass header.from=example.net\rTo: x"))
    assert marks.verdict == "unproven"


def test_a_letters_id_is_known_in_any_case() -> None:
    assert READER.read(a_mail(In_Reply_To=f"<{NOTICE}.{TOKEN}@desk.example>".upper())).answers == (Answered(NOTICE, TOKEN),)


def test_what_servers_wrote_on_the_way_hides_no_author() -> None:
    way = b"Received: from mx.example by mx.example; Sat, 28 Nov 2026 18:59:42 +0000\r\n\tfor <x@desk.example>\r\n" * 20_000
    marks = READER.read(way + a_mail(Subject="The kettle"))
    assert (marks.author, marks.subject, marks.headed) == ("kim@example.net", "The kettle", True)


@pytest.mark.parametrize(("raw", "headed"), [(b"", False), (b"no header at all", False), (b"To: x\n\ntext", True)])
def test_what_has_no_header_is_no_mail(raw: bytes, headed: bool) -> None:
    assert READER.read(raw).headed is headed


@pytest.mark.parametrize(
    "subject", ["=?utf-8?q?Abwesenheitsnotiz=3A_Ihr_Fall?=", "=?utf-8?b?UsOpcG9uc2UgYXV0b21hdGlxdWUgOiB2b3RyZSBkb3NzaWVy?="]
)
def test_a_sign_in_an_encoded_subject_is_one(subject: str) -> None:
    sign = READER.read(a_mail(Subject=subject)).sign
    assert sign is not None
    assert sign.code == "away_subject"


def test_a_reaction_of_gmail_is_nobodys_word() -> None:
    part = "Content-Type: text/vnd.google.email-reaction+json; charset=utf-8"
    mail = a_mail(Content_Type="multipart/alternative; boundary=b") + f"\r\n--b\r\n{part}\r\n\r\n{{}}\r\n--b--\r\n".encode()
    sign = READER.read(mail).sign
    assert sign is not None
    assert (sign.code, sign.certain, sign.faint) == ("reaction", False, False)


SUBJECTS = [
    ("Undelivered parcel, returned to sender", "failed_subject"), ("Delivery problem", "failed_subject"),
    ("Failed delivery", "failed_subject"), ("Non remis : mon colis", "failed_subject"),
    ("Fwd: Undelivered Mail Returned to Sender", "failed_subject"), ("Read: this seller is a fraud", "read_subject"),
    ("Not read: my letters", "read_subject"), ("Auto: broken engine", "away_subject"),
    ("Abwesend, als das Paket kam", "away_subject"), ("Außer Haus zugestellt, Paket fehlt", "away_subject"),
    ("Out of office supplies shop charged me twice", "away_subject"), ("Automatic reply from a shop, no refund", "away_subject"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "code"), SUBJECTS)
def test_words_of_a_subject_alone_make_no_machine_of_a_persons_first_mail(subject: str, code: str) -> None:
    """With anything beside them that is a machine's, or as an answer, they do."""
    assert READER.read(a_mail(Subject=subject)).sign is None
    parts = "multipart/mixed; boundary=b"
    sent_on = (
        "--b\r\n\r\nSee what came.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        "From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; boundary=c\r\n\r\n--c\r\n\r\nNo.\r\n--c--\r\n--b--\r\n"
    )
    assert READER.read(a_mail(Subject=subject, Content_Type=parts).replace(b"Hello.", sent_on.encode())).sign is None
    inside = "--b\r\nContent-Type: message/{}\r\n\r\nx\r\n--b--"
    for raw in (
        a_mail(Subject=subject, In_Reply_To="<m0@example.net>"), a_mail(Subject=subject, References="<m0@example.net>"),
        a_mail(Subject=f"{subject} (case 981e004b)"), a_mail(Subject=subject, To="disputes+letter@desk.example"),
        a_mail(Subject=subject, From="Shop <no-reply@shop.example>"), a_mail(Subject=subject, From="do_not_reply@shop.example"),
        a_mail(Subject=subject).replace(b"Hello.", f"It was <{NOTICE}.{TOKEN}@desk.example>".encode()),
        *(a_mail(Subject=subject, Content_Type=parts).replace(b"Hello.", inside.format(kind).encode())
          for kind in ("delivery-status", "disposition-notification")),
    ):  # fmt: skip
        sign = READER.read(raw).sign
        assert sign is not None, raw
        assert sign.code == code
    for header, value in {"Auto-Submitted": "auto-generated", "Precedence": "bulk", "X-Loop": "x", "Return-Path": "<>"}.items():
        assert READER.read(a_mail(Subject=subject, **{header: value})).sign is not None
