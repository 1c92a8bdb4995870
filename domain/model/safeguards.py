"""What is asked where money or people are at risk: a signal, a provisional credit, a report to an authority, another site."""

from __future__ import annotations

from typing import Literal

from domain.base import Code, CommandBase, Instant, Kept, Money, Reference, Side
from domain.model.handling import CaseHandedOver, HandOver
from domain.model.prose import Prose, SealedText
from domain.model.provider_news import ProviderNews
from domain.model.refusals import Refusal
from domain.model.remedy import Remedy


class Signal(CommandBase):
    """Tell the case what a machine has noticed: it wakes a case that was put away, and can take a closed one up again."""

    type: Literal["signal"] = "signal"
    signal: Code
    """What was noticed, in the platform's own words (``chargeback_received``, ``device_seen_again``)."""
    text: SealedText | None = None
    news: ProviderNews | None = None
    """What a payment provider said of a dispute, where the signal is about one: it says whether money moved there already."""


class CreditProvisionally(CommandBase):
    """Give the claimant the money back until the matter is decided; the ruling makes it final or takes it back. Where a ruling of
    this amount would need a second person the owner's word proposes it, and the same command by a lead lets it out."""

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


RiskCommand = Signal | CreditProvisionally | ReportToAuthority | ApproveReport | ReturnReport | HandOver


class InterimImposed(Kept):
    """A reversible measure was imposed before the ruling; ``effect_ordered`` carries it out."""

    type: Literal["interim_imposed"] = "interim_imposed"
    measure_id: str
    remedy: Remedy
    reasons: Prose
    told: Prose | None = None
    """What whoever it hits is told of it, instead of the reasons."""
    until: Instant | None = None
    """When it ends by itself, unless a second person confirms it: one person imposed it on somebody whom they have found."""
    by: str | None = None
    """Who imposed it, where it came along with a part of another case; None: whoever speaks."""
    kept_by: str | None = None
    """Who split that part off, and so had it last on."""


class InterimReviewed(Kept):
    """Somebody looked at it again and kept it: its time begins anew."""

    type: Literal["interim_reviewed"] = "interim_reviewed"
    measure_ids: tuple[str, ...]
    reasons: Prose
    told: Prose | None = None
    """What whoever it hits is told of this, instead of the reasons."""
    inside: bool = False
    """Nobody outside reads the reasons: whoever it hits was at first, or is now, told something else than why."""


class InterimEnded(Kept):
    """Lifted on review, lapsed because nobody reviewed it, or overtaken by the ruling or the end of the case."""

    type: Literal["interim_ended"] = "interim_ended"
    measure_ids: tuple[str, ...]
    because: Literal["lifted", "lapsed", "ruled", "closed"]
    reasons: Prose | None = None
    told: Prose | None = None
    """What whoever it hits is told of this, instead of the reasons."""
    inside: bool = False
    """Nobody outside reads the reasons: whoever it hits was at first, or is now, told something else than why."""


class ImposeInterim(CommandBase):
    """Impose a reversible measure before the ruling. It is reviewed, and lapses by itself when nobody does."""

    type: Literal["impose_interim"] = "impose_interim"
    measure: Code
    of: Side = Side.RESPONDENT
    reasons: SealedText
    told: SealedText | None = None
    """What whoever it hits is told of it, instead of the reasons. Somebody who was not told of the case learns nothing else."""


class AskInterimReview(CommandBase):
    """Whoever an interim measure hits asks that somebody look at it again."""

    type: Literal["ask_interim_review"] = "ask_interim_review"
    measure_id: Reference | None = None
    """Left out: all that hit their side."""
    text: SealedText


class InterimReviewAsked(Kept):
    """Whoever an interim measure hits asked that somebody look at it again."""

    type: Literal["interim_review_asked"] = "interim_review_asked"
    measure_ids: tuple[str, ...]
    side: Side
    text: Prose


class ReviewInterim(CommandBase):
    """Look at an interim measure again: keep it, with its time beginning anew, or lift it."""

    type: Literal["review_interim"] = "review_interim"
    measure_id: Reference | None = None
    """Left out: all that are in force."""
    decision: Literal["keep", "lift"]
    reasons: SealedText
    told: SealedText | None = None
    """What whoever it hits is told of it, instead of the reasons. Left out: the reasons, unless they were told something else
    than those when it was imposed; then these stay with the team as well."""


