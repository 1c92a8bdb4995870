"""Reports on their way to becoming cases: from the platform, from payment providers, and by e-mail."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from domain.model.facts import Actor
from domain.model.provider_news import ProviderNews
from domain.model.report import Report
from domain.model.terms import Routing, Terms
from policies.attributes import AttributeUnreadable
from policies.pack import PackError
from policies.shelf import Shelf, UnknownKind
from services import letter_secrets, mailroom, trusted_flaggers
from services.callers import Caller
from services.cases import Seen
from services.commands import judged, refusal_in
from services.errors import FieldError, Refused
from services.evidence import scanned
from services.handed_over import of_report
from services.mailroom import Ignored, Kept, Landed, Mail
from services.parts import Parts
from services.provider_news import Heard, said_by, take
from services.reading import parsed
from services.repeats import own_key
from services.said_by_mail import Messaged
from services.sources import proved, provider_reader, reader_of
from storage.intake.inbox import Conflict
from storage.intake.sources import LiveSource
from storage.tenants import Tenant


@dataclass(frozen=True, kw_only=True)
class Opened(Landed):
    """The same, as whoever handed the report in may see it."""

    seen: Seen


async def read_report(parts: Parts, tenant_id: str, body: bytes) -> Report:
    """The report that a platform sends. Raises ``report_invalid`` and the like, with each wrong field, ``reading_busy`` and
    ``reading_failed``."""
    return await parsed(parts, tenant_id, partial(parts.parsers.generic, body), len(body))


async def open_case(parts: Parts, caller: Caller, report: Report, key: str | None) -> Opened:
    """Make a report into a case. Raises what :func:`land` raises."""
    tenant = await _tenant(parts, caller)
    landed = await land(parts, tenant, report, opened_by=caller.holder, key=_own(caller, key), credential=caller.credential)
    return await _opened(parts, caller, landed)


async def by_mail(
    parts: Parts, caller: Caller, raw: bytes, *, kind: str | None, key: str | None, sender_proven: bool = False
) -> Opened | Messaged | Kept | Ignored:
    """What became of an e-mail: a case, a message on the case whose notice it answers, mail that waits for the team, or nothing
    of a machine's own.

    A key proves who brought the mail and nothing about who wrote it. ``sender_proven``: the caller, who may speak for parties,
    vouches that its own mail server has proven the sender.

    Raises what :func:`services.mailroom.take` raises; ``by_forbidden`` and ``scope_missing`` for whoever cannot vouch.
    """
    if sender_proven:
        caller.may("for_party", "by_forbidden")
    tenant = await _tenant(parts, caller)

    async def landed(report: Report) -> Landed:
        by: dict[str, Any] = {"opened_by": caller.holder, "credential": caller.credential, "channel": "email"}
        return await land(parts, tenant, report, key=_own(caller, key), unproven=_doubted(report), **by)

    reader = parts.parsers.mail(tenant, None)
    whole, unread = partial(reader.read, raw, kind=kind), partial(reader.unread, raw, kind=kind)
    reading = partial(parsed, parts, tenant.id, whole, len(raw), unread)
    words = partial(parsed, parts, tenant.id, partial(reader.words, raw), len(raw), light=-1)
    taken = await mailroom.take(parts, Mail(tenant, caller, raw, sender_proven, reading, words, landed))
    return await _opened(parts, caller, taken) if isinstance(taken, Landed) else taken


async def by_source(
    parts: Parts, source_id: str, body: bytes, headers: Mapping[str, str]
) -> Landed | Messaged | Heard | Kept | Ignored | None:
    """What became of what came to a source's address: a case, a message on the case whose notice an e-mail answers, news to the
    case of a dispute, mail that waits for the team, or nothing for what opens none.

    Raises ``signature_invalid`` for what the source's secret does not prove, and for an address that there is not, just the same;
    what :func:`land` and :func:`services.mailroom.take` raise.
    """
    source = await proved(parts, source_id, body, headers)
    tenant = await parts.tenants.tenant(source.tenant_id)
    assert tenant is not None, "a source belongs to a tenant"
    reader, mail = reader_of(parts, source, tenant), source.provider == "mail"
    if source.provider in ("stripe", "paypal"):
        return await _of_provider(parts, source, tenant, body, headers)

    async def landed(report: Report) -> Landed:
        once, channel = _once(source, headers), "email" if mail else "webhook"
        by: dict[str, Any] = {"opened_by": source.id, "credential": source.id, "channel": channel}
        return await land(parts, tenant, report, key=once, queue=source.queue, unproven=mail and _doubted(report), **by)

    of_mail = parts.parsers.mail(tenant, source)
    unread = partial(of_mail.unread, body) if mail else None
    reading = partial(parsed, parts, tenant.id, partial(reader.read, body, headers), len(body), unread)
    if mail:
        await parts.sources.used(source)
        # The sender of a mail is looked up in its case; the source itself speaks for nobody, and vouches for nobody.
        caller = Caller(source.tenant_id, source.id, frozenset(), "mail")
        words = partial(parsed, parts, tenant.id, partial(of_mail.words, body), len(body), light=-1)
        return await mailroom.take(parts, Mail(tenant, caller, body, False, reading, words, landed))
    found = await reading()
    await parts.sources.used(source)
    return await landed(found) if isinstance(found, Report) else None


async def _of_provider(
    parts: Parts, source: LiveSource, tenant: Tenant, body: bytes, headers: Mapping[str, str]
) -> Landed | Heard | None:
    """What became of a payment provider's message: a case, news to one, or None for what is about no dispute."""
    reading = await said_by(parts, source, provider_reader(parts, source, tenant), body, headers)
    said = await parsed(parts, tenant.id, reading, len(body))
    await parts.sources.used(source)
    if said is None:
        return None

    async def opened(report: Report, news: ProviderNews) -> Landed:
        # Before its pack is asked: what is known is taken, whatever has become of the pack since.
        there = await parts.intake.opened_as(tenant.id, news.provider, news.dispute)
        row = await parts.views.case(tenant.id, there.case_id) if there is not None else None
        if there is not None and row is not None:
            return Landed(row, there.command_id, created=False)
        by: dict[str, Any] = {"opened_by": source.id, "credential": source.id, "channel": "webhook"}
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
    unproven: bool = False,
) -> Landed:
    """Put a report on disk, with the credential by which it came, and have it judged; ``queue`` is where it waits and not
    where its pack says, ``news`` how the dispute stands with the provider that reports it; ``unproven``: anybody can have said
    that they are who the report names.

    Raises ``kind_unknown``, ``attribute_unreadable``, ``idempotency_key_reused``, ``external_id_reused``, ``file_infected``,
    ``scanner_away``."""
    await scanned(parts, *(one.data for one in report.attachments))
    report = await letter_secrets.of_report(parts, tenant.id, report)
    flagger = await trusted_flaggers.of_report(parts, tenant.id, report, unproven=unproven)
    shelf, terms, routing = await _resolved(parts, tenant, trusted_flaggers.marked(report, flagger))
    terms = terms.model_copy(update={"queue": queue}) if queue is not None else terms
    try:
        opened = await parts.intake.open(
            tenant.id,
            report,
            terms,
            routing,
            calendars=shelf.calendars_of(terms), notices=shelf.packs[terms.pack].notices, idempotency_key=key,
            opened_by=opened_by, channel=channel, credential=credential, news=news, unproven=unproven,
        )  # fmt: skip
    except Conflict as conflict:
        raise Refused(conflict.code, conflict.detail) from None
    await trusted_flaggers.came(parts, tenant.id, opened.case_id, flagger)
    row = await parts.views.case(tenant.id, opened.case_id)
    assert row is not None, "a case that was opened is there"
    if row.case is None:
        answer = await judged(parts, tenant.id, row, opened.command_id)
        if answer is not None and answer.status != "accepted":
            raise refusal_in(answer)
        row = await parts.views.case(tenant.id, row.id) or row
    left, files = await of_report(parts, tenant.id, row, report, credential or opened_by)
    if row.case is None and routing.decision == "decline":
        # A case that will be turned away once it is judged takes none.
        left = tuple(one.name for one in report.attachments)
    if report.attachments:
        row = await parts.views.case(tenant.id, row.id) or row
    return Landed(row, opened.command_id, opened.created, left, (opened.command_id, *files))


