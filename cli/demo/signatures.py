"""The demo plays the payment providers too: it signs their webhooks as they do, with keys it made for itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
import uuid
import zlib
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID


def stripe_header(body: bytes, secret: str) -> str:
    """The ``Stripe-Signature`` of a body, signed now."""
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


class PayPalSigner:
    """A stand-in for PayPal's signing service: a certificate of its own, and the five headers of a transmission."""

    def __init__(self, webhook_id: str) -> None:
        self._webhook_id = webhook_id
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def certificate(self) -> bytes:
        """The certificate that Ombud is configured with (PEM)."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "demo signing")])
        now = datetime.now(UTC)
        built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self._key.public_key())
        built = built.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        signed = built.not_valid_after(now + timedelta(days=30)).sign(self._key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)

    def headers(self, body: bytes) -> dict[str, str]:
        """The headers of one transmission of this body."""
        transmission, stamp = str(uuid.uuid4()), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        message = f"{transmission}|{stamp}|{self._webhook_id}|{zlib.crc32(body)}".encode()
        signature = self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return {
            "Paypal-Transmission-Id": transmission,
            "Paypal-Transmission-Time": stamp,
            "Paypal-Transmission-Sig": base64.b64encode(signature).decode(),
            "Paypal-Auth-Algo": "SHA256withRSA",
            "Paypal-Cert-Url": "https://api.paypal.com/v1/notifications/certs/demo",
        }
