"""Commands about a dispute that a card network decides: the evidence it takes, once."""

from __future__ import annotations

from typing import Literal

from domain.base import CommandBase, Instant
from domain.model.prose import SealedText


class DraftChargebackEvidence(CommandBase):
    """Put together what the card network is to be told. It can be replaced until it is sent, shortly before it is due."""

    type: Literal["draft_chargeback_evidence"] = "draft_chargeback_evidence"
    text: SealedText
    due_at: Instant | None = None
    """When the network stops listening; left out: as the report or an earlier draft has it."""


class SubmitChargebackEvidence(CommandBase):
    """Send the draft now. There is no second time."""

    type: Literal["submit_chargeback_evidence"] = "submit_chargeback_evidence"


ChargebackCommand = DraftChargebackEvidence | SubmitChargebackEvidence
