"""An e-mail as it came off the wire (RFC 5322): a new report, or an answer to one of our own notices."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from adapters.intake.errors import ReportInvalid
from adapters.intake.mail_files import fitting
from adapters.intake.mail_headers import NO_HEADERS, ON_THE_WAY, Headers, headers_at
from adapters.intake.mail_mime import opened
from adapters.intake.mail_parts import Contents, contents_of
from adapters.intake.mail_quotes import is_forward, without_quotes
from adapters.intake.mail_senders import Sender, sender_of
from adapters.intake.shapes import line, prose, reference_or_none, shaped
from domain.base import Side
from domain.model.report import (
    LARGEST_ATTACHMENT,
    MOST_ATTACHED,
    ORIGINAL,
    QUOTED,
    TAKEN_OUT,
    Attachment,
    Report,
    ReportedParty,
    email_or_none,
)

MAX_BYTES = LARGEST_ATTACHMENT
"""So that each mail can be attached as it came; mail servers rarely take more."""

MAX_HEAD = 600_000
"""Bytes that are looked at of a mail that could not be read."""

_MATTER = re.compile(r"#([A-Za-z0-9][A-Za-z0-9-]{2,39})\b")
_CASE = re.compile(r"\(case ([0-9a-f]{8})\)", re.IGNORECASE)
_HOLDS_ADDRESS = re.compile(r"[^\s@]@[^\s@]")
_PREFIX = re.compile(r"^(?:\s*(?:re|aw|sv|antw|fwd?|wg|tr|rv)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)
_LOCKED = {
    "smime": "The e-mail, or a part of it, is encrypted or sealed (S/MIME) and cannot be opened here. It is attached.",
    "pgp": "The e-mail, or a part of it, is encrypted (PGP) and cannot be opened here. It is attached.",
    "partial": "The e-mail is one part of a longer one (message/partial), and the rest is not here. It is attached.",
    "tnef": "The e-mail has a file of Outlook's own (winmail.dat) that is not opened here. It is attached.",
}
_HEX = rb"(?:[0-9a-f](?:=?[ \t]*\r?\n[>|\t ]{0,8})?)"
_OPENS = (
    rb"(?<=/l/)" + _HEX + rb"{47}[0-9a-f](?![0-9a-z])|(?<=%2Fl%2F)" + _HEX + rb"{47}[0-9a-f](?![0-9a-z])"
    rb"|(?<![a-z0-9])omb_[a-z0-9_-]{40}"
)
"""What opens a door of ours by itself, and a letter can bear: the link to a party's page, also cut into lines; a login code."""
NOTHING_NEW = "(The e-mail says nothing beside what it quotes. That is attached.)"
UNREAD = "This e-mail could not be read here: it takes more time or memory than is given to one. It is attached as it came."


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to one of our notices. Whether ``sender`` is who was sent the notice is for the caller to check."""

    notice_id: str
    sender: str
    """The address in ``From``, as claimed."""
    message_id: str
    """The same mail delivered twice has the same one."""
    text: str
    attachments: tuple[Attachment, ...] = ()
    headers: Headers = NO_HEADERS
    doubts: tuple[str, ...] = ()
    """Codes of what was guessed, skipped or cut; the mail is attached as it came wherever there is one."""


@dataclass(frozen=True, slots=True)
class Worded:
    """What a mail says, as it can be kept, and the files that go with it."""

    text: str
    files: tuple[Attachment, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was taken apart, before anybody says what becomes of it. It can be sent between processes."""

    headers: Headers
    sender: Sender
    subject: str | None
    message_id: str
    notice_id: str | None
    """The newest of our notices that it says it answers."""
    case_token: str | None
    """The end of a case's id in its subject, as our own letters have it."""
    contents: Contents
    original: Attachment
    """As it came, without what servers wrote above it."""
    blank: bool
    """There is nothing at all behind the headers."""
    ours: frozenset[str] = frozenset()
    """Addresses at which mail reaches us."""

    @property
    def worded(self) -> Worded:
        """What it says. Of an answer to a notice without what it quotes of it, unless it forwards something as the answer."""
        answers = self.notice_id is not None and not is_forward(self.headers.text("Subject"))
        subject = self.headers.text("Subject")[:1_000]
        own, quoted = without_quotes(self.contents.text, self.ours, subject) if answers else (self.contents.text, "")
        if quoted and not own:
            # Our own words, given back, are nobody's answer.
            own = NOTHING_NEW
        return _worded(self, own, quoted)

    @property
    def automatic(self) -> str | None:
        """Why nobody wrote it: ``automatic_answer`` or ``bounce``; None: somebody may have."""
        submitted = (self.headers.raw("Auto-Submitted") or "no").split(";")[0].strip().lower()
        # A web form may send real reports as "auto-generated"; what comes back to a notice of ours by itself never is one.
        if submitted.startswith("auto-replied") or (self.notice_id and submitted != "no"):
            return "automatic_answer"
        bounced = self.headers.raw("Return-Path").strip() == "<>"
        return "bounce" if bounced or self.contents.media_type == "multipart/report" else None


