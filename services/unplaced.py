"""Mail that could not be placed: listed, read, placed or dismissed by those who look after the team, each step on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from domain.base import Side
from domain.model.report import Attachment, Report, ReportedParty
from domain.rules.mail import same_address
from services import intake, mailroom
from services.callers import LEADERS, Caller, conflicts_of, only
from services.cases import find
from services.errors import Refused, not_found, told_as_refusals
from services.handed_over import ASKED_AGAIN
from services.mailroom import Landed
from services.pages import Cursors, Page, Part
from services.parts import MailReply, Parts
from services.reading import parsed
from services.rows import UnplacedDeed, UnplacedMail
from services.said_by_mail import Messaged, Placing, say, stands, words_of
from services.texts import content_ids
from storage.intake.unplaced import Taken
from storage.tenants import Tenant

_WHOSE = "Mail that could not be placed is the business of leads and operations, with their own key."
_TAKEN = (
    "Somebody is placing this mail. Where that stopped on its way, the same said again goes on with it a minute later, by "
    "whoever says it. Nothing else can be done with it before."
)
_PLACED = "[Somebody of the team placed this e-mail here.]\n\n"
_ANOTHERS = (
    "[This e-mail came from another address than this party's own. Somebody of the team made sure in another way that the party "
    "wrote it, and placed it here.]\n\n"
)
_UNPROVEN = (
    "[The sender of this e-mail did not prove who they are. Somebody of the team made sure of it in another way, and placed it "
    "here.]\n\n"
)


@dataclass(frozen=True)
class _Reread:
    """A mail of which no reader makes anything: what was read of it when it came, and the mail itself as a file."""

    text: str
    attachments: tuple[Attachment, ...]
    notice_id: str = ""
    sender: str = ""
    message_id: str = ""


@dataclass(frozen=True)
class Opened:
    """A mail, and who did what with it."""

    mail: UnplacedMail
    deeds: Sequence[UnplacedDeed]


async def listed(
    parts: Parts, caller: Caller, page: Page, state: str | None = "waiting", sender_of: str | None = None
) -> Part[UnplacedMail]:
    """The newest first; ``state`` is ``waiting``, ``placed``, ``dismissed`` or None for all; ``sender_of`` a mail: those of its
    sender alone. Without those about cases that a conflict of interest closes to the reader. Raises ``not_allowed``, and
    ``not_found`` for a mail that there is not."""
    closed = await _allowed(parts, caller)
    if sender_of is not None:
        await _one(parts, caller, sender_of)
    cursors = Cursors.of(parts, caller, "unplaced", state or "", sender_of or "")
    before = cursors.read(page.cursor)[0] if page.cursor is not None else None
    found = await parts.unplaced.listed(
        caller.tenant_id, page.limit + 1, state=state, before=before, closed_to=closed, sender_of=sender_of
    )
    shown, more = tuple(found[: page.limit]), len(found) > page.limit
    return Part(shown, more, cursors.write(shown[-1].id) if more else None)


async def read(parts: Parts, caller: Caller, unplaced_id: str) -> Opened:
    """One of them; that it was read is kept. Raises ``not_allowed`` and ``not_found``."""
    mail = await _one(parts, caller, unplaced_id)
    await parts.unplaced.note(caller.tenant_id, mail.id, "read", caller.holder, caller.credential)
    return Opened(mail, await parts.unplaced.deeds(caller.tenant_id, mail.id))


async def original(parts: Parts, caller: Caller, unplaced_id: str) -> bytes:
    """The mail as it came; that it was read is kept. Raises ``not_allowed``, ``not_found`` and ``file_erased``."""
    mail = await _one(parts, caller, unplaced_id)
    data = await _raw(parts, caller, mail)
    await parts.unplaced.note(caller.tenant_id, mail.id, "original_read", caller.holder, caller.credential)
    return data


async def waiting(parts: Parts, caller: Caller) -> int:
    """How many wait; a thousand stands for all above. Raises ``not_allowed``."""
    await _allowed(parts, caller)
    return await parts.unplaced.waiting(caller.tenant_id)


async def place(
    parts: Parts, caller: Caller, unplaced_id: str, case_id: str, party: str, *, sender_checked: bool = False
) -> Messaged:
    """Put it onto a case as the word of a party, with its files. ``sender_checked``: the team made sure in another way that the
    party wrote it; without that nobody's word is made of what is not proven to come from that party's own address.

    Raises ``sender_unproven``, ``unplaced_closed``, ``party_unknown`` and what the case refuses.
    """
    mail = await _one(parts, caller, unplaced_id)
    _placeable(mail)
    seen = await find(parts, caller, case_id)
    if seen.case is None or seen.case.party(party) is None:
        raise Refused("party_unknown", "The case has no such party.", fields={"party": party})
    # A domain proves that its own address wrote, not that whoever chose the party chose the right one.
    theirs = _writes(mail, (await parts.views.addresses(caller.tenant_id, seen.id)).get(party))
    if not (mail.proven and theirs) and not sender_checked:
        raise Refused("sender_unproven")
    found = await _reread(parts, caller, mail)
    speaking = Caller(caller.tenant_id, caller.credential, frozenset(), "mail")
    preface = _UNPROVEN if not mail.proven else _PLACED if theirs else _ANOTHERS
    taken = await _take(parts, caller, mail, f"placing:{party}", seen.id)
    assert mail.words is not None, "looked at before"
    message_id = mail.words.message_id
    placing = Placing(preface, again=mail.state == "taken")
    try:
        said = await say(parts, speaking, seen.row, party, found, message_id, placing=placing)
    except Refused:
        # A store or a scanner can be away after the words were said: then it stays taken, and is gone on with.
        if await stands(parts, caller.tenant_id, seen.row, party, found, message_id):
            await parts.unplaced.wait(caller.tenant_id, taken, ())
        else:
            await parts.unplaced.release(caller.tenant_id, taken)
        raise
    judged, left = said.sent.answer is not None, bool(said.refused or said.left)
    why = "copy" if said.copy else "placed"
    await _closed(parts, caller, taken, why, seen.id, said.commands, judged=judged, left=left)
    return said


async def _closed(
    parts: Parts, caller: Caller, taken: Taken, why: str, case_id: str, commands: Sequence[str], *, judged: bool, left: bool
) -> None:
    """Close a mail whose words its case took; until it has judged them they stay here too."""
    if judged:
        await parts.unplaced.placed(caller.tenant_id, taken, why, caller.holder, caller.credential, case_id, left=left)
    else:
        await parts.unplaced.wait(caller.tenant_id, taken, commands, left=left)


async def report(parts: Parts, caller: Caller, unplaced_id: str, kind: str | None, link_to: str | None = None) -> Landed:
    """Open a case of it, linked with another one where that is named. Its sender is the claimant, proven or not, as in any mail.

    Raises ``unplaced_closed``, ``sender_missing``, ``kind_unknown`` and what opening a case raises.
    """
    mail = await _one(parts, caller, unplaced_id)
    _placeable(mail)
    other = await find(parts, caller, link_to) if link_to is not None else None
    found = await _reread(parts, caller, mail, kind)
    tenant = await parts.tenants.tenant(caller.tenant_id)
    assert tenant is not None, "a key belongs to a tenant"
    said = _report(mail, found, kind or str(tenant.settings.get("email_kind", "bounty_dispute")))
    taken = await _take(parts, caller, mail, f"reporting:{said.kind}"[:64], other.id if other is not None else None)
    try:
        landed = await _landed(parts, caller, tenant, mail, said, found)
    except Refused as refused:
        # Its case can be there, and a store or a scanner be away for its files: then it stays taken, and is gone on with.
        if refused.code in ASKED_AGAIN and await _opened(parts, caller, mail, said, found):
            await parts.unplaced.wait(caller.tenant_id, taken, ())
        else:
            await parts.unplaced.release(caller.tenant_id, taken)
        raise
    if other is not None and other.id != landed.row.id:
        await mailroom.link(parts, caller.tenant_id, landed.row, other.row)
    judged, left = landed.row.case is not None, bool(landed.left)
    await _closed(parts, caller, taken, "reported", landed.row.id, landed.commands, judged=judged, left=left)
    return landed


async def _landed(
    parts: Parts, caller: Caller, tenant: Tenant, mail: UnplacedMail, said: Report, found: Report | MailReply
) -> Landed:
    """Its case: the one that the same mail has become at the door, else one under the mail's own id; gone on with after a crash,
    it is the same case."""
    by: dict[str, Any] = {"opened_by": caller.holder, "channel": "email", "credential": caller.credential}
    as_at_door = _as_at_door(mail, said, found)
    mine = await parts.intake.opened_as(tenant.id, said.source, mail.id)
    if as_at_door is None or mine is not None:
        return await intake.land(parts, tenant, said, **by)
    try:
        return await intake.land(parts, tenant, as_at_door, **by)
    except Refused as refused:
        if refused.code != "external_id_reused":
            raise
    there = await _same_there(parts, tenant.id, as_at_door)
    return there if there is not None else await intake.land(parts, tenant, said, **by)


def _as_at_door(mail: UnplacedMail, said: Report, found: Report | MailReply) -> Report | None:
    """The report as the door would open it, under the id of the mail: None where that is another mail's."""
    ours = isinstance(found, Report) and bool(found.external_id) and mail.reason != "same_message_id"
    return said.model_copy(update={"external_id": found.external_id}) if isinstance(found, Report) and ours else None


