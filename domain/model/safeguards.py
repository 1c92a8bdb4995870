"""What is asked where money or people are at risk: a signal, a provisional credit, a report to an authority, another site."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from domain.base import Code, CommandBase, Money, PersonId, Reference
from domain.model.prose import SealedText


class Signal(CommandBase):
    """Tell the case what a machine has noticed: it wakes a case that was put away, and can take a closed one up again."""

    type: Literal["signal"] = "signal"
    signal: Code
    """What was noticed, in the platform's own words (``chargeback_received``, ``device_seen_again``)."""
    text: SealedText | None = None


class CreditProvisionally(CommandBase):
    """Give the claimant the money back until the matter is decided; the ruling makes it final or takes it back."""

    type: Literal["credit_provisionally"] = "credit_provisionally"
    amount: Money
    reasons: SealedText | None = None
    """What the claimant is told."""


class ReportToAuthority(CommandBase):
    """Propose that an authority be told of the case. Nothing leaves before a second person agrees."""

    type: Literal["report_to_authority"] = "report_to_authority"
    authority: Code
    reasons: SealedText


class ApproveReport(CommandBase):
    """Second person: let the report to the authority go out, once."""

    type: Literal["approve_report"] = "approve_report"
    report_id: Reference | None = None
    """Left out: the oldest that waits."""


class ReturnReport(CommandBase):
    """Second person: the authority is not told, with reasons."""

    type: Literal["return_report"] = "return_report"
    report_id: Reference | None = None
    reasons: SealedText


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


RiskCommand = Signal | CreditProvisionally | ReportToAuthority | ApproveReport | ReturnReport | HandOver