class MailIntake:
    """Reads mails for one tenant. ``message_domain`` is the one in the Message-IDs of our own notices (``<ntc_…@domain>``).

    ``ours`` are the addresses at which mail reaches us, in lower case: nobody writes from them, a group at most sends mail on.
    """

    def __init__(
        self,
        message_domain: str,
        *,
        kind: str = "bounty_dispute",
        respondent: ReportedParty | None = None,
        ours: Collection[str] = (),
    ) -> None:
        self._ours = re.compile(
            rf"<\s*(ntc_[A-Za-z0-9_:-]{{1,120}})(?:\.[0-9a-f]{{20}})?@{re.escape(message_domain)}\s*>", re.IGNORECASE
        )
        # What only the letter to one recipient had: whoever is shown what they answer must not be able to speak as they.
        domain = re.escape(message_domain.encode())
        self._token = re.compile(
            rb"\.[0-9a-f]{20}(?=@" + domain + rb")|(?:\+|%2B)[a-z2-7]{26}[0-9a-f]{20}(?=@|%40)|" + _OPENS, re.IGNORECASE
        )
        self._kind = kind
        self._respondent = respondent
        self._addresses = frozenset(ours)

    def read(self, raw: bytes, *, kind: str | None = None) -> Report | Reply | None:
        """The report or the reply; None for what a machine sent back (bounces, holiday notes), which must not open a case.

        Raises :class:`ReportInvalid`, whose fields name the header or ``body``.
        """
        return self.becomes(self.opened(raw), kind=kind)

    def opened(self, raw: bytes) -> Mail:
        """The mail, taken apart. Raises :class:`ReportInvalid` for one that is too large."""
        if len(raw) > MAX_BYTES:
            raise ReportInvalid.one("too_large", "body", f"The e-mail has {len(raw)} bytes; at most {MAX_BYTES} are taken.")
        taken = opened(raw)
        return self._mail(taken.top.headers, self._without_tokens(contents_of(taken)), raw, taken.top.start)

    def words(self, raw: bytes) -> Reply:
        """What a mail says, whoever sent it and whatever becomes of it: for a person who looks at it."""
        mail = self.opened(raw)
        worded = mail.worded
        return Reply(
            mail.notice_id or "", mail.sender.address, mail.message_id, worded.text, worded.files, mail.headers, worded.doubts
        )

    def unread(self, raw: bytes, *, kind: str | None = None) -> Report | Reply | None:
        """What becomes of a mail that could not be read, by its first headers alone: it is kept whole, and says so."""
        headers, _ = headers_at(raw[:MAX_HEAD].lstrip(b"\r\n"), 0, MAX_HEAD)
        contents = Contents("application/octet-stream", UNREAD, "", False, (), ("unread",), ())
        return self.becomes(self._mail(headers, contents, raw, 0), kind=kind)

    def becomes(self, mail: Mail, *, kind: str | None = None) -> Report | Reply | None:
        """What :meth:`read` answers of a mail that was taken apart already."""
        if mail.automatic:
            return None
        return self._reply(mail) if mail.notice_id else self._report(mail, kind or self._kind)

    def _mail(self, headers: Headers, contents: Contents, raw: bytes, body_at: int) -> Mail:
        subject = line(self._plain(headers.text("Subject")), limit=1_000)
        sender = sender_of(headers, self._addresses)
        token = _CASE.search(subject or "")
        return Mail(
            headers=headers,
            sender=replace(sender, name=self._plain(_name_of(sender))),
            subject=line(_PREFIX.sub("", subject)) if subject else None,
            message_id=_message_id(headers, raw),
            notice_id=self._answered(headers),
            case_token=token[1].lower() if token else None,
            contents=contents,
            original=Attachment(name=ORIGINAL, media_type="message/rfc822", data=self._token.sub(_bare, _as_written(raw))),
            blank=not raw[body_at:].strip(b"\x00 \t\r\n"),
            ours=self._addresses,
        )

    def _plain(self, text: str) -> str:
        data = text.encode("utf-8", "surrogatepass")
        return self._token.sub(_bare, data).decode("utf-8", "surrogatepass") if self._token.search(data) else text

    def _without_tokens(self, contents: Contents) -> Contents:
        written = ("text/", "message/", "application/xhtml+xml")
        files = tuple(
            file.model_copy(update={"data": self._token.sub(_bare, file.data)}) if file.media_type.startswith(written) else file
            for file in contents.files
        )
        return replace(contents, text=self._plain(contents.text), inner=self._plain(contents.inner), files=files)

    def _answered(self, headers: Headers) -> str | None:
        """The newest of our notices that the mail says it answers."""
        for name in ("In-Reply-To", "References"):
            found = self._ours.findall(headers.raw(name))
            if found:
                return str(found[-1])
        return None

    def _report(self, mail: Mail, kind: str) -> Report:
        sender, name = _sender(mail)
        worded = mail.worded
        text, subject = worded.text, mail.subject
        matter = _MATTER.search(subject or "")
        if not text and (subject or worded.files):
            text = f"The e-mail has no text. Its subject: {subject or '(none)'}."
        claimant = ReportedParty(side=Side.CLAIMANT, ref=sender.lower(), name=name, email=sender)
        others = [self._respondent] if self._respondent and self._respondent.ref != claimant.ref else []
        return shaped(
            {
                "kind": kind,
                "source": "email",
                "external_id": mail.message_id,
                "matter": matter[1] if matter else None,
                "subject": subject,
                "statement": text,
                "parties": [claimant, *others],
                "attributes": {"attachments": len(mail.contents.files), "html_only": mail.contents.html_only},
                "attachments": worded.files,
            }
        )

    def _reply(self, mail: Mail) -> Reply:
        sender, _ = _sender(mail)
        worded = mail.worded
        if not worded.text and not worded.files:
            raise _wrong("body", "text_empty", "The e-mail says nothing new: there is no text beside the quoted one.")
        return Reply(
            notice_id=mail.notice_id or "",
            sender=sender,
            message_id=mail.message_id,
            text=worded.text or "(No text; see the attachments.)",
            attachments=worded.files,
            headers=mail.headers,
            doubts=worded.doubts,
        )


