"""Erasing what is known of a person in all their cases, or of a closed case: asked for, agreed to by another, carried out.

It is a deed of administration: the keys of what is theirs are destroyed, and the tenant's trail says what, why, by whom and on
whose approval. Nothing brings it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import get_args

from domain.model.erasure import Erased, ErasureGround, ErasureReason
from domain.views.case import view
from domain.views.references import may_know
from services.callers import Caller
from services.cases import Seen, find
from services.errors import FieldError, Refused, not_found
from services.heavy import need_fresh
from services.pages import Cursors, Page, Part
from services.parts import Parts
from services.texts import as_told
from services.trail import administrator, note
from storage.postgres.pool import Connection
from storage.postgres.vault import PLATFORM, STAFF, LegalHold
from storage.record.erasures import CaseOpen, Erasure, Meant, NotToBeDone, ToErase

__all__ = ["Erasure", "addresses_digested", "approve", "ask", "drop", "listed", "of_case"]

_BY_TIME = "What is past its time is erased by `retention`; say why this one goes now."


async def ask(
    parts: Parts,
    caller: Caller,
    case_id: str,
    party_id: str | None,
    reason: ErasureReason,
    though_open: ErasureGround | None = None,
) -> Erasure:
    """Ask for the erasure of a closed case or, with a party of it, of that person in every case of theirs, those among them that
    came by mail or by a form and know them by their address alone. What it reaches is in ``cases`` of the answer.

    Where each pack says that one of ops is enough (``erased_by``) it is carried out at once; otherwise it waits for another one.
    ``though_open``: the ground in law on which a person goes while a case of theirs is open. Raises ``not_found``,
    ``not_allowed``, ``scope_missing``, ``proof_needed``, ``malformed``, ``legal_hold``, ``erasure_case_open`` and
    ``erasure_waits``.
    """
    who = await administrator(parts, caller)
    need_fresh(caller, "erase")
    seen = await find(parts, caller, case_id)
    if reason == "retention":
        raise _wrong("reason", _BY_TIME)
    if party_id is None and though_open is not None:
        raise _wrong("though_open", "A case is erased when it is closed; this is about a person. Name one of its parties.")
    if seen.case is None or (party_id is not None and seen.case.party(party_id) is None):
        raise not_found()
    await addresses_digested(parts, caller.tenant_id)
    reached = [case_id] if party_id is None else list(await parts.erasures.cases_of(caller.tenant_id, case_id, party_id))
    wanted = ToErase(case_id, party_id, reason, await _takes_two(parts, caller, reached), though_open)
    if caller.kind == "operator" and wanted.needs_second:
        raise Refused("own_credential_needed", "It takes two persons of ops, each with their own credential.")
    await _possible(parts, caller, reached, though_open)
    async with parts.trail.deed(caller.tenant_id) as conn:
        made = await parts.erasures.ask(conn, caller.tenant_id, wanted, who.by, who.credential)
        if made is None:
            raise Refused("erasure_waits")
        more = {
            "scope": "case" if party_id is None else "person",
            "reason": reason,
            "though_open": though_open,
            "cases": len(reached),
            "party_id": party_id,
            "needs_second": wanted.needs_second,
        }
        await note(conn, who, "erasure_asked", case_id, erasure=made, **more)
        if not wanted.needs_second:
            await _carried_out(parts, conn, caller, made, who.by)
    if not wanted.needs_second:
        await parts.erasures.from_files()
    return await _one(parts, caller, made)


async def approve(parts: Parts, caller: Caller, erasure_id: str) -> Erasure:
    """Agree as the second person, with a credential of one's own; it is carried out in the same moment.

    Raises ``not_found``, ``own_erasure`` for whoever asked, ``same_credential``, and as :func:`ask` does.
    """
    who = await administrator(parts, caller)
    person = caller.deciding_person()
    need_fresh(caller, "erase")
    asked = await _one(parts, caller, erasure_id)
    await find(parts, caller, asked.case_id)
    if asked.state != "waiting":
        raise Refused("erasure_ended")
    if asked.asked_by == person:
        raise Refused("own_erasure")
    if asked.asked_with == caller.credential:
        raise Refused("same_credential")
    await addresses_digested(parts, caller.tenant_id)
    async with parts.trail.deed(caller.tenant_id) as conn:
        if not await parts.erasures.approve(conn, caller.tenant_id, erasure_id, person, caller.credential):
            raise Refused("erasure_ended")
        await note(conn, who, "erasure_approved", asked.case_id, erasure=erasure_id)
        await _carried_out(parts, conn, caller, erasure_id, who.by)
    await parts.erasures.from_files()
    return await _one(parts, caller, erasure_id)


async def drop(parts: Parts, caller: Caller, erasure_id: str) -> Erasure:
    """It is not wanted any more; whoever asked may say so, and everybody else of ops. Raises ``not_found``, ``erasure_ended``."""
    who = await administrator(parts, caller)
    asked = await _one(parts, caller, erasure_id)
    async with parts.trail.deed(caller.tenant_id) as conn:
        if not await parts.erasures.drop(conn, caller.tenant_id, erasure_id, who.by):
            raise Refused("erasure_ended")
        await note(conn, who, "erasure_dropped", asked.case_id, erasure=erasure_id)
    return await _one(parts, caller, erasure_id)


async def listed(parts: Parts, caller: Caller, page: Page) -> Part[Erasure]:
    """What was asked for, the newest first. For administrators."""
    who = await administrator(parts, caller)
    cursors = Cursors.of(parts, caller, "erasures")
    before = cursors.read(page.cursor)[0] if page.cursor is not None else None
    found = await parts.erasures.listed(who.tenant_id, page.limit + 1, before=before)
    shown, more = await _with_numbers(parts, caller.tenant_id, found[: page.limit]), len(found) > page.limit
    return Part(shown, more, cursors.write(shown[-1].id) if more else None)


async def of_case(parts: Parts, caller: Caller, seen: Seen) -> tuple[Erased, ...]:
    """Whose words in a case were erased, when, and why as far as the viewer may know it; of those alone whom they see in it."""
    found = (await parts.erasures.erased(caller.tenant_id, [seen.id])).get(seen.id, {})
    if not found or seen.case is None:
        return ()
    shown = {party["id"] for party in view(seen.case, seen.viewer, with_actions=False).parties} | {STAFF}
    shown |= {PLATFORM} if may_know(seen.viewer) else set()
    return tuple(as_told(one, seen.viewer) for holder, one in sorted(found.items()) if holder in shown)


async def addresses_digested(parts: Parts, tenant_id: str) -> None:
    """See to it that every address of a tenant is found by its digest: rows older than it are filled in, some at a time."""
    after: str | None = ""
    while after is not None:
        async with parts.trail.deed(tenant_id) as conn:
            after = await parts.party_addresses.digest(conn, tenant_id, after)


async def _carried_out(parts: Parts, conn: Connection, caller: Caller, erasure_id: str, by: str) -> None:
    """Destroy, in the transaction of the word for it: where that is refused nothing was asked or agreed to."""
    try:
        await parts.erasures.carry_out(conn, caller.tenant_id, erasure_id, by, caller.credential)
    except LegalHold:
        raise Refused("legal_hold") from None
    except CaseOpen:
        raise Refused("erasure_case_open") from None
    except NotToBeDone:
        raise Refused("erasure_ended") from None


async def _possible(parts: Parts, caller: Caller, case_ids: Iterable[str], ground: ErasureGround | None) -> None:
    """Refuses now what the database would refuse when it is carried out: nobody waits for a second person in vain."""
    for case_id in case_ids:
        row = await parts.views.case(caller.tenant_id, case_id)
        if row is not None and row.case is not None:
            if row.case.legal_holds:
                raise Refused("legal_hold")
            if row.case.open and ground is None:
                raise Refused("erasure_case_open", fields={"grounds": list(get_args(ErasureGround))})


async def _takes_two(parts: Parts, caller: Caller, case_ids: Iterable[str]) -> bool:
    """Whether a pack in force of one of these cases' kinds asks for a second person, or none is known that says otherwise."""
    packs = (await parts.shelf_of(caller.tenant_id)).packs
    rows = [await parts.views.case(caller.tenant_id, case_id) for case_id in case_ids]
    known = [packs.get(row.kind) for row in rows if row is not None]
    return any(pack is None or pack.erased_by == "two" for pack in known)


async def _one(parts: Parts, caller: Caller, erasure_id: str) -> Erasure:
    found = await parts.erasures.found(caller.tenant_id, erasure_id)
    if found is None:
        raise not_found()
    return (await _with_numbers(parts, caller.tenant_id, [found]))[0]


async def _with_numbers(parts: Parts, tenant_id: str, found: Sequence[Erasure]) -> tuple[Erasure, ...]:
    """With the numbers of the cases that wait for it where those are a payment provider's, which lie sealed."""
    without = {one.case_id for each in found if each.state == "waiting" for one in each.cases if one.number is None}
    known = await parts.views.references(tenant_id, sorted(without)) if without else {}

    def numbered(one: Meant) -> Meant:
        return replace(one, number=known[one.case_id].external_id) if one.case_id in known else one

    return tuple(replace(each, cases=tuple(map(numbered, each.cases))) for each in found)


def _wrong(field: str, words: str) -> Refused:
    return Refused("malformed", words, [FieldError(field, "parameter_invalid", words)])
