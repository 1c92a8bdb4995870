"""Fixtures of the outside world: payloads as they come, and PayPal's signature made with a key of our own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.support.http_sink import Taken
from tests.support.places import FIXTURES

PAYLOADS = FIXTURES / "intake"


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


@pytest.fixture
async def sink() -> AsyncIterator[Taken]:
    """A real HTTP server on loopback that keeps what it is sent."""
    taken = Taken()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            taken.requests.append((head[0], headers, body))
            if taken.silent:
                await reader.read()
                return
            extra = "".join(f"{name}: {value}\r\n" for name, value in taken.headers.items())
            writer.write(f"HTTP/1.1 {taken.status} Said\r\ncontent-length: 0\r\nconnection: close\r\n{extra}\r\n".encode())
            await writer.drain()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        taken.url = f"http://localhost:{server.sockets[0].getsockname()[1]}/hook?x=1"
        yield taken
