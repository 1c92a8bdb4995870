"""What the team sees of the evidence for a card network."""

from __future__ import annotations

from domain.base import Instant, Kept
from domain.model.case import Case


class ChargebackView(Kept):
    """How it stands with the evidence for a card network; for the team."""

    due_at: Instant
    drafted_at: Instant | None = None
    sent_at: Instant | None = None
    missed_at: Instant | None = None


def seen(case: Case) -> ChargebackView | None:
    """How it stands, for the team."""
    known = case.chargeback
    if known is None:
        return None
    drafted_at = known.draft.at if known.draft is not None else None
    return ChargebackView(due_at=known.due_at, drafted_at=drafted_at, sent_at=known.sent_at, missed_at=known.missed_at)
