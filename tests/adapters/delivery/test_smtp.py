"""Mails through a real SMTP server on loopback: threaded, machine-marked, and told apart when they are refused."""

import asyncio
import email
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from activities.ports.errors import Never
from adapters.delivery.smtp import MailServer, SmtpNotifier
from adapters.intake.mail import MailIntake, Reply
from adapters.intake.mail_marks import Answered, MarksReader
from adapters.letters.composer import Composer
from tests.support.outgoing_notices import a_notice

COMPOSER = Composer()


@dataclass
class Mailbox:
    """What came to the server, and what it says to recipients and to messages."""

    port: int = 0
    recipient_answer: str = "250 OK"
    message_answer: str = "250 OK"
    hang_up_after: bool = False
    mails: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's
        if self.recipient_answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        if self.message_answer.startswith("2"):
            raw = envelope.content if isinstance(envelope.content, bytes) else b""
            message = email.message_from_bytes(raw, policy=default)
            assert isinstance(message, EmailMessage)
            self.mails.append((str(envelope.mail_from), list(envelope.rcpt_tos), message))
        return self.message_answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        if self.hang_up_after and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "221 Bye"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="mx.example", loop=loop), "127.0.0.1", 0)
    async with server:
        box.port = server.sockets[0].getsockname()[1]
        yield box


def notifier(box: Mailbox, **options: Any) -> SmtpNotifier:
    server = MailServer("127.0.0.1", box.port, starttls=False)
    return SmtpNotifier(COMPOSER, server, sender="Ombud <disputes@ombud.example>", **options)


async def mailed(box: Mailbox, **changes: Any) -> EmailMessage:
    await notifier(box).send(a_notice(**changes))
    return box.mails[-1][2]


class TestMail:
    async def test_each_letter_bears_what_only_its_recipient_has(self, mailbox: Mailbox) -> None:
        ids = {
            "id": "ntc_01a22387-bd32-7416-84f4-3206aa2e23e9",
            "thread": "ntc_1",
            "reply_token": "0" * 20,
            "thread_token": "1" * 20,
        }
        await notifier(mailbox, reply_to="disputes@ombud.example").send(a_notice(**ids))
        message = mailbox.mails[-1][2]
        assert message["In-Reply-To"] == f"<ntc_1.{'1' * 20}@ombud.example>"
        answered = Answered(ids["id"], "0" * 20)
        for name, header in (("In-Reply-To", "Message-ID"), ("To", "Reply-To")):
            raw = f"From: kim@example.net\n{name}: {message[header]}\n\nHello.\n".encode()
            assert MarksReader("ombud.example").read(raw).answers == (answered,)

    async def test_it_goes_from_us_to_the_party_in_the_tenants_name(self, mailbox: Mailbox) -> None:
        receipt = await notifier(mailbox).send(a_notice(name='Zoë, the "First"'))
        sender, recipients, message = mailbox.mails[0]
        assert (sender, recipients) == ("disputes@ombud.example", ["ada@example.net"])
        assert str(message["From"]) == "Acme Bounties <disputes@ombud.example>"
        assert message["To"].addresses[0].display_name == 'Zoë, the "First"'
        assert receipt == message["Message-ID"] == "<ntc_0196a7c2-opened-1@ombud.example>"

    async def test_it_says_the_same_in_text_and_html(self, mailbox: Mailbox) -> None:
        message = await mailed(mailbox, event="message_sent", texts={"text": "Grüße – und ein sehr langer Satz. " * 100})
        plain, html = message.get_body(("plain",)), message.get_body(("html",))
        assert plain is not None
        assert html is not None
        assert "Grüße –" in plain.get_content()
        assert "Grüße –" in html.get_content()
        assert message.get_content_type() == "multipart/alternative"

    async def test_mailboxes_can_thread_it(self, mailbox: Mailbox) -> None:
        message = await mailed(mailbox, id="ntc_2", thread="ntc_1")
        assert (message["Message-ID"], message["In-Reply-To"]) == ("<ntc_2@ombud.example>", "<ntc_1@ombud.example>")
        assert message["References"] == "<ntc_1@ombud.example>"

    async def test_the_first_of_a_thread_refers_to_nothing(self, mailbox: Mailbox) -> None:
        message = await mailed(mailbox, id="ntc_1", thread="ntc_1")
        assert message["In-Reply-To"] is None

    async def test_machines_are_asked_not_to_answer(self, mailbox: Mailbox) -> None:
        message = await mailed(mailbox)
        assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
        assert message["X-Ombud-Case"] == "case_0196a7c2-77aa-7bcd-9f3c-2a1b44d05e6f"
        assert message["Content-Language"] == "en"
        assert message["Date"] is not None

    async def test_the_answer_to_it_finds_its_case(self, mailbox: Mailbox) -> None:
        message = await mailed(mailbox)
        raw = f"From: ada@example.net\nIn-Reply-To: {message['Message-ID']}\n\nMy answer.".encode()
        reply = MailIntake("ombud.example").read(raw)
        assert isinstance(reply, Reply)
        assert reply.notice_id == "ntc_0196a7c2-opened-1"

    async def test_names_cannot_break_a_header(self, mailbox: Mailbox) -> None:
        message = await mailed(mailbox, tenant_name="Acme\r\nBcc: x@example.net", name="A\nB\x00")
        assert message["Bcc"] is None
        assert message["To"].addresses[0].display_name == "A B"

    async def test_many_at_once_all_arrive(self, mailbox: Mailbox) -> None:
        sender = notifier(mailbox)
        await asyncio.gather(*(sender.send(a_notice(id=f"ntc_{n}")) for n in range(20)))
        assert len({str(mail[2]["Message-ID"]) for mail in mailbox.mails}) == 20


