"""Who a mail is from, out of fields by programs of every age."""

import pytest

from adapters.intake.errors import ReportInvalid
from adapters.intake.mail import MailIntake
from adapters.intake.mail_headers import Headers
from adapters.intake.mail_senders import Sender, mailbox, sender_of
from adapters.intake.outcome import outcome_of
from domain.model.report import Report

OURS = frozenset({"help@desk.example", "@notices.example"})


@pytest.mark.parametrize(
    ("field", "address", "name"),
    [
        ("Holt, Mia <mia@x.example>", "mia@x.example", "Holt, Mia"),
        ('"Holt, Mia" <mia@x.example>', "mia@x.example", "Holt, Mia"),
        ("mia@x.example via Market <noreply@market.example>", "noreply@market.example", "mia@x.example via Market"),
        ("'mia@x.example' <mia@x.example>", "mia@x.example", ""),
        ("'mia@x.example'", "mia@x.example", ""),
        ("Mia @ Work <mia@x.example>", "mia@x.example", "Mia @ Work"),
        ("mia@x.example (Mia Holt)", "mia@x.example", "Mia Holt"),
        ("mia@x.example (Mia (at work) <ole@x.example>)", "mia@x.example", "Mia at work <ole@x.example>"),
        ("mia @ x.example", "mia@x.example", ""),
        ('"a <b@c.example>" <mia@x.example>', "mia@x.example", "a <b@c.example>"),
        ('"Mia <mia@x.example>', "mia@x.example", "Mia"),
        ("Mia (at work <mia@x.example>", "mia@x.example", "Mia (at work"),
        ("=?utf-8?q?Mia_=3Cmia=40x.example=3E?=", "mia@x.example", "Mia"),
        ("=?iso-8859-1?q?J=F6rg?= <j@x.example>", "j@x.example", "Jörg"),
        ("A <a@x.example>, B <b@x.example>", "a@x.example", "A"),
        ("Team: mia@x.example, ole@x.example;", "mia@x.example", ""),
        ("<@relay.example,@other.example:mia@x.example>", "mia@x.example", ""),
        ("Mia <mailto:mia@x.example>", "mia@x.example", "Mia"),
        ("<mia@x.example", "mia@x.example", ""),
        ("Mia\u202e <mia@x.example>", "mia@x.example", "Mia"),
        ('"mia holt"@x.example', '"mia holt"@x.example', ""),
        ('Mia <"mia holt"@x.example>', '"mia holt"@x.example', "Mia"),
        ('Mia <"mia"@x.example>', "mia@x.example", "Mia"),
        ("Mia <mia@x.example.>", "mia@x.example", "Mia"),
        (r'"Holt \"M\", Mia" <mia@x.example>', "mia@x.example", 'Holt "M", Mia'),
        ("Mia <mia(at work)@(here)x.example>", "mia@x.example", "Mia"),
        ("Friends:Mia Holt <mia@x.example>;", "mia@x.example", "Mia Holt"),
        ("MAILER-DAEMON", "", "MAILER-DAEMON"),
        ("", "", ""),
    ],
)
def test_an_address_is_what_stands_in_brackets_wherever_there_are_any(field: str, address: str, name: str) -> None:
    found = mailbox(field)
    assert (found.address, found.name.replace("  ", " ")) in [(address, name), (address, name.replace("(", ""))]


class TestWhatIsInNoAddress:
    @pytest.mark.parametrize(
        ("field", "name"),
        [
            ("Mia &lt;mia@x.example&gt;", "Mia"),
            ("&quot;Holt, Mia&quot; &lt;mia@x.example&gt;", "Holt, Mia"),
            ("Mia &#60;mia&#64;x.example&#62;", "Mia"),
            ("&lt;mia@x.example&gt", ""),
            ("Mia <mia@x.example;>", "Mia"),
            ("Mia <mia@x.example,>", "Mia"),
            ("Mia <mia@x.example&gt;>", "Mia"),
            ("Mia <mia@\u200bx.example>", "Mia"),
            ("Mia <\u200bmia@x.exa\u00admple\u2060>", "Mia"),
            ("Mia <mia\u202e@x.example>", "Mia"),
            ("mia@x.exa\u200bmple", ""),
        ],
    )
    def test_is_left_out_and_noted(self, field: str, name: str) -> None:
        found = of(From=field)
        assert (found.address, found.name, found.guessed, found.others) == ("mia@x.example", name, True, ())

    @pytest.mark.parametrize(
        "field", ["Mia <mia.o'hara@x.example>", "Mia <mia@x.example> ", "R&D <r&d@x.example>", "R&D;Q <q@x.example>"]
    )
    def test_what_can_be_in_one_is_kept_and_no_guess(self, field: str) -> None:
        found = of(From=field)
        assert (found.address, found.guessed) == (field.partition("<")[2].partition(">")[0], False)

    @pytest.mark.parametrize(
        "host", ["x..example", ".x.example", "x.exa/mple", "x.exam&ple", "x_example", "x.example;y", f"{'x' * 64}.example"]
    )
    def test_of_a_host_that_there_cannot_be_no_case_is_made(self, host: str) -> None:
        """Nobody could be told anything: it waits for somebody to look at it."""
        with pytest.raises(ReportInvalid) as refused:
            MailIntake("ombud.example").read(f"From: Mia <mia@{host}>\n\nIt never came.\n".encode())
        assert [error.code for error in refused.value.errors] == ["email_invalid"]

    @pytest.mark.parametrize(
        "host",
        ["b\u00fccher.example", "\u4f8b\u3048.\u30c6\u30b9\u30c8", "xn--bcher-kva.example", "[192.0.2.1]", "a_b.x-y.example"],
    )
    def test_hosts_of_every_script_are_hosts(self, host: str) -> None:
        found = MailIntake("ombud.example").read(f"From: Mia <mia@{host}>\n\nIt never came.\n".encode())
        assert isinstance(found, Report)
        assert found.parties[0].email == f"mia@{host}"


