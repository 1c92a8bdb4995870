"""What becomes of a mail: one judgement for the door and for whoever tries a mail without a server.

Three steps, in the order in which more is known: what the mail says about itself, what was read of it, and the case that it
answers. Each step says what becomes of the mail, or None: nothing yet, go on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Proof = Literal["token", "relay", "caller", "none", "failed"]
"""By what a sender is proven; ``failed``: the relay shows it to be forged."""
Verdict = Literal["pass", "fail", "unproven", "none"]
"""What the relay says of the author; ``unproven``: it does not show that it is they, or says nothing."""
PROVEN = frozenset({"token", "relay", "caller"})
_COME_BACK = frozenset({"own_notice", "own_sender"})
_FAULTS_OF_THE_MAIL = frozenset({"mail_unreadable", "report_invalid", "reading_failed"})


class Sign(Protocol):
    """How a machine shows itself."""

    @property
    def code(self) -> str:
        """Of the sign."""
        ...

    @property
    def certain(self) -> bool:
        """No person's mail bears it."""
        ...

    @property
    def faint(self) -> bool:
        """It shows no more than what also stands on mail of people."""
        ...


class Marked(Protocol):
    """What a mail says about itself."""

    @property
    def author(self) -> str:
        """The address of whoever wrote it; empty when there is none."""
        ...

    @property
    def answers(self) -> Sequence[object]:
        """Letters of ours that it names."""
        ...

    @property
    def case_token(self) -> str | None:
        """The end of a case's id in its subject."""
        ...

    @property
    def names_letter(self) -> bool:
        """It names a letter of ours of any kind, or goes to where one is answered."""
        ...

    @property
    def sign(self) -> Sign | None:
        """That a machine wrote it."""
        ...

    @property
    def own(self) -> str | None:
        """That it is ours, come back, or says that it comes from where it goes."""
        ...

    @property
    def one_author(self) -> bool:
        """Its From names one address, and no list has put its own there."""
        ...

    @property
    def headed(self) -> bool:
        """It has a header at all."""
        ...


class Reported(Protocol):
    """What a delivery report says, and who seems to say it."""

    @property
    def author(self) -> str:
        """The address in From."""
        ...

    @property
    def verdict(self) -> Verdict:
        """What the relay says of it."""
        ...

    @property
    def null_path(self) -> bool:
        """It is shown to have named nobody to whom an answer would go."""
        ...

    @property
    def of_server(self) -> bool:
        """A mail server alone names itself as who wrote it."""
        ...

    @property
    def by_relay(self) -> bool:
        """Our own relay wrote it: it hands back what another server refused."""
        ...

    @property
    def recipients(self) -> Sequence[tuple[str, str]]:
        """Of whom it speaks, and what it says of each."""
        ...


@dataclass(frozen=True)
class Fate:
    """What becomes of a mail, why (a code), and whether its sender is to be told what to do."""

    outcome: Literal["ignored", "unplaced", "refused"]
    reason: str
    tell: bool = False


@dataclass(frozen=True)
class Addressed:
    """What a mail answers, as far as the record knows: whether there is such a letter, and a party that it was written to."""

    letter: bool
    party: bool
    is_sender: bool
    """The mail comes from the address of that party."""
    held: bool = False
    """It bears that letter's token."""


@dataclass(frozen=True)
class Counted:
    """How many mails that may cause letters came today, with this one."""

    sender: int
    domain: int
    tenant: int
    case: int | None = None
    """On the case that it answers; None: it answers none."""


CameBack = Literal["no", "yes", "doubted"]
"""Whether a mail gives back a letter of ours; ``doubted``: whoever it was written to, or a forger, may say so."""


def came_back(marks: Reported, address: str) -> CameBack:
    """How far it is believed that a letter to this address came back, of a mail that gives it back with its token.

    A report can be forged (RFC 3464, section 4.1), and who is told that they had no letter gains time by it. So it counts only
    where it bears the null return path and a server alone names itself, which is our own relay, or is shown to be of the
    recipient's domain: anybody can rent a server. All else is for people to look at: what the relay shows to be forged, what
    names somebody to answer to, what comes from the recipient or anybody else who is no server.
    """
    theirs = marks.verdict == "pass" and _within(_domain_of(marks.author), _domain_of(address))
    shown = marks.verdict != "fail" and marks.null_path and marks.of_server and (marks.by_relay or theirs)
    if not shown or same_address(marks.author, address):
        return "doubted"
    return "yes" if failed_for(address, marks.recipients) else "no"