def _bare(found: re.Match[bytes]) -> bytes:
    """What stands where a secret stood: of an address nothing, of what opens a door that there was something."""
    return b"" if found[0][:1] in b".+%" else TAKEN_OUT.encode()


def _wrong(field: str, code: str, message: str) -> ReportInvalid:
    return ReportInvalid.one("report_invalid", field, message, field_code=code)


def _sender(mail: Mail) -> tuple[str, str | None]:
    if not mail.sender.address and not mail.headers.raw("From").strip("<> \t"):
        raise _wrong("From", "sender_missing", "There is no sender; the claimant could not be told anything.")
    sender = email_or_none(mail.sender.address)
    if sender is None or reference_or_none(sender.lower()) is None:
        raise _wrong("From", "email_invalid", "The sender is not an e-mail address.")
    return sender, line(mail.sender.name)


def _name_of(sender: Sender) -> str:
    """The name, unless it holds an address: that tells whoever reads only names that it is somebody else's."""
    return "" if _HOLDS_ADDRESS.search(sender.name) else sender.name


def _message_id(headers: Headers, raw: bytes) -> str:
    """The Message-ID without its brackets; a digest of the mail when it has none that can be kept."""
    given = headers.raw("Message-ID").strip().strip("<>").strip()
    return reference_or_none(given) or f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _as_written(raw: bytes) -> bytes:
    """The mail without the headers of the servers that it passed: the same one that came twice is one file."""
    kept: list[bytes] = []
    at, dropped = 0, False
    while at < len(raw):
        stop = raw.find(b"\n", at) + 1 or len(raw)
        text = raw[at:stop]
        if not text.strip():
            return b"".join([*kept, raw[at:]])
        if text[:1] not in b" \t":
            dropped = text[:100].partition(b":")[0].strip().lower().decode("latin-1") in ON_THE_WAY
        if not dropped:
            kept.append(text)
        at = stop
    return b"".join(kept)