class TestAfterTheServerTookIt:
    async def test_the_hook_hears_the_notice(self, mailbox: Mailbox) -> None:
        heard: list[str] = []
        await notifier(mailbox, after_accept=heard.append).send(a_notice())
        assert heard == ["ntc_0196a7c2-opened-1"]
        assert len(mailbox.mails) == 1

    async def test_the_hook_hears_nothing_of_what_was_refused(self, mailbox: Mailbox) -> None:
        heard: list[str] = []
        mailbox.message_answer = "451 Later"
        with pytest.raises(aiosmtplib.SMTPDataError):
            await notifier(mailbox, after_accept=heard.append).send(a_notice())
        assert heard == []

    async def test_a_line_dropped_at_the_good_bye_does_not_repeat_the_mail(self, mailbox: Mailbox) -> None:
        mailbox.hang_up_after = True
        assert await notifier(mailbox).send(a_notice()) == "<ntc_0196a7c2-opened-1@ombud.example>"


class TestRefusals:
    @pytest.mark.parametrize("answer", ["550 5.1.1 No such user", "551 Not here", "553 Bad name"])
    async def test_a_permanent_no_to_the_recipient_is_for_ever(self, mailbox: Mailbox, answer: str) -> None:
        mailbox.recipient_answer = answer
        with pytest.raises(Never) as caught:
            await mailed(mailbox)
        assert caught.value.code == "address_refused"

    async def test_a_permanent_no_to_the_message_is_for_ever(self, mailbox: Mailbox) -> None:
        mailbox.message_answer = "554 5.7.1 We do not want this"
        with pytest.raises(Never) as caught:
            await mailed(mailbox)
        assert caught.value.code == "message_refused"

    @pytest.mark.parametrize("answer", ["450 Busy", "451 Greylisted", "452 Full", "530 Log in first"])
    async def test_a_passing_no_is_weather(self, mailbox: Mailbox, answer: str) -> None:
        mailbox.recipient_answer = answer
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await mailed(mailbox)

    async def test_a_server_that_is_not_there_is_weather(self, mailbox: Mailbox) -> None:
        mailbox.port = 1
        with pytest.raises(aiosmtplib.SMTPConnectError):
            await mailed(mailbox)

    async def test_encryption_that_is_demanded_and_not_offered_is_weather(self, mailbox: Mailbox) -> None:
        server = MailServer("127.0.0.1", mailbox.port, starttls=True)
        with pytest.raises(aiosmtplib.SMTPException):
            await SmtpNotifier(COMPOSER, server, sender="a@ombud.example").send(a_notice())
        assert mailbox.mails == []

    @pytest.mark.parametrize("address", ["nobody", "a@b@c", "x y@example.net", "a@example.net\nBcc: b@example.net", ""])
    async def test_what_is_no_address_is_for_ever(self, mailbox: Mailbox, address: str) -> None:
        with pytest.raises(Never) as caught:
            await mailed(mailbox, address=address)
        assert caught.value.code == "address_invalid"
        assert mailbox.mails == []

    async def test_without_an_address_there_is_nobody_to_send_to(self, mailbox: Mailbox) -> None:
        with pytest.raises(Never) as caught:
            await mailed(mailbox, address=None)
        assert caught.value.code == "address_missing"
