"""Everything that somebody can ask of a case. A command may be refused; what was asked and the answer are kept either way.

On the wire a command is one flat JSON object with its own id: ``{"id": "cmd_…", "type": "rule", "by": "per_…", …}``.
The same words come through the API, the update ``ask``, the signal ``tell`` and the command line.
"""

# ruff: noqa: PLC0414, I001 - whoever reads a command finds everything that can be asked here
from __future__ import annotations

from typing import Annotated
from domain.base import CaseId
from domain.model.alarms import Acknowledge as Acknowledge
from domain.model.address_proof import ProveAddress as ProveAddress
from domain.model.chargeback import ChargebackCommand
from domain.base import Code
from domain.base import CommandBase
from domain.model.clocks import Extend
from domain.model.prose import FROM_OUTSIDE
from pydantic import Field
from domain.model.clocks import Freeze
from domain.model.case_import import History
from domain.model.safeguards import ImposeInterim, InterimImposed
from domain.base import Instant
from domain.model.legal_hold import LegalHoldCommand, LegalHoldPlaced
from domain.model.links import LinkCommand
from typing import Literal
from domain.base import Money
from domain.model.appointments import AnswerAppointment as AnswerAppointment
from domain.model.appointments import AppointmentCommand
from domain.model.appointments import CancelAppointment as CancelAppointment
from domain.model.appointments import CommentProtocol as CommentProtocol
from domain.model.appointments import MoveAppointment as MoveAppointment
from domain.model.appointments import ProposeAppointment as ProposeAppointment
from domain.model.appointments import RecordAppointment as RecordAppointment
from domain.model.manual_work import ManualWorkCommand
from domain.model.manual_work import ReportManualWork as ReportManualWork
from domain.model.money import MoneyCommand
from domain.model.prior_decision import OpenedDecision
from domain.model.clocks import Pause
from domain.base import PersonId
from domain.base import Priority
from domain.model.procedure import ProcedureCommand
from domain.model.prose import Prose
from domain.model.provider_news import ProviderNews
from domain.model.clocks import Resume
from domain.model.clocks import Retarget
from domain.model.settlement import ReturnCommand
from domain.model.safeguards import ReviewInterim
from domain.model.safeguards import RiskCommand
from domain.model.terms import Routing
from domain.model.prose import Sealer
from domain.model.clocks import Snooze
from domain.model.terms import Terms
from domain.model.clocks import Thaw
from pydantic import TypeAdapter
from domain.model.chargeback import DraftChargebackEvidence as DraftChargebackEvidence
from domain.model.chargeback import SubmitChargebackEvidence as SubmitChargebackEvidence
from domain.model.disclosure import Disclose as Disclose
from domain.model.evidence import AskIdentity as AskIdentity
from domain.model.evidence import RequestEvidence as RequestEvidence
from domain.model.evidence import SubmitEvidence as SubmitEvidence
from domain.model.handling import Admit as Admit
from domain.model.handling import Assign as Assign
from domain.model.handling import Close as Close
from domain.model.handling import Decline as Decline
from domain.model.handling import Escalate as Escalate
from domain.model.handling import HandOver as HandOver
from domain.model.handling import Message as Message
from domain.model.handling import Note as Note
from domain.model.handling import Recuse as Recuse
from domain.model.handling import Reopen as Reopen
from domain.model.handling import ReportDelivery as ReportDelivery
from domain.model.handling import Skip as Skip
from domain.model.handling import Take as Take
from domain.model.handling import Withdraw as Withdraw
from domain.model.links import Join as Join
from domain.model.links import JoinCampaign as JoinCampaign
from domain.model.links import LeaveCampaign as LeaveCampaign
from domain.model.links import Link as Link
from domain.model.links import Merge as Merge
from domain.model.links import MirrorLink as MirrorLink
from domain.model.links import Split as Split
from domain.model.links import Unlink as Unlink
from domain.model.money import StateAmount as StateAmount
from domain.model.parties import AddParty as AddParty
from domain.model.parties import PartyCommand
from domain.model.parties import RemoveParty as RemoveParty
from domain.model.parties import ReplaceParty as ReplaceParty
from domain.model.people import OpenedParty as OpenedParty
from domain.model.policy_exceptions import AskException as AskException
from domain.model.policy_exceptions import ExceptionCommand
from domain.model.policy_exceptions import GrantException as GrantException
from domain.model.policy_exceptions import RefuseException as RefuseException
from domain.model.procedure import CompleteStep as CompleteStep
from domain.model.procedure import NameRootCause as NameRootCause
from domain.model.procedure import SkipStep as SkipStep
from domain.model.remedy import Remedy as Remedy
from domain.model.ruling import Annul as Annul
from domain.model.ruling import Appeal as Appeal
from domain.model.ruling import Approve as Approve
from domain.model.ruling import DecideAppeal as DecideAppeal
from domain.model.ruling import ReportEffect as ReportEffect
from domain.model.ruling import Retract as Retract
from domain.model.ruling import ReturnRuling as ReturnRuling
from domain.model.ruling import Rule as Rule
from domain.model.safeguards import ApproveReport as ApproveReport
from domain.model.safeguards import AskInterimReview as AskInterimReview
from domain.model.safeguards import CreditProvisionally as CreditProvisionally
from domain.model.safeguards import ReportToAuthority as ReportToAuthority
from domain.model.safeguards import ReturnReport as ReturnReport
from domain.model.safeguards import Signal as Signal
from domain.model.settlement import AcceptOffer as AcceptOffer
from domain.model.settlement import Concede as Concede
from domain.model.settlement import ConfirmReturn as ConfirmReturn
from domain.model.settlement import ContestReturn as ContestReturn
from domain.model.settlement import DecideReturn as DecideReturn
from domain.model.settlement import DeclineOffer as DeclineOffer
from domain.model.settlement import Offer as Offer
from domain.model.settlement import ShipReturn as ShipReturn
from domain.model.translations import Translate as Translate
from domain.model.withdrawal import AcceptWithdrawal as AcceptWithdrawal
from domain.model.withdrawal import ContinueOfOffice as ContinueOfOffice
from domain.model.withdrawal import WithdrawalCommand


