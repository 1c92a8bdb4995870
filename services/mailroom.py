"""What becomes of a mail: a case, a message of the one who was written to, a bounce noted, or mail kept for somebody to look at.

Three rules hold here, whatever the mail says. A letter follows a mail only when a person seems to have written it, and not more
often than the caps allow. A word is a party's only when it is proven to be theirs: by the token of the letter that they were
sent, by our relay's verdict on their address, or by a caller who may speak for parties and vouches for it. And nothing that a
person may have written is thrown away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from domain.base import Side
from domain.model.people import OpenedParty
from domain.model.report import Report, ReportedParty, email_or_none
from domain.rules import mail as rules
from domain.rules.links import merged_as
from domain.rules.mail import PROVEN, Addressed, Fate, Proof
from services import letter_secrets
from services.callers import Caller
from services.commands import judged
from services.errors import Refused
from services.parts import MailMarks, MailReply, Parts
from services.reading import parsed
from services.rows import CaseRow
from services.said_by_mail import Messaged, say, words_of
from storage.intake.unplaced import Arrived, MailWords, UnplacedFull
from storage.outside.answered import AnsweredNotice
from storage.tenants import Tenant

_LONGEST_WAY = 20
"""Merges that are followed from case to case."""
_SAID_MOST = 20_000
"""Characters of a mail's text that lie in its row; the mail itself is kept whole."""


@dataclass(frozen=True)
class Landed:
    """A report that is on disk as a case."""

    row: CaseRow
    command_id: str
    """The command that opens it."""
    created: bool
    """False: the same report was here before."""
    left: tuple[str, ...] = ()
    """Names of its files that the case did not take."""
    commands: tuple[str, ...] = ()
    """What says it on its case: what opens it, and its files."""

    @property
    def state(self) -> Literal["accepted", "opened", "known"]:
        """On disk and not judged yet; opened; here before."""
        return "accepted" if self.row.case is None else "opened" if self.created else "known"


@dataclass(frozen=True)
class Kept:
    """An e-mail that waits for somebody of the team."""

    id: str
    reason: str


@dataclass(frozen=True)
class Ignored:
    """An e-mail of a machine: let go."""

    why: str


@dataclass(frozen=True)
class Mail:
    """A mail at one of the doors."""

    tenant: Tenant
    caller: Caller
    raw: bytes
    vouched: bool
    """Whether the caller may speak for parties, and says that its own mail server has proven the sender."""
    read: Callable[[], Awaitable[Report | MailReply | None]]
    words: Callable[[], Awaitable[MailReply]]
    """What it says, whoever sent it."""
    land: Callable[[Report], Awaitable[Landed]]

    @property
    def tenant_id(self) -> str:
        """Whose it is."""
        return self.tenant.id


@dataclass(frozen=True)
class _About:
    """What a mail answers: a case, and whom the letter went to."""

    row: CaseRow
    party: str | None
    """The party that was written to; None: somebody of the team, or nobody that fits."""
    held: bool
    """Whether the mail has the letter's token."""
    notice: AnsweredNotice | None = None


Taken = Landed | Messaged | Kept | Ignored


async def take(parts: Parts, mail: Mail) -> Taken:
    """What became of a mail: a case, a message on one, mail that waits for the team, or nothing of a machine's own.

    Raises ``unplaced_full``, and what landing a report raises for what is no fault of the mail (``kind_unknown``).
    """
    marks = await parsed(parts, mail.tenant_id, partial(parts.parsers.marks(mail.tenant).read, mail.raw), len(mail.raw), light=-1)
    held = any(parts.answered.held(mail.tenant_id, one.notice_id, one.token) for one in marks.answers)
    proven = held and _proof(mail, marks, None) == "relay"
    came_back, of = await _came_back(parts, mail, marks)
    fate = rules.by_its_marks(marks, came_back=came_back, proven=proven)
    if fate is not None:
        return await _met(parts, mail, marks, fate, await _words(parts, mail) if fate.outcome == "unplaced" else None, of)
    try:
        found = await mail.read()
    except Refused as refused:
        fate = rules.unread(marks, refused.code)
        if fate.outcome == "refused":
            raise
        return await _met(parts, mail, marks, fate, await _words(parts, mail), problem=refused.detail or refused.code)
    if found is None:
        return Ignored("no_report")
    await letter_secrets.of_mail(parts, mail.tenant_id, mail.raw, found)
    about = await _about(parts, mail, marks)
    if about is not None:
        return await _answer(parts, mail, marks, found, about)
    if rules.answers_something(marks) or not isinstance(found, Report):
        # Also where the subject names a case that there is not: nobody learns from us which there are.
        return await keep(parts, mail, marks, "case_unknown", found)
    return await _report(parts, mail, marks, found)


