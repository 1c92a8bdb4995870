"""A case as its page tells it to a party: whose turn it is and until when, what they can do, what was said, what was decided.

Everything here is read from what the rules let this party see (:func:`domain.views.case.view`, :mod:`services.timelines`); this
only puts it in an order in which somebody with a phone and little time reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import Phase, Side
from domain.model.settlement import Proposal
from domain.views.appointments import AppointmentView
from domain.views.case import CaseView, Due, RulingView
from domain.views.evidence import RequestView
from services.personal_data import OPENING, whose
from services.rows import StoredFile
from services.timelines import Entry
from services.translations import ShownTranslation

DEEDS: Mapping[str, str] = {
    "accept": "accept_offer",
    "decline": "decline_offer",
    "offer": "offer",
    "write": "message",
    "hand-in": "submit_evidence",
    "more-time": "message",
    "decision": "escalate",
    "grant": "concede",
    "shipped": "ship_return",
    "returned": "confirm_return",
    "not-returned": "contest_return",
    "measure": "ask_interim_review",
    "hearing": "answer_appointment",
    "hearing-move": "move_appointment",
    "hearing-comment": "comment_protocol",
    "appeal": "appeal",
    "withdraw": "withdraw",
}
"""What a party can do, by the name it has in addresses: the command that does it. Whether they may now is asked of the rules.
Parties are added and removed through the platform or the team, who know the address of whoever is added."""
ICONS: Mapping[str, str] = {
    "accept": "check", "decline": "x", "offer": "handshake", "write": "message-square", "hand-in": "paperclip",
    "more-time": "clock", "decision": "gavel", "grant": "handshake", "shipped": "send", "returned": "check",
    "not-returned": "triangle-alert", "measure": "shield-alert", "hearing": "check",
    "hearing-move": "clock", "hearing-comment": "message-square", "appeal": "scale", "withdraw": "undo-2",
}  # fmt: skip
TOLD = frozenset({
    "case_opened", "case_disclosed", "case_reopened", "case_withdrawn", "case_closed", "case_declined", "case_remitted",
    "offer_made", "offer_accepted", "offer_declined", "offer_lapsed", "proposal_made", "proposal_ended", "claim_conceded",
    "evidence_requested", "evidence_submitted", "evidence_lapsed", "ruling_issued", "ruling_annulled", "appeal_lodged",
    "appeal_withdrawn", "clock_extended", "interim_imposed", "interim_ended", "return_awaited", "return_shipped",
    "return_contested", "return_ended", "withdrawal_requested", "withdrawal_accepted", "provisional_credit_given",
    "provisional_credit_ended", "appointment_proposed", "appointment_confirmed", "appointment_moved", "appointment_cancelled",
    "appointment_held", "protocol_commented", "party_added", "party_left", "sanction_imposed", "sanction_lifted",
    "sanction_voided", "amount_lowering_proposed", "right_renamed",
})  # fmt: skip
"""What of the past is told in a line. The rest of what a party may know is in their export."""
WORDS: Mapping[str, tuple[str, ...]] = {
    "case_opened": ("statement",), "case_moved_in": ("statement",), "message_sent": ("text",), "past_message_kept": ("text",),
    "offer_made": ("text",), "proposal_made": ("text",), "claim_conceded": ("text",), "evidence_requested": ("what",),
    "appeal_lodged": ("reasons",), "case_withdrawn": ("reasons",), "withdrawal_explained": ("reasons",),
    "withdrawal_accepted": ("reasons",), "continued_of_office": ("reasons",), "case_declined": ("reasons",),
    "case_closed": ("reasons",), "case_reopened": ("reasons",), "case_merged": ("reasons",), "clock_extended": ("reasons",),
    "interim_imposed": ("reasons", "told"), "interim_reviewed": ("reasons", "told"),
    "interim_ended": ("reasons", "told"),
    "interim_review_asked": ("text",), "decision_taken_over": ("reasons",), "past_decision_kept": ("reasons",),
    "return_contested": ("reasons",), "return_ended": ("reasons",), "return_shipped": ("tracking",),
    "provisional_credit_given": ("reasons",), "amount_stated": ("reasons",), "ruling_annulled": ("reasons",),
    "party_left": ("told", "reasons"), "appointment_answered": ("reasons",), "appointment_moved": ("reasons",),
    "appointment_cancelled": ("told_why",), "amount_lowering_proposed": ("reasons",),
}  # fmt: skip
"""Texts of what happened that stand under *What was said*, by the type of the fact: all that a party may read, but for evidence,
decisions, hearings and what the accused is told, which have a place of their own. A test holds it to the facts."""
ALONE = frozenset({
    "withdrawal_explained", "withdrawal_accepted", "continued_of_office", "interim_review_asked", "case_merged",
    "provisional_credit_given", "party_left", "amount_lowering_proposed",
})  # fmt: skip
"""Of these the other side reads nothing."""
HEARING_DEEDS = ("hearing", "hearing-move", "hearing-comment")
_AHEAD = ("proposed", "confirmed")


@dataclass(frozen=True)
class Turn:
    """Whose turn it is."""

    key: str
    """By which the catalogue says it."""
    mine: bool
    due_at: datetime | None
    otherwise: str | None
    """What happens by itself when that time is over, as a key."""


@dataclass(frozen=True)
class Said:
    """Words of somebody."""

    who: str
    """``you``, ``other``, ``own`` (somebody else on their side) or ``staff``."""
    at: datetime
    text: str | None
    """None once it was erased."""
    alone: bool
    """Only their own side and the people who work on the case read it."""
    type: str = "message_sent"
    """What it was said with: an appeal, say."""
    translations: tuple[ShownTranslation, ...] = ()


@dataclass(frozen=True)
class Line:
    """Something that happened."""

    at: datetime
    key: str
    who: str
    remedy: str | None = None
    """What was offered, granted or imposed with it."""
    amount: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Paper:
    """Something that was handed in."""

    who: str
    at: datetime
    text: str | None
    files: Sequence[StoredFile]
    alone: bool


@dataclass(frozen=True)
class Reader:
    """Who reads the page."""

    id: str
    side: Side
    role: str = "principal"
    reported: bool = False
    """The report is theirs: they are the one whose matter it is, and the only one on the side that reported it."""

    @property
    def speaks(self) -> bool:
        """Whether what they do is done by their side; whoever is here beside it settles nothing and owes no answer."""
        return self.role in ("principal", "representative")

    def who(self, entry: Entry) -> str:
        """Whose deed it was, as they would say it."""
        return whose(entry, self.id, self.side, own_report=self.reported)

    def concerned(self, entry: Entry) -> str:
        """Of whom a line about it speaks: of whoever was told of the case, else of who did it."""
        if entry.type == "case_disclosed":
            return "you" if self.side is Side.RESPONDENT else "other"
        return self.who(entry)


def turn_of(said: CaseView, reader: Reader, now: datetime) -> Turn:
    """Whose turn it is, the most pressing first."""
    if said.status == "closed" and not can(said, "appeal"):
        return Turn(f"closed.{said.outcome.value if said.outcome else 'ruled'}", False, None, None)
    due = next_due(said)
    due_at, otherwise = (due.due_at if due else None), _otherwise(due, said)
    asked = asked_of(said, reader)
    if asked:
        soonest = min((one.due_at for one in asked if one.due_at), default=None)
        return Turn("asked", True, soonest, "proceed_on_file" if soonest else None)
    if not reader.speaks and not can(said, "appeal"):
        return Turn("decided" if said.phase in (Phase.APPEALABLE, Phase.CLOSED) else "beside", False, None, None)
    if said.withdrawal is not None:
        return Turn("withdrawing", False, None, None)
    proposal = open_proposal(said, reader)
    waits = proposal is not None or (said.offer is not None and said.offer.side is not reader.side)
    code = next((action.code for action in said.actions if action.command == "accept_offer"), None)
    if waits and code is not None and code != "address_unproven":
        # Somebody under age reads what is offered, and who answers it; so does whoever cannot bind their side for another reason.
        return Turn("offer_to_yours" if code == "guardian_needed" else "offer_not_by_you", False, due_at, otherwise)
    if proposal is not None:
        return Turn("proposal", True, proposal.expires_at or due_at, "lapse_offer" if proposal.expires_at else otherwise)
    if said.offer is not None and said.offer.side is not reader.side:
        return Turn("offer", True, said.offer.expires_at or due_at, "lapse_offer" if said.offer.expires_at else otherwise)
    if said.phase in (Phase.APPEALABLE, Phase.CLOSED):
        return Turn("appealable" if can(said, "appeal") else "decided", False, due_at, otherwise)
    if otherwise == "proceed_on_file" and said.waiting_on not in (reader.side.value, "both"):
        # Their own time runs beside whoever else has something to do: in an appeal of the other side, say.
        return Turn("yours", True, due_at, otherwise)
    unanswered = [one.until for one in said.answerable if one.until > now]
    if unanswered and said.waiting_on not in (reader.side.value, "both"):
        return Turn("answerable", True, max(unanswered), "proceed_on_file")
    key = {reader.side.value: "yours", "both": "both", reader.side.other.value: "theirs", "staff": "staff"}.get(
        said.waiting_on, "nobody"
    )
    return Turn(key, key in ("yours", "both"), due_at, otherwise)


def next_due(said: CaseView) -> Due | None:
    """The next date that does something by itself, else the next one there is."""
    ordered = sorted(said.deadlines, key=lambda due: due.due_at)
    return next((due for due in ordered if due.by_default), next((due for due in ordered if due.action != "warn"), None))


def _otherwise(due: Due | None, said: CaseView) -> str | None:
    if due is None or due.by_default is None:
        return None
    return "close_appealable" if due.by_default == "close" and said.phase is Phase.APPEALABLE else due.by_default


def asked_of(said: CaseView, reader: Reader) -> Sequence[RequestView]:
    """What this party is asked for and has not answered yet."""
    return [one for one in said.requests if one.of is reader.side and one.party in (None, reader.id)]


def open_proposal(said: CaseView, reader: Reader) -> Proposal | None:
    """What was proposed to both sides and waits for this one."""
    return next((one for one in said.proposals if one.became == "open" and reader.side not in one.answered_by), None)


def hearing_of(said: CaseView, deed: str) -> AppointmentView | None:
    """The hearing or call that a deed is about: the newest with a protocol to comment on, else the newest that is ahead."""
    about = (one for one in reversed(said.appointments) if (one.protocol if deed == "hearing-comment" else one.state in _AHEAD))
    return next(about, None)


def can(said: CaseView, command: str) -> bool:
    """Whether this party may send a command now."""
    return any(action.command == command and action.allowed for action in said.actions)


def deeds_of(said: CaseView, reader: Reader, now: datetime) -> list[str]:
    """What they can do now, by the names of addresses."""
    waits = open_proposal(said, reader) is not None or (said.offer is not None and said.offer.side is not reader.side)
    found = [deed for deed, command in DEEDS.items() if can(said, command)]
    unfit = set() if waits else {"accept", "decline"}
    if (turn := turn_of(said, reader, now)).due_at is None or turn.key == "answerable":
        unfit.add("more-time")
    if said.phase is Phase.APPEALABLE and not can(said, "appeal"):
        # Whoever has lost nothing by the decision is not asked to give it away.
        unfit |= {"offer", "grant"}
    return [deed for deed in found if deed not in unfit]


def barred(said: CaseView) -> list[str]:
    """What they could do once they have shown that the address is theirs, by the names of addresses."""
    closed = {action.command for action in said.actions if action.code == "address_unproven"}
    return [deed for deed, command in DEEDS.items() if command in closed]


def spoken(entries: Sequence[Entry], reader: Reader, opened_at: datetime | None = None) -> list[Said]:
    """What was said, oldest first, with whatever it was: the report, a message, an offer, an appeal, a wish to take it back. Of a
    case that moved in ``opened_at`` is when its report was received."""
    found, moved = [], _moved(entries)
    for entry in entries:
        for name in WORDS.get(entry.type, ()):
            if name not in entry.data:
                continue
            text = entry.data[name]
            if isinstance(text, str) or (entry.type in ("message_sent", *OPENING) and text is None):
                # What goes to one side or to the people who work on it is not read by the other.
                own = entry.caucus is not None or entry.data.get("to") in ("desk", reader.side.value)
                alone = own or entry.type in ALONE
                at, said = _said_at(entry, opened_at if moved else None), text if isinstance(text, str) else None
                beside = tuple(one for one in entry.translations if one.field == name)
                found.append(Said(reader.who(entry), at, said, alone, entry.type, beside))
    return found


def other_translations(entries: Sequence[Entry]) -> list[ShownTranslation]:
    """The translations of what is not among the words that were said: of a decision, a question, a protocol."""
    return [one for entry in entries for one in entry.translations if one.field not in WORDS.get(entry.type, ())]


def happened(entries: Sequence[Entry], reader: Reader, opened_at: datetime | None = None) -> list[Line]:
    """What happened, in lines, oldest first; ``opened_at`` as of :func:`spoken`."""
    received = opened_at if _moved(entries) else None
    return [_line(entry, reader, received) for entry in entries if entry.type in TOLD]


def _moved(entries: Sequence[Entry]) -> bool:
    return any(entry.type == "case_moved_in" for entry in entries)


def _said_at(entry: Entry, received: datetime | None) -> datetime:
    """When it happened to the sides: what a case brought along when it moved in was not said on that day."""
    if entry.type == "past_message_kept":
        return datetime.fromisoformat(entry.data["sent_at"])
    return received if received is not None and entry.type in OPENING else entry.at


def _line(entry: Entry, reader: Reader, received: datetime | None = None) -> Line:
    said: Mapping[str, Any] = entry.data
    remedy = said.get("remedy")
    if isinstance(remedy, Mapping):
        said, remedy = remedy, remedy.get("type")
    amount = said.get("amount")
    whole = isinstance(amount, Mapping) and {"amount", "currency"} <= amount.keys()
    return Line(
        _said_at(entry, received),
        entry.type,
        reader.concerned(entry),
        remedy if isinstance(remedy, str) else None,
        amount if whole else None,
    )


def decided(said: CaseView) -> RulingView | None:
    """The decision that stands, once they were told of it."""
    return said.ruling


def subject_of(entries: Sequence[Entry]) -> str | None:
    """What the report is called, where they read the report; None also once that was erased: no headline is made of it."""
    called = (entry.data for entry in entries if entry.type in OPENING and "subject" not in entry.erased)
    opened = next(called, {})
    subject: Any = opened.get("subject")
    return subject if isinstance(subject, str) and subject.strip() else None
