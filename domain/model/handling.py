"""Commands of the desk: what people of the team do with cases that wait for somebody."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.base import Code, CommandBase, Kept, Outcome, PartyId, PersonId, Reference
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal
from domain.model.withdrawal import NamesMeasures


class Skip(CommandBase):
    """Give a case back to its queue, with the reason. For a while it is not offered again to whoever skipped it."""

    type: Literal["skip"] = "skip"
    reason: Code


class CaseSkipped(Kept):
    """Its owner gave the case back, with the reason; what becomes of it says the next fact."""

    type: Literal["case_skipped"] = "case_skipped"
    person: str
    reason: str


class Admit(CommandBase):
    """Triage lets a report through the gate."""

    type: Literal["admit"] = "admit"


class Decline(NamesMeasures):
    """Triage turns a report away, with the reason the claimant is told. In a kind that protects people each interim measure in
    force is named, and ends or stays."""

    type: Literal["decline"] = "decline"
    reason: Code
    reasons: SealedText


class Message(CommandBase):
    """Say something to the other people of the case: to all, to one side, or to the team alone (``desk``)."""

    type: Literal["message"] = "message"
    text: SealedText
    to: Literal["all", "claimant", "respondent", "desk"] | None = None
    """Left out: where the pack says that words of this kind go. ``desk`` of a party, in kinds whose words go there: to the team
    alone, and to nobody else on their side."""
    more_follows: bool = False
    """Of a party: this is not all yet. Their time to answer runs on to its end, and so long they have not had their say."""


class Note(CommandBase):
    """An internal note: never shown to a party."""

    type: Literal["note"] = "note"
    text: SealedText
    mentions: Annotated[tuple[PersonId, ...], Field(max_length=20)] = ()
    """Colleagues who are told of it."""


class Escalate(CommandBase):
    """Leave the settlement and ask for a decision."""

    type: Literal["escalate"] = "escalate"


class Assign(CommandBase):
    """Give the case to a person, or (no owner) back to its queue."""

    type: Literal["assign"] = "assign"
    owner: PersonId | None = None
    reason: Code = "assigned"


class Take(CommandBase):
    """Take a waiting case oneself."""

    type: Literal["take"] = "take"


class Withdraw(CommandBase):
    """The claimant takes the report back; in appeal, the appellant takes the appeal back."""

    type: Literal["withdraw"] = "withdraw"
    reasons: SealedText | None = None
    revoke: bool = False
    """Do not take it back after all: the request that waits for the team's answer is none any more."""


class Close(NamesMeasures):
    """An ops lead ends a case that cannot be decided, with the reason. In a kind that protects people each interim measure in
    force is named, and ends or stays."""

    type: Literal["close"] = "close"
    outcome: Literal["declined", "expired"] = "expired"
    reason: Code
    reasons: SealedText


class Reopen(CommandBase):
    """An ops lead takes a closed case up again inside the pack's window."""

    type: Literal["reopen"] = "reopen"
    reason: Code
    reasons: SealedText | None = None
    new_decider: bool = False
    """Whoever decided it before stays out. So it is without saying where the reason is about them (``decider_was_biased``)."""


class Recuse(CommandBase):
    """Say that one cannot decide this case, and why. It goes back to its queue, and never to whoever said so."""

    type: Literal["recuse"] = "recuse"
    reason: Code = "conflict_of_interest"
    """``knows_a_party``, ``took_part_before``, ``own_interest``, …"""
    reasons: SealedText | None = None


class ReportDelivery(CommandBase):
    """A notice could not be delivered after the last try: somebody has to reach the party by other means."""

    type: Literal["report_delivery"] = "report_delivery"
    notice_id: Reference
    reason: Code
    recipient: PartyId | None = None
    """The party that it was for; None: somebody of the team, or one that nobody knows any more."""


class CaseDeclined(Kept):
    """A gate or a triager turned the report away."""

    type: Literal["case_declined"] = "case_declined"
    reason: str
    reasons: Prose | None = None


class CaseAssigned(Kept):
    type: Literal["case_assigned"] = "case_assigned"
    owner: str
    reason: str


