"""What tells that no person wrote a mail just now: one table of the signs that mail programs and servers use, with their sources.

A letter of ours must never answer a machine, for a machine may answer that again, without end. So every sign here stops letters.
What else becomes of the mail depends on how sure the sign is: a *certain* one is a machine's own word and the mail is let go; a
*doubtful* one is also on the mail of people (a mailing list, a web form), so the mail is kept for somebody to look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from adapters.intake.mail_mime import opened
from adapters.intake.mail_subjects import says_automatic, says_away, says_read

Headers = Mapping[str, Sequence[str]]
"""All values of each header, unfolded, by its name in lower case."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One way in which a machine shows itself."""

    code: str
    certain: bool
    """No person's mail bears it. Otherwise it is kept for the team."""
    source: str
    """Who says so: a standard, or the program that writes it."""
    shows: Callable[[Headers], bool]
    faint: bool = False
    """People's mail programs, lists and providers write it on what people wrote: alone it says little. Such signs stand last."""
    of_first: Callable[[Headers], bool] | None = None
    """Of one by words of the subject that people write as well: what shows it on a first mail, which may be a person's."""


def _is(name: str, *values: str) -> Callable[[Headers], bool]:
    """Whether a header has one of these values; a parameter or comment behind it does not count."""
    return lambda headers: any(_word(value) in values for value in headers.get(name, ()))


def _there(*names: str) -> Callable[[Headers], bool]:
    return lambda headers: any(value.strip() for name in names for value in headers.get(name, ()))


def _named(pattern: str, *, but: Sequence[str]) -> Callable[[Headers], bool]:
    """Whether a header of one's own invention (X-…) has such a name, and does not say no."""
    compiled = re.compile(rf"^x-.*{pattern}")
    told = ("", "no", "none", "false", "0")
    return lambda headers: any(
        name not in but and compiled.search(name) and any(_word(value) not in told for value in values)
        for name, values in headers.items()
    )


def _says_yes(*names: str) -> Callable[[Headers], bool]:
    """Whether one of these headers is there and does not say no."""
    return lambda headers: any(_word(value) not in ("", "no", "false", "0") for name in names for value in headers.get(name, ()))


