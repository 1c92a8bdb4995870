"""A cardholder's bank opened a dispute at Stripe: the webhook ``charge.dispute.created`` as a report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field
from stripe import SignatureVerificationError, WebhookSignature

from adapters.currencies import NotExact, from_stripe
from adapters.intake.errors import ReportInvalid
from adapters.intake.shapes import Foreign, code, email_or_none, line, parsed, plain_words, present, reference_or_none, shaped
from domain.base import Money, Reference, Side
from domain.currencies import in_words
from domain.model.report import Report, ReportedParty

TOLERANCE_FOR = timedelta(seconds=300)
"""Stripe signs each attempt anew with its own time, so an older signature is a replay."""

MAX_BYTES = 1_000_000


class _EvidenceDetails(Foreign):
    due_by: int | None = None
    has_evidence: bool = False
    past_due: bool = False
    submission_count: int = 0


class _Evidence(Foreign):
    customer_name: str | None = None
    customer_email_address: str | None = None
    product_description: str | None = None


class _Dispute(Foreign):
    id: Reference
    amount: Annotated[int, Field(ge=0, le=10**15)]
    currency: Annotated[str, Field(pattern="^[A-Za-z]{3}$")]
    charge: Reference | None = None
    payment_intent: Reference | None = None
    reason: Annotated[str, Field(max_length=200)] = "general"
    status: Annotated[str, Field(max_length=200)] = "needs_response"
    created: int | None = None
    is_charge_refundable: bool | None = None
    evidence: _Evidence = _Evidence()
    evidence_details: _EvidenceDetails = _EvidenceDetails()


class _Typed(Foreign):
    type: Annotated[str, Field(max_length=200)]


class _Data(Foreign):
    object: _Dispute


class _Event(Foreign):
    account: Reference | None = None
    livemode: bool = True
    data: _Data


class StripeIntake:
    """Takes Stripe's webhooks for one tenant. ``secrets`` are the endpoint's signing secrets (``whsec_…``): two while it is
    being replaced."""

    def __init__(self, *secrets: str, respondent: ReportedParty | None = None, kind: str = "fraud_report") -> None:
        self._secrets = secrets
        self._respondent = respondent
        self._kind = kind

    def report(self, body: bytes, headers: Mapping[str, str]) -> Report | None:
        """The report of a new dispute; None for every other event, which is acknowledged and ignored.

        ``headers`` have their names in lower case. Raises :class:`ReportInvalid`: ``signature_invalid`` for a body that Stripe
        did not send, ``signature_expired`` for one that it did not send within the last five minutes.
        """
        self.prove(body, headers)
        return self.read(body, headers)

    def prove(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Returns when Stripe sent the body within the last five minutes. Raises ``signature_invalid``, and
        ``signature_expired`` where it is the right one: of a clock that is wrong nobody else learns."""
        # Every secret is tried, whichever fits: how long it takes says nothing.
        said = headers.get("stripe-signature")
        fits = [_signed(body, said, secret) for secret in self._secrets]
        if not any(fits):
            raise ReportInvalid.one(
                "signature_invalid", "Stripe-Signature", "The signature does not fit the body and this endpoint's secret."
            )
        most = int(TOLERANCE_FOR.total_seconds())
        if not any(_signed(body, said, secret, most) for secret in self._secrets):
            raise ReportInvalid.one("signature_expired", "Stripe-Signature", "It was signed more than five minutes ago.")

    def __getstate__(self) -> dict[str, object]:
        """What reads strangers' bytes in another process gets no secret."""
        return {**self.__dict__, "_secrets": ()}

    def read(self, body: bytes, headers: Mapping[str, str]) -> Report | None:
        """The report of a new dispute, in a body that was proved; None for every other event."""
        if parsed(_Typed, body, max_bytes=MAX_BYTES).type != "charge.dispute.created":
            return None
        return self._translated(parsed(_Event, body, max_bytes=MAX_BYTES))

    def _translated(self, event: _Event) -> Report:
        dispute = event.data.object
        try:
            amount = from_stripe(dispute.amount, dispute.currency)
        except NotExact as error:
            raise ReportInvalid.one("report_invalid", "data.object.amount", str(error), field_code="amount_not_exact") from None
        money = in_words(amount.amount, amount.currency)
        return shaped(
            {
                "kind": self._kind,
                "source": "stripe",
                "external_id": dispute.id,
                "category": _category(dispute.reason),
                "matter": dispute.charge or dispute.payment_intent,
                "subject": line(f"Card payment of {money} disputed: {plain_words(dispute.reason)}"),
                "statement": _statement(dispute, amount),
                "amount": amount,
                "parties": self._parties(event, dispute),
                "attributes": _attributes(event, dispute),
            }
        )

    def _parties(self, event: _Event, dispute: _Dispute) -> list[ReportedParty]:
        cardholder = ReportedParty(
            side=Side.CLAIMANT,
            ref=reference_or_none(f"cardholder:{dispute.charge or dispute.id}") or "cardholder",
            name=line(dispute.evidence.customer_name),
            email=email_or_none(dispute.evidence.customer_email_address),
        )
        merchant = self._respondent
        # With Connect the event names the account that was paid; the default stands for the platform's own account.
        if event.account and (merchant is None or merchant.ref != event.account):
            merchant = ReportedParty(side=Side.RESPONDENT, ref=event.account)
        return [cardholder, *([merchant] if merchant else [])]


def _signed(body: bytes, header: str | None, secret: str, within: int | None = None) -> bool:
    try:
        WebhookSignature.verify_header(body, header, secret, within)
    except (SignatureVerificationError, ValueError, TypeError):
        return False
    return True


def _category(reason: str) -> str:
    """Stripe's reason in the words that every payment intake shares."""
    match reason:
        case "fraudulent" | "unrecognized" | "debit_not_authorized":
            return "unauthorised"
        case "product_not_received":
            return "not_received"
        case "product_unacceptable":
            return "not_as_described"
        case "duplicate":
            return "duplicate"
        case "credit_not_processed":
            return "refund_not_processed"
        case "subscription_canceled":
            return "subscription_cancelled"
        case _:
            return "general"


def _statement(dispute: _Dispute, amount: Money) -> str:
    payment = f"charge {dispute.charge}" if dispute.charge else f"payment {dispute.payment_intent or 'not named'}"
    inquiry = _stage(dispute.status) == "inquiry"
    opened = "asked about" if inquiry else "disputed"
    return (
        f"The cardholder's bank {opened} {payment} over {in_words(amount.amount, amount.currency)} "
        f"(Stripe dispute {dispute.id}). "
        f"Reason given: {plain_words(dispute.reason)}. Status: {plain_words(dispute.status)}. The cardholder wrote no statement."
    )


def _stage(status: str) -> str:
    return "inquiry" if status.startswith("warning_") else "chargeback"


def _attributes(event: _Event, dispute: _Dispute) -> dict[str, Any]:
    details = dispute.evidence_details
    return present(
        {
            "reason": code(dispute.reason),
            "status": code(dispute.status),
            "stage": _stage(dispute.status),
            "due_by": details.due_by,
            "past_due": details.past_due,
            "has_evidence": details.has_evidence,
            "submission_count": details.submission_count,
            "created": dispute.created,
            "refundable": dispute.is_charge_refundable,
            "livemode": event.livemode,
            "product": line(dispute.evidence.product_description),
        }
    )
