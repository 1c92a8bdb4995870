"""What has happened in a case. A fact never changes, and its name and meaning never change either: a new meaning is a new fact.

Facts hold ids, codes, amounts and instants; text and personal data lie elsewhere, encrypted, and are referred to by
:class:`Prose`.
"""

# ruff: noqa: PLC0414, I001 - whoever reads a record finds everything that can stand in it here
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from domain.model.people import SYSTEM as SYSTEM
from domain.model.people import Actor as Actor
from domain.model.people import Colleague as Colleague
from domain.base import Instant, Kept, Money, Outcome, Phase, Priority, Side
from domain.chargeback_facts import (
    ChargebackDrafted as ChargebackDrafted,
    ChargebackFact,
    ChargebackMissed as ChargebackMissed,
    ChargebackSent as ChargebackSent,
)
from domain.clock_facts import (
    CaseRetargeted as CaseRetargeted,
    ClockExtended as ClockExtended,
    ClocksFrozen as ClocksFrozen,
    ClocksPaused as ClocksPaused,
    ClocksResumed as ClocksResumed,
    ClocksThawed as ClocksThawed,
    InterimEnded as InterimEnded,
    InterimImposed as InterimImposed,
    InterimReviewed as InterimReviewed,
    LevelReached as LevelReached,
)
from domain.evidence_facts import (
    EvidenceFile as EvidenceFile,
    EvidenceLapsed as EvidenceLapsed,
    EvidenceRequested as EvidenceRequested,
    EvidenceSubmitted as EvidenceSubmitted,
)
from domain.identity_facts import IdentityAsked as IdentityAsked
from domain.legal_hold_facts import LegalHoldFact, LegalHoldLifted as LegalHoldLifted, LegalHoldPlaced as LegalHoldPlaced
from domain.procedure_facts import (
    ProcedureFact,
    RootCauseNamed as RootCauseNamed,
    StepCompleted as StepCompleted,
    StepSkipped as StepSkipped,
)
from domain.desk_facts import CaseSkipped as CaseSkipped
from domain.link_facts import (
    CampaignJoined as CampaignJoined,
    CampaignLeft as CampaignLeft,
    CaseJoined as CaseJoined,
    CaseLinked as CaseLinked,
    CaseMerged as CaseMerged,
    CaseSplit as CaseSplit,
    CaseUnlinked as CaseUnlinked,
    ErrandOrdered as ErrandOrdered,
    ErrandReported as ErrandReported,
    LinkFact,
)
from domain.parties import OpenedParty
from domain.moving_facts import (
    CaseMovedIn as CaseMovedIn,
    LevelPassed as LevelPassed,
    MovingFact,
    PastDecisionKept as PastDecisionKept,
    PastMessageKept as PastMessageKept,
)
from domain.model.prose import Prose
from domain.return_facts import (
    ReturnFact,
    ReturnAwaited as ReturnAwaited,
    ReturnChanged as ReturnChanged,
    ReturnContested as ReturnContested,
    ReturnEnded as ReturnEnded,
    ReturnShipped as ReturnShipped,
    RightsLapsed as RightsLapsed,
)
from domain.risk_facts import (
    CaseHandedOver as CaseHandedOver,
    ProvisionalCreditEnded as ProvisionalCreditEnded,
    ProvisionalCreditGiven as ProvisionalCreditGiven,
    ReportApproved as ReportApproved,
    ReportProposed as ReportProposed,
    ReportReturned as ReportReturned,
    RiskFact,
    SignalReceived as SignalReceived,
)
from domain.ruling_facts import (
    AppealLodged as AppealLodged,
    AppealRight as AppealRight,
    AppealWithdrawn as AppealWithdrawn,
    CaseRemitted as CaseRemitted,
    DecisionTakenOver as DecisionTakenOver,
    EffectOrdered as EffectOrdered,
    EffectReported as EffectReported,
    RulingApproved as RulingApproved,
    RulingDrafted as RulingDrafted,
    RulingIssued as RulingIssued,
    RulingRetracted as RulingRetracted,
    RulingReturned as RulingReturned,
)
from domain.model.sanctions import (
    SanctionDrafted as SanctionDrafted,
    SanctionImposed as SanctionImposed,
    SanctionLifted as SanctionLifted,
    SanctionVoided as SanctionVoided,
)
from domain.model.terms import Routing, Terms


