"""Facts of decisions on the matter: drafted, approved, issued, appealed, put into effect."""

from __future__ import annotations

from typing import Literal

from domain.base import Instant, Kept, Side
from domain.model.prose import Prose
from domain.model.ruling import Remedy
from domain.model.statement import StatementOfReasons


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