async def _opened(parts: Parts, caller: Caller, mail: UnplacedMail, said: Report, found: Report | MailReply) -> bool:
    """Whether a case of this mail is on disk."""
    as_at_door = _as_at_door(mail, said, found)
    names = [mail.id, *([as_at_door.external_id] if as_at_door is not None and as_at_door.external_id else [])]
    return bool(await parts.intake.known_among(caller.tenant_id, said.source, names))


async def _same_there(parts: Parts, tenant_id: str, report: Report) -> Landed | None:
    """The case that the door has opened of the same mail: by who reports, and in which words. An id alone anybody can write."""
    there = await parts.intake.opened_as(tenant_id, report.source, report.external_id or "")
    row = await parts.views.case(tenant_id, there.case_id) if there is not None else None
    if there is None or row is None:
        return None
    fact = await parts.views.fact_of(tenant_id, row.id, there.command_id)
    texts = await parts.views.texts(tenant_id, content_ids(fact.fact.model_dump(mode="json"))) if fact is not None else {}
    refs = {known["ref"] for known in (await parts.views.contacts(tenant_id, row.id)).values()}
    if report.statement not in texts.values() or not any(one.ref in refs for one in report.parties):
        return None
    return Landed(row, there.command_id, created=False, commands=(there.command_id,))