async def keep(
    parts: Parts,
    mail: Mail,
    marks: MailMarks,
    reason: str,
    found: Report | MailReply | None = None,
    about: _About | None = None,
    *,
    tell: bool = False,
    problem: str | None = None,
) -> Kept:
    """Keep a mail for the team, once. Its sender is told where a letter is allowed: never a machine, nor whom the relay shows to
    be forged. Raises ``unplaced_full``."""
    text, files = words_of(found) if found is not None else ("", ())
    words = MailWords(
        sender=marks.author[:254], subject=marks.subject[:200], text=text[:_SAID_MOST], message_id=marks.message_id[:500],
        files=tuple(one.name for one in files)[:100], problem=problem[:500] if problem else None,
    )  # fmt: skip
    proof = _proof(mail, marks, about)
    body = mail.raw.partition(b"\r\n\r\n")[2] or mail.raw.partition(b"\n\n")[2]
    same = "\n".join((marks.author, marks.message_id, marks.subject, reason, hashlib.sha256(body).hexdigest()))
    party = about.party if about is not None else None
    arrived = Arrived(
        reason=reason, proof=proof, same=same, credential=mail.caller.credential, words=words,
        case_id=about.row.id if about is not None else None, party=party,
        tell=tell and proof != "failed" and marks.sign is None and marks.own is None and bool(marks.author),
    )  # fmt: skip
    try:
        kept, _ = await parts.unplaced.keep(mail.tenant_id, arrived, mail.raw)
    except UnplacedFull:
        raise Refused("unplaced_full") from None
    return Kept(kept, reason)


async def _met(
    parts: Parts, mail: Mail, marks: MailMarks, fate: Fate, found: Report | MailReply | None = None,
    about: _About | None = None, *, problem: str | None = None,
) -> Ignored | Kept:  # fmt: skip
    """Do what was judged."""
    if fate.outcome == "ignored":
        return Ignored(fate.reason)
    return await keep(parts, mail, marks, fate.reason, found, about, tell=fate.tell, problem=problem)


async def _words(parts: Parts, mail: Mail) -> Report | MailReply | None:
    """What can be read of a mail that becomes nothing by itself: for whoever looks at it."""
    try:
        found = await mail.words()
    except Refused as refused:
        if refused.code == "reading_busy":
            raise
        return None
    await letter_secrets.of_mail(parts, mail.tenant_id, mail.raw, found)
    return found


async def _came_back(parts: Parts, mail: Mail, marks: MailMarks) -> tuple[rules.CameBack, _About | None]:
    """Whether it gives back letters of ours, which are marked so: those that it says failed for whom they were written to. And
    the case of one of which it says so, and is not believed: it is nobody's word there."""
    given_back = [named for named in marks.returned if parts.answered.held(mail.tenant_id, named.notice_id, named.token)]
    found: set[rules.CameBack] = set()
    of: _About | None = None
    for named in given_back if marks.own is None else ():
        notice = await parts.answered.notice(mail.tenant_id, named.notice_id)
        if notice is None:
            continue
        known = await parts.views.addresses(mail.tenant_id, notice.case_id)
        believed = rules.came_back(marks, known.get(notice.recipient, ""))
        found.add(believed)
        if believed == "yes":
            await undelivered(parts, mail.tenant_id, named.notice_id)
        elif believed == "doubted" and of is None:
            row = await parts.views.case(mail.tenant_id, notice.case_id)
            of = _About(row, None, held=False) if row is not None else None
    return ("yes" if "yes" in found else "doubted" if "doubted" in found else "no"), of


async def undelivered(parts: Parts, tenant_id: str, notice_id: str) -> bool:
    """Note that a letter came back: its case is told, and with it the people who look after it. False for no letter of ours."""
    notice = await parts.answered.notice(tenant_id, notice_id)
    if notice is None or notice.channel != "email" or notice.state not in ("sent", "failed"):
        return False
    row = await parts.views.case(tenant_id, notice.case_id)
    assert row is not None, "a notice belongs to a case"
    command = {
        "id": f"cmd_sys-undelivered-{notice_id}", "type": "report_delivery", "by": "system", "notice_id": notice_id,
        "reason": "bounced", **({"recipient": notice.recipient} if notice.recipient.startswith("pty_") else {}),
    }  # fmt: skip
    # First the case, then the mark: what fails in between is done again when the bounce comes again, and once.
    receipt = await parts.inbox.receive(tenant_id, row.id, command, channel="system", credential="system")
    await parts.answered.returned(tenant_id, notice_id, "bounced")
    if receipt.answer is None:
        await judged(parts, tenant_id, row, receipt.command_id)
    return True


