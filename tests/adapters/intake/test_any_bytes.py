"""Whatever bytes arrive: a report, a reply, nothing, or ReportInvalid. Never another exception."""

import base64
import contextlib
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stripe import WebhookSignature

from adapters.intake.errors import ReportInvalid
from adapters.intake.generic import report_from_json
from adapters.intake.mail import MailIntake, Reply
from adapters.intake.mail_html import text_of_html
from adapters.intake.paypal import PayPalIntake
from adapters.intake.paypal_signature import signed_message
from adapters.intake.stripe import StripeIntake
from domain.model.report import Report
from tests.support.places import FIXTURES

MAIL = MailIntake("ombud.example")
HEADERS = [
    "From",
    "To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
    "Date",
]
WORDS = [
    "jo@example.net", "=?utf-8?q?=C3=A9?=", "=?x-none?b?!!?=", "<ntc_1@ombud.example>", "multipart/mixed; boundary=b",
    "text/html; charset=none", "text/plain; charset=utf-7", "base64", "quoted-printable", "x-uuencode", "message/rfc822",
    'attachment; filename*0="a"; filename*2="c"', "attachment; filename*=utf-8''%ff", "multipart/report", "message/partial",
    "'", '"', "(((", "<", ":;,", "\x00", "é", "[", "\\", "text/", "/", ";",
]  # fmt: skip
LINES = [
    "--b",
    "--b--",
    "",
    "> quoted",
    "On Monday Jo wrote:",
    "<p>x</p>",
    "=ZZ=",
    "begin 644 x",
    "####",
    "From: inner@example.net",
    "=\n",
]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def mutations(base: dict[str, Any]) -> st.SearchStrategy[bytes]:
    """The payload with any one value, at any depth, replaced by anything."""
    paths: list[tuple[Any, ...]] = []

    def walk(value: Any, path: tuple[Any, ...]) -> None:
        paths.append(path)
        children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, child in children:
            walk(child, (*path, key))

    walk(base, ())

    def put(path: tuple[Any, ...], value: Any) -> bytes:
        copy = json.loads(json.dumps(base))
        if not path:
            return json.dumps(value).encode()
        spot = copy
        for key in path[:-1]:
            spot = spot[key]
        spot[path[-1]] = value
        return json.dumps(copy).encode()

    return st.builds(put, st.sampled_from(paths), JSON)


def payload_of(name: str) -> Any:
    return json.loads((FIXTURES / "intake" / name).read_bytes())


def checked(read: Callable[[], object]) -> None:
    with contextlib.suppress(ReportInvalid):
        found = read()
        assert found is None or isinstance(found, Report | Reply)
        if isinstance(found, Report):
            json.dumps(found.model_dump(mode="json"), allow_nan=False).encode()
            assert "\\u0000" not in json.dumps(found.model_dump(mode="json", exclude={"attachments"}))


@given(st.binary() | mutations(payload_of("report.json")))
def test_any_json(body: bytes) -> None:
    checked(lambda: report_from_json(body))


@given(mutations(payload_of("stripe-dispute-created.json")) | st.text(st.characters(codec="utf-8")).map(str.encode))
def test_any_signed_stripe_event(body: bytes) -> None:
    header = WebhookSignature.generate_signature_header(body.decode(), "whsec_x", int(time.time()))
    checked(lambda: StripeIntake("whsec_x").report(body, {"stripe-signature": header}))


@given(st.binary(), st.text())
def test_any_unsigned_stripe_event(body: bytes, header: str) -> None:
    with pytest.raises(ReportInvalid):
        StripeIntake("whsec_x").report(body, {"stripe-signature": header})


@pytest.fixture(scope="session")
def paypal(paypal_key: rsa.RSAPrivateKey, paypal_certificate: bytes) -> Callable[[bytes], object]:
    intake = PayPalIntake("W1", paypal_certificate, now=lambda: datetime(2026, 5, 11, tzinfo=UTC))

    def take(body: bytes) -> object:
        signature = paypal_key.sign(signed_message("1", "2026-05-11T00:00:00Z", "W1", body), PKCS1v15(), SHA256())
        sent = {"id": "1", "time": "2026-05-11T00:00:00Z", "sig": base64.b64encode(signature).decode()}
        return intake.report(body, {f"paypal-transmission-{name}": value for name, value in sent.items()})

    return take


@given(body=st.binary() | mutations(payload_of("paypal-dispute-created.json")))
def test_any_signed_paypal_event(paypal: Callable[[bytes], object], body: bytes) -> None:
    checked(lambda: paypal(body))


@given(
    st.binary(),
    st.dictionaries(
        st.sampled_from(["paypal-transmission-id", "PAYPAL-TRANSMISSION-TIME", "paypal-transmission-sig"]), st.text()
    ),
)
def test_any_unsigned_paypal_event(paypal_certificate: bytes, body: bytes, headers: dict[str, str]) -> None:
    with pytest.raises(ReportInvalid):
        PayPalIntake("W1", paypal_certificate).report(body, headers)


def mails() -> st.SearchStrategy[bytes]:
    value = st.lists(st.sampled_from(WORDS) | st.text(max_size=8), max_size=4).map(" ".join)
    header = st.builds(lambda name, text: f"{name}: {text}\n", st.sampled_from(HEADERS), value)
    block = st.builds(
        lambda heads, lines: "".join(heads) + "\n" + "\n".join(lines) + "\n", st.lists(header, max_size=5), bodies()
    )
    sender = st.sampled_from(
        ["From: Jo <jo@example.net>\n", "From: jo@example.net\nContent-Type: multipart/mixed; boundary=b\n", ""]
    )
    return st.builds(
        lambda first, blocks: (first + "--b\n".join(blocks)).encode("utf-8", "surrogateescape"),
        sender,
        st.lists(block, max_size=4),
    )


def bodies() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(LINES) | st.text(st.characters(codec="utf-8"), max_size=20), max_size=6)


@settings(max_examples=4 * settings().max_examples)  # mail has the most ways to be wrong; a quick run is quick here too
@given(st.binary() | mails())
@example(b"From: jo@example.net\nContent-Type: text/plain; charset=\xff\n\nx")
@example(b"From: jo@example.net\nIn-Reply-To: <\n\nx")
@example(b"From: jo@example.net\nMessage-ID: <[>\n\nx")
@example(b"From: jo@example.net\nContent-Type: multipart/mixed\n\nx")
def test_any_mail(raw: bytes) -> None:
    checked(lambda: MAIL.read(raw))


@given(st.data())
def test_any_damaged_mail(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(sorted((FIXTURES / "intake").glob("*.eml")))).read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=4))
        if not raw:
            break
    checked(lambda: MAIL.read(bytes(raw)))


@given(
    st.text()
    | st.lists(
        st.sampled_from(["<p>", "</p>", "<pre>", "<![", "<!--", "-->", "<a href=x>", "</a>", "&amp", "<blockquote>", "x", " "])
    ).map("".join)
)
def test_any_html(html: str) -> None:
    assert isinstance(text_of_html(html), str)