async def _resolved(parts: Parts, tenant: Tenant, report: Report) -> tuple[Shelf, Terms, Routing]:
    try:
        shelf = await parts.shelf_of(tenant.id)
        return shelf, *shelf.terms(report, tenant.time_scale)
    except UnknownKind as unknown:
        kinds = f"Use one of: {', '.join(unknown.known)}."
        raise Refused("kind_unknown", errors=[FieldError("kind", "kind_unknown", kinds)]) from None
    except AttributeUnreadable as unreadable:
        errors = [FieldError(f"attributes.{x}", unreadable.code, f"Takes {takes}.") for x, takes in unreadable.fields.items()]
        raise Refused(unreadable.code, errors=errors) from None
    except PackError as error:
        raise Refused("policy_unusable", str(error)) from None


def _doubted(report: Report) -> bool:
    """Whether a mail shows nothing of who wrote it: neither its relay nor whoever brought it says so."""
    return report.attributes.get("sender_proven") is not True


async def _tenant(parts: Parts, caller: Caller) -> Tenant:
    tenant = await parts.tenants.tenant(caller.tenant_id)
    assert tenant is not None, "a key belongs to a tenant"
    return tenant


async def _opened(parts: Parts, caller: Caller, landed: Landed) -> Opened:
    actor = await parts.views.actor(caller.tenant_id, landed.row.id, caller.holder)
    # Whoever hands a report in is at least the platform; the case is on disk, and this is no moment to fail.
    seen = Seen(landed.row, actor or Actor(id=caller.credential, role="platform"))
    return Opened(landed.row, landed.command_id, landed.created, landed.left, landed.commands, seen=seen)
