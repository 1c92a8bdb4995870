"""A buyer opened a dispute at PayPal (``CUSTOMER.DISPUTE.*``): the first word of it is a report, all later ones are news.

See PayPal's reference of the dispute resource. Only the dispute's id must be there; every other field may be missing, null or of
a type that PayPal invents tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from adapters.currencies import NotExact, from_decimal
from adapters.intake.errors import ReportInvalid
from adapters.intake.foreign import Told, told, unread_line, utc_now
from adapters.intake.paypal_refunds import about_refund, refund_news
from adapters.intake.paypal_signature import TransmissionCheck
from adapters.intake.shapes import code, line, plain_words, present, prose, reference_or_none, shaped
from adapters.intake.stripe import Said
from domain.base import Money, Side
from domain.currencies import in_words
from domain.model.provider_news import ENDS, GIVEN, ProviderNews, What
from domain.model.report import Attachment, Report, ReportedParty, email_or_none

MAX_BYTES = 1_000_000

_DISPUTES = "CUSTOMER.DISPUTE."
_IN_PART = "PARTIALLY_REFUNDED"
_REFUNDED = ("REFUNDED", _IN_PART)
"""Statuses of a transaction. Of one refunded in part nobody says here how much: what is known of its refunds counts, else all of
it, until somebody has looked. Where a dispute is about several, each answers for itself."""
_IN_DOUBT = ("REVERSED", "CANCELED", "CANCELLED", "DENIED", "PENDING")
"""Statuses of a transaction whose money went back, or never came: nothing is paid by itself while it stands so."""
_FIRST = "CUSTOMER.DISPUTE.CREATED"


class PayPalIntake:
    """Takes PayPal's webhooks for one tenant.

    ``webhook_id`` is the id PayPal gave to this endpoint (``old_webhook_id`` the one before, while both live);
    ``certificate_pem`` PayPal's signing certificate (several when one is
    being replaced) or its public key. The certificate is configured: the address in the header is never visited.
    """

    def __init__(
        self,
        webhook_id: str,
        certificate_pem: bytes | None,
        *,
        old_webhook_id: str | None = None,
        respondent: ReportedParty | None = None,
        kind: str = "fraud_report",
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        ids = [webhook_id, *([old_webhook_id] if old_webhook_id else [])]
        # Without a certificate nothing is ever proved; what was proved elsewhere can be read all the same.
        self._checks = [] if certificate_pem is None else [TransmissionCheck(one, certificate_pem, now) for one in ids]
        self._respondent = respondent
        self._kind = kind
        self._now = now

    def report(self, body: bytes, headers: Mapping[str, str]) -> Report | None:
        """The report of a new dispute; None for every other event, which is acknowledged and ignored.

        Raises :class:`ReportInvalid`: ``signature_invalid`` or ``signature_expired`` for what PayPal did not send, or not now.
        """
        self.prove(body, headers)
        return self.read(body, headers)

    def prove(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Returns when PayPal sent the body to this endpoint. Raises ``signature_invalid`` or ``signature_expired``."""
        failed = ReportInvalid.one("signature_invalid", "PAYPAL-TRANSMISSION-SIG", "No certificate is configured.")
        for check in self._checks:
            try:
                check.verify(body, headers)
            except ReportInvalid as error:
                failed = error
            else:
                return
        raise failed

    def __getstate__(self) -> dict[str, object]:
        """What reads strangers' bytes in another process gets no secret."""
        return {**self.__dict__, "_checks": []}

    def read(self, body: bytes, headers: Mapping[str, str]) -> Report | None:
        """The report of a new dispute, in a body that was proved; None for every other event."""
        said = self.said(body, headers)
        return said.report if said is not None else None

    def said(self, body: bytes, headers: Mapping[str, str], fetched: bytes | None = None) -> Said | None:
        """How a dispute stands, and its report where this is the first word of it; None for what is about no dispute.

        The signature covers of the body a checksum alone. ``fetched`` is the dispute as PayPal itself tells it: with it nothing
        is believed of the body but which dispute it is about. Without it the news is ``verified=False``: nothing is paid on it.
        Raises :class:`ReportInvalid` for a new dispute without an id, for a body that is no JSON object, and where PayPal tells
        of another dispute.
        """
        event = told(body, max_bytes=MAX_BYTES)
        kind = (event.line("event_type") or "").upper()
        sent_at = _sent_at(headers) or self._now()
        if about_refund(kind):
            return self._refunded(kind, event, fetched, (sent_at, self._now()))
        dispute_id = self.dispute_of(body)
        if dispute_id is None:
            if kind == _FIRST:
                raise ReportInvalid.one("report_invalid", "resource.dispute_id", "A dispute has an id.", field_code="id_missing")
            return None
        dispute = event.part("resource") if fetched is None else told(fetched, max_bytes=MAX_BYTES)
        if fetched is not None and dispute.reference("dispute_id") != dispute_id:
            raise ReportInvalid.one("signature_invalid", "resource.dispute_id", "PayPal itself tells of another dispute.")
        news = _news(kind, event, dispute, dispute_id, (sent_at, self._now()), verified=fetched is not None)
        return Said(news, self._report(dispute, news) if kind == _FIRST else None, _of_each(dispute, news))

    def dispute_of(self, body: bytes) -> str | None:
        """Which dispute a message is about, by which PayPal can be asked for it; None: it is about none."""
        event = told(body, max_bytes=MAX_BYTES)
        if not (event.line("event_type") or "").upper().startswith(_DISPUTES):
            return None
        resource = event.part("resource")
        return resource.reference("dispute_id") or resource.reference("id")

    def refund_of(self, body: bytes) -> str | None:
        """Which refund a message is about, by which PayPal can be asked for it; None: it is about none."""
        event = told(body, max_bytes=MAX_BYTES)
        return event.part("resource").reference("id") if about_refund((event.line("event_type") or "").upper()) else None

    def _refunded(self, kind: str, event: Told, fetched: bytes | None, times: tuple[datetime, datetime]) -> Said | None:
        said = event.part("resource")
        refund = said if fetched is None else told(fetched, max_bytes=MAX_BYTES)
        if fetched is not None and refund.reference("id") != said.reference("id"):
            raise ReportInvalid.one("signature_invalid", "resource.id", "PayPal itself tells of another refund.")
        news = refund_news(kind, event, refund, times, verified=fetched is not None)
        return Said(news) if news is not None else None

    def _report(self, dispute: Told, news: ProviderNews) -> Report:
        transaction = next(iter(dispute.parts("disputed_transactions")), Told({}))
        reason = dispute.line("reason") or "OTHER"
        messages = dispute.parts("messages")
        text, cut = prose(_statement(dispute, news, reason, messages))
        whole = _as_posted(messages).encode("utf-8", "replace")[:MAX_BYTES]
        return shaped(
            {
                "kind": self._kind,
                "source": "paypal",
                "external_id": news.dispute,
                "category": _category(reason),
                "matter": news.payment,
                "subject": _subject(transaction, reason),
                "statement": text,
                "amount": _money(dispute, "dispute_amount"),
                "occurred_at": transaction.instant("create_time"),
                "parties": self._parties(transaction, news),
                "attributes": _attributes(dispute, transaction, news, reason, len(messages)),
                "attachments": [Attachment(name="messages.txt", media_type="text/plain", data=whole)] if cut else [],
            }
        )

    def _parties(self, transaction: Told, news: ProviderNews) -> list[ReportedParty]:
        buyer, seller = transaction.part("buyer"), transaction.part("seller")
        bought = transaction.reference("buyer_transaction_id") or news.dispute
        parties = [
            ReportedParty(
                side=Side.CLAIMANT,
                ref=reference_or_none(buyer.reference("payer_id"), f"buyer:{bought}") or f"buyer:{news.dispute}"[:255],
                name=buyer.line("name"),
                email=email_or_none(buyer.text("email")),
            )
        ]
        merchant = reference_or_none(seller.reference("merchant_id"), seller.text("email"))
        # Whose buyer and seller are one is no dispute between two, but it is one that came.
        if merchant is None or merchant == parties[0].ref or (self._respondent and self._respondent.ref == merchant):
            return parties + ([self._respondent] if self._respondent and self._respondent.ref != parties[0].ref else [])
        party = ReportedParty(
            side=Side.RESPONDENT, ref=merchant, name=seller.line("name"), email=email_or_none(seller.text("email"))
        )
        return [*parties, party]


