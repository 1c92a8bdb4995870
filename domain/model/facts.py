"""What has happened in a case. A fact never changes, and its name and meaning never change either: a new meaning is a new fact.

Facts hold ids, codes, amounts and instants; text and personal data lie elsewhere, encrypted, and are referred to by
:class:`Prose`.
"""

# ruff: noqa: PLC0414, I001 - whoever reads a record finds everything that can stand in it here
from __future__ import annotations

from typing import Annotated
from domain.model.alarms import AlarmAcknowledged as AlarmAcknowledged
from domain.model.appointments import AppointmentAnswered as AppointmentAnswered
from domain.model.appointments import AppointmentCancelled as AppointmentCancelled
from domain.model.appointments import AppointmentConfirmed as AppointmentConfirmed
from domain.model.appointments import AppointmentFact
from domain.model.appointments import AppointmentHeld as AppointmentHeld
from domain.model.appointments import AppointmentMoved as AppointmentMoved
from domain.model.appointments import AppointmentProposed as AppointmentProposed
from domain.model.appointments import AppointmentReminded as AppointmentReminded
from domain.model.appointments import ProtocolCommented as ProtocolCommented
from domain.model.chargeback import ChargebackFact
from pydantic import Field

from domain.base import Instant
from domain.base import Kept
from domain.model.legal_hold import EffectReleased as EffectReleased
from domain.model.legal_hold import EffectWithheld as EffectWithheld
from domain.model.legal_hold import LegalHoldFact
from domain.model.legal_hold import RulingWithheld as RulingWithheld
from domain.model.links import LinkFact
from typing import Literal
from domain.base import Money
from domain.model.case_import import MovingFact
from domain.model.address_proof import AddressProven as AddressProven
from domain.model.money import MoneyFact
from domain.model.parties import AdulthoodProposed as AdulthoodProposed
from domain.model.parties import PartyAdded as PartyAdded
from domain.model.parties import PartyAgreed as PartyAgreed
from domain.model.parties import PartyChangeConfirmed as PartyChangeConfirmed
from domain.model.parties import PartyChangeSaidAgain as PartyChangeSaidAgain
from domain.model.parties import PartyFact
from domain.model.parties import PartyLeft as PartyLeft
from domain.model.parties import PartyRemovalProposed as PartyRemovalProposed
from domain.base import Phase
from domain.base import Priority
from domain.model.policy_exceptions import ExceptionFact
from domain.model.procedure import ProcedureFact
from domain.model.prose import Prose
from domain.model.provider_news import ProviderNews
from domain.model.settlement import ProposalFact
from domain.model.settlement import ReturnFact
from domain.model.safeguards import RiskFact
from domain.model.terms import Routing
from domain.model.terms import Terms
from pydantic import TypeAdapter
from domain.model.chargeback import ChargebackDrafted as ChargebackDrafted
from domain.model.chargeback import ChargebackMissed as ChargebackMissed
from domain.model.chargeback import ChargebackSent as ChargebackSent
from domain.model.clocks import CaseRetargeted as CaseRetargeted
from domain.model.clocks import ClockExtended as ClockExtended
from domain.model.clocks import ClocksFrozen as ClocksFrozen
from domain.model.clocks import ClocksPaused as ClocksPaused
from domain.model.clocks import ClocksResumed as ClocksResumed
from domain.model.clocks import ClocksThawed as ClocksThawed
from domain.model.clocks import DueLevel as DueLevel
from domain.model.clocks import LevelReached as LevelReached
from domain.model.clocks import RightRenamed as RightRenamed
from domain.model.clocks import Timetable as Timetable
from domain.model.evidence import EvidenceFile as EvidenceFile
from domain.model.evidence import EvidenceLapsed as EvidenceLapsed
from domain.model.evidence import EvidenceRequested as EvidenceRequested
from domain.model.evidence import EvidenceSubmitted as EvidenceSubmitted
from domain.model.evidence import IdentityAsked as IdentityAsked
from domain.model.handling import CaseAssigned as CaseAssigned
from domain.model.handling import CaseClosed as CaseClosed
from domain.model.handling import CaseDeclined as CaseDeclined
from domain.model.handling import CaseHandedOver as CaseHandedOver
from domain.model.handling import CaseQueued as CaseQueued
from domain.model.handling import CaseReopened as CaseReopened
from domain.model.handling import CaseSkipped as CaseSkipped
from domain.model.handling import CaseWithdrawn as CaseWithdrawn
from domain.model.handling import DeliveryFailed as DeliveryFailed
from domain.model.handling import MessageSent as MessageSent
from domain.model.handling import NoteAdded as NoteAdded
from domain.model.legal_hold import LegalHoldLifted as LegalHoldLifted
from domain.model.legal_hold import LegalHoldPlaced as LegalHoldPlaced
from domain.model.links import CampaignJoined as CampaignJoined
from domain.model.links import CampaignLeft as CampaignLeft
from domain.model.links import CaseJoined as CaseJoined
from domain.model.links import CaseLinked as CaseLinked
from domain.model.links import CaseMerged as CaseMerged
from domain.model.links import CaseSplit as CaseSplit
from domain.model.links import CaseUnlinked as CaseUnlinked
from domain.model.links import CrossCaseTaskOrdered as CrossCaseTaskOrdered
from domain.model.links import CrossCaseTaskReported as CrossCaseTaskReported
from domain.model.case_import import CaseMovedIn as CaseMovedIn
from domain.model.disclosure import CaseDisclosed as CaseDisclosed
from domain.model.disclosure import DisclosureProposed as DisclosureProposed
from domain.model.case_import import LevelPassed as LevelPassed
from domain.model.case_import import PastDecisionKept as PastDecisionKept
from domain.model.case_import import PastMessageKept as PastMessageKept
from domain.model.manual_work import ManualWorkFact
from domain.model.manual_work import ManualWorkReported as ManualWorkReported
from domain.model.money import AmountLoweringProposed as AmountLoweringProposed
from domain.model.money import AmountStated as AmountStated
from domain.model.money import DecidedBefore as DecidedBefore
from domain.model.money import PaidElsewhereNoticed as PaidElsewhereNoticed
from domain.model.people import OpenedParty as OpenedParty
from domain.model.people import Actor as Actor
from domain.model.people import Colleague as Colleague
from domain.model.people import SYSTEM as SYSTEM
from domain.model.policy_exceptions import ExceptionAsked as ExceptionAsked
from domain.model.policy_exceptions import ExceptionGranted as ExceptionGranted
from domain.model.policy_exceptions import ExceptionRefused as ExceptionRefused
from domain.model.procedure import RootCauseNamed as RootCauseNamed
from domain.model.procedure import StepCompleted as StepCompleted
from domain.model.procedure import StepSkipped as StepSkipped
from domain.model.ruling import AppealLodged as AppealLodged
from domain.model.ruling import AppealRight as AppealRight
from domain.model.ruling import AppealWithdrawn as AppealWithdrawn
from domain.model.ruling import CaseRemitted as CaseRemitted
from domain.model.ruling import DecisionTakenOver as DecisionTakenOver
from domain.model.handling import CaseRecused as CaseRecused
from domain.model.handling import NoRequestProposed as NoRequestProposed
from domain.model.ruling import EffectOrdered as EffectOrdered
from domain.model.ruling import EffectReported as EffectReported
from domain.model.ruling import RulingAnnulled as RulingAnnulled
from domain.model.ruling import RulingApproved as RulingApproved
from domain.model.ruling import RulingDrafted as RulingDrafted
from domain.model.ruling import RulingIssued as RulingIssued
from domain.model.ruling import RulingRetracted as RulingRetracted
from domain.model.ruling import RulingReturned as RulingReturned
from domain.model.safeguards import InterimEnded as InterimEnded
from domain.model.safeguards import InterimImposed as InterimImposed
from domain.model.safeguards import InterimReviewed as InterimReviewed
from domain.model.safeguards import InterimReviewAsked as InterimReviewAsked
from domain.model.safeguards import ProvisionalCreditEnded as ProvisionalCreditEnded
from domain.model.safeguards import ProvisionalCreditGiven as ProvisionalCreditGiven
from domain.model.safeguards import ProvisionalCreditProposed as ProvisionalCreditProposed
from domain.model.safeguards import ReportApproved as ReportApproved
from domain.model.safeguards import ReportProposed as ReportProposed
from domain.model.safeguards import ReportReturned as ReportReturned
from domain.model.safeguards import SignalReceived as SignalReceived
from domain.model.sanctions import SanctionDrafted as SanctionDrafted
from domain.model.sanctions import SanctionImposed as SanctionImposed
from domain.model.sanctions import SanctionLifted as SanctionLifted
from domain.model.sanctions import SanctionVoided as SanctionVoided
from domain.model.settlement import ClaimConceded as ClaimConceded
from domain.model.settlement import OfferAccepted as OfferAccepted
from domain.model.settlement import OfferDeclined as OfferDeclined
from domain.model.settlement import OfferLapsed as OfferLapsed
from domain.model.settlement import OfferMade as OfferMade
from domain.model.settlement import ProposalAnswered as ProposalAnswered
from domain.model.settlement import ProposalEnded as ProposalEnded
from domain.model.settlement import ProposalMade as ProposalMade
from domain.model.settlement import ReturnAwaited as ReturnAwaited
from domain.model.settlement import ReturnChanged as ReturnChanged
from domain.model.settlement import ReturnContested as ReturnContested
from domain.model.settlement import ReturnEnded as ReturnEnded
from domain.model.settlement import ReturnShipped as ReturnShipped
from domain.model.settlement import RightsLapsed as RightsLapsed
from domain.model.translations import TextTranslated as TextTranslated
from domain.model.withdrawal import ContinuedOfOffice as ContinuedOfOffice
from domain.model.withdrawal import InterimKept as InterimKept
from domain.model.withdrawal import WithdrawalAccepted as WithdrawalAccepted
from domain.model.withdrawal import WithdrawalExplained as WithdrawalExplained
from domain.model.withdrawal import WithdrawalFact
from domain.model.withdrawal import WithdrawalOvertaken as WithdrawalOvertaken
from domain.model.withdrawal import WithdrawalRequested as WithdrawalRequested


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
    provider: ProviderNews | None = None
    """How the dispute stood with the payment provider that told of it."""
    filed_as: tuple[str, ...] = ()
    """What it was called before, as a part of the case that it was split off."""
    limits_since: Instant | None = None
    """Since when the limits of the law run, of what was split off; None: since it came."""


