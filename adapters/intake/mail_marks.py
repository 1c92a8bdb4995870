"""What a mail says about itself beside its words: whose it is, what it answers, and whether a letter may follow it at all.

Read from its first headers alone, in time that grows with their length, before anything else looks at the mail.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b32decode, b32encode
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from email.utils import getaddresses
from itertools import islice
from uuid import UUID

from adapters.intake.mail_headers import MAX_HEADER, ON_THE_WAY, readable, words_decoded
from adapters.intake.mail_headers import Headers as Fields
from adapters.intake.mail_machine import (
    Headers,
    Shown,
    by_a_server,
    gives_back,
    has_report,
    is_persons_address,
    is_report,
    sign_of,
)
from adapters.intake.mail_proof import Network, Verdict, handed_back, no_path_said, verdict_of
from adapters.intake.mail_report import reported
from adapters.intake.mail_senders import addresses_in, sender_of

LETTER_TAG = "letter"
"""Behind the plus of an address of ours: where letters about no case are answered. What comes there is nobody's first mail."""
MAX_HEAD = 2_000_000
"""Bytes of headers that are looked at; mail servers take less."""
MAX_HEADERS = 2_000
"""Headers that are kept of one mail, and of one name that servers write on the way a tenth."""
MAX_PLACES = 500
"""Of our domain in a bounce."""
MAX_RETURNED = 2_000_000
"""Bytes of a mail in which a bounce is searched for what it gives back of ours."""

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_NAME = re.compile(rb"^(?:([!-9;-~]{1,200})[ \t]*:|\r?$)", re.MULTILINE)
"""A header's name, or the end of all of them."""
_RESULTS = b"authentication-results"
_CASE = re.compile(r"\(case ([0-9a-f]{8})\)", re.IGNORECASE)
_REACTION = re.compile(rb"^Content-Type:\s{0,20}text/vnd\.google\.email-reaction\+json", re.IGNORECASE | re.MULTILINE)
"""Gmail's way to say that somebody put a picture of a face to a mail (its emoji reactions): no words of theirs."""
_TOKEN = 20
_COMPACT = 26


@dataclass(frozen=True, slots=True)
class Answered:
    """A notice of ours that a mail names."""

    notice_id: str
    token: str | None
    """What only the letter to that recipient had; None: the mail names the notice without it."""


@dataclass(frozen=True, slots=True)
class MailMarks:
    """A mail from the outside."""

    author: str
    """The address of whoever wrote it, in lower case; empty when there is none."""
    subject: str
    message_id: str
    """Of the mail, without brackets; a digest of its bytes when it has none."""
    verdict: Verdict
    """What our relay says of the author's domain."""
    answers: tuple[Answered, ...]
    """Notices that it answers, those with a token first, the newest before older ones."""
    case_token: str | None
    """What a subject of ours ends with: the last eight of a case's id."""
    sign: Shown | None
    """That a machine wrote it."""
    own: str | None
    """That it is ours, come back (``own_notice``, ``own_sender``), or says that it comes from where it goes (``own_address``)."""
    names_letter: bool = False
    """It names a letter of ours of any kind as what it answers, or goes to where such a letter is answered."""
    returned: tuple[Answered, ...] = ()
    """Of a bounce: the notices that it gives back."""
    null_path: bool = False
    """It has the return path of what nobody is to answer (RFC 3464, section 2), written once, and our relay says nothing else."""
    of_server: bool = False
    """A mail server alone names itself as who wrote it."""
    by_relay: bool = False
    """Our own relay wrote it: it hands back what another server refused."""
    recipients: tuple[tuple[str, str], ...] = ()
    """Of a delivery report: whom it speaks of, and what it says of each (``failed``, ``delayed``, ``delivered``, …)."""
    one_author: bool = True
    """Its From names one address and no other: of several nobody knows whose word it is (RFC 5322, section 3.6.2)."""
    headed: bool = True
    """It has a header at all; without one it is no mail."""