def _sent_at(headers: Mapping[str, str]) -> datetime | None:
    """When PayPal says that it sent the message first."""
    return Told({"at": headers.get("paypal-transmission-time")}).instant("at")


def _news(
    kind: str, event: Told, dispute: Told, dispute_id: str, times: tuple[datetime, datetime], *, verified: bool
) -> ProviderNews:
    transaction = next(iter(dispute.parts("disputed_transactions")), Told({}))
    outcome = dispute.part("dispute_outcome")
    # Of a body that nobody vouches for not even the event's name counts where PayPal was asked.
    what = _what("" if verified else kind, dispute, outcome)
    given = _given(dispute)
    if given is not None and what == "updated":
        what = "funds_withdrawn"
    # Whoever was paid has refunded it: however the dispute ends, that is with the buyer.
    if _is_refunded(transaction) and len(dispute.parts("disputed_transactions")) == 1:
        what = "payment_refunded" if what not in ENDS else what if what in GIVEN else "refunded"
    refunded = (_money(outcome, "amount_refunded") or given) if what in GIVEN else None
    part = what == "payment_refunded" and _status(transaction) == _IN_PART
    sent_at, now = times
    said_at = dispute.instant("update_time") or (None if verified else event.instant("create_time")) or sent_at
    return ProviderNews(
        provider="paypal",
        dispute=dispute_id,
        event=event.reference("id") or f"{kind}/{dispute_id}",
        # What is said to be so later than now would stand above everything that comes.
        at=min(said_at, max(sent_at, now)),
        what="opened" if kind == _FIRST and what == "updated" else what,
        status=code(dispute.line("status")),
        stage=code(dispute.line("dispute_life_cycle_stage")),
        reason=code(dispute.line("reason")),
        network_reason=code(dispute.line("external_reason_code")),
        payment=_payment(transaction),
        also_about=tuple(one for one in _others(dispute) if one != _payment(transaction)),
        amount=refunded or (None if part else _money(dispute, "dispute_amount")),
        due_at=dispute.instant("seller_response_due_date"),
        paid=_money(transaction, "gross_amount") if len(dispute.parts("disputed_transactions")) == 1 else None,
        doubt=_doubt(dispute),
        verified=verified,
    )