class PhaseEntered(Kept):
    type: Literal["phase_entered"] = "phase_entered"
    phase: Phase
    reason: str | None = None
    offer_stays: bool = False
    """An open offer stays open. In facts of earlier releases it lapsed with the settlement."""
    goes_on: Literal["counted", "paused"] | None = None
    """What the team owes in this phase goes on where it stood when a draft left it, and the time in between counts or not. None:
    it begins anew, as in facts of earlier releases."""


Fact = Annotated[
    CaseSkipped
    | CaseOpened | PhaseEntered | CaseDeclined | CaseAssigned | CaseQueued | MessageSent | NoteAdded | OfferMade | OfferAccepted
    | OfferDeclined | EvidenceRequested | EvidenceSubmitted | EvidenceLapsed | RulingDrafted | RulingApproved | RulingReturned
    | RulingRetracted | RulingIssued | CaseRemitted | AppealLodged | AppealWithdrawn | EffectOrdered | EffectReported
    | DeliveryFailed | LevelReached | CaseWithdrawn | CaseClosed | CaseReopened | ClocksPaused | ClocksResumed | ClocksFrozen
    | ClocksThawed | ClockExtended | CaseRetargeted | InterimImposed | InterimReviewed | InterimEnded
    | ProcedureFact | DecisionTakenOver | LegalHoldFact | IdentityAsked | ReturnFact
    | SanctionDrafted | SanctionImposed | SanctionLifted | SanctionVoided | LinkFact | ChargebackFact | RiskFact
    | MovingFact | MoneyFact | ManualWorkFact | WithdrawalFact
    | RulingAnnulled | CaseRecused | NoRequestProposed | CaseDisclosed | InterimReviewAsked | ProposalFact | PartyFact
    | RightRenamed | DisclosureProposed | AlarmAcknowledged | AddressProven | AppointmentFact | ExceptionFact | TextTranslated,
    Field(discriminator="type"),
]  # fmt: skip
FACTS: TypeAdapter[Fact] = TypeAdapter(Fact)