@dataclass(frozen=True)
class MarksReader:
    """Reads marks, by what this installation is."""

    message_domain: str
    """The domain in the Message-IDs of our own notices (``<ntc_…@domain>``)."""
    own: frozenset[str] = frozenset()
    """Addresses that letters come from and mail goes to, in lower case."""
    relays: tuple[str, ...] = ()
    """Whose Authentication-Results are believed, by ``authserv-id``."""
    hosts: tuple[str, ...] = ()
    """Names of our own mail servers in ``Received``, beside those."""
    networks: tuple[Network, ...] = ()
    """From where our own mail servers hand mail on to each other."""
    tokens_alone: bool = False
    """Without any relay a letter's token proves who answers it: for tenants of development, where no stranger writes."""
    _notice: re.Pattern[str] = field(init=False, repr=False)
    _ours: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        domain = re.escape(self.message_domain)
        pattern = rf"(ntc_[A-Za-z0-9_:-]{{1,120}}?)(?:\.([0-9a-f]{{{_TOKEN}}}))?@{domain}(?![A-Za-z0-9.-])"
        object.__setattr__(self, "_notice", re.compile(pattern, re.IGNORECASE))
        # Letters about no case have ids of other kinds.
        ours = rf"(?:ntc|ltr|unp)_[A-Za-z0-9_.:-]{{1,160}}@{domain}(?![A-Za-z0-9.-])"
        object.__setattr__(self, "_ours", re.compile(ours, re.IGNORECASE))

    def read(self, raw: bytes) -> MailMarks:
        """The marks of a mail. Raises nothing: what cannot be read is not there."""
        headers = _headers(raw)
        to = {address for name in ("to", "cc", "delivered-to", "x-original-to") for address in _addresses(headers, name)}
        wrote = sender_of(_fields(headers), self.own)
        author, munged = plain_lower(wrote.address), wrote.guessed
        own_list = munged and any(_list_of(address) in _lists(headers) for address in to | self.own)
        subject = words_decoded(_first(headers, "subject")).strip()
        # A sign in a subject is one also where it was put into encoded words.
        shown = {**headers, "subject": [subject]} if subject else headers
        sign = sign_of(shown, own_list=own_list)
        if sign is not None and sign.worded and self._is_first(raw, headers, author, subject, to):
            sign = sign_of(shown, own_list=own_list, first=True)
        if (sign is None or sign.faint) and _REACTION.search(raw[:MAX_RETURNED]) is not None:
            sign = Shown("reaction", certain=False)
        recipients, texts = reported(raw[:MAX_RETURNED]) if is_report(headers) else ((), raw[:MAX_RETURNED])
        token = _CASE.search(subject)
        results, together = headers.get("authentication-results", ()), _together(raw)
        by_relay = handed_back(results, (*self.relays, *self.hosts), headers.get("received", ()), self.networks)
        return MailMarks(
            author=author,
            subject=subject,
            message_id=_first(headers, "message-id").strip().strip("<>").strip() or f"sha256:{hashlib.sha256(raw).hexdigest()}",
            verdict=self._verdict(results, "" if munged else author, together),
            answers=self._answered(headers),
            case_token=token[1].lower() if token else None,
            names_letter=self._names_letter(headers, to),
            sign=sign,
            own=self._own(headers, author),
            returned=self._came_back(headers, texts) if gives_back(shown, [action for _, action in recipients]) else (),
            null_path=[path.strip().replace(" ", "") for path in headers.get("return-path", ())] == ["<>"]
            and (by_relay or no_path_said(results, self.relays, together)),
            # Where no stranger writes, a letter's token is enough.
            by_relay=by_relay or (self.tokens_alone and not self.relays),
            of_server=len(headers.get("from", ())) == 1
            and by_a_server(
                addresses_in(_first(headers, "from")), _addresses(headers, "sender") + _addresses(headers, "reply-to")
            ),
            recipients=recipients,
            # Who stands beside the field is what a list says, and no proof.
            one_author=not munged and len(headers.get("from", ())) == 1 == len(addresses_in(_first(headers, "from"))),
            headed=bool(headers),
        )

    def _verdict(self, results: Sequence[str], author: str, together: int) -> Verdict:
        found = verdict_of(results, self.relays, author, together)
        return "unproven" if found == "none" and not self.relays and not self.tokens_alone else found

    def _own(self, headers: Headers, author: str) -> str | None:
        if any(name.startswith("x-ombud-") for name in headers) or self._ours.search(_first(headers, "message-id")):
            return "own_notice"
        if _base(author) in self.own:
            return "own_sender"
        # Whoever sends a copy to themselves is a person; what went to nobody else, or was delivered to its own sender, is a loop.
        delivered = {address for name in ("delivered-to", "x-original-to") for address in _addresses(headers, name)}
        return "own_address" if author and (set(_addresses(headers, "to")) == {author} or author in delivered) else None

    def _is_first(self, raw: bytes, headers: Headers, author: str, subject: str, to: Set[str]) -> bool:
        """Whether it may be a person's first mail: it answers nothing, of ours or of anybody else, holds no report of a server
        and no letter of ours, and its author is somebody who can be answered."""
        answers = any(value.strip() for name in ("in-reply-to", "references") for value in headers.get(name, ()))
        if answers or _CASE.search(subject) or self._names_letter(headers, to) or not is_persons_address(author):
            return False
        return not has_report(raw[:MAX_RETURNED]) and not self._given_back(raw)

    def _names_letter(self, headers: Headers, to: Set[str]) -> bool:
        named = any(self._ours.search(" ".join(headers.get(name, ()))) for name in ("in-reply-to", "references"))
        tags = {address.rpartition("@")[0].partition("+")[2] for address in to if _base(address) in self.own}
        return named or LETTER_TAG in tags or any(_compact(address) is not None for address in to)

    def _answered(self, headers: Headers) -> tuple[Answered, ...]:
        by_address = [
            found for name in ("to", "cc", "delivered-to", "x-original-to") for found in map(_compact, _addresses(headers, name))
        ]
        by_id = [
            Answered(match[1].lower(), match[2].lower() if match[2] else None)
            for name in ("in-reply-to", "references")
            for match in reversed(list(self._notice.finditer(" ".join(headers.get(name, ())))))
        ]
        every = dict.fromkeys([*(found for found in by_address if found), *by_id])
        return tuple(sorted(every, key=lambda answered: answered.token is None))[:20]

    def _came_back(self, headers: Headers, texts: bytes) -> tuple[Answered, ...]:
        """What it gives back; of a report without the letter itself, which it need not have (RFC 6522, section 3), what it
        answers with the letter's token."""
        named = self._given_back(texts)
        return named or tuple(one for one in self._answered(headers) if one.token is not None)

    def _given_back(self, raw: bytes) -> tuple[Answered, ...]:
        # Lines that quoted-printable has broken are one again; the head is the bounce's own and says what it answers.
        text = raw[:MAX_RETURNED].replace(b"=\r\n", b"").replace(b"=\n", b"").decode("latin-1")
        end = f"@{self.message_domain}".lower()
        found: dict[Answered, None] = {}
        # From the rare end of a Message-ID backwards: to look for its beginning everywhere takes seconds for a hostile mail.
        for place in islice(_places(text.lower(), end), MAX_PLACES):
            match = self._notice.search(text, max(0, place - 160), place + len(end) + 1)
            if match is not None:
                found[Answered(match[1].lower(), match[2].lower() if match[2] else None)] = None
        return tuple(found)[:20]