def _proof(mail: Mail, marks: MailMarks, about: _About | None) -> Proof:
    held = about is not None and about.held
    return rules.proof(marks.verdict, one_author=marks.one_author, held=held, vouched=mail.vouched)


async def _about(parts: Parts, mail: Mail, marks: MailMarks) -> _About | None:
    """The case that a mail answers: by a letter's token, else by a letter's id, else by the case that its subject names."""
    for named in sorted(marks.answers, key=lambda one: not parts.answered.held(mail.tenant_id, one.notice_id, one.token)):
        notice = await parts.answered.notice(mail.tenant_id, named.notice_id)
        row = await parts.views.case(mail.tenant_id, notice.case_id) if notice is not None else None
        if notice is None or row is None:
            continue
        party = notice.recipient if notice.recipient.startswith("pty_") else None
        return _About(row, party, parts.answered.held(mail.tenant_id, notice.id, named.token), notice)
    if marks.case_token is None:
        return None
    others: list[_About] = []
    for case_id in await parts.answered.cases_ending(mail.tenant_id, marks.case_token):
        row = await parts.views.case(mail.tenant_id, case_id)
        if row is None:
            continue
        others.append(_About(row, await _party_at(parts, mail, case_id, marks.author), held=False))
    return next((one for one in others if one.party is not None), others[0] if others else None)


async def _answer(parts: Parts, mail: Mail, marks: MailMarks, found: Report | MailReply, about: _About) -> Taken:
    """An answer is a word of whoever was written to, and of nobody else."""
    addresses = await parts.views.addresses(mail.tenant_id, about.row.id)
    theirs = about.party is not None and rules.same_address(addresses.get(about.party, ""), marks.author)
    addressed = Addressed(letter=about.notice is not None, party=about.party is not None, is_sender=theirs, held=about.held)
    fate = rules.answering(addressed, _proof(mail, marks, about))
    if fate is not None:
        return await _met(parts, mail, marks, fate, found, about)
    about = await _where_it_goes_on(parts, mail, marks, about)
    assert about.party is not None, "whose word it is was judged"
    if await _over_the_cap(parts, mail, marks, about.row.id):
        return await keep(parts, mail, marks, "over_cap", found, about)
    caller = Caller(mail.tenant_id, mail.caller.credential, frozenset(), "mail")
    try:
        said = await say(parts, caller, about.row, about.party, found, marks.message_id, to=_to(about.notice))
    except Refused as refused:
        case = about.row.case
        if case is not None and not case.open:
            again = await _again(parts, mail, about, found, marks)
            return again or await keep(parts, mail, marks, "case_closed", found, about, tell=True)
        return await keep(parts, mail, marks, "not_taken", found, about, tell=True, problem=refused.code)
    if missing := (*said.refused, *said.left):
        # The message is there; the whole mail is kept too, so that no file is lost, and its sender hears of it.
        await keep(parts, mail, marks, "file_refused", found, about, tell=True, problem="; ".join(missing))
    return said


async def _where_it_goes_on(parts: Parts, mail: Mail, marks: MailMarks, about: _About) -> _About:
    """The case into which a merged one went, where its reporter is a party too; else the case itself."""
    for _ in range(_LONGEST_WAY):
        into = about.row.case.merged_into if about.row.case is not None else None
        row = await parts.views.case(mail.tenant_id, into) if into is not None else None
        if row is None:
            break
        known, then = about.row.case, about.party
        theirs = merged_as(known, then) if known is not None and then is not None else None
        # Whoever was a party there already has one place in it: found by who they are to the platform, else by where they are
        # reached.
        who = known.party(then) if known is not None and then is not None else None
        if theirs is None and who is not None and row.case is not None:
            theirs = next((one.id for one in row.case.parties if one.ref_digest == who.ref_digest and one.side is who.side), None)
        theirs = theirs or await _party_at(parts, mail, row.id, marks.author)
        if theirs is None or row.case is None or row.case.party(theirs) is None:
            break
        about = replace(about, row=row, party=theirs)
    return about


async def _party_at(parts: Parts, mail: Mail, case_id: str, address: str) -> str | None:
    """The party of a case who is reached at an address."""
    known = sorted((await parts.views.addresses(mail.tenant_id, case_id)).items())
    return next((party for party, theirs in known if rules.same_address(theirs, address)), None)


