"""What has happened to the evidence for a card network."""

from __future__ import annotations

from typing import Literal

from domain.base import Instant, Kept
from domain.model.prose import Prose


class ChargebackDrafted(Kept):
    """What is to be sent, in the place of an earlier draft."""

    type: Literal["chargeback_drafted"] = "chargeback_drafted"
    draft_id: str
    text: Prose
    due_at: Instant


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