class Open(CommandBase):
    """Make a report into a case. Comes from intake only, never from outside."""

    type: Literal["open"] = "open"
    kind: Code
    source: Code
    category: Code
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
    decision: OpenedDecision | None = None
    same_as: CaseId | None = None
    """An open case of the same matter that intake found, where the pack joins such reports."""
    decided_in: CaseId | None = None
    """A closed case in which intake found the same matter between the same two, where the pack says what becomes of that."""
    new_fact: bool = False
    """The report says that it brings something new: the attribute ``new_fact``, or files."""
    history: History | None = None
    """The past of a case that ran elsewhere."""
    provider: ProviderNews | None = None
    """How the dispute stands with the payment provider that told of it."""
    owner: PersonId | None = None
    """Who goes on with a case that ran elsewhere."""
    recused: tuple[PersonId, ...] = ()
    """Who does not decide it, because they do not decide the case that it was split off."""
    filed_as: tuple[Code, ...] = ()
    """What it was called before, as a part of the case that it was split off."""
    limits_since: Instant | None = None
    """Since when the limits of the law run, where it was split off: since the whole of it was reported."""
    measures: tuple[InterimImposed, ...] = ()
    """The interim measures with which it begins: they are in force in the case that it was split off."""
    holds: tuple[LegalHoldPlaced, ...] = ()
    """The legal holds with which it begins, as that case is under them."""


class Deadline(CommandBase):
    """A level of a clock fell due. Made by ``record`` from the stored timetable, never by a person."""

    type: Literal["deadline"] = "deadline"
    clock: Code
    instance: int
    level: Code
    count: int = 0


Command = Annotated[
    Open | Admit | Decline | Message | Note | Offer | AcceptOffer | DeclineOffer | Escalate | Assign | Take
    | Skip | RequestEvidence
    | SubmitEvidence | Rule | Approve | ReturnRuling | Retract | Appeal | DecideAppeal | Withdraw | Close | Reopen | Deadline
    | ReportEffect | ReportDelivery | Pause | Resume | Snooze | Extend | Retarget | Freeze | Thaw | ImposeInterim | ReviewInterim
    | ProcedureCommand | LegalHoldCommand | AskIdentity | ReturnCommand | LinkCommand | ChargebackCommand | RiskCommand
    | MoneyCommand | WithdrawalCommand | Annul | Recuse | Disclose | AskInterimReview | Concede | PartyCommand
    | ManualWorkCommand | Acknowledge | ProveAddress | AppointmentCommand | ExceptionCommand | Translate,
    Field(discriminator="type"),
]  # fmt: skip
COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)
SYSTEM_COMMANDS = frozenset({"open", "deadline", "report_effect", "report_delivery", "join", "mirror_link"})
"""Commands that only ``system`` may send; from anybody else they are refused."""


def parse_command(raw: object, sealer: Sealer | None = None) -> Command:
    """The command that a JSON object from outside says, its texts put away by ``sealer``.

    Raises pydantic's ValidationError, whose errors name each field. Without a sealer texts are only checked.
    """
    return COMMANDS.validate_python(raw, context={FROM_OUTSIDE: sealer})


def read_command(body: object) -> Command:
    """A command as it was kept, its texts sealed before. Raises pydantic's ValidationError."""
    return COMMANDS.validate_python(body)
