"""What is signed by Standard Webhooks, whatever the bytes are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from adapters.intake.errors import ReportInvalid
from adapters.intake.signed import TOLERANCE_FOR, SignedIntake, key_of

NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)
SECRET, OTHER = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "QUJD" * 8


def signed(body: str, *, secret: str = SECRET, message_id: str = "msg_1", at: datetime = NOW) -> dict[str, str]:
    """The headers, as the standard's own library makes them."""
    signature = Webhook(secret).sign(message_id, at, body)
    return {"webhook-id": message_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def intake(*secrets: str) -> SignedIntake[bytes]:
    return SignedIntake(secrets or (SECRET,), lambda body, _: body, now=lambda: NOW)


def code_of(body: bytes, headers: Mapping[str, str], *secrets: str) -> str | None:
    """Why it is refused; None: it is not."""
    try:
        intake(*secrets).prove(body, headers)
    except ReportInvalid as error:
        return error.code
    return None


def refused(body: bytes, headers: Mapping[str, str], *secrets: str) -> bool:
    return code_of(body, headers, *secrets) == "signature_invalid"


@given(st.text(), st.sampled_from([(SECRET,), (OTHER, SECRET)]))
def test_what_the_standards_own_library_signs_is_proved(body: str, secrets: tuple[str, ...]) -> None:
    data = body.encode("utf-8", "surrogatepass") if not any("\ud800" <= c <= "\udfff" for c in body) else b""
    headers = signed(data.decode())
    assert not refused(data, headers, *secrets)
    assert intake().read(data, headers) == data
    assert refused(data, headers, OTHER)
    assert refused(data + b"x", headers, *secrets)


@given(st.binary(max_size=200), st.dictionaries(st.sampled_from(list(signed(""))), st.text(max_size=60)))
def test_whatever_is_not_signed_is_refused(body: bytes, headers: dict[str, str]) -> None:
    assert refused(body, headers)


@pytest.mark.parametrize("ago", [timedelta(0), TOLERANCE_FOR, -TOLERANCE_FOR])
def test_clocks_may_differ_by_five_minutes(ago: timedelta) -> None:
    assert not refused(b"x", signed("x", at=NOW - ago))


@pytest.mark.parametrize("ago", [TOLERANCE_FOR, -TOLERANCE_FOR])
def test_older_or_newer_is_a_replay(ago: timedelta) -> None:
    more = timedelta(seconds=1) if ago > timedelta(0) else -timedelta(seconds=1)
    old = signed("x", at=NOW - ago - more)
    assert code_of(b"x", old) == "signature_expired", "whoever has the secret is told that it is the clock"
    assert code_of(b"x", old, OTHER) == code_of(b"y", old) == "signature_invalid", "and nobody else"


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_every_header_counts(header: str) -> None:
    headers = signed("x")
    assert refused(b"x", {**headers, header: ""})
    assert refused(b"x", {**headers, header: headers[header] + "0"})
    assert refused(b"x", {name: value for name, value in headers.items() if name != header})


def test_one_signature_of_several_is_enough() -> None:
    headers = signed("x")
    assert not refused(b"x", {**headers, "webhook-signature": f"v1,AAAA v2,x {headers['webhook-signature']}"})
    assert refused(b"x", {**headers, "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,")})


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_AAAA", "not base64!", "whsec_" + "A" * 400])
def test_a_secret_has_a_shape(secret: str) -> None:
    with pytest.raises(ValueError, match="signing secret"):
        key_of(secret)
