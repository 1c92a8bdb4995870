"""The roles that the world plays for a case. Implementations live in ``storage`` and ``adapters``; tests bring small fakes.

A port fails in one of three ways: by weather (any exception: Temporal tries again), told to wait (:class:`ToldToWait`),
or never (:class:`Never`). By type; nobody looks at the text of an error to decide anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from domain.base import Kept
from domain.model.case import Case
from domain.model.chain import Chained
from domain.model.clocks import Retarget
from domain.model.facts import DueLevel, EvidenceFile
from domain.model.people import Actor, Colleague
from domain.model.sanctions import EarlierSanction
from domain.model.terms import Terms
from domain.notices.plan import NoticeDraft
from domain.other_cases import KnownCampaign, OtherCase
from domain.rules.books import Notices
from domain.worktime.calendars import Calendar


class ToldToWait(Exception):
    """The other side asked to be tried again later (``Retry-After``)."""

    def __init__(self, wait_for: timedelta) -> None:
        super().__init__(f"asked to wait {wait_for.total_seconds():.0f} s")
        self.wait_for = wait_for


class Never(Exception):
    """It will not work however often it is tried. ``code`` says why, in the words of the error table."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code


# --- the record --------------------------------------------------------------------------------------------------------


class Pending(Kept):
    """A command in the inbox that has not been answered."""

    command_id: str
    received_at: datetime
    body: dict[str, Any]
    """The command as JSON, its texts sealed."""
    actor: Actor | None = None
    """Who speaks, looked up now; None: nobody with this id has anything to do with the case."""
    target: Actor | None = None  # the person whom the command names (``assign``), looked up now
    mentioned: tuple[str, ...] | None = None  # whom a note mentions and who works here, looked up now by :class:`Roster`
    terms: Terms | None = None  # the terms that a re-target leads to, resolved now by :class:`Policies`
    appealed_before: str | None = None
    """The case in which whoever opens this one appealed already, looked up now by ``Precedents``."""
    other: OtherCase | None = None  # the other case that the command names, looked up now by ``Elsewhere``
    campaign: KnownCampaign | None = None
    files: tuple[EvidenceFile, ...] | None = None


class KeptAnswer(Kept):
    """A stored answer."""

    command_id: str
    status: Literal["accepted", "refused", "broken"]
    code: str | None = None
    detail: str | None = None
    fields: dict[str, Any] | None = None
    seq: int = 0


class Standing(Kept):
    """What one read of the record says: enough to decide everything that waits."""

    turn: int
    now: datetime
    """Postgres's clock, taken after the case's row was locked when a lock was asked for."""
    case: Case | None = None
    """The folded state; None before the opening fact, or when ``unchanged``."""
    unchanged: bool = False
    """The turn is the caller's known one, so the state was not sent again."""
    head: str = ""
    """Hash of the last fact; empty before the first."""
    pending: tuple[Pending, ...] = ()
    more: bool = False
    answers: Mapping[str, KeptAnswer] = {}
    """Stored answers of the command ids that were asked about."""
    calendars: Mapping[str, Calendar] = {}
    """Calendars by reference, as the terms of the case name them (of the opening command's terms before it is opened)."""
    notices: Mapping[str, Notices] = {}
    """Whom packs tell of what, by the version of the pack, in the pack's order; a pack that nobody kept is left out."""
    undelivered: bool = False
    effects: tuple[str, ...] = ()
    team: tuple[Colleague, ...] | None = None
    """The people whom an escalation could land on, where one may be due; looked up by :class:`Roster`."""
    earlier: tuple[EarlierSanction, ...] | None = None
    """Sanctions of other cases against the parties, where a ruling may be judged."""


class Transition(Kept):
    """Everything that one write changes, together or not at all."""

    turn: int
    """The turn that was read; when it has moved, nothing is written."""
    case: Case | None = None
    facts: tuple[Chained, ...] = ()
    answers: tuple[KeptAnswer, ...] = ()
    deadlines: tuple[DueLevel, ...] = ()
    """Deadline commands that were decided in this transition: archived with their answers."""
    notices: tuple[tuple[int, NoticeDraft], ...] = ()
    """With the number of the fact that caused each."""
    substitute: bool = False
    """Write only the answers (status ``broken``): what was decided could not be stored as it came."""