class CaseOpened(Kept):
    type: Literal["case_opened"] = "case_opened"
    kind: str
    source: str
    category: str
    priority: Priority
    terms: Terms
    routing: Routing
    parties: tuple[OpenedParty, ...]
    statement: Prose
    subject: Prose | None = None
    attachments: tuple[Prose, ...] = ()
    amount: Money | None = None
    occurred_at: Instant | None = None
    outside_due_at: Instant | None = None
    """When a card network stops taking evidence."""
    synthetic: bool = False
    received_at: Instant | None = None
    """When it was received elsewhere, of a case that moved in; None: it was received here."""


class PhaseEntered(Kept):
    type: Literal["phase_entered"] = "phase_entered"
    phase: Phase
    reason: str | None = None


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
    to: Literal["all", "claimant", "respondent"]
    text: Prose
    sender: Literal["claimant", "respondent", "staff", "platform"]


class NoteAdded(Kept):
    type: Literal["note_added"] = "note_added"
    text: Prose
    mentions: tuple[str, ...] = ()
    """People of the team who are told of it."""


class OfferMade(Kept):
    type: Literal["offer_made"] = "offer_made"
    offer_id: str
    side: Side
    remedy: str
    amount: Money | None = None
    text: Prose | None = None


class OfferAccepted(Kept):
    type: Literal["offer_accepted"] = "offer_accepted"
    offer_id: str
    side: Side


class OfferDeclined(Kept):
    type: Literal["offer_declined"] = "offer_declined"
    offer_id: str
    side: Side


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


Fact = Annotated[
    CaseSkipped
    | CaseOpened | PhaseEntered | CaseDeclined | CaseAssigned | CaseQueued | MessageSent | NoteAdded | OfferMade | OfferAccepted
    | OfferDeclined | EvidenceRequested | EvidenceSubmitted | EvidenceLapsed | RulingDrafted | RulingApproved | RulingReturned
    | RulingRetracted | RulingIssued | CaseRemitted | AppealLodged | AppealWithdrawn | EffectOrdered | EffectReported
    | DeliveryFailed | LevelReached | CaseWithdrawn | CaseClosed | CaseReopened | ClocksPaused | ClocksResumed | ClocksFrozen
    | ClocksThawed | ClockExtended | CaseRetargeted | InterimImposed | InterimReviewed | InterimEnded
    | ProcedureFact | DecisionTakenOver | LegalHoldFact | IdentityAsked | ReturnFact
    | SanctionDrafted | SanctionImposed | SanctionLifted | SanctionVoided | LinkFact | ChargebackFact | RiskFact
    | MovingFact,
    Field(discriminator="type"),
]  # fmt: skip
FACTS: TypeAdapter[Fact] = TypeAdapter(Fact)


class DueLevel(Kept):
    """One line of a timetable: which level of which clock falls due when."""

    clock: str
    instance: int
    level: str
    count: int = 0
    due_at: Instant

    @property
    def id(self) -> str:
        """The deadline's command id: the same level can be recorded only once."""
        return f"dl_{self.clock}:{self.instance}:{self.level}:{self.count}"


Timetable = tuple[DueLevel, ...]
"""All levels still ahead, earliest first."""


class Recording(Kept):
    """A fact in its place: its number, its cause and its author. The hash chain runs over exactly this."""

    seq: int
    at: Instant
    """The instant it is judged by: when its command was received, or when its level fell due."""
    recorded_at: Instant
    command_id: str
    actor: Actor
    channel: str
    round: int
    fact: Fact
    timetable: Timetable | None = None
    """On the last fact of a transition: the timetable that follows from it, with the data it was computed with."""
    zone_data: str | None = None
    calendars: tuple[str, ...] | None = None
    """References of the calendars that its clocks run on."""