def _is_refunded(transaction: Told) -> bool:
    return _status(transaction) in _REFUNDED


def _status(transaction: Told) -> str:
    return (transaction.line("transaction_status") or "").upper()


def _of_each(dispute: Told, news: ProviderNews) -> tuple[ProviderNews, ...]:
    """What is said of each payment of a dispute about several: that it was refunded, and at most all that was paid by it. Of one
    refunded in part nobody says here how much."""
    transactions = dispute.parts("disputed_transactions")
    if len(transactions) == 1:
        return ()
    said = ((_payment(one), _money(one, "gross_amount")) for one in transactions if _is_refunded(one))
    return tuple(
        ProviderNews(
            provider="paypal", dispute=payment, event=f"{news.event[:100]}/{payment}"[:255], at=news.at, what="payment_refunded",
            stage="payment", payment=payment, amount=whole, paid=whole, verified=news.verified,
        )
        for payment, whole in said
        if payment is not None
    )  # fmt: skip


def _payment(transaction: Told) -> str | None:
    """By which a payment is known at PayPal, as its seller has it."""
    return reference_or_none(
        transaction.reference("seller_transaction_id"),
        transaction.reference("buyer_transaction_id"),
        transaction.reference("invoice_number"),
    )


def _others(dispute: Told) -> tuple[str, ...]:
    """The payments beside the first one that a dispute is about."""
    found = (_payment(one) for one in dispute.parts("disputed_transactions")[1:])
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _doubt(dispute: Told) -> str | None:
    """Why it is not sure that whoever was paid has the money: the transaction's status, or what was taken from them to settle
    the dispute. Whether that went to the buyer PayPal does not say there."""
    for one in dispute.parts("disputed_transactions"):
        if (status := _status(one)) in _IN_DOUBT:
            return status.lower()
    taken: dict[str, int] = {}
    for one in dispute.parts("money_movements") or dispute.parts("fund_movements"):
        party = (one.line("affected_party") or one.line("party") or "").upper()
        amount, way = _money(one, "amount"), (one.line("type") or "").upper()
        if party == "SELLER" and "SETTLEMENT" in (one.line("reason") or "").upper() and amount is not None:
            sign = {"DEBIT": 1, "CREDIT": -1}.get(way, 0)
            taken[amount.currency] = taken.get(amount.currency, 0) + sign * amount.amount
    return "seller_debited" if any(units > 0 for units in taken.values()) else None


def _given(dispute: Told) -> Money | None:
    """What PayPal has moved to the buyer by now, of ``money_movements`` or ``fund_movements`` (its newer name), fees apart; None:
    nothing, or nobody can add it up."""
    total, currency = 0, ""
    for one in dispute.parts("money_movements") or dispute.parts("fund_movements"):
        party = (one.line("affected_party") or one.line("party") or "").upper()
        reason, way = (one.line("reason") or "").upper(), (one.line("type") or "").upper()
        amount = _money(one, "amount")
        if party != "BUYER" or "FEE" in reason or amount is None or way not in ("CREDIT", "DEBIT"):
            continue
        if currency not in ("", amount.currency):
            dispute.note("money_movements")
            return None
        currency = amount.currency
        total += amount.amount if way == "CREDIT" else -amount.amount
    return Money(amount=total, currency=currency) if total > 0 else None


