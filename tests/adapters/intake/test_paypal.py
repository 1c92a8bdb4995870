"""PayPal's dispute webhook becomes a fraud report, proved by its certificate without a call to anywhere."""

import base64
import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from adapters.intake.errors import ReportInvalid
from adapters.intake.paypal import PayPalIntake
from adapters.intake.paypal_signature import signed_message
from domain.base import Money, Side
from domain.model.report import Report, ReportedParty
from tests.support.places import FIXTURES

WEBHOOK = "8PT597110X687430L"
NOW = datetime(2026, 5, 11, 8, 16, tzinfo=UTC)

Take = Callable[..., Report | None]


@pytest.fixture
def created(payload: Callable[[str], bytes]) -> bytes:
    return payload("paypal-dispute-created.json")


@pytest.fixture
def headers(paypal_key: rsa.RSAPrivateKey) -> Callable[..., dict[str, str]]:
    def make(body: bytes, at: datetime = NOW, webhook: str = WEBHOOK) -> dict[str, str]:
        time = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        signature = paypal_key.sign(signed_message("b2f1-77", time, webhook, body), PKCS1v15(), SHA256())
        return {
            "Paypal-Transmission-Id": "b2f1-77",
            "Paypal-Transmission-Time": time,
            "Paypal-Transmission-Sig": base64.b64encode(signature).decode(),
            "Paypal-Auth-Algo": "SHA256withRSA",
            "Paypal-Cert-Url": "https://attacker.example/cert.pem",
        }

    return make


@pytest.fixture
def take(paypal_certificate: bytes, headers: Callable[..., dict[str, str]]) -> Take:
    def make(body: bytes, respondent: ReportedParty | None = None) -> Report | None:
        return PayPalIntake(WEBHOOK, paypal_certificate, respondent=respondent, now=lambda: NOW).report(body, headers(body))

    return make


def changed(body: bytes, **resource: Any) -> bytes:
    event = json.loads(body)
    event["resource"] |= resource
    return json.dumps(event).encode()