class MeasureNotAllowed(Refusal):
    """The pack does not know this interim measure against this side, or it is in force already."""

    code = "measure_not_allowed"


class InterimUnknown(Refusal):
    """No such interim measure is in force."""

    code = "interim_unknown"


class SignalReceived(Kept):
    """A machine of the platform has noticed something that bears on the case."""

    type: Literal["signal_received"] = "signal_received"
    signal: str
    text: Prose | None = None
    news: ProviderNews | None = None


class ProvisionalCreditGiven(Kept):
    """The claimant has the money until the matter is decided; ``effect_ordered`` carries it out."""

    type: Literal["provisional_credit_given"] = "provisional_credit_given"
    credit_id: str
    remedy: Remedy
    reasons: Prose | None = None


class ProvisionalCreditProposed(Kept):
    """A credit that one person does not give alone waits for a second one."""

    type: Literal["provisional_credit_proposed"] = "provisional_credit_proposed"
    amount: Money
    because: str
    """Why a second person is asked, as with a ruling: ``amount_above_limit``, ``amount_of_own_word``, …"""
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


RiskFact = (
    SignalReceived
    | ProvisionalCreditGiven
    | ProvisionalCreditProposed
    | ProvisionalCreditEnded
    | ReportProposed
    | ReportApproved
    | ReportReturned
    | CaseHandedOver
)


class CreditNotAllowed(Refusal):
    """This kind knows no provisional credit, or not of this amount; ``because`` says which."""

    code = "credit_not_allowed"


class CreditGiven(Refusal):
    """The claimant has a provisional credit already."""

    code = "credit_given"


class AuthorityUnknown(Refusal):
    """The pack does not know this authority."""

    code = "authority_unknown"


class ReportPending(Refusal):
    """This authority has been told, or a second person is looking at it."""

    code = "report_pending"


class ReportUnknown(Refusal):
    """No report to an authority waits for a second person."""

    code = "report_unknown"


class OwnReport(Refusal):
    """Whoever proposed a report to an authority cannot let it go out."""

    code = "own_report"


class Credit(Kept):
    """Money that the claimant has until the matter is decided, and what became of it."""

    id: str
    remedy: Remedy
    state: Literal["given", "final", "reversed"] = "given"
    ended_at: Instant | None = None


class CreditProposal(Kept):
    """A credit that waits for a second person."""

    amount: Money
    because: str
    by: str
    proposed_with: str | None = None
    """The credential by which it was proposed."""
    reasons: Prose | None = None


class ReportView(Kept):
    """A report to an authority, as the team sees it beside the case; the reasons stand in the timeline."""

    id: str
    authority: str
    proposed_by: str
    made: bool = False


class AuthorityReport(ReportView):
    """A report to an authority: proposed by one person, let out by another."""

    reasons: Prose
    proposed_with: str | None = None
    """The credential by which it was proposed."""


class Interim(Kept):
    """A reversible measure in force before the ruling."""

    id: str
    remedy: Remedy
    imposed_at: Instant
    reviewed_at: Instant | None = None
    by: str | None = None
    """Who imposed it."""
    kept: int = 0
    """How often it was prolonged, or imposed anew after it had ended before the matter was decided."""
    kept_by: str | None = None
    """Who prolonged it last."""
    reasons: Prose | None = None
    told: Prose | None = None
    """What whoever it hits was told of it."""
    asked_at: Instant | None = None
    """When they last asked that it be looked at again."""
    kept_until: Instant | None = None
    """Until when it outlives the case, which was taken back; of one that is ``alone``, when it ends."""
    alone: bool = False
    """It ends by itself unless a second person keeps it: one imposed it on somebody whom they have found themselves, and nobody
    has confirmed who it is; or whoever it hits is no party any more."""
    of_found: bool = False
    """It is the former."""
    taken_out_by: str | None = None
    """Who removed or replaced whoever it hits."""
    taken_out_with: str | None = None
    """Who had proposed that before, or confirmed it since: it was their word as well."""