def by_its_marks(marks: Marked, *, came_back: CameBack, proven: bool = False) -> Fate | None:
    """What becomes of mail that no person wrote, or that came from ourselves. ``came_back``: it gives back a letter of ours;
    ``proven``: the relay has proven its author, and it bears the token of a letter of ours. A faint sign does not speak against
    that: mail programs and lists write it on what people write.
    """
    if marks.own in _COME_BACK:
        return Fate("ignored", marks.own or "own_sender")
    if marks.own is not None:
        return Fate("unplaced", marks.own)
    if came_back == "yes":
        return Fate("ignored", "bounce")
    if came_back == "doubted":
        return Fate("unplaced", "machine_mail")
    if marks.sign is None or (marks.sign.faint and proven):
        return None
    return Fate("ignored", marks.sign.code) if marks.sign.certain else Fate("unplaced", "machine_mail")


def failed_for(address: str, recipients: Sequence[tuple[str, str]]) -> bool:
    """Whether a delivery report says that the letter to this address failed: by what it says of it, else of anybody."""
    known = [action for whom, action in recipients if same_address(whom, address)]
    return "failed" in known if known else not recipients or any(action == "failed" for _, action in recipients)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are one: A to Z in either case, and every other letter itself (RFC 5321, section 2.4)."""
    return _folded(one) == _folded(other)


def _domain_of(address: str) -> str:
    return _folded(address).rpartition("@")[2].rstrip(".")


def _within(domain: str, other: str) -> bool:
    """Whether a domain is the other one, or below it: whoever has the other one says who has it."""
    return bool(other) and (domain == other or domain.endswith(f".{other}"))


def _folded(address: str) -> str:
    return "".join(sign.lower() if sign.isascii() else sign for sign in address.strip())


def unread(marks: Marked, code: str) -> Fate:
    """What becomes of what its reader refused with this code. Whatever has a header is a mail, and is kept: somebody may have
    written it."""
    if code not in _FAULTS_OF_THE_MAIL or not marks.headed:
        return Fate("refused", code)
    return Fate("unplaced", "unreadable", tell=bool(marks.author) and not answers_something(marks))


def proof(verdict: Verdict, *, one_author: bool, held: bool, vouched: bool) -> Proof:
    """By what the sender is proven. What the relay shows to be forged is never proven, whoever vouches, and nothing proves which
    of several authors it was, or an author that a list names.

    ``held``: the mail bears the token of the letter that it answers; ``vouched``: whoever brought it may speak for parties. A
    token can get into other hands, so it proves nothing where a relay does not show that the author sent it.
    """
    if verdict == "fail":
        return "failed"
    if not one_author:
        return "none"
    if verdict == "pass":
        return "relay"
    if held and verdict == "none":
        return "token"
    return "caller" if vouched else "none"


def answering(addressed: Addressed, proven: Proof) -> Fate | None:
    """What becomes of an answer: None, a word of the party that was written to, and of nobody else.

    Nobody else is written to either: a machine that answers our letters from an address that is new each time (VERP) would
    answer that letter again, without end. Whoever has the letter and writes from its address is told how to be heard (once a
    day): they do not know that nothing follows, or somebody else writes in their name.
    """
    if not addressed.party:
        return Fate("unplaced", "not_a_party" if addressed.letter else "case_unknown")
    if not addressed.is_sender:
        return Fate("unplaced", "not_the_recipient")
    return None if proven in PROVEN else Fate("unplaced", "unproven", tell=addressed.held and proven != "failed")


def answers_something(marks: Marked) -> bool:
    """Whether a mail names a letter of ours, or a case: then it is no new report."""
    return bool(marks.answers) or marks.case_token is not None or marks.names_letter


def correspondent(address: str) -> str:
    """Who writes, for counting: the address without what a machine changes from mail to mail (what stands behind a plus or an
    equals sign, RFC 5233; and digits, which number tickets). An address of nothing else is itself."""
    local, at, domain = _folded(address).rpartition("@")
    kept = re.sub(r"\d+", "", re.split(r"[+=]", local, maxsplit=1)[0])
    return f"{kept if kept.strip('-._') else local}{at}{domain}"


def over_cap(of: Counted, per_sender: int, per_tenant: int, per_domain: int) -> bool:
    """Whether a mail is one too many to cause letters today. On one case twice as many may as of one sender: two sides write."""
    return (
        of.sender > per_sender
        or of.domain > per_domain
        or of.tenant > per_tenant
        or (of.case is not None and of.case > 2 * per_sender)
    )


def reporting(proven: Proof) -> Fate | None:
    """What becomes of a first mail: None, a case of its own."""
    return Fate("unplaced", "unproven") if proven == "failed" else None
