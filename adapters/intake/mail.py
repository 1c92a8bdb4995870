"""An e-mail as it came off the wire (RFC 5322): a new report, or an answer to one of our own notices."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.errors import MessageError
from email.parser import BytesParser

from adapters.intake.errors import ReportInvalid
from adapters.intake.mail_headers import AnyMessage, BoundedHeaders, header, raw_header, sender_of
from adapters.intake.mail_parts import Contents, contents_of
from adapters.intake.mail_quotes import without_quotes
from adapters.intake.shapes import email_or_none, line, prose, reference_or_none, shaped
from domain.base import Side
from domain.model.report import Attachment, Report, ReportedParty

MAX_BYTES = 20_000_000
"""Ten attachments of one megabyte in base64, with room; mail servers rarely take more."""

MAX_ATTACHMENTS = 10

MAX_LINES = 300_000
"""Twenty megabytes of base64 have 263,000 lines. The parser's time grows with the lines."""

MAX_MULTIPARTS = 50
"""In one another. The parser looks at a line once for each multipart that it lies in."""

_PARSER = BytesParser(policy=BoundedHeaders())
# What the standard library's parser raises on headers and parts that break the rules.
_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)
_MATTER = re.compile(r"#([A-Za-z0-9][A-Za-z0-9-]{2,39})\b")
_PREFIX = re.compile(r"^(?:\s*(?:re|aw|sv|antw|fwd?|wg|tr|rv)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE)


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


class MailIntake:
    """Reads mails for one tenant. ``message_domain`` is the one in the Message-IDs of our own notices (``<ntc_…@domain>``)."""

    def __init__(self, message_domain: str, *, kind: str = "bounty_dispute", respondent: ReportedParty | None = None) -> None:
        self._ours = re.compile(
            rf"<\s*(ntc_[A-Za-z0-9_:-]{{1,120}})(?:\.[0-9a-f]{{20}})?@{re.escape(message_domain)}\s*>", re.IGNORECASE
        )
        self._kind = kind
        self._respondent = respondent

    def read(self, raw: bytes, *, kind: str | None = None) -> Report | Reply | None:
        """The report or the reply; None for what a machine sent back (bounces, holiday notes), which must not open a case.

        Raises :class:`ReportInvalid`, whose fields name the header or ``body``.
        """
        if len(raw) > MAX_BYTES:
            raise ReportInvalid.one("too_large", "body", f"The e-mail has {len(raw)} bytes; at most {MAX_BYTES} are taken.")
        message, contents = _opened(raw)
        notice_id = self._answered(message)
        if _automatic(message, contents, bool(notice_id)):
            return None
        if notice_id:
            return _reply(message, contents, raw, notice_id)
        return self._report(message, contents, raw, kind or self._kind)

    def _answered(self, message: AnyMessage) -> str | None:
        """The newest of our notices that the mail says it answers."""
        for name in ("In-Reply-To", "References"):
            found = self._ours.findall(raw_header(message, name))
            if found:
                return str(found[-1])
        return None

    def _report(self, message: AnyMessage, contents: Contents, raw: bytes, kind: str) -> Report:
        sender, name = _sender(message)
        text, attachments = _worded(contents)
        subject = line(_PREFIX.sub("", header(message, "Subject")))
        matter = _MATTER.search(subject or "")
        if not text and (subject or attachments):
            text = f"The e-mail has no text. Its subject: {subject or '(none)'}."
        claimant = ReportedParty(side=Side.CLAIMANT, ref=sender.lower(), name=name, email=sender)
        others = [self._respondent] if self._respondent and self._respondent.ref != claimant.ref else []
        return shaped(
            {
                "kind": kind,
                "source": "email",
                "external_id": _message_id(message, raw),
                "matter": matter[1] if matter else None,
                "subject": subject,
                "statement": text,
                "parties": [claimant, *others],
                "attributes": {"attachments": len(contents.attachments), "html_only": contents.html_only},
                "attachments": attachments,
            }
        )


def _reply(message: AnyMessage, contents: Contents, raw: bytes, notice_id: str) -> Reply:
    sender, _ = _sender(message)
    text, attachments = _worded(contents)
    if not text and not attachments:
        raise _wrong("body", "text_empty", "The e-mail says nothing new: there is no text beside the quoted one.")
    return Reply(
        notice_id=notice_id,
        sender=sender,
        message_id=_message_id(message, raw),
        text=text or "(No text; see the attachments.)",
        attachments=attachments,
    )


def _opened(raw: bytes) -> tuple[AnyMessage, Contents]:
    try:
        if raw.count(b"\n") > MAX_LINES or raw.lower().count(b"multipart/") > MAX_MULTIPARTS:
            raise MessageError
        message = _PARSER.parsebytes(raw)
        return message, contents_of(message)
    except _BROKEN:
        raise ReportInvalid.one(
            "mail_unreadable", "body", "This is not an e-mail that can be read (RFC 5322 with MIME)."
        ) from None


def _wrong(field: str, code: str, message: str) -> ReportInvalid:
    return ReportInvalid.one("report_invalid", field, message, field_code=code)


def _sender(message: AnyMessage) -> tuple[str, str | None]:
    name, address = sender_of(message)
    if not address:
        raise _wrong("From", "sender_missing", "There is no sender; the claimant could not be told anything.")
    sender = email_or_none(address)
    if sender is None or reference_or_none(sender.lower()) is None:
        raise _wrong("From", "email_invalid", "The sender is not an e-mail address.")
    return sender, line(name)


def _message_id(message: AnyMessage, raw: bytes) -> str:
    """The Message-ID without its brackets; a digest of the mail when it has none that can be kept."""
    given = raw_header(message, "Message-ID").strip().strip("<>").strip()
    return reference_or_none(given) or f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _automatic(message: AnyMessage, contents: Contents, answers_us: bool) -> bool:
    submitted = (raw_header(message, "Auto-Submitted") or "no").split(";")[0].strip().lower()
    # A web form may send real reports as "auto-generated"; what comes back to a notice of ours by itself never is one.
    if submitted.startswith("auto-replied") or (answers_us and submitted != "no"):
        return True
    bounced = raw_header(message, "Return-Path").strip() == "<>"
    return bounced or contents.media_type == "multipart/report"


def _worded(contents: Contents) -> tuple[str, tuple[Attachment, ...]]:
    """What the sender wrote, and the attachments: theirs, then what was taken out of the text."""
    own, quoted = without_quotes(contents.text)
    text, cut = prose(own)
    kept = [
        (name, data) for name, data, there in (("full-text.txt", own, cut), ("quoted-text.txt", quoted, bool(quoted))) if there
    ]
    room = MAX_ATTACHMENTS - len(kept)
    left_out = [*contents.left_out, *(a.name for a in contents.attachments[room:])]
    if left_out:
        told = ", ".join(left_out[:20])[:1_000]
        text, _ = prose(
            f"[Left out, because an attachment may have 1 MB and a report {MAX_ATTACHMENTS} of them: {told}]\n\n{text}".strip()
        )
    extra = tuple(Attachment(name=name, media_type="text/plain", data=_utf8(data)) for name, data in kept)
    return text, contents.attachments[:room] + extra


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")[:1_000_000]
