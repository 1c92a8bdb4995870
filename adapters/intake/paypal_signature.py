"""Proves that PayPal sent a webhook: RSA-SHA256 over ``id|time|webhook id|crc32(body)``, with a configured certificate, offline.

The signature covers the body only by its CRC-32, which is PayPal's design: keep TLS in front of the endpoint. A repeated
transmission does no harm, because the dispute's id makes it the same case.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from adapters.intake.errors import ReportInvalid

OLDEST_FOR = timedelta(days=4)
"""PayPal tries again for three days and signs only once; a day more for clocks and queues."""

_AHEAD_FOR = timedelta(minutes=5)


def signed_message(transmission_id: str, time: str, webhook_id: str, body: bytes) -> bytes:
    """The bytes that PayPal signs."""
    return f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()


class TransmissionCheck:
    """Verifies transmissions to one webhook endpoint. Raises ValueError at once when the PEM holds no RSA certificate or key."""

    def __init__(self, webhook_id: str, certificate_pem: bytes, now: Callable[[], datetime]) -> None:
        self._webhook_id = webhook_id
        self._keys = _keys(certificate_pem)
        self._now = now

    def verify(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Returns when the transmission is PayPal's and not too old. Raises :class:`ReportInvalid` otherwise."""
        given = {name.lower(): value for name, value in headers.items()}
        transmission_id, time, sent = (_header(given, f"paypal-transmission-{name}") for name in ("id", "time", "sig"))
        if given.get("paypal-auth-algo", "SHA256withRSA") != "SHA256withRSA":
            raise _unproved("PAYPAL-AUTH-ALGO", "Only SHA256withRSA is known here.")
        try:
            signature = base64.b64decode(sent, validate=True)
        except (binascii.Error, ValueError):
            raise _unproved("PAYPAL-TRANSMISSION-SIG", "The signature is not base64.") from None
        message = signed_message(transmission_id, time, self._webhook_id, body)
        at = _instant(time)
        if not any(_signed_by(key, signature, message) and _valid(span, at) for key, span in self._keys):
            raise _unproved(
                "PAYPAL-TRANSMISSION-SIG",
                "The signature does not fit the body, this webhook's id and the configured certificate.",
            )
        if not -_AHEAD_FOR <= self._now() - at <= OLDEST_FOR:
            raise ReportInvalid.one(
                "signature_expired", "PAYPAL-TRANSMISSION-TIME", "The transmission is too old, or from the future."
            )


_Span = tuple[datetime, datetime] | None


def _keys(pem: bytes) -> list[tuple[RSAPublicKey, _Span]]:
    if b"BEGIN CERTIFICATE" in pem:
        certificates = x509.load_pem_x509_certificates(pem)
        found = [(c.public_key(), (c.not_valid_before_utc, c.not_valid_after_utc)) for c in certificates]
    else:
        found = [(load_pem_public_key(pem), None)]  # type: ignore[list-item]  # RSA or not: sorted out below
    keys: list[tuple[RSAPublicKey, _Span]] = [(key, span) for key, span in found if isinstance(key, RSAPublicKey)]
    if not keys:
        raise ValueError("the configured certificate holds no RSA key")
    return keys


def _signed_by(key: RSAPublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def _valid(span: _Span, at: datetime) -> bool:
    return span is None or span[0] <= at <= span[1]


def _header(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "")
    if not value or len(value) > 2_000:
        raise _unproved(name.upper(), "The header is missing or longer than any that PayPal sends.")
    return value


def _instant(time: str) -> datetime:
    try:
        at = datetime.fromisoformat(time)
    except ValueError:
        raise _unproved("PAYPAL-TRANSMISSION-TIME", "This is not a time.") from None
    if at.tzinfo is None:
        raise _unproved("PAYPAL-TRANSMISSION-TIME", "The time has no zone.")
    return at


def _unproved(header: str, message: str) -> ReportInvalid:
    return ReportInvalid.one("signature_invalid", header, message)
