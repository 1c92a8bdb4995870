"""Intake sources: made, listed, rotated with two live secrets, switched off, deleted; and the proof of what came from one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from domain.model.report import ReportedParty
from services.callers import Caller
from services.errors import FieldError, Refused, not_found
from services.heavy import need_fresh
from services.pages import Cursors, Page, Part, part_by_id
from services.parts import Parts, ProviderReader, SourceReports
from services.trail import administrator, note
from storage.intake.sources import THEIRS, LiveSource, Provider, Source

OVERLAP_FOR = timedelta(hours=24)


class SourceWithSecret(NamedTuple):
    """A source and its secret, which is told this once."""

    source: Source
    secret: str


async def listed(parts: Parts, caller: Caller, page: Page) -> Part[Source]:
    """The sources, without secrets, the oldest first. Raises what :func:`administrator` raises."""
    await administrator(parts, caller)
    found = await parts.sources.all(caller.tenant_id)
    return part_by_id(found, Cursors.of(parts, caller, "sources"), page)


async def read(parts: Parts, caller: Caller, source_id: str) -> Source:
    """One source, without its secrets. Raises what :func:`administrator` raises, and ``not_found``."""
    await administrator(parts, caller)
    return await _there(parts, caller, source_id)


async def change(parts: Parts, caller: Caller, source_id: str, said: Mapping[str, Any]) -> Source:
    """Change what is named and nothing else; what is None is taken out. Raises as :func:`add` does for a kind and a queue,
    ``nothing_changes`` and ``not_found``."""
    who = await administrator(parts, caller)
    source = await _there(parts, caller, source_id)
    if not said:
        raise Refused("nothing_changes", "Name what is to change.")
    if source.provider == "form" and "kind" in said and said["kind"] is None:
        raise _wrong("kind", "source_kind_missing", "A form does not say of what kind its cases are.")
    await _check_kind(parts, caller, said.get("kind"))
    await _check_queue(parts, caller, said.get("queue"))
    async with parts.trail.deed(caller.tenant_id) as conn:
        if not await parts.sources.change(caller.tenant_id, source_id, said, conn):
            raise not_found()
        # Which, not what: a default party is somebody's name and address.
        codes = {name: said[name] for name in ("kind", "queue") if name in said}
        await note(conn, who, "source_changed", source_id, fields=sorted(said), **codes)
    return await _there(parts, caller, source_id)


async def add(
    parts: Parts,
    caller: Caller,
    provider: Provider,
    *,
    secret: str | None = None,
    name: str = "",
    kind: str | None = None,
    queue: str | None = None,
    respondent: ReportedParty | None = None,
    page: bool = False,
) -> SourceWithSecret:
    """A source for reports, with the secret that its provider gave or, of the others, one that is made here. ``page``: anybody
    reports on a page of ours (of a form).

    Raises what :func:`administrator` raises; ``source_secret_missing``, ``source_secret_invalid``, ``source_not_provable``,
    ``source_kind_missing``, ``kind_unknown``, ``queue_unknown``.
    """
    who = await administrator(parts, caller)
    need_fresh(caller, "add_source")
    _check_secret(parts, provider, secret)
    if kind is None and provider == "form":
        raise _wrong("kind", "source_kind_missing", "A form does not say of what kind its cases are.")
    await _check_kind(parts, caller, kind)
    await _check_queue(parts, caller, queue)
    async with parts.trail.deed(caller.tenant_id) as conn:
        made = await parts.sources.create(
            caller.tenant_id,
            provider,
            secret=secret,
            created_by=who.by,
            name=name,
            kind=kind,
            queue=queue,
            respondent=respondent,
            page=page,
            conn=conn,
        )
        await note(conn, who, "source_added", made.id, provider=provider, kind=kind, queue=queue)
    return SourceWithSecret(await _there(parts, caller, made.id), made.secret)


async def rotate(
    parts: Parts, caller: Caller, source_id: str, secret: str | None = None, overlap_for: timedelta = OVERLAP_FOR
) -> SourceWithSecret:
    """Another secret; the one before is good too until the overlap is over. Raises what :func:`add` raises for a secret."""
    who = await administrator(parts, caller)
    need_fresh(caller, "rotate_source")
    source = await _there(parts, caller, source_id)
    _check_secret(parts, source.provider, secret)
    async with parts.trail.deed(caller.tenant_id) as conn:
        fresh = await parts.sources.rotate(caller.tenant_id, source_id, secret, overlap_for, conn)
        if fresh is None:
            raise not_found()
        await note(conn, who, "source_rotated", source_id, overlap_seconds=int(overlap_for.total_seconds()))
    return SourceWithSecret(await _there(parts, caller, source_id), fresh)


async def switch(parts: Parts, caller: Caller, source_id: str, *, active: bool) -> Source:
    """Take reports from it, or none: then its address answers as if it had never been."""
    who = await administrator(parts, caller)
    async with parts.trail.deed(caller.tenant_id) as conn:
        if not await parts.sources.switch(caller.tenant_id, source_id, active=active, conn=conn):
            raise not_found()
        await note(conn, who, "source_enabled" if active else "source_disabled", source_id)
    return await _there(parts, caller, source_id)


async def delete(parts: Parts, caller: Caller, source_id: str) -> None:
    """End it for good, with its secrets and its default party."""
    who = await administrator(parts, caller)
    async with parts.trail.deed(caller.tenant_id) as conn:
        if not await parts.sources.delete(caller.tenant_id, source_id, conn):
            raise not_found()
        await note(conn, who, "source_deleted", source_id)


async def proved(parts: Parts, source_id: str, body: bytes, headers: Mapping[str, str]) -> LiveSource:
    """The source that this came from, proved by its secret.

    Raises ``signature_invalid``, with nothing that tells a wrong signature from an address that there is not; both take the same
    work. ``signature_expired`` is for whoever had the right secret.
    """
    source = await parts.sources.find(source_id, _likely(headers))
    try:
        reader_of(parts, source).prove(body, headers)
    except parts.parsers.invalid as error:
        expired = source.known and getattr(error, "code", None) == "signature_expired"
        raise Refused("signature_expired" if expired else "signature_invalid") from None
    if not source.known:
        raise Refused("signature_invalid")
    return source


def reader_of(parts: Parts, source: LiveSource, tenant: Any = None) -> SourceReports:
    """What proves and reads what a source sends; reading needs its tenant."""
    return parts.parsers.source(source, tenant)


def provider_reader(parts: Parts, source: LiveSource, tenant: Any) -> ProviderReader:
    """What reads a payment provider's messages."""
    return parts.parsers.provider(source, tenant)