class Recording(Kept):
    """A fact in its place: its number, its cause and its author. The hash chain runs over exactly this."""

    seq: int
    at: Instant
    """The instant it is judged by: when its command was received, or when its level fell due."""
    recorded_at: Instant
    command_id: str
    actor: Actor
    channel: str
    credential: str | None = None
    """By which credential the command came: the id of an API key (``key_``), an intake source (``src_``), a session (``ses_``) or
    a signing key (``sig_``), else ``operator`` (the command line of whoever runs Ombud), ``temporal`` (told there, unsigned) or
    ``system``. None: recorded before this was asked for.
    """
    round: int
    fact: Fact
    timetable: Timetable | None = None
    """On the last fact of a transition: the timetable that follows from it, with the data it was computed with. None there: it
    is the one that was recorded last. Releases before this one said it again."""
    zone_data: str | None = None
    calendars: tuple[str, ...] | None = None
    """References of the calendars that its clocks run on."""
    form: int = 1
    """How it is written down: :data:`domain.model.chain.FORM`, or 1 by an earlier release, which wrote down what was null too."""
    received_at: Instant | None = None
    """When its command was received, where that was before ``at``: it was judged after one that was received later. None: at
    ``at``; or, where a fact of the first form does not name it at all, not said by a release before this one."""