class TestReport:
    def test_a_new_dispute_becomes_a_fraud_report(self, created: bytes, take: Take) -> None:
        report = take(created)
        assert report is not None
        assert (report.kind, report.source, report.external_id) == ("fraud_report", "paypal", "PP-D-77120")
        assert report.amount == Money(amount=14990, currency="GBP")
        assert report.category == "not_received"
        assert report.matter == "2KM70456CD123890F"
        assert report.subject == "Brass reading lamp: merchandise or service not received"
        assert report.statement == "The lamp was marked as delivered on 4 May, but nobody rang and nothing is here."
        assert report.occurred_at == datetime(2026, 4, 30, 19, 5, tzinfo=UTC)

    def test_its_parties_are_buyer_and_seller(self, created: bytes, take: Take) -> None:
        report = take(created)
        assert report is not None
        buyer, seller = report.parties
        assert (buyer.side, buyer.ref, buyer.name) == (Side.CLAIMANT, "buyer:6LC80123AB456789D", "Tomasz Wilk")
        assert (seller.ref, seller.name, seller.email) == ("QX7K2M9NB4RTA", "Ateliers Nord", "ateliers@example.org")

    def test_a_configured_respondent_knows_more_than_the_payload(self, created: bytes, take: Take) -> None:
        known = ReportedParty(side=Side.RESPONDENT, ref="QX7K2M9NB4RTA", email="disputes@ateliers.example", zone="Europe/Paris")
        report = take(created, known)
        assert report is not None
        assert report.parties[1] == known

    def test_what_gates_ask_for_is_there(self, created: bytes, take: Take) -> None:
        report = take(created)
        assert report is not None
        due = int(datetime(2026, 5, 21, 8, 14, tzinfo=UTC).timestamp())
        wanted = {
            "stage": "chargeback",
            "due_by": due,
            "requested_amount": 14990,
            "requested_currency": "GBP",
            "custom": "listing 40021",
        }
        assert wanted.items() <= report.attributes.items()

    def test_several_messages_say_who_wrote_and_when(self, created: bytes, take: Take) -> None:
        messages = [
            {"posted_by": "BUYER", "time_posted": "2026-05-11T10:14:00+02:00", "content": "Nothing came."},
            {"posted_by": "SELLER", "content": "It was sent."},
        ]
        report = take(changed(created, messages=messages))
        assert report is not None
        assert report.statement == "Buyer, 2026-05-11 08:14 UTC:\nNothing came.\n\nSeller:\nIt was sent."

    def test_without_a_message_the_codes_make_a_sentence(self, created: bytes, take: Take) -> None:
        report = take(changed(created, messages=[{"content": " \u0000 \u2003"}]))
        assert report is not None
        assert report.statement.startswith("The buyer opened PayPal dispute PP-D-77120 over 149.90 GBP.")

    def test_a_very_long_message_is_cut_and_attached_whole(self, created: bytes, take: Take) -> None:
        report = take(changed(created, messages=[{"content": "long " * 10_000}]))
        assert report is not None
        assert len(report.statement) <= 20_000
        assert len(report.attachments[0].data) > 49_000

    @pytest.mark.parametrize(
        ("currency", "value", "minor"), [("JPY", "1200", 1200), ("KWD", "1.250", 1250), ("HUF", "900", 90000)]
    )
    def test_amounts_follow_their_currency(self, created: bytes, take: Take, currency: str, value: str, minor: int) -> None:
        report = take(changed(created, dispute_amount={"currency_code": currency, "value": value}))
        assert report is not None
        assert report.amount == Money(amount=minor, currency=currency)

    def test_other_events_are_acknowledged_and_ignored(self, created: bytes, take: Take) -> None:
        assert take(json.dumps(json.loads(created) | {"event_type": "CUSTOMER.DISPUTE.RESOLVED"}).encode()) is None

    @pytest.mark.parametrize("without", [{"dispute_id": None}, {"dispute_id": "a\nb"}, {"dispute_id": 7}])
    def test_only_a_dispute_without_an_id_is_refused(self, created: bytes, take: Take, without: dict[str, Any]) -> None:
        with pytest.raises(ReportInvalid) as caught:
            take(changed(created, **without))
        assert [e.code for e in caught.value.errors] == ["id_missing"]

    @pytest.mark.parametrize(
        ("change", "unread"),
        [
            ({"dispute_amount": {"currency_code": "JPY", "value": "1.50"}}, "dispute_amount"),
            ({"messages": "none"}, "messages"),
            ({"create_time": "2026-02-30T00:00:00Z"}, "create_time"),
            ({"seller_response_due_date": {}}, "seller_response_due_date"),
        ],
    )
    def test_what_cannot_be_read_is_noted_and_the_dispute_taken(
        self, created: bytes, take: Take, change: dict[str, Any], unread: str
    ) -> None:
        report = take(changed(created, **change))
        assert report is not None
        assert report.attributes["unread"] == f"resource.{unread}"

    @pytest.mark.parametrize("change", [{"messages": None}, {"disputed_transactions": None}, {"offer": None}, {"reason": None}])
    def test_what_is_null_is_not_said(self, created: bytes, take: Take, change: dict[str, Any]) -> None:
        report = take(changed(created, **change))
        assert report is not None
        assert report.external_id == "PP-D-77120"
        assert "unread" not in report.attributes

    def test_of_several_transactions_the_others_are_named_to_whoever_works_on_it(self, created: bytes, take: Take) -> None:
        (first,) = json.loads(created)["resource"]["disputed_transactions"]
        second, nameless = {**first, "seller_transaction_id": "7CD22222"}, {"transaction_status": "COMPLETED"}
        report = take(changed(created, disputed_transactions=[first, second, nameless]))
        assert report is not None
        assert report.matter == first["seller_transaction_id"]
        said = report.attributes
        assert (said["transactions"], said["other_transactions"]) == (3, "7CD22222")
        alone = take(created)
        assert alone is not None
        assert "other_transactions" not in alone.attributes

    def test_no_messages_are_said_to_be_none(self, created: bytes, take: Take) -> None:
        report = take(changed(created, messages=None))
        assert report is not None
        assert report.statement.endswith("The buyer wrote no message.")