def _to(notice: AnsweredNotice | None) -> str | None:
    """To whom an answer goes: to the desk, when the letter was the desk's word to this side alone; else where the pack says."""
    if notice is not None and notice.data.get("words") == "confided":
        # They were asked alone, and told that the team alone reads what they answer.
        return "confided"
    if notice is None or notice.event.partition(":")[0] != "message_sent":
        return None
    return "desk" if notice.data.get("sender") == "staff" and notice.data.get("alone") else None


async def _again(parts: Parts, mail: Mail, about: _About, found: Report | MailReply, marks: MailMarks) -> Landed | None:
    """A new report, linked with the case that was declined: its letter asked for one. None where no letter did."""
    case, party = about.row.case, about.party
    who = case.party(party) if case is not None and party is not None else None
    if case is None or who is None or case.outcome != "declined" or who.side is not Side.CLAIMANT:
        return None
    contacts = await parts.views.contacts(mail.tenant_id, about.row.id)
    text, attachments = words_of(found)
    others = [one for one in case.parties if one.role == "principal" and one.id in contacts and contacts[one.id]["ref"]]
    report = Report(
        kind=about.row.kind, source="email", external_id=marks.message_id[:128], statement=text or "(No text; see the files.)",
        parties=tuple(_as_reported(one, contacts[one.id]) for one in others), category=case.category,
        attributes={"answers_declined": True}, attachments=tuple(attachments),
    )  # fmt: skip
    landed = await mail.land(report)
    await _left(parts, mail, marks, report, landed)
    await link(parts, mail.tenant_id, landed.row, about.row)
    return landed


def _as_reported(party: OpenedParty, contact: Any) -> ReportedParty:
    return ReportedParty(
        side=party.side, ref=contact["ref"], name=contact["name"], email=email_or_none(contact["email"]), locale=party.locale,
        zone=party.zone,
    )  # fmt: skip


async def link(parts: Parts, tenant_id: str, new: CaseRow, old: CaseRow) -> None:
    """Note in both cases that one has to do with the other. For the team; no party learns of it."""
    link_id = f"lnk_{hashlib.sha256(f'{new.id}/{old.id}'.encode()).hexdigest()[:32]}"
    for here, there in ((new, old), (old, new)):
        command = {
            "id": f"cmd_sys-{link_id}-{here.id[-8:]}", "type": "mirror_link", "by": "system", "link_id": link_id,
            "other": there.id, "relation": "related",
        }  # fmt: skip
        receipt = await parts.inbox.receive(tenant_id, here.id, command, channel="system", credential="system")
        if receipt.answer is None:
            await judged(parts, tenant_id, here, receipt.command_id)


async def _report(parts: Parts, mail: Mail, marks: MailMarks, report: Report) -> Taken:
    proof = _proof(mail, marks, None)
    if (fate := rules.reporting(proof)) is not None:
        return await _met(parts, mail, marks, fate, report)
    if await _over_the_cap(parts, mail, marks):
        return await keep(parts, mail, marks, "over_cap", report)
    proven = report.model_copy(update={"attributes": {**report.attributes, "sender_proven": proof in PROVEN}})
    try:
        landed = await mail.land(proven)
    except Refused as refused:
        if refused.code == "file_infected":
            return await keep(parts, mail, marks, "file_infected", report, tell=True, problem=refused.detail)
        if refused.code != "external_id_reused":
            raise
        # Another mail under the id of one that is here: nothing of it is thrown away, and nothing of it is believed.
        return await keep(parts, mail, marks, "same_message_id", report)
    await _left(parts, mail, marks, proven, landed)
    return landed


async def _left(parts: Parts, mail: Mail, marks: MailMarks, report: Report, landed: Landed) -> None:
    """Keep the whole mail where its case did not take all of its files: a case that was turned away or went on in another one at
    once takes none. Its sender hears of what an open case could not take; of files for one that is over nobody is told: they
    wait among the mails that have no place (``/unplaced``), for whoever looks through those."""
    if not landed.left:
        return
    party = await _party_at(parts, mail, landed.row.id, marks.author)
    about = await _where_it_goes_on(parts, mail, marks, _About(landed.row, party, held=False))
    over = landed.row.case is None or not landed.row.case.open
    reason = "files_left" if over else "file_refused"
    await keep(parts, mail, marks, reason, report, about, tell=not over, problem="; ".join(landed.left))


async def _over_the_cap(parts: Parts, mail: Mail, marks: MailMarks, case_id: str | None = None) -> bool:
    return rules.over_cap(await parts.unplaced.count(mail.tenant_id, marks.author, case_id), *parts.mail_caps)
