"""Stripe's dispute webhook becomes a fraud report, and nothing unsigned gets in."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from stripe import WebhookSignature

from adapters.intake.errors import ReportInvalid
from adapters.intake.stripe import StripeIntake
from domain.base import Money, Side
from domain.model.report import Report, ReportedParty

SECRET = "whsec_of_the_tests"
MERCHANT = ReportedParty(side=Side.RESPONDENT, ref="acct_platform", name="Sitters Ltd", zone="Europe/Dublin")


def signed(body: bytes, *, secret: str = SECRET, age: int = 0) -> str:
    return str(WebhookSignature.generate_signature_header(body.decode(), secret, int(time.time()) - age))


def taken(body: bytes, intake: StripeIntake | None = None) -> Report | None:
    return (intake or StripeIntake(SECRET, respondent=MERCHANT)).report(body, {"stripe-signature": signed(body)})


def changed(body: bytes, **dispute: Any) -> bytes:
    event = json.loads(body)
    event["data"]["object"] |= dispute
    return json.dumps(event).encode()


@pytest.fixture
def created(payload: Callable[[str], bytes]) -> bytes:
    return payload("stripe-dispute-created.json")


def test_a_new_dispute_becomes_a_fraud_report(created: bytes) -> None:
    report = taken(created)
    assert report is not None
    assert (report.kind, report.source, report.external_id) == ("fraud_report", "stripe", "dp_1QomBudTest00000000000002")
    assert report.amount == Money(amount=18450, currency="EUR")
    assert report.category == "unauthorised"
    assert report.matter == "ch_3QomBudTest00000000000003"
    assert "184.50 EUR" in report.statement
    assert "fraudulent" in report.statement


def test_its_parties_are_the_cardholder_and_the_merchant(created: bytes) -> None:
    report = taken(created)
    assert report is not None
    claimant, respondent = report.parties
    assert (claimant.ref, claimant.name) == ("cardholder:ch_3QomBudTest00000000000003", "Ines Marchetti")
    assert claimant.email == "ines.marchetti@example.net"
    assert respondent == MERCHANT


def test_what_gates_ask_for_is_there(created: bytes) -> None:
    report = taken(created)
    assert report is not None
    wanted = {"reason": "fraudulent", "status": "needs_response", "stage": "chargeback", "due_by": 1773999999, "livemode": True}
    assert wanted.items() <= report.attributes.items()


def test_a_bad_address_of_the_cardholder_does_not_stop_the_report(created: bytes) -> None:
    report = taken(changed(created, evidence={"customer_email_address": "none given", "customer_name": "A\x00\nB"}))
    assert report is not None
    assert (report.parties[0].email, report.parties[0].name) == (None, "A B")


def test_a_connected_account_is_the_respondent(created: bytes) -> None:
    event = json.loads(created) | {"account": "acct_connected"}
    report = taken(json.dumps(event).encode())
    assert report is not None
    assert report.parties[1].ref == "acct_connected"


def test_without_a_known_merchant_there_is_only_a_claimant(created: bytes) -> None:
    report = taken(created, StripeIntake(SECRET))
    assert report is not None
    assert len(report.parties) == 1


@pytest.mark.parametrize("event", ["charge.dispute.updated", "charge.dispute.funds_withdrawn", "customer.created"])
def test_other_events_are_acknowledged_and_ignored(created: bytes, event: str) -> None:
    assert taken(json.dumps(json.loads(created) | {"type": event}).encode()) is None


def test_a_closed_dispute_is_ignored(payload: Callable[[str], bytes]) -> None:
    assert taken(payload("stripe-dispute-closed.json")) is None


@pytest.mark.parametrize("header", [None, "", "v1=abc", "t=x,v1=y", "t=1,v1=ü", f"t={'9' * 5000},v1=a"])
def test_without_a_signature_nothing_gets_in(created: bytes, header: str | None) -> None:
    with pytest.raises(ReportInvalid) as caught:
        StripeIntake(SECRET).report(created, {"stripe-signature": header} if header is not None else {})
    assert (caught.value.code, caught.value.errors[0].field) == ("signature_invalid", "Stripe-Signature")


def test_another_secret_an_old_signature_and_a_changed_body_are_refused(created: bytes) -> None:
    for body, header in [
        (created, signed(created, secret="whsec_other")),
        (created.replace(b"18450", b"1"), signed(created)),
        (b"\xff\xfe", signed(created)),
    ]:
        with pytest.raises(ReportInvalid, match="signature_invalid"):
            StripeIntake(SECRET).report(body, {"stripe-signature": header})
    with pytest.raises(ReportInvalid, match="signature_expired"):
        StripeIntake(SECRET).report(created, {"stripe-signature": signed(created, age=301)})
    with pytest.raises(ReportInvalid, match="signature_invalid"):
        StripeIntake(SECRET).report(created, {"stripe-signature": signed(created, age=301, secret="whsec_other")})


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"amount": "many"}, "data.object.amount", "int_parsing"),
        ({"amount": -1}, "data.object.amount", "greater_than_equal"),
        ({"currency": "euros"}, "data.object.currency", "string_pattern_mismatch"),
        ({"id": None}, "data.object.id", "string_type"),
        ({"currency": "isk", "amount": 50}, "data.object.amount", "amount_not_exact"),
        ({"evidence_details": {"due_by": 10**30}}, "attributes.due_by", "number_not_storable"),
    ],
)
def test_a_wrong_field_is_named_by_its_path(created: bytes, change: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(ReportInvalid) as caught:
        taken(changed(created, **change))
    assert [(e.field, e.code) for e in caught.value.errors] == [(field, code)]