class TestNews:
    @pytest.mark.parametrize(
        ("kind", "change", "what"),
        [
            ("CREATED", {}, "opened"),
            ("UPDATED", {"status": "UNDER_REVIEW"}, "updated"),
            ("RESOLVED", {"status": "RESOLVED"}, "closed"),
            ("RESOLVED", {"dispute_outcome": {"outcome_code": "RESOLVED_BUYER_FAVOUR"}}, "lost"),
            ("RESOLVED", {"dispute_outcome": {"outcome_code": "RESOLVED_SELLER_FAVOUR"}}, "won"),
            ("RESOLVED", {"dispute_outcome": {"outcome_code": "RESOLVED_WITH_PAYOUT"}}, "closed"),
            ("RESOLVED", {"dispute_outcome": {"outcome_code": "CANCELED_BY_BUYER"}}, "withdrawn"),
            ("RESOLVED", {"dispute_outcome": {"outcome_code": "OF_NEXT_YEAR"}}, "closed"),
            ("UPDATED", {"status": "RESOLVED", "dispute_outcome": None}, "closed"),
            ("OF_NEXT_YEAR", {"status": "OPEN"}, "updated"),
        ],
    )
    def test_every_event_of_a_dispute_is_news_of_it(
        self, created: bytes, paypal_certificate: bytes, kind: str, change: dict[str, Any], what: str
    ) -> None:
        body = json.dumps(json.loads(changed(created, **change)) | {"event_type": f"CUSTOMER.DISPUTE.{kind}"}).encode()
        said = PayPalIntake(WEBHOOK, paypal_certificate).said(body, {})
        assert said is not None
        assert (said.news.what, said.news.dispute, said.news.verified) == (what, "PP-D-77120", False)

    def test_money_that_moved_to_the_buyer_is_told_before_the_dispute_ends(self, created: bytes) -> None:
        def moved(party: str, way: str, value: str, reason: str = "DISPUTE_SETTLEMENT") -> dict[str, Any]:
            amount = {"currency_code": "GBP", "value": value}
            return {"affected_party": party, "type": way, "reason": reason, "amount": amount}

        moves = [
            moved("BUYER", "CREDIT", "50.00"), moved("BUYER", "DEBIT", "10.00"), moved("SELLER", "DEBIT", "50.00"),
            moved("BUYER", "CREDIT", "3.00", "DISPUTE_FEE"),
        ]  # fmt: skip
        for name in ("money_movements", "fund_movements"):
            body = json.dumps(json.loads(changed(created, **{name: moves})) | {"event_type": "CUSTOMER.DISPUTE.UPDATED"}).encode()
            said = PayPalIntake(WEBHOOK, None).said(body, {})
            assert said is not None
            assert (said.news.what, said.news.amount) == ("funds_withdrawn", Money(amount=4_000, currency="GBP"))

    def test_nothing_is_so_later_than_now(self, created: bytes) -> None:
        body = changed(created, update_time="2126-01-01T00:00:00Z")
        said = PayPalIntake(WEBHOOK, None, now=lambda: NOW).said(body, {})
        assert said is not None
        assert said.news.at == NOW

    def test_what_paypal_itself_tells_is_believed_and_not_the_body(self, created: bytes, paypal_certificate: bytes) -> None:
        """Whoever finds another body with the same checksum says nothing by it."""
        forged = changed(created, dispute_amount={"currency_code": "GBP", "value": "9999.00"}, messages=[{"content": "Pay me."}])
        true = json.dumps(json.loads(created)["resource"]).encode()
        said = PayPalIntake(WEBHOOK, paypal_certificate).said(forged, {}, true)
        assert said is not None
        assert said.report is not None
        assert (said.news.verified, said.report.amount) == (True, Money(amount=14990, currency="GBP"))
        assert "Pay me" not in said.report.statement
        resolved = json.dumps(json.loads(created) | {"event_type": "CUSTOMER.DISPUTE.RESOLVED"}).encode()
        told = PayPalIntake(WEBHOOK, paypal_certificate).said(resolved, {}, true)
        assert told is not None
        assert told.news.what == "updated"

    def test_another_dispute_than_the_one_asked_for_proves_nothing(self, created: bytes, paypal_certificate: bytes) -> None:
        with pytest.raises(ReportInvalid, match="signature_invalid"):
            PayPalIntake(WEBHOOK, paypal_certificate).said(created, {}, b'{"dispute_id": "PP-OTHER"}')