async def dismiss(parts: Parts, caller: Caller, unplaced_id: str, reason: str, *, erase: bool = False) -> UnplacedMail:
    """Put it away with a reason (a code); it can be placed for 30 days, and is forgotten then, or at once with ``erase``: also
    one that was dismissed before. Raises ``unplaced_closed``, and ``legal_hold`` while the case that it is about is held."""
    mail = await _one(parts, caller, unplaced_id)
    if not (erase and mail.state == "dismissed" and mail.words is not None):
        done = await parts.unplaced.dismiss(caller.tenant_id, mail.id, reason, by=caller.holder, credential=caller.credential)
        if not done:
            raise await _gone(parts, caller, mail)
    if erase:
        await _erase(parts, caller, mail)
    return await parts.unplaced.one(caller.tenant_id, mail.id) or mail


async def _erase(parts: Parts, caller: Caller, mail: UnplacedMail) -> None:
    with told_as_refusals():
        erased = await parts.unplaced.erase(caller.tenant_id, mail.id)
    if not erased:
        raise await _gone(parts, caller, mail)


async def _allowed(parts: Parts, caller: Caller) -> tuple[str, ...]:
    """The conflicts of interest of whoever may look. Raises ``not_allowed``."""
    await only(parts, caller, LEADERS, _WHOSE)
    return await conflicts_of(parts, caller, caller.holder) if caller.is_somebody else ()


async def _one(parts: Parts, caller: Caller, unplaced_id: str) -> UnplacedMail:
    closed = await _allowed(parts, caller)
    plain = unplaced_id.startswith("unp_") and unplaced_id.isascii() and unplaced_id.isprintable() and len(unplaced_id) <= 80
    mail = await parts.unplaced.one(caller.tenant_id, unplaced_id, closed) if plain else None
    if mail is None:
        raise not_found()
    return mail


