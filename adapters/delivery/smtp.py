"""Sends notices as e-mail, so that mailboxes thread them and answers find their case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import parseaddr

import aiosmtplib

from activities.ports.errors import Never
from activities.ports.notices import OutgoingNotice, TeamLetter
from adapters.intake.mail_marks import letter_address, reply_address
from adapters.letters.composer import Composer, Letter
from adapters.letters.words import one_line

TIMEOUT_FOR = timedelta(seconds=30)
MAX_CONNECTIONS = 5
"""At once: more looks like an attack to many mail servers."""


@dataclass(frozen=True, slots=True, repr=False)
class MailServer:
    """How to reach the mail server. ``starttls`` None: when the server offers it; ``tls``: from the first byte (port 465)."""

    host: str
    port: int = 25
    username: str | None = None
    password: str | None = None
    starttls: bool | None = None
    tls: bool = False


class SmtpNotifier:
    """Sends letters from ``sender``: an address, with or without a name (parties see the tenant's).

    Message-IDs are ``<{notice id}.{token}@{message_domain}>``, so a repeat has the same one, and an answer shows that whoever
    writes it has the letter; the domain is the sender's unless named. With ``reply_to`` each letter is answered at an address of
    its own below that one.
    """

    def __init__(
        self,
        composer: Composer,
        server: MailServer,
        *,
        sender: str,
        message_domain: str | None = None,
        reply_to: str | None = None,
        after_accept: Callable[[str], None] = lambda notice_id: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._composer = composer
        self._server = server
        _, self._sender = parseaddr(sender)
        self._domain = message_domain or self._sender.rpartition("@")[2] or "localhost"
        self._reply_to = reply_to
        self._after_accept = after_accept
        self._now = now
        self._slots = asyncio.Semaphore(MAX_CONNECTIONS)

    async def send(self, notice: OutgoingNotice) -> str:
        """Send and return the Message-ID.

        :class:`Never`: ``address_missing``, ``address_invalid``, ``address_refused`` (a permanent answer to the recipient),
        ``message_refused`` (a permanent answer to the message). Anything else is a temporary failure.
        """
        if notice.address is None:
            raise Never("address_missing")
        message = self.message_of(notice)
        async with self._slots:
            await self._handed_over(notice.id, message, notice.address)
        return str(message["Message-ID"])

    async def send_to_team(self, letter: TeamLetter) -> str:
        """Send what is about no case, and return the Message-ID. Fails as :meth:`send` does."""
        message = self.team_message_of(letter)
        async with self._slots:
            await self._handed_over(letter.id, message, letter.address)
        return str(message["Message-ID"])

    def team_message_of(self, letter: TeamLetter) -> EmailMessage:
        """The whole mail of what is about no case. Raises :class:`Never` (``address_invalid``)."""
        return self._begun(self._composer.compose_for_team(letter), letter)

    def message_of(self, notice: OutgoingNotice) -> EmailMessage:
        """The whole mail. Raises :class:`Never` (``address_invalid``)."""
        message = self._begun(self._composer.compose(notice), notice, notice.reply_token)
        if notice.thread and notice.thread != notice.id:
            message["In-Reply-To"] = self._message_id(notice.thread, notice.thread_token)
            message["References"] = self._message_id(notice.thread, notice.thread_token)
        if not notice.data.get("measure_alone"):
            # Whoever was not told of a case is not told that there is one by a header.
            message["X-Ombud-Case"] = notice.case_id
        return message

    def _begun(self, letter: Letter, to: OutgoingNotice | TeamLetter, token: str | None = None) -> EmailMessage:
        """What every mail has, whatever it is about. Raises :class:`Never` (``address_invalid``)."""
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = Address(_name(to.tenant_name), addr_spec=self._sender)
        try:
            message["To"] = Address(_name(to.name), addr_spec=to.address or "")
        except (MessageError, ValueError, IndexError):
            raise Never("address_invalid") from None
        if self._reply_to:
            message["Reply-To"] = (token and reply_address(self._reply_to, to.id, token)) or letter_address(self._reply_to)
        message["Subject"] = letter.subject
        message["Date"] = self._now()
        message["Message-ID"] = self._message_id(to.id, token)
        # Holiday notes and other machines do not answer what says that it comes from one (RFC 3834; the second is Exchange's).
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(letter.text, cte="quoted-printable")
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        message["Content-Language"] = letter.locale
        return message

    def _message_id(self, notice_id: str, token: str | None = None) -> str:
        return f"<{notice_id}.{token}@{self._domain}>" if token else f"<{notice_id}@{self._domain}>"

    async def _handed_over(self, notice_id: str, message: EmailMessage, address: str) -> None:
        client = _client(self._server)
        await client.connect()
        try:
            await _accepted(client, message, self._sender, address)
            self._after_accept(notice_id)
            # The mail is theirs now: a server that drops the line at the good-bye must not make it be sent again.
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
        finally:
            client.close()


def _client(server: MailServer) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.username,
        password=server.password,
        start_tls=server.starttls,
        use_tls=server.tls,
        timeout=TIMEOUT_FOR.total_seconds(),
    )


async def _accepted(client: aiosmtplib.SMTP, message: EmailMessage, sender: str, address: str) -> None:
    """Returns after the server's 250. By the codes of RFC 5321: 5yz is for ever, 4yz is temporary."""
    try:
        await client.send_message(message, sender=sender, recipients=[address])
    except aiosmtplib.SMTPRecipientsRefused as error:
        # 530 is "authentication required": our own trouble, whatever the command.
        if all(500 <= refused.code < 600 and refused.code != 530 for refused in error.recipients):
            raise Never("address_refused", str(error.recipients[0].code)) from error
        raise
    except aiosmtplib.SMTPDataError as error:
        if 500 <= error.code < 600:
            raise Never("message_refused", str(error.code)) from error
        raise
    except aiosmtplib.SMTPNotSupported as error:
        raise Never("address_refused", "the server takes no addresses beyond ASCII") from error
    except ValueError as error:
        raise Never("address_invalid") from error


def _name(value: str | None) -> str:
    """A display name without what would break a header."""
    return one_line(value or "")[:100]
