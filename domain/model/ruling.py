"""Commands about the decision on the matter: rule, let it out or send it back, appeal, decide the appeal."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from domain.base import Code, CommandBase, Instant, Kept, Reference, Side
from domain.model.people import Superiors, line_above
from domain.model.prose import Prose, SealedText
from domain.model.refusals import Refusal
from domain.model.remedy import Remedy
from domain.model.sanctions import MisuseGravity, MisuseIntention, SanctionDrafted
from domain.model.statement import StatementOfReasons
from domain.model.terms import Payer

Shortfall = Literal["not_proven", "not_owed", "own_share", "had_already"]
"""Why somebody who wins gets less than half of what is in question: the rest was not proven, is not owed, is theirs to
bear, or they have it already."""


class _Decision(CommandBase):
    """What every decision on the matter can say, in the first instance and on appeal."""

    reasons: SealedText
    ground: Code | None = None
    remedies: Annotated[tuple[Remedy, ...], Field(max_length=10)] = ()
    conditions: Annotated[tuple[Code, ...], Field(max_length=10)] = ()
    """Conditions on which it is given, as the pack names them."""
    reply: SealedText | None = None
    """What is said to whoever appealed, or asked, alone."""
    complaint_route: Code | None = None
    """Where the decision can be complained about, as the pack names it."""
    sanction: Code | None = None
    """Left out: the one that the ladder says."""
    sanction_reason: Code | None = None
    """Why it is another one: a reason that the pack knows, with ``sanction_reasons`` in words."""
    sanction_reasons: SealedText | None = None
    misuse: Code | None = None
    """Misuse of the procedure that is found beside the outcome: a clause of one of the pack's ladders of misuse."""
    misuse_by: Side | None = None
    """Whose misuse it is: of whoever hands in what is manifestly unfounded, or provides what is manifestly illegal."""
    misuse_total: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """How many they handed in or provided in all in the same period, this one included."""
    misuse_gravity: MisuseGravity | None = None
    """How grave it is, by the nature of what it was and what it led to."""
    misuse_intention: MisuseIntention | None = None
    """With what intention, where that is known; left out: it is not."""
    misuse_reasons: SealedText | None = None
    """Why it is misuse, as whoever it is found of will read it."""
    statement: StatementOfReasons | None = None
    """Why something is restricted, where the pack wants a statement of reasons."""
    label_paid_by: Payer | None = None
    """Who pays for sending the goods back, where a remedy waits for them; left out: as the pack says."""
    relies_on: Annotated[tuple[Reference, ...] | None, Field(max_length=50)] = None
    """What it relies on of whatever came in: evidence, ``message:`` or ``signal:`` and the number of the fact, a joined report by
    its case. Left out: all of it, so that whoever loses could answer all."""
    stays: tuple[Reference, ...] = Field(default=(), max_length=50)
    """Interim measures, by id or name, that the ruling does not end: they stay until ``until``, for what an authority that was
    told of the case has yet to say."""
    until: Instant | None = None
    less_because: Shortfall | None = None
    """Why it gives less than half of what is in question, where its letter says that the claimant won: wanted then."""


class Rule(_Decision):
    """Decide the matter, with reasons."""

    type: Literal["rule"] = "rule"
    outcome: Code


class Approve(CommandBase):
    """Second person: let the ruling go out."""

    type: Literal["approve"] = "approve"
    seen: Annotated[tuple[Reference, ...], Field(max_length=50)] = ()
    """What was said or handed in since it was drafted (``not_seen`` names it): that it was read, and the ruling stands."""


class ReturnRuling(CommandBase):
    """Second person: send the ruling back with reasons."""

    type: Literal["return_ruling"] = "return_ruling"
    reasons: SealedText


class Retract(CommandBase):
    """The drafter takes the ruling back before the parties are told."""

    type: Literal["retract"] = "retract"


class Appeal(CommandBase):
    """A side that lost something asks for another decider to look again."""

    type: Literal["appeal"] = "appeal"
    reasons: SealedText


class DecideAppeal(_Decision):
    """Decide an appeal: uphold, overturn (with the new outcome), vary (another outcome or remedies) or remit to review."""

    type: Literal["decide_appeal"] = "decide_appeal"
    decision: Literal["uphold", "overturn", "vary", "remit"]
    outcome: Code | None = None
    same_decider: bool = False
    """Remitted, it may go to whoever decided it first: nothing that was wrong was about them."""

    @model_validator(mode="after")
    def _remits(self) -> Self:
        if self.same_decider and self.decision != "remit":
            raise PydanticCustomError("not_remitted", "Who decides afresh is said of a matter that is remitted.")
        return self


