"""Everything that the services are made of, handed in by the composition root. Nothing here is made by a service itself.

A composition root builds the storage objects on one :class:`storage.postgres.pool.Database`, connects ``CaseDoors`` to Temporal,
reads packs and calendars, wires the intake parsers, and hands one :class:`Parts` to every service, directly or through the API.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, Protocol, TypeVar

from domain.model.case import Case
from domain.model.provider_news import ProviderNews
from domain.model.report import Report
from domain.notices.plan import NoticeDraft
from domain.worktime.calendars import Calendar
from policies.pack import Pack
from policies.published import PublishedPacks
from policies.shelf import Shelf
from storage.access.keys import PostgresKeys
from storage.access.outside_drafts import PostgresOutsideDrafts
from storage.access.party_addresses import PostgresPartyAddresses
from storage.access.party_links import PostgresPartyLinks
from storage.access.sessions import PostgresSessions
from storage.access.signing_keys import PostgresSigningKeys
from storage.access.trail import PostgresTrail
from storage.intake.evidence import PostgresFiles
from storage.intake.inbox import PostgresInbox
from storage.intake.opening import PostgresIntake
from storage.intake.orders import PostgresOrders
from storage.intake.provider_news import PostgresProviderNews
from storage.intake.refusals import PostgresDoorRefusals
from storage.intake.sources import LiveSource, PostgresSources, Provider
from storage.intake.trusted_flaggers import PostgresTrustedFlaggers
from storage.intake.unplaced import PostgresUnplaced
from storage.outside.answered import PostgresAnswered
from storage.outside.endpoints import PostgresEndpoints
from storage.policies.library import PostgresLibrary
from storage.policies.publications import PostgresPublications
from storage.postgres.budgets import PostgresBudgets
from storage.postgres.idempotency import PostgresIdempotency
from storage.postgres.pool import Connection
from storage.record.audit import PostgresAudit
from storage.record.erasures import PostgresErasures
from storage.record.records import PostgresRecords
from storage.record.retention import PostgresRetention
from storage.record.sanctions import PostgresSanctions
from storage.team.absences import PostgresAbsences
from storage.team.bulk import PostgresBulk
from storage.team.campaigns import PostgresCampaigns
from storage.team.desk import PostgresDesk
from storage.team.desk_settings import PostgresDeskSettings
from storage.team.drafts import PostgresDrafts
from storage.team.letters import PostgresTeamLetters
from storage.team.live import PostgresLive
from storage.team.on_call import PostgresOnCall
from storage.team.overview import PostgresOverview
from storage.team.people import Person, PostgresPeople
from storage.team.policy_exceptions import PostgresPolicyExceptions
from storage.team.reading import PostgresReading
from storage.team.saved_views import PostgresSavedViews
from storage.team.tags import PostgresTags
from storage.team.templates import PostgresTemplates
from storage.tenants import KeyHolder, Tenant
from storage.views.cases import PostgresViews
from workflows.handles import Named

Read = TypeVar("Read")


class Answered(Protocol):
    """What became of a command (``activities.messages.Answer`` and ``activities.ports.records.KeptAnswer`` both are one)."""

    @property
    def command_id(self) -> str: ...
    @property
    def status(self) -> Literal["accepted", "refused", "broken"]: ...
    @property
    def code(self) -> str | None: ...
    @property
    def detail(self) -> str | None: ...
    @property
    def fields(self) -> dict[str, Any] | None: ...


class Keys(Protocol):
    """Whose API key it is."""

    async def find_key(self, secret: str) -> KeyHolder | None: ...
    async def ended(self, secret: str) -> tuple[tuple[str, ...], bool] | None: ...


class Tenants(Protocol):
    """The companies that use this installation."""

    async def tenant(self, tenant_id: str) -> Tenant | None: ...
    async def people(self, tenant_id: str) -> list[Person]: ...
    async def change(
        self,
        tenant_id: str,
        *,
        name: str | None = None,
        zone: str | None = None,
        settings: dict[str, Any] | None = None,
        conn: Connection | None = None,
    ) -> Tenant: ...


class Doors(Protocol):
    """The way into a case's workflow; :class:`workflows.handles.CaseDoors` is one."""

    async def ask(self, case: Named, command_id: str, wait_for: timedelta) -> Answered:
        """The answer to a command in the inbox. Raises :class:`workflows.handles.NotReached` when none came in time."""
        ...


