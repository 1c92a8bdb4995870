"""What PayPal says of a refund or a reversal of a payment (``PAYMENT.CAPTURE.REFUNDED`` and its kin): it names what was paid,
and no dispute.

See PayPal's reference of webhook event names, of the refund (Payments, version 2) and of its predecessor, the sale's refund
(version 1): both are still sent.
"""

from __future__ import annotations

import re
from datetime import datetime

from adapters.currencies import NotExact, from_decimal
from adapters.intake.foreign import Told
from adapters.intake.shapes import reference_or_none
from domain.base import Money
from domain.model.provider_news import ProviderNews

_EVENT = re.compile(r"PAYMENT\.(?:(?:CAPTURE|SALE)\.(?:REFUNDED|REVERSED)|REFUND\.[A-Z_]{1,40})")
_NOT_MADE = ("failed", "canceled", "cancelled", "denied")
_OURS = re.compile(r"eff_[A-Za-z0-9-]{1,60}")
"""The id of an effect, in the refund's own field of whoever makes it: the case ordered it, and knows."""
_OF_WHAT = re.compile(r"/v[0-9]{1,2}/payments/(?:captures?|sales?)/([A-Za-z0-9_-]{1,100})(?=[/?#]|$)")


def about_refund(kind: str) -> bool:
    """Whether an event of this type is about a refund or a reversal."""
    return _EVENT.fullmatch(kind) is not None


def refund_news(kind: str, event: Told, refund: Told, times: tuple[datetime, datetime], *, verified: bool) -> ProviderNews | None:
    """What was given back of a payment; None: it does not say by which refund, or of which payment.

    ``times``: when PayPal sent the message, and now. ``verified``: the refund is as PayPal itself tells it, and not as a body
    says that nobody vouches for: that one can stop money, and sets none free.
    """
    own, payment = refund.reference("id"), _payment(refund)
    if own is None or payment is None:
        return None
    status = (refund.line("status") or refund.line("state") or "").lower()
    # What PayPal itself says of the refund counts before the name of a message about it, which may be late, or not PayPal's.
    made = status not in _NOT_MADE and ((verified and bool(status)) or kind != "PAYMENT.REFUND.FAILED")
    named = (refund.line(name) or "" for name in ("custom_id", "custom", "invoice_id"))
    ours = next((one for one in named if verified and _OURS.fullmatch(one)), None)
    sent_at, now = times
    said_at = (
        refund.instant("update_time") or refund.instant("create_time") or (None if verified else event.instant("create_time"))
    )
    return ProviderNews(
        provider="paypal", dispute=own, event=event.reference("id") or f"{kind}/{own}",
        at=min(said_at or sent_at, max(sent_at, now)),
        what="refund_failed" if not made else "updated" if ours else "payment_refunded",
        stage="refund", payment=payment, amount=_money(refund), effect=ours, verified=verified,
    )  # fmt: skip


def _payment(refund: Told) -> str | None:
    """The transaction it is of: by its own field (version 1), or by the link to what it hangs under (version 2)."""
    named = reference_or_none(refund.reference("capture_id"), refund.reference("sale_id"))
    if named is not None:
        return named
    links = sorted(refund.parts("links"), key=lambda link: (link.line("rel") or "") not in ("up", "capture", "sale"))
    found = (_OF_WHAT.search(link.text("href") or "") for link in links)
    return next((one[1] for one in found if one is not None), None)


def _money(refund: Told) -> Money | None:
    """How much; None where it is not said or cannot be read: then all that is disputed counts. Reversals say it with a minus."""
    said = refund.part("amount")
    value, currency = said.line("value") or said.line("total"), said.line("currency_code") or said.line("currency")
    if value is None or currency is None:
        return None
    try:
        found = from_decimal(value.removeprefix("-"), currency)
    except NotExact:
        refund.note("amount")
        return None
    return found if found.amount > 0 else None
