"""Notices on their way out: who holds those that wait, and who sends one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from pydantic import Field

from domain.base import Kept
from domain.views.references import References


class TranslatedText(Kept):
    """A text of a letter in the language of whoever reads it."""

    by: Literal["team", "translator", "machine"]
    name: str | None = None
    """Of the machine, or of a translator who is nobody of the team."""
    text: str


class OutgoingNotice(Kept):
    """One message to one recipient, everything resolved that is needed to word and send it."""

    id: str
    tenant_id: str
    tenant_name: str
    case_id: str
    kind: str
    pack_version: str
    event: str
    channel: Literal["email", "webhook"]
    recipient: str
    audience: Literal["claimant", "respondent", "staff", "platform"]
    address: str | None = None
    """E-mail address or URL; None: there is no way to reach them."""
    secrets: tuple[str, ...] = ()
    """Signing secrets of a webhook endpoint (``whsec_…``), the newest first: two while one is being replaced."""
    development: bool = False
    """Whether the tenant is one for development, whose endpoint may be inside our own network where a setting allows it."""
    name: str | None = None
    locale: str = "en"
    zone: str = "UTC"
    at: datetime
    data: dict[str, Any]
    texts: dict[str, str] = {}
    """Decrypted texts that the notice quotes (reasons, questions)."""
    erased: dict[str, datetime] = {}
    """Those of them that were erased since, and when: the letter says so in their place."""
    translations: dict[str, TranslatedText] = {}
    """With a letter: the newest translation of each of them into its reader's language, where there is one."""
    references: References | None = None
    """With a webhook of the platform: by what it knows the case; None for everybody else."""
    thread: str | None = None
    """The first notice of this case to the same recipient: mailboxes thread by it."""
    reply_token: str | None = Field(default=None, repr=False)
    """With a letter: what its answer bears and nobody can guess, so that only its recipient answers it."""
    thread_token: str | None = Field(default=None, repr=False)
    """The same of the notice in ``thread``."""
    link_token: str | None = Field(default=None, repr=False)
    """With a letter to a party: the secret of the link to its page of the case. None: it has no such page."""
    folded: tuple[str, ...] | None = None
    """Later notices of the same event to the same recipient, of which this letter tells too; None: it never stands for others."""
    wait_for: timedelta | None = None
    """How long until it may go out, after a letter of the same."""


class TeamLetter(Kept):
    """One letter that no fact of a case brings about: to somebody of the team, to whoever sent a mail that was kept for it
    (``mail_kept``), or to a party that asked for a new link (``link_asked``)."""

    id: str
    tenant_id: str
    tenant_name: str
    event: str
    recipient: str
    address: str
    name: str
    locale: str = "en"
    zone: str = "UTC"
    at: datetime
    data: dict[str, Any]
    """Ids and codes: ``person`` whom it is about, ``by`` who did it."""
    person_name: str | None = None
    by_name: str | None = None
    code: str | None = Field(default=None, repr=False)
    """A login code, in the letter to its person alone; the secret of a party's link, in the letter to that party
    (``link_asked``)."""


class Outbox(Protocol):
    """Notices that wait to be sent, and what became of them."""

    async def undelivered(self, tenant_id: str, case_id: str, limit: int = 50) -> Sequence[OutgoingNotice]:
        """What was recorded and neither sent nor handed over."""
        ...

    async def one(self, tenant_id: str, notice_id: str) -> OutgoingNotice | None:
        """One notice that is not sent yet; None when it is sent or failed for good."""
        ...

    async def sent(self, tenant_id: str, notice_id: str, receipt: str, folded: Sequence[str] | None = None) -> None:
        """Mark as sent, with those that its letter told of.

        Between the mail server's 250 and this one statement is the only time in which a mail can repeat.
        """
        ...

    async def attempt(self, tenant_id: str, notice_id: str, error_code: str) -> None:
        """Note a failed try."""
        ...

    async def handed_over(self, tenant_id: str, notice_ids: Sequence[str]) -> None:
        """Their first tries failed: a ``Delivery`` workflow of their own goes on with them."""
        ...

    async def handed(self, tenant_id: str, case_id: str) -> Sequence[str]:
        """Notices handed over that no ``Delivery`` has tried yet: named again until one does, so that none is lost in between."""
        ...

    async def failed(self, tenant_id: str, notice_id: str, code: str) -> None:
        """Given up. A letter's case is told by a ``report_delivery`` command; a webhook's endpoint is disabled when it is one
        too many, or said that it is gone (``endpoint_gone``), and ops are told of that once."""
        ...


class Notifier(Protocol):
    """Sends one notice by its channel."""

    async def send(self, notice: OutgoingNotice) -> str:
        """Send and return a receipt (Message-ID, HTTP status). Fails temporarily, by :class:`ToldToWait` or :class:`Never`."""
        ...
