"""What payment providers gave back of what was paid, as far as the case itself has not: each refund is counted once, whoever
tells of it first, and as often as it is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from domain.base import Money
from domain.model.case import Case
from domain.model.provider_news import BESIDE, REFUNDED, ProviderNews, marked_units, payments_together, told_of_payment
from domain.rules.remedy import CREDIT

NEVER_BEYOND: Final = frozenset({"paypal"})
"""Providers that refuse to refund a payment beyond what was paid by it (PayPal, Payments v2: ``REFUND_AMOUNT_EXCEEDED``). A card
network charges back a payment that was refunded all the same."""


def bounded(case: Case, remedy: str) -> bool:
    """Whether such a remedy gives back what was paid, so that the payment bounds it."""
    bound = [one.name for one in case.terms.remedies if one.bounded_by == "payment"]
    return remedy in bound or (remedy == CREDIT and bool(bound))


def by_provider(case: Case) -> tuple[Money, ...]:
    """What payment providers gave back of it, or took to give it back; where one does not say how much, all that was paid."""
    disputes = [one for one in case.provider_disputes if not one.of_payment]
    said = (_given_by(case, dispute.money, dispute.newest.payment) for dispute in disputes if dispute.paid and dispute.money)
    together = payments_together(case.provider_disputes)
    return (*(amount for amount in said if amount is not None), *(x for one in together for x in _refunded(case, one)))


def _given_by(case: Case, said: ProviderNews, payment: str | None) -> Money | None:
    """What a dispute's own news say that was given back. Where these are of a refund beside the dispute, newer words of the
    payment itself count before them, what failed since is not among it, and what the case itself had carried out by then is not
    given once more; None: then nothing is left."""
    whole = said.amount or case.amount
    if payment is None or whole is None:
        return whole
    if said.what not in REFUNDED:
        return _not_beyond(case, said, payment, whole)
    so_far, refunds, _ = told_of_payment(case.provider_disputes, payment)
    if said.what == "payment_refunded" and so_far is not None and so_far.at > said.at:
        return None
    by_then = [one for one in refunds if one.at <= said.at]
    if said.amount is None and any(one.what != "refund_failed" for one in by_then):
        # It says that a part was refunded, and these are known to be that part.
        return None
    told = _so_far(said.model_copy(update={"amount": whole}), refunds, whole.currency)
    left = told - _carried_out(case, by_then, said.at, whole)
    return whole.model_copy(update={"amount": left}) if left > 0 else None


def _not_beyond(case: Case, said: ProviderNews, payment: str, whole: Money) -> Money | None:
    """What a provider gave back by its decision; None: nothing. One that never gives back more than was paid has not given what
    refunds with the mark of this case had given before: it names an end after them, and means them."""
    if said.provider not in NEVER_BEYOND or said.paid is None or said.paid.currency != whole.currency:
        return whole
    _, refunds, _ = told_of_payment(case.provider_disputes, payment)
    before = marked_units((one for one in refunds if one.what == "updated" and one.at <= said.at), {}, whole.currency)
    left = min(whole.amount, said.paid.amount - before)
    return whole.model_copy(update={"amount": left}) if left > 0 else None


def _carried_out(case: Case, refunds: Iterable[ProviderNews], at: datetime, like: Money) -> int:
    """What of refunds the case itself has carried out, in the smallest unit of such money: by those that bear the id of an effect
    of its own, or by what was reported as carried out before the provider said so."""
    most = {e.id: e.remedy.amount.amount for e in case.effects if e.remedy.amount is not None}
    own = (one for one in refunds if one.what == "updated")
    done = [e.remedy for e in case.effects if e.state == "done" and e.reported_at is not None and e.reported_at <= at]
    ours = [x.amount for x in done if x.amount is not None and x.amount.currency == like.currency and bounded(case, x.type)]
    return max(marked_units(own, most, like.currency), sum(one.amount for one in ours))


def _refunded(case: Case, payments: Sequence[str]) -> tuple[Money, ...]:
    """What was refunded of the payments of one dispute outside of this case: beyond the part that nobody disputes, beyond what
    the dispute's own news say of it, and beyond what the case itself has carried out by then."""
    told_of = [told_of_payment(case.provider_disputes, one) for one in payments]
    refunds = [one for _, each, _ in told_of for one in each]
    so_far = [one for one, _, _ in told_of if one is not None and one.what in REFUNDED]
    known = [*so_far, *(one for one in refunds if one.what in REFUNDED)]
    if not known or case.amount is None:
        return ()
    currency = case.amount.currency
    if any(one.amount is None or one.amount.currency != currency for one in known):
        # Of what cannot be compared all counts, of each payment what was told of it as a whole, and each refund since.
        since = {one.payment: one.at for one in so_far}
        whole = (
            *so_far,
            *(one for one in known if one.stage == "refund" and (one.payment not in since or one.at > since[one.payment])),
        )
        return tuple(one.amount or case.amount for one in whole)
    # With those of ours, which are taken off below.
    made = [[x for x in each if x.what != "refund_failed"] for _, each, _ in told_of]
    total = sum(
        max(_so_far(one, each, currency) if one in so_far else 0, _units(those, currency))
        for (one, each, _), those in zip(told_of, made, strict=True)
    )
    wholes = [paid.amount for _, _, paid in told_of if paid is not None and paid.currency == currency]
    # Where others dispute the same payment nobody knows how much of it none of them does.
    alone = len(wholes) == len(told_of) and all(one.newest.stage != BESIDE for one in case.provider_disputes)
    undisputed = max(0, sum(wholes) - case.amount.amount) if alone else 0
    ours = _carried_out(case, refunds, max(one.at for one in known), case.amount)
    told = [x for x in case.provider_disputes if not x.of_payment and {x.newest.payment, *x.also_about} & {*payments}]
    own = [_given_by(case, x.money, x.newest.payment) for x in told if x.money and x.money.what in REFUNDED and x.money.amount]
    counted = sum(one.amount for one in own if one is not None and one.currency == currency)
    left = total - undisputed - ours - counted
    return (Money(amount=left, currency=currency),) if left > 0 else ()


def _so_far(told: ProviderNews, refunds: Sequence[ProviderNews], currency: str) -> int:
    """What was refunded in all, as it was told of the payment, without the refunds that failed since. One that failed in the same
    second is in it where that holds it beside all that were made."""
    since = _units([one for one in refunds if one.what == "refund_failed" and one.at > told.at], currency)
    at_once = _units([one for one in refunds if one.what == "refund_failed" and one.at == told.at], currency)
    made = _units([one for one in refunds if one.what in REFUNDED], currency)
    whole = _units([told], currency)
    return whole - since - (at_once if whole - since >= made + at_once else 0)


def _units(said: Iterable[ProviderNews], currency: str) -> int:
    return sum(one.amount.amount for one in said if one.amount is not None and one.amount.currency == currency)