def optional(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every field of an event but those that say what it is about."""
    needed = {("event_type",), ("resource",), ("resource", "dispute_id")}
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [place for name, one in inside for place in [(*path, name), *optional(one, (*path, name))]]
    return [place for place in found if place not in needed]


EVENT = json.loads((FIXTURES / "intake" / "paypal-dispute-created.json").read_text())
STRANGE = st.sampled_from([None, {}, {"id": "x_1", "object": "new"}, [], [None, 7], "new_word", "", 7, -1, 10**40, True, 1.5])


@given(changes=st.lists(st.tuples(st.sampled_from(optional(EVENT)), st.one_of(STRANGE, st.just(...))), max_size=6))
def test_any_optional_field_may_be_null_missing_expanded_or_new(
    paypal_certificate: bytes, changes: list[tuple[tuple[str | int, ...], Any]]
) -> None:
    event = copy.deepcopy(EVENT)
    for path, value in changes:
        place: Any = event
        for name in path[:-1]:
            inside = isinstance(place, dict) or (isinstance(place, list) and isinstance(name, int) and name < len(place))
            place = (place.get(name) if isinstance(place, dict) else place[name]) if inside else None
        if isinstance(place, dict):
            place.pop(path[-1], None)
            if value is not ...:
                place[path[-1]] = value
        elif isinstance(place, list) and isinstance(path[-1], int) and path[-1] < len(place):
            place[path[-1]] = None if value is ... else value
    said = PayPalIntake(WEBHOOK, paypal_certificate).said(json.dumps(event).encode(), {})
    assert said is not None
    assert said.report is not None
    assert said.report.external_id == "PP-D-77120"


class TestProof:
    @pytest.mark.parametrize("missing", ["Paypal-Transmission-Id", "Paypal-Transmission-Time", "Paypal-Transmission-Sig"])
    def test_without_a_header_nothing_gets_in(
        self, created: bytes, paypal_certificate: bytes, headers: Callable[..., dict[str, str]], missing: str
    ) -> None:
        given = headers(created)
        del given[missing]
        with pytest.raises(ReportInvalid) as caught:
            PayPalIntake(WEBHOOK, paypal_certificate, now=lambda: NOW).report(created, given)
        assert (caught.value.code, caught.value.errors[0].field) == ("signature_invalid", missing.upper())

    def test_a_changed_body_another_webhook_and_another_key_are_refused(
        self, created: bytes, paypal_certificate: bytes, headers: Callable[..., dict[str, str]]
    ) -> None:
        stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
        theirs = stranger.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        cases = [
            (paypal_certificate, created + b" ", headers(created)),
            (paypal_certificate, created, headers(created, webhook="another")),
            (theirs, created, headers(created)),
            (paypal_certificate, created, headers(created) | {"Paypal-Transmission-Sig": "!!"}),
            (paypal_certificate, created, headers(created) | {"Paypal-Auth-Algo": "none"}),
            (paypal_certificate, created, headers(created) | {"Paypal-Transmission-Time": "yesterday"}),
        ]
        for pem, body, sent in cases:
            with pytest.raises(ReportInvalid, match="signature_invalid"):
                PayPalIntake(WEBHOOK, pem, now=lambda: NOW).report(body, sent)

    def test_a_public_key_will_do(
        self, created: bytes, paypal_key: rsa.RSAPrivateKey, headers: Callable[..., dict[str, str]]
    ) -> None:
        pem = paypal_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        assert PayPalIntake(WEBHOOK, pem, now=lambda: NOW).report(created, headers(created)) is not None

    @pytest.mark.parametrize("age", [timedelta(days=4, seconds=1), timedelta(minutes=-6)])
    def test_too_old_or_from_the_future_is_refused(
        self, created: bytes, paypal_certificate: bytes, headers: Callable[..., dict[str, str]], age: timedelta
    ) -> None:
        with pytest.raises(ReportInvalid, match="signature_expired"):
            PayPalIntake(WEBHOOK, paypal_certificate, now=lambda: NOW).report(created, headers(created, at=NOW - age))

    def test_a_retry_of_three_days_ago_is_taken(
        self, created: bytes, paypal_certificate: bytes, headers: Callable[..., dict[str, str]]
    ) -> None:
        given = headers(created, at=NOW - timedelta(days=3))
        assert PayPalIntake(WEBHOOK, paypal_certificate, now=lambda: NOW).report(created, given) is not None

    def test_a_transmission_outside_the_certificates_life_is_refused(
        self, created: bytes, paypal_certificate: bytes, headers: Callable[..., dict[str, str]]
    ) -> None:
        later = datetime(2027, 2, 1, tzinfo=UTC)
        with pytest.raises(ReportInvalid, match="signature_invalid"):
            PayPalIntake(WEBHOOK, paypal_certificate, now=lambda: later).report(created, headers(created, at=later))

    def test_a_key_that_is_not_rsa_is_a_mistake_of_the_settings(self) -> None:
        pem = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        with pytest.raises(ValueError, match="RSA"):
            PayPalIntake(WEBHOOK, pem)


def moved(way: str, value: str, reason: str = "DISPUTE_SETTLEMENT", party: str = "SELLER") -> dict[str, Any]:
    return {"affected_party": party, "type": way, "reason": reason, "amount": {"currency_code": "GBP", "value": value}}


@pytest.mark.parametrize(
    ("resource", "doubt"),
    [
        *(
            ({"disputed_transactions": [{"transaction_status": one}]}, one.lower())
            for one in ("REVERSED", "CANCELED", "DENIED", "PENDING")
        ),
        ({"disputed_transactions": [{"transaction_status": "COMPLETED"}]}, None),
        ({"money_movements": [moved("DEBIT", "149.90")]}, "seller_debited"),
        ({"fund_movements": [moved("DEBIT", "149.90"), moved("CREDIT", "100.00")]}, "seller_debited"),
        ({"money_movements": [moved("DEBIT", "149.90"), moved("CREDIT", "149.90")]}, None),
        ({"money_movements": [moved("DEBIT", "20.00", "DISPUTE_FEE")]}, None),
    ],
)
def test_money_of_which_nobody_says_where_it_is_is_in_doubt(created: bytes, resource: dict[str, Any], doubt: str | None) -> None:
    said = PayPalIntake(WEBHOOK, None).said(changed(created, **resource), {})
    assert said is not None
    assert said.news.doubt == doubt


@pytest.mark.parametrize(
    ("status", "outcome", "what"),
    [
        ("REFUNDED", {}, "payment_refunded"),
        ("partially_refunded", {}, "payment_refunded"),
        ("COMPLETED", {}, "opened"),
        ("REFUNDED", {"outcome_code": "RESOLVED_SELLER_FAVOUR"}, "refunded"),
        ("REFUNDED", {"outcome_code": "RESOLVED_BUYER_FAVOUR"}, "lost"),
    ],
)
def test_a_payment_that_was_refunded_is_with_the_buyer(created: bytes, status: str, outcome: dict[str, str], what: str) -> None:
    transactions = [{"seller_transaction_id": "S1", "transaction_status": status}]
    said = PayPalIntake(WEBHOOK, None).said(changed(created, disputed_transactions=transactions, dispute_outcome=outcome), {})
    assert said is not None
    assert said.news.what == what
