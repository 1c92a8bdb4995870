"""Stripe's dispute webhook becomes a fraud report, and nothing unsigned gets in."""

import copy
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe import WebhookSignature

from adapters.intake.errors import ReportInvalid
from adapters.intake.stripe import StripeIntake
from domain.base import Money, Side
from domain.model.report import Report, ReportedParty
from tests.support.places import FIXTURES

NOW = datetime(2026, 5, 11, 8, 16, tzinfo=UTC)
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


@pytest.mark.parametrize("without", [{"id": None}, {"id": {"object": "dispute"}}, {"id": 7}])
def test_only_a_dispute_without_an_id_is_refused(created: bytes, without: dict[str, Any]) -> None:
    with pytest.raises(ReportInvalid) as caught:
        taken(changed(created, **without))
    assert [(e.field, e.code) for e in caught.value.errors] == [("data.object.id", "id_missing")]


@pytest.mark.parametrize(
    ("change", "unread"),
    [
        ({"amount": "many"}, "amount"),
        ({"amount": -1}, "amount"),
        ({"currency": "euros"}, "amount"),
        ({"currency": "isk", "amount": 50}, "amount"),
        ({"evidence_details": {"due_by": 10**30}}, "evidence_details.due_by"),
        ({"evidence": []}, "evidence"),
        ({"charge": {"object": "charge"}}, "charge"),
    ],
)
def test_what_cannot_be_read_is_noted_and_the_dispute_taken(created: bytes, change: dict[str, Any], unread: str) -> None:
    report = taken(changed(created, **change))
    assert report is not None
    assert report.attributes["unread"] == f"data.object.{unread}"


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (rb"Ines \ud83d", "Ines \ufffd"),
        (rb"\ude00 Ines", "\ufffd Ines"),
        (rb"Ines \ud83d\ude00", "Ines \U0001f600"),
        (rb"\ud83d Ines \ud83d\ude00 \\ud83d", "\ufffd Ines \U0001f600 \\ud83d"),
    ],
)
def test_a_letter_that_was_cut_in_two_is_no_reason_to_refuse(created: bytes, said: bytes, read: str) -> None:
    report = taken(created.replace(b"Ines Marchetti", said))
    assert report is not None
    assert report.parties[0].name == read


def test_an_expanded_charge_is_the_charge(created: bytes) -> None:
    report = taken(changed(created, charge={"id": "ch_9", "object": "charge", "amount": 18450}))
    assert report is not None
    assert (report.matter, report.attributes["charge"]) == ("ch_9", "ch_9")


def test_the_ids_the_reason_codes_and_the_day_come_as_fields(created: bytes) -> None:
    report = taken(created)
    assert report is not None
    wanted = {"dispute": "dp_1QomBudTest00000000000002", "charge": "ch_3QomBudTest00000000000003", "network_reason": "10.4"}
    assert wanted.items() <= report.attributes.items()


def test_a_signature_from_the_future_is_refused(created: bytes) -> None:
    with pytest.raises(ReportInvalid, match="signature_expired"):
        StripeIntake(SECRET).prove(created, {"stripe-signature": signed(created, age=-400)})


@pytest.mark.parametrize(("livemode", "synthetic"), [(True, False), (False, True), (None, False)])
def test_what_is_of_the_test_mode_pays_nothing(created: bytes, livemode: bool | None, synthetic: bool) -> None:
    for body in (
        json.dumps(json.loads(created) | {"livemode": livemode}).encode(),
        json.dumps(json.loads(changed(created, livemode=livemode)) | {"livemode": livemode}).encode(),
    ):
        report = taken(body)
        assert report is not None
        assert report.synthetic is synthetic


def test_no_event_is_made_after_it_was_signed(created: bytes) -> None:
    body = json.dumps(json.loads(created) | {"created": 4_000_000_000, "account": "acct_1"}).encode()
    said = StripeIntake(SECRET).said(body, {"stripe-signature": f"t={int(NOW.timestamp())},v1=x"})
    assert said is not None
    assert (said.news.at, said.news.account) == (NOW, "acct_1")


@pytest.mark.parametrize(
    ("kind", "status", "what"),
    [
        ("created", "needs_response", "opened"),
        ("created", "prevented", "prevented"),
        ("created", "charge_refunded", "refunded"),
        ("updated", "under_review", "updated"),
        ("updated", "lost", "lost"),
        ("closed", "won", "won"),
        ("closed", "warning_closed", "inquiry_closed"),
        ("closed", "of_next_year", "closed"),
        ("closed", None, "closed"),
        ("funds_withdrawn", "needs_response", "funds_withdrawn"),
        ("funds_reinstated", "under_review", "funds_reinstated"),
        ("funds_withdrawn", "won", "funds_withdrawn"),
        ("funds_withdrawn", "lost", "lost"),
        ("funds_reinstated", "lost", "funds_reinstated"),
        ("of_next_year", "needs_response", "updated"),
    ],
)
def test_every_event_of_a_dispute_is_news_of_it(created: bytes, kind: str, status: str | None, what: str) -> None:
    body = json.dumps(json.loads(changed(created, status=status)) | {"type": f"charge.dispute.{kind}"}).encode()
    said = StripeIntake(SECRET).said(body, {"stripe-signature": signed(body)})
    assert said is not None
    assert (said.news.what, said.news.dispute) == (what, "dp_1QomBudTest00000000000002")
    assert (said.report is not None) == (kind == "created")