def reply_address(address: str, notice_id: str, token: str) -> str | None:
    """Where the answer to one letter goes: below ``address``, unguessable, and different for each recipient. None for a notice of
    another shape, or when there is no room (RFC 5321: 64 characters before the @)."""
    local, _, domain = address.rpartition("@")
    try:
        compact = b32encode(UUID(notice_id.removeprefix("ntc_")).bytes).decode().rstrip("=").lower()
    except ValueError:
        return None
    made = f"{local}+{compact}{token}"
    return f"{made}@{domain}" if len(made) <= 64 else None


def letter_address(address: str) -> str:
    """Where a letter without a token is answered: what comes there is known to be an answer, whatever its machine leaves out."""
    local, _, domain = address.rpartition("@")
    made = f"{local}+{LETTER_TAG}"
    return f"{made}@{domain}" if len(made) <= 64 else address


def _places(text: str, wanted: str) -> Iterator[int]:
    place = text.find(wanted)
    while place >= 0:
        yield place
        place = text.find(wanted, place + 1)


def _compact(address: str) -> Answered | None:
    """The notice in an address that :func:`reply_address` made."""
    tag = address.rpartition("@")[0].rpartition("+")[2]
    if len(tag) != _COMPACT + _TOKEN or not re.fullmatch(rf"[a-z2-7]{{{_COMPACT}}}[0-9a-f]{{{_TOKEN}}}", tag):
        return None
    return Answered(f"ntc_{UUID(bytes=b32decode(tag[:_COMPACT].upper() + '======'))}", tag[_COMPACT:])


