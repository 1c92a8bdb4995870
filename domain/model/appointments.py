"""Hearings and calls: when the sides and the team speak with each other, who came, and what was said there."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.base import CommandBase, Instant, Kept, PartyId, Reference, Side
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal

AppointmentForm = Literal["call", "video", "in_person"]
AppointmentSides = Literal["both", "claimant", "respondent"]
"""Who is invited: both sides together, or one of them alone."""
CancelledBecause = Literal["by_hand", "no_consent", "cannot_come", "no_answer", "case_over"]
Times = Annotated[tuple[Instant, ...], Field(min_length=1, max_length=5)]


class ProposeAppointment(CommandBase):
    """Propose a hearing or a call: the times that would do, and what it is about. The first time that suits everybody invited is
    taken by itself. In kinds that protect people nobody meets the other side without having agreed to that."""

    type: Literal["propose_appointment"] = "propose_appointment"
    sides: AppointmentSides = "both"
    """Who is invited: both sides together, or one of them alone, of which the other does not learn."""
    party: PartyId | None = None
    """One person of that side alone, whose own matter it is: nobody else there learns of it, but who assists them."""
    form: AppointmentForm = "call"
    times: Times
    """Up to five, each an hour ahead at least and ninety days at most."""
    minutes: Annotated[int, Field(ge=10, le=480)] = 60
    """How long it takes."""
    about: SealedText
    """What it is about and how to take part, as those who are invited read it."""


class AnswerAppointment(CommandBase):
    """Say for one's side which of the proposed times would do; none of them: it cannot come. Also that it does not want to meet
    the other side, at any time before it begins. Where the kind protects people, each person agrees to that for themselves."""

    type: Literal["answer_appointment"] = "answer_appointment"
    appointment: Reference | None = None
    """Which one; left out: the newest."""
    times: Annotated[tuple[Instant, ...], Field(max_length=5)] = ()
    """Those of the proposed ones that would do; none: the side cannot come."""
    joint: bool | None = None
    """Whether the side agrees to meet the other one. Needed where the kind protects people and both are invited."""


class MoveAppointment(CommandBase):
    """Propose other times, with the reason. Everybody invited answers anew; whoever moves it has said that these would do. Where
    each person has to agree to meet the other side, times from one who has not are no agreement: the team reads them, and the
    other side is asked about them only once everybody has agreed to meet."""

    type: Literal["move_appointment"] = "move_appointment"
    appointment: Reference | None = None
    """Which one; left out: the newest."""
    times: Times
    """Those that would do instead, each an hour ahead at least and ninety days at most."""
    reasons: SealedText
    """Why. Everybody invited reads it; where words go to the desk, the team and the own side alone; of a child the team."""


class CancelAppointment(CommandBase):
    """Call an appointment off, with the reason for the record. Who was invited reads the same as when a side does not want to
    meet the other one, unless you also say why for them."""

    type: Literal["cancel_appointment"] = "cancel_appointment"
    appointment: Reference | None = None
    """Which one; left out: the newest."""
    reasons: SealedText
    """Why, for the team alone."""
    told_why: SealedText | None = None
    """What everybody invited reads of why; left out: that it does not take place, and nothing else."""


class RecordAppointment(CommandBase):
    """Say who did not come, and put down what was said. Everybody who was invited reads it and may comment on it."""

    type: Literal["record_appointment"] = "record_appointment"
    appointment: Reference | None = None
    """Which one; left out: the newest."""
    missed_by: Annotated[tuple[Side, ...], Field(max_length=2)] = ()
    """The sides that were invited and not there."""
    protocol: SealedText | None = None
    """What was said, as everybody invited will read it. Needed unless nobody came."""


class CommentProtocol(CommandBase):
    """Say what one's side thinks of the protocol. Everybody who was invited reads it; what a child says goes to the desk alone in
    kinds whose words go there."""

    type: Literal["comment_protocol"] = "comment_protocol"
    appointment: Reference | None = None
    """Which one; left out: the newest."""
    text: SealedText
    was_there: bool | None = None
    """Whether whoever comments was at it. Yes: they are heard by it at once. No: they count as somebody who missed it. Left out:
    not said, and nothing is held against them before the pack's time to answer is over."""


AppointmentCommand = (
    ProposeAppointment | AnswerAppointment | MoveAppointment | CancelAppointment | RecordAppointment | CommentProtocol
)


class AppointmentProposed(Kept):
    type: Literal["appointment_proposed"] = "appointment_proposed"
    appointment_id: str
    sides: AppointmentSides
    party: str | None = None
    """Who of the side is invited alone; None: all of it."""
    form: AppointmentForm
    times: tuple[Instant, ...]
    minutes: int
    about: Prose


class AppointmentAnswered(Kept):
    type: Literal["appointment_answered"] = "appointment_answered"
    appointment_id: str
    side: Side
    times: tuple[Instant, ...] = ()
    joint: bool | None = None
    instead: tuple[Instant, ...] = ()
    """Other times that would do, from somebody who has not agreed to meet the other side."""
    reasons: Prose | None = None
    """Why these."""


class AppointmentConfirmed(Kept):
    """A time suits everybody who is invited."""

    type: Literal["appointment_confirmed"] = "appointment_confirmed"
    appointment_id: str
    at: Instant


class AppointmentMoved(Kept):
    type: Literal["appointment_moved"] = "appointment_moved"
    appointment_id: str
    side: Side | None = None
    """The side that moved it; None: the team."""
    times: tuple[Instant, ...]
    reasons: Prose
    party: str | None = None
    """Who named the times: proposed once everybody had agreed to meet, or by a child; None: whoever moved it."""