@pytest.mark.parametrize("name", ['"Shop <admin@desk.example>"', "=?utf-8?q?mia=40bank=2Eexample?=", "ole@x.example via Market"])
def test_a_name_that_holds_an_address_is_told_nowhere(name: str) -> None:
    raw = f"From: {name} <mia@x.example>\nSubject: Order 9\n\nIt never came.\n".encode()
    intake = MailIntake("ombud.example")
    report = intake.read(raw)
    assert isinstance(report, Report)
    assert report.parties[0].name is None
    told = outcome_of("mail", raw, intake)
    assert (told.outcome, told.address, told.name) == ("report", "mia@x.example", None)


def of(**fields: str) -> Sender:
    return sender_of(Headers(tuple((name.replace("_", "-"), value) for name, value in fields.items())), OURS)


class TestRewritten:
    def test_a_group_under_our_address_names_the_author_beside(self) -> None:
        found = of(From="'Mia' via Help <help@desk.example>", X_Original_From="Mia Holt <mia@x.example>")
        assert found == Sender("mia@x.example", "Mia Holt", guessed=True)

    def test_or_whom_to_answer(self) -> None:
        found = of(From="'Mia' via Help <n@notices.example>", Reply_To="mia@x.example")
        assert found == Sender("mia@x.example", "Mia", guessed=True)

    def test_a_list_that_is_not_ours_does_so_too(self) -> None:
        fields = {"From": "Mia via L <l@lists.example>", "To": "l@lists.example", "List_Id": "<l>", "Reply_To": "mia@x.example"}
        assert of(**fields).address == "mia@x.example"

    @pytest.mark.parametrize("of_list", [{"List_Id": "Talk <talk.lists.example>"}, {"List_Post": "<mailto:talk@lists.example>"}])
    def test_a_list_names_the_author_beside_itself(self, of_list: dict[str, str]) -> None:
        by = {"From": "Mia via Talk <talk@lists.example>", "To": "help@desk.example"}
        for reply_to in ("Mia <mia@x.example>, talk@lists.example", "talk@lists.example, Mia <mia@x.example>"):
            assert of(**by, Reply_To=reply_to, **of_list) == Sender("mia@x.example", "Mia", guessed=True)

    def test_whom_somebody_wants_to_be_answered_is_not_who_wrote(self) -> None:
        assert of(From="mia@x.example", To="help@desk.example", Reply_To="ole@x.example").address == "mia@x.example"

    def test_our_own_address_alone_stays(self) -> None:
        assert of(From="help@desk.example", Reply_To="help@desk.example") == Sender("help@desk.example")

    def test_without_an_author_whoever_sent_it(self) -> None:
        assert of(Sender="mia@x.example") == Sender("mia@x.example", "", guessed=True)


class TestSeveral:
    """Nobody knows who of them wrote: the others are named, and the mail is kept as it came."""

    @pytest.mark.parametrize(
        ("fields", "others"),
        [
            (["Mia <mia@x.example>, Ole <OLE@x.example>"], ["ole@x.example"]),
            (["mia@x.example", "ole@x.example"], ["ole@x.example"]),
            (["mia@x.example, ole@x.example", "Kim <kim@x.example>"], ["kim@x.example", "ole@x.example"]),
            (["Team: mia@x.example, ole@x.example;"], ["ole@x.example"]),
            (["mia@x.example"] + [f"ole{number}@x.example" for number in range(2_000)], ["ole1@x.example"]),
        ],
    )  # fmt: skip
    def test_the_others_are_named(self, fields: list[str], others: list[str]) -> None:
        raw = "".join(f"From: {field}\n" for field in fields) + "Subject: The kettle\n\nIt never came."
        report = MailIntake("ombud.example").read(raw.encode())
        assert isinstance(report, Report)
        assert report.parties[0].email == "mia@x.example"
        assert report.statement.startswith("It never came.\n\n[The e-mail says that it is from others, too: ")
        assert all(other in report.statement for other in others)
        assert [file.name for file in report.attachments] == ["original.eml"]
        assert "sender" in MailIntake("ombud.example").words(raw.encode()).doubts

    @pytest.mark.parametrize(
        "field", ["mia@x.example <MIA@x.example>", '"ole@x.example" <mia@x.example>', "mia@x.example (ole@x.example)"]
    )
    def test_one_author_is_one(self, field: str) -> None:
        found = of(From=field)
        assert (found.address.lower(), found.guessed, found.others) == ("mia@x.example", False, ())

    def test_the_same_twice_is_kept_as_it_came(self) -> None:
        found = sender_of(Headers((("From", "mia@x.example"), ("From", "Mia <mia@x.example>"))))
        assert (found.address, found.guessed, found.others) == ("mia@x.example", True, ())
