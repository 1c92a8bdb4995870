"""Mail of machines, by every sign that programs use; and mail of people that looks a little like it."""

import pytest

from adapters.intake.mail_machine import SIGNS, gives_back, sign_of

CERTAIN = {
    "auto_replied": {"auto-submitted": "auto-replied (vacation)"},
    "delivery_report": {"content-type": 'multipart/report; report-type="delivery-status"'},
    "null_sender": {"return-path": "<>"},
    "failed_recipients": {"x-failed-recipients": "kim@example.net"},
    "mailer_daemon": {"from": "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>"},
    "bounce": {"from": "postmaster@mx.example.net", "subject": "Undeliverable: Your dispute"},
    "autoreply": {"x-autoreply": "yes"},
    "autorespond": {"x-autorespond": "vacation"},
    "auto_reply_precedence": {"precedence": "auto_reply"},
    "away": {"subject": "Automatic reply: Your dispute", "x-auto-response-suppress": "All"},
    "generated_suppressed": {"auto-submitted": "auto-generated", "x-auto-response-suppress": "OOF"},
    "vacation_program": {"x-vacation": "yes"},
    "complaint_report": {"feedback-type": "abuse"},
}
DOUBTFUL = {
    "helpdesk": {"x-rt-loop-prevention": "desk.example"},
    "rules_loop": {"x-ms-exchange-inbox-rules-loop": "kim@example.net"},
    "away_subject": {"subject": "Abwesenheitsnotiz: Ihr Fall"},
    "failed_subject": {"subject": "Undelivered Mail Returned to Sender", "from": "noreply@mx.example.net"},
    "postmaster": {"from": "Kim <postmaster@example.net>"},
    "auto_generated": {"auto-submitted": "auto-generated"},
    "auto_submitted": {"auto-submitted": "auto-forwarded"},
    "suppress": {"x-auto-response-suppress": "DR"},
    "bulk": {"precedence": "bulk"},
    "list": {"list-id": "Talk <talk.example.net>"},
    "looped": {"x-loop": "disputes@desk.example"},
}


def shown(headers: dict[str, str], **more: bool) -> str | None:
    sign = sign_of({name: [value] for name, value in headers.items()}, **more)
    return sign.code if sign else None


@pytest.mark.parametrize("code", [sign.code for sign in SIGNS])
def test_every_sign_is_recognized_and_is_as_sure_as_it_says(code: str) -> None:
    known = CERTAIN | DOUBTFUL
    assert shown({"from": "kim@example.net", **known[code]}) == code
    (sign,) = [one for one in SIGNS if one.code == code]
    assert sign.certain == (code in CERTAIN)
    assert sign.source


@pytest.mark.parametrize(
    "headers",
    [
        {"subject": "Vacation rental: I was charged twice"},
        {"subject": "My parcel was not delivered", "from": "Kim <kim@example.net>"},
        {"auto-submitted": "no"},
        {"x-auto-response-suppress": "None of these? no", "x-autoreply": "no", "x-auto-reply": ""}
        | {"x-auto-response-suppress": ""},
        {"precedence": "first-class"},
        {"from": "Shop <noreply@shop.example>", "subject": "My case"},
        {"return-path": "<kim@example.net>"},
        {"content-type": "multipart/mixed; boundary=multipart/report"},
    ],
)
def test_people_are_no_machines(headers: dict[str, str]) -> None:
    assert shown(headers) is None


def test_the_group_that_people_write_to_is_no_list_and_its_machines_stay_machines() -> None:
    group = {"list-id": "<disputes.desk.example>", "precedence": "list"}
    assert shown(group, own_list=True) is None
    assert shown(group | {"auto-submitted": "auto-replied"}, own_list=True) == "auto_replied"


REPORT = {"content-type": "multipart/report; report-type=delivery-status; boundary=b"}


@pytest.mark.parametrize(
    ("headers", "body", "came_back"),
    [
        (REPORT, "Final-Recipient: rfc822; kim@example.net\nAction: failed\n", True),
        # Postfix and Gmail write it on every bounce.
        (REPORT | {"auto-submitted": "auto-replied"}, "Action: failed\n", True),
        (REPORT, "Action: relayed\n\nAction: failed\n", True),
        (REPORT, "Action: delayed\n", False),
        (REPORT, "Action: delivered\n", False),
        (REPORT, "Action: relayed\n", False),
        ({"content-type": "multipart/report; report-type=disposition-notification"}, "Disposition: manual; displayed", False),
        ({"from": "MAILER-DAEMON@mx.example.net", "subject": "failure notice"}, "", True),
        ({"from": "postmaster@mx.example.net", "subject": "Undeliverable: Your dispute"}, "", True),
        ({"return-path": "<>", "subject": "Mail delivery failed: returning message to sender"}, "", True),
        ({"from": "Mailer-Daemon@mx.example.net", "subject": "Warning: message delayed 24 hours"}, "", False),
        # Vacation programs send from nobody, too (RFC 5230, section 5.1).
        ({"return-path": "<>", "subject": "Away until Monday"}, "", False),
        ({"subject": "Automatic reply: case", "auto-submitted": "auto-generated", "x-auto-response-suppress": "All"}, "", False),
        ({"subject": "Abwesenheitsnotiz: Ihr Fall"}, "", False),
        # What people write.
        ({"from": "kim@example.net", "subject": "Undeliverable: parcel 77"}, "", False),
        ({"from": "kim@example.net", "subject": "Re: x", "x-auto-response-suppress": "DR, OOF, AutoReply"}, "", False),
    ],
)  # fmt: skip
def test_a_letter_came_back_when_a_server_says_that_it_failed(headers: dict[str, str], body: str, came_back: bool) -> None:
    told = {name: [value] for name, value in {"from": "x@mx.example.net", **headers}.items()}
    assert gives_back(told, body.encode()) is came_back


@pytest.mark.parametrize("value", ["(sieve) auto-replied", "( a )(b) Auto-Replied; x=y", "auto-replied (vacation)"])
def test_a_comment_may_stand_before_a_keyword(value: str) -> None:
    assert shown({"auto-submitted": value}) == "auto_replied"