class AppointmentCancelled(Kept):
    type: Literal["appointment_cancelled"] = "appointment_cancelled"
    appointment_id: str
    because: CancelledBecause = "by_hand"
    reasons: Prose | None = None
    """For the team alone."""
    told_why: Prose | None = None
    """What everybody invited reads of why."""


class AppointmentReminded(Kept):
    """Whoever has not answered is asked once more; whoever takes part is told that it is soon; whoever led it, that what was said
    is still to be put down."""

    type: Literal["appointment_reminded"] = "appointment_reminded"
    appointment_id: str
    what: Literal["unanswered", "tomorrow", "soon", "protocol"]


class AppointmentHeld(Kept):
    """It is over: who was not there, and the protocol."""

    type: Literal["appointment_held"] = "appointment_held"
    appointment_id: str
    missed_by: tuple[Side, ...] = ()
    protocol: Prose | None = None
    comment_until: Instant | None = None
    """Until when whoever was there can say what is wrong with it before they count as heard by it; None: nothing was put down, or
    it is from before this was kept, and it is a day."""


class ProtocolCommented(Kept):
    type: Literal["protocol_commented"] = "protocol_commented"
    appointment_id: str
    side: Side
    text: Prose
    to: Literal["desk"] | None = None
    """A child says it to the desk alone, as its messages go; None: everybody who was invited reads it."""
    was_there: bool | None = None
    """Whether they say that they were at it; None: they do not say."""


AppointmentFact = (
    AppointmentProposed | AppointmentAnswered | AppointmentConfirmed | AppointmentMoved | AppointmentCancelled
    | AppointmentHeld | AppointmentReminded | ProtocolCommented
)  # fmt: skip


class AppointmentUnknown(Refusal):
    """There is no such appointment, or not for whoever asks."""

    code = "appointment_unknown"


class AppointmentNotOpen(Refusal):
    """It is over, was called off, has begun, or has not begun yet: what was asked does not fit how it stands."""

    code = "appointment_not_open"


class TimeNotProposed(Refusal):
    """A time that was not among those proposed, or that is past."""

    code = "time_not_proposed"


class ConsentMissing(Refusal):
    """Both sides are invited in a kind that protects people: say in 'joint' whether the side agrees to meet the other one."""

    code = "consent_missing"


class AppointmentAhead(Refusal):
    """A hearing or call is proposed or agreed and not over: hold it or call it off before anything is decided."""

    code = "appointment_ahead"


class ProtocolMissing(Refusal):
    """Somebody came: put down what was said."""

    code = "protocol_missing"


class AppointmentAnswer(Kept):
    """What a side said to the times proposed last."""

    side: Side
    party: str | None = None
    """Who on the side it was, where each has to agree themselves; None: it is the answer of the side."""
    times: tuple[Instant, ...] = ()
    joint: bool | None = None
    instead: tuple[Instant, ...] = ()
    """Other times that would do, named without having agreed to meet the other side."""
    reasons: Prose | None = None
    """Why these."""


class HeardByProtocol(Kept):
    """A side that was at a hearing, in a kind that hears whoever was asked: it is heard by it once it has said what it thinks of
    what was put down, or the time for that is over."""

    side: Side
    party: str | None = None
    """Who of it was there alone with the team; None: all of it."""
    until: Instant
    put_down_at: Instant
    appointment: str | None = None
    """What it was put down of; None in cases from before this was kept."""
    denied: bool = False
    """They say that they were not there, and have not said otherwise since: they count as somebody who missed it."""


class ProtocolComment(Kept):
    """What a side said to the protocol."""

    side: Side
    at: Instant
    text: Prose
    alone: str | None = None
    """The child who said it to the desk alone; None: everybody who was invited reads it."""
    was_there: bool | None = None
    """Whether they say that they were at it."""
    by: str | None = None
    """Who on the side said it; to nobody but the team."""


class Appointment(Kept):
    """A hearing or call, as it stands."""

    id: str
    number: int
    sides: AppointmentSides
    party: str | None = None
    """Who of the side takes part alone; None: all of it."""
    form: AppointmentForm
    minutes: int
    about: Prose
    times: tuple[Instant, ...]
    proposed_at: Instant
    """When these times were proposed."""
    state: Literal["proposed", "confirmed", "cancelled", "held"] = "proposed"
    at: Instant | None = None
    """The time that was agreed on."""
    confirmed_at: Instant | None = None
    answers: tuple[AppointmentAnswer, ...] = ()
    coming: tuple[str, ...] = ()
    """The parties who have said themselves that they can come to it as it was proposed last, or want to."""
    moved_by: tuple[Side, ...] = ()
    """The sides that moved it, a name for each time."""
    moved_by_team: int = 0
    """How often the team did."""
    told: tuple[str, ...] = ()
    """The levels of its clock that were reached, each time."""
    told_since: tuple[str, ...] = ()
    """Those since these times were proposed."""
    because: CancelledBecause | None = None
    reasons: Prose | None = None
    """Why it was moved or called off last."""
    missed_by: tuple[Side, ...] = ()
    protocol: Prose | None = None
    comments: tuple[ProtocolComment, ...] = ()

    @property
    def invited(self) -> tuple[Side, ...]:
        """The sides that take part."""
        return tuple(Side) if self.sides == "both" else (Side(self.sides),)

    @property
    def open(self) -> bool:
        """Neither over nor called off."""
        return self.state in ("proposed", "confirmed")

    @property
    def ends_at(self) -> Instant | None:
        """When it is over, of one that has a time."""
        return self.at + timedelta(minutes=self.minutes) if self.at is not None else None
