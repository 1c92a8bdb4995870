"""A buyer opened a dispute at PayPal: the webhook ``CUSTOMER.DISPUTE.CREATED`` as a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from adapters.currencies import NotExact, from_decimal
from adapters.intake.errors import ReportInvalid
from adapters.intake.paypal_signature import TransmissionCheck
from adapters.intake.shapes import (
    Foreign,
    code,
    email_or_none,
    line,
    parsed,
    plain_words,
    present,
    prose,
    reference_or_none,
    shaped,
)
from domain.base import Money, Reference, Side
from domain.currencies import in_words
from domain.model.report import Attachment, Report, ReportedParty

MAX_BYTES = 1_000_000

_Word = Annotated[str, Field(max_length=200)]


class _Amount(Foreign):
    currency_code: _Word
    value: _Word


class _Buyer(Foreign):
    name: str | None = None
    email: str | None = None
    payer_id: str | None = None


class _Seller(Foreign):
    name: str | None = None
    email: str | None = None
    merchant_id: str | None = None


class _Item(Foreign):
    item_description: str | None = None
    item_name: str | None = None


class _Transaction(Foreign):
    buyer_transaction_id: str | None = None
    seller_transaction_id: str | None = None
    reference_id: str | None = None
    create_time: AwareDatetime | None = None
    transaction_status: str | None = None
    invoice_number: str | None = None
    custom: str | None = None
    buyer: _Buyer = _Buyer()
    seller: _Seller = _Seller()
    items: tuple[_Item, ...] = ()


class _Message(Foreign):
    posted_by: _Word = "BUYER"
    time_posted: AwareDatetime | None = None
    content: str = ""


class _Offer(Foreign):
    buyer_requested_amount: _Amount | None = None


class _Dispute(Foreign):
    dispute_id: Reference
    create_time: AwareDatetime | None = None
    disputed_transactions: tuple[_Transaction, ...] = ()
    reason: _Word = "OTHER"
    status: _Word = "OPEN"
    dispute_amount: _Amount | None = None
    dispute_life_cycle_stage: _Word = ""
    dispute_channel: _Word = ""
    messages: tuple[_Message, ...] = ()
    seller_response_due_date: AwareDatetime | None = None
    offer: _Offer = _Offer()


class _Typed(Foreign):
    event_type: _Word


class _Event(Foreign):
    resource: _Dispute


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
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        ids = [webhook_id, *([old_webhook_id] if old_webhook_id else [])]
        # Without a certificate nothing is ever proved; what was proved elsewhere can be read all the same.
        self._checks = [] if certificate_pem is None else [TransmissionCheck(one, certificate_pem, now) for one in ids]
        self._respondent = respondent
        self._kind = kind

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
        if parsed(_Typed, body, max_bytes=MAX_BYTES).event_type.upper() != "CUSTOMER.DISPUTE.CREATED":
            return None
        return self._translated(parsed(_Event, body, max_bytes=MAX_BYTES).resource)

    def _translated(self, dispute: _Dispute) -> Report:
        transaction = next(iter(dispute.disputed_transactions), _Transaction())
        amount = _money(dispute.dispute_amount, "resource.dispute_amount")
        text, cut = prose(_statement(dispute, amount))
        whole = _as_posted(dispute.messages).encode("utf-8", "replace")[:MAX_BYTES]
        return shaped(
            {
                "kind": self._kind,
                "source": "paypal",
                "external_id": dispute.dispute_id,
                "category": _category(dispute.reason),
                "matter": reference_or_none(
                    transaction.seller_transaction_id, transaction.buyer_transaction_id, transaction.invoice_number
                ),
                "subject": _subject(dispute, transaction),
                "statement": text,
                "amount": amount,
                "occurred_at": transaction.create_time,
                "parties": self._parties(dispute, transaction),
                "attributes": _attributes(dispute, transaction),
                "attachments": [Attachment(name="messages.txt", media_type="text/plain", data=whole)] if cut else [],
            }
        )

    def _parties(self, dispute: _Dispute, transaction: _Transaction) -> list[ReportedParty]:
        buyer, seller = transaction.buyer, transaction.seller
        bought = transaction.buyer_transaction_id or dispute.dispute_id
        parties = [
            ReportedParty(
                side=Side.CLAIMANT,
                ref=reference_or_none(buyer.payer_id, f"buyer:{bought}") or f"buyer:{dispute.dispute_id}"[:255],
                name=line(buyer.name),
                email=email_or_none(buyer.email),
            )
        ]
        merchant = reference_or_none(seller.merchant_id, seller.email)
        if merchant is None or (self._respondent and self._respondent.ref == merchant):
            return parties + ([self._respondent] if self._respondent else [])
        party = ReportedParty(side=Side.RESPONDENT, ref=merchant, name=line(seller.name), email=email_or_none(seller.email))
        return [*parties, party]


def _money(amount: _Amount | None, field: str) -> Money | None:
    if amount is None:
        return None
    try:
        return from_decimal(amount.value, amount.currency_code)
    except NotExact as error:
        raise ReportInvalid.one("report_invalid", field, str(error), field_code="amount_not_exact") from None


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


def _subject(dispute: _Dispute, transaction: _Transaction) -> str | None:
    item = next(iter(transaction.items), _Item())
    what = line(item.item_description or item.item_name, 90)
    return line(f"{what}: {plain_words(dispute.reason)}" if what else f"PayPal dispute: {plain_words(dispute.reason)}")


def _statement(dispute: _Dispute, amount: Money | None) -> str:
    """What the people wrote; with nothing written, a sentence made of the codes."""
    said = [m for m in dispute.messages if m.content.strip("\x00 \r\n\t")]
    if len(said) == 1 and said[0].posted_by.upper() == "BUYER":
        return said[0].content
    if said:
        return _as_posted(said)
    over = f" over {in_words(amount.amount, amount.currency)}" if amount else ""
    return (
        f"The buyer opened PayPal dispute {dispute.dispute_id}{over}. Reason given: {plain_words(dispute.reason)}. "
        f"Status: {plain_words(dispute.status)}. The buyer wrote no message."
    )


def _as_posted(messages: tuple[_Message, ...] | list[_Message]) -> str:
    return "\n\n".join(f"{plain_words(m.posted_by).capitalize()}{_when(m)}:\n{m.content.strip()}" for m in messages)


def _when(message: _Message) -> str:
    try:
        return f", {message.time_posted.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if message.time_posted else ""
    except OverflowError:
        return ""


def _epoch(at: datetime | None) -> int | None:
    return int(at.timestamp()) if at else None


def _attributes(dispute: _Dispute, transaction: _Transaction) -> dict[str, Any]:
    requested = _money(dispute.offer.buyer_requested_amount, "resource.offer.buyer_requested_amount")
    return present(
        {
            "reason": code(dispute.reason),
            "status": code(dispute.status),
            "stage": code(dispute.dispute_life_cycle_stage),
            "dispute_channel": code(dispute.dispute_channel),
            "due_by": _epoch(dispute.seller_response_due_date),
            "created": _epoch(dispute.create_time),
            "transaction_status": code(transaction.transaction_status),
            "requested_amount": requested.amount if requested else None,
            "requested_currency": requested.currency if requested else None,
            "invoice": line(transaction.invoice_number),
            "reference": line(transaction.reference_id),
            "custom": line(transaction.custom),
            "messages": len(dispute.messages),
        }
    )