def _matches(name: str, pattern: str) -> Callable[[Headers], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda headers: any(compiled.search(value[:1000]) for value in headers.get(name, ()))


def _subject(says: Callable[[str], bool]) -> Callable[[Headers], bool]:
    return lambda headers: any(says(value) for value in headers.get("subject", ()))


def _never(_headers: Headers) -> bool:
    return False


def _all(*shown: Callable[[Headers], bool]) -> Callable[[Headers], bool]:
    return lambda headers: all(one(headers) for one in shown)


def _any(*shown: Callable[[Headers], bool]) -> Callable[[Headers], bool]:
    return lambda headers: any(one(headers) for one in shown)


def _word(value: str) -> str:
    """The keyword of a structured field; comments may stand before it (RFC 3834, section 5)."""
    return re.split(r"[;(\s]", re.sub(r"^(?:\s*\([^()]*\))+", "", value[:1000]).strip(), maxsplit=1)[0].lower()


_FAILED = (
    r"(undeliver|delivery (?:status notification|failure|has failed|delayed)|mail delivery (?:failed|failure|system|subsystem)"
    r"|returned mail|failure notice|failed delivery|message (?:not|could not be) delivered|delivery problem|unzustellbar"
    r"|non remis|no se pudo entregar|mancata consegna)"
)
_DAEMON = r"(^|<|\s|\")(mailer-daemon|mail-daemon|mail delivery (?:sub)?system|maildaemon)(@|>|\"|\s|$)"
_POSTMASTER = r"(^|<|\s)(postmaster|bounces?[-+_.=a-z0-9]*|mmdf|uucp)@"

_REACTION = (
    r"^\s*reaction (?:daily )?digest\b|\breacted to your (?:message|e-?mail)\b|\bhat auf ihre (?:nachricht|e-mail) reagiert\b"
    r"|\ba réagi à votre (?:message|e-mail)\b|\b(?:reaccionó|ha reaccionado) a (?:tu|su) mensaje\b"
    r"|\bha reagito al (?:tuo|suo) messaggio\b"
)

_AWAY_SUBJECT = _subject(says_away)
_FAILED_SUBJECT = _matches("subject", _FAILED)
_GENERATED = _is("auto-submitted", "auto-generated", "auto-notified")
_RULES_LOOP = _there("x-ms-exchange-inbox-rules-loop")
_SUPPRESS = _says_yes("x-auto-response-suppress")

SIGNS: tuple[Sign, ...] = (
    Sign("auto_replied", True, "RFC 3834, section 5", _is("auto-submitted", "auto-replied")),
    Sign(
        "delivery_report", True, "RFC 3462 and 3464; RFC 8098 for receipts", _matches("content-type", r"^\s*multipart/report\b")
    ),
    Sign("null_sender", True, "RFC 5321, section 4.5.5: what must not be answered", _matches("return-path", r"^\s*<\s*>")),
    Sign("failed_recipients", True, "Exim, and old sendmail", _there("x-failed-recipients")),
    Sign("mailer_daemon", True, "sendmail, Postfix, qmail, Exim: the sender of bounces", _matches("from", _DAEMON)),
    Sign(
        "bounce", True, "bounces without a report, by their sender and subject together (qmail, old Exchange)",
        _all(_matches("from", _POSTMASTER), _FAILED_SUBJECT),
    ),
    Sign("autoreply", True, "X-Autoreply: cPanel, Exim, Postfix admin", _says_yes("x-autoreply", "x-auto-reply")),
    Sign(
        "autorespond", True, "X-Autorespond and X-Autoresponder: qmail-autoresponder, gnarwl, Plesk",
        _says_yes("x-autorespond", "x-autoresponder", "x-autoreply-from", "x-mail-autoreply", "x-autogenerated-reply"),
    ),
    Sign(
        "auto_reply_precedence", True, "Precedence: auto_reply (Google, vacation)", _is("precedence", "auto_reply", "auto-reply")
    ),
    Sign(
        "away", True, "Exchange and Outlook: what they write themselves, by subject and header together",
        _all(_AWAY_SUBJECT, _any(_SUPPRESS, _GENERATED, _RULES_LOOP, _is("precedence", "bulk", "junk"))),
    ),
    Sign(
        "generated_suppressed", True, "Exchange: generated, and asks that nothing answers (MS-OXCMAIL)",
        _all(_GENERATED, _SUPPRESS),
    ),
    Sign(
        "answers_itself", True, "a header whose name says it (MDaemon, Help Scout, Intercom, OTRS, …)",
        _named(r"auto-?_?(?:repl|respon|answer|generated-?reply)", but=("x-auto-response-suppress",)),
    ),
    Sign(
        "autogenerated", True, "X-Autogenerated: Reply; Delivered-To: Autoresponder; Salesforce's autoResponse; vacation(1)",
        _any(
            _is("x-autogenerated", "reply", "forward", "response"), _is("delivered-to", "autoresponder"),
            _is("x-sfdc-emailcategory", "autoresponse"), _matches("x-mailer", r"\bvacation\b"),
        ),
    ),
    Sign("vacation_program", True, "vacation(1), Sieve (RFC 5230)", _there("x-vacation", "x-sieve-vacation", "x-autoresponse")),
    Sign("complaint_report", True, "RFC 5965: feedback loops of mail providers", _there("feedback-type")),
    Sign(
        "helpdesk", False, "marks of helpdesks, trackers, cron, BoxTrapper and Exchange's own mails, by who writes them",
        _there(
            "x-otrs-loop", "x-rt-loop-prevention", "rt-ticket", "x-servicenow-generated", "x-jira-fingerprint",
            "x-zendesk-from-account-id", "x-boxtrapper", "x-fc-machinegenerated", "x-ms-exchange-generated-message-source",
            "x-post-messageclass", "x-sfdc-emailcategory", "x-autogenerated", "x-kayako", "x-github-reason", "x-gitlab-project",
            "x-cron-env",
            "x-freshdesk-ticket", "x-freshdesk-ticket-id", "x-helpscout-conversation-id", "x-intercom-id", "x-hubspot-ticket-id",
        ),
    ),
    Sign(
        "aggregate_report", False, "RFC 7489, section 7.2.1.1, and RFC 8460, section 5.3: reports of DMARC and TLS",
        _any(_matches("subject", r"^\s*report domain: \S+ +submitter:"), _there("tls-report-domain")),
    ),
    Sign(
        "reaction", False, "Outlook: that somebody reacted to a letter, and its digest of that, by subject",
        _matches("subject", _REACTION),
    ),
    Sign(
        "calendar", False, "RFC 6047: an answer to an invitation; Exchange's mails of its calendar",
        _any(
            _matches("content-type", r"^\s*text/calendar\b.*\bmethod\s*=\s*\"?(?:reply|counter|refresh|declinecounter)\b"),
            _matches("content-class", r"^\s*urn:content-classes:calendarmessage\b"),
        ),
    ),
    Sign(
        "ticket_receipt", False, "Zendesk, Freshdesk and the like without their headers: that a request was received",
        _any(
            _matches("subject", r"^\s*(?:re:\s*)?\[(?:request|ticket|case|message) (?:received|created)\]"),
            _matches("x-mailer", r"^\s*(?:zendesk|freshdesk|freshworks|osticket|zammad)\b"),
        ),
    ),
    Sign("rules_loop", False, "Exchange: a rule of a mailbox sent it on or answered", _RULES_LOOP),
    Sign("away_subject", False, "holiday notes without any header, by their subject", _AWAY_SUBJECT,
        of_first=_subject(says_automatic)),
    Sign("read_subject", False, "Outlook's receipts of having read, by their subject", _subject(says_read), of_first=_never),
    Sign("failed_subject", False, "bounces without any header, by their subject", _FAILED_SUBJECT, of_first=_never),
    Sign("postmaster", False, "RFC 2142: a postmaster may be a person", _matches("from", r"(^|<|\s)postmaster@")),
    Sign("auto_generated", False, "RFC 3834; web forms send people's reports so", _GENERATED),
    Sign(
        "auto_submitted", False, "RFC 3834: anything but no is automatic",
        lambda headers: any(_word(value) not in ("", "no") for value in headers.get("auto-submitted", ())),
    ),
    Sign(
        "bulk", False, "Precedence: bulk and junk (RFC 2076); people's mail through some gateways bears it",
        _is("precedence", "bulk", "junk"),
    ),
    Sign("looped", False, "Postfix, Exim, Sieve: it was delivered to where it comes from", _there("x-loop")),
    Sign(
        "suppress", False, "Exchange and Outlook: asks that nothing answers (MS-OXCMAIL, PidTagAutoResponseSuppress)", _SUPPRESS,
        faint=True,
    ),
    Sign("list", False, "RFC 2919 and 2369: a mailing list; people write to them", _any(
        _is("precedence", "list"), _there("list-id", "list-unsubscribe", "list-post", "mailing-list", "x-mailing-list"),
    ), faint=True),
)  # fmt: skip
"""In the order in which they are asked: the certain ones first, the faint ones last."""


_LATE_SUBJECT = _matches("subject", r"delay|warning|still trying|verz[öo]ger|retard")
_REPORT = _matches("content-type", r"^\s*multipart/report\b")
_BY_A_SERVER = _any(
    _there("x-failed-recipients"),
    _matches("from", _DAEMON),
    _all(_any(_matches("from", _POSTMASTER), _matches("return-path", r"^\s*<\s*>")), _FAILED_SUBJECT),
)


_SERVERS = re.compile(r"(mailer-?daemon|mail-?daemon|postmaster|microsoftexchange[0-9a-f]{32})@[^@]+", re.IGNORECASE)


def by_a_server(addresses: Collection[str], senders: Sequence[str]) -> bool:
    """Whether a mail server names itself as who wrote a bounce, and nobody else beside: ``addresses`` are those in From,
    ``senders`` in Sender and Reply-To. (RFC 2142; sendmail, Postfix, qmail and Exim; Exchange's own mailbox of every domain.)"""
    return len(addresses) == 1 and all(_SERVERS.fullmatch(one) for one in (*addresses, *senders))


_NOBODY = re.compile(
    r"(?:no|do[-_.]?not|never)[-_.]?(?:reply|answer)|^bounces?\b|^(?:auto|robot|daemon|notifications?)\b", re.IGNORECASE
)
_OF_SERVERS = frozenset({
    "multipart/report", "message/delivery-status", "message/global-delivery-status", "message/disposition-notification",
    "message/global-disposition-notification", "message/feedback-report", "text/rfc822-headers",
})  # fmt: skip
"""Parts of which reports of servers and receipts consist (RFC 3462, 3464, 5965, 6533 and 8098)."""


def is_persons_address(address: str) -> bool:
    """Whether an address may be a person's: it does not say that nobody reads what goes there."""
    return bool(address) and _NOBODY.search(address.rpartition("@")[0]) is None


def has_report(raw: bytes) -> bool:
    """Whether a part of the mail is a server's report or a receipt; one within a mail that somebody sent on as a file is not."""
    waiting = [opened(raw).top]
    while waiting:
        part = waiting.pop()
        if part.media_type in _OF_SERVERS:
            return True
        waiting.extend(part.parts)
    return False


def is_report(headers: Headers) -> bool:
    """Whether it is a delivery report by its type."""
    return _REPORT(headers)


def gives_back(headers: Headers, actions: Sequence[str]) -> bool:
    """Whether a mail server says that it could not deliver a letter: by a report whose action is ``failed`` (RFC 3464, section
    2.3.3; ``actions`` are those of a report), whatever else the mail bears, or, without a report, by who writes it. A note of
    absence, a receipt, a delay, and whatever a person may have written say no such thing."""
    if _REPORT(headers):
        return "failed" in actions
    return _BY_A_SERVER(headers) and not _AWAY_SUBJECT(headers) and not _LATE_SUBJECT(headers)


@dataclass(frozen=True, slots=True)
class Shown:
    """A sign that a mail shows; a reader in another process can answer it."""

    code: str
    certain: bool
    """As of :class:`Sign`."""
    faint: bool = False
    """It shows nothing but faint ones."""
    worded: bool = False
    """By words of its subject alone, which a person's first mail may have as well."""


def sign_of(headers: Headers, *, own_list: bool = False, first: bool = False) -> Shown | None:
    """The first sign that a mail shows; None: a person seems to have written it.

    ``own_list``: its list is the address that people write to (a shared inbox kept as a group), so being of a list says nothing.
    ``first``: it answers nothing, so words that people put into a subject say nothing: they report an undelivered parcel, too.
    """
    for sign in SIGNS:
        shows = sign.of_first if first and sign.of_first is not None else sign.shows
        if not (own_list and sign.code == "list") and shows(headers):
            return Shown(sign.code, sign.certain, sign.faint, sign.of_first is not None)
    return None