def _worded(mail: Mail, own: str, quoted: str) -> Worded:
    """What the sender wrote, and the files: theirs, then what was taken out of the text, then the mail itself wherever
    something of it was guessed, skipped or cut."""
    contents = mail.contents
    said = "\n\n".join(part for part in (own, contents.inner) if part)
    doubts = {*contents.doubts, *contents.locked}
    doubts |= {code for code, there in (("quoted", quoted), ("sender", mail.sender.guessed)) if there}
    if not said and not mail.blank:
        doubts.add("empty")
    notes = [*([_several(mail.sender.others)] if mail.sender.others else []), *(_LOCKED[code] for code in contents.locked)]
    text, cut = _with_notes(said, notes)
    always = [_text_file(name, data) for name, data in (("full-text.txt", said if cut else ""), (QUOTED, quoted)) if data]
    doubts |= {"cut"} if cut else set()
    files, left = fitting(contents.files, [*always, *([mail.original] if doubts else [])])
    if left:
        doubts.add("files")
        files, left = fitting(contents.files, _within([*always, mail.original]))
        text, _ = _with_notes(said, [*notes, _left_out(left)])
    return Worded(text, files, tuple(sorted(doubts)))


def _within(always: list[Attachment]) -> list[Attachment]:
    """What fits, from the end: the mail itself holds all the rest."""
    room, kept = MOST_ATTACHED, list[Attachment]()
    for file in reversed(always):
        if len(file.data) <= room:
            room -= len(file.data)
            kept.insert(0, file)
    return kept


def _with_notes(said: str, notes: list[str]) -> tuple[str, bool]:
    """The text as it can be kept, with what there is to say about it in front where it is long, and whether it was cut."""
    told = "\n".join(f"[{note}]" for note in notes)
    if not told:
        return prose(said)
    text, cut = prose(said)
    if cut:
        return prose(f"{told}\n\n{said}")
    return prose(f"{text}\n\n{told}".strip())[0], False


def _several(others: tuple[str, ...]) -> str:
    told = ", ".join(others[:20])[:1_000]
    return f"The e-mail says that it is from others, too: {told}. Who of them wrote it is not said. It is attached as it came."


def _left_out(names: tuple[str, ...]) -> str:
    told = ", ".join(names[:20])[:1_000]
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return f"Not attached by themselves, for they are too many or too large together: {told}{more}. They are in original.eml."


def _text_file(name: str, text: str) -> Attachment:
    return Attachment(name=name, media_type="text/plain", data=text.encode("utf-8", "replace"))
