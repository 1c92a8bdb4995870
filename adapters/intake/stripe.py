"""A cardholder's bank opened a dispute at Stripe (``charge.dispute.*``): the first word is a report, all later ones are news.

See Stripe's reference of the dispute object and its event types. Only the dispute's id must be there; every other field may be
missing, null, expanded or of a type that Stripe invents tomorrow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from stripe import SignatureVerificationError, WebhookSignature

from adapters.currencies import NotExact, from_stripe
from adapters.intake.errors import ReportInvalid
from adapters.intake.foreign import Told, told, unread_line, utc_now
from adapters.intake.shapes import code, line, plain_words, present, reference_or_none, shaped
from domain.base import Money, Side
from domain.currencies import in_words
from domain.model.provider_news import ENDS, GIVEN, ProviderNews, What
from domain.model.report import Report, ReportedParty, email_or_none

TOLERANCE_FOR = timedelta(seconds=300)
"""Stripe signs each attempt anew with its own time, so an older signature is a replay; and none comes from the future."""

MAX_BYTES = 1_000_000
_DISPUTES = "charge.dispute."
_FIRST = "charge.dispute.created"
_OF_CHARGE = frozenset({"charge.refunded", "charge.updated"})
_OF_REFUND = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})
_NOT_MADE = ("failed", "canceled")
_COUNTS_REFUNDS_ALONE = "2025-03-31"
OURS = "ombud_effect"
"""In a refund's metadata: the id of the effect by which a case ordered it."""
_TIME = re.compile(r"(?:^|,)\s*t=(\d{1,11})(?=,|$)")


class Said(NamedTuple):
    """What a provider's message says: how a dispute stands, and the report of it where it is the first word of one."""

    news: ProviderNews
    report: Report | None = None
    beside: tuple[ProviderNews, ...] = ()
    """What it says of payments, where a dispute is about several: of each its own."""


