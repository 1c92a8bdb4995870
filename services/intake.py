"""Reports on their way to becoming cases: from the platform, from payment providers, and by e-mail."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal, TypeVar

from domain.model.facts import Actor
from domain.model.prose import MAX_PROSE
from domain.model.provider_news import ProviderNews
from domain.model.report import Report
from domain.rules.audiences import told_of
from policies.pack import PackError
from policies.shelf import UnknownKind
from services.callers import Caller
from services.cases import Seen
from services.commands import CommandState, judged, refusal_in, send
from services.errors import FieldError, Refused, not_found
from services.parts import MailReply, Parts
from services.provider_news import Heard, said_by, take
from services.repeats import own_key
from services.rows import CaseRow
from services.sources import proved, provider_reader, reader_of
from storage.intake.inbox import Conflict
from storage.intake.sources import LiveSource
from storage.tenants import Tenant

Read = TypeVar("Read")
LIGHT = 64_000
"""Bytes of JSON that are read at once, in a millisecond: more goes where strangers' bytes are read."""
MORE_FOLLOWS = "more follows"
"""What letters say that an answer by e-mail begins with, in any case of letters, where it is not all yet."""


@dataclass(frozen=True)
class Landed:
    """A report that is on disk as a case."""

    row: CaseRow
    command_id: str
    """The command that opens it."""
    created: bool
    """False: the same report was here before."""

    @property
    def state(self) -> Literal["accepted", "opened", "known"]:
        """On disk and not judged yet; opened; here before."""
        return "accepted" if self.row.case is None else "opened" if self.created else "known"


@dataclass(frozen=True)
class Opened(Landed):
    """The same, as whoever handed the report in may see it."""

    seen: Seen


@dataclass(frozen=True)
class Messaged:
    """An e-mail that became a message on its case."""

    case_id: str
    sent: CommandState


async def read_report(parts: Parts, tenant_id: str, body: bytes) -> Report:
    """The report that a platform sends. Raises ``report_invalid`` and the like, with each wrong field, ``reading_busy`` and
    ``reading_failed``."""
    return await _read(parts, tenant_id, partial(parts.parsers.generic, body), len(body))


async def open_case(parts: Parts, caller: Caller, report: Report, key: str | None) -> Opened:
    """Make a report into a case. Raises what :func:`land` raises."""
    tenant = await _tenant(parts, caller)
    landed = await land(parts, tenant, report, opened_by=caller.holder, key=_own(caller, key), credential=caller.credential)
    return await _opened(parts, caller, landed)


async def by_mail(parts: Parts, caller: Caller, raw: bytes, *, kind: str | None, key: str | None) -> Opened | Messaged | None:
    """What became of an e-mail: a case, a message on the case whose notice it answers, or nothing of a machine's own.

    Raises what :func:`land` and :func:`services.commands.send` raise, and ``sender_not_a_party``.
    """
    tenant = await _tenant(parts, caller)
    reader = parts.parsers.mail(tenant, None)
    found = await _read(parts, tenant.id, partial(reader.read, raw, kind=kind), len(raw), partial(reader.unread, raw, kind=kind))
    if found is None:
        return None
    if isinstance(found, Report):
        landed = await land(
            parts, tenant, found, opened_by=caller.holder, key=_own(caller, key), channel="email", credential=caller.credential
        )
        return await _opened(parts, caller, landed)
    return await _message(parts, caller, found)