class Annul(CommandBase):
    """Set a ruling aside that the parties were told: what it brought about is undone as far as it can be, and somebody who had
    no part in it decides afresh."""

    type: Literal["annul"] = "annul"
    reason: Code
    """Why: ``decider_was_biased``, ``not_heard``, ``procedural_fault``, …"""
    reasons: SealedText
    """What both sides are told."""


class Ruling(Kept):
    """A decision on the matter, from draft to issue."""

    id: str
    decider: str
    drafted_with: str | None = None
    """The credential by which it was drafted: whoever approves it is another person with another one."""
    outcome: str
    decision: Literal["rule", "uphold", "overturn", "vary", "remit"] = "rule"
    reasons: Prose | None = None
    ground: str | None = None
    remedies: tuple[Remedy, ...] = ()
    round: int = 0
    approved_by: str | None = None
    issued_at: Instant | None = None
    annulled_at: Instant | None = None
    """Set aside after it was told: it is on record, and no longer in force."""
    approval_because: str | None = None
    """Why a second person has to agree to it; None: nobody has to."""
    annulled_by: str | None = None
    """Who set it aside: they do not end the case undecided."""
    conditions: tuple[str, ...] = ()
    reply: Prose | None = None
    reply_to: tuple[Side, ...] = ()
    """The sides that are told the reply."""
    complaint_route: str | None = None
    statement: StatementOfReasons | None = None
    same_decider: bool = False
    """It remits the matter, and whoever decided it first may decide it again."""
    elsewhere: bool = False
    """Made before there was a case, and taken over into it."""
    sanction: SanctionDrafted | None = None
    label_paid_by: Payer | None = None
    contested: bool = False
    """Whether a side that loses by it has said since it was drafted that it was not at a hearing that was put down: it goes back
    to whoever decides, and nobody is told."""
    stays: tuple[str, ...] = ()
    """Interim measures that it does not end, until an instant."""
    until: Instant | None = None
    less_because: Shortfall | None = None
    """Why whoever wins by it gets less than half of what is in question."""

    @model_serializer(mode="wrap")
    def _with_reasons(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # The release before does not read a ruling that says nothing of its reasons, not even that there are none.
        return {"reasons": None, **handler(self)}


class Effect(Kept):
    """Something that is or was carried out."""

    id: str
    remedy: Remedy
    because: str
    reverses: str | None = None
    state: Literal["running", "done", "reversed", "needs_hands", "withheld", "impossible"] = "running"
    reported_at: Instant | None = None
    """When somebody said what became of it."""
    hits: tuple[str, ...] = ()
    """Of an interim measure: the principals who were there when it was imposed, whom it stays with whoever comes and goes."""
    by_hand: bool = False
    """That it is done, somebody of the team says, and may say that it was a mistake."""


class Involvement(Kept):
    """Who had a part in deciding, in which round: they and those who report to them stay out of the next one."""

    person: str
    manager: str | None = None
    above: Superiors = ()
    round: int
    part: Literal["decider", "approver"]
    may_again_in: int | None = None
    """The round in which they may decide it again, because the matter was remitted for a reason that is not about them."""
    line: bool = False
    """It came back because of them: whoever they report to stays out too."""

    @property
    def superiors(self) -> frozenset[str]:
        """Everybody to whom they report."""
        return line_above(self.manager, self.above)


class ReportEffect(CommandBase):
    """What became of a remedy that was carried out (or could not be)."""

    type: Literal["report_effect"] = "report_effect"
    effect_id: Reference
    result: Literal["done", "reversed", "needs_hands"]
    note: Code | None = None


class OwnRuling(Refusal):
    """The drafter of a ruling cannot approve it."""

    code = "own_ruling"


class SameCredential(Refusal):
    """Two persons have to agree, and both came by one credential: it shows one of them only."""

    code = "same_credential"


class UnknownOutcome(Refusal):
    """The pack has no such outcome."""

    code = "outcome_unknown"


class UnknownGround(Refusal):
    """The pack has no such ground."""

    code = "ground_unknown"


class RemedyNotAllowed(Refusal):
    """The outcome does not come with this remedy."""

    code = "remedy_not_allowed"


class AmountMissing(Refusal):
    """The outcome or the remedy needs an amount."""

    code = "amount_missing"


class LessThanAsked(Refusal):
    """Its letter would say that the claimant won, it gives less than half of what is in question, and nobody says why."""

    code = "less_than_asked"


class RulingIncomplete(Refusal):
    """The outcome needs something that the ruling does not say; ``missing`` names the fields."""

    code = "ruling_incomplete"


class StatementIncomplete(Refusal):
    """The statement of reasons lacks something, or says what it cannot say; ``missing`` and ``errors`` name the fields."""

    code = "statement_incomplete"


class ConditionUnknown(Refusal):
    """The pack has no such condition."""

    code = "condition_unknown"


class ComplaintRouteUnknown(Refusal):
    """The pack has no such route of complaint."""

    code = "complaint_route_unknown"


class NothingToAnnul(Refusal):
    """No ruling of the case that the parties were told is in force."""

    code = "nothing_to_annul"


class NoRight(Refusal):
    """This side has no right to appeal; the fields say why."""

    code = "no_right_to_appeal"


class EffectUnknown(Refusal):
    """The case has no such effect running."""

    code = "effect_unknown"


class DecisionTakenOver(Kept):
    """A decision made elsewhere is the first ruling of this case, which is the appeal against it."""

    type: Literal["decision_taken_over"] = "decision_taken_over"
    ruling_id: str
    outcome: str
    appellant: Literal["author", "reporter"]
    """What the claimant is to what was decided about."""
    decider: str
    """A person's id, or ``machine``."""
    effective_at: Instant
    decided_at: Instant | None = None
    ground: str | None = None
    remedies: tuple[Remedy, ...] = ()
    """What was done by it and stands."""
    content_digest: str
    """Keyed digest of the platform's id of what was decided about."""
    reasons: Prose | None = None


class RulingDrafted(Kept):
    type: Literal["ruling_drafted"] = "ruling_drafted"
    ruling_id: str
    decider: str
    outcome: str
    reasons: Prose
    ground: str | None = None
    remedies: tuple[Remedy, ...] = ()
    decision: Literal["rule", "uphold", "overturn", "vary", "remit"] = "rule"
    pack: str
    version: str
    approval_because: str | None = None
    conditions: tuple[str, ...] = ()
    reply: Prose | None = None
    complaint_route: str | None = None
    statement: StatementOfReasons | None = None
    same_decider: bool = False
    label_paid_by: Payer | None = None
    relies_on: tuple[str, ...] | None = None
    """The evidence that it relies on; None: it was not said."""
    stays: tuple[str, ...] = ()
    """Interim measures that it does not end."""
    until: Instant | None = None
    less_because: Shortfall | None = None


class RulingApproved(Kept):
    type: Literal["ruling_approved"] = "ruling_approved"
    ruling_id: str


class RulingReturned(Kept):
    type: Literal["ruling_returned"] = "ruling_returned"
    ruling_id: str
    reasons: Prose


class RulingRetracted(Kept):
    type: Literal["ruling_retracted"] = "ruling_retracted"
    ruling_id: str


class AppealRight(Kept):
    side: Side
    allowed: bool
    because: str


class RulingIssued(Kept):
    """The grace is over: the parties are told, the remedies run, rights to appeal begin."""

    type: Literal["ruling_issued"] = "ruling_issued"
    ruling_id: str
    outcome: str
    rights: tuple[AppealRight, ...]
    effects: tuple[str, ...] = ()


class CaseRemitted(Kept):
    """The appeal sent the matter back to be decided afresh by somebody else."""

    type: Literal["case_remitted"] = "case_remitted"
    ruling_id: str
    same_decider: bool = False
    """Whoever decided it first may decide it again."""
    rights_anew: bool = False
    """What is decided afresh can be appealed afresh, also by a side that has appealed before."""


class RulingAnnulled(Kept):
    """A ruling that the parties were told was set aside; the matter is decided afresh by somebody who had no part in it."""

    type: Literal["ruling_annulled"] = "ruling_annulled"
    ruling_id: str
    reason: str
    reasons: Prose
    about_deciders: bool = False
    """The reason is about who decided: whoever they report to stays out too."""


class AppealLodged(Kept):
    type: Literal["appeal_lodged"] = "appeal_lodged"
    appeal_id: str
    side: Side
    against: str
    reasons: Prose
    cross: bool = False


class AppealWithdrawn(Kept):
    type: Literal["appeal_withdrawn"] = "appeal_withdrawn"
    side: Side
    rights: tuple[AppealRight, ...] | None = None
    """Who may appeal against the ruling that stands again, where the matter had been sent back; None: as it was."""
    theirs_again: bool = False
    """The platform gave it up of office, and whoever reported it may appeal about their own money."""


class EffectOrdered(Kept):
    """Something is to be carried out, once: a remedy, or the reversal of one."""

    type: Literal["effect_ordered"] = "effect_ordered"
    effect_id: str
    remedy: Remedy
    because: str
    """The ruling or the offer it puts into effect."""
    reverses: str | None = None


class EffectReported(Kept):
    type: Literal["effect_reported"] = "effect_reported"
    effect_id: str
    result: Literal["done", "reversed", "needs_hands"]
    note: str | None = None