def _what(kind: str, dispute: Told, outcome: Told) -> What:
    """How it ended, by the outcome where it is named; ``closed`` where it ended and nobody says how."""
    match (outcome.line("outcome_code") or "").upper():
        case "RESOLVED_BUYER_FAVOUR" | "RESOLVED_BUYER_FAVOR" | "ACCEPTED":
            return "lost"
        case "RESOLVED_SELLER_FAVOUR" | "RESOLVED_SELLER_FAVOR" | "DENIED":
            return "won"
        case "CANCELED_BY_BUYER":
            return "withdrawn"
        case _:
            # Also RESOLVED_WITH_PAYOUT: PayPal paid out of its own pocket, and does not say to whom.
            pass
    over = "RESOLVED" in ((dispute.line("status") or "").upper(), (dispute.line("dispute_state") or "").upper())
    return "closed" if over or kind == f"{_DISPUTES}RESOLVED" else "updated"


def _money(inside: Told, name: str) -> Money | None:
    """An amount; None where it is not said, or cannot be read (then it is noted)."""
    said = inside.part(name)
    value, currency = said.line("value"), said.line("currency_code")
    if value is None or currency is None:
        return None
    try:
        return from_decimal(value, currency)
    except NotExact:
        inside.note(name)
        return None


def _category(reason: str) -> str:
    """PayPal's reason in the words that every payment intake shares."""
    match reason.upper():
        case "UNAUTHORISED" | "UNAUTHORIZED":
            return "unauthorised"
        case "MERCHANDISE_OR_SERVICE_NOT_RECEIVED":
            return "not_received"
        case "MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED":
            return "not_as_described"
        case "DUPLICATE_TRANSACTION" | "PAYMENT_BY_OTHER_MEANS":
            return "duplicate"
        case "CREDIT_NOT_PROCESSED":
            return "refund_not_processed"
        case "CANCELED_RECURRING_BILLING":
            return "subscription_cancelled"
        case _:
            return "general"


def _subject(transaction: Told, reason: str) -> str | None:
    item = next(iter(transaction.parts("items")), Told({}))
    what = item.line("item_description", 90) or item.line("item_name", 90)
    return line(f"{what}: {plain_words(reason)}" if what else f"PayPal dispute: {plain_words(reason)}")


def _statement(dispute: Told, news: ProviderNews, reason: str, messages: list[Told]) -> str:
    """What the people wrote; with nothing written, a sentence made of the codes."""
    said = [m for m in messages if _words(m)]
    if len(said) == 1 and (said[0].line("posted_by") or "BUYER").upper() == "BUYER":
        return said[0].text("content") or ""
    if said:
        return _as_posted(said)
    amount = _money(dispute, "dispute_amount")
    over = f" over {in_words(amount.amount, amount.currency)}" if amount else ""
    status = plain_words(dispute.line("status") or "not said")
    return (
        f"The buyer opened PayPal dispute {news.dispute}{over}. Reason given: {plain_words(reason)}. "
        f"Status: {status}. The buyer wrote no message."
    )


def _words(message: Told) -> str:
    return prose(message.text("content") or "")[0]


def _as_posted(messages: list[Told]) -> str:
    return "\n\n".join(
        f"{plain_words(m.line('posted_by') or 'BUYER').capitalize()}{_when(m)}:\n{(m.text('content') or '').strip()}"
        for m in messages
    )


def _when(message: Told) -> str:
    at = message.instant("time_posted")
    return f", {at:%Y-%m-%d %H:%M} UTC" if at is not None else ""


def _epoch(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None


def _attributes(dispute: Told, transaction: Told, news: ProviderNews, reason: str, messages: int) -> dict[str, Any]:
    requested = _money(dispute.part("offer"), "buyer_requested_amount")
    # Of several the first one is the matter; whoever works on it has to know of the others.
    others = _others(dispute)
    found = {
        "reason": code(reason),
        "network_reason": news.network_reason,
        "status": news.status or "open",
        "stage": news.stage,
        "dispute": news.dispute,
        "dispute_channel": code(dispute.line("dispute_channel")),
        "due_by": _epoch(news.due_at),
        "created": _epoch(dispute.instant("create_time")),
        "transaction": news.payment,
        "transaction_status": code(transaction.line("transaction_status")),
        "transactions": len(dispute.parts("disputed_transactions")) or None,
        "other_transactions": line(" ".join(others)) if others else None,
        "requested_amount": requested.amount if requested else None,
        "requested_currency": requested.currency if requested else None,
        "invoice": transaction.line("invoice_number"),
        "reference": transaction.line("reference_id"),
        "custom": transaction.line("custom"),
        "messages": messages,
        "verified": news.verified,
    }
    return present({**found, "unread": unread_line(dispute.unread)})