async def by_source(parts: Parts, source_id: str, body: bytes, headers: Mapping[str, str]) -> Landed | Messaged | Heard | None:
    """What became of what came to a source's address: a case, a message on the case whose notice an e-mail answers, or None for
    what opens none.

    Raises ``signature_invalid`` for what the source's secret does not prove, and for an address that there is not, just the same;
    what :func:`land` raises, and ``sender_not_a_party``.
    """
    source = await proved(parts, source_id, body, headers)
    tenant = await parts.tenants.tenant(source.tenant_id)
    assert tenant is not None, "a source belongs to a tenant"
    reader = reader_of(parts, source, tenant)
    if source.provider in ("stripe", "paypal"):
        return await _of_provider(parts, source, tenant, body, headers)
    unread = partial(parts.parsers.mail(tenant, source).unread, body) if source.provider == "mail" else None
    found = await _read(parts, tenant.id, partial(reader.read, body, headers), len(body), unread)
    await parts.sources.used(source)
    if found is None:
        return None
    if not isinstance(found, Report):
        # The sender of a mail is looked up in its case; the source itself speaks for nobody.
        return await _message(parts, Caller(source.tenant_id, source.id, frozenset(), "mail"), found)
    channel = "email" if source.provider == "mail" else "webhook"
    once = _once(source, headers)
    return await land(
        parts, tenant, found, opened_by=source.id, credential=source.id, key=once, channel=channel, queue=source.queue
    )


async def _of_provider(
    parts: Parts, source: LiveSource, tenant: Tenant, body: bytes, headers: Mapping[str, str]
) -> Landed | Heard | None:
    """What became of a payment provider's message: a case, news to one, or None for what is about no dispute."""
    reading = await said_by(parts, source, provider_reader(parts, source, tenant), body, headers)
    said = await _read(parts, tenant.id, reading, len(body))
    await parts.sources.used(source)
    if said is None:
        return None

    async def opened(report: Report, news: ProviderNews) -> Landed:
        # Before its pack is asked: what is known is taken, whatever has become of the pack since.
        there = await parts.intake.opened_as(tenant.id, news.provider, news.dispute)
        row = await parts.views.case(tenant.id, there.case_id) if there is not None else None
        if there is not None and row is not None:
            return Landed(row, there.command_id, created=False)
        by = {"opened_by": source.id, "credential": source.id, "channel": "webhook"}
        return await land(parts, tenant, report, queue=source.queue, news=news, **by)

    return await take(parts, source, said, opened, lambda landed: (landed.row, landed.created))


def _own(caller: Caller, key: str | None) -> str | None:
    return own_key(caller, key) if key is not None else None


def _once(source: LiveSource, headers: Mapping[str, str]) -> str | None:
    """Under which key the same delivery is the same case: the sender's id of the message, which a repeat bears again."""
    if source.provider not in ("webhook", "form"):
        return None
    return f"{source.id}/{hashlib.sha256(headers['webhook-id'].encode('utf-8', 'replace')).hexdigest()}"


async def land(
    parts: Parts,
    tenant: Tenant,
    report: Report,
    *,
    opened_by: str,
    key: str | None = None,
    channel: str = "api",
    credential: str | None = None,
    queue: str | None = None,
    news: ProviderNews | None = None,
) -> Landed:
    """Put a report on disk, with the credential by which it came, and have it judged; ``queue`` is where it waits and not
    where its pack says, ``news`` how the dispute stands with the provider that reports it.
    Raises ``kind_unknown``, ``idempotency_key_reused``, ``external_id_reused``.
    """
    try:
        shelf = await parts.shelf_of(tenant.id)
        terms, routing = shelf.terms(report, tenant.time_scale)
    except UnknownKind as unknown:
        kinds = f"Use one of: {', '.join(unknown.known)}."
        raise Refused("kind_unknown", errors=[FieldError("kind", "kind_unknown", kinds)]) from None
    except PackError as error:
        raise Refused("policy_unusable", str(error)) from None
    if queue is not None:
        terms = terms.model_copy(update={"queue": queue})
    try:
        opened = await parts.intake.open(
            tenant.id,
            report,
            terms,
            routing,
            calendars=shelf.calendars_of(terms),
            notices=shelf.packs[terms.pack].notices,
            idempotency_key=key,
            opened_by=opened_by,
            channel=channel,
            credential=credential,
            news=news,
        )
    except Conflict as conflict:
        raise Refused(conflict.code, conflict.detail) from None
    row = await parts.views.case(tenant.id, opened.case_id)
    assert row is not None, "a case that was opened is there"
    if row.case is None:
        answer = await judged(parts, tenant.id, row, opened.command_id)
        if answer is not None and answer.status != "accepted":
            raise refusal_in(answer)
        row = await parts.views.case(tenant.id, row.id) or row
    return Landed(row, opened.command_id, opened.created)


