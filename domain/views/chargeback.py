"""What the team sees of the evidence for a card network."""

from __future__ import annotations

from domain.base import Instant, Kept, Money
from domain.model.case import Case
from domain.model.provider_news import REFUNDED, ProviderDispute
from domain.rules.provider_news import twice


class ChargebackView(Kept):
    """How it stands with the evidence for a card network; for the team."""

    due_at: Instant
    drafted_at: Instant | None = None
    sent_at: Instant | None = None
    missed_at: Instant | None = None
    closed_at: Instant | None = None
    """The dispute is over at its provider: nothing is sent any more."""


def seen(case: Case) -> ChargebackView | None:
    """How it stands, for the team."""
    known = case.chargeback
    if known is None:
        return None
    drafted_at = known.draft.at if known.draft is not None else None
    ends = {"sent_at": known.sent_at, "missed_at": known.missed_at, "closed_at": known.closed_at}
    return ChargebackView(due_at=known.due_at, drafted_at=drafted_at, **ends)


class ProviderDisputeView(Kept):
    """How a dispute stands with its payment provider; for the team."""

    provider: str
    dispute: str
    payment: str | None = None
    status: str | None = None
    reason: str | None = None
    network_reason: str | None = None
    due_at: Instant | None = None
    ended_at: Instant | None = None
    end: str | None = None
    """How it ended there (``lost``, ``refunded``); null while it is open."""
    paid: bool = False
    """Whoever paid got the money back from the provider: nothing is paid again."""
    twice: bool = False
    """The case has paid, too: whoever paid has more than they paid, until somebody settles it with them."""
    amount: Money | None = None
    """How much of it, where it says so."""
    disputed: Money | None = None
    """How much is disputed there by now, where its newest word says so: a provider raises it, or lowers it, while it goes on."""
    verified: bool = True
    """The provider was asked, or its signature covers what it said; else nothing is paid by itself."""
    said_at: Instant
    """When the provider said the newest of it."""


def disputes_seen(case: Case) -> tuple[ProviderDisputeView, ...]:
    """How the disputes of the case stand with their providers."""
    both = twice(case)
    return tuple(_dispute_seen(one, both=both and one.paid) for one in case.provider_disputes)


def _dispute_seen(one: ProviderDispute, *, both: bool) -> ProviderDisputeView:
    newest, end, paid = one.newest, one.end if one.over else None, one.paid
    tells = not one.of_payment and newest.what not in REFUNDED
    return ProviderDisputeView(
        provider=newest.provider,
        dispute=newest.dispute,
        payment=newest.payment,
        status=newest.status,
        reason=newest.reason,
        network_reason=newest.network_reason,
        due_at=one.due.due_at if one.due is not None else None,
        ended_at=end.at if end is not None else None,
        end=end.what if end is not None else None,
        paid=paid,
        twice=both,
        amount=one.money.amount if paid and one.money is not None else None,
        disputed=newest.amount if tells else None,
        verified=one.verified,
        said_at=newest.at,
    )
