"""What PayPal's events of refunds and reversals say, in both versions of its payments."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.intake.foreign import Told
from adapters.intake.paypal_refunds import about_refund, refund_news
from domain.model.provider_news import ProviderNews

NOW = datetime(2026, 11, 3, tzinfo=UTC)
UP = {"rel": "up", "href": "https://api.sandbox.paypal.com/v2/payments/captures/0JF852973C016714D"}
REFUND: dict[str, Any] = {
    "id": "1JU08902781691411", "status": "COMPLETED", "amount": {"value": "10.99", "currency_code": "USD"},
    "links": [{"rel": "self", "href": "https://api.paypal.com/v2/payments/refunds/1JU08902781691411"}, UP],
    "update_time": "2026-11-01T12:00:00Z",
}  # fmt: skip


def news(kind: str = "PAYMENT.CAPTURE.REFUNDED", verified: bool = True, **changes: Any) -> ProviderNews | None:
    refund = {name: value for name, value in {**REFUND, **changes}.items() if value is not None}
    return refund_news(kind, Told({"id": "WH-7"}), Told(refund), (NOW, NOW), verified=verified)


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("PAYMENT.CAPTURE.REFUNDED", True), ("PAYMENT.CAPTURE.REVERSED", True), ("PAYMENT.SALE.REFUNDED", True),
        ("PAYMENT.SALE.REVERSED", True), ("PAYMENT.REFUND.PENDING", True), ("PAYMENT.REFUND.FAILED", True),
        ("PAYMENT.CAPTURE.COMPLETED", False), ("CUSTOMER.DISPUTE.CREATED", False), ("", False),
    ],
)  # fmt: skip
def test_which_events_are_of_refunds(kind: str, about: bool) -> None:
    assert about_refund(kind) is about


def test_it_names_the_payment_and_how_much() -> None:
    said = news()
    assert said is not None
    assert (said.dispute, said.payment, said.what, said.stage) == (
        REFUND["id"],
        "0JF852973C016714D",
        "payment_refunded",
        "refund",
    )
    assert said.amount is not None
    assert (said.amount.amount, said.amount.currency) == (1_099, "USD")


@pytest.mark.parametrize(
    "changes",
    [
        {"links": None, "sale_id": "0JF852973C016714D"},
        {"links": None, "capture_id": "0JF852973C016714D"},
        {"links": [{"rel": "sale", "href": "https://api.paypal.com/v1/payments/sale/0JF852973C016714D"}]},
        {"amount": {"total": "10.99", "currency": "USD"}},
        {"amount": {"total": "-10.99", "currency": "USD"}},
        {"status": None, "state": "completed"},
        {"status": "SOMETHING_NEW"},
    ],
)
def test_the_same_in_other_words(changes: dict[str, Any]) -> None:
    said, plain = news(**changes), news()
    assert said is not None
    assert said == plain


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"status": "FAILED"}, "refund_failed"),
        ({"status": None, "state": "cancelled"}, "refund_failed"),
        ({"kind": "PAYMENT.REFUND.FAILED", "status": None}, "refund_failed"),
        ({"kind": "PAYMENT.REFUND.FAILED", "verified": False}, "refund_failed"),
        # What PayPal says of it when it is asked counts, whatever a message is called.
        ({"kind": "PAYMENT.REFUND.FAILED"}, "payment_refunded"),
        ({"status": "PENDING"}, "payment_refunded"),
        ({"custom_id": "eff_0198c5a0"}, "updated"),
        ({"custom_id": "eff_0198c5a0", "verified": False}, "payment_refunded"),
        ({"custom_id": "order 7"}, "payment_refunded"),
    ],
)
def test_what_it_says(changes: dict[str, Any], what: str) -> None:
    said = news(**changes)
    assert said is not None
    assert said.what == what


@pytest.mark.parametrize("changes", [{"id": None}, {"links": None}, {"links": [{"rel": "up", "href": 7}]}, {"links": "none"}])
def test_what_names_no_refund_or_no_payment_says_nothing(changes: dict[str, Any]) -> None:
    assert news(**changes) is None


@pytest.mark.parametrize("amount", [None, {"value": "many", "currency_code": "USD"}, {"value": "1.00"}, 7])
def test_an_amount_that_cannot_be_read_is_none(amount: Any) -> None:
    said = news(amount=amount)
    assert said is not None
    assert said.amount is None