_WHOLE = Money(amount=18_450, currency="EUR")
_PART = Money(amount=5_000, currency="EUR")
_PARTLY = {"id": "ch_1", "amount": 23450, "amount_captured": 18450, "currency": "eur"}


@pytest.mark.parametrize(
    ("kind", "beside", "what", "amount"),
    [
        ("created", {"charge": {"id": "ch_1", "refunded": True, "amount_refunded": 18450}}, "payment_refunded", _WHOLE),
        ("created", {"payment_intent": {"id": "pi_1", "latest_charge": {"refunded": True}}}, "payment_refunded", _WHOLE),
        ("created", {"charge": {"id": "ch_1", "amount_refunded": 5000, "currency": "eur"}}, "payment_refunded", _PART),
        ("created", {"charge": {"id": "ch_1", "amount": 23450, "amount_refunded": 5000, "currency": "eur"}}, "opened", _WHOLE),
        # Of what was authorised only a part was captured: nothing of it is undisputed, and of an API as old as this one what was
        # not captured counts as refunded there.
        ("created", {"charge": _PARTLY | {"amount_refunded": 10000}}, "payment_refunded", _PART),
        ("created", {"charge": _PARTLY | {"amount_refunded": 5000}}, "opened", _WHOLE),
        ("updated", {"charge": {"id": "ch_1", "amount": 23450, "amount_refunded": 10000, "currency": "eur"}},
         "payment_refunded", _PART),
        ("closed", {"status": "won", "charge": {"id": "ch_1", "refunded": True}}, "refunded", _WHOLE),
        ("closed", {"status": "lost", "charge": {"id": "ch_1", "refunded": True}}, "lost", _WHOLE),
        ("created", {"balance_transactions": [{"amount": -18450, "currency": "eur"}]}, "funds_withdrawn", _WHOLE),
        ("updated", {"balance_transactions": [{"amount": -18450, "currency": "eur"}, {"amount": 13450, "currency": "eur"}]},
         "funds_withdrawn", _PART),
        ("created", {"balance_transactions": [{"amount": -20000, "currency": "usd"}]}, "funds_withdrawn", _WHOLE),
        ("created", {"balance_transactions": [{"amount": -1, "currency": "eur"}, {"amount": 1, "currency": "eur"}]},
         "opened", _WHOLE),
        ("created", {"balance_transactions": "none", "charge": {"refunded": "yes", "amount_refunded": []}}, "opened", _WHOLE),
    ],
)  # fmt: skip
def test_money_that_the_snapshot_says_moved_has_moved(
    created: bytes, kind: str, beside: dict[str, Any], what: str, amount: Money
) -> None:
    body = json.dumps(json.loads(changed(created, **beside)) | {"type": f"charge.dispute.{kind}"}).encode()
    said = StripeIntake(SECRET).said(body, {"stripe-signature": signed(body)})
    assert said is not None
    assert (said.news.what, said.news.amount) == (what, amount)
    assert said.report is None or said.report.amount == _WHOLE


def test_since_basil_a_charge_s_refunds_alone_are_refunded(created: bytes) -> None:
    """Stripe's changelog of 31 March 2025: what was authorised and not captured is no refund any more."""
    event = json.loads(changed(created, charge=_PARTLY | {"amount_refunded": 5000})) | {"api_version": "2025-03-31.basil"}
    body = json.dumps(event).encode()
    said = StripeIntake(SECRET).said(body, {"stripe-signature": signed(body)})
    assert said is not None
    assert (said.news.what, said.news.amount) == ("payment_refunded", _PART)


def optional(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every field of an event but those that say what it is about."""
    needed = {("type",), ("data",), ("data", "object"), ("data", "object", "id")}
    inside = value.items() if isinstance(value, dict) else ()
    found = [place for name, one in inside for place in [(*path, name), *optional(one, (*path, name))]]
    return [place for place in found if place not in needed]


EVENT = json.loads((FIXTURES / "intake" / "stripe-dispute-created.json").read_text())
STRANGE = st.sampled_from([None, {}, {"id": "x_1", "object": "new"}, [], [None, 7], "new_word", "", 7, -1, 10**40, True, 1.5])


@given(st.lists(st.tuples(st.sampled_from(optional(EVENT)), st.one_of(STRANGE, st.just(...))), max_size=6))
def test_any_optional_field_may_be_null_missing_expanded_or_new(changes: list[tuple[tuple[str, ...], Any]]) -> None:
    event = copy.deepcopy(EVENT)
    for path, value in changes:
        place: Any = event
        for name in path[:-1]:
            place = place.get(name) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place.pop(path[-1], None)
            if value is not ...:
                place[path[-1]] = value
    report = taken(json.dumps(event).encode())
    assert report is not None
    assert report.external_id == "dp_1QomBudTest00000000000002"