class Records(Protocol):
    """The record of every case: one read, one write."""

    async def read(
        self,
        tenant_id: str,
        case_id: str,
        *,
        ask: Sequence[str] = (),
        known_turn: int | None = None,
        limit: int = 50,
        lock: bool = False,
    ) -> Standing | None:
        """How the case stands; None when the tenant has no such case. ``lock`` waits for commands being received just now."""
        ...

    async def write(self, tenant_id: str, case_id: str, transition: Transition) -> bool:
        """Store the transition in one statement; False when the turn has moved and nothing was written.

        Raises :class:`Unstorable` when the database refuses the data itself (SQLSTATE classes 22, 23, 54).
        """
        ...


class Unstorable(Exception):
    """Postgres refuses this data however often it is offered."""


class Inbox(Protocol):
    """Where commands land before anything else happens."""

    async def put(self, tenant_id: str, case_id: str, raw: object, *, channel: str = "temporal") -> str:
        """Keep a command as it came and return its id. A known id with the same body changes nothing; a malformed one, or a
        known id with another body, is kept as refused under an id of its own. Text is sealed. Raises only in bad weather, or
        :class:`Never` (``case_unknown``)."""
        ...


# --- people ------------------------------------------------------------------------------------------------------------


class Candidate(Kept):
    """Somebody who works a queue, with what they carry now."""

    actor: Actor
    open_cases: int
    capacity: int
    last_assigned_at: datetime | None = None
    on_shift: bool = True
    next_shift_at: datetime | None = None
    """When their next shift begins; None while they are there, and for somebody who always is."""
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class Roster(Protocol):
    """Who is there to take a case, and whom an escalation can land on."""

    async def candidates(self, tenant_id: str, queue: str, at: datetime) -> Sequence[Candidate]:
        """Active people of the queue who are not absent, and their shifts at ``at``, in no particular order."""
        ...

    async def colleagues(self, tenant_id: str, people: Sequence[str], roles: Sequence[str], at: datetime) -> Sequence[Colleague]:
        """Active people with one of the ids or one of the roles (``lead``, ``ops``), as they stand at ``at``."""
        ...


# --- policies ----------------------------------------------------------------------------------------------------------


class Resolved(Kept):
    """New terms for a case, and what they refer to."""

    terms: Terms
    calendars: Mapping[str, Calendar] = {}
    """By reference."""
    notices: Mapping[str, Notices] = {}
    """By version of the pack."""


class Policies(Protocol):
    """The packs and calendars of now, for cases that are re-targeted to them."""

    async def resolve(self, tenant_id: str, case: Case, wanted: Retarget) -> Resolved | None:
        """The terms of this case with the calendar, or the newest calendars or pack, that a command asks for. Whatever they refer
        to is kept before this returns. None when there is no such calendar or pack."""
        ...


# --- notices -----------------------------------------------------------------------------------------------------------


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
    secret: str | None = None
    """Signing secret of a webhook endpoint (``whsec_…``)."""
    name: str | None = None
    locale: str = "en"
    zone: str = "UTC"
    at: datetime
    data: dict[str, Any]
    texts: dict[str, str] = {}
    """Decrypted texts that the notice quotes (reasons, questions)."""
    thread: str | None = None
    """The first notice of this case to the same recipient: mailboxes thread by it."""


class Outbox(Protocol):
    """Notices that wait to be sent, and what became of them."""

    async def undelivered(self, tenant_id: str, case_id: str, limit: int = 50) -> Sequence[OutgoingNotice]:
        """What was recorded and neither sent nor handed over."""
        ...

    async def one(self, tenant_id: str, notice_id: str) -> OutgoingNotice | None:
        """One notice that is not sent yet; None when it is sent or failed for good."""
        ...

    async def sent(self, tenant_id: str, notice_id: str, receipt: str) -> None:
        """Mark as sent. Between the mail server's 250 and this one statement is the only time in which a mail can repeat."""
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
        """Given up: marks it and puts a ``report_delivery`` command into the case's inbox."""
        ...


class Notifier(Protocol):
    """Sends one notice by its channel."""

    async def send(self, notice: OutgoingNotice) -> str:
        """Send and return a receipt (Message-ID, HTTP status). Fails by weather, :class:`ToldToWait` or :class:`Never`."""
        ...


# --- the relay ---------------------------------------------------------------------------------------------------------


class Poked(Kept):
    """A case whose inbox holds commands that no workflow has looked at."""

    tenant_id: str
    case_id: str
    kind: str
    """For the lists of Temporal, should the case have to be started."""
    opened_at: datetime
    command_id: str | None = None
    """The oldest unanswered command; None: something else is overdue."""


class Relay(Protocol):
    """Finds what Temporal could not take when it was received."""

    async def waiting(self, older_than: timedelta, limit: int = 100) -> Sequence[Poked]:
        """Cases with unanswered commands, overdue levels, unsent notices or unfinished effects, oldest first, of all tenants."""
        ...
