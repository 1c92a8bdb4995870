"""Fixtures of the outside world: payloads as they come, and PayPal's signature made with a key of our own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

PAYLOADS = Path(__file__).parent.parent / "fixtures" / "intake"


@pytest.fixture(scope="session")
def payload() -> Callable[[str], bytes]:
    """The bytes of a file in ``tests/fixtures/intake``."""
    return lambda name: (PAYLOADS / name).read_bytes()


@pytest.fixture(scope="session")
def paypal_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def paypal_certificate(paypal_key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "messages.paypal.example")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(paypal_key.public_key())
    builder = builder.serial_number(7).not_valid_before(start).not_valid_after(start + timedelta(days=365))
    return builder.sign(paypal_key, SHA256()).public_bytes(Encoding.PEM)
