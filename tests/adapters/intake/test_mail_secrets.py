"""Whatever a letter of ours carries that opens a door is taken out of a mail that gives the letter back."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest

from activities.ports.notices import OutgoingNotice, TeamLetter
from adapters.delivery.smtp import MailServer, SmtpNotifier
from adapters.evidence.letter_tokens import holds
from adapters.intake.mail import MailIntake
from adapters.letters.composer import Composer

NOTIFIER = SmtpNotifier(
    Composer(public_url="https://disputes.example", replies=True), MailServer("127.0.0.1", 25, starttls=False),
    sender="Ombud <disputes@desk.example>", reply_to="disputes@desk.example",
)  # fmt: skip
SECRETS = {
    "reply_token": "42b619cba9740e2ee2d7", "thread_token": "9d0fbb2ac1e35a0f0b16", "link_token": "5f0c1d7e9a3b42c68d11e0f7" * 2,
    "code": "omb_" + "Ab3-_" * 8,
}  # fmt: skip


def letters() -> list[str]:
    told: dict[str, Any] = {
        "tenant_id": "acme", "tenant_name": "Acme", "address": "kim@example.org", "name": "Kim",
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    notice = OutgoingNotice(
        id="ntc_01a22a41-8a11-7092-8dab-39cc986881e6", case_id="case_0196a7c2-77aa-7bcd-9f3c-2a1b44d05e6f", kind="bounty_dispute",
        pack_version="bounty_dispute@1.0.0", event="case_opened", channel="email", recipient="pty_1", audience="claimant",
        data={},
        thread="ntc_01a22a41-8a11-7092-8dab-39cc986881e7", **{k: v for k, v in SECRETS.items() if k != "code"}, **told,
    )  # fmt: skip
    made = [NOTIFIER.message_of(notice)]
    for event, code in (("login_code_made", SECRETS["code"]), ("link_asked", SECRETS["link_token"])):
        team = TeamLetter(
            id=f"let_{event}", event=event, recipient="per_kim", data={"person": "per_kim", "by": "per_ada", "case": "case_1"},
            code=code, **told,
        )  # fmt: skip
        made.append(NOTIFIER.team_message_of(team))
    return [f"{_headers(one)}\n\n{body.get_content()}" for one in made if (body := one.get_body(("plain",))) is not None]


def _headers(letter: EmailMessage) -> str:
    return "\n".join(f"{name}: {value}" for name, value in letter.items())


def test_each_of_them_is_in_this_table_and_in_a_letter() -> None:
    kept_quiet = {
        name for letter in (OutgoingNotice, TeamLetter) for name, field in letter.model_fields.items() if field.repr is False
    }
    assert kept_quiet == SECRETS.keys()
    for secret in SECRETS.values():
        assert any(secret in letter for letter in letters()), secret


@pytest.mark.parametrize("kind", ["text/plain", "text/html", "message/rfc822"])
@pytest.mark.parametrize("letter", letters())
def test_none_of_them_stays_in_what_comes_back(letter: str, kind: str) -> None:
    inside = f"<div>{letter.replace('<', '&lt;')}</div>" if kind == "text/html" else letter
    raw = (
        "From: kim@example.org\nTo: disputes@desk.example\nSubject: Fwd: it\nMessage-ID: <1@x.example>\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee below.\n"
        f"--b\nContent-Type: {kind}; charset=utf-8\n\n{inside}\n--b--\n"
    ).encode()
    read = MailIntake("desk.example").words(raw)
    assert "See below." in read.text
    for data in (read.text.encode(), *(file.data for file in read.attachments)):
        assert not any(secret.encode() in data for secret in SECRETS.values())
        assert not holds(data, set(SECRETS.values()) - {SECRETS["code"]})
