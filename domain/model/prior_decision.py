"""The decision that a report asks somebody else to look at again: made by the platform, before there was a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from domain.base import Code, Frozen, Instant, PersonId, Reference
from domain.model.prose import Prose, checked_text
from domain.model.refusals import Refusal
from domain.model.remedy import Remedy

CaseSnapshot = Literal["author", "reporter"]
"""Who appeals: whoever wrote what was decided about, or whoever reported it."""


class Brought(Frozen):
    """What the platform and the rules say of such a decision in the same words."""

    outcome: Code
    """What was decided, as the pack names it (``remove``, ``keep``)."""
    appellant: CaseSnapshot
    """What the claimant is to it."""
    effective_at: Instant
    """When it took effect: one decision on the same content is told from another by it."""
    informed_at: Instant | None = None
    """When whoever appeals was told of it: the window to appeal begins. Left out: when it took effect."""
    decided_at: Instant | None = None
    decider: PersonId | Literal["machine"]
    """Who decided it, or ``machine`` where no person did. Nobody decides the appeal who did, nor reports to them."""
    ground: Code | None = None
    remedies: Annotated[tuple[Remedy, ...], Field(max_length=10)] = ()
    """What was done by it; left out: what the pack says such a decision does."""


class DecisionElsewhere(Brought):
    """A decision made elsewhere, as a report brings it."""

    content: Reference
    """The platform's id of what was decided about. One person appeals once against one decision on it."""
    reasons: Annotated[str, AfterValidator(checked_text)] | None = None
    """What the parties were told then."""


class NoticeUndecided(Refusal):
    """A notice, or a complaint, is answered by a decision that can be complained of; nobody puts it away."""

    code = "notice_undecided"


class OpenedDecision(Brought):
    """The same as the rules see it: no text, and the content by its keyed digest."""

    content_digest: str
    reasons: Prose | None = None


def as_opened(decision: DecisionElsewhere | None, digest: str, seal: Callable[[str], Prose]) -> OpenedDecision | None:
    """The decision as the opening command carries it; None where the report brings none."""
    if decision is None:
        return None
    said = {name: getattr(decision, name) for name in Brought.model_fields}
    return OpenedDecision(**said, content_digest=digest, reasons=seal(decision.reasons) if decision.reasons else None)