def _likely(headers: Mapping[str, str]) -> Provider:
    """Whose signature the request says it bears: nobody at the address does the same work as somebody would."""
    return "stripe" if "stripe-signature" in headers else "paypal" if "paypal-transmission-sig" in headers else "webhook"


def _check_secret(parts: Parts, provider: Provider, secret: str | None) -> None:
    if secret is None:
        if provider in THEIRS:
            raise _wrong("secret", "source_secret_missing", "This provider makes the secret: give the one that it shows.")
        return
    code = parts.parsers.refused(provider, secret)
    if code is not None:
        raise _wrong("secret", code, "This secret proves nothing here.")


async def _check_kind(parts: Parts, caller: Caller, kind: str | None) -> None:
    if kind is not None:
        known = sorted((await parts.shelf_of(caller.tenant_id)).packs)
        if kind not in known:
            raise _wrong("kind", "kind_unknown", f"Use one of: {', '.join(known)}.")


async def _check_queue(parts: Parts, caller: Caller, queue: str | None) -> None:
    """A queue is one that somebody works, or that a pack names: a case in any other waits for nobody."""
    if queue is None:
        return
    packs = (await parts.shelf_of(caller.tenant_id)).packs.values()
    worked = {q for person in await parts.tenants.people(caller.tenant_id) if person.active for q in person.queues}
    known = sorted(worked | {pack.queue for pack in packs})
    if queue not in known:
        raise Refused(
            "queue_unknown",
            errors=[FieldError("queue", "queue_unknown", f"Use one of: {', '.join(known)}.")],
            fields={"allowed": known},
        )


def _wrong(field: str, code: str, message: str) -> Refused:
    return Refused(code, errors=[FieldError(field, code, message)])


async def _there(parts: Parts, caller: Caller, source_id: str) -> Source:
    found = await parts.sources.one(caller.tenant_id, source_id)
    if found is None:
        raise not_found()
    return found