def _headers(raw: bytes) -> dict[str, list[str]]:
    """All headers of the mail itself, by their name in lower case, unfolded, each with an end. Of what servers write on the way
    there may be any number; it takes no room from what the author wrote."""
    found: dict[str, list[str]] = {}
    field_bytes, kept = bytearray(), 0
    head = raw[:MAX_HEAD]
    # A lone return ends no line, or whoever writes one into a header writes headers of their own (RFC 5322, section 2.2).
    for line in [*(head if b"\n" in head else head.replace(b"\r", b"\n")).split(b"\n"), b""]:
        line = line.removesuffix(b"\r")  # noqa: PLW2901 - the line without its end
        if line[:1] in (b" ", b"\t") and line.strip():
            if len(field_bytes) < MAX_HEADER:
                field_bytes += b" " + line.strip()
            continue
        match = _FIELD.match(field_bytes)
        if match is not None:
            values = found.setdefault(match[1].decode("ascii").lower(), [])
            on_the_way = match[1].lower().decode("ascii") in ON_THE_WAY
            if len(values) < MAX_HEADERS // 10 if on_the_way else kept < MAX_HEADERS:
                values.append(readable(match[2].strip()[:MAX_HEADER].decode("ascii", "surrogateescape")))
                kept += not on_the_way
        if not line.strip():
            break
        field_bytes = bytearray(line[: MAX_HEADER + 200])
    return found


def _together(raw: bytes) -> int:
    """How many Authentication-Results stand on each other at the top, above the first ``Received``: nobody but our own servers
    writes there. Below it what came may begin with one of its own."""
    names: list[bytes] = []
    for match in islice(_NAME.finditer(raw[:MAX_HEAD]), MAX_HEADERS):
        if match[1] is None:
            break
        names.append(match[1].lower())
    if _RESULTS not in names:
        return 0
    first = names.index(_RESULTS)
    if b"received" in names[:first]:
        return 1
    return next((at for at, name in enumerate(names[first:]) if name != _RESULTS), len(names) - first)


def _fields(headers: Headers) -> Fields:
    return Fields(tuple((name, value) for name, values in headers.items() for value in values))


def _addresses(headers: Headers, name: str) -> list[str]:
    try:
        found = getaddresses([value.replace("\x00", "") for value in headers.get(name, ())][:50])
    except (ValueError, TypeError, IndexError, RecursionError):
        found = []
    return [address.strip().strip("'").lower() for _, address in found if "@" in address][:200]


def plain_lower(address: str) -> str:
    """An address with A to Z in lower case: other letters that fold to one of them are not it (RFC 5321, section 2.4)."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in address)


def _base(address: str) -> str:
    """The address without what stands behind a plus: an answer's own address is ours as well."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _first(headers: Headers, name: str) -> str:
    return next(iter(headers.get(name, ())), "")


def _list_of(address: str) -> str:
    return address.replace("@", ".")


def _lists(headers: Headers) -> set[str]:
    """The ids of the lists that it came by (RFC 2919)."""
    return {value.rpartition("<")[2].strip(" >").lower() for value in headers.get("list-id", ())}