class CaseQueued(Kept):
    """The case waits in its queue for somebody to take it (nobody was free, or the owner had to give it up)."""

    type: Literal["case_queued"] = "case_queued"
    queue: str
    reason: str


class MessageSent(Kept):
    type: Literal["message_sent"] = "message_sent"
    to: Literal["all", "claimant", "respondent", "desk"]
    text: Prose
    sender: Literal["claimant", "respondent", "staff", "platform"]
    more_follows: bool = False
    alone: bool = False
    """Of a party, to the desk, in kinds whose words go there: nobody but the team and whoever said it reads it."""


class NoteAdded(Kept):
    type: Literal["note_added"] = "note_added"
    text: Prose
    mentions: tuple[str, ...] = ()
    """People of the team who are told of it."""


class DeliveryFailed(Kept):
    type: Literal["delivery_failed"] = "delivery_failed"
    notice_id: str
    reason: str


class CaseWithdrawn(Kept):
    type: Literal["case_withdrawn"] = "case_withdrawn"
    reasons: Prose | None = None


class CaseClosed(Kept):
    type: Literal["case_closed"] = "case_closed"
    outcome: Outcome
    reason: str | None = None
    reasons: Prose | None = None


class CaseReopened(Kept):
    type: Literal["case_reopened"] = "case_reopened"
    reason: str
    reasons: Prose | None = None
    new_decider: bool = False
    """Whoever decided it before stays out."""
    about_deciders: bool = False
    """The reason is about them: whoever they report to stays out too."""


class CaseRecused(Kept):
    """Somebody who could have decided the case said that they cannot; what becomes of it say the next facts."""

    type: Literal["case_recused"] = "case_recused"
    person: str
    reason: str
    reasons: Prose | None = None


class RequestUnanswered(Refusal):
    """Whoever asks for their data is answered by a ruling, or told by one why not and where to complain."""

    code = "request_unanswered"


class ClaimUndecided(Refusal):
    """Whoever says that a payment was made without them, or is wrong, is answered by a decision, once it was looked into."""

    code = "claim_undecided"


class DangerUnconfirmed(Refusal):
    """One person alone puts no report away that tells, or may tell, of a danger: a second one says it too."""

    code = "danger_unconfirmed"


class NoRequestProposed(Kept):
    """Somebody of the team says that what came is no request or claim at all (spam, a question about an order), or that a report
    of a danger is to be put away; a second person has to say so too."""

    type: Literal["no_request_proposed"] = "no_request_proposed"
    reasons: Prose


class ProposedNoRequest(Kept):
    """Such a proposal, while nobody has agreed to it."""

    by: str
    credential: str | None = None
    seq: int
    """What had been said by then: whoever asked may have said more since."""


class UndecidedAfresh(Refusal):
    """A ruling was set aside or sent back, so that somebody decides afresh: nobody puts the case away instead."""

    code = "undecided_afresh"


class RequestUnrecorded(Refusal):
    """It is to be taken up again because a side asked for it, and nothing says when and how."""

    code = "request_unrecorded"


class PersonUnknown(Refusal):
    """Nobody of the team has the id that a note mentions."""

    code = "person_unknown"


class OwnerMissing(Refusal):
    """The case is assigned already, or to nobody."""

    code = "owner_mismatch"


class HandOver(CommandBase):
    """Give the case to another site's queue, to a person, or to a person there. Every clock goes on as it was promised."""

    type: Literal["hand_over"] = "hand_over"
    queue: Code | None = None
    to: PersonId | None = None
    """Left out: whoever is found in the queue."""
    reasons: SealedText

    @model_validator(mode="after")
    def _says_whereto(self) -> Self:
        if self.queue is None and self.to is None:
            raise PydanticCustomError("hand_over_empty", "Say where the case goes: a queue, a person (to), or both.")
        return self


class CaseHandedOver(Kept):
    """The case went to another site's queue or to another person; its clocks keep what they had promised."""

    type: Literal["case_handed_over"] = "case_handed_over"
    from_queue: str
    queue: str
    from_owner: str | None = None
    to: str | None = None
    reasons: Prose


class QueueUnknown(Refusal):
    """The pack knows no such queue to hand over to."""

    code = "queue_unknown"