async def _tenant(parts: Parts, caller: Caller) -> Tenant:
    tenant = await parts.tenants.tenant(caller.tenant_id)
    assert tenant is not None, "a key belongs to a tenant"
    return tenant


async def _opened(parts: Parts, caller: Caller, landed: Landed) -> Opened:
    actor = await parts.views.actor(caller.tenant_id, landed.row.id, caller.holder)
    # Whoever hands a report in is at least the platform; the case is on disk, and this is no moment to fail.
    seen = Seen(landed.row, actor or Actor(id=caller.credential, role="platform"))
    return Opened(landed.row, landed.command_id, landed.created, seen)


async def _read(
    parts: Parts, tenant_id: str, job: Callable[[], Read], size: int, unread: Callable[[], Read] | None = None
) -> Read:
    """What a parser reads, in a process for strangers' bytes; what it cannot read becomes a refusal that names each wrong field.

    A mail (which has an ``unread``) always goes there. A little JSON by somebody who was proved takes less than the way there.
    What stops its reader is handed to ``unread``, which keeps it as it came, so that it is not lost. Raises ``reading_busy``
    and ``reading_failed``.
    """
    try:
        if unread is None and size <= LIGHT:
            return job()
        try:
            return await parts.readers.read(tenant_id, job, size)
        except parts.readers.failed:
            if unread is None:
                raise
            return await parts.readers.read(tenant_id, unread, size)
    except parts.parsers.invalid as error:
        errors = [FieldError(wrong.field, wrong.code, wrong.message) for wrong in getattr(error, "errors", [])]
        detail = "; ".join(f"{wrong.field}: {wrong.message}" for wrong in errors[:3])[:500]
        raise Refused(str(getattr(error, "code", "report_invalid")), detail or None, errors) from None
    except parts.readers.busy as busy:
        raise Refused("reading_busy", fields={"retry_after": getattr(busy, "retry_after", 5)}) from None
    except parts.readers.failed:
        raise Refused("reading_failed") from None


async def _message(parts: Parts, caller: Caller, reply: MailReply) -> Messaged:
    """The answer to a notice, as its sender's message. Only the recipient knows a notice's id; the address has to fit as well."""
    tenant_id = caller.tenant_id
    case_id = await parts.views.notice_case(tenant_id, reply.notice_id)
    row = await parts.views.case(tenant_id, case_id) if case_id else None
    if row is None:
        raise not_found()
    addresses = await parts.views.addresses(tenant_id, row.id)
    senders = [party for party, address in sorted(addresses.items()) if address.casefold() == reply.sender.casefold()]
    if not senders:
        raise Refused("sender_not_a_party")
    told = {notice.recipient for notice in await parts.views.notices(tenant_id, row.id) if notice.id == reply.notice_id}
    sender = next((party for party in senders if party in told), senders[0])
    digest = hashlib.sha256(f"{row.id}\n{sender}\n{reply.message_id}".encode("utf-8", "replace")).hexdigest()
    party = row.case.party(sender) if row.case is not None else None
    # Whoever was not told of a case has had a letter about a measure alone: what they answer is about that.
    of_measure = row.case is not None and party is not None and not party.left and not told_of(row.case, party)
    what = "ask_interim_review" if of_measure else "message"
    command: dict[str, object] = {"id": f"cmd_mail-{digest[:40]}", "type": what, "by": sender, "text": _text(reply)}
    if what == "message" and reply.text.lstrip().casefold().startswith(MORE_FOLLOWS):
        command["more_follows"] = True
    seen = Seen(row, Actor(id=caller.credential, role="platform"))
    return Messaged(row.id, await send(parts, caller, seen, command, channel="email"))


def _text(reply: MailReply) -> str:
    if not reply.attachments:
        return reply.text
    names = ", ".join(attachment.name for attachment in reply.attachments)[:500]
    left_out = f"\n\n[The e-mail had attachments, which a message cannot carry: {names}]"
    return reply.text[: MAX_PROSE - len(left_out)] + left_out
