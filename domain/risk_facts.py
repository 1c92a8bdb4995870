"""What has happened where money or people are at risk."""

from __future__ import annotations

from typing import Literal

from domain.base import Kept
from domain.model.prose import Prose
from domain.model.ruling import Remedy


class SignalReceived(Kept):
    """A machine of the platform has noticed something that bears on the case."""

    type: Literal["signal_received"] = "signal_received"
    signal: str
    text: Prose | None = None


class ProvisionalCreditGiven(Kept):
    """The claimant has the money until the matter is decided; ``effect_ordered`` carries it out."""

    type: Literal["provisional_credit_given"] = "provisional_credit_given"
    credit_id: str
    remedy: Remedy
    reasons: Prose | None = None


class ProvisionalCreditEnded(Kept):
    """The matter is decided: the money stays where it is, or it is taken back."""

    type: Literal["provisional_credit_ended"] = "provisional_credit_ended"
    credit_id: str
    because: Literal["final", "reversed"]


class ReportProposed(Kept):
    """Somebody wants an authority to be told; another person decides whether it is."""

    type: Literal["report_proposed"] = "report_proposed"
    report_id: str
    authority: str
    reasons: Prose


class ReportApproved(Kept):
    """The second person agreed: the authority is told, once."""

    type: Literal["report_approved"] = "report_approved"
    report_id: str
    authority: str
    reasons: Prose


class ReportReturned(Kept):
    """The second person did not agree."""

    type: Literal["report_returned"] = "report_returned"
    report_id: str
    authority: str
    reasons: Prose


class CaseHandedOver(Kept):
    """The case went to another site's queue or to another person; its clocks keep what they had promised."""

    type: Literal["case_handed_over"] = "case_handed_over"
    from_queue: str
    queue: str
    from_owner: str | None = None
    to: str | None = None
    reasons: Prose


RiskFact = (
    SignalReceived
    | ProvisionalCreditGiven
    | ProvisionalCreditEnded
    | ReportProposed
    | ReportApproved
    | ReportReturned
    | CaseHandedOver
)
