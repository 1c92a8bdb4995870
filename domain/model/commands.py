"""Everything that somebody can ask of a case. A command may be refused; what was asked and the answer are kept either way.

On the wire a command is one flat JSON object with its own id: ``{"id": "cmd_…", "type": "rule", "by": "per_…", …}``.
The same words come through the API, the update ``ask``, the signal ``tell`` and the command line.
"""

# ruff: noqa: PLC0414, I001 - whoever reads a command finds everything that can be asked here
from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from domain.base import CaseId, Code, CommandBase, Instant, Money, PersonId, Priority, Reference
from domain.model.elsewhere import OpenedDecision
from domain.model.chargeback import (
    ChargebackCommand,
    DraftChargebackEvidence as DraftChargebackEvidence,
    SubmitChargebackEvidence as SubmitChargebackEvidence,
)
from domain.model.clocks import Extend, Freeze, ImposeInterim, Pause, Resume, Retarget, ReviewInterim, Snooze, Thaw
from domain.model.evidence import RequestEvidence as RequestEvidence, SubmitEvidence as SubmitEvidence
from domain.identity_commands import AskIdentity as AskIdentity
from domain.model.legal_hold import LegalHoldCommand
from domain.model.procedure import (
    CompleteStep as CompleteStep,
    NameRootCause as NameRootCause,
    ProcedureCommand,
    SkipStep as SkipStep,
)
from domain.model.handling import Skip as Skip
from domain.model.links import (
    Join as Join,
    JoinCampaign as JoinCampaign,
    LeaveCampaign as LeaveCampaign,
    Link as Link,
    LinkCommand,
    Merge as Merge,
    MirrorLink as MirrorLink,
    Split as Split,
    Unlink as Unlink,
)
from domain.parties import OpenedParty as OpenedParty
from domain.model.moving import History
from domain.model.prose import FROM_OUTSIDE, Prose, SealedText, Sealer
from domain.return_commands import (
    ReturnCommand,
    ConfirmReturn as ConfirmReturn,
    ContestReturn as ContestReturn,
    DecideReturn as DecideReturn,
    ShipReturn as ShipReturn,
)
from domain.model.safeguards import (
    ApproveReport as ApproveReport,
    CreditProvisionally as CreditProvisionally,
    HandOver as HandOver,
    ReportToAuthority as ReportToAuthority,
    ReturnReport as ReturnReport,
    RiskCommand,
    Signal as Signal,
)
from domain.model.ruling import (
    Appeal as Appeal,
    Approve as Approve,
    DecideAppeal as DecideAppeal,
    Remedy as Remedy,
    Retract as Retract,
    ReturnRuling as ReturnRuling,
    Rule as Rule,
)
from domain.model.terms import Routing, Terms


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
    history: History | None = None
    """The past of a case that ran elsewhere."""
    owner: PersonId | None = None
    """Who goes on with a case that ran elsewhere."""


class Admit(CommandBase):
    """Triage lets a report through the gate."""

    type: Literal["admit"] = "admit"


class Decline(CommandBase):
    """Triage turns a report away, with the reason the claimant is told."""

    type: Literal["decline"] = "decline"
    reason: Code
    reasons: SealedText


class Message(CommandBase):
    """Say something to the other people of the case. Shared with both sides unless addressed to one."""

    type: Literal["message"] = "message"
    text: SealedText
    to: Literal["all", "claimant", "respondent"] = "all"


class Note(CommandBase):
    """An internal note: never shown to a party."""

    type: Literal["note"] = "note"
    text: SealedText
    mentions: Annotated[tuple[PersonId, ...], Field(max_length=20)] = ()
    """Colleagues who are told of it."""


class Offer(CommandBase):
    """Propose how to settle. A new offer by either side replaces the open one (a counter-offer)."""

    type: Literal["offer"] = "offer"
    remedy: Code
    """One of the pack's offers (``refund_with_return``), or of its remedies where it lists no offers."""
    amount: Money | None = None
    text: SealedText | None = None


class AcceptOffer(CommandBase):
    """Accept the other side's open offer: binding, closes the case as settled and carries the remedy out.

    Where the goods go back first, the case stays open until they are there.
    """

    type: Literal["accept_offer"] = "accept_offer"
    offer_id: Reference | None = None
    """Named, it must be the open one: nobody accepts an offer they have not seen."""


class DeclineOffer(CommandBase):
    """Turn the open offer down; the settlement goes on."""

    type: Literal["decline_offer"] = "decline_offer"
    offer_id: Reference | None = None


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


class Close(CommandBase):
    """An ops lead ends a case that cannot be decided, with the reason."""

    type: Literal["close"] = "close"
    outcome: Literal["declined", "expired"] = "expired"
    reason: Code
    reasons: SealedText


class Reopen(CommandBase):
    """An ops lead takes a closed case up again inside the pack's window."""

    type: Literal["reopen"] = "reopen"
    reason: Code
    reasons: SealedText | None = None


class Deadline(CommandBase):
    """A level of a clock fell due. Made by ``record`` from the stored timetable, never by a person."""

    type: Literal["deadline"] = "deadline"
    clock: Code
    instance: int
    level: Code
    count: int = 0


class ReportEffect(CommandBase):
    """What became of a remedy that was carried out (or could not be)."""

    type: Literal["report_effect"] = "report_effect"
    effect_id: Reference
    result: Literal["done", "reversed", "needs_hands"]
    note: Code | None = None


class ReportDelivery(CommandBase):
    """A notice could not be delivered after the last try: somebody has to reach the party by other means."""

    type: Literal["report_delivery"] = "report_delivery"
    notice_id: Reference
    reason: Code


Command = Annotated[
    Open | Admit | Decline | Message | Note | Offer | AcceptOffer | DeclineOffer | Escalate | Assign | Take
    | Skip | RequestEvidence
    | SubmitEvidence | Rule | Approve | ReturnRuling | Retract | Appeal | DecideAppeal | Withdraw | Close | Reopen | Deadline
    | ReportEffect | ReportDelivery | Pause | Resume | Snooze | Extend | Retarget | Freeze | Thaw | ImposeInterim | ReviewInterim
    | ProcedureCommand | LegalHoldCommand | AskIdentity | ReturnCommand | LinkCommand | ChargebackCommand | RiskCommand,
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
