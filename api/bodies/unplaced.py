"""Mail that could not be placed, as it is shown, placed and dismissed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from api.bodies.base import Body
from domain.base import CaseId, Code, Frozen, Instant, PartyId
from services.rows import UnplacedMail
from services.unplaced import Opened


class PlaceRequest(Frozen):
    """Where a mail belongs: the word of a party on a case."""

    case: CaseId
    party: PartyId
    sender_checked: bool = False
    """The team made sure in another way that this party wrote it. Needed for what is not proven."""


class ReportRequest(Frozen):
    """That a mail is a report of its own."""

    kind: Code | None = None
    """Left out: the tenant's usual kind for mail."""
    link: CaseId | None = None
    """A case that it has to do with."""


class DismissRequest(Frozen):
    """Why a mail is put away."""

    reason: Annotated[Code, Field(examples=["spam"])]
    erase: bool = False
    """Destroy it at once, and not after 30 days: a person asked for that. Refused while the case that it is about is under legal
    hold."""


class UnplacedDeedBody(Body):
    """That somebody read, placed or dismissed it; ``came_back``: what ``by`` placed, its case refused when it judged it."""

    at: Instant
    deed: Literal["read", "original_read", "placed", "reported", "dismissed", "came_back"]
    by: str
    credential: str
    case: str | None = None
    """The case that judged what was placed, where that was later."""
    why: str | None = None
    """The code by which it refused it."""


class UnplacedBody(Body):
    """A mail that could not be placed."""

    object: Literal["unplaced_mail"] = "unplaced_mail"
    id: str
    reason: str
    """Why it was kept: ``unproven``, ``not_the_recipient``, ``not_a_party``, ``case_unknown``, ``case_closed``, ``not_taken``,
    ``machine_mail``, ``own_address``, ``over_cap``, ``same_message_id``, ``file_refused``, ``files_left``,
    ``file_infected``, ``unreadable``."""
    proof: Literal["token", "relay", "caller", "none", "failed"]
    """By what the sender is proven: the letter's token, our relay, the caller who vouched. ``failed``: shown to be forged."""
    proven: bool
    state: Literal["waiting", "taken", "placed", "dismissed"]
    """``taken``: somebody (``closed_by``) is placing it on ``placed_case`` (``closed_because``: as what), and its case has not
    taken it yet; it is closed once that has. Where it stopped on the way the same said again goes on with it."""
    case: str | None
    """The case that it seems to be about."""
    party: str | None
    """The party whom the letter that it answers was written to."""
    sender: str | None
    """Null, as its words are, once it was placed or forgotten."""
    subject: str | None
    text: str | None
    files: tuple[str, ...] | None
    problem: str | None
    bytes: int
    received_at: Instant
    last_at: Instant
    times: int
    """How often it came."""
    sender_told: Literal["none", "pending", "sent", "failed"]
    closed_at: Instant | None
    closed_by: str | None
    closed_because: str | None
    placed_case: str | None
    deeds: tuple[UnplacedDeedBody, ...] | None = None
    """Who did what with it; in a list null."""


class UnplacedPage(Body):
    """A part of the mail that could not be placed, the newest first."""

    object: Literal["list"] = "list"
    data: tuple[UnplacedBody, ...]
    has_more: bool
    next_cursor: str | None


def unplaced_body(mail: UnplacedMail, *, without_words: bool = False) -> dict[str, Any]:
    """A mail as JSON; without its words for whoever did something to it and may not read it."""
    words = mail.words if not without_words else None
    return UnplacedBody(
        id=mail.id, reason=mail.reason, proof=mail.proof, proven=mail.proven, state=mail.state, case=mail.case_id,
        party=mail.party,
        sender=words.sender if words else None, subject=words.subject if words else None, text=words.text if words else None,
        files=words.files if words else None, problem=words.problem if words else None, bytes=mail.bytes,
        received_at=mail.received_at, last_at=mail.last_at, times=mail.times, sender_told=mail.tell, closed_at=mail.closed_at,
        closed_by=mail.closed_by, closed_because=mail.closed_why, placed_case=mail.placed_case,
    ).model_dump(mode="json")  # fmt: skip


def opened_body(opened: Opened) -> dict[str, Any]:
    """A mail with who did what with it."""
    said = [deed.model_dump() for deed in opened.deeds]
    deeds = [UnplacedDeedBody(**{"case": deed.pop("case_id"), **deed}).model_dump(mode="json") for deed in said]
    return unplaced_body(opened.mail) | {"deeds": deeds}