def _placeable(mail: UnplacedMail) -> None:
    if mail.state == "placed" or mail.words is None:
        raise Refused("unplaced_closed", fields={"state": mail.state, "case": mail.placed_case})


async def _raw(parts: Parts, caller: Caller, mail: UnplacedMail) -> bytes:
    with told_as_refusals():
        data = await parts.unplaced.original(caller.tenant_id, mail.id)
    if data is None:
        raise Refused("file_erased")
    return data


async def _reread(parts: Parts, caller: Caller, mail: UnplacedMail, kind: str | None = None) -> Report | MailReply:
    """What its reader makes of the mail; of what none can read the mail itself, as a file."""
    raw = await _raw(parts, caller, mail)
    tenant = await parts.tenants.tenant(caller.tenant_id)
    assert tenant is not None, "a key belongs to a tenant"
    reader = parts.parsers.mail(tenant, None)
    whole, unread = partial(reader.read, raw, kind=kind), partial(reader.unread, raw, kind=kind)
    # Of what becomes nothing by itself (no sender, a machine's own) its words are read all the same.
    for job, instead in ((whole, unread), (partial(reader.words, raw), None)):
        try:
            found = await parsed(parts, caller.tenant_id, job, len(raw), instead, light=-1)
        except Refused as refused:
            if refused.code == "reading_busy":
                raise
            continue
        if found is not None:
            return found
    assert mail.words is not None, "looked at before"
    file = (Attachment(name="e-mail.eml", media_type="message/rfc822", data=raw[:1_000_000]),)
    return _Reread(mail.words.text or f"(An e-mail: {mail.words.subject or 'without a subject'}.)", file)


def _report(mail: UnplacedMail, found: Report | MailReply, kind: str) -> Report:
    assert mail.words is not None, "looked at before"
    known = {"sender_proven": mail.proven}
    if isinstance(found, Report):
        return found.model_copy(update={"kind": kind, "external_id": mail.id, "attributes": {**found.attributes, **known}})
    sender = mail.words.sender
    try:
        claimant = ReportedParty(side=Side.CLAIMANT, ref=sender.lower(), email=sender)
    except ValueError:
        raise Refused("sender_missing", "The e-mail has no sender who could be told anything.") from None
    text, attachments = words_of(found)
    subject = " ".join(char for char in mail.words.subject.split() if char.isprintable())[:200] or None
    return Report(
        kind=kind, source="email", external_id=mail.id, statement=text, subject=subject, parties=(claimant,), attributes=known,
        attachments=tuple(attachments[:10]),
    )  # fmt: skip


async def _take(parts: Parts, caller: Caller, mail: UnplacedMail, deed: str, case_id: str | None) -> Taken:
    """Take a mail before anything of it is said: of two at once one has it. Raises ``unplaced_closed``."""
    taken = await parts.unplaced.take(caller.tenant_id, mail, by=caller.holder, deed=deed, case_id=case_id)
    if taken is None:
        raise await _gone(parts, caller, mail)
    return taken


async def _gone(parts: Parts, caller: Caller, mail: UnplacedMail) -> Refused:
    """Somebody else was before, with what became of it."""
    now = await parts.unplaced.one(caller.tenant_id, mail.id) or mail
    return Refused(
        "unplaced_closed", _TAKEN if now.state == "taken" else None, fields={"state": now.state, "case": now.placed_case}
    )


def _writes(mail: UnplacedMail, address: str | None) -> bool:
    """Whether a mail names an address as its sender's."""
    return bool(address) and mail.words is not None and same_address(address or "", mail.words.sender)


async def parties_of(parts: Parts, caller: Caller, mail: UnplacedMail, case_id: str) -> Sequence[tuple[str, str, str, bool]]:
    """Whose word a mail can become on a case: id, side and name of each party, and whether the mail is proven to come from their
    own address. Raises ``not_allowed`` and ``not_found``."""
    await _allowed(parts, caller)
    seen = await find(parts, caller, case_id)
    names = await parts.views.contacts(caller.tenant_id, seen.id)
    found = seen.case.parties if seen.case is not None else ()
    known = [(one, names.get(one.id) or {}) for one in found if not one.left]
    return [
        (one.id, one.side.value, said.get("name") or "no name", mail.proven and _writes(mail, said.get("email")))
        for one, said in known
    ]