class Letters(Protocol):
    """Words letters before anything has happened; :class:`adapters.letters.preview.LetterPreviews` is one."""

    def word(
        self,
        draft: NoticeDraft,
        case: Case,
        *,
        tenant: tuple[str, str],
        name: str | None,
        locale: str | None,
        texts: Mapping[str, str],
        at: datetime,
    ) -> tuple[str, str]: ...


class MailReply(Protocol):
    """An e-mail that answers one of our notices; :class:`adapters.intake.mail.Reply` is one."""

    @property
    def notice_id(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def attachments(self) -> tuple[Any, ...]: ...


class NamedNotice(Protocol):
    """A notice that a mail names; :class:`adapters.intake.mail_marks.Answered` is one."""

    @property
    def notice_id(self) -> str: ...
    @property
    def token(self) -> str | None: ...


class MachineSign(Protocol):
    """How a machine shows itself; :class:`adapters.intake.mail_machine.Sign` is one."""

    @property
    def code(self) -> str: ...
    @property
    def certain(self) -> bool: ...
    @property
    def faint(self) -> bool: ...


class MailMarks(Protocol):
    """What a mail says about itself; :class:`adapters.intake.mail_marks.MailMarks` is one."""

    @property
    def author(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def message_id(self) -> str: ...
    @property
    def verdict(self) -> Literal["pass", "fail", "unproven", "none"]: ...
    @property
    def answers(self) -> Sequence[NamedNotice]: ...
    @property
    def case_token(self) -> str | None: ...
    @property
    def names_letter(self) -> bool: ...
    @property
    def sign(self) -> MachineSign | None: ...
    @property
    def own(self) -> str | None: ...
    @property
    def returned(self) -> Sequence[NamedNotice]: ...
    @property
    def null_path(self) -> bool: ...
    @property
    def of_server(self) -> bool: ...
    @property
    def by_relay(self) -> bool: ...
    @property
    def recipients(self) -> Sequence[tuple[str, str]]: ...
    @property
    def one_author(self) -> bool: ...
    @property
    def headed(self) -> bool: ...


class ReadsMarks(Protocol):
    """:class:`adapters.intake.mail_marks.MarksReader`."""

    def read(self, raw: bytes) -> MailMarks: ...


class SourceReports(Protocol):
    """What an intake source sends: :class:`adapters.intake.stripe.StripeIntake`, ``PayPalIntake`` and ``SignedIntake``.

    ``headers`` have their names in lower case.
    """

    def prove(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Returns when whoever has the secret sent it, now."""
        ...

    def read(self, body: bytes, headers: Mapping[str, str]) -> Report | MailReply | None:
        """The report, or the answer to a notice; None for what opens no case."""
        ...


class ProviderSaid(Protocol):
    """What a payment provider's message says; :class:`adapters.intake.stripe.Said` is one."""

    @property
    def news(self) -> ProviderNews: ...
    @property
    def report(self) -> Report | None: ...
    @property
    def beside(self) -> tuple[ProviderNews, ...]: ...


class ProviderReader(Protocol):
    """Reads what a payment provider sent; :class:`adapters.intake.stripe.StripeIntake` and ``PayPalIntake`` do."""

    def said(self, body: bytes, headers: Mapping[str, str], fetched: bytes | None = None) -> ProviderSaid | None:
        """How a dispute stands, and the report of a new one; None for what is about no dispute. ``fetched``: the dispute as the
        provider itself tells it, where a signature does not cover the message."""
        ...

    def dispute_of(self, body: bytes) -> str | None:
        """Which dispute it is about; None: none."""
        ...

    def refund_of(self, body: bytes) -> str | None:
        """Which refund it is about, where the provider has to be asked for it; None: none."""
        ...


class ProviderDisputes(Protocol):
    """Asks a payment provider how a dispute stands; :class:`adapters.intake.paypal_api.PayPalDisputes` does."""

    async def fetch(self, dispute: str) -> bytes | None:
        """The dispute as the provider tells it, as JSON; None: it knows none with this id. Raises ConnectionError
        while it does not answer."""
        ...

    async def fetch_refund(self, refund: str) -> bytes | None:
        """The same for a refund."""
        ...


class MailReports(Protocol):
    """:class:`adapters.intake.mail.MailIntake`."""

    def read(self, raw: bytes, *, kind: str | None = None) -> Report | MailReply | None: ...
    def words(self, raw: bytes) -> MailReply:
        """What it says, whoever sent it and whatever becomes of it."""
        ...

    def unread(self, raw: bytes, *, kind: str | None = None) -> Report | MailReply | None:
        """What becomes of a mail that stopped its reader: it is kept as it came."""
        ...


@dataclass(frozen=True)
class Parsers:
    """The intakes. For what is no report all raise ``adapters.intake.errors.ReportInvalid``, with ``code`` and ``errors``."""

    generic: Callable[[bytes], Report]
    """:func:`adapters.intake.generic.report_from_json`."""
    mail: Callable[[Tenant | None, LiveSource | None], MailReports]
    marks: Callable[[Tenant], ReadsMarks]
    """What a mail says about itself beside its words, before it is read."""
    source: Callable[[LiveSource, Tenant | None], SourceReports]
    """What proves and reads what a source sends. Proving needs no tenant; reading does."""
    provider: Callable[[LiveSource, Tenant | None], ProviderReader]
    """What reads the messages of a payment provider's source."""
    refused: Callable[[Provider, str], str | None]
    """Why a secret cannot prove anything of this provider here, as a code; None: it can."""
    invalid: type[Exception]
    """The exception itself: ``ReportInvalid``."""


class Readers(Protocol):
    """Reads strangers' bytes with an end to time and memory, and with a share for each tenant;
    :class:`adapters.reading.pool.ReadingPool` does."""

    @property
    def busy(self) -> type[Exception]:
        """What :meth:`read` raises when too much waits already, with seconds to wait as ``retry_after``."""
        ...

    @property
    def failed(self) -> type[Exception]:
        """What it raises when the job took too long or its process died of it."""
        ...

    async def read(self, tenant_id: str, job: Callable[[], Read], size: int) -> Read:
        """What the job answers, of ``size`` bytes of input. It and its answer have to be fit to be sent to another process.

        Raises the parsers' own error, ``busy`` and ``failed``.
        """
        ...

    def state(self) -> Mapping[str, int]:
        """How many wait and are read, and how many readings ended in which way, for whoever watches."""
        ...


class Inspects(Protocol):
    """Looks at files before they are kept; :class:`adapters.evidence.file_types.Inspector` does."""

    @property
    def most(self) -> int:
        """Bytes that a file may have."""
        ...

    def look(self, data: bytes, said: str | None) -> str:
        """The media type of a file of which somebody said what it is. Raises what has a ``code`` and a ``detail``."""
        ...


class Seals(Protocol):
    """Seals cursors, so that nobody can read or change one; :class:`storage.postgres.vault.Vault` does."""

    def seal_cursor(self, tenant_id: str, place: str, data: bytes) -> bytes: ...
    def open_cursor(self, tenant_id: str, place: str, sealed: bytes) -> bytes | None:
        """None for what was not sealed for this place."""
        ...


class Payloads(Protocol):
    """Opens what Temporal keeps sealed, in the JSON of its pages; :class:`runtime.codec.SealedJson`. ValueError: it is none."""

    def scopes(self, body: bytes) -> frozenset[str]:
        """Ids of the workflows whose payloads these are; empty for those of none."""
        ...

    def opened(self, body: bytes) -> bytes: ...
    def sealed(self, body: bytes, scope: str) -> bytes: ...


Check = Callable[[], Awaitable[None]]
"""Returns when the service answers; raises anything when it does not."""


@dataclass(frozen=True)
class Parts:
    """What the services work with."""

    intake: PostgresIntake
    inbox: PostgresInbox
    views: PostgresViews
    files: PostgresFiles
    inspector: Inspects
    scanner: Callable[[bytes], Awaitable[None]] | None = field(default=None, kw_only=True)
    """Looks for what is harmful in a file; None: files are not scanned."""
    pdf_text: Callable[[bytes], str | None]
    """The words of a PDF; None: there are none that could be read. It runs where strangers' bytes are read."""
    letters_in: Callable[[bytes], Sequence[tuple[str, str]]]
    """Ids of notices with what may be their tokens, that a file bears. It runs where strangers' bytes are read."""
    links_in: Callable[[bytes], Sequence[str]]
    """What may be secrets of parties' links in them. It runs where strangers' bytes are read."""
    token_in: Callable[[bytes, Collection[str]], bool]
    """Whether a file, or its name, has one of these tokens of letters. Files are looked at where strangers' bytes are read."""
    without_tokens: Callable[[str, Collection[str]], str]
    """A text without them."""
    bulk: PostgresBulk
    campaigns: PostgresCampaigns
    records: PostgresRecords
    letters: Letters
    desk: PostgresDesk
    drafts: PostgresDrafts
    desk_settings: PostgresDeskSettings
    overview: PostgresOverview
    saved_views: PostgresSavedViews
    tags: PostgresTags
    templates: PostgresTemplates
    live: PostgresLive
    reading: PostgresReading
    audit: PostgresAudit
    absences: PostgresAbsences
    on_call: PostgresOnCall
    policy_exceptions: PostgresPolicyExceptions
    sanctions: PostgresSanctions
    library: PostgresLibrary
    tenants: Tenants
    """Both: :class:`storage.tenants.PostgresTenants`. A local desk may bring key holders of its own."""
    keys: Keys
    signing_keys: PostgresSigningKeys
    endpoints: PostgresEndpoints
    sources: PostgresSources
    provider_news: PostgresProviderNews
    door_refusals: PostgresDoorRefusals
    unplaced: PostgresUnplaced
    trusted_flaggers: PostgresTrustedFlaggers
    orders: PostgresOrders
    answered: PostgresAnswered
    address_refused: Callable[[str, bool], Awaitable[str | None]]
    """Why webhooks cannot go to an address, of a tenant for development (true) or of another one, as a code; None: they can. The
    same look that sending takes."""
    api_keys: PostgresKeys
    sessions: PostgresSessions
    party_links: PostgresPartyLinks
    outside_drafts: PostgresOutsideDrafts
    party_addresses: PostgresPartyAddresses
    people: PostgresPeople
    trail: PostgresTrail
    erasures: PostgresErasures
    retention: PostgresRetention
    team_letters: PostgresTeamLetters
    idempotency: PostgresIdempotency
    seals: Seals
    doors: Doors
    packs: Mapping[str, Pack]
    """By kind, as on a :class:`policies.shelf.Shelf`."""
    calendars: Mapping[str, Calendar]
    """By the name that packs use."""
    parsers: Parsers
    readers: Readers
    """Where the parsers read what strangers sent. What they read, and they themselves, have to be fit to be sent there."""
    database_ready: Check
    """Must answer, or the process is not ready."""
    also_ready: Mapping[str, Check] = field(default_factory=dict)
    """Services without which answers come later (``temporal``): away, the process is ready but ``degraded``."""
    payloads: Payloads | None = None
    """Opens what Temporal keeps sealed; None: nothing is."""
    answer_for: timedelta = timedelta(seconds=3)
    """How long a caller waits for a command to be judged before it is told that the command waits."""
    disputes: Mapping[str, ProviderDisputes] = field(default_factory=dict)
    """By tenant: asks PayPal for a dispute before its message is believed; without one nothing is paid on its word."""
    mail_caps: tuple[int, int, int] = (20, 2000, 100)
    """Mails that may cause letters in a day: of one sender to a tenant, of all, and of one domain."""
    budgets: PostgresBudgets | None = None
    """What tenants may ask of all API processes together; None: each process counts for itself."""
    publishing: PostgresPublications | None = None
    """The packs that tenants have published themselves; None: only the files count."""
    published: PublishedPacks = field(default_factory=PublishedPacks)

    async def shelf_of(self, tenant_id: str) -> Shelf:
        """The policies by which this tenant's new reports are bound now. Raises PackError for one that cannot be used."""
        shelf = Shelf(packs=self.packs, calendars=self.calendars)
        if self.publishing is None:
            return shelf
        in_force = await self.publishing.in_force(tenant_id)
        return await self.published.on(shelf, in_force, partial(self.publishing.text, tenant_id))