class StripeIntake:
    """Takes Stripe's webhooks for one tenant. ``secrets`` are the endpoint's signing secrets (``whsec_…``): two while it is
    being replaced."""

    def __init__(
        self,
        *secrets: str,
        respondent: ReportedParty | None = None,
        kind: str = "fraud_report",
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._secrets = secrets
        self._respondent = respondent
        self._kind = kind
        self._now = now

    def report(self, body: bytes, headers: Mapping[str, str]) -> Report | None:
        """The report of a new dispute; None for every other event.

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
        signed_at = _signed_at(said)
        if signed_at is None or abs(self._now() - signed_at) > TOLERANCE_FOR:
            raise ReportInvalid.one(
                "signature_expired", "Stripe-Signature", "It was signed more than five minutes ago, or from now."
            )

    def __getstate__(self) -> dict[str, object]:
        """What reads strangers' bytes in another process gets no secret."""
        return {**self.__dict__, "_secrets": ()}

    def read(self, body: bytes, headers: Mapping[str, str]) -> Report | None:
        """The report of a new dispute, in a body that was proved; None for every other event."""
        said = self.said(body, headers)
        return said.report if said is not None else None

    def dispute_of(self, body: bytes) -> str | None:
        """Which dispute a message is about; None: it is about none."""
        return told(body, max_bytes=MAX_BYTES).part("data").part("object").reference("id")

    def refund_of(self, body: bytes) -> str | None:
        """None: Stripe's signature covers all of a message, so it is asked for no refund."""
        return None

    def said(self, body: bytes, headers: Mapping[str, str], fetched: bytes | None = None) -> Said | None:
        """How a dispute stands, and its report where this is the first word of it; None for what is about no dispute. Stripe's
        signature covers all of it, so nothing has to be ``fetched``.

        Raises :class:`ReportInvalid` for a new dispute without an id, and for a body that is no JSON object.
        """
        event = told(body, max_bytes=MAX_BYTES)
        kind = (event.line("type") or "").lower()
        if kind in _OF_CHARGE | _OF_REFUND:
            refunded = _of_payment(kind, event, _signed_at(headers.get("stripe-signature")) or self._now())
            return Said(refunded) if refunded is not None else None
        if not kind.startswith(_DISPUTES):
            return None
        dispute = event.part("data").part("object")
        dispute_id = dispute.reference("id")
        if dispute_id is None:
            if kind == _FIRST:
                raise ReportInvalid.one("report_invalid", "data.object.id", "A dispute has an id.", field_code="id_missing")
            return None
        amount = _amount(dispute)
        signed_at = _signed_at(headers.get("stripe-signature")) or self._now()
        news = _news(kind, event, dispute, dispute_id, amount, signed_at)
        return Said(news, self._report(event, dispute, news, amount) if kind == _FIRST else None)

    def _report(self, event: Told, dispute: Told, news: ProviderNews, amount: Money | None) -> Report:
        reason = dispute.line("reason") or "general"
        money = f" of {in_words(amount.amount, amount.currency)}" if amount is not None else ""
        return shaped(
            {
                "kind": self._kind,
                "source": "stripe",
                "external_id": news.dispute,
                "category": _category(reason),
                "matter": news.payment,
                "subject": line(f"Card payment{money} disputed: {plain_words(reason)}"),
                "statement": _statement(dispute, news, reason, amount),
                "amount": amount,
                "parties": self._parties(event, dispute, news),
                # Nothing was paid in Stripe's test mode, so nothing is paid for it.
                "synthetic": not (event.is_live and dispute.is_live),
                "attributes": _attributes(event, dispute, reason),
            }
        )

    def _parties(self, event: Told, dispute: Told, news: ProviderNews) -> list[ReportedParty]:
        evidence = dispute.part("evidence")
        cardholder = ReportedParty(
            side=Side.CLAIMANT,
            ref=reference_or_none(f"cardholder:{dispute.reference('charge') or news.dispute}") or "cardholder",
            name=evidence.line("customer_name"),
            email=email_or_none(evidence.text("customer_email_address")),
        )
        merchant, account = self._respondent, event.reference("account")
        # With Connect the event names the account that was paid; the default stands for the platform's own account.
        if account and (merchant is None or merchant.ref != account):
            merchant = ReportedParty(side=Side.RESPONDENT, ref=account)
        return [cardholder, *([merchant] if merchant else [])]


def _signed(body: bytes, header: str | None, secret: str) -> bool:
    try:
        WebhookSignature.verify_header(body, header, secret, None)
    except (SignatureVerificationError, ValueError, TypeError):
        return False
    return True


def _signed_at(header: str | None) -> datetime | None:
    """When Stripe says that it signed this attempt."""
    found = _TIME.search(header or "")
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def _news(kind: str, event: Told, dispute: Told, dispute_id: str, amount: Money | None, signed_at: datetime) -> ProviderNews:
    status = code(dispute.line("status"))
    details = dispute.part("evidence_details")
    what, moved = _moved(_what(kind, status), event, dispute, amount)
    charge, intent = _names(dispute)
    if kind == _FIRST and what == "updated":
        what = "opened"
    return ProviderNews(
        provider="stripe",
        dispute=dispute_id,
        event=event.reference("id") or f"{kind}/{dispute_id}",
        # An event that is said to be made after it was signed would stand above everything that comes.
        at=min(event.instant("created") or signed_at, signed_at),
        what=what,
        status=status,
        stage=_stage(status or ""),
        reason=code(dispute.line("reason")),
        network_reason=code(dispute.part("payment_method_details").part("card").line("network_reason_code")),
        payment=charge or intent,
        intent=intent if charge else None,
        amount=moved,
        due_at=details.instant("due_by"),
        paid=_paid(dispute),
        account=event.reference("account"),
        test=not (event.is_live and dispute.is_live),
    )


def _names(said: Told) -> tuple[str | None, str | None]:
    """The charge and the payment intent of a dispute or refund, also where only the other one, expanded, names it."""
    charge, intent = said.object("charge"), said.object("payment_intent")
    return (
        said.reference("charge") or intent.reference("latest_charge"),
        said.reference("payment_intent") or charge.reference("payment_intent"),
    )


def _paid(dispute: Told) -> Money | None:
    """All that was paid, where the charge of a dispute or refund comes expanded."""
    charge = dispute.object("charge")
    return _in(charge, _captured(charge) or 0)


def _captured(charge: Told) -> int | None:
    """What was paid: of an amount that was only authorised, as much as was captured of it."""
    return charge.whole("amount_captured") or charge.whole("amount")


def _went_back(charge: Told, event: Told) -> int | None:
    """What was refunded of a charge, in Stripe's units; None: it does not say.

    Before the API of 31 March 2025 (``basil``) what was authorised and never captured counted as refunded, too.
    """
    back, authorised, captured = (charge.whole(name) for name in ("amount_refunded", "amount", "amount_captured"))
    counts_them = (event.line("api_version") or _COUNTS_REFUNDS_ALONE) < _COUNTS_REFUNDS_ALONE
    if not counts_them or not back or not authorised or not captured:
        return back
    return max(0, back - (authorised - captured))


def _of_payment(kind: str, event: Told, signed_at: datetime) -> ProviderNews | None:
    """What was refunded of a charge, in all or by one refund: for the cases of its disputes. None: it says nothing of that."""
    said = event.part("data").part("object")
    own, (charge, intent) = said.reference("id"), _names(said)
    payment = charge or intent
    if kind in _OF_CHARGE:
        payment, back, flag = own, _went_back(said, event), said.flag("refunded")
        if kind == "charge.refunded" and back is None and flag is None:
            # Its name says it: as much as its refunds tell, else nobody knows how much.
            made = (one for one in said.part("refunds").parts("data") if code(one.line("status")) not in _NOT_MADE)
            back, flag = sum(one.whole("amount") or 0 for one in made), True
        # By a try that failed nothing was paid.
        if (back is None and flag is None) or (code(said.line("status")) == "failed" and not back):
            return None
        given, amount = bool(back) or flag is True, _in(said, back or _captured(said) or 0)
        paid = _in(said, _captured(said) or 0)
    else:
        status = code(said.line("status"))
        given, amount = kind != "refund.failed" and status not in _NOT_MADE, _in(said, said.whole("amount") or 0)
        paid = _paid(said)
    ours = said.part("metadata").reference(OURS) if kind in _OF_REFUND else None
    # A refund that failed concerns the case that ordered it, whatever it says of what it was of.
    if own is None or (payment is None and (given or ours is None)):
        return None
    return ProviderNews(
        provider="stripe", dispute=own, event=event.reference("id") or f"{kind}/{own}",
        at=min(event.instant("created") or signed_at, signed_at),
        what="refund_failed" if not given else "updated" if ours else "payment_refunded",
        effect=ours, stage="payment" if kind in _OF_CHARGE else "refund",
        payment=payment, intent=intent if intent != payment else None, amount=amount,
        paid=paid, account=event.reference("account"), test=not (event.is_live and said.is_live),
    )  # fmt: skip


def _what(kind: str, status: str | None) -> What:
    """What Stripe says: how the dispute ended where its snapshot knows, else what the event is called after."""
    named = kind.removeprefix(_DISPUTES)
    if (named, status) in (("funds_withdrawn", "won"), ("funds_reinstated", "lost")):
        # The money moved otherwise than the snapshot says that it was decided.
        return "funds_withdrawn" if named == "funds_withdrawn" else "funds_reinstated"
    match status:
        case "won" | "lost" | "prevented":
            return status
        case "charge_refunded":
            return "refunded"
        case "warning_closed":
            return "inquiry_closed"
        case _:
            pass
    match named:
        case "funds_withdrawn" | "funds_reinstated" | "closed":
            return named
        case _:
            return "updated"


def _moved(what: What, event: Told, dispute: Told, amount: Money | None) -> tuple[What, Money | None]:
    """The same with what the snapshot says of money beside: a charge (where it is expanded) that was refunded, whatever
    becomes of the dispute; and what the dispute has taken already (``balance_transactions``). With how much it is."""
    refunded = _refunded(event, dispute, amount)
    if refunded is not None:
        ended = what in ENDS and what not in GIVEN
        return ("refunded" if ended else what if what in ENDS else "payment_refunded"), refunded
    taken = [one for one in dispute.parts("balance_transactions") if one.whole("amount") is not None]
    total = -sum(one.whole("amount") or 0 for one in taken)
    if what != "updated" or total <= 0:
        return what, amount
    same = amount is not None and all((one.line("currency") or "").upper() == amount.currency for one in taken)
    # Taken in the currency of the account it cannot be compared: then what is disputed counts.
    return "funds_withdrawn", (_in(dispute, total) if same else None) or amount


def _refunded(event: Told, dispute: Told, amount: Money | None) -> Money | None:
    """How much of what is disputed was given back by a refund of the charge; None: nothing, as far as it is said."""
    for name in ("charge", "payment_intent"):
        paid = dispute.object(name)
        charge = paid.object("latest_charge") if name == "payment_intent" else paid
        whole, back = _captured(charge), _went_back(charge, event) or 0
        if charge.flag("refunded"):
            return amount or _in(charge, back)
        if back > 0:
            # What was refunded of the part that nobody disputes is no answer to the dispute.
            disputed = dispute.whole("amount")
            undisputed = whole - disputed if whole is not None and disputed is not None else 0
            beyond = back - max(0, undisputed)
            return (_in(charge, beyond) or amount) if beyond > 0 else None
    return None


def _in(said: Told, units: int) -> Money | None:
    """So many of Stripe's units in the currency that stands there; None where it is no money."""
    try:
        return from_stripe(units, said.line("currency") or "") if units > 0 else None
    except NotExact:
        return None


def _amount(dispute: Told) -> Money | None:
    """What is disputed; None where it is not said, or cannot be (then it is noted)."""
    amount, currency = dispute.whole("amount"), dispute.line("currency")
    if not amount or currency is None:
        # Nobody disputes nothing: what says so does not say how much.
        return None
    try:
        return from_stripe(amount, currency)
    except NotExact:
        dispute.note("amount")
        return None


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


def _statement(dispute: Told, news: ProviderNews, reason: str, amount: Money | None) -> str:
    charge = dispute.reference("charge")
    payment = f"charge {charge}" if charge else f"payment {dispute.reference('payment_intent') or 'not named'}"
    opened = "asked about" if news.stage == "inquiry" else "disputed"
    over = f" over {in_words(amount.amount, amount.currency)}" if amount is not None else ""
    status = plain_words(dispute.line("status") or "not said")
    return (
        f"The cardholder's bank {opened} {payment}{over} (Stripe dispute {news.dispute}). "
        f"Reason given: {plain_words(reason)}. Status: {status}. The cardholder wrote no statement."
    )


def _stage(status: str) -> str:
    return "inquiry" if status.startswith("warning_") else "chargeback"


def _attributes(event: Told, dispute: Told, reason: str) -> dict[str, Any]:
    details = dispute.part("evidence_details")
    card = dispute.part("payment_method_details").part("card")
    status = code(dispute.line("status")) or "needs_response"
    found = {
        "reason": code(reason),
        "network_reason": code(card.line("network_reason_code")),
        "status": status,
        "stage": _stage(status),
        "dispute": dispute.reference("id"),
        "charge": dispute.reference("charge"),
        "payment_intent": dispute.reference("payment_intent"),
        "due_by": details.whole("due_by"),
        "past_due": details.flag("past_due"),
        "has_evidence": details.flag("has_evidence"),
        "submission_count": details.whole("submission_count"),
        "created": dispute.whole("created"),
        "refundable": dispute.flag("is_charge_refundable"),
        "livemode": event.is_live and dispute.is_live,
        "product": dispute.part("evidence").line("product_description"),
    }
    return present({**found, "unread": unread_line(dispute.unread)})
