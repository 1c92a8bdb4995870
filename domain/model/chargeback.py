"""Commands about a dispute that a card network decides: the evidence it takes, once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.base import CommandBase, Instant, Kept, Reference
from domain.model.evidence import EvidenceFile
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal

NetworkFileShows = Literal[
    "cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation", "receipt",
    "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file",
]  # fmt: skip
"""What a file shows, in Stripe's words: its fields of evidence that take a file, one each."""


class NetworkFile(Kept):
    """A file of the case that goes to the card network."""

    file: Reference
    shows: NetworkFileShows = "uncategorized_file"


class DraftChargebackEvidence(CommandBase):
    """Put together what the card network is to be told. It can be replaced until it is sent, shortly before it is due."""

    type: Literal["draft_chargeback_evidence"] = "draft_chargeback_evidence"
    text: SealedText
    due_at: Instant | None = None
    """When the network stops listening; left out: as the report or an earlier draft has it."""
    files: Annotated[tuple[NetworkFile, ...], Field(max_length=9)] = ()
    """Files of the case that go along, one for each thing that they show: PDF, JPEG or PNG, 4.5 MB together."""


class SubmitChargebackEvidence(CommandBase):
    """Send the draft now. There is no second time."""

    type: Literal["submit_chargeback_evidence"] = "submit_chargeback_evidence"


ChargebackCommand = DraftChargebackEvidence | SubmitChargebackEvidence


class ChosenFile(Kept):
    """A file that goes along."""

    file: EvidenceFile
    shows: NetworkFileShows


class ChargebackDrafted(Kept):
    """What is to be sent, in the place of an earlier draft."""

    type: Literal["chargeback_drafted"] = "chargeback_drafted"
    draft_id: str
    text: Prose
    due_at: Instant
    files: tuple[ChosenFile, ...] = ()


class ChargebackSent(Kept):
    """The one submission; ``effect_ordered`` carries it out."""

    type: Literal["chargeback_sent"] = "chargeback_sent"
    draft_id: str
    because: Literal["due", "now", "closed"]


class ChargebackMissed(Kept):
    """The network has stopped listening, and nothing was sent."""

    type: Literal["chargeback_missed"] = "chargeback_missed"
    due_at: Instant


ChargebackFact = ChargebackDrafted | ChargebackSent | ChargebackMissed


class ChargebackUnknown(Refusal):
    """No card network decides this case, or there is no draft to send it."""

    code = "chargeback_unknown"


class NetworkFileRefused(Refusal):
    """The card network takes no such file: its type, its size, what all of them have together, or two that show the same."""

    code = "network_file_refused"


class ChargebackOver(Refusal):
    """The network takes evidence once, and it was sent; or the dispute is over there."""

    code = "chargeback_over"


class Draft(Kept):
    """What is to be sent."""

    id: str
    text: Prose
    at: Instant


class Chargeback(Kept):
    """How it stands with the one submission."""

    due_at: Instant
    since: Instant
    """When its due time became known: no level lies before that."""
    draft: Draft | None = None
    warned: bool = False
    sent_at: Instant | None = None
    missed_at: Instant | None = None
    closed_at: Instant | None = None
    """When it became known that the dispute is over at its provider, which takes nothing more."""

    @property
    def over(self) -> bool:
        """Sent, too late, or decided."""
        return self.sent_at is not None or self.missed_at is not None or self.closed_at is not None
